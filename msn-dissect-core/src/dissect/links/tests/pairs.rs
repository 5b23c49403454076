// SPDX-License-Identifier: GPL-2.0-or-later
//! Requests and answers: every pair, and what disturbs them.

use super::*;

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
        (8, "PAG 9 tel:+15550100 0", &["800 9"]),
        (12, "PGD 9 tel:+15550100 1 0", &["800 9"]),
        (21, "SDG 9 0", &["801 9 0"]),
        (15, "UUM 9 b@yahoo.example 32 1 0", &["509 9 0"]),
    ] {
        pair(version, request, answers);
    }
}

#[test]
fn many_answers_are_counted() {
    let mut talk = Talk::default();
    talk.sign_in(1, 10, "alice@example.com");
    talk.client("SYN 9 0 0");
    let request = talk.last();
    talk.server("SYN 9 1 1 300 0");
    for _ in 0..300 {
        talk.server("LST N=b@example.com F=B 10");
    }
    let again = talk.again(request);
    assert_eq!((numbers(&again, x::RESPONSE_IN).len(), numbers(&again, x::RESPONSE_COUNT)), (256, vec![301]));
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
fn a_new_ping_ends_the_one_before() {
    let mut talk = Talk::default();
    talk.sign_in(1, 12, "alice@example.com");
    talk.client("PNG");
    let lost = talk.last();
    talk.client("PNG");
    let asked = talk.last();
    assert_eq!(numbers(&talk.server("QNG 41"), x::RESPONSE_TO), [u64::from(asked)]);
    talk.client("PNG");
    let asked = talk.last();
    assert_eq!(numbers(&talk.server("QNG 41"), x::RESPONSE_TO), [u64::from(asked)]);
    assert!(talk.again(lost).tree.has_expert(x::NO_ANSWER) && !talk.again(asked).tree.has_expert(x::NO_ANSWER));
    assert!(numbers(&talk.server("QNG 41"), x::RESPONSE_TO).is_empty());
}
