// SPDX-License-Identifier: GPL-2.0-or-later
//! Many peer-to-peer packets as small as they come: dozens in each command, behind Bridging-Offsets, as MSNP21 carries
//! them.

use super::{Talk, with_payload};
use rand::RngExt;

/// P2P packets in a command.
const PACKETS: u64 = 32;
/// Data bytes of a P2P packet.
const DATA: u64 = 8;
/// Bytes of a P2P packet: transport header, data header with the option of remaining bytes, data, footer.
const LENGTH: u64 = 8 + 20 + DATA + 4;
/// First byte of a data header: it begins a message of file data.
const FIRST: u8 = 0x01;
const FILE: u8 = 0x04;

/// A notification connection whose commands each carry a whole message in many packets.
pub(super) fn transfer(talk: &mut Talk) {
    talk.version = 21;
    talk.client("VER 1 MSNP21 CVR0\r\n");
    talk.server("VER 1 MSNP21\r\n");
    talk.units += 2;
    let friend = talk.friend().email;
    let me = talk.me.email.clone();
    let offsets: Vec<String> = (0..PACKETS).map(|packet| (packet * LENGTH).to_string()).collect();
    let mut sequence: u32 = talk.random.random();
    let session: u32 = talk.random.random_range(1000..100_000_000);
    for package in 1u16.. {
        if !talk.busy() {
            break;
        }
        let mut payload = format!(
            "Routing: 1.0\r\nTo: 1:{friend};epid={{1f1e1d1c-1b1a-1918-1716-151413121110}}\r\n\
             From: 1:{me};epid={{0f0e0d0c-0b0a-0908-0706-050403020100}}\r\nService-Channel: PE\r\nOptions: 0\r\n\r\n\
             Reliability: 1.0\r\n\r\nMessaging: 2.0\r\nContent-Length: {}\r\nContent-Type: application/x-msnmsgrp2p\r\n\
             Content-Transfer-Encoding: binary\r\nMessage-Type: Data\r\nBridging-Offsets: {}\r\n\r\n",
            PACKETS * LENGTH,
            offsets.join(","),
        )
        .into_bytes();
        for packet in 0..PACKETS {
            payload.extend(p2p(talk, sequence, package, session, packet));
            sequence = sequence.wrapping_add(20 + DATA as u32);
        }
        let n = talk.next();
        talk.client(with_payload(&format!("SDG {n} {{}}"), &payload));
        talk.units += 1;
    }
    talk.close();
    talk.units += 1;
}

/// An MSNP2P packet of version 2 with its footer.
fn p2p(talk: &mut Talk, sequence: u32, package: u16, session: u32, packet: u64) -> Vec<u8> {
    const OPTION_REMAINING: [u8; 2] = [1, 8];
    let remaining = (PACKETS - 1 - packet) * DATA;
    let mut out = vec![8, 0];
    out.extend((20 + DATA as u16).to_be_bytes());
    out.extend(sequence.to_be_bytes());
    out.extend([20, if packet == 0 { FILE | FIRST } else { FILE }]);
    out.extend(package.to_be_bytes());
    out.extend(session.to_be_bytes());
    out.extend(OPTION_REMAINING);
    out.extend(remaining.to_be_bytes());
    out.extend([0; 2]);
    out.extend((0..DATA).map(|_| talk.random.random::<u8>()));
    out.extend(2u32.to_be_bytes());
    out
}
