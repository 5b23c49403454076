// SPDX-License-Identifier: GPL-2.0-or-later
//! Conversations: what each line shows on the first pass, and on later ones.

use crate::{
    command::Dir,
    dissect::{Dissection, Packet, stream},
    fields::{Expert, Field, command as f, link as x},
    item::Kind,
    session::{Endpoint, Session, challenge::Status},
};
use proptest::prelude::*;

/// A packet that was said.
#[derive(Clone)]
struct Said {
    packet: Packet,
    bytes: Vec<u8>,
}

/// A capture in the making, one packet for each call.
#[derive(Default)]
struct Talk {
    session: Session,
    said: Vec<Said>,
    time: u64,
}

use Dir::{ToClient, ToServer};

impl Talk {
    /// Says lines (separated by `|`, each ends in CRLF) on a connection; what the first pass shows.
    fn say(&mut self, connection: u64, dir: Dir, lines: &str) -> Dissection {
        let bytes = lines.split('|').flat_map(|line| [line, "\r\n"]).collect::<String>();
        self.bytes(connection, dir, bytes.as_bytes())
    }

    fn bytes(&mut self, connection: u64, dir: Dir, bytes: &[u8]) -> Dissection {
        self.time += 1_000_000;
        let client = Endpoint { port: 40000 + connection as u16, ..Endpoint::default() };
        let server = Endpoint { port: 1863, ..Endpoint::default() };
        let (source, destination) = if dir == ToServer { (client, server) } else { (server, client) };
        let frame = self.said.len() as u32 + 1;
        let packet = Packet { frame, connection, source, destination, time: self.time, ..Packet::example() };
        let said = Said { packet, bytes: bytes.to_vec() };
        let out = dissect(&mut self.session, &said, true);
        self.said.push(said);
        out
    }

    fn client(&mut self, line: &str) -> Dissection {
        self.say(1, ToServer, line)
    }

    fn server(&mut self, line: &str) -> Dissection {
        self.say(1, ToClient, line)
    }

    /// What a later pass shows of a frame.
    fn again(&mut self, frame: u32) -> Dissection {
        let said = self.said[frame as usize - 1].clone();
        dissect(&mut self.session, &said, false)
    }

    fn last(&self) -> u32 {
        self.said.len() as u32
    }

    /// Signs an account in, in the given version.
    fn sign_in(&mut self, connection: u64, version: u8, account: &str) {
        self.say(connection, ToServer, &format!("VER 1 MSNP{version}"));
        self.say(connection, ToClient, &format!("VER 1 MSNP{version}"));
        self.say(connection, ToServer, &format!("USR 2 TWN I {account}"));
        self.say(connection, ToClient, &format!("USR 2 OK {account} 1 0"));
    }
}

fn dissect(session: &mut Session, said: &Said, first_pass: bool) -> Dissection {
    let mut out = Dissection::default();
    out.reset(true);
    stream(session, &Packet { first_pass, ..said.packet }, &said.bytes, &mut out);
    assert_eq!(out.consumed, said.bytes.len());
    out
}

fn numbers(out: &Dissection, field: Field) -> Vec<u64> {
    let leaf = |item: &&crate::item::Item| item.kind == Kind::Leaf as u8 && item.id == field.0;
    out.tree.items().iter().filter(leaf).map(|item| item.number).collect()
}

fn texts(out: &Dissection, field: Field) -> Vec<String> {
    let leaf = |item: &&crate::item::Item| item.kind == Kind::Leaf as u8 && item.id == field.0;
    let text = |item| out.tree.item_text(item).unwrap_or_default().to_owned();
    out.tree.items().iter().filter(leaf).map(text).collect()
}

fn expert_texts(out: &Dissection, expert: Expert) -> Vec<String> {
    let ours = |item: &&crate::item::Item| item.kind == Kind::Expert as u8 && item.id == expert.0;
    let text = |item| out.tree.item_text(item).unwrap_or_default().to_owned();
    out.tree.items().iter().filter(ours).map(text).collect()
}

