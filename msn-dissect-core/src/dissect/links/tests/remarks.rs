// SPDX-License-Identifier: GPL-2.0-or-later
//! Challenges, logins, lists, and what an analyst is told.

use super::*;
use crate::session::losses::Loss;

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

#[test]
fn a_refused_circle_ticket_is_no_refused_login() {
    let mut talk = Talk::default();
    talk.sign_in(1, 18, "alice@example.com");
    for code in [911, 935] {
        talk.client("USR 7 SHA A PFNpZ25lZFRpY2tldD48L1NpZ25lZFRpY2tldD4=");
        let out = talk.server(&format!("{code} 7"));
        let told = expert_texts(&out, x::CIRCLE_REFUSED);
        assert!(told.len() == 1 && told[0].ends_with(&format!("({code})")), "{told:?}");
        assert!(!out.tree.has_expert(x::LOGIN_REFUSED));
    }
    talk.client("USR 8 SSO S t=x&p= AAAA");
    assert!(talk.server("911 8").tree.has_expert(x::LOGIN_REFUSED));
}

#[test]
fn commands_of_the_other_side_are_told() {
    let mut talk = Talk::default();
    talk.sign_in(1, 12, "alice@example.com");
    for (dir, line) in [
        (ToServer, "ACK 9"),
        (ToServer, "NLN NLN bob@example.com Bob"),
        (ToServer, "911 3"),
        (ToClient, "PNG"),
        (ToClient, "CVR 1"),
    ] {
        let sender = if dir == ToServer { "not clients" } else { "not servers" };
        let told = expert_texts(&talk.say(1, dir, line), expert::WRONG_SIDE);
        assert_eq!(told.iter().filter(|text| text.ends_with(sender)).count(), usize::from(line != "CVR 1"), "{line}");
    }
    // Where nothing but ports tells who speaks, nobody is accused.
    assert!(!talk.say(2, ToClient, "ANS x").tree.has_expert(expert::WRONG_SIDE));
}

/// What is said of the protocol version: the number, or the range.
fn version(out: &Dissection) -> (Vec<u64>, String) {
    (numbers(out, f::VERSION), texts(out, f::VERSION_RANGE).concat())
}

#[test]
fn shapes_of_commands_tell_the_version_where_nobody_told_it() {
    let range = |text: &str| (Vec::new(), text.to_owned());
    let mut talk = Talk::default();
    assert_eq!(version(&talk.server("QNG 41")), range(""));
    assert_eq!(version(&talk.server("FLN bob@example.com 1")), range("between 14 and 17"));
    assert_eq!(version(&talk.client("PNG")), range("between 14 and 17"));
    assert_eq!(version(&talk.server("NLN AWY bob@example.com 1 Bob 268435456:0 0")), range("between 16 and 17"));
    // What a frame shows is what was known then.
    assert_eq!([1, 2, 3].map(|frame| version(&talk.again(frame)).1), ["", "between 14 and 17", "between 14 and 17"]);
    // The line of another version: nothing is believed any more.
    assert_eq!(version(&talk.server("NLN AWY bob@example.com Bob 268435456")), range(""));
    assert_eq!(version(&talk.server("FLN bob@example.com 1")), range(""));
    assert_eq!(version(&talk.again(4)), range("between 16 and 17"));

    for (line, told) in [
        ("NLN NLN bob@example.com Bob 1073791084", range("between 8 and 13")),
        ("NLN NLN 1:bob@example.com Bob 2788999228:48 0", (vec![18], String::new())),
        (
            "LST N=bob@example.com F=Bob C=6bd736b8-dc18-44c6-ad61-8cd12d641e79 11 1 6bd736b8-dc18-44c6-ad61-8cd12d641e79",
            (vec![12], String::new()),
        ),
        ("NFY PUT 0", range("18 or later")),
        ("FLN bob@example.com", range("13 or earlier")),
        ("IRO 1 1 1 bob@example.com Bob 1342554172", range("between 12 and 15")),
        ("JOI bob@example.com;{11111111-2222-3333-4444-555555555555} Bob 0:0", range("between 16 and 18")),
    ] {
        let mut talk = Talk::default();
        assert_eq!(version(&talk.server(line)), told, "{line}");
        assert_eq!(version(&talk.again(1)), told, "{line}");
    }
}

