// SPDX-License-Identifier: GPL-2.0-or-later
//! A client at a prompt. In: lines that somebody types, and what servers say. Out: what is typed, as it is, and by itself
//! what would only be in the way: signing in, challenges, pings, switchboards.

pub mod input;
pub mod login;
pub mod prompt;
pub mod reference;
mod switchboard;

use anyhow::{Context, Result, bail};
use msn_dissect_core::command::{Dir, layout::Known};
use msn_dissect_core::fields::command as f;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::channel::{Limits, Trouble, Unit, Writer};
use crate::say::Say;
use crate::transport::Road;
use crate::watch::{TalkId, Watch};
use input::{Input, Typed};
use login::{Line, Login};
use switchboard::Ring;
pub(crate) use switchboard::host;

/// Time between pings where the server does not tell one.
const PING: Duration = Duration::from_secs(45);

/// Commands that wait to be looked at.
const MAX_EVENTS: usize = 1024;

/// Invitations that are remembered.
const MAX_RINGS: usize = 16;

/// Connections at a time.
const MAX_CHANNELS: usize = 64;

/// How one talks.
#[derive(Clone)]
pub struct Config {
    /// `host[:port]`.
    pub server: String,
    /// Ways to servers.
    pub road: Road,
    /// Who signs in; nobody: everything is typed.
    pub login: Option<Login>,
    /// With which product ID challenges are answered; none: one of the version.
    pub product: Option<String>,
    /// Answer challenges and ping.
    pub automatic: bool,
    /// Answer every invitation.
    pub answer: bool,
    /// How long and how much.
    pub limits: Limits,
}

/// What happened on a connection.
#[derive(Debug)]
pub enum Event {
    /// A command came.
    Came(String, Box<Unit>),
    /// The connection ended, perhaps badly.
    Ended(String, Option<Trouble>),
    /// A ping is due.
    Ping,
}

struct Channel {
    writer: Writer,
    talk: TalkId,
    trid: u32,
    reading: JoinHandle<()>,
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// A client: connections by name, of which one is spoken on.
pub struct Talker {
    config: Config,
    watch: Watch,
    channels: BTreeMap<String, Channel>,
    current: String,
    rings: VecDeque<Ring>,
    boards: u32,
    events: mpsc::Receiver<Event>,
    sender: mpsc::Sender<Event>,
    ping: Option<Instant>,
    account: String,
    input: Input,
}

impl Talker {
    /// Connects, and signs in if somebody is to.
    ///
    /// # Errors
    /// When that fails.
    pub async fn start(config: Config, watch: Watch) -> Result<Talker> {
        let (line, account) = match &config.login {
            Some(login) => {
                let (line, _) = login::sign_in(&config.road, &config.server, login, &watch, config.limits).await?;
                (line, login.account.clone())
            }
            None => {
                let line = Line::open(&config.road, &config.server, "NS", "ns", &watch, config.limits).await?;
                (line, String::new())
            }
        };
        let (sender, events) = mpsc::channel(MAX_EVENTS);
        // The first ping asks when the next is due; the gateway does not want any.
        let pings = config.automatic && config.login.is_some() && config.road.gateway.is_none();
        let mut talker = Talker {
            config,
            watch,
            channels: BTreeMap::new(),
            current: "ns".to_owned(),
            rings: VecDeque::new(),
            boards: 0,
            events,
            sender,
            ping: pings.then(|| Instant::now() + PING),
            account,
            input: Input::default(),
        };
        talker.keep("ns", line);
        Ok(talker)
    }

    fn keep(&mut self, name: &str, line: Line) {
        let (mut reader, sender, own) = (line.reader, self.sender.clone(), name.to_owned());
        let reading = tokio::spawn(async move {
            loop {
                let event = match reader.next().await {
                    Ok(Some(unit)) => Event::Came(own.clone(), Box::new(unit)),
                    Ok(None) => Event::Ended(own.clone(), None),
                    Err(trouble) => Event::Ended(own.clone(), Some(trouble)),
                };
                let last = matches!(event, Event::Ended(..));
                if sender.send(event).await.is_err() || last {
                    break;
                }
            }
        });
        let channel = Channel { writer: line.writer, talk: line.talk, trid: line.trid, reading };
        self.channels.insert(name.to_owned(), channel);
    }

