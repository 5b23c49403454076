// SPDX-License-Identifier: GPL-2.0-or-later
//! Packets of version 1 (fact base: p2p 3).

use crate::dissect::walk::Walk;
use std::fmt::Write;

use super::{Way, content::What};
use crate::{
    fields::{Proto, p2p as f},
    p2p::{
        footer,
        v1::{self, Header, field},
    },
    session::{
        notes::NoteKey,
        p2p::{
            expected::text_order,
            messages::{MessageKey, Piece, trouble},
            packets::{Name, PacketNote},
        },
    },
    wire::Span,
};

/// Header, data, and what follows it.
struct Parts {
    header: Header,
    data: Span,
    trailing: Span,
    footer: Span,
}

fn parts(bytes: &[u8], way: &Way) -> Option<Parts> {
    let (rest, header) = v1::parse(bytes).ok()?;
    let mut end = bytes.len();
    // Where the end of the packet is missing, so is the footer.
    if way.footer && rest.len().checked_sub(footer::LEN).is_some_and(|left| left >= expected(&header)) {
        end -= footer::LEN;
    }
    let mut data = Span::new(v1::LEN, v1::LEN + header.data_len(end - v1::LEN));
    // A nonce takes the place of the last header fields; what follows it is nothing known.
    if header.flags & v1::KEY != 0 {
        data = Span::new(v1::LEN, v1::LEN);
    }
    // Some clients send the footer on direct connections as well.
    let mut trailing = Span::new(data.end, end);
    let mut footer = Span::new(end, bytes.len());
    if !way.footer && trailing.len() == footer::LEN && header.message_size as usize == data.len() {
        footer = trailing;
        trailing = Span::new(data.end, data.end);
    }
    Some(Parts { header, data, trailing, footer })
}

/// Bytes of data that the header tells of.
fn expected(header: &Header) -> usize {
    if header.message_size == 0 { 0 } else { header.data_len(usize::MAX) }
}

fn app_id(bytes: &[u8], parts: &Parts) -> Option<u32> {
    footer::parse(parts.footer.of(bytes)).ok().map(|(_, number)| number)
}

fn what(header: &Header) -> What {
    What {
        session_id: header.session_id,
        object: header.flags & (v1::DATA | v1::FILE) != 0,
        file: header.flags & v1::FILE != 0,
    }
}

/// Learns from a packet.
pub(super) fn learn(walk: &mut Walk<'_>, bytes: &[u8], way: &Way, key: NoteKey, note: &mut PacketNote) {
    let Some(parts) = parts(bytes, way) else { return };
    let header = &parts.header;
    walk.belongs(header.session_id, way, note);
    if header.flags & v1::KEY != 0 {
        return;
    }
    if header.flags & v1::ACK != 0 {
        // Some clients put a number of their own where the identifier belongs, so the random number counts first.
        incomplete(walk, header, way, note);
        return walk.acknowledge(way, &[Name::Unique(header.ack_unique_id), Name::Identifier(header.ack_id)], note);
    }
    if header.flags & v1::NAK != 0 {
        return walk.acknowledge(way, &[Name::Identifier(header.ack_id)], note);
    }
    if header.is_control() || parts.data.is_empty() {
        return;
    }
    let piece = Piece {
        key: MessageKey {
            leg: way.leg,
            flow: way.flow,
            session_id: header.session_id,
            number: header.identifier,
            version: 1,
        },
        first: header.identifier,
        offset: Some(header.offset),
        total: Some(header.total_size),
        remaining: 0,
        data: parts.data.of(bytes),
        missing: missing(walk, header, parts.data.len()),
        direct: way.is_direct(),
        frame: walk.packet.frame,
        note: key,
    };
    walk.place_piece(&piece, header.flags, app_id(bytes, &parts), &what(header), note);
    walk.expect_ack(way, Name::Unique(header.ack_id), key);
    walk.expect_ack(way, Name::Identifier(header.identifier), key);
}

/// How much data was cut off; some clients do not say how much there was.
fn missing(walk: &Walk<'_>, header: &Header, there: usize) -> u64 {
    match (walk.out.tree.is_cut(), header.message_size) {
        (false, _) => 0,
        (true, 0) => u64::MAX,
        (true, _) => expected(header).saturating_sub(there) as u64,
    }
}

/// Receivers acknowledge messages that are whole: what the capture lacks of it was lost to the capture only.
fn incomplete(walk: &Walk<'_>, header: &Header, way: &Way, note: &mut PacketNote) {
    let (leg, flow, session_id) = (way.leg, way.flow.reversed(), header.session_id);
    let key = MessageKey { leg, flow, session_id, number: header.ack_id, version: 1 };
    if walk.session.p2p.messages.is_open(&key) {
        note.placed.trouble |= trouble::INCOMPLETE;
    }
}

/// What a packet is for, in a word.
fn word(header: &Header, data: usize) -> &'static str {
    const WORDS: &[(u32, &str)] = &[
        (v1::KEY, "nonce"),
        (v1::ACK, "acknowledgement"),
        (v1::NAK, "negative acknowledgement"),
        (v1::RST, "reset"),
        (v1::CANCEL, "cancelled by sender"),
        (v1::ERROR, "cancelled by receiver"),
        (v1::RAK, "waiting for reply"),
    ];
    match WORDS.iter().find(|row| header.flags & row.0 != 0) {
        Some(row) => row.1,
        None if data == 0 => "no data",
        None => "data",
    }
}

