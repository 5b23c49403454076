// SPDX-License-Identifier: GPL-2.0-or-later
//! Takes peer-to-peer packets out of a switchboard's conversation and sends them by other carriers.

use crate::pcap::{Event, Side, Stream};
use std::net::SocketAddr;

/// A peer-to-peer packet of a switchboard's conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Which end of the conversation sent it; the server speaks for the other party.
    pub side: Side,
    /// Header and data.
    pub bytes: Vec<u8>,
    /// The four bytes behind them.
    pub footer: Vec<u8>,
}

/// Bytes of a line up to its end, and what follows.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    Some((&bytes[..at], &bytes[at + 2..]))
}

/// The packets that the messages of one side carry.
fn of_side(bytes: &[u8], side: Side, out: &mut Vec<Packet>) {
    const TYPE: &[u8] = b"application/x-msnmsgrp2p";
    let mut rest = bytes;
    while let Some((words, after)) = line(rest) {
        rest = after;
        if !words.starts_with(b"MSG ") {
            continue;
        }
        let len =
            words.rsplit(|&byte| byte == b' ').next().and_then(|word| std::str::from_utf8(word).ok()?.parse().ok());
        let Some(payload) = len.and_then(|len: usize| after.get(..len)) else { return };
        rest = &after[payload.len()..];
        let Some(head) = payload.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let body = &payload[head + 4..];
        if payload[..head].windows(TYPE.len()).any(|part| part == TYPE) && body.len() > 4 {
            let (bytes, footer) = body.split_at(body.len() - 4);
            out.push(Packet { side, bytes: bytes.to_vec(), footer: footer.to_vec() });
        }
    }
}

/// The packets of a conversation, in the order in which their messages end.
pub fn packets(stream: &Stream) -> Vec<Packet> {
    let mut out = Vec::new();
    let mut waiting: [Vec<u8>; 2] = [Vec::new(), Vec::new()];
    for event in &stream.events {
        let (Event::Data(bytes) | Event::Unseen(bytes)) = &event.event else { continue };
        let held = &mut waiting[event.side as usize];
        held.extend(bytes);
        // What is whole is taken; a message that is still growing stays.
        let end = whole(held);
        let done: Vec<u8> = held.drain(..end).collect();
        of_side(&done, event.side, &mut out);
    }
    out
}

/// Where the last whole message ends.
fn whole(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some((words, after)) = line(&bytes[at..]) {
        let mut next = bytes.len() - after.len();
        if words.starts_with(b"MSG ") {
            let word = words.rsplit(|&byte| byte == b' ').next().unwrap_or_default();
            let len: usize = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok()).unwrap_or(0);
            next += len;
        }
        if next > bytes.len() {
            break;
        }
        at = next;
    }
    at
}

/// Sends packets over a direct connection, greeting and nonces first. Version 1 or 2 says the length of the nonces.
pub fn directly(packets: &[Packet], version: u8, client: SocketAddr, server: SocketAddr) -> Stream {
    let mut stream = Stream::new(client, server);
    let framed = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes()[..], bytes].concat();
    stream.send(Side::Client, framed(b"foo\0"));
    for side in [Side::Client, Side::Server] {
        let mut nonce = vec![0; if version == 1 { 48 } else { 16 }];
        let start = nonce.len() - 16;
        nonce[start..].copy_from_slice(b"0123456789abcdef");
        if version == 1 {
            nonce[4] = 1;
            nonce[29] = 1;
        }
        stream.send(side, framed(&nonce));
    }
    for packet in packets {
        stream.send(packet.side, framed(&packet.bytes));
    }
    stream
}

/// Sends packets in the SDG of a notification server, up to `group` in each when the same side sends them one after the
/// other.
pub fn in_sdg(packets: &[Packet], group: usize, client: SocketAddr, server: SocketAddr) -> Stream {
    const ENDS: [&str; 2] = [
        "1:alice@example.com;epid={0f0e0d0c-0b0a-0908-0706-050403020100}",
        "1:bob@example.com;epid={1f1e1d1c-1b1a-1918-1716-151413121110}",
    ];
    let mut stream = Stream::new(client, server);
    stream.send(Side::Client, "VER 1 MSNP21 CVR0\r\n").send(Side::Server, "VER 1 MSNP21\r\n");
    let mut rest = packets;
    while let Some(first) = rest.first() {
        let count = rest.iter().take(group).take_while(|packet| packet.side == first.side).count();
        let (now, later) = rest.split_at(count);
        rest = later;
        let (mut body, mut offsets): (Vec<u8>, Vec<String>) = (Vec::new(), Vec::new());
        for packet in now {
            offsets.push(body.len().to_string());
            body.extend(&packet.bytes);
            body.extend(&packet.footer);
        }
        let (from, to) = if first.side == Side::Client { (ENDS[0], ENDS[1]) } else { (ENDS[1], ENDS[0]) };
        let mut payload = format!(
            "Routing: 1.0\r\nTo: {to}\r\nFrom: {from}\r\nService-Channel: PE\r\nOptions: 0\r\n\r\nReliability: 1.0\r\n\r\n\
             Messaging: 2.0\r\nContent-Length: {}\r\nContent-Type: application/x-msnmsgrp2p\r\n\
             Content-Transfer-Encoding: binary\r\nMessage-Type: Data\r\nBridging-Offsets: {}\r\n\r\n",
            body.len(),
            offsets.join(",")
        )
        .into_bytes();
        payload.extend(body);
        let number = if first.side == Side::Client { 7 } else { 0 };
        stream.send(first.side, [format!("SDG {number} {}\r\n", payload.len()).as_bytes(), &payload].concat());
    }
    stream
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_found_in_any_segments() {
        let client: SocketAddr = ([192, 0, 2, 1], 50000).into();
        let body = b"Content-Type: application/x-msnmsgrp2p\r\n\r\nMSG data\r\nfoot";
        let mut text = format!("ANS 1 OK\r\nMSG 1 D {}\r\n", body.len()).into_bytes();
        text.extend(body);
        text.extend(b"MSG a b 3\r\nxyz");
        for cut in 1..text.len() {
            let mut stream = Stream::new(client, client);
            stream.send(Side::Client, &text[..cut]).send(Side::Client, &text[cut..]);
            let expected = Packet { side: Side::Client, bytes: b"MSG data\r\n".to_vec(), footer: b"foot".to_vec() };
            assert_eq!(packets(&stream), [expected], "cut at {cut}");
        }
    }
}