/// Request, answers; each answer must link back, and the request to all of them.
#[track_caller]
fn pair(version: u8, request: &str, answers: &[&str]) {
    let mut talk = Talk::default();
    talk.sign_in(1, version, "alice@example.com");
    let asked = talk.client(request);
    assert!(!asked.tree.has_expert(x::NO_ANSWER), "{request}");
    let request_frame = talk.last();
    let mut frames = Vec::new();
    for answer in answers {
        let out = talk.server(answer);
        let to = numbers(&out, x::RESPONSE_TO);
        assert!(!to.is_empty() && to.iter().all(|&to| to == u64::from(request_frame)), "{request} {answer} {to:?}");
        assert_eq!(numbers(&out, x::TIME).first(), Some(&(u64::from(talk.last() - request_frame) * 1_000_000)));
        assert!(!out.tree.has_expert(x::NO_REQUEST));
        frames.push(u64::from(talk.last()));
    }
    let later = talk.again(request_frame);
    assert_eq!(numbers(&later, x::RESPONSE_IN), frames, "{request}");
    assert!(!later.tree.has_expert(x::NO_ANSWER));
    assert!(numbers(&asked, x::RESPONSE_IN).is_empty());
}

#[test]
fn every_pair_by_transaction_id() {
    for (version, request, answers) in [
        (7, "INF 9", &["INF 9 MD5"][..]),
        (
            8,
            "CVR 9 0x0409 winnt 5.1 i386 MSNMSGR 6.0 MSMSGS a@example.com",
            &["CVR 9 6 6 1 http://x.example http://y.example"],
        ),
        (
            8,
            "CVQ 9 0x0409 winnt 5.1 i386 MSNMSGR 6.0 MSMSGS a@example.com",
            &["CVQ 9 6 6 1 http://x.example http://y.example"],
        ),
        (8, "USR 9 TWN I alice@example.com", &["USR 9 TWN S lc=1033,id=507"]),
        (8, "USR 9 TWN I alice@example.com", &["XFR 9 NS 192.0.2.10:1863 0 192.0.2.1:1863"]),
        (18, "USR 9 SHA A YWJj", &["USR 9 OK alice@example.com 0 0"]),
        (12, "XFR 9 SB", &["XFR 9 SB 192.0.2.20:1863 CKI 1.2.3"]),
        (11, "GCF 9 Shields.xml", &["GCF 9 Shields.xml 0"]),
        (
            7,
            "SYN 9 0",
            &[
                "SYN 9 4",
                "GTC 9 4 A",
                "BLP 9 4 AL",
                "PRP 9 4 PHH",
                "LSG 9 4 1 1 0 Other 0",
                "LST 9 FL 4 1 1 b@example.com B 0",
                "LST 9 AL 4 0 0",
            ],
        ),
        (
            8,
            "SYN 9 0",
            &["SYN 9 4 1 1", "GTC A", "BLP AL", "PRP PHH 1", "LSG 0 Other 0", "LST b@example.com B 3 0", "BPR PHH 2"],
        ),
        (
            12,
            "SYN 9 0 0",
            &["SYN 9 2005-04-23T18:57:44.81-07:00 2005-04-23T18:57:54.20-07:00 1 0", "LST N=b@example.com F=B 10 1"],
        ),
        (9, "GTC 9 A", &["GTC 9 3 A"]),
        (9, "BLP 9 AL", &["BLP 9 3 AL"]),
        (7, "LSG 9", &["LSG 9 3 1 2 0 Other 0", "LSG 9 3 2 2 1 Friends 0"]),
        (7, "LST 9 RL", &["LST 9 RL 3 1 1 b@example.com B"]),
        (9, "PRP 9 PHH 1", &["PRP 9 3 PHH 1"]),
        (9, "ADD 9 FL b@example.com B 0", &["ADD 9 FL 3 b@example.com B 0", "ILN 9 NLN b@example.com B 0 0"]),
        (12, "ADC 9 FL N=b@example.com F=B", &["ADC 9 FL N=b@example.com F=B C=6bd736b8-dc18-44c6-ad61-8cd12d641e79"]),
        (12, "REM 9 AL b@example.com", &["REM 9 AL b@example.com"]),
        (9, "REA 9 b@example.com B", &["REA 9 3 b@example.com B"]),
        (12, "SBP 9 6bd736b8-dc18-44c6-ad61-8cd12d641e79 MFN B", &["SBP 9 6bd736b8-dc18-44c6-ad61-8cd12d641e79 MFN B"]),
        (9, "ADG 9 Friends 0", &["ADG 9 3 Friends 1 0"]),
        (9, "RMG 9 1", &["RMG 9 3 1"]),
        (9, "REG 9 1 Pals 0", &["REG 9 3 1 Pals 0"]),
        (15, "ADL 9 0", &["ADL 9 OK", "ILN 9 NLN b@example.com 1 B 0 0"]),
        (15, "RML 9 0", &["RML 9 OK"]),
        (15, "FQY 9 0", &["FQY 9 0", "FQY 9 0"]),
        (12, "CHG 9 NLN 0", &["CHG 9 NLN 0", "ILN 9 AWY b@example.com B 0 0", "ILN 9 NLN c@example.com C 0 0"]),
        (15, "UUX 9 0", &["UUX 9 0"]),
        (8, "URL 9 INBOX", &["URL 9 /cgi-bin/HoTMaiL https://login.example.com/x 2"]),
        (8, "SND 9 b@example.com", &["SND 9 OK"]),
        (8, "SDC 9 b@example.com 0x0409 MSMSGS MSMSGS X X Alice 0", &["SDC 9 OK"]),
        (
            5,
            "FND 9 fname=B lname=E city=* state=* country=US",
            &["FND 9 1 2 fname=B lname=E", "FND 9 2 2 fname=B lname=F"],
        ),
        (5, "IMS 9 OFF", &["IMS 9 0 OFF"]),
        (18, "UUN 9 b@example.com 4 0", &["UUN 9 OK"]),
        (21, "PUT 9 0", &["PUT 9 OK 0"]),
        (21, "DEL 9 0", &["DEL 9 OK"]),
        (12, "PNG", &["QNG 41"]),
        (12, "PNG|PNG", &["QNG 41", "QNG 41"]),
        (8, "PAG 9 tel:+15550100 0", &["800 9"]),
        (12, "PGD 9 tel:+15550100 1 0", &["800 9"]),
        (21, "SDG 9 0", &["801 9 0"]),
        (15, "UUM 9 b@yahoo.example 32 1 0", &["509 9 0"]),
    ] {
        if request == "PNG|PNG" {
            continue;
        }
        pair(version, request, answers);
    }
}

