// SPDX-License-Identifier: GPL-2.0-or-later
//! Connections that lead to others, and the people on them.

use super::*;

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
    assert_eq!(texts(&usr, f::SESSION_ID), ["77"]);
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
fn the_cookie_of_the_caller_joins_the_sides_before_ringing() {
    for cookie in ["77.1050826919.32308", "0a11b2c3d4e5f60718293a4b5c6d7e8f", "77.1", "77.1.2.3", "x.1.2", "77.1."] {
        let joined = cookie.starts_with("77.10");
        let mut talk = Talk::default();
        let ans = talk.say(4, ToServer, "ANS 1 bob@example.com 3.4 77");
        let usr = talk.say(3, ToServer, &format!("USR 1 alice@example.com {cookie}"));
        assert_eq!(texts(&ans, f::SESSION_ID), ["77"]);
        assert_eq!(texts(&usr, f::SESSION_ID), if joined { vec!["77"] } else { vec![] }, "{cookie}");
        assert_eq!(numbers(&usr, x::OTHER_SIDE), if joined { vec![1] } else { vec![] }, "{cookie}");
        assert_eq!(numbers(&talk.again(1), x::OTHER_SIDE), if joined { vec![2] } else { vec![] });
        let call = talk.say(3, ToServer, "CAL 2 bob@example.com");
        assert!(texts(&call, f::SESSION_ID).is_empty() != joined);
        let ringing = talk.say(3, ToClient, "CAL 2 RINGING 77");
        assert_eq!(numbers(&ringing, x::OTHER_SIDE), if joined { vec![] } else { vec![1] });
        assert!(!ringing.tree.has_expert(x::SESSION_DIFFERS));
    }
    // What the server says counts, from there on.
    let mut talk = Talk::default();
    talk.say(3, ToServer, "USR 1 alice@example.com 77.1.2");
    talk.say(3, ToServer, "CAL 2 bob@example.com");
    assert!(talk.say(3, ToClient, "CAL 2 RINGING 78").tree.has_expert(x::SESSION_DIFFERS));
    talk.say(3, ToClient, "JOI bob@example.com Bob");
    for (frame, session) in [(1, "77"), (2, "77"), (4, "78")] {
        assert_eq!(texts(&talk.again(frame), f::SESSION_ID), [session]);
    }
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
fn remarks_hang_below_the_participant_that_is_shown() {
    let mut talk = Talk::default();
    let out = talk.server("IRO 1 1 1 alice@example.com Alice 0");
    let leaves = out.tree.items().iter().filter(|item| item.kind == Kind::Leaf as u8);
    let behind = leaves.skip_while(|item| item.id != x::PARTICIPANT_COUNT.0).map(|item| item.id);
    assert_eq!(behind.take(3).collect::<Vec<_>>(), [x::PARTICIPANT_COUNT.0, f::EMAIL.0, x::PARTICIPANT.0]);
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
    assert_eq!(
        expert_texts(&out, x::COOKIE_WRONG),
        ["This account was not given this switchboard cookie in this capture"]
    );
    let out = talk.say(6, ToServer, "USR 1 alice@example.com 3.4");
    assert!(expert_texts(&out, x::COOKIE_WRONG)[0].contains("other role"));
    // Of this one's notification connection nothing is known yet: it may have got the same cookie.
    let out = talk.say(9, ToServer, "ANS 1 carol@example.com 3.4 88");
    assert!(!out.tree.has_expert(x::COOKIE_WRONG) && !out.tree.has_expert(x::COOKIE_REUSED));
    talk.sign_in(10, 12, "carol@example.com");
    let out = talk.say(7, ToServer, "ANS 1 carol@example.com 3.4 88");
    assert!(expert_texts(&out, x::COOKIE_WRONG)[0].contains("another account"));
    // Nothing is known of this account's notification connection.
    let out = talk.say(8, ToServer, "USR 1 dave@hotmail.com 5.5.5");
    assert!(!out.tree.has_expert(x::COOKIE_WRONG));
}

/// Says a line in a segment that begins at this sequence number.
fn segment(talk: &mut Talk, dir: Dir, sequence: u32, line: &str) -> Dissection {
    let said = talk.placed(1, dir, format!("{line}\r\n").as_bytes());
    let packet = Packet { sequence: Some(sequence), arrival: Arrival::Segment, ..said.packet };
    let said = Said { packet, ..said };
    let out = dissect(&mut talk.session, &said, true);
    talk.said.push(said);
    out
}

#[test]
fn cookies_are_not_called_wrong_where_the_announcement_may_be_missing() {
    let accused = |missing: bool, one_sided: bool| {
        let mut talk = Talk::default();
        segment(&mut talk, ToServer, 1, "VER 1 MSNP12");
        if !one_sided {
            segment(&mut talk, ToClient, 1, "VER 1 MSNP12");
        }
        segment(&mut talk, ToServer, 15, "USR 2 TWN I alice@example.com");
        if !one_sided {
            segment(&mut talk, ToClient, if missing { 99 } else { 15 }, "USR 2 OK alice@example.com 1 0");
        }
        talk.say(2, ToServer, "USR 1 alice@example.com 1.2.3").tree.has_expert(x::COOKIE_WRONG)
    };
    assert!(accused(false, false));
    assert!(!accused(true, false));
    assert!(!accused(false, true));
}

#[test]
fn where_only_one_direction_was_captured_no_answer_is_missed() {
    for answers in [false, true] {
        let mut talk = Talk::default();
        segment(&mut talk, ToServer, 1, "VER 1 MSNP12");
        if answers {
            segment(&mut talk, ToClient, 1, "VER 1 MSNP12");
        }
        segment(&mut talk, ToServer, 15, "CHG 2 NLN");
        assert_eq!(talk.again(talk.last()).tree.has_expert(x::NO_ANSWER), answers);
        // A server that is silent on one connection is heard on another.
        talk.say(2, ToServer, "USR 1 alice@example.com 1.2.3");
        assert!(talk.again(talk.last()).tree.has_expert(x::NO_ANSWER));
    }
}

#[test]
fn a_server_that_is_heard_first_is_not_taken_for_the_client() {
    let first = |from: u16, to: u16, line: &str| {
        let mut session = Session::default();
        let ends = [from, to].map(|port| Endpoint { port, ..Endpoint::default() });
        let packet = Packet { source: ends[0], destination: ends[1], ..Packet::example() };
        let said = Said { packet, bytes: format!("{line}\r\n").into_bytes() };
        texts(&dissect(&mut session, &said, true), f::DIRECTION).concat()
    };
    for (from, to, line) in [(1863, 1025, "VER 1 MSNP15 MSNP14 CVR0"), (443, 40000, "VER 1 MSNP18")] {
        assert!(first(from, to, line).starts_with("Server"), "{from} {to}");
    }
    for (from, to, line) in
        [(1025, 1863, "VER 1 MSNP8"), (40000, 443, "VER 1 MSNP8"), (4000, 7777, "VER 1 MSNP12 MSNP11 CVR0")]
    {
        assert!(first(from, to, line).starts_with("Client"), "{from} {to}");
    }
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
    let opening = talk.last();
    talk.say(2, ToClient, "VER 1 MSNP8");
    let out = talk.say(2, ToServer, "USR 2 TWN I alice@example.com");
    let second = talk.last();
    assert_eq!((numbers(&out, x::ANNOUNCED_IN), numbers(&out, x::EARLIER_CONNECTION)), (vec![u64::from(xfr)], vec![]));
    // To the first command of the connection, not to the one that names the account.
    assert_eq!(numbers(&talk.again(xfr), x::OPENED_IN), [u64::from(opening)]);
    talk.say(3, ToServer, "VER 1 MSNP7");
    talk.say(3, ToClient, "VER 1 MSNP7");
    let out = talk.say(3, ToServer, "USR 2 MD5 I alice@example.com");
    assert_eq!(numbers(&out, x::EARLIER_CONNECTION), [u64::from(second)]);
    assert!(expert_texts(&out, x::VERSION_DOWNGRADE)[0].contains("MSNP8 before"));
    let third = u64::from(talk.last());
    assert_eq!(numbers(&talk.again(second), x::LATER_CONNECTION), [third]);
}

/// The capture began when the account had been said: the hop data is what is left to know the connection by.
#[test]
fn a_referral_is_followed_by_its_hop_data() {
    let mut talk = Talk::default();
    let hop = "VmVyc2lvbjogMQ0KWGZyQ291bnQ6IDENCg==";
    let cvr = |hop: &str| format!("CVR 2 0x0409 winnt 6.1 i386 MSNMSGR 15.4.3508 MSNMSGR alice@example.com {hop}");
    // All these connections are between the same two addresses.
    talk.server(&format!("XFR 3 NS 0.0.0.0:1863 U D {hop}"));
    let xfr = talk.last();
    let other = talk.say(2, ToServer, &cvr("0"));
    assert!(numbers(&other, x::ANNOUNCED_IN).is_empty());
    let out = talk.say(3, ToServer, &format!("VER 1 MSNP21|{}", cvr(hop).replace("alice", "bob")));
    assert_eq!(numbers(&out, x::ANNOUNCED_IN), [u64::from(xfr)]);
    assert_eq!(numbers(&talk.again(xfr), x::OPENED_IN), [u64::from(talk.last())]);
    // It is followed once.
    let again = talk.say(4, ToServer, &cvr(hop).replace("alice", "carol"));
    assert!(numbers(&again, x::ANNOUNCED_IN).is_empty());
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
