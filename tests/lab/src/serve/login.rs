// SPDX-License-Identifier: GPL-2.0-or-later
//! From the first line to a connection that is somebody's (fact base: state 2).

use msn_dissect_core::command::ServerKind;
use msn_dissect_core::crypto::{self, login as proof};
use msn_dissect_core::fields::command as f;
use msn_dissect_core::values::products;

use super::world::{Id, Stage, Ticket, World};
use crate::channel::Unit;
use crate::say::Say;

/// First version that signs in with a ticket, and with a secret behind it.
const TICKETS: u8 = 8;
const SINGLE_SIGN_ON: u8 = 15;

/// First version with a profile message, and with SBS.
const PROFILE: u8 = 3;
const SBS: u8 = 11;

/// What a login blob proves: the ticket's owner.
const AUTHENTICATION_FAILED: u32 = 911;
const ALREADY_IN: u32 = 207;
const CHALLENGE_FAILED: u32 = 540;

impl World {
    /// The client offers versions.
    pub(super) fn ver(&mut self, id: Id, unit: &Unit, trid: u32) {
        let offered = unit.said.all("msn.offered_version").filter_map(|name| name.strip_prefix("MSNP")?.parse().ok());
        let (first, last) = self.rules.versions;
        let best = offered.filter(|version| (first..=last).contains(version)).max();
        let chosen = best.map_or("0".to_owned(), |version: u8| format!("MSNP{version}"));
        self.tell(id, &Say::answer("VER", trid).value(f::CHOSEN_VERSION, chosen));
        match (best, self.sessions.get_mut(&id)) {
            (Some(version), Some(session)) => session.version = version,
            _ => self.close(id),
        }
    }

    /// The client tells what it is.
    pub(super) fn cvr(&mut self, id: Id, unit: &Unit, trid: u32) {
        let version = unit.get("msn.client.version").unwrap_or("1.0.0000");
        let web = self.place(id, self.places.web);
        let answer = Say::answer(&unit.word, trid)
            .value(f::RECOMMENDED_VERSION, version)
            .value(f::RECOMMENDED_VERSION_2, version)
            .value(f::MINIMUM_VERSION, "1.0.0000")
            .value(f::DOWNLOAD_URL, format!("http://{web}/download"))
            .value(f::INFO_URL, format!("http://{web}/"));
        self.tell(id, &answer);
    }

    /// The security packages.
    pub(super) fn inf(&mut self, id: Id, trid: u32) {
        self.tell(id, &Say::answer("INF", trid).value(f::AUTH_SCHEME, "MD5"));
    }

    /// A step of signing in.
    pub(super) fn usr(&mut self, id: Id, unit: &Unit, trid: u32) {
        let Some(session) = self.sessions.get(&id) else { return };
        if session.stage == Stage::In {
            // Circles are not served.
            return self.tell(id, &Say::error(ALREADY_IN, trid));
        }
        let scheme = unit.get("msn.auth.scheme").unwrap_or_default().to_owned();
        if session.version == 0 || scheme != self.scheme(id) && scheme != "CTP" {
            self.tell(id, &Say::error(AUTHENTICATION_FAILED, trid));
            return self.close(id);
        }
        match unit.get("msn.auth.phase") {
            Some("I") => self.name_account(id, unit, trid, &scheme),
            _ => self.prove(id, unit, trid, &scheme),
        }
    }