    /// What the prompt shows: the connection that is spoken on.
    pub fn prompt(&self) -> String {
        self.input.prompt().map_or_else(|| format!("{}> ", self.current), str::to_owned)
    }

    /// What is known of the connection that is spoken on.
    pub fn known(&self) -> Known {
        let known = Known { dir: Some(Dir::ToServer), ..Known::default() };
        self.channels.get(&self.current).map_or(known, |channel| self.watch.known(channel.talk, Dir::ToServer))
    }

    /// Names of the connections.
    pub fn names(&self) -> Vec<String> {
        self.channels.keys().cloned().collect()
    }

    /// Takes what was typed. False when that was the end.
    ///
    /// # Errors
    /// When it cannot be done.
    pub async fn type_line(&mut self, text: &str) -> Result<bool> {
        let known = self.known();
        for typed in self.input.line(text, known) {
            match typed {
                Typed::Send(line) => self.send(&line).await?,
                Typed::To(name, line) => {
                    let before = std::mem::replace(&mut self.current, name);
                    let sent = Box::pin(self.type_line(&line)).await;
                    if self.input.prompt().is_none() {
                        self.current = before;
                    }
                    sent?;
                }
                Typed::Use(name) if self.channels.contains_key(&name) => self.current = name,
                Typed::Use(name) => bail!("there is no connection {name}: {}", self.names().join(" ")),
                Typed::Answer => self.answer().await?,
                Typed::Help(word) => self.watch.remark(&reference::help(&word, known)),
                Typed::Wait(word, time) => drop(self.wait(&word, time).await?),
                Typed::Sleep(time) => self.attend(Instant::now() + time).await?,
                Typed::Quit => return Ok(false),
                Typed::Wrong(why) => bail!("{why}"),
            }
        }
        Ok(true)
    }

    /// What was typed last ends here: a payload that is still open is sent.
    ///
    /// # Errors
    /// When it is not taken.
    pub async fn end_of_input(&mut self) -> Result<()> {
        for typed in self.input.end() {
            if let Typed::Send(line) = typed {
                self.send(&line).await?;
            }
        }
        Ok(())
    }

    /// Sends bytes as they are on the current connection; `{trid}` counts by itself.
    async fn send(&mut self, line: &[u8]) -> Result<()> {
        let name = self.current.clone();
        let channel = self.channels.get_mut(&name).with_context(|| format!("the connection {name} is closed"))?;
        let bytes = input::count(line, &mut channel.trid);
        channel.writer.send(&bytes).await?;
        Ok(())
    }

    async fn say(&mut self, name: &str, say: Say) -> Result<()> {
        let channel = self.channels.get_mut(name).with_context(|| format!("the connection {name} is closed"))?;
        channel.trid += 1;
        let known = self.watch.known(channel.talk, Dir::ToServer);
        let bytes = say.with_trid(Some(channel.trid)).write(known)?;
        channel.writer.send(&bytes).await?;
        Ok(())
    }

    /// The next thing that happens; none before `until`. May be given up while it waits.
    pub async fn event(&mut self, until: Instant) -> Option<Event> {
        let wake = self.ping.map_or(until, |ping| ping.min(until));
        match timeout_at(wake, self.events.recv()).await {
            Ok(event) => event,
            Err(_) => self.ping.is_some_and(|ping| ping <= Instant::now()).then_some(Event::Ping),
        }
    }

    /// The next thing that happens, once all was done about it that is done by itself; none before `until`.
    ///
    /// # Errors
    /// When what is to be done about it fails.
    pub async fn next(&mut self, until: Instant) -> Result<Option<Event>> {
        let event = self.event(until).await;
        if let Some(event) = &event {
            self.react(event).await?;
        }
        Ok(event)
    }