#[test]
fn pings_are_answered_in_order() {
    let mut talk = Talk::default();
    talk.sign_in(1, 12, "alice@example.com");
    talk.client("PNG");
    let first = talk.last();
    talk.client("PNG");
    assert_eq!(numbers(&talk.server("QNG 41"), x::RESPONSE_TO), [u64::from(first)]);
    assert_eq!(numbers(&talk.server("QNG 41"), x::RESPONSE_TO), [u64::from(first + 1)]);
    assert!(numbers(&talk.server("QNG 41"), x::RESPONSE_TO).is_empty());
}

#[test]
fn switchboard_answers_and_message_modes() {
    let mut talk = Talk::default();
    talk.client("USR 1 alice@example.com 1.2.3");
    let ok = talk.server("USR 1 OK alice@example.com Alice");
    assert_eq!(numbers(&ok, x::RESPONSE_TO), [1]);
    talk.client("CAL 2 bob@example.com");
    assert_eq!(numbers(&talk.server("CAL 2 RINGING 1"), x::RESPONSE_TO), [3]);
    let mut expected = Vec::new();
    for (trid, mode, answer) in [
        (3, "U", None),
        (4, "N", None),
        (5, "N", Some("NAK 5")),
        (6, "A", Some("ACK 6")),
        (7, "A", None),
        (8, "D", Some("NAK 8")),
        (9, "D", Some("282 9")),
        (10, "D", None),
        (11, "S", None),
    ] {
        let out = talk.client(&format!("MSG {trid} {mode} 0"));
        assert_eq!(texts(&out, x::RESPONSE_EXPECTED).len(), 1, "{mode}");
        let asked = talk.last();
        if let Some(answer) = answer {
            let out = talk.server(answer);
            assert_eq!(numbers(&out, x::RESPONSE_TO), [u64::from(asked)]);
            assert_eq!(out.tree.has_expert(x::NOT_DELIVERED), !answer.starts_with("ACK"));
        }
        expected.push((asked, matches!(mode, "A" | "D") && answer.is_none()));
    }
    for (frame, missing) in expected {
        assert_eq!(talk.again(frame).tree.has_expert(x::NO_ANSWER), missing, "{frame}");
    }
}

