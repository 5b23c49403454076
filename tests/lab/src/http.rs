// SPDX-License-Identifier: GPL-2.0-or-later
//! Requests and answers of login, address book and gateway, as far as old clients and servers need them. In: a connection.
//! Out: whole messages, bounded in length and time.

use anyhow::{Context, Result, bail, ensure};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::channel::BoxedStream;

const MAX_HEAD: usize = 64 * 1024;
const MAX_BODY: usize = 4 << 20;
const MAX_HEADERS: usize = 100;

/// Most interim answers before the one that counts.
const MAX_INTERIM: u32 = 8;

/// Most bytes of the line that gives the length of a chunk.
const MAX_CHUNK_LINE: usize = 4096;

/// A request or an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Method and target of a request.
    pub request: Option<(String, String)>,
    /// Status of an answer.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Message {
    /// A request.
    pub fn request(method: &str, target: &str) -> Message {
        Message { request: Some((method.to_owned(), target.to_owned())), ..Message::default() }
    }

    /// An answer.
    pub fn answer(status: u16) -> Message {
        Message { status, ..Message::default() }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl ToString) -> Message {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Message {
        self.body = body.into();
        self.header("Content-Type", kind)
    }

    /// The value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1.as_str())
    }

    /// Path of the target, without slashes that some clients double, and query.
    pub fn target(&self) -> (String, String) {
        let target = self.request.as_ref().map_or("", |request| request.1.as_str());
        let target = target.split_once("://").map_or(target, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        (format!("/{}", path.trim_start_matches('/')), query.to_owned())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = match &self.request {
            Some((method, target)) => format!("{method} {target} HTTP/1.1\r\n"),
            None => format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)),
        };
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", self.body.len());
        [head.as_bytes(), &self.body].concat()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

/// A connection on which messages come and go.
pub struct Http {
    stream: BoxedStream,
    buffer: Vec<u8>,
    patience: Duration,
}

impl Http {
    /// Messages on this connection; each must be whole in this time.
    pub fn new(stream: BoxedStream, patience: Duration) -> Http {
        Http { stream, buffer: Vec::new(), patience }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// When the peer does not take it.
    pub async fn send(&mut self, message: &Message) -> Result<()> {
        self.write(&message.bytes()).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let write = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        Ok(timeout(self.patience, write).await.context("the peer takes nothing")??)
    }

    /// The next message; none when the peer has closed between two.
    ///
    /// # Errors
    /// When it is none, too long, or not whole in time.
    pub async fn receive(&mut self) -> Result<Option<Message>> {
        let patience = self.patience;
        timeout(patience, self.message()).await.context("no whole HTTP message came in time")?
    }

    async fn fill(&mut self) -> Result<bool> {
        Ok(self.stream.read_buf(&mut self.buffer).await? > 0)
    }

    async fn message(&mut self) -> Result<Option<Message>> {
        let mut interim = 0;
        let mut message = loop {
            if let Some((message, head)) = head(&self.buffer)? {
                self.buffer.drain(..head);
                if message.status != 100 {
                    break message;
                }
                interim += 1;
                ensure!(interim <= MAX_INTERIM, "the peer says to continue and never answers");
                continue;
            }
            ensure!(self.buffer.len() < MAX_HEAD, "the head of an HTTP message is too long");
            if !self.fill().await? {
                ensure!(self.buffer.is_empty(), "the peer closed in the middle of an HTTP message");
                return Ok(None);
            }
        };
        if message.get("Expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        if message.get("Transfer-Encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            message.body = self.chunks().await?;
        } else if let Some(len) = message.get("Content-Length") {
            let len: usize = len.trim().parse().context("Content-Length")?;
            ensure!(len <= MAX_BODY, "the body of an HTTP message is too long");
            message.body = self.take(len).await?;
        } else if message.request.is_none() && !matches!(message.status, 204 | 304) {
            while self.buffer.len() <= MAX_BODY && self.fill().await? {}
            ensure!(self.buffer.len() <= MAX_BODY, "the body of an HTTP message is too long");
            message.body = std::mem::take(&mut self.buffer);
        }
        Ok(Some(message))
    }

    async fn take(&mut self, len: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < len {
            ensure!(self.fill().await?, "the peer closed in the middle of an HTTP message");
        }
        Ok(self.buffer.drain(..len).collect())
    }

    async fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            match httparse::parse_chunk_size(&self.buffer) {
                Ok(httparse::Status::Complete((head, len))) => {
                    self.buffer.drain(..head);
                    let len = usize::try_from(len)?;
                    ensure!(body.len() + len.min(MAX_BODY + 1) <= MAX_BODY, "the body of an HTTP message is too long");
                    body.extend(self.take(len).await?);
                    self.take(2).await?;
                    if len == 0 {
                        return Ok(body);
                    }
                }
                Ok(httparse::Status::Partial) => {
                    ensure!(self.buffer.len() < MAX_CHUNK_LINE, "the length of a chunk is too long");
                    ensure!(self.fill().await?, "the peer closed in the middle of a chunk")
                }
                Err(_) => bail!("the length of a chunk is no number"),
            }
        }
    }
}