    /// Lets things happen for a while.
    async fn attend(&mut self, until: Instant) -> Result<()> {
        while Instant::now() < until && self.next(until).await?.is_some() {}
        Ok(())
    }

    /// Waits for a command with this word, or an error reply to it, on any connection.
    ///
    /// # Errors
    /// When it does not come in time.
    pub async fn wait(&mut self, word: &str, time: Duration) -> Result<Unit> {
        let until = Instant::now() + time;
        while let Some(event) = self.next(until).await? {
            match event {
                Event::Came(_, unit) if unit.word == word => return Ok(*unit),
                Event::Ended(name, trouble) if self.channels.is_empty() => {
                    let why = trouble.map_or_else(|| "it was closed".to_owned(), |trouble| trouble.to_string());
                    bail!("no {word} came before {name} ended: {why}");
                }
                _ => {}
            }
        }
        bail!("no {word} came within {} s", time.as_secs_f32())
    }

    /// Does what is done by itself about something that happened.
    ///
    /// # Errors
    /// When that fails.
    pub async fn react(&mut self, event: &Event) -> Result<()> {
        let (name, unit) = match event {
            Event::Came(name, unit) => (name, unit),
            Event::Ping => {
                self.ping = Some(Instant::now() + PING);
                if let Some(channel) = self.channels.get_mut("ns") {
                    channel.writer.send(b"PNG\r\n").await?;
                }
                return Ok(());
            }
            Event::Ended(name, trouble) => {
                let why = trouble.as_ref().map_or_else(String::new, |trouble| format!(": {trouble}"));
                self.watch.remark(&format!("# {name} ended{why}"));
                if let Some(mut channel) = self.channels.remove(name) {
                    channel.writer.close().await;
                }
                if self.current == *name {
                    "ns".clone_into(&mut self.current);
                }
                return Ok(());
            }
        };
        match unit.word.as_str() {
            "CHL" if self.config.automatic => {
                let version =
                    self.channels.get(name).map_or(0, |channel| self.watch.known(channel.talk, Dir::ToServer).version);
                let challenge = unit.get("msn.challenge").unwrap_or_default();
                match login::response(challenge, version, self.config.product.as_deref()) {
                    Some((product, answer)) => {
                        let say = Say::new("QRY").value(f::CHALLENGE_PRODUCT, product).payload(answer);
                        self.say(name, say).await?;
                    }
                    None => self.watch.remark("# no key of this product is known: the challenge is not answered"),
                }
            }
            "QNG" if self.ping.is_some() => {
                let seconds = unit.get("msn.ping_seconds").and_then(|text| text.parse().ok());
                self.ping = Some(
                    Instant::now() + seconds.map_or(PING, |seconds: u64| Duration::from_secs(seconds.clamp(1, 3600))),
                );
            }
            "XFR" if unit.get("msn.cookie").is_some() => {
                let (place, cookie) = (host(unit), unit.get("msn.cookie").unwrap_or_default().to_owned());
                let say = Say::new("USR").value(f::EMAIL, self.handle()).value(f::COOKIE, cookie);
                self.switchboard(&place, say).await?;
            }
            "RNG" => {
                let ring = Ring {
                    session: unit.get("msn.session_id").unwrap_or_default().to_owned(),
                    place: host(unit),
                    cookie: unit.get("msn.cookie").unwrap_or_default().to_owned(),
                };
                self.rings.truncate(MAX_RINGS - 1);
                self.rings.push_front(ring);
                if self.config.answer {
                    self.answer().await?;
                } else {
                    self.watch.remark("# /answer joins");
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Leaves: says so on all connections, and hears what the servers still say.
    pub async fn leave(mut self) {
        for channel in self.channels.values_mut() {
            let _ = channel.writer.send(b"OUT\r\n").await;
        }
        let until = Instant::now() + Duration::from_millis(500);
        while !self.channels.is_empty() && matches!(self.next(until).await, Ok(Some(_))) {}
        for (_, mut channel) in std::mem::take(&mut self.channels) {
            channel.writer.close().await;
        }
    }
}
