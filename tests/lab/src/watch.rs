// SPDX-License-Identifier: GPL-2.0-or-later
//! Explains, prints and records what is said. In: the commands of all connections of a program. Out: lines for people,
//! what the commands mean, and a capture file.

use anyhow::Result;
use msn_dissect_core::command::{Dir, layout::Known, parse_line};
use msn_dissect_core::explain::{Conversation, Cut, Explained, Explainer};
use msn_tests::pcap::{Event, Side};
use std::collections::HashMap;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::record::Recorder;
use crate::secrets;

/// Where lines for people go.
pub type Print = Arc<dyn Fn(&str) + Send + Sync>;

/// Commands after which what was learnt is forgotten but for what each connection needs: memory has its limits.
const MAX_EXPLAINED: u32 = 100_000;

/// Most lines that are printed of a payload.
const MAX_LINES: usize = 40;

/// Most bytes that are printed of a line.
const MAX_WIDTH: usize = 1000;

/// A connection that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TalkId(u64);

struct Talk {
    name: String,
    ends: (SocketAddr, SocketAddr),
    conversation: Conversation,
    stream: Option<usize>,
    ended: [bool; 2],
}

/// How much is printed of each command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Show {
    /// Nothing.
    Nothing,
    /// The command as it is on the wire.
    Lines,
    /// And what it means.
    Info,
    /// And its parameters by name.
    #[default]
    Names,
    /// And everything inside of its payload.
    All,
}

/// Watches all connections of a program; clones watch the same.
#[derive(Clone)]
pub struct Watch(Arc<Mutex<Inner>>);

struct Inner {
    explainer: Explainer,
    explained: u32,
    talks: HashMap<TalkId, Talk>,
    next: u64,
    recorder: Option<Recorder>,
    print: Print,
    show: Show,
    show_secrets: bool,
    start: Instant,
}

impl Watch {
    /// Watches; secrets are only shown and recorded when that is wanted.
    pub fn new(print: Print, show: Show, recorder: Option<Recorder>, show_secrets: bool) -> Watch {
        Watch(Arc::new(Mutex::new(Inner {
            explainer: Explainer::default(),
            explained: 0,
            talks: HashMap::new(),
            next: 0,
            recorder,
            print,
            show,
            show_secrets,
            start: Instant::now(),
        })))
    }

    /// Watches in silence.
    pub fn silent() -> Watch {
        Watch::new(Arc::new(|_: &str| ()), Show::Nothing, None, false)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new connection.
    pub fn open(&self, name: &str, client: SocketAddr, server: SocketAddr) -> TalkId {
        let mut inner = self.lock();
        inner.renew();
        inner.explained += 1;
        let id = TalkId(inner.next);
        inner.next += 1;
        let conversation = inner.explainer.open(client, server);
        let stream = inner.recorder.as_mut().and_then(|recorder| recorder.open(client, server));
        let talk = Talk { name: name.to_owned(), ends: (client, server), conversation, stream, ended: [false; 2] };
        inner.talks.insert(id, talk);
        id
    }

    /// Calls a connection by another name.
    pub fn rename(&self, id: TalkId, name: &str) {
        if let Some(talk) = self.lock().talks.get_mut(&id) {
            name.clone_into(&mut talk.name);
        }
    }

    /// Lets logins of an account be checked.
    pub fn keep_secret(&self, account: &str, password: &str, sso: &str) {
        self.lock().explainer.secrets().keep(account, password, sso);
    }

    /// What is known of a connection where `dir` speaks next.
    pub fn known(&self, id: TalkId, dir: Dir) -> Known {
        let mut inner = self.lock();
        match inner.talks.get(&id).map(|talk| talk.conversation) {
            Some(conversation) => inner.explainer.known(conversation, dir),
            None => Known { dir: Some(dir), ..Known::default() },
        }
    }

    /// Lets it be known what a connection speaks.
    pub fn set_known(&self, id: TalkId, known: Known) {
        let mut inner = self.lock();
        if let Some(conversation) = inner.talks.get(&id).map(|talk| talk.conversation) {
            inner.explainer.set_known(conversation, known);
        }
    }

    /// What stands at the start of bytes that `dir` sent.
    pub fn cut(&self, id: TalkId, dir: Dir, bytes: &[u8]) -> Cut {
        let mut inner = self.lock();
        match inner.talks.get(&id).map(|talk| talk.conversation) {
            Some(conversation) => inner.explainer.cut(conversation, dir, bytes),
            None => Cut::Noise(bytes.len()),
        }
    }

    /// `dir` said this: explains, prints and records it.
    pub fn said(&self, id: TalkId, dir: Dir, bytes: &[u8]) -> Explained {
        let mut inner = self.lock();
        inner.renew();
        let Some(conversation) = inner.talks.get(&id).map(|talk| talk.conversation) else {
            return Explained::default();
        };
        let known = inner.explainer.known(conversation, dir);
        inner.explained += 1;
        let explained = inner.explainer.explain(conversation, dir, bytes);
        let (plain, hidden) = match inner.show_secrets {
            true => (bytes.to_vec(), None),
            false => {
                let (plain, hidden) = secrets::redact(bytes, known);
                (plain, Some(hidden))
            }
        };
        let at = inner.start.elapsed();
        let (stream, name) =
            inner.talks.get(&id).map_or((None, String::new()), |talk| (talk.stream, talk.name.clone()));
        if let (Some(stream), Some(recorder)) = (stream, &mut inner.recorder) {
            recorder.say(stream, at, side(dir), Event::Data(plain.clone()));
        }
        if inner.show != Show::Nothing {
            let text = shown(&name, dir, &plain, &explained, hidden.as_deref(), inner.show);
            (inner.print)(&text);
        }
        explained
    }

    /// `dir` says no more.
    pub fn ended(&self, id: TalkId, dir: Dir) {
        let mut inner = self.lock();
        let at = inner.start.elapsed();
        let Some(talk) = inner.end(id, dir) else { return };
        if let (Some(stream), Some(recorder)) = (talk, &mut inner.recorder) {
            recorder.say(stream, at, side(dir), Event::Fin);
        }
    }

    /// Nobody listens to `dir` any more, whether it has ended or not.
    pub fn left(&self, id: TalkId, dir: Dir) {
        self.lock().end(id, dir);
    }

    /// What `dir` said, without secrets unless they are shown.
    pub fn plain(&self, id: TalkId, dir: Dir, bytes: &[u8]) -> Vec<u8> {
        let known = self.known(id, dir);
        if self.lock().show_secrets { bytes.to_vec() } else { secrets::redact(bytes, known).0 }
    }

    /// Something else to tell people.
    pub fn remark(&self, text: &str) {
        let inner = self.lock();
        if inner.show != Show::Nothing {
            (inner.print)(text);
        }
    }

    /// Writes the capture file, if one is wanted.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self) -> Result<()> {
        let inner = self.lock();
        let Some(recorder) = &inner.recorder else { return Ok(()) };
        if recorder.is_full() {
            (inner.print)("the capture file is full: what was said last is not in it");
        }
        recorder.write()
    }
}

