// SPDX-License-Identifier: GPL-2.0-or-later
//! Captures that server and clients write: the real tshark with the plugin shows in them what the programs know.

mod common;

use common::chat::{Seen, chat};
use msn_tests::pdu::{only_msn, pdus};
use msn_tests::tshark::{Options, Tshark};
use std::fs;
use std::path::Path;

/// What tshark shows of a capture: words with their direction, sorted; and the values of some fields.
fn dissected(tshark: &Tshark, file: &Path, options: &Options, fields: &[&str]) -> (Vec<String>, Vec<Vec<String>>) {
    let stored = tshark.store_file(file).unwrap();
    let packets = tshark.pdml(&stored, &only_msn(options)).unwrap();
    let pdus = pdus(&packets);
    let mut words = Vec::new();
    for pdu in &pdus {
        let arrow = match pdu.all("msn.direction").first().map(|field| field.text()) {
            Some("Client to server") => ">>>",
            _ => "<<<",
        };
        words.push(format!("{arrow} {}", pdu.word().unwrap_or("?")));
        let remarks: Vec<_> =
            pdu.protos.iter().flat_map(|proto| proto.all("_ws.expert.message")).map(|one| one.show.clone()).collect();
        assert!(remarks.is_empty(), "{}: {} {remarks:?}", file.display(), pdu.label());
    }
    words.sort();
    let value = |name: &&str| pdus.iter().flat_map(|pdu| pdu.all(name)).map(|field| field.show.clone()).collect();
    (words, fields.iter().map(value).collect())
}

const FIELDS: &[&str] = &["msn.challenge.status", "msn.auth.status", "msn.message.text", "msn.opened_in", "msn.email"];

/// Two people chat, and what the programs wrote is dissected.
fn shows_what_both_know(version: u8, show_secrets: bool) {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let seen = runtime.block_on(chat(version, version, Some(folder.path()), show_secrets));
    let tshark = Tshark::new().unwrap();
    let password = r#"uat:msn_secrets:"alice@example.com","secret","""#;
    let mut options = Options::default().two_passes();
    if show_secrets {
        options = options.preference(password);
    }
    // What a client wrote is looked at where it has something else in it than what the server wrote.
    let all = [("server", &seen.server), ("alice", &seen.alice)];
    for (name, printed) in all.into_iter().take(if show_secrets { 2 } else { 1 }) {
        let file = folder.path().join(format!("{name}.pcap"));
        let (words, values) = dissected(&tshark, &file, &options, FIELDS);
        assert_eq!(words, Seen::words(printed), "{name}, MSNP{version}");
        let [challenges, logins, texts, opened, people] = &values[..] else { unreachable!() };
        let sides = if name == "server" { 2 } else { 1 };
        assert_eq!(challenges.len(), if version < 6 { 0 } else { sides }, "{name}: {challenges:?}");
        assert!(challenges.iter().all(|status| status == "1"), "{name}: {challenges:?}");
        assert!(texts.iter().any(|text| text.contains("Hello Bob")), "{name}: {texts:?}");
        assert!(!opened.is_empty(), "{name}: no switchboard was announced");
        assert!(
            people.iter().any(|email| email == "alice@example.com")
                && people.iter().any(|email| email == "bob@example.com")
        );
        if show_secrets && version < 8 {
            assert!(logins.contains(&"1".to_owned()) && !logins.contains(&"0".to_owned()), "{name}: {logins:?}");
        }
    }
}

/// Bytes of all captures of a chat.
fn bytes(version: u8, show_secrets: bool) -> (Vec<u8>, String) {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let seen = runtime.block_on(chat(version, version, Some(folder.path()), show_secrets));
    let files = ["server", "alice", "bob"].map(|name| fs::read(folder.path().join(format!("{name}.pcap"))).unwrap());
    let printed = [&seen.server, &seen.alice, &seen.bob].map(|printed| printed.text());
    (files.concat(), printed.join("\n"))
}

#[test]
fn secrets_are_in_no_capture_unless_they_are_wanted() {
    let hidden = |bytes: &[u8], form: &str| {
        let form = regex::bytes::Regex::new(form).unwrap();
        let all: Vec<_> =
            form.captures_iter(bytes).map(|found| String::from_utf8_lossy(&found[1]).into_owned()).collect();
        assert!(!all.is_empty(), "{form}");
        all.iter().all(|secret| secret.bytes().all(|byte| b"0A".contains(&byte)))
    };
    for (version, form) in [(7, r"MD5 S ([0-9a-f]{32})\r"), (9, r"TWN S t=(\w+)&"), (15, r"SSO S t=(\w+)&")] {
        let (capture, printed) = bytes(version, false);
        assert!(hidden(&capture, form), "MSNP{version}");
        assert!(
            !printed.is_empty() && hidden(&[printed.as_bytes(), b"\r"].concat(), &form.replace(r"\r", "")),
            "MSNP{version}"
        );
        assert!(!hidden(&bytes(version, true).0, form), "MSNP{version}");
    }
}

macro_rules! versions {
    ($($name:ident $version:literal $secrets:literal;)*) => {
        $(#[test] fn $name() { shows_what_both_know($version, $secrets); })*
    };
}

// Each layout of logins, lists and presence.
versions! {
    msnp2 2 true; msnp7 7 true; msnp9 9 false; msnp12 12 false; msnp13 13 false; msnp15 15 false; msnp16 16 false; msnp18 18 true;
}