#[test]
fn both_sides_of_a_chat_and_what_announced_them() {
    let mut talk = Talk::default();
    talk.sign_in(1, 15, "alice@example.com");
    talk.sign_in(2, 15, "bob@example.com");
    talk.client("XFR 5 SB");
    talk.server("XFR 5 SB 192.0.2.20:1863 CKI 77.1.2 U messenger.msn.com 1");
    let xfr = u64::from(talk.last());
    let usr = talk.say(3, ToServer, "USR 1 alice@example.com 77.1.2");
    let caller = talk.last();
    assert_eq!(numbers(&usr, x::ANNOUNCED_IN), [xfr]);
    assert_eq!(numbers(&usr, f::VERSION), [15]);
    talk.say(3, ToClient, "USR 1 OK alice@example.com Alice");
    talk.say(3, ToServer, "CAL 2 bob@example.com");
    talk.say(3, ToClient, "CAL 2 RINGING 77");
    talk.say(2, ToClient, "RNG 77 192.0.2.20:1863 CKI 3.4 alice@example.com Alice U messenger.msn.com 1");
    let ring = talk.last();
    let ans = talk.say(4, ToServer, "ANS 1 bob@example.com 3.4 77");
    let callee = talk.last();
    assert_eq!(
        (numbers(&ans, x::ANNOUNCED_IN), numbers(&ans, x::RESPONSE_TO)),
        (vec![u64::from(ring)], vec![u64::from(ring)])
    );
    assert_eq!(numbers(&ans, x::OTHER_SIDE), [u64::from(caller)]);
    let iro = talk.say(4, ToClient, "IRO 1 1 1 alice@example.com Alice 0");
    assert_eq!(numbers(&iro, x::RESPONSE_TO), [u64::from(callee)]);
    assert_eq!(texts(&iro, x::PARTICIPANT), ["alice@example.com"]);
    let ok = talk.say(4, ToClient, "ANS 1 OK");
    assert_eq!(texts(&ok, x::PARTICIPANT), ["alice@example.com", "bob@example.com"]);
    assert_eq!(texts(&ok, f::SESSION_ID), ["77"]);
    let joi = talk.say(3, ToClient, "JOI bob@example.com Bob 0");
    assert_eq!(texts(&joi, x::PARTICIPANT), ["alice@example.com", "bob@example.com"]);
    assert!(texts(&joi, f::EMAIL).contains(&"alice@example.com".to_owned()));
    let bye = talk.say(3, ToClient, "BYE bob@example.com");
    assert_eq!(texts(&bye, x::PARTICIPANT), ["alice@example.com"]);
    let (xfr, usr, ring) = (talk.again(xfr as u32), talk.again(caller), talk.again(ring));
    assert_eq!(numbers(&xfr, x::OPENED_IN), [u64::from(caller)]);
    assert_eq!(numbers(&usr, x::OTHER_SIDE), [u64::from(callee)]);
    assert_eq!(
        (numbers(&ring, x::OPENED_IN), numbers(&ring, x::RESPONSE_IN)),
        (vec![u64::from(callee)], vec![u64::from(callee)])
    );
}

#[test]
fn endpoints_are_one_participant() {
    let guid = "{11111111-2222-3333-4444-555555555555}";
    let mut talk = Talk::default();
    talk.client(&format!("USR 1 alice@example.com;{guid} 1.2.3"));
    talk.server(&format!("USR 1 OK alice@example.com;{guid} Alice"));
    talk.server(&format!("JOI bob@example.com;{guid} Bob 0:0|JOI bob@example.com Bob 0:0"));
    let out = talk.client("PNG");
    assert_eq!(texts(&out, x::PARTICIPANT), ["alice@example.com", "bob@example.com"]);
    talk.server(&format!("BYE bob@example.com;{guid}"));
    assert_eq!(texts(&talk.client("PNG"), x::PARTICIPANT).len(), 2);
    talk.server("BYE bob@example.com");
    assert_eq!(texts(&talk.client("PNG"), x::PARTICIPANT), ["alice@example.com"]);
}

#[test]
fn cookies_that_are_wrong_or_used_again() {
    let mut talk = Talk::default();
    talk.sign_in(1, 12, "alice@example.com");
    talk.client("XFR 5 SB");
    talk.server("XFR 5 SB 192.0.2.20:1863 CKI 77.1.2");
    talk.server("RNG 88 192.0.2.20:1863 CKI 3.4 bob@example.com Bob");
    assert!(!talk.say(3, ToServer, "USR 1 alice@example.com 77.1.2").tree.has_expert(x::COOKIE_REUSED));
    let out = talk.say(4, ToServer, "USR 1 alice@example.com 77.1.2");
    assert!(out.tree.has_expert(x::COOKIE_REUSED) && !out.tree.has_expert(x::COOKIE_WRONG));
    let out = talk.say(5, ToServer, "USR 1 alice@example.com 99.1.2");
    assert_eq!(expert_texts(&out, x::COOKIE_WRONG), ["This account never got this switchboard cookie"]);
    let out = talk.say(6, ToServer, "USR 1 alice@example.com 3.4");
    assert!(expert_texts(&out, x::COOKIE_WRONG)[0].contains("other role"));
    let out = talk.say(7, ToServer, "ANS 1 carol@example.com 3.4 88");
    assert!(expert_texts(&out, x::COOKIE_WRONG)[0].contains("another account"));
    // Nothing is known of this account's notification connection.
    let out = talk.say(8, ToServer, "USR 1 dave@hotmail.com 5.5.5");
    assert!(!out.tree.has_expert(x::COOKIE_WRONG));
}

