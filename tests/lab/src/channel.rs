// SPDX-License-Identifier: GPL-2.0-or-later
//! Commands out of and into a connection. In: bytes as they come. Out: whole commands with what they mean; whatever a peer
//! does, memory and time are bounded.

use msn_dissect_core::command::{Dir, parse_line};
use msn_dissect_core::explain::{Cut, Explained};
use std::fmt;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::time::{Instant, timeout, timeout_at};

use crate::watch::{TalkId, Watch};

/// A connection of any kind.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection whose kind does not matter any more.
pub type BoxedStream = Box<dyn Stream>;

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time in which the next command must begin; none: any.
    pub silence: Option<Duration>,
    /// Time in which a command that began must be whole, and in which the peer must take what is sent.
    pub patience: Duration,
    /// Bytes that belong to no command and are more than those that do.
    pub noise: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { silence: None, patience: Duration::from_secs(30), noise: 16 * 1024 }
    }
}

/// Bytes of a command at most: a line and its payload.
const MAX_COMMAND: usize = (1 << 20) + 16 * 1024;

/// Room for what comes next.
const READ: usize = 8 * 1024;

/// Why there are no more commands.
#[derive(Debug)]
pub enum Trouble {
    /// Nothing came for too long.
    Silent(Duration),
    /// A command began and never ended.
    Slow(Duration),
    /// The peer closed in the middle of a command, so many bytes after its beginning.
    Cut(usize),
    /// So many bytes belong to no command.
    Noise(usize),
    /// A command is too long.
    TooLong,
    /// The connection broke.
    Io(io::Error),
}

impl fmt::Display for Trouble {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Silent(time) => write!(to, "nothing came for {} s", time.as_secs_f32()),
            Trouble::Slow(time) => write!(to, "a command began and was not whole after {} s", time.as_secs_f32()),
            Trouble::Cut(len) => write!(to, "the connection was closed {len} bytes into a command"),
            Trouble::Noise(len) => write!(to, "{len} bytes came that are no commands: this is not MSNP"),
            Trouble::TooLong => to.write_str("a command is longer than any can be"),
            Trouble::Io(error) => write!(to, "the connection broke: {error}"),
        }
    }
}

impl std::error::Error for Trouble {}

/// A command.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// As it came.
    pub bytes: Vec<u8>,
    /// What it means.
    pub said: Explained,
    /// The word, or the number of an error reply; empty for bytes that are no command.
    pub word: String,
    /// What stands behind the word.
    pub tokens: Vec<String>,
    /// Length of the line with its end.
    pub line: usize,
}

impl Unit {
    /// A command of these bytes.
    pub fn new(bytes: Vec<u8>, said: Explained) -> Unit {
        let Ok(line) = parse_line(&bytes) else { return Unit { bytes, said, ..Unit::default() } };
        let text = |at| line.token(at).map(|span| String::from_utf8_lossy(span.of(&bytes)).into_owned());
        let tokens = (0..line.len()).map_while(text).collect();
        let word = String::from_utf8_lossy(&line.word).into_owned();
        let line = line.total;
        Unit { said, word, tokens, line, bytes }
    }

    /// Token `at`, counted after the word.
    pub fn token(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", String::as_str)
    }

    /// The value of a field that the command itself has, by filter name.
    pub fn get(&self, filter: &str) -> Option<&str> {
        let mut named = self.said.named.iter();
        named.find(|one| one.filter == filter && !one.generated).map(|one| one.value.as_str())
    }

    /// The transaction ID.
    pub fn trid(&self) -> Option<u32> {
        self.get("msn.trid")?.parse().ok()
    }

    /// The number of an error reply.
    pub fn error(&self) -> Option<u32> {
        self.word.parse().ok()
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        self.bytes.get(self.line..).unwrap_or_default()
    }

    /// The line without its end.
    pub fn text(&self) -> String {
        let line = self.bytes.get(..self.line).unwrap_or(&self.bytes);
        String::from_utf8_lossy(line.trim_ascii_end()).into_owned()
    }
}