#[test]
fn shapes_tell_nothing_where_the_version_is_negotiated() {
    let mut talk = Talk::default();
    for line in [
        "VER 1 MSNP15",
        "CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 8.5.1302 msmsgs alice@example.com",
        "USR 3 SSO I alice@example.com",
    ] {
        assert_eq!(version(&talk.client(line)), (vec![], String::new()));
    }
    assert_eq!(version(&talk.server("VER 1 MSNP15")), (vec![15], String::new()));
    assert_eq!(version(&talk.server("FLN bob@example.com 1:0 0")), (vec![15], String::new()));
}

#[test]
fn a_frame_of_very_many_commands_does_not_list_the_chat_with_each() {
    let mut talk = Talk::default();
    talk.client("VER 1 MSNP12 CVR0");
    talk.say(2, ToServer, "ANS 1 alice@example.com 1.2 3");
    let long = "b".repeat(400);
    let joined: String = (0..64).map(|number| format!("JOI {number}{long}@example.com B|")).collect();
    talk.say(2, ToClient, joined.trim_end_matches('|'));
    let many = vec!["BYE nobody@example.com"; 20_000].join("|");
    let first = talk.say(2, ToClient, &many);
    let (rows, bytes) = (first.tree.items().len(), first.tree.arena().len());
    // The ends of subtrees are no rows.
    let counted = first.tree.items().iter().filter(|item| item.kind != Kind::Close as u8).count();
    assert!(first.tree.has_expert(expert::TREE_FULL) || counted < crate::item::MAX_ROWS, "{counted}");
    // Without the limit there would be 2.6 million rows with a gigabyte of names.
    assert!(rows < crate::item::MAX_ROWS * 2 && bytes < crate::item::MAX_BYTES / 2, "{rows} rows, {bytes} bytes");
    assert_eq!(first.tree.number_of(x::PARTICIPANT_COUNT), Some(64));
    let listed = first.tree.items().iter().filter(|item| item.id == x::PARTICIPANT.0 && item.kind == Kind::Leaf as u8);
    assert!((1..400).contains(&(listed.count() / 64)));
    let later = talk.again(talk.last());
    assert_eq!((later.tree.items().len(), later.tree.arena().len()), (rows, bytes));
    assert!(talk.say(2, ToClient, "BYE nobody@example.com").tree.find(x::PARTICIPANT).is_some());
}

#[test]
fn what_any_table_lost_is_told_where_it_happened_and_on_every_pass() {
    let told = |out: &crate::output::Dissection| -> Vec<String> {
        let is = |item: &&crate::item::Item| item.kind == Kind::Expert as u8 && item.id == x::STATE_EVICTED.0;
        out.tree.items().iter().filter(is).map(|item| out.tree.item_text(item).unwrap().to_owned()).collect()
    };
    // What tables report with a unit, whichever they are.
    for kinds in [vec![Loss::SplitMessage], vec![Loss::DirectPromise, Loss::Message]] {
        let mut talk = Talk::default();
        talk.client("VER 1 MSNP12 CVR0");
        kinds.iter().for_each(|&loss| talk.session.losses.report(loss));
        let wanted: Vec<String> = kinds.iter().map(|loss| loss.wording()).collect();
        assert_eq!(told(&talk.server("VER 1 MSNP12")), wanted);
        let frame = talk.last();
        assert!(told(&talk.server("QNG 41")).is_empty());
        assert_eq!((told(&talk.again(frame)), told(&talk.again(frame))), (wanted.clone(), wanted));
        assert!(told(&talk.again(frame + 1)).is_empty() && told(&talk.again(frame - 1)).is_empty());
    }
}

#[test]
fn split_messages_that_are_given_up_are_told() {
    let mut talk = Talk::default();
    let mut told = 0;
    for number in 0..crate::session::messages::MAX_OPEN + 2 {
        let body = format!("Message-ID: {{{number:08}}}\r\nChunks: 2\r\n\r\nx");
        let out = talk.bytes(2, ToServer, format!("MSG 1 N {}\r\n{body}", body.len()).as_bytes());
        told += usize::from(out.tree.has_expert(x::STATE_EVICTED));
    }
    assert_eq!(told, 2);
    assert!(talk.again(talk.last()).tree.has_expert(x::STATE_EVICTED));
}
