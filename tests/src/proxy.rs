// SPDX-License-Identifier: GPL-2.0-or-later
//! Puts the handshake of a proxy in front of a connection.

use crate::pcap::{Event, Side, Stream, Timed};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Kind of proxy, and how the client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// SOCKS 4 with an address.
    Socks4,
    /// SOCKS 4A with a host name.
    Socks4a,
    /// SOCKS 5 without login, with an address.
    Socks5,
    /// SOCKS 5 with user name and password, with a host name.
    Socks5Login,
    /// HTTP CONNECT.
    HttpConnect,
}

impl Proxy {
    /// All of them.
    pub const ALL: [Proxy; 5] = [Proxy::Socks4, Proxy::Socks4a, Proxy::Socks5, Proxy::Socks5Login, Proxy::HttpConnect];

    /// What client and proxy say before the connection to `target` stands.
    fn handshake(self, target: SocketAddr) -> Vec<(Side, Vec<u8>)> {
        let port = target.port().to_be_bytes();
        let address = match target.ip() {
            IpAddr::V4(four) => four.octets(),
            IpAddr::V6(_) => [0; 4],
        };
        let host: &[u8] = b"messenger.example.com";
        let (client, server) = (Side::Client, Side::Server);
        let granted4 = [&[0, 0x5a], &port[..], &address].concat();
        let granted5 = [&[5, 0, 0, 1], &address[..], &port].concat();
        let named = [&[u8::try_from(host.len()).unwrap_or(0)], host].concat();
        match self {
            Proxy::Socks4 => vec![(client, [&[4, 1], &port[..], &address, b"alice\0"].concat()), (server, granted4)],
            Proxy::Socks4a => {
                vec![(client, [&[4, 1], &port[..], &[0, 0, 0, 7], b"\0", host, b"\0"].concat()), (server, granted4)]
            }
            Proxy::Socks5 => vec![
                (client, vec![5, 1, 0]),
                (server, vec![5, 0]),
                (client, [&[5, 1, 0, 1], &address[..], &port].concat()),
                (server, granted5),
            ],
            Proxy::Socks5Login => vec![
                (client, vec![5, 2, 0, 2]),
                (server, vec![5, 2]),
                (client, [b"\x01\x05alice\x06secret".as_slice()].concat()),
                (server, vec![1, 0]),
                (client, [&[5, 1, 0, 3], &named[..], &port].concat()),
                (server, granted5),
            ],
            Proxy::HttpConnect => {
                let to = format!("messenger.example.com:{}", target.port());
                let asked = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\nProxy-Connection: Keep-Alive\r\n\r\n");
                vec![(client, asked.into_bytes()), (server, b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec())]
            }
        }
    }

    /// The connection as it looks between the client and a proxy at `proxy`.
    pub fn through(self, stream: &Stream, proxy: SocketAddr) -> Stream {
        let start = stream.events.first().map_or(Duration::ZERO, |event| event.at);
        let step = Duration::from_millis(2);
        let mut at = start;
        let mut events = Vec::new();
        for (side, bytes) in self.handshake(stream.server) {
            events.push(Timed { at, side, event: Event::Data(bytes) });
            at += step;
        }
        let later = at - start;
        events.extend(stream.events.iter().map(|event| Timed { at: event.at + later, ..event.clone() }));
        Stream { client: stream.client, server: proxy, events }
    }
}
