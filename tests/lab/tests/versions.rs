// SPDX-License-Identifier: GPL-2.0-or-later
//! Server and client against each other in every version: sign in, lists, presence, a chat.

mod common;

use common::{PATIENCE, Printed, config, online, server, sign_in, types};
use msn_lab::serve::Config;
use msn_lab::talk::Talker;

async fn come_online(talker: &mut Talker, version: u8) {
    match version {
        ..10 => types(talker, &["SYN {trid} 0"]).await,
        10..13 => types(talker, &["SYN {trid} 0 0"]).await,
        _ => types(talker, &["BLP {trid} AL"]).await,
    }
    let word = if version < 13 { "SYN" } else { "BLP" };
    talker.wait(word, PATIENCE).await.unwrap();
    if version >= 11 {
        types(talker, &["UUX {trid} {len}", "| <Data><PSM>hello</PSM><CurrentMedia></CurrentMedia></Data>\\", "."])
            .await;
        talker.wait("UUX", PATIENCE).await.unwrap();
    }
    types(talker, &[online(version)]).await;
    let echo = talker.wait("CHG", PATIENCE).await.unwrap();
    assert_eq!(echo.get("msn.status"), Some("NLN"));
}

/// Signs in two people with their versions, lets them chat, and looks at what each saw.
async fn chat(first: u8, second: u8) {
    let [printed, hers, his] = [(); 3].map(|()| Printed::default());
    let server =
        server(Config { dispatch: Some(0), switchboard: Some(0), ..Config::default() }, printed.watch(None, false))
            .await;
    let mut alice = sign_in(config(&server, "alice", "secret", first), &hers.watch(None, false)).await;
    let mut bob = sign_in(config(&server, "bob", "hidden", second), &his.watch(None, false)).await;
    come_online(&mut alice, first).await;
    come_online(&mut bob, second).await;
    let seen = bob.wait("ILN", PATIENCE).await.unwrap();
    assert_eq!((seen.get("msn.email"), seen.get("msn.status")), (Some("alice@example.com"), Some("NLN")));
    assert_eq!(seen.get("msn.friendly_name"), Some("Alice A."));
    let seen = alice.wait("NLN", PATIENCE).await.unwrap();
    assert_eq!((seen.get("msn.email"), seen.get("msn.friendly_name")), (Some("bob@example.com"), Some("Bob")));
    if first >= 6 {
        alice.wait("QRY", PATIENCE).await.unwrap();
    }
    // The switchboard opens by itself.
    types(&mut alice, &["XFR {trid} SB", "/wait USR"]).await;
    assert_eq!(alice.prompt(), "sb1> ");
    types(&mut alice, &["CAL {trid} bob@example.com"]).await;
    let ringing = alice.wait("CAL", PATIENCE).await.unwrap();
    let ring = bob.wait("RNG", PATIENCE).await.unwrap();
    assert_eq!(ringing.get("msn.session_id"), ring.get("msn.session_id"));
    types(&mut bob, &["/answer"]).await;
    assert!(bob.wait("IRO", PATIENCE).await.unwrap().get("msn.email").unwrap().starts_with("alice@example.com"));
    bob.wait("ANS", PATIENCE).await.unwrap();
    assert!(alice.wait("JOI", PATIENCE).await.unwrap().get("msn.email").unwrap().starts_with("bob@example.com"));
    types(
        &mut alice,
        &["MSG {trid} A", "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8", "", "Hello Bob", "."],
    )
    .await;
    alice.wait("ACK", PATIENCE).await.unwrap();
    let said = bob.wait("MSG", PATIENCE).await.unwrap();
    assert_eq!(said.get("msn.message.text").map(str::trim_end), Some("Hello Bob"), "{:#?}", said.said);
    types(&mut bob, &["OUT"]).await;
    assert!(alice.wait("BYE", PATIENCE).await.unwrap().get("msn.email").unwrap().starts_with("bob@example.com"));
    bob.leave().await;
    let gone = alice.wait("FLN", PATIENCE).await.unwrap();
    assert_eq!(gone.get("msn.email"), Some("bob@example.com"));
    alice.leave().await;
    for (who, printed) in [("server", printed), ("alice", hers), ("bob", his)] {
        printed.assert_clean(&format!("{who}, MSNP{first} and {second}"));
    }
}

macro_rules! versions {
    ($($name:ident $first:literal $second:literal;)*) => {
        $(#[tokio::test] async fn $name() { chat($first, $second).await; })*
    };
}

versions! {
    msnp2 2 2; msnp3 3 3; msnp4 4 4; msnp5 5 5; msnp6 6 6; msnp7 7 7; msnp8 8 8; msnp9 9 9; msnp10 10 10; msnp11 11 11;
    msnp12 12 12; msnp13 13 13; msnp14 14 14; msnp15 15 15; msnp16 16 16; msnp17 17 17; msnp18 18 18;
    old_meets_new 2 18; new_meets_old 16 7; tickets_meet_secrets 9 15;
}
