// SPDX-License-Identifier: GPL-2.0-or-later
//! Lines that are about a person whom they do not name.

use super::*;

const BOB: &str = "6bd736b8-dc18-44c6-ad61-8cd12d641e79";
const ERIN: &str = "2bd736b8-dc18-44c6-ad61-8cd12d641e79";

#[test]
fn contacts_named_by_guid_are_found() {
    let mut talk = Talk::default();
    talk.sign_in(1, 11, "alice@example.com");
    let before = talk.client(&format!("REM 3 FL {BOB}"));
    assert!(texts(&before, f::EMAIL).is_empty());
    talk.client("SYN 4 0 0");
    talk.server("SYN 4 2005-04-23T18:57:44 2005-04-23T18:57:54 2 0");
    talk.server(&format!("LST N=bob%40example.com F=Bob C={BOB} 11"));
    talk.server("LST N=carol@example.com F=Carol 10");
    talk.client("ADC 5 FL N=erin@example.com F=Erin");
    talk.server(&format!("ADC 5 FL N=erin@example.com F=Erin C={ERIN}"));
    let group = "f60efbe7-94af-4b16-b926-e4e10878d329";
    for (contact, account) in [(BOB, "bob@example.com"), (ERIN, "erin@example.com")] {
        for line in [
            format!("SBP 6 {contact} MFN Bobby"),
            format!("ADC 7 FL C={contact} {group}"),
            format!("REM 8 FL {contact} {group}"),
            format!("REM 9 FL {}", contact.to_uppercase()),
        ] {
            for dir in [ToServer, ToClient] {
                assert_eq!(texts(&talk.say(1, dir, &line), f::EMAIL), [account], "{line}");
            }
        }
    }
    // What was not known then is not shown later either; another connection has other contacts.
    assert!(texts(&talk.again(5), f::EMAIL).is_empty());
    talk.sign_in(2, 11, "dave@example.com");
    assert!(texts(&talk.say(2, ToServer, &format!("REM 3 FL {BOB}")), f::EMAIL).is_empty());
    // Contacts of an address book that was not migrated have their account for an identifier.
    assert_eq!(texts(&talk.client("SBP 10 bob@example.com MFN Bob"), f::EMAIL), ["bob@example.com"]);
}

#[test]
fn contacts_that_are_too_many_are_told() {
    let mut talk = Talk::default();
    talk.sign_in(1, 11, "alice@example.com");
    let max = crate::session::contacts::MAX_CONTACTS;
    for number in 0..=max {
        let line = format!("LST N=b{number}@example.com C=00000000-0000-0000-0000-{number:012} 11");
        assert_eq!(talk.server(&line).tree.has_expert(x::STATE_EVICTED), number == max);
    }
    let who = |talk: &mut Talk, number: usize| {
        texts(&talk.client(&format!("REM 9 FL 00000000-0000-0000-0000-{number:012}")), f::EMAIL)
    };
    assert_eq!(who(&mut talk, max - 1), [format!("b{}@example.com", max - 1)]);
    assert!(who(&mut talk, max).is_empty());
}

#[test]
fn errors_name_the_request_and_whom_it_was_about() {
    let mut talk = Talk::default();
    talk.sign_in(1, 12, "alice@example.com");
    talk.server(&format!("LST N=erin@example.com F=Erin C={ERIN} 11 1"));
    for (request, reply, account) in [
        ("CAL 5 bob%40example.com".to_owned(), "217", "bob@example.com"),
        ("CAL 6 bob@example.com;{11111111-2222-3333-4444-555555555555}".into(), "216", "bob@example.com"),
        ("ADC 7 FL N=carol@example.com F=Carol".into(), "208", "carol@example.com"),
        (format!("REM 8 FL {ERIN}"), "216", "erin@example.com"),
        (format!("SBP 9 {ERIN} MFN Rin"), "500", "erin@example.com"),
        ("UUM 10 yara@example.com 32 1 0".into(), "509", "yara@example.com"),
        ("PGD 11 tel:+15550100 1 0".into(), "800", "tel:+15550100"),
        ("UUN 12 bob@example.com 4 0".into(), "217", "bob@example.com"),
    ] {
        talk.client(&request);
        let (word, trid) = (&request[..3], request.split(' ').nth(1).unwrap());
        let first = talk.server(&format!("{reply} {trid}"));
        for out in [first, talk.again(talk.last())] {
            assert_eq!(texts(&out, f::EMAIL), [account], "{request}");
            assert!(out.info.ends_with(&format!(") to {word} {account}")), "{}", out.info);
        }
    }
    talk.client("CHG 20 XXX 0");
    let out = talk.server("201 20|500 0");
    assert!(texts(&out, f::EMAIL).is_empty());
    assert!(out.info.contains("(bad parameter) to CHG; 500 0 ("), "{}", out.info);
    assert!(!talk.server("217 99").info.contains(" to "));
}

#[test]
fn answers_that_name_nobody_are_about_whom_the_request_named() {
    let mut talk = Talk::default();
    talk.sign_in(1, 15, "alice@example.com");
    talk.client("UUN 5 bob@example.com 4 0");
    assert_eq!(texts(&talk.server("UUN 5 OK"), f::EMAIL), ["bob@example.com"]);
    talk.say(2, ToServer, "USR 1 alice@example.com 1.2.3");
    talk.say(2, ToClient, "USR 1 OK alice@example.com Alice");
    talk.say(2, ToServer, "CAL 2 bob@example.com");
    assert!(texts(&talk.say(2, ToClient, "CAL 2 RINGING 1"), f::EMAIL).contains(&"bob@example.com".to_owned()));
}