/// The side from which commands come.
pub struct Reader {
    half: ReadHalf<BoxedStream>,
    buffer: Vec<u8>,
    watch: Watch,
    talk: TalkId,
    dir: Dir,
    limits: Limits,
    noise: usize,
    /// When the command began that is not whole.
    begun: Option<Instant>,
}

/// The side to which commands go.
pub struct Writer {
    half: WriteHalf<BoxedStream>,
    watch: Watch,
    talk: TalkId,
    dir: Dir,
    limits: Limits,
}

/// Takes a connection apart; `dir` is what is read.
pub fn split(stream: BoxedStream, watch: &Watch, talk: TalkId, dir: Dir, limits: Limits) -> (Reader, Writer) {
    let (read, write) = tokio::io::split(stream);
    let watch = || watch.clone();
    let reader = Reader { half: read, buffer: Vec::new(), watch: watch(), talk, dir, limits, noise: 0, begun: None };
    (reader, Writer { half: write, watch: watch(), talk, dir: dir.reverse(), limits })
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.watch.left(self.talk, self.dir);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.watch.left(self.talk, self.dir);
    }
}

impl Reader {
    /// The next command; none when the peer has closed between two. May be given up while it waits.
    ///
    /// # Errors
    /// When the peer breaks the rules or a limit.
    pub async fn next(&mut self) -> Result<Option<Unit>, Trouble> {
        loop {
            let len = match self.watch.cut(self.talk, self.dir, &self.buffer) {
                Cut::Command(len) => {
                    self.noise = self.noise.saturating_sub(len);
                    len
                }
                Cut::Noise(len) => {
                    self.noise += len;
                    if self.noise > self.limits.noise {
                        return Err(Trouble::Noise(self.noise));
                    }
                    len
                }
                Cut::Partial if self.buffer.len() > MAX_COMMAND => return Err(Trouble::TooLong),
                Cut::Partial => {
                    if !self.fill().await? {
                        self.watch.ended(self.talk, self.dir);
                        return match self.buffer.len() {
                            0 => Ok(None),
                            len => Err(Trouble::Cut(len)),
                        };
                    }
                    continue;
                }
            };
            self.begun = None;
            let bytes: Vec<u8> = self.buffer.drain(..len.max(1).min(self.buffer.len())).collect();
            let said = self.watch.said(self.talk, self.dir, &bytes);
            return Ok(Some(Unit::new(bytes, said)));
        }
    }

    async fn fill(&mut self) -> Result<bool, Trouble> {
        let Limits { silence, patience, .. } = self.limits;
        self.begun = if self.buffer.is_empty() { None } else { self.begun.or_else(|| Some(Instant::now())) };
        let until = match self.begun {
            Some(begun) => Some((begun + patience, Trouble::Slow(patience))),
            None => silence.map(|silence| (Instant::now() + silence, Trouble::Silent(silence))),
        };
        self.buffer.reserve(READ);
        let read = self.half.read_buf(&mut self.buffer);
        let read = match until {
            Some((until, trouble)) => timeout_at(until, read).await.map_err(|_| trouble)?,
            None => read.await,
        };
        match read {
            Ok(len) => Ok(len > 0),
            // A peer that is gone has nothing more to say; what it said counts.
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof) => {
                Ok(false)
            }
            Err(error) => Err(Trouble::Io(error)),
        }
    }
}

impl Writer {
    /// Sends a command, or whatever it is.
    ///
    /// # Errors
    /// When the peer does not take it.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<Explained, Trouble> {
        let said = self.watch.said(self.talk, self.dir, bytes);
        self.bytes(bytes).await?;
        Ok(said)
    }

    async fn bytes(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let write = async {
            self.half.write_all(bytes).await?;
            self.half.flush().await
        };
        let patience = self.limits.patience;
        timeout(patience, write).await.map_err(|_| Trouble::Slow(patience))?.map_err(Trouble::Io)
    }

    /// Says that no more will be sent.
    pub async fn close(&mut self) {
        self.watch.ended(self.talk, self.dir);
        let _ = timeout(self.limits.patience, self.half.shutdown()).await;
    }
}