#[test]
fn referral_and_the_same_account_again() {
    let mut talk = Talk::default();
    talk.client("VER 1 MSNP8");
    talk.server("VER 1 MSNP8");
    talk.client("USR 2 TWN I alice@example.com");
    talk.server("XFR 2 NS 192.0.2.10:1863 0 192.0.2.1:1863");
    let xfr = talk.last();
    talk.say(2, ToServer, "VER 1 MSNP8");
    talk.say(2, ToClient, "VER 1 MSNP8");
    let out = talk.say(2, ToServer, "USR 2 TWN I alice@example.com");
    let second = talk.last();
    assert_eq!((numbers(&out, x::ANNOUNCED_IN), numbers(&out, x::EARLIER_CONNECTION)), (vec![u64::from(xfr)], vec![]));
    assert_eq!(numbers(&talk.again(xfr), x::OPENED_IN), [u64::from(second)]);
    talk.say(3, ToServer, "VER 1 MSNP7");
    talk.say(3, ToClient, "VER 1 MSNP7");
    let out = talk.say(3, ToServer, "USR 2 MD5 I alice@example.com");
    assert_eq!(numbers(&out, x::EARLIER_CONNECTION), [u64::from(second)]);
    assert!(expert_texts(&out, x::VERSION_DOWNGRADE)[0].contains("MSNP8 before"));
    let third = u64::from(talk.last());
    assert_eq!(numbers(&talk.again(second), x::LATER_CONNECTION), [third]);
}

#[test]
fn challenges_are_verified_and_timed() {
    let mut talk = Talk::default();
    talk.sign_in(1, 12, "alice@example.com");
    let chl = talk.server("CHL 0 22210219642164014968");
    assert!(numbers(&chl, x::RESPONSE_TO).is_empty());
    let asked = talk.last();
    let out = talk.bytes(1, ToServer, b"QRY 7 PROD0090YUAUV{2B 32\r\n85ecb0db8f32113df79ce0892b9a102c");
    let answered = u64::from(talk.last());
    assert_eq!(numbers(&out, x::CHALLENGE_STATUS), [Status::Good as u64]);
    assert_eq!(numbers(&out, x::RESPONSE_TO), [u64::from(asked)]);
    assert_eq!(numbers(&talk.server("QRY 7"), x::RESPONSE_TO), [answered]);
    assert_eq!(numbers(&talk.again(asked), x::RESPONSE_IN), [answered]);

    talk.server("CHL 0 22210219642164014969");
    talk.time += 51_000_000_000;
    let out = talk.bytes(1, ToServer, b"QRY 8 PROD0090YUAUV{2B 32\r\n85ecb0db8f32113df79ce0892b9a102c");
    assert_eq!(numbers(&out, x::CHALLENGE_STATUS), [Status::Bad as u64]);
    assert!(out.tree.has_expert(x::CHALLENGE_BAD) && expert_texts(&out, x::CHALLENGE_LATE)[0].contains("51 s"));
    let out = talk.server("540 8");
    assert!(expert_texts(&out, x::CHALLENGE_FAILED)[0].contains("540"));

    talk.server("CHL 0 22210219642164014969");
    let waiting = talk.last();
    assert!(talk.again(waiting).tree.has_expert(x::NO_ANSWER));
    let out = talk.bytes(1, ToServer, b"QRY 9 PROD00517IFH4@RV 32\r\n85ecb0db8f32113df79ce0892b9a102c");
    assert_eq!(numbers(&out, x::CHALLENGE_STATUS), [Status::Unverified as u64]);
    let out = talk.bytes(1, ToServer, b"QRY 10 PROD0090YUAUV{2B 32\r\n85ecb0db8f32113df79ce0892b9a102c");
    assert_eq!(numbers(&out, x::CHALLENGE_STATUS), [Status::Unverified as u64]);
    assert!(!out.tree.has_expert(x::CHALLENGE_BAD));
}

