// SPDX-License-Identifier: GPL-2.0-or-later
//! Switchboard connections: chats and peer-to-peer transfers.

use super::{Person, SENTENCES, Talk, with_payload};
use rand::RngExt;

/// Data bytes of a full P2P packet in a switchboard message.
const CHUNK: usize = 1202;

pub(super) fn chat(talk: &mut Talk) {
    let friend = open(talk);
    while talk.busy() {
        talk.pause();
        let typing =
            format!("MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: {}\r\n\r\n\r\n", {
                &talk.me.email
            });
        match talk.random.random_range(0..10) {
            0..=1 => said(talk, "U", typing.as_bytes()),
            2..=4 => {
                let text = text(talk);
                said(talk, "N", &text);
            }
            5..=6 => {
                let typing = typing.replace(&talk.me.email, &friend.email);
                heard(talk, &friend, typing.as_bytes());
            }
            7..=8 => {
                let text = text(talk);
                heard(talk, &friend, &text);
            }
            _ => {
                let nudge = "MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n";
                said(talk, "A", nudge.as_bytes());
            }
        }
    }
    let email = friend.email;
    talk.server(format!("BYE {email}\r\n"));
    talk.close();
}

/// Chats until the budget is spent on one direction of a file transfer.
pub(super) fn transfer(talk: &mut Talk) {
    let friend = open(talk);
    let sending = talk.random.random_bool(0.5);
    while talk.busy() {
        let size = talk.random.random_range(20_000..400_000);
        let session: u32 = talk.random.random_range(1000..100_000);
        let identifier: u32 = talk.random.random();
        let mut offset = 0;
        while offset < size && talk.busy() {
            let length = CHUNK.min(size - offset);
            let packet = p2p(talk, &friend, session, identifier, offset, size, length);
            if sending {
                said(talk, "D", &packet);
            } else {
                heard(talk, &friend, &packet);
            }
            offset += length;
        }
    }
    talk.close();
}

fn open(talk: &mut Talk) -> Person {
    let friend = talk.friend();
    let Person { email, name, .. } = friend.clone();
    let me = talk.me.clone();
    let capabilities = if talk.version >= 12 { " 1342554172" } else { "" };
    let session: u32 = talk.random.random_range(10_000_000..99_999_999);
    let n = talk.next();
    if talk.random.random_bool(0.5) {
        talk.client(format!("USR {n} {} {session}.1050826919.32308\r\n", me.email));
        talk.server(format!("USR {n} OK {} {}\r\n", me.email, me.name));
        let n = talk.next();
        talk.client(format!("CAL {n} {email}\r\n"));
        talk.server(format!("CAL {n} RINGING {session}\r\n"));
        talk.server(format!("JOI {email} {name}{capabilities}\r\n"));
    } else {
        let cookie: u32 = talk.random.random_range(100_000_000..999_999_999);
        talk.client(format!("ANS {n} {} {cookie}.520491113 {session}\r\n", me.email));
        talk.server(format!("IRO {n} 1 1 {email} {name}{capabilities}\r\nANS {n} OK\r\n"));
    }
    friend
}

fn text(talk: &mut Talk) -> Vec<u8> {
    let sentence = SENTENCES[talk.random.random_range(0..SENTENCES.len())];
    let format = "FN=Segoe%20UI; EF=; CO=0; CS=1; PF=0";
    format!(
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: {format}\r\n\r\n{sentence}"
    )
    .into_bytes()
}

/// A message of ours, with the answer that its acknowledgement mode asks for.
fn said(talk: &mut Talk, mode: &str, payload: &[u8]) {
    let n = talk.next();
    talk.client(with_payload(&format!("MSG {n} {mode} {{}}"), payload));
    if matches!(mode, "A" | "D") {
        talk.server(format!("ACK {n}\r\n"));
    }
}

fn heard(talk: &mut Talk, friend: &Person, payload: &[u8]) {
    let Person { email, name, .. } = friend;
    talk.server(with_payload(&format!("MSG {email} {name} {{}}"), payload));
}

/// An MSNP2P packet of version 1 in its MIME envelope.
fn p2p(talk: &mut Talk, to: &Person, session: u32, id: u32, offset: usize, size: usize, length: usize) -> Vec<u8> {
    const FILE_DATA: u32 = 0x0100_0030;
    const FILE_TRANSFER: u32 = 2;
    let mut out =
        format!("MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: {}\r\n\r\n", to.email)
            .into_bytes();
    out.extend(session.to_le_bytes());
    out.extend(id.to_le_bytes());
    out.extend((offset as u64).to_le_bytes());
    out.extend((size as u64).to_le_bytes());
    out.extend((length as u32).to_le_bytes());
    out.extend(FILE_DATA.to_le_bytes());
    let acknowledged: u32 = talk.random.random();
    out.extend(acknowledged.to_le_bytes());
    out.extend([0; 12]);
    let start = out.len();
    out.resize(start + length, 0);
    talk.random.fill(&mut out[start..]);
    out.extend(FILE_TRANSFER.to_be_bytes());
    out
}
