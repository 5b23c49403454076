// SPDX-License-Identifier: GPL-2.0-or-later
//! Packets of version 2 (fact base: p2p 4).

use crate::dissect::walk::Walk;
use nom::number::Endianness;

use super::{Way, content::What};
use crate::{
    fields::{Proto, p2p as f},
    item::Tree,
    p2p::{
        footer, peer_info,
        tlv::{self, Piece as Option_, Tlv},
        v2::{self, Packet, data_field, field},
    },
    session::{
        notes::NoteKey,
        p2p::{
            messages::{MessageKey, Piece, trouble},
            packets::{Name, PacketNote, Sequence},
        },
    },
    wire::Span,
};

fn app_id(bytes: &[u8], packet: &Packet) -> Option<u32> {
    let (rest, number) = footer::parse(packet.rest.of(bytes)).ok()?;
    rest.is_empty().then_some(number)
}

fn what(session_id: u32, tf: u8) -> What {
    What { session_id, object: tf & 0x06 != 0, file: tf & 0x06 == 0x06 }
}

/// Learns from a packet.
pub(super) fn learn(walk: &mut Walk<'_>, bytes: &[u8], way: &Way, key: NoteKey, note: &mut PacketNote) {
    let Some(packet) = v2::parse(bytes) else { return };
    let transport = &packet.transport;
    let opens = transport.opcode & v2::SYN != 0;
    for kind in [v2::ACK, v2::NAK] {
        if let Some(sequence) = packet.sequence_option(bytes, kind) {
            walk.acknowledge(way, &[Name::Sequence(sequence)], note);
            break;
        }
    }
    let frame = walk.packet.frame;
    let packets = &mut walk.session.p2p.packets;
    let sequence = packets.sequence(way.leg, way.flow, transport.base_id, transport.message_length, opens, frame);
    if sequence == Sequence::Gap {
        note.placed.trouble |= trouble::GAP;
    }
    if transport.message_length > 0 || transport.opcode & v2::RAK != 0 {
        walk.expect_ack(way, Name::Sequence(packet.next_base_id()), key);
    }
    let data = packet.data.of(bytes);
    let (session_id, number, tf) = match packet.data_header {
        Some((header, _)) => (header.session_id, u32::from(header.package_number), header.tf),
        None => (0, 0, v2::FIRST),
    };
    walk.belongs(session_id, way, note);
    // Data whose end was cut off is no whole message, and its place is told by what should be there.
    let remaining = packet.remaining(bytes).unwrap_or(0).saturating_add(packet.missing(bytes));
    let first = tf & v2::FIRST != 0;
    if let Sequence::Repeated(before) = sequence {
        note.placed.trouble |= trouble::REPEATED;
        note.placed.repeats = Some(before);
        note.placed.single = first && remaining == 0;
        return;
    }
    if data.is_empty() {
        return;
    }
    let piece = Piece {
        key: MessageKey { leg: way.leg, flow: way.flow, session_id, number, version: 2 },
        first: transport.base_id,
        offset: first.then_some(0),
        total: first.then(|| remaining.saturating_add(data.len() as u64)),
        remaining,
        data,
        missing: packet.missing(bytes),
        direct: way.is_direct(),
        frame,
        note: key,
    };
    walk.place_piece(&piece, u32::from(tf), app_id(bytes, &packet), &what(session_id, tf), note);
}

/// Shows a packet.
pub(super) fn show(walk: &mut Walk<'_>, bytes: &[u8], way: &Way, key: NoteKey, note: &PacketNote) {
    let whole = Span::new(0, bytes.len());
    let Some(packet) = v2::parse(bytes) else {
        return walk.cut_header(whole);
    };
    let (session_id, tf) = packet.data_header.map_or((0, v2::FIRST), |(header, _)| (header.session_id, header.tf));
    let acknowledges = packet.sequence_option(bytes, v2::ACK).is_some();
    let word = match (packet.data.is_empty(), acknowledges, packet.transport.opcode & v2::SYN != 0) {
        (false, ..) => "data",
        (true, true, true) => "link opened, acknowledgement",
        (true, false, true) => "link opened",
        (true, true, false) => "acknowledgement",
        (true, false, false) if packet.sequence_option(bytes, v2::NAK).is_some() => "negative acknowledgement",
        (true, false, false) => "no data",
    };
    let remaining = packet.remaining(bytes).unwrap_or(0);
    if walk.packet.want_info {
        let text = match word {
            "data" if note.placed.single => "P2P".to_owned(),
            "data" if remaining > 0 => format!("P2P data, {remaining} bytes to come"),
            "data" => "P2P data, last".to_owned(),
            word => format!("P2P {word}"),
        };
        walk.out.info.push_str(&text);
    }
    if walk.out.tree.wanted() {
        let label = format!("version 2, session {session_id}, {word}");
        walk.out.tree.protocol(Proto::MsnP2p, whole, &label);
        walk.version_item(note);
        header_items(&mut walk.out.tree, bytes, &packet);
    }
    let what = what(session_id, tf);
    walk.data(bytes, packet.data, way, key, note, &what);
    if !walk.out.tree.wanted() {
        return;
    }
    if let Some(app) = app_id(bytes, &packet) {
        walk.out.tree.number(f::APP_ID, packet.rest, u64::from(app));
    } else if !packet.rest.is_empty() {
        walk.out.tree.bytes(f::TRAILING, packet.rest);
        walk.out.tree.expert(f::LENGTH_LIES);
    }
    walk.packet_links(note, key);
    walk.out.tree.close();
}

