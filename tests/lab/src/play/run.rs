// SPDX-License-Identifier: GPL-2.0-or-later
//! Plays a transcript step by step.

use anyhow::{Context, Result, bail};
use msn_tests::pcap::Side;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, timeout_at};

use super::parse::{Payload, Said, Script, Step};
use super::pattern::{compare, filled, payload_bytes};
use super::role::{End, Role};
use super::{Config, Outcome, Part, Report, Row};
use crate::channel::{Trouble, Unit};
use crate::watch::{TalkId, Watch, printable};

/// Time in which a line must come where no other is given.
const PATIENCE: Duration = Duration::from_secs(5);

/// Most lines that came and are not in the transcript that are told.
const MAX_EXTRA: usize = 1000;

/// Plays a transcript; `listening` is told where clients are expected.
///
/// # Errors
/// When it cannot be begun. What goes wrong later stands in the report.
pub async fn play(
    script: &Script,
    config: &Config,
    watch: &Watch,
    listening: impl FnOnce(std::net::SocketAddr),
) -> Result<Report> {
    let listener = match &config.part {
        Part::Client(_) => None,
        Part::Server(place) => {
            Some(TcpListener::bind(place).await.with_context(|| format!("cannot listen on {place}"))?)
        }
    };
    if let Some(listener) = &listener {
        listening(listener.local_addr()?);
    }
    let own = if listener.is_some() { Side::Server } else { Side::Client };
    let mut role = Role::new(config, watch, listener)?;
    role.values.extend(script.set.iter().cloned());
    role.values.extend(config.set.clone());
    let patience = config.limits.silence.unwrap_or(PATIENCE);
    let mut player = Player { role, own, patience, report: Report::default(), current: String::new() };
    for step in &script.steps {
        if let Err(error) = player.step(step).await {
            player.report.broken = Some(format!("{error:#}"));
            break;
        }
    }
    Ok(player.finish().await)
}

struct Player<'a> {
    role: Role<'a>,
    own: Side,
    patience: Duration,
    report: Report,
    current: String,
}