#[test]
fn logins_are_verified_when_a_secret_is_given() {
    for (password, status) in [("secret", Status::Good), ("Secret", Status::Bad), ("", Status::Unverified)] {
        let mut talk = Talk::default();
        talk.session.secrets.keep("alice@example.com", password, "");
        talk.client("VER 1 MSNP7");
        talk.server("VER 1 MSNP7");
        talk.client("USR 2 MD5 I alice@example.com");
        talk.server("USR 2 MD5 S 1013928519.693957190");
        let asked = talk.last();
        let out = talk.client("USR 3 MD5 S 0dc38e0c96e5ef37eb9451a0b2d5aaf9");
        let answered = u64::from(talk.last());
        assert_eq!(numbers(&out, x::AUTH_STATUS), [status as u64]);
        assert_eq!(numbers(&out, x::AUTH_CHALLENGE_IN), [u64::from(asked)]);
        assert_eq!(out.tree.has_expert(x::LOGIN_BAD), status == Status::Bad);
        assert_eq!(numbers(&talk.again(asked), x::AUTH_RESPONSE_IN), [answered]);
        let out = talk.server("911 3");
        assert_eq!(expert_texts(&out, x::LOGIN_REFUSED), ["Login refused: authentication failed (911)"]);
        assert_eq!(numbers(&out, x::RESPONSE_TO), [answered]);
    }
}

