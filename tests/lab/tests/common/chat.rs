// SPDX-License-Identifier: GPL-2.0-or-later
//! Two people sign in and chat.

use super::{PATIENCE, Printed, config, online, server, sign_in, types};
use msn_lab::serve::Config;
use msn_lab::talk::Talker;
use std::path::Path;

/// What each of them saw.
#[derive(Default)]
pub struct Seen {
    /// The server.
    pub server: Printed,
    /// Who calls.
    pub alice: Printed,
    /// Who is called.
    pub bob: Printed,
}

impl Seen {
    /// Nothing was remarked about any command.
    pub fn assert_clean(&self, what: &str) {
        for (who, printed) in [("server", &self.server), ("alice", &self.alice), ("bob", &self.bob)] {
            printed.assert_clean(&format!("{who}, {what}"));
        }
    }

    /// The words of all commands with their direction, sorted.
    pub fn words(printed: &Printed) -> Vec<String> {
        let text = printed.text();
        let arrows = text.lines().filter(|line| !line.starts_with(' '));
        let mut words: Vec<_> = arrows
            .filter_map(|line| {
                let at = line.find(">>> ").or_else(|| line.find("<<< "))?;
                line.get(at..at + 7).map(str::to_owned)
            })
            .collect();
        words.sort();
        words
    }
}

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

/// Signs in two people with their versions, lets them chat, and looks at what each saw. Captures go into the folder.
pub async fn chat(first: u8, second: u8, folder: Option<&Path>, show_secrets: bool) -> Seen {
    let seen = Seen::default();
    let file = |name: &str| folder.map(|folder| folder.join(format!("{name}.pcap")));
    let watch = |printed: &Printed, name: &str| printed.watch(file(name), show_secrets);
    let watches = [watch(&seen.server, "server"), watch(&seen.alice, "alice"), watch(&seen.bob, "bob")];
    let ports = Config { dispatch: Some(0), switchboard: Some(0), ..Config::default() };
    let server = server(ports, watches[0].clone()).await;
    let mut alice = sign_in(config(&server, "alice", "secret", first), &watches[1]).await;
    let mut bob = sign_in(config(&server, "bob", "hidden", second), &watches[2]).await;
    come_online(&mut alice, first).await;
    come_online(&mut bob, second).await;
    let friend = bob.wait("ILN", PATIENCE).await.unwrap();
    assert_eq!((friend.get("msn.email"), friend.get("msn.status")), (Some("alice@example.com"), Some("NLN")));
    assert_eq!(friend.get("msn.friendly_name"), Some("Alice A."));
    let friend = alice.wait("NLN", PATIENCE).await.unwrap();
    assert_eq!((friend.get("msn.email"), friend.get("msn.friendly_name")), (Some("bob@example.com"), Some("Bob")));
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
    // Whoever is gone is gone for the server, too.
    while server.world(|world| !world.sessions.is_empty()) {
        tokio::task::yield_now().await;
    }
    watches.iter().for_each(|watch| watch.write().unwrap());
    seen
}