impl Inner {
    /// One side of a connection is over; its stream in the capture if it was not before. Of a connection that is over on
    /// both sides nothing is kept.
    fn end(&mut self, id: TalkId, dir: Dir) -> Option<Option<usize>> {
        let talk = self.talks.get_mut(&id)?;
        let [done, other] = if dir == Dir::ToServer { [0, 1] } else { [1, 0] };
        if std::mem::replace(&mut talk.ended[done], true) {
            return None;
        }
        let (stream, over) = (talk.stream, talk.ended[other]);
        if over {
            self.talks.remove(&id);
        }
        Some(stream)
    }

    /// Forgets what was learnt, but for what connections that are open speak.
    fn renew(&mut self) {
        if self.explained < MAX_EXPLAINED {
            return;
        }
        self.explained = 0;
        let mut explainer = Explainer::default();
        for talk in self.talks.values_mut() {
            let known = self.explainer.known(talk.conversation, Dir::ToServer);
            talk.conversation = explainer.open(talk.ends.0, talk.ends.1);
            explainer.set_known(talk.conversation, known);
        }
        *explainer.secrets() = std::mem::take(self.explainer.secrets());
        self.explainer = explainer;
    }
}

fn side(dir: Dir) -> Side {
    match dir {
        Dir::ToServer => Side::Client,
        Dir::ToClient => Side::Server,
    }
}

/// A command for people: as it came, and below it what it means.
fn shown(name: &str, dir: Dir, bytes: &[u8], explained: &Explained, hidden: Option<&[String]>, show: Show) -> String {
    let hide = |text: &str| hidden.map_or_else(|| text.to_owned(), |hidden| secrets::hide(text, hidden));
    let mut text = String::new();
    let arrow = if dir == Dir::ToServer { ">>>" } else { "<<<" };
    let end = parse_line(bytes).map_or(bytes.len(), |line| line.total);
    let (line, payload) = bytes.split_at(end.min(bytes.len()));
    let _ =
        write!(text, "{name}{}{arrow} {}", if name.is_empty() { "" } else { " " }, printable(line.trim_ascii_end()));
    for (at, line) in payload.split_inclusive(|&byte| byte == b'\n').enumerate() {
        if at == MAX_LINES {
            let _ = write!(text, "\n    | … ({} bytes in all)", payload.len());
            break;
        }
        let _ = write!(text, "\n    | {}", printable(line.strip_suffix(b"\r\n").unwrap_or(line)));
    }
    if show == Show::Lines {
        return text;
    }
    let _ = write!(text, "\n    = {}", hide(&explained.info));
    if show != Show::Info {
        names(&mut text, explained, hidden, show);
    }
    for remark in &explained.remarks {
        let said = hide(&remark.text);
        let _ = write!(text, "\n    ! {:?}: {said} ({})", remark.severity, remark.filter);
    }
    text
}