    /// How a connection proves its account.
    fn scheme(&self, id: Id) -> &'static str {
        match self.version(id) {
            0..TICKETS => "MD5",
            TICKETS..SINGLE_SIGN_ON => "TWN",
            _ => "SSO",
        }
    }

    fn name_account(&mut self, id: Id, unit: &Unit, trid: u32, scheme: &str) {
        let email = unit.get("msn.email").unwrap_or_default().to_lowercase();
        if self.sessions.get(&id).is_some_and(|session| session.kind == ServerKind::Dispatch) {
            let own = self.place(id, self.places.dispatch.unwrap_or(self.places.notification));
            let refer = Say::answer("XFR", trid)
                .value(f::REFERRAL, "NS")
                .value(f::SERVER_ADDRESS, self.place(id, self.places.notification))
                .value(f::CURRENT_ADDRESS, own);
            self.tell(id, &refer);
            return self.close(id);
        }
        if self.account(&email).is_none() {
            return self.refuse(id, trid);
        }
        let challenge = match scheme {
            "MD5" => format!("{}.{}", self.nonce() as u32, self.nonce() as u32 % 1_000_000_000),
            "TWN" => "lc=1033,id=507,tw=40,fs=1,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,ct=1062764229,kpp=1,kv=5,\
                      ver=2.1.0173.1,tpf=43f8a4c8ed940c04e3740be46c4d1619"
                .to_owned(),
            "SSO" => {
                use base64::Engine;
                let bytes: Vec<u8> = (0..6).flat_map(|_| self.nonce().to_le_bytes()).collect();
                base64::engine::general_purpose::STANDARD.encode(bytes)
            }
            _ => String::new(),
        };
        let answer = Say::answer("USR", trid).value(f::AUTH_SCHEME, scheme).value(f::AUTH_PHASE, "S");
        let answer = match scheme {
            "SSO" => answer.value(f::POLICY, "MBI_KEY_OLD").value(f::NONCE, &challenge),
            "CTP" => answer,
            _ => answer.value(f::AUTH_CHALLENGE, &challenge),
        };
        self.tell(id, &answer);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.stage = Stage::Asked { email, challenge };
        }
    }

    fn prove(&mut self, id: Id, unit: &Unit, trid: u32, scheme: &str) {
        let Some(Stage::Asked { email, challenge }) = self.sessions.get(&id).map(|session| session.stage.clone())
        else {
            return self.refuse(id, trid);
        };
        let password = self.accounts.get(&email).and_then(|account| account.password.clone());
        let response = unit.get("msn.auth.response").unwrap_or_default().as_bytes();
        // As it is on the wire: the core may show a ticket decoded.
        let ticket = unit.tokens.iter().find(|token| token.starts_with("t=")).map(|token| self.ticket(token).cloned());
        let ticket = ticket.flatten().filter(|ticket| ticket.email == email);
        let proved = match scheme {
            "MD5" => password.is_none_or(|own| proof::md5_proves(response, challenge.as_bytes(), own.as_bytes())),
            "CTP" => password.is_none_or(|own| unit.get("msn.auth.password") == Some(own.as_str())),
            "TWN" => ticket.is_some(),
            _ => ticket.is_some_and(|Ticket { secret, .. }| {
                proof::sso_proves(response, challenge.as_bytes(), &secret) == Some(true)
            }),
        };
        if !proved {
            return self.refuse(id, trid);
        }
        let endpoint =
            unit.tokens.last().filter(|token| self.version(id) >= 16 && token.len() >= 36 && token.len() <= 38);
        let endpoint = endpoint.map(|guid| format!("{{{}}}", guid.trim_matches(['{', '}'])));
        self.signed_in(id, trid, &email, endpoint);
    }

    /// The ticket of a token `t=…&p=…`.
    pub(super) fn ticket(&self, token: &str) -> Option<&Ticket> {
        let token = token.strip_prefix("t=").unwrap_or(token);
        self.tickets.get(token.split('&').next().unwrap_or(token))
    }

    fn refuse(&mut self, id: Id, trid: u32) {
        self.tell(id, &Say::error(AUTHENTICATION_FAILED, trid));
        self.close(id);
    }

    fn signed_in(&mut self, id: Id, trid: u32, email: &str, endpoint: Option<String>) {
        for other in self.of(email) {
            let theirs = self.sessions.get(&other).and_then(|session| session.endpoint.clone());
            if endpoint.is_none() || theirs.is_none() || theirs == endpoint {
                self.tell(other, &Say::new("OUT").value(f::OUT_REASON, "OTH"));
                self.close(other);
                self.gone(other);
            }
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.stage = Stage::In;
        email.clone_into(&mut session.email);
        session.endpoint = endpoint;
        let version = session.version;
        let name = self.accounts.get(email).map(|account| account.name.clone());
        let answer = Say::answer("USR", trid).value(f::RESULT, "OK").value(f::EMAIL, email);
        let answer = answer.maybe(f::FRIENDLY_NAME, name.filter(|_| version < 10));
        self.tell(id, &answer.value(f::VERIFIED, 1).value(f::RESTRICTED, 0));
        if version >= SBS {
            self.tell(id, &Say::answer("SBS", 0).value(f::UNKNOWN_ZERO, "null"));
        }
        if version >= PROFILE {
            let profile = format!(
                "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsprofile; charset=UTF-8\r\nLoginTime: 1062764229\r\n\
                 EmailEnabled: 0\r\nMemberIdHigh: 84736\r\nMemberIdLow: 1085643861\r\nlang_preference: 1033\r\n\
                 preferredEmail: {email}\r\ncountry: US\r\nPostalCode: \r\nGender: \r\nKid: 0\r\nAge: \r\nsid: 507\r\n\
                 kv: 5\r\nABCHMigrated: 1\r\n\r\n"
            );
            let message = Say::new("MSG").value(f::EMAIL, "Hotmail").value(f::FRIENDLY_NAME, "Hotmail");
            self.tell(id, &message.payload(profile));
        }
    }

    /// Challenges the client program, once.
    pub(super) fn challenge(&mut self, id: Id) {
        if !self.rules.challenge || self.version(id) < 6 {
            return;
        }
        let text = format!("{:020}", self.nonce());
        if let Some(session) = self.sessions.get_mut(&id) {
            session.challenge = Some(text.clone());
        }
        self.tell(id, &Say::answer("CHL", 0).value(f::CHALLENGE, text));
    }

    /// The client program answers.
    pub(super) fn qry(&mut self, id: Id, unit: &Unit, trid: u32) {
        let Some(challenge) = self.sessions.get_mut(&id).and_then(|session| session.challenge.take()) else {
            self.tell(id, &Say::error(CHALLENGE_FAILED, trid));
            return self.close(id);
        };
        let product = unit.token(1).as_bytes();
        let right = products::find(product).and_then(|product| product.key).map(|key| match self.version(id) {
            0..=10 => crypto::challenge::old(challenge.as_bytes(), key.as_bytes()),
            _ => crypto::challenge::new(challenge.as_bytes(), product, key.as_bytes()),
        });
        if right.is_none_or(|right| !crypto::same_hex(unit.payload(), right.as_bytes())) {
            self.tell(id, &Say::error(CHALLENGE_FAILED, trid));
            return self.close(id);
        }
        self.tell(id, &Say::answer("QRY", trid));
    }

    /// A password at the login service; a new ticket if it is right.
    pub(super) fn sign_in(&mut self, email: &str, password: &str) -> Option<(String, Ticket)> {
        let email = email.to_lowercase();
        let known = self.account(&email)?;
        if known.password.as_deref().is_some_and(|own| own != password) {
            return None;
        }
        let token = format!("{:016X}{:016X}", self.nonce(), self.nonce());
        let secret = (0..3).flat_map(|_| self.nonce().to_le_bytes()).collect();
        let ticket = Ticket { email, secret };
        self.tickets.keep(token.clone(), ticket.clone());
        Some((token, ticket))
    }
}
