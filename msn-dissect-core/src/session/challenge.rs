// SPDX-License-Identifier: GPL-2.0-or-later
//! Challenges that wait for their answer, and whether the answer is right, told like a checksum's status.

use super::{notes::NoteKey, secrets::Secret};
use crate::{
    crypto::{challenge, login, same_hex},
    values::products,
};

/// What is known of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// It is wrong.
    Bad = 0,
    /// It is right.
    Good = 1,
    /// The challenge, the key or the secret is not known.
    Unverified = 2,
}

/// Longest challenge remembered, in bytes; a longer one stays unverified.
pub const MAX_CHALLENGE: usize = 256;

/// How an account proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// MSNP2 to MSNP7.
    Md5,
    /// MSNP8 to MSNP14: only the login service can verify it.
    Twn,
    /// MSNP15 and later.
    Sso,
}

impl Scheme {
    /// By its word in USR.
    pub fn of(word: &[u8]) -> Option<Scheme> {
        match word {
            b"MD5" => Some(Scheme::Md5),
            b"TWN" => Some(Scheme::Twn),
            b"SSO" => Some(Scheme::Sso),
            _ => None,
        }
    }
}

/// A challenge: of the client program (CHL) or of an account (USR … S).
#[derive(Debug)]
pub struct Pending {
    /// Its unit.
    pub key: NoteKey,
    /// Its time, ns since 1970.
    pub time: u64,
    /// The text; `None` when it was too long to keep.
    text: Option<Box<[u8]>>,
}

impl Pending {
    /// Remembers a challenge.
    pub fn new(key: NoteKey, time: u64, text: &[u8]) -> Self {
        Pending { key, time, text: (text.len() <= MAX_CHALLENGE).then(|| text.into()) }
    }

    /// Whether a QRY is right. Either algorithm counts: pages differ on the first version of the new one.
    pub fn verify_client(&self, product: &[u8], response: &[u8]) -> Status {
        let (Some(text), Some(key)) = (self.text.as_deref(), products::find(product).and_then(|found| found.key))
        else {
            return Status::Unverified;
        };
        let old = || challenge::old(text, key.as_bytes());
        let right = same_hex(response, challenge::new(text, product, key.as_bytes()).as_bytes())
            || same_hex(response, old().as_bytes());
        if right { Status::Good } else { Status::Bad }
    }

    /// Whether a login is right; without secret nothing is said.
    pub fn verify_login(&self, scheme: Scheme, response: &[u8], secret: Option<&Secret>) -> Status {
        let (Some(text), Some(secret)) = (self.text.as_deref(), secret) else {
            return Status::Unverified;
        };
        let right = match scheme {
            Scheme::Md5 => {
                secret.password.as_deref().map(|password| login::md5_proves(response, text, password.as_bytes()))
            }
            Scheme::Sso => secret.sso.as_deref().and_then(|sso| login::sso_proves(response, text, sso)),
            Scheme::Twn => None,
        };
        match right {
            Some(true) => Status::Good,
            Some(false) => Status::Bad,
            None => Status::Unverified,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::FrameId;
    use crate::session::secrets::Secrets;

    #[test]
    fn clients_answers_are_verified() {
        let pending = Pending::new((FrameId::nth(1), 0, 0), 0, b"22210219642164014968");
        let verify = |product: &[u8], response: &[u8]| pending.verify_client(product, response);
        assert_eq!(verify(b"PROD0090YUAUV{2B", b"85ecb0db8f32113df79ce0892b9a102c"), Status::Good);
        assert_eq!(verify(b"PROD0090YUAUV{2B", b"85ecb0db8f32113df79ce0892b9a102d"), Status::Bad);
        assert_eq!(verify(b"PROD008955JTJ_S7", b"85ecb0db8f32113df79ce0892b9a102c"), Status::Unverified);
        let old = Pending::new((FrameId::nth(1), 0, 0), 0, b"15570131571988941333");
        assert_eq!(old.verify_client(b"msmsgs@msnmsgr.com", b"8f2f5a91b72102cd28355e9fc9000d6e"), Status::Good);
        let long = Pending::new((FrameId::nth(1), 0, 0), 0, &[b'1'; MAX_CHALLENGE + 1]);
        assert_eq!(long.verify_client(b"msmsgs@msnmsgr.com", b"8f2f5a91b72102cd28355e9fc9000d6e"), Status::Unverified);
    }

    #[test]
    fn logins_are_verified_with_a_secret_only() {
        let mut secrets = Secrets::default();
        secrets.keep("alice@example.com", "secret", "");
        let pending = Pending::new((FrameId::nth(1), 0, 0), 0, b"1013928519.693957190");
        let right = b"0dc38e0c96e5ef37eb9451a0b2d5aaf9";
        let alice = secrets.of("alice@example.com");
        assert_eq!(pending.verify_login(Scheme::Md5, right, alice), Status::Good);
        assert_eq!(pending.verify_login(Scheme::Md5, b"00", alice), Status::Bad);
        assert_eq!(pending.verify_login(Scheme::Md5, right, None), Status::Unverified);
        assert_eq!(pending.verify_login(Scheme::Sso, right, alice), Status::Unverified);
        assert_eq!(pending.verify_login(Scheme::Twn, right, alice), Status::Unverified);
    }
}
