// SPDX-License-Identifier: GPL-2.0-or-later
//! Packets of version 1 (fact base: p2p 3).

use super::{
    Packet,
    place::{self, Learnt},
};
use crate::{
    dissect::walk::{Learn, Show},
    fields::{Proto, expert, p2p as f},
    item::Tree,
    p2p::v1::{self, Header, field},
    session::{
        notes::NoteKey,
        p2p::{
            expected::text_order,
            flow::Route,
            messages::{MessageKey, Piece, trouble},
            packets::{Name, PacketLinks, PacketNote},
        },
    },
    wire::Span,
};

/// Learns from a packet.
pub(super) fn learn(
    learn: &mut Learn<'_>,
    packet: &Packet<'_>,
    parts: &v1::Packet,
    route: &Route,
    key: NoteKey,
    learnt: &mut Learnt,
) {
    let header = &parts.header;
    place::belongs(learn, header.session_id, route, &mut learnt.note);
    if header.flags & v1::KEY != 0 {
        return;
    }
    if header.flags & v1::ACK != 0 {
        // Some clients put a number of their own where the identifier belongs, so the random number counts first.
        incomplete(learn, header, route, &mut learnt.note);
        let names = [Name::Unique(header.ack_unique_id), Name::Identifier(header.ack_id)];
        return place::acknowledge(learn, route, &names, learnt);
    }
    if header.flags & v1::NAK != 0 {
        return place::acknowledge(learn, route, &[Name::Identifier(header.ack_id)], learnt);
    }
    if header.flags & (v1::CANCEL | v1::ERROR) != 0 && parts.data.is_empty() && header.ack_id != 0 {
        // Some clients close the session where they acknowledge its end.
        let names = [Name::Unique(header.ack_unique_id), Name::Identifier(header.ack_id)];
        place::acknowledge(learn, route, &names, learnt);
        learnt.note.trouble &= !trouble::UNKNOWN_ACK;
        return;
    }
    if header.is_control() || parts.data.is_empty() {
        return;
    }
    let piece = Piece {
        key: MessageKey {
            leg: route.leg,
            flow: route.flow,
            session_id: header.session_id,
            number: header.identifier,
            version: 1,
        },
        first: header.identifier,
        offset: Some(header.offset),
        claimed: u64::from(header.message_size),
        total: Some(header.total_size),
        remaining: 0,
        data: parts.data.of(packet.bytes),
        missing: missing(packet.cut, header, parts.data.len()),
        direct: route.direct,
        note: key,
    };
    place::piece(learn, &piece, header.purpose(), learnt);
    place::expect_ack(learn, route, Name::Unique(header.ack_id), key);
    place::expect_ack(learn, route, Name::Identifier(header.identifier), key);
}

/// How much data was cut off; some clients do not say how much there was.
fn missing(cut: bool, header: &Header, there: usize) -> u64 {
    match (cut, header.message_size) {
        (false, _) => 0,
        (true, 0) => u64::MAX,
        (true, _) => header.expected().saturating_sub(there) as u64,
    }
}

/// Receivers acknowledge messages that are whole: what the capture lacks of it was lost to the capture only.
fn incomplete(learn: &Learn<'_>, header: &Header, route: &Route, note: &mut PacketNote) {
    let (leg, flow, session_id) = (route.leg, route.flow.reversed(), header.session_id);
    let key = MessageKey { leg, flow, session_id, number: header.ack_id, version: 1 };
    if learn.session.p2p.messages.is_open(&key) {
        note.trouble |= trouble::INCOMPLETE;
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
        Some(row) if header.is_control() || data == 0 => row.1,
        _ if data == 0 => "no data",
        _ => "data",
    }
}

/// Shows a packet.
pub(super) fn show(
    show: &mut Show<'_>,
    packet: &Packet<'_>,
    parts: &v1::Packet,
    key: NoteKey,
    note: &PacketNote,
    links: &PacketLinks,
) {
    let header = &parts.header;
    let closes = header.flags & (v1::CANCEL | v1::ERROR) != 0 && !links.acknowledges.is_none();
    let word = if closes { "acknowledgement, session closed" } else { word(header, parts.data.len()) };
    let part = word == "data" && !note.single;
    if show.packet.want_info {
        let info = &mut show.out.info;
        match part {
            true => {
                let lag = if note.trouble & trouble::LAGS != 0 { u64::from(header.message_size) } else { 0 };
                let end = header.offset.saturating_add(lag).saturating_add(parts.data.len() as u64);
                super::progress(info, show.session, note, &format!(" {end}/{}", header.total_size));
            }
            false if word == "data" => info.push_str("P2P"),
            false => {
                info.push_str("P2P ");
                info.push_str(word);
            }
        }
    }
    if show.out.tree.wanted() {
        let label = format!("version 1, session {}, {word}", header.session_id);
        show.out.tree.protocol(Proto::MsnP2p, Span::new(0, packet.bytes.len()), &label);
        super::version_item(show, 1, packet.how);
        header_items(&mut show.out.tree, packet.bytes, parts, note, !links.acknowledges.is_none());
    }
    super::data(show, packet, key, note, links);
    let tree = &mut show.out.tree;
    if !parts.trailing.is_empty() {
        tree.bytes(f::TRAILING, parts.trailing);
        tree.expert(f::LENGTH_LIES);
    }
    if let Some((app, place)) = parts.footer {
        tree.number(f::APP_ID, place, u64::from(app));
    }
    super::packet_links(show, note, links, key);
    show.out.tree.close();
}

fn header_items(tree: &mut Tree, bytes: &[u8], parts: &v1::Packet, note: &PacketNote, acknowledges: bool) {
    let header = &parts.header;
    let lags = note.trouble & trouble::LAGS != 0;
    tree.number(f::SESSION_ID, field::SESSION_ID, u64::from(header.session_id));
    tree.number(f::IDENTIFIER, field::IDENTIFIER, u64::from(header.identifier));
    tree.number(f::OFFSET, field::OFFSET, header.offset);
    tree.number(f::TOTAL_SIZE, field::TOTAL_SIZE, header.total_size);
    tree.number(f::LENGTH, field::MESSAGE_SIZE, u64::from(header.message_size));
    if header.message_size == 0 && !parts.data.is_empty() {
        tree.expert(f::SIZE_ZERO);
    } else if lags && header.offset == 0 {
        tree.expert_text(
            expert::HABIT,
            "Place and length are those of the packet before, in each packet of this message: Pidgin 2.10 does so",
        );
    } else if !lags && header.message_size as usize != parts.data.len() {
        tree.expert_text(
            f::LENGTH_LIES,
            &format!("Header says {} bytes, but {} are there", header.message_size, parts.data.len()),
        );
    }
    tree.bits(f::FLAGS, field::FLAGS, u64::from(header.flags));
    for (flag, told) in [
        (v1::NAK, f::NAK),
        (v1::RAK, f::RAK),
        (v1::RST, f::RESET),
        (v1::CANCEL, f::CANCELLED),
        (v1::ERROR, f::CANCELLED),
        (0x200, f::ENCRYPTED),
    ] {
        // What closes a session and acknowledges its end cancels nothing, nor does what carries data.
        let closes = told == f::CANCELLED && (acknowledges || !header.is_control());
        if header.flags & flag != 0 && !closes {
            tree.expert(told);
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
