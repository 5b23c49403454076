// SPDX-License-Identifier: GPL-2.0-or-later
//! A server and clients on loopback, and what they printed.

#![allow(dead_code, reason = "each test program needs some of it")]

pub mod chat;

use msn_lab::record::Recorder;
use msn_lab::serve::account::{Account, parse};
use msn_lab::serve::{Config, Server};
use msn_lab::talk::login::Login;
use msn_lab::talk::{self, Talker};
use msn_lab::transport::Road;
use msn_lab::watch::{Print, Show, Watch};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Longest wait for anything that happens on this machine.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What was printed.
#[derive(Clone, Default)]
pub struct Printed(Arc<Mutex<Vec<String>>>);

impl Printed {
    /// Watches into this.
    pub fn watch(&self, pcap: Option<PathBuf>, show_secrets: bool) -> Watch {
        let lines = Arc::clone(&self.0);
        let print: Print = Arc::new(move |text: &str| lines.lock().unwrap().push(text.to_owned()));
        Watch::new(print, Show::Names, pcap.map(Recorder::new), show_secrets)
    }

    /// All of it.
    pub fn text(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }

    /// Nothing was remarked about any command.
    pub fn assert_clean(&self, who: &str) {
        let text = self.text();
        let bad: Vec<_> = text.lines().filter(|line| line.trim_start().starts_with('!')).collect();
        assert!(bad.is_empty(), "{who}: {bad:#?}\n{text}");
    }
}

/// Two people who know each other, and passwords.
pub fn people() -> Vec<Account> {
    parse(
        "alice@example.com secret Alice A. +bob@example.com\n\
         bob@example.com hidden Bob +alice@example.com +carol@example.com\n\
         carol@example.com third Carol +alice@example.com -dave@example.com\n\
         dave@example.com fourth Dave +carol@example.com",
    )
    .unwrap()
}

/// A server with these people.
pub async fn server(config: Config, watch: Watch) -> Server {
    Server::start(Config { accounts: people(), ..config }, watch).await.unwrap()
}

/// How somebody talks to it.
pub fn config(server: &Server, who: &str, password: &str, version: u8) -> talk::Config {
    let web = server.places.web;
    let service = (version >= 15).then(|| format!("http://{web}/RST.srf"));
    talk::Config {
        server: server.places.dispatch.unwrap_or(server.places.notification).to_string(),
        road: Road { poll: Duration::from_millis(20), patience: PATIENCE, ..Road::default() },
        login: Some(Login {
            account: format!("{who}@example.com"),
            password: password.to_owned(),
            offer: vec![format!("MSNP{version}"), "CVR0".to_owned()],
            nexus: format!("http://{web}/rdr/pprdr.asp"),
            service,
            machine: format!("{{44bfd5a4-7450-4bba-ba6e-{:0>12}}}", who.len()),
        }),
        product: None,
        automatic: true,
        answer: false,
        limits: msn_lab::channel::Limits { patience: PATIENCE, ..Default::default() },
    }
}

/// Somebody who is signed in.
pub async fn sign_in(config: talk::Config, watch: &Watch) -> Talker {
    Talker::start(config, watch.clone()).await.unwrap()
}

/// Types lines.
pub async fn types(talker: &mut Talker, lines: &[&str]) {
    for line in lines {
        assert!(talker.type_line(line).await.unwrap(), "{line}");
    }
}

/// The request for presence of a version.
pub fn online(version: u8) -> &'static str {
    match version {
        ..8 => "CHG {trid} NLN",
        8..16 => "CHG {trid} NLN 268435456",
        _ => "CHG {trid} NLN 268435456:48",
    }
}
