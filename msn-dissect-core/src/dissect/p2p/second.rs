// SPDX-License-Identifier: GPL-2.0-or-later
//! Packets of version 2 (fact base: p2p 4).

use super::{
    Packet, options,
    place::{self, Learnt},
};
use crate::{
    dissect::walk::{Learn, Show},
    fields::{Proto, p2p as f},
    item::Tree,
    p2p::v2::{self, data_field, field},
    session::{
        notes::NoteKey,
        p2p::{
            flow::Route,
            messages::{MessageKey, Piece, trouble},
            packets::{Name, PacketLinks, PacketNote, Sequence},
        },
    },
    wire::Span,
};

/// Learns from a packet.
pub(super) fn learn(
    learn: &mut Learn<'_>,
    packet: &Packet<'_>,
    parts: &v2::Packet,
    route: &Route,
    key: NoteKey,
    learnt: &mut Learnt,
) {
    let transport = &parts.transport;
    let opens = transport.opcode & v2::SYN != 0;
    if let Some(sequence) = parts.acknowledges.or(parts.refuses) {
        place::acknowledge(learn, route, &[Name::Sequence(sequence)], learnt);
    }
    let frame = learn.packet.frame;
    let packets = &mut learn.session.p2p.packets;
    let sequence = packets.sequence(route.leg, route.flow, transport.base_id, transport.message_length, opens, frame);
    if sequence == Sequence::Gap {
        learnt.note.trouble |= trouble::GAP;
    }
    if transport.message_length > 0 || transport.opcode & v2::RAK != 0 {
        place::expect_ack(learn, route, Name::Sequence(parts.next_base_id()), key);
    }
    let data = parts.data.of(packet.bytes);
    let purpose = parts.purpose();
    place::belongs(learn, purpose.session_id, route, &mut learnt.note);
    // Data whose end was cut off is no whole message, and its place is told by what should be there.
    let remaining = parts.remaining.unwrap_or(0).saturating_add(parts.missing);
    let first = parts.is_first();
    if let Sequence::Repeated(before) = sequence {
        learnt.note.trouble |= trouble::REPEATED;
        learnt.note.single = first && remaining == 0;
        learnt.links.repeats = before;
        return;
    }
    if data.is_empty() {
        return;
    }
    let number = parts.data_header.map_or(0, |(header, _)| u32::from(header.package_number));
    let (leg, flow, session_id) = (route.leg, route.flow, purpose.session_id);
    let piece = Piece {
        key: MessageKey { leg, flow, session_id, number, version: 2 },
        first: transport.base_id,
        offset: first.then_some(0),
        claimed: 0,
        total: first.then(|| remaining.saturating_add(data.len() as u64)),
        remaining,
        data,
        missing: parts.missing,
        direct: route.direct,
        note: key,
    };
    place::piece(learn, &piece, purpose, learnt);
}

/// Shows a packet.
pub(super) fn show(
    show: &mut Show<'_>,
    packet: &Packet<'_>,
    parts: &v2::Packet,
    key: NoteKey,
    note: &PacketNote,
    links: &PacketLinks,
) {
    let acknowledges = parts.acknowledges.is_some();
    let word = match (parts.data.is_empty(), acknowledges, parts.transport.opcode & v2::SYN != 0) {
        (false, ..) => "data",
        (true, true, true) => "link opened, acknowledgement",
        (true, false, true) => "link opened",
        (true, true, false) => "acknowledgement",
        (true, false, false) if parts.refuses.is_some() => "negative acknowledgement",
        (true, false, false) => "no data",
    };
    let remaining = parts.remaining.unwrap_or(0);
    if show.packet.want_info {
        let info = &mut show.out.info;
        match word {
            "data" if note.single => info.push_str("P2P"),
            "data" => {
                let total = note.message.and_then(|id| show.session.p2p.messages.facts(id)).map(|facts| facts.total);
                let total = total.map(u64::from).filter(|&total| total >= remaining);
                let far = match total {
                    Some(total) => format!(" {}/{total}", total - remaining),
                    None if remaining > 0 => format!(", {remaining} bytes to come"),
                    None => ", last".to_owned(),
                };
                super::progress(info, show.session, note, &far);
            }
            word => {
                info.push_str("P2P ");
                info.push_str(word);
            }
        }
    }
    if show.out.tree.wanted() {
        let label = format!("version 2, session {}, {word}", parts.purpose().session_id);
        show.out.tree.protocol(Proto::MsnP2p, Span::new(0, packet.bytes.len()), &label);
        super::version_item(show, 2, packet.how);
        header_items(&mut show.out.tree, packet.bytes, parts);
    }
    super::data(show, packet, key, note, links);
    let tree = &mut show.out.tree;
    if let Some(app) = parts.app_id {
        tree.number(f::APP_ID, parts.rest, u64::from(app));
    } else if !parts.rest.is_empty() {
        tree.bytes(f::TRAILING, parts.rest);
        tree.expert(f::LENGTH_LIES);
    }
    super::packet_links(show, note, links, key);
    show.out.tree.close();
}

fn header_items(tree: &mut Tree, bytes: &[u8], packet: &v2::Packet) {
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
    options::show(tree, bytes, packet.transport_options, options::TRANSPORT);
    let Some((header, at)) = packet.data_header else { return };
    tree.number(f::DATA_HEADER_LENGTH, data_field::HEADER_LENGTH.shift(at), u64::from(header.header_length));
    let tf = tree.bits(f::TF, data_field::TF.shift(at), u64::from(header.tf));
    tree.open(tf);
    tree.number(f::TF_KIND, data_field::TF.shift(at), u64::from(header.tf >> 1));
    tree.close();
    tree.number(f::PACKAGE_NUMBER, data_field::PACKAGE_NUMBER.shift(at), u64::from(header.package_number));
    tree.number(f::SESSION_ID, data_field::SESSION_ID.shift(at), u64::from(header.session_id));
    options::show(tree, bytes, packet.data_options, options::DATA);
}