impl Player<'_> {
    async fn step(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::Open(name) => {
                self.role.open(name).await?;
                name.clone_into(&mut self.current);
            }
            Step::Use(name) => {
                self.role
                    .ends
                    .contains_key(name)
                    .then_some(())
                    .with_context(|| format!("there is no connection {name}"))?;
                name.clone_into(&mut self.current);
            }
            Step::Wait(time) => sleep(*time).await,
            Step::Say(lines) if lines.first().is_some_and(|line| line.side == self.own) => {
                for line in lines {
                    self.send(line).await?;
                }
            }
            Step::Say(lines) => self.expect(lines).await?,
            Step::End(line, side) if *side == self.own => {
                let _ = line;
                if let Some(mut end) = self.role.ends.remove(&self.current) {
                    end.writer.close().await;
                    // Until the other side has closed, too, it may still be said that somebody left.
                    let until = Instant::now() + Duration::from_millis(300);
                    while let Ok(Ok(Some(_))) = timeout_at(until, end.reader.next()).await {}
                }
            }
            Step::End(line, side) => self.expect_end(*line, *side).await?,
        }
        Ok(())
    }

    fn row(&mut self, said: &Said, outcome: Outcome) {
        self.report.rows.push(Row { line: said.line, side: said.side, text: said.text.clone(), outcome });
    }

    async fn send(&mut self, said: &Said) -> Result<()> {
        let name = self.current.clone();
        let end = self.role.ends.get_mut(&name).context("no connection is open")?;
        if self.own == Side::Client && said.text.contains("{trid}") {
            end.trid += 1;
            let trid = end.trid.to_string();
            self.role.values.insert("trid".to_owned(), trid);
        }
        self.computed(said).await?;
        let payload = payload_bytes(&said.payload, &self.role.values)?;
        let mut values = self.role.values.clone();
        values.insert("len".to_owned(), payload.len().to_string());
        let line = filled(&said.text, &values).with_context(|| format!("line {}", said.line))?;
        let bytes = [line.as_bytes(), if line.is_empty() { b"" } else { b"\r\n" }, &payload].concat();
        let end = self.role.ends.get_mut(&name).context("no connection is open")?;
        end.writer.send(&bytes).await?;
        self.row(said, Outcome::Sent);
        Ok(())
    }

    async fn computed(&mut self, said: &Said) -> Result<()> {
        let name = self.current.clone();
        self.role.compute(&name, &said.text).await.with_context(|| format!("line {}", said.line))?;
        for line in &said.payload {
            if let Payload::Text(text) = line {
                self.role.compute(&name, text).await.with_context(|| format!("line {}", said.line))?;
            }
        }
        Ok(())
    }

    /// Whether something that came is the line, and then what it teaches.
    async fn is(&mut self, said: &Said, unit: &Unit) -> Result<bool> {
        self.computed(said).await?;
        let mut values = self.role.values.clone();
        if self.own == Side::Server {
            // The client counts.
            values.remove("trid");
        }
        let text = unit.text();
        let found = compare(&said.text, &said.payload, text.as_bytes(), unit.payload(), &values)?;
        let learnt = found.is_some();
        self.role.values.extend(found.into_iter().flatten());
        Ok(learnt)
    }

    async fn expect(&mut self, lines: &[Said]) -> Result<()> {
        let mut left: Vec<&Said> = lines.iter().collect();
        let until = Instant::now() + self.patience;
        // Where any order will do, lines may have come already.
        if lines.len() > 1 {
            let end = self.role.ends.get_mut(&self.current).context("no connection is open")?;
            for unit in std::mem::take(&mut end.early) {
                if !self.take(&mut left, &unit).await? {
                    self.keep(unit);
                }
            }
        }
        while left.iter().any(|line| !line.optional) {
            let end = self.role.ends.get_mut(&self.current).context("no connection is open")?;
            let why = match timeout_at(until, end.reader.next()).await {
                Ok(Ok(Some(unit))) => {
                    self.role.look(&unit);
                    if !self.take(&mut left, &unit).await? {
                        self.keep(unit);
                    }
                    continue;
                }
                Ok(Ok(None)) => "the connection was closed".to_owned(),
                Ok(Err(trouble)) => trouble.to_string(),
                Err(_) => format!("nothing that fits came within {} s", self.patience.as_secs_f32()),
            };
            for said in left.iter().filter(|line| !line.optional) {
                self.row(said, Outcome::Never(why.clone()));
            }
            if why.starts_with("nothing") {
                return Ok(());
            }
            bail!("{why}");
        }
        Ok(())
    }

    /// Takes something that came for one of the lines. False if it is none of them.
    async fn take(&mut self, left: &mut Vec<&Said>, unit: &Unit) -> Result<bool> {
        for at in 0..left.len() {
            if self.is(left[at], unit).await? {
                let said = left.remove(at);
                self.row(said, Outcome::Passed);
                return Ok(true);
            }
        }
        // An answer to the same request, or a line of the same word: it stands in its place.
        let answers = |said: &Said| {
            let word = said.text.split(' ').next().unwrap_or_default();
            let trid = self.role.values.get("trid").map(String::as_str);
            let is_refused = unit.error().is_some() && said.text.contains("{trid}") && Some(unit.token(0)) == trid;
            left.len() == 1
                && !said.optional
                && (word == unit.word && self.own == Side::Server || is_refused || same(said, unit))
        };
        let Some(at) = left.iter().position(|said| answers(said)) else { return Ok(false) };
        let said = left.remove(at);
        let talk = self.role.ends.get(&self.current).map(|end| end.talk);
        let shown = talk.map_or_else(String::new, |talk| shown(&self.role, talk, unit));
        self.row(said, Outcome::Differed(format!("came: {shown}")));
        Ok(true)
    }

    fn keep(&mut self, unit: Unit) {
        if let Some(end) = self.role.ends.get_mut(&self.current).filter(|end| end.early.len() < MAX_EXTRA) {
            end.early.push_back(unit);
        }
    }

    async fn expect_end(&mut self, line: usize, side: Side) -> Result<()> {
        let until = Instant::now() + self.patience;
        let mut end = self.role.ends.remove(&self.current).context("no connection is open")?;
        let outcome = loop {
            match timeout_at(until, end.reader.next()).await {
                Ok(Ok(Some(unit))) if end.early.len() < MAX_EXTRA => end.early.push_back(unit),
                Ok(Ok(Some(_))) => {}
                Ok(Ok(None) | Err(Trouble::Cut(_) | Trouble::Io(_))) => break Outcome::Passed,
                Ok(Err(_)) | Err(_) => break Outcome::Never("the connection stays open".to_owned()),
            }
        };
        self.extra(&end);
        end.writer.close().await;
        self.report.rows.push(Row { line, side, text: "(closes)".to_owned(), outcome });
        Ok(())
    }

    fn extra(&mut self, end: &End) {
        let room = MAX_EXTRA.saturating_sub(self.report.extra.len());
        let role = &self.role;
        self.report.extra.extend(end.early.iter().take(room).map(|unit| shown(role, end.talk, unit)));
    }

    async fn finish(mut self) -> Report {
        for (_, mut end) in std::mem::take(&mut self.role.ends) {
            self.extra(&end);
            end.writer.close().await;
        }
        self.report
    }
}

/// Something that came, for people: without secrets, and on one line.
fn shown(role: &Role<'_>, talk: TalkId, unit: &Unit) -> String {
    let plain = role.plain(talk, &unit.bytes);
    let (line, payload) = plain.split_at(unit.line.min(plain.len()));
    let (line, payload) = (printable(line.trim_ascii_end()), payload.trim_ascii_end());
    if payload.is_empty() {
        return line;
    }
    let payload = payload.split(|&byte| byte == b'\n').map(|line| printable(line.strip_suffix(b"\r").unwrap_or(line)));
    format!("{line} | {}", payload.collect::<Vec<_>>().join(" | "))
}

/// Whether a line that came is the one that was to come but for what it says.
fn same(said: &Said, unit: &Unit) -> bool {
    let mut words = said.text.split(' ');
    words.next() == Some(unit.word.as_str()) && words.next() == Some("{trid}")
}