/// The head at the start of the bytes, and its length.
fn head(bytes: &[u8]) -> Result<Option<(Message, usize)>> {
    let owned = |headers: &[httparse::Header<'_>]| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect()
    };
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    if bytes.starts_with(b"HTTP/") {
        let mut parsed = httparse::Response::new(&mut headers);
        return Ok(match parsed.parse(bytes)? {
            httparse::Status::Partial => None,
            httparse::Status::Complete(len) => {
                let message = Message::answer(parsed.code.unwrap_or(0));
                Some((Message { headers: owned(parsed.headers), ..message }, len))
            }
        });
    }
    // libpurple 2.0.0 asks without a version, and so without headers.
    if let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
        let line = std::str::from_utf8(&bytes[..end])?.trim_end();
        if let (Some(target), false) = (line.strip_prefix("GET "), line.contains(" HTTP/")) {
            return Ok(Some((Message::request("GET", target), end + 1)));
        }
    }
    let mut parsed = httparse::Request::new(&mut headers);
    Ok(match parsed.parse(bytes)? {
        httparse::Status::Partial => None,
        httparse::Status::Complete(len) => {
            let message = Message::request(parsed.method.unwrap_or_default(), parsed.path.unwrap_or_default());
            Some((Message { headers: owned(parsed.headers), ..message }, len))
        }
    })
}

/// `%XX` decoded.
pub fn percent_decoded(text: &str) -> String {
    msn_dissect_core::text::percent(text.as_bytes()).text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &'static [u8]) -> Result<Option<Message>> {
        let (near, mut far) = tokio::io::duplex(1 << 16);
        tokio::spawn(async move { far.write_all(bytes).await });
        Http::new(Box::new(near), Duration::from_secs(2)).receive().await
    }

    #[tokio::test]
    async fn messages_are_read_in_every_form() {
        let found = read(b"POST //RST.srf?a=b HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc").await.unwrap().unwrap();
        assert_eq!((found.target(), found.body.as_slice()), (("/RST.srf".into(), "a=b".into()), &b"abc"[..]));
        let found = read(b"GET /rdr/pprdr.asp\r\n\r\n").await.unwrap().unwrap();
        assert_eq!(found.target().0, "/rdr/pprdr.asp");
        let found =
            read(b"POST http://gateway.example.com/gateway/gateway.dll?X HTTP/1.1\r\n\r\n").await.unwrap().unwrap();
        assert_eq!(found.target(), ("/gateway/gateway.dll".into(), "X".into()));
        let found = read(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        );
        assert_eq!(found.await.unwrap().unwrap().body, b"ab");
        assert_eq!(read(b"HTTP/1.0 200 OK\r\n\r\nto the end").await.unwrap().unwrap().body, b"to the end");
        assert_eq!(read(b"").await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_never_ends_is_given_up() {
        let interim = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000);
        let error = read(interim.leak()).await.expect_err("no answer");
        assert!(error.to_string().contains("never answers"), "{error}");
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;";
        let extension = [&head[..], &vec![b'x'; 1 << 20]].concat();
        let error = read(extension.leak()).await.expect_err("no chunk");
        assert!(error.to_string().contains("chunk is too long"), "{error}");
    }

    #[tokio::test]
    async fn what_is_no_message_is_an_error() {
        for bad in [
            &b"\0\0\0\r\n\r\n"[..],
            b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"POST / HT",
        ] {
            assert!(read(bad).await.is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }
}