#[test]
fn single_sign_on_is_verified_against_the_nonce() {
    let mut talk = Talk::default();
    talk.session.secrets.keep("alice@example.com", "", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX");
    talk.client("VER 1 MSNP15");
    talk.server("VER 1 MSNP15");
    talk.client("USR 3 SSO I alice@example.com");
    talk.server("USR 3 SSO S MBI_KEY_OLD AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v");
    let out = talk.client(
        "USR 4 SSO S t=x&p= HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAAAAAAAAAAA5/b6UPUTyMkbVgyWJivzLXG/cLl1LUbMswHDZQOTW2qh\
        eXO+oMl024Pd0/Qp2Ikhncicdsr1ZuVHe6faTtyhpF/m08gyWF+w8WAo2gAzX5IfDfTywxhqbs2uoVc= \
        {44BFD5A4-7450-4BBA-BA6E-2A3D5F3C8E21}",
    );
    assert_eq!(numbers(&out, x::AUTH_STATUS), [Status::Good as u64]);
    let out = talk.server("USR 4 OK alice@example.com 1 0");
    assert!(out.tree.find(x::OWN_ENDPOINT).is_some());
}

#[test]
fn list_counts_are_checked() {
    let mut talk = Talk::default();
    talk.sign_in(1, 9, "alice@example.com");
    talk.client("SYN 5 0");
    talk.server("SYN 5 4 2 1");
    talk.server("LSG 0 Other 0");
    assert!(expert_texts(&talk.server("LSG 1 Friends 0"), x::LIST_COUNT)[0].contains("More LSG lines than the 1"));
    talk.server("LST b@example.com B 3 0");
    talk.client("CHG 6 NLN 0");
    let out = talk.server("CHG 6 NLN 0");
    assert_eq!(expert_texts(&out, x::LIST_COUNT), ["1 LST lines fewer came than SYN announced"]);
}

#[test]
fn numbers_used_twice_out_of_order_and_zero() {
    let mut talk = Talk::default();
    let out = talk.client("VER 0 MSNP8 MSNP7 CVR0");
    assert!(!out.tree.has_expert(x::CAPTURE_LATE));
    let out = talk.server("VER 0 MSNP7");
    assert_eq!(numbers(&out, x::RESPONSE_TO), [1]);
    assert_eq!(expert_texts(&out, x::VERSION_DOWNGRADE), ["Server chose MSNP7 although the client offers MSNP8"]);
    for unasked in ["ADD 0 RL 256 carol@example.com Carol", "500 0", "CHL 0 1234", "XFR 0 NS 192.0.2.10:1863"] {
        assert!(numbers(&talk.server(unasked), x::RESPONSE_TO).is_empty(), "{unasked}");
    }
    talk.client("REA 19 alice@example.com A");
    let rea = u64::from(talk.last());
    talk.client("CHG 20 AWY");
    assert_eq!(numbers(&talk.server("CHG 20 AWY"), x::RESPONSE_TO), [rea + 1]);
    assert_eq!(numbers(&talk.server("REA 19 3 alice@example.com A"), x::RESPONSE_TO), [rea]);
    talk.client("CHG 20 NLN");
    let again = u64::from(talk.last());
    assert!(!talk.again(again as u32).tree.has_expert(x::DUPLICATE_TRID));
    let out = talk.client("CHG 20 BSY");
    assert!(expert_texts(&out, x::DUPLICATE_TRID)[0].contains(&format!("frame {again}")));
    assert_eq!(numbers(&talk.server("CHG 20 BSY"), x::RESPONSE_TO), [again + 1]);
    assert_eq!(numbers(&talk.server("CHG 20 NLN"), x::RESPONSE_TO), [again]);
    assert!(talk.server("CHG 99 NLN").tree.has_expert(x::NO_REQUEST));
}

#[test]
fn a_capture_that_begins_late_says_so_once() {
    let mut talk = Talk::default();
    assert!(talk.server("NLN AWY bob@example.com Bob").tree.has_expert(x::CAPTURE_LATE));
    let out = talk.server("CHG 99 NLN");
    assert!(!out.tree.has_expert(x::CAPTURE_LATE) && !out.tree.has_expert(x::NO_REQUEST));
}

#[test]
fn somebody_added_me() {
    let mut talk = Talk::default();
    talk.sign_in(1, 9, "alice@example.com");
    let out = talk.server("ADD 0 RL 256 carol@example.com Carol");
    assert!(expert_texts(&out, x::CONTACT_ADDED)[0].starts_with("carol@example.com added"));
    assert!(!talk.server("ADD 5 FL 256 carol@example.com Carol 0").tree.has_expert(x::CONTACT_ADDED));
    talk.sign_in(2, 12, "bob@example.com");
    let out = talk.say(2, ToClient, "ADC 0 RL N=carol@example.com F=Carol");
    assert!(expert_texts(&out, x::CONTACT_ADDED)[0].starts_with("carol@example.com added"));
    talk.sign_in(3, 15, "dave@hotmail.com");
    let out = talk.bytes(
        3,
        ToClient,
        b"ADL 0 62\r\n<ml l=\"1\"><d n=\"example.com\"><c n=\"carol\" l=\"8\" t=\"1\"/></d></ml>",
    );
    assert!(expert_texts(&out, x::CONTACT_ADDED)[0].starts_with("carol@example.com added"));
}

#[test]
fn a_failed_page_finds_its_request() {
    let mut talk = Talk::default();
    talk.sign_in(1, 9, "alice@example.com");
    talk.client("PGD 12 tel:+15550100 1 0");
    let asked = u64::from(talk.last());
    let page = br#"<NOTIFICATION ver="1" id="12" siteid="0"><MSG pri="1" id="407"><BODY/></MSG></NOTIFICATION>"#;
    let out = talk.bytes(1, ToClient, &[format!("IPG {}\r\n", page.len()).as_bytes(), page].concat());
    assert_eq!(numbers(&out, x::RESPONSE_TO), [asked]);
    assert!(expert_texts(&out, x::NOT_DELIVERED)[0].contains("407"));
}

#[test]
fn own_status_and_name_over_time() {
    let mut talk = Talk::default();
    talk.sign_in(1, 15, "alice@example.com");
    talk.client("CHG 5 NLN 0");
    assert!(texts(&talk.again(talk.last()), x::OWN_STATUS).is_empty());
    assert_eq!(texts(&talk.server("CHG 5 NLN 0"), x::OWN_STATUS), ["NLN"]);
    talk.client("PRP 6 MFN Alice%20A.");
    let out = talk.server("PRP 6 MFN Alice%20A.");
    assert_eq!(
        (texts(&out, x::OWN_NAME), texts(&out, x::OWN_STATUS)),
        (vec!["Alice A.".to_owned()], vec!["NLN".to_owned()])
    );
    talk.server("NLN AWY alice@example.com 1 Alice 0 0");
    assert_eq!(texts(&talk.client("PNG"), x::OWN_STATUS), ["AWY"]);
    assert_eq!(texts(&talk.again(6), x::OWN_STATUS), ["NLN"]);
}

#[test]
fn forgetting_is_told() {
    let mut talk = Talk::default();
    talk.sign_in(1, 12, "alice@example.com");
    let mut told = 0;
    for trid in 10..10 + 2 * crate::session::transactions::MAX_REQUESTS {
        told += usize::from(talk.client(&format!("CHG {trid} NLN")).tree.has_expert(x::STATE_EVICTED));
    }
    assert!(told > 900, "{told}");
    talk.say(2, ToServer, "USR 1 alice@example.com 1.2.3");
    talk.say(2, ToClient, "USR 1 OK alice@example.com Alice");
    let mut told = 0;
    for number in 0..100 {
        told += usize::from(
            talk.say(2, ToClient, &format!("JOI b{number}@example.com B")).tree.has_expert(x::STATE_EVICTED),
        );
    }
    assert_eq!(told, 1);
}

/// What an item is, without what only later passes know.
fn shown(out: &Dissection) -> Vec<String> {
    let later: Vec<u16> =
        [x::RESPONSE_IN, x::OPENED_IN, x::OTHER_SIDE, x::LATER_CONNECTION, x::AUTH_RESPONSE_IN, x::RESPONSE_COUNT]
            .iter()
            .map(|field| field.0)
            .collect();
    let items = out.tree.items().iter().filter(|item| {
        !(item.kind == Kind::Leaf as u8 && later.contains(&item.id))
            && !(item.kind == Kind::Expert as u8 && item.id == x::NO_ANSWER.0)
    });
    items
        .map(|item| {
            format!(
                "{} {} {} {}+{} {} {:?} {:?}",
                item.kind,
                item.id,
                item.number,
                item.start,
                item.len,
                item.flags,
                out.tree.item_bytes(item),
                out.tree.item_note(item)
            )
        })
        .collect()
}

const LINES: &[(u64, bool, &str)] = &[
    (1, true, "VER 1 MSNP12 MSNP11"),
    (1, false, "VER 1 MSNP12"),
    (1, true, "USR 2 TWN I alice@example.com"),
    (1, false, "USR 2 TWN S lc=1033"),
    (1, true, "USR 3 TWN S t=1&p=2"),
    (1, false, "USR 3 OK alice@example.com 1 0"),
    (1, true, "SYN 4 0 0"),
    (1, false, "SYN 4 2005-01-01 2005-01-01 1 1"),
    (1, false, "LSG Friends 6bd736b8-dc18-44c6-ad61-8cd12d641e79"),
    (1, false, "LST N=bob@example.com F=Bob 10 1"),
    (1, true, "CHG 5 NLN 0"),
    (1, false, "CHG 5 NLN 0"),
    (1, false, "ILN 5 NLN bob@example.com Bob 0 0"),
    (1, true, "XFR 6 SB"),
    (1, false, "XFR 6 SB 192.0.2.20:1863 CKI 1.2.3"),
    (1, false, "CHL 0 22210219642164014968"),
    (1, true, "PNG"),
    (1, false, "QNG 40"),
    (1, false, "CHG 5 AWY 0"),
    (1, false, "RNG 1 192.0.2.20:1863 CKI 9.9 bob@example.com Bob"),
    (2, true, "USR 1 alice@example.com 1.2.3"),
    (2, false, "USR 1 OK alice@example.com Alice"),
    (2, true, "CAL 2 bob@example.com"),
    (2, false, "CAL 2 RINGING 1"),
    (2, false, "JOI bob@example.com Bob"),
    (2, false, "BYE bob@example.com"),
    (2, true, "MSG 3 A 0"),
    (2, false, "ACK 3"),
    (2, false, "NAK 4"),
    (2, true, "MSG 4 N 0"),
    (3, true, "ANS 1 bob@example.com 9.9 1"),
    (3, false, "IRO 1 1 1 alice@example.com Alice"),
    (3, false, "ANS 1 OK"),
    (3, true, "MSG 2 D 0"),
    (4, true, "VER 1 MSNP8"),
    (4, true, "USR 2 TWN I alice@example.com"),
    (4, false, "911 2"),
    (1, false, "OUT OTH"),
    (1, true, "CHG 5 BSY 0"),
    (1, false, "XYZ 1 2 3"),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    /// Whatever is said, and in whatever order frames are visited later, they show what the first pass showed.
    #[test]
    fn any_order_of_visits_shows_the_same(picks in proptest::collection::vec(0..LINES.len(), 1..120), visits in proptest::collection::vec(any::<prop::sample::Index>(), 1..60)) {
        let mut talk = Talk::default();
        let firsts: Vec<_> = picks.iter().map(|&pick| {
            let (connection, up, line) = LINES[pick];
            talk.say(connection, if up { ToServer } else { ToClient }, line)
        }).collect();
        let seconds: Vec<_> = (1..=talk.last()).map(|frame| talk.again(frame)).collect();
        for (first, second) in firsts.iter().zip(&seconds) {
            prop_assert_eq!(shown(first), shown(second));
        }
        for visit in visits {
            let at = visit.index(firsts.len());
            let again = talk.again(at as u32 + 1);
            prop_assert_eq!(again.tree.items().len(), seconds[at].tree.items().len());
            prop_assert_eq!(shown(&again), shown(&seconds[at]));
        }
        // Every link back has its link forward.
        for (at, second) in seconds.iter().enumerate() {
            for request in numbers(second, x::RESPONSE_TO) {
                prop_assert!(numbers(&seconds[request as usize - 1], x::RESPONSE_IN).contains(&(at as u64 + 1)));
            }
            for announced in numbers(second, x::ANNOUNCED_IN) {
                prop_assert!(!numbers(&seconds[announced as usize - 1], x::OPENED_IN).is_empty());
            }
        }
    }
}
