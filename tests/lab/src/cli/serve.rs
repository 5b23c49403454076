// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs a server until it is told to end.

use anyhow::{Context, Result, ensure};
use msn_dissect_core::command::layout::Known;
use msn_lab::serve::script::Script;
use msn_lab::serve::world::Rules;
use msn_lab::serve::{Config, Server, account};
use msn_lab::talk::prompt;
use std::fs;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use tokio::signal::unix::{SignalKind, signal};

use super::{Serve, read};

impl Serve {
    fn config(&self) -> Result<Config> {
        let (first, last) = self.versions.split_once('-').unwrap_or((&self.versions, &self.versions));
        let versions = (first.parse().context("--versions")?, last.parse().context("--versions")?);
        ensure!((2..=18).contains(&versions.0) && (versions.0..=18).contains(&versions.1), "versions are 2 to 18");
        let pair = |text: &String| {
            let (email, line) = text.split_once(' ').context("--say wants an address and a line")?;
            anyhow::Ok((email.to_owned(), line.to_owned()))
        };
        Ok(Config {
            address: self.address,
            port: self.port,
            dispatch: self.dispatch,
            switchboard: self.switchboard,
            web: self.web,
            rules: Rules { versions, strict: self.strict, challenge: !self.no_challenge, ..Rules::default() },
            accounts: self.accounts.as_ref().map_or(Ok(Vec::new()), |file| account::parse(&read(file)?))?,
            script: self.script.as_ref().map_or(Ok(Script::default()), |file| Script::parse(&read(file)?))?,
            say: self.say.iter().map(pair).collect::<Result<_>>()?,
            limits: self.watching.limits(Some(self.silence)),
        })
    }

    pub(super) async fn run(self) -> Result<ExitCode> {
        let watch = self.watching.watch(Arc::new(|text: &str| println!("{text}")));
        let server = Server::start(self.config()?, watch.clone()).await?;
        if let Some(file) = &self.certificate {
            fs::write(file, &server.certificate).with_context(|| format!("cannot write {}", file.display()))?;
        }
        let places = server.places;
        println!("notification server {}, switchboard {}", places.notification, places.switchboard);
        if let Some(dispatch) = places.dispatch {
            println!("dispatch server {dispatch}");
        }
        println!("login, address book and gateway http://{0} and https://{0}", places.web);
        println!(
            "{}",
            match self.address.is_loopback() {
                true => "a server for experiments: only programs on this machine reach it",
                false => "a server for experiments, REACHABLE FROM OUTSIDE: it protects nothing and nobody",
            }
        );
        let shared =
            Arc::new(Mutex::new(prompt::Now { prompt: String::new(), known: Known::default(), channels: Vec::new() }));
        let printer = prompt::Printer::default();
        let mut typed = prompt::start(&shared, &printer)?;
        let mut listens = true;
        let mut terminated = signal(SignalKind::terminate())?;
        loop {
            tokio::select! {
                line = typed.lines.recv(), if listens => match line.as_deref().map(|line| line.split_once(' ')) {
                    Some(Some((email, line))) => {
                        println!("# said on {} connections", server.say(email, line));
                        let _ = typed.ready.send(());
                    }
                    Some(None) => drop(typed.ready.send(())),
                    None => listens = false,
                },
                _ = tokio::signal::ctrl_c() => break,
                _ = terminated.recv() => break,
            }
        }
        drop(server);
        watch.write()?;
        Ok(ExitCode::SUCCESS)
    }
}
