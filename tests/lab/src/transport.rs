// SPDX-License-Identifier: GPL-2.0-or-later
//! Ways to a server: plain TCP, TLS, a SOCKS proxy, the HTTP gateway. In: where to. Out: a connection on which commands go,
//! whatever the way.

use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_socks::tcp::Socks5Stream;

use crate::channel::BoxedStream;
use crate::http::{Http, Message};
use crate::tls::{self, Trust};

/// Port of MSNP where none is given.
pub const PORT: u16 = 1863;

/// Bytes that wait for the gateway.
const ROOM: usize = 1 << 20;

/// How servers are reached.
#[derive(Clone, Debug)]
pub struct Road {
    /// Inside of TLS.
    pub tls: bool,
    /// Whom TLS believes.
    pub trust: Trust,
    /// Through this SOCKS 5 proxy, `host:port`.
    pub socks: Option<String>,
    /// Through this HTTP gateway, `host:port`.
    pub gateway: Option<String>,
    /// Time between two polls of the gateway.
    pub poll: Duration,
    /// Time in which a connection must stand.
    pub patience: Duration,
}

impl Default for Road {
    fn default() -> Road {
        let (poll, patience) = (Duration::from_secs(2), Duration::from_secs(30));
        Road { tls: false, trust: Trust::default(), socks: None, gateway: None, poll, patience }
    }
}

/// A connection that stands.
pub struct Connected {
    /// The connection.
    pub stream: BoxedStream,
    /// Own end.
    pub client: SocketAddr,
    /// The server's end, or that of what stands before it.
    pub server: SocketAddr,
}

/// Host and port of `host[:port]`.
///
/// # Errors
/// When the port is none.
pub fn place(text: &str, port: u16) -> Result<(String, u16)> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, rest) = match bare {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None if text.matches(':').count() > 1 => (text, None),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = rest.map(|rest| rest.parse().with_context(|| format!("{rest} is no port"))).transpose()?.unwrap_or(port);
    Ok((host.to_owned(), port))
}

impl Road {
    /// Connects to `host[:port]`; `kind` is what a gateway is told to look for there (`NS` or `SB`).
    ///
    /// # Errors
    /// When that cannot be done in time.
    pub async fn connect(&self, to: &str, port: u16, kind: &str) -> Result<Connected> {
        let (host, port) = place(to, port)?;
        if let Some(gateway) = &self.gateway {
            let (gate, number) = place(gateway, if self.tls { 443 } else { 80 })?;
            let connected = self.reach(&gate, number, self.tls).await?;
            let (near, far) = tokio::io::duplex(ROOM);
            let http = Http::new(connected.stream, self.patience + self.poll);
            tokio::spawn(carry(http, far, gate, format!("Action=open&Server={kind}&IP={host}"), self.poll));
            return Ok(Connected { stream: Box::new(near), ..connected });
        }
        self.reach(&host, port, self.tls).await
    }

    /// Connects without gateway.
    async fn reach(&self, host: &str, port: u16, tls: bool) -> Result<Connected> {
        let connect = async {
            let tcp: (BoxedStream, SocketAddr, SocketAddr) = match &self.socks {
                Some(proxy) => {
                    let stream = Socks5Stream::connect(proxy.as_str(), (host, port)).await.context("SOCKS proxy")?;
                    let ends = (stream.local_addr()?, stream.peer_addr()?);
                    (Box::new(stream), ends.0, ends.1)
                }
                None => {
                    let stream = TcpStream::connect((host, port)).await?;
                    stream.set_nodelay(true)?;
                    let ends = (stream.local_addr()?, stream.peer_addr()?);
                    (Box::new(stream), ends.0, ends.1)
                }
            };
            let (stream, client, server) = tcp;
            let stream = if tls { tls::connect(stream, host, &self.trust).await? } else { stream };
            anyhow::Ok(Connected { stream, client, server })
        };
        let connected = timeout(self.patience, connect).await;
        let connected = connected.with_context(|| format!("{host} port {port} does not answer"))?;
        connected.with_context(|| format!("cannot connect to {host} port {port}"))
    }

    /// Asks a web server.
    ///
    /// # Errors
    /// When it cannot be reached, or says nothing.
    pub async fn fetch(&self, url: &str, message: Message) -> Result<Message> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
        let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let tls = match scheme {
            "https" => true,
            "http" => false,
            other => bail!("{other} is no way to a web server"),
        };
        let (name, port) = place(host, if tls { 443 } else { 80 })?;
        let connected = self.reach(&name, port, tls).await?;
        let method = message.request.as_ref().map_or("GET", |request| request.0.as_str()).to_owned();
        let request = Message { request: Some((method, path.to_owned())), ..message };
        let request = request.header("Host", host).header("User-Agent", "MSMSGS").header("Connection", "close");
        let mut http = Http::new(connected.stream, self.patience);
        http.send(&request).await?;
        http.receive().await?.with_context(|| format!("{url} says nothing"))
    }
}

/// Carries a conversation through the gateway: what is said in requests, what is answered in their answers.
async fn carry(mut http: Http, mut stream: DuplexStream, host: String, open: String, poll: Duration) -> Result<()> {
    let mut query = open;
    let mut said = Vec::new();
    stream.read_buf(&mut said).await?;
    loop {
        let request = Message::request("POST", &format!("/gateway/gateway.dll?{query}"));
        let request = request.header("Host", &host).header("User-Agent", "MSMSGS");
        http.send(&request.body("application/x-msn-messenger", std::mem::take(&mut said))).await?;
        let answer = http.receive().await?.context("the gateway closed")?;
        if answer.status != 200 {
            bail!("the gateway answers with {}", answer.status);
        }
        stream.write_all(&answer.body).await?;
        let state = answer.get("X-MSN-Messenger").unwrap_or_default();
        let items: Vec<_> = state.split(';').filter_map(|item| item.trim().split_once('=')).collect();
        let item = |name: &str| items.iter().find(|item| item.0.eq_ignore_ascii_case(name)).map(|item| item.1);
        if item("Session") == Some("close") {
            return Ok(());
        }
        let id = item("SessionID").context("the gateway names no session")?;
        tokio::select! {
            read = stream.read_buf(&mut said) => {
                if read? == 0 {
                    return Ok(());
                }
                query = format!("SessionID={id}");
            }
            () = sleep(poll) => query = format!("Action=poll&SessionID={id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        let read = |text: &str| place(text, PORT).unwrap();
        assert_eq!(read("example.com"), ("example.com".into(), 1863));
        assert_eq!(read("192.0.2.1:80"), ("192.0.2.1".into(), 80));
        assert_eq!(read("[2001:db8::1]:80"), ("2001:db8::1".into(), 80));
        assert_eq!(read("2001:db8::1"), ("2001:db8::1".into(), 1863));
        assert!(place("example.com:x", PORT).is_err());
    }
}