/// What every command says of itself, and what its first line says already.
const PLAIN: &[&str] = &["msn.command", "msn.trid", "msn.payload_length", "msn.wire_text"];

fn names(text: &mut String, explained: &Explained, hidden: Option<&[String]>, show: Show) {
    let hide = |text: &str| hidden.map_or_else(|| text.to_owned(), |hidden| secrets::hide(text, hidden));
    let mut line = String::new();
    // What stands deeper than a secret is a part of it.
    let mut secret: Option<usize> = None;
    for one in &explained.named {
        if secret.is_some_and(|depth| one.depth > depth) {
            continue;
        }
        secret = (hidden.is_some() && secrets::FIELDS.contains(&one.field)).then_some(one.depth);
        let is_wanted = !one.hidden && !one.generated && !PLAIN.contains(&one.filter);
        if !is_wanted || (show != Show::All && one.depth > 1) {
            continue;
        }
        let value = if secret.is_some() { secrets::HIDDEN.to_owned() } else { printable(hide(&one.value).as_bytes()) };
        let separator = if line.is_empty() { "" } else { "; " };
        let colon = if value.is_empty() { "" } else { ": " };
        let _ = write!(line, "{separator}{}{colon}{value}", one.label);
        if let Some(meaning) = &one.meaning {
            let _ = write!(line, " ({})", hide(meaning));
        }
        if show == Show::All {
            let _ = write!(text, "\n    {}{line}", "  ".repeat(one.depth));
            line.clear();
        }
    }
    if !line.is_empty() {
        let _ = write!(text, "\n      {line}");
    }
}

/// Bytes as text without anything that would move a cursor.
pub(crate) fn printable(bytes: &[u8]) -> String {
    let head = bytes.get(..MAX_WIDTH).unwrap_or(bytes);
    let mut text = String::with_capacity(head.len());
    for chunk in head.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() {
                let _ = write!(text, "\\x{:02x}", u32::from(letter));
            } else {
                text.push(letter);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    if bytes.len() > MAX_WIDTH {
        let _ = write!(text, "… ({} bytes)", bytes.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_neither_printed_nor_forgotten() {
        let printed = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&printed);
        let print: Print = Arc::new(move |text: &str| sink.lock().unwrap().push_str(text));
        let watch = Watch::new(print, Show::All, None, false);
        let (client, server) = ("127.0.0.1:5000".parse().unwrap(), "127.0.0.1:1863".parse().unwrap());
        let talk = watch.open("ns", client, server);
        watch.said(talk, Dir::ToServer, b"USR 3 TWN S t=SeSaMe&p=OpEn\r\n");
        let said = watch.said(talk, Dir::ToClient, b"NLN NLN bob@example.com Bob 0\r\n\x1b[2J");
        assert_eq!(said.get("msn.email"), Some("bob@example.com"));
        let printed = printed.lock().unwrap();
        assert!(printed.contains("ns >>> USR 3 TWN S t=AAAAAA&p=AAAA") && printed.contains("Bob"), "{printed}");
        assert!(!printed.contains("SeSaMe") && !printed.contains("OpEn") && !printed.contains('\x1b'), "{printed}");
    }

    #[test]
    fn connections_that_failed_are_forgotten() {
        let watch = Watch::silent();
        let (client, server) = ("127.0.0.1:5000".parse().unwrap(), "127.0.0.1:1863".parse().unwrap());
        for _ in 0..10 {
            let talk = watch.open("ns", client, server);
            let (near, _) = tokio::io::duplex(1);
            let limits = crate::channel::Limits::default();
            drop(crate::channel::split(Box::new(near), &watch, talk, Dir::ToClient, limits));
        }
        assert_eq!(watch.lock().talks.len(), 0);
    }

    #[test]
    fn versions_outlive_what_is_forgotten() {
        let watch = Watch::silent();
        let (client, server) = ("127.0.0.1:5000".parse().unwrap(), "127.0.0.1:1863".parse().unwrap());
        let talk = watch.open("ns", client, server);
        watch.said(talk, Dir::ToServer, b"VER 1 MSNP9 CVR0\r\n");
        watch.said(talk, Dir::ToClient, b"VER 1 MSNP9\r\n");
        watch.lock().explained = MAX_EXPLAINED;
        watch.said(talk, Dir::ToServer, b"PNG\r\n");
        assert_eq!((watch.known(talk, Dir::ToServer).version, watch.lock().explained), (9, 1));
    }
}