fn header_items(tree: &mut Tree, bytes: &[u8], packet: &Packet) {
    let transport = &packet.transport;
    tree.number(f::HEADER_LENGTH, field::HEADER_LENGTH, u64::from(transport.header_length));
    if packet.lies {
        tree.expert(f::LENGTH_LIES);
    }
    tree.bits(f::OPCODE, field::OPCODE, u64::from(transport.opcode));
    tree.number(f::MESSAGE_LENGTH, field::MESSAGE_LENGTH, u64::from(transport.message_length));
    tree.number(f::SEQUENCE, field::BASE_ID, u64::from(transport.base_id));
    let next = tree.number(f::NEXT_SEQUENCE, Span::default(), u64::from(packet.next_base_id()));
    tree.generated(next);
    options(tree, bytes, packet.transport_options, f::TLV_TYPE, transport_option);
    let Some((header, at)) = packet.data_header else { return };
    tree.number(f::DATA_HEADER_LENGTH, data_field::HEADER_LENGTH.shift(at), u64::from(header.header_length));
    let tf = tree.bits(f::TF, data_field::TF.shift(at), u64::from(header.tf));
    tree.open(tf);
    tree.number(f::TF_KIND, data_field::TF.shift(at), u64::from(header.tf >> 1));
    tree.close();
    tree.number(f::PACKAGE_NUMBER, data_field::PACKAGE_NUMBER.shift(at), u64::from(header.package_number));
    tree.number(f::SESSION_ID, data_field::SESSION_ID.shift(at), u64::from(header.session_id));
    options(tree, bytes, packet.data_options, f::TLV_DATA_TYPE, data_option);
}

/// Shows an option's value; false if it is not known or has the wrong length.
type ShowOption = fn(&mut Tree, &[u8], &Tlv) -> Shown;

enum Shown {
    Fine,
    WrongLength,
    Unknown,
}

fn options(tree: &mut Tree, bytes: &[u8], span: Span, kind: crate::fields::Field, show: ShowOption) {
    for piece in tlv::pieces(bytes, span) {
        match piece {
            Option_::Padding(span) => {
                tree.bytes(f::TLV_PADDING, span);
            }
            Option_::Cut(span) => {
                tree.bytes(f::TLV_CUT, span);
                tree.expert(f::OPTION_CUT);
            }
            Option_::Tlv(option) => {
                let heading = tree.bytes(f::TLV, option.span);
                tree.open(heading);
                let at = option.span.start;
                tree.number(kind, Span::new(at, at + 1), u64::from(option.kind));
                tree.number(f::TLV_LENGTH, Span::new(at + 1, at + 2), option.value.len() as u64);
                if !option.value.is_empty() {
                    tree.bytes(f::TLV_VALUE, option.value);
                }
                match show(tree, bytes, &option) {
                    Shown::Fine => {}
                    Shown::WrongLength => tree.expert(f::OPTION_CUT),
                    Shown::Unknown => tree.expert(f::UNKNOWN_OPTION),
                }
                tree.close();
            }
        }
    }
}

fn transport_option(tree: &mut Tree, bytes: &[u8], option: &Tlv) -> Shown {
    let value = option.value.of(bytes);
    let (field, number) = match option.kind {
        v2::PEER_INFO => return peer(tree, value, option.value),
        v2::ACK => (f::ACK_SEQUENCE, v2::sequence(value)),
        v2::NAK => (f::NAK_SEQUENCE, v2::sequence(value)),
        _ => return Shown::Unknown,
    };
    let Some(number) = number else { return Shown::WrongLength };
    tree.number(field, option.value, u64::from(number));
    if option.kind == v2::NAK {
        tree.expert(f::NAK);
    }
    Shown::Fine
}

fn peer(tree: &mut Tree, value: &[u8], place: Span) -> Shown {
    let Ok((rest, info)) = peer_info::parse(value) else { return Shown::WrongLength };
    let order = if info.order == Endianness::Big { "big-endian" } else { "little-endian" };
    let order = tree.text(f::PEER_ORDER, Span::new(place.start, place.start + 2), order);
    tree.generated(order);
    let at = |from: usize, to: usize| Span::new(place.start + from, place.start + to);
    tree.number(f::PEER_PROTOCOL, at(0, 2), u64::from(info.protocol_version));
    tree.number(f::PEER_IMPLEMENTATION, at(2, 4), u64::from(info.implementation));
    tree.number(f::PEER_VERSION, at(4, 6), u64::from(info.version));
    tree.number(f::PEER_RESERVED, at(6, 8), u64::from(info.reserved));
    tree.number(f::PEER_CAPABILITIES, at(8, 12), u64::from(info.capabilities));
    if rest.is_empty() { Shown::Fine } else { Shown::WrongLength }
}

fn data_option(tree: &mut Tree, bytes: &[u8], option: &Tlv) -> Shown {
    if option.kind != v2::REMAINING {
        return Shown::Unknown;
    }
    let Ok(value) = <[u8; 8]>::try_from(option.value.of(bytes)) else { return Shown::WrongLength };
    tree.number(f::REMAINING, option.value, u64::from_be_bytes(value));
    Shown::Fine
}