/// Shows a packet.
pub(super) fn show(walk: &mut Walk<'_>, bytes: &[u8], way: &Way, key: NoteKey, note: &PacketNote) {
    let whole = Span::new(0, bytes.len());
    let Some(parts) = parts(bytes, way) else {
        return walk.cut_header(whole);
    };
    let header = &parts.header;
    let word = word(header, parts.data.len());
    let part = word == "data" && !note.placed.single;
    if walk.packet.want_info {
        match part {
            true => {
                let end = header.offset.saturating_add(parts.data.len() as u64);
                // Writing to a string cannot fail.
                let _ = write!(walk.out.info, "P2P data {end}/{}", header.total_size);
            }
            false if word == "data" => walk.out.info.push_str("P2P"),
            false => {
                walk.out.info.push_str("P2P ");
                walk.out.info.push_str(word);
            }
        }
    }
    if walk.out.tree.wanted() {
        let label = format!("version 1, session {}, {word}", header.session_id);
        walk.out.tree.protocol(Proto::MsnP2p, whole, &label);
        walk.version_item(note);
        header_items(walk, bytes, &parts);
    }
    let what = what(header);
    walk.data(bytes, parts.data, way, key, note, &what);
    if !walk.out.tree.wanted() {
        return;
    }
    if !parts.trailing.is_empty() {
        walk.out.tree.bytes(f::TRAILING, parts.trailing);
        walk.out.tree.expert(f::LENGTH_LIES);
    }
    if let Some(app) = app_id(bytes, &parts) {
        walk.out.tree.number(f::APP_ID, parts.footer, u64::from(app));
    } else if !parts.footer.is_empty() {
        walk.out.tree.bytes(f::TRAILING, parts.footer);
    }
    walk.packet_links(note, key);
    walk.out.tree.close();
}

fn header_items(walk: &mut Walk<'_>, bytes: &[u8], parts: &Parts) {
    let header = &parts.header;
    let tree = &mut walk.out.tree;
    tree.number(f::SESSION_ID, field::SESSION_ID, u64::from(header.session_id));
    tree.number(f::IDENTIFIER, field::IDENTIFIER, u64::from(header.identifier));
    tree.number(f::OFFSET, field::OFFSET, header.offset);
    tree.number(f::TOTAL_SIZE, field::TOTAL_SIZE, header.total_size);
    tree.number(f::LENGTH, field::MESSAGE_SIZE, u64::from(header.message_size));
    if header.message_size == 0 && !parts.data.is_empty() {
        tree.expert(f::SIZE_ZERO);
    } else if header.message_size as usize != parts.data.len() {
        tree.expert_text(
            f::LENGTH_LIES,
            &format!("Header says {} bytes, but {} are there", header.message_size, parts.data.len()),
        );
    }
    tree.bits(f::FLAGS, field::FLAGS, u64::from(header.flags));
    for (flag, expert) in [
        (v1::NAK, f::NAK),
        (v1::RAK, f::RAK),
        (v1::RST, f::RESET),
        (v1::CANCEL, f::CANCELLED),
        (v1::ERROR, f::CANCELLED),
        (0x200, f::ENCRYPTED),
    ] {
        if header.flags & flag != 0 {
            tree.expert(expert);
        }
    }
    let nonce = <[u8; 16]>::try_from(field::NONCE.of(bytes));
    match nonce {
        Ok(nonce) if header.flags & v1::KEY != 0 => {
            tree.raw(f::NONCE, field::NONCE, &text_order(&nonce));
        }
        _ => {
            tree.number(f::ACK_ID, field::ACK_ID, u64::from(header.ack_id));
            tree.number(f::ACK_UNIQUE_ID, field::ACK_UNIQUE_ID, u64::from(header.ack_unique_id));
            tree.number(f::ACK_SIZE, field::ACK_SIZE, header.ack_size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dissect, output::Dissection, packet::Packet, session::Session};

    /// The footer and the data of a message of 8 bytes of which the capture has the first `there`.
    fn shown(there: usize) -> (Option<u64>, Option<u32>) {
        let mut packet = vec![0; v1::LEN];
        for (at, byte) in [(0, 1), (16, 8), (24, 8), (28, v1::DATA as u8)] {
            packet[at] = byte;
        }
        packet.extend(b"12345678\0\0\0\x0c");
        let mut unit =
            b"MSG 1 D 129\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: bob@example.com\r\n\r\n".to_vec();
        unit.extend(&packet[..v1::LEN + there]);
        let cut = Packet { can_desegment: false, reported_len: unit.len(), ..Packet::example() };
        let (mut session, mut out) = (Session::default(), Dissection::default());
        out.reset(true);
        dissect::stream(&mut session, &cut, &unit, &mut out);
        let item =
            |field: crate::fields::Field| out.tree.items().iter().find(|item| item.kind == 0 && item.id == field.0);
        (item(f::APP_ID).map(|item| item.number), item(f::DATA).map(|item| item.len))
    }

    #[test]
    fn a_packet_without_its_end_has_no_footer() {
        assert_eq!(shown(12), (Some(12), Some(8)));
        assert_eq!(shown(8), (None, Some(8)));
        assert_eq!(shown(6), (None, Some(6)));
    }
}
