// SPDX-License-Identifier: GPL-2.0-or-later
//! Logins that a tree shows, for Wireshark's list of credentials (Tools > Credentials, `tshark -z credentials`).

use crate::{
    fields::{Field, Proto, command as f},
    item::{CARRIER, Kind, NO_TEXT, Tree},
};

/// Fields with what proves an account: password, hash, or a ticket of the login service.
const PROOFS: [Field; 3] = [f::PASSWORD, f::AUTH_RESPONSE, f::AUTH_TICKET];

/// A line in which an account proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    /// Place of the account in the tree's arena, NUL-terminated; [`NO_TEXT`] if it is not known.
    pub account: u32,
    /// Place of the security package in the arena, likewise.
    pub scheme: u32,
    /// The first field with a proof.
    pub proof: Field,
}

/// What the items of a unit say of a login.
struct Unit {
    account: u32,
    scheme: u32,
    proof: Option<Field>,
    /// A call of a web service: it shows a ticket with each of them, which says nothing where nobody knows whose it is.
    call: bool,
}

impl Unit {
    const NEW: Unit = Unit { account: NO_TEXT, scheme: NO_TEXT, proof: None, call: false };

    fn end(&mut self, logins: &mut Vec<Login>) {
        let Unit { account, scheme, proof, call } = std::mem::replace(self, Unit::NEW);
        let proof = proof.filter(|_| !call || account != NO_TEXT);
        logins.extend(proof.map(|proof| Login { account, scheme, proof }));
    }
}

/// Puts the logins of a tree in place of what was in the list.
pub fn read(tree: &Tree, logins: &mut Vec<Login>) {
    logins.clear();
    let mut unit = Unit::NEW;
    for item in tree.items() {
        if item.kind == Kind::Protocol as u8
            && item.number != CARRIER
            && [Proto::Msn as u16, Proto::MsnSoap as u16].contains(&item.id)
        {
            unit.end(logins);
            unit.call = item.id == Proto::MsnSoap as u16;
        } else if item.kind == Kind::Leaf as u8 {
            match item.id {
                id if id == f::ACCOUNT.0 => unit.account = item.text,
                id if id == f::AUTH_SCHEME.0 => unit.scheme = item.text,
                id => unit.proof = unit.proof.or(PROOFS.into_iter().find(|proof| proof.0 == id)),
            }
        }
    }
    unit.end(logins);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dissect, output::Dissection, packet::Packet, session::Session};

    #[test]
    fn lines_that_prove_an_account_are_logins() {
        let (mut session, mut out, mut logins) = (Session::default(), Dissection::default(), Vec::new());
        let lines = b"VER 1 MSNP8 CVR0\r\nUSR 2 TWN I alice@example.com\r\nUSR 3 TWN S t=abc&p=def\r\nPNG\r\n";
        out.reset(true);
        dissect::stream(&mut session, &Packet::example(), lines, &mut out);
        read(&out.tree, &mut logins);
        let text = |at: u32| out.tree.arena()[at as usize..].split(|&byte| byte == 0).next().unwrap();
        let [Login { account, scheme, proof }] = logins[..] else { panic!("{logins:?}") };
        assert_eq!((text(account), text(scheme), proof), (&b"alice@example.com"[..], &b"TWN"[..], f::AUTH_TICKET));
    }
}
