// SPDX-License-Identifier: GPL-2.0-or-later
//! One peer-to-peer packet: what it teaches, and how it is shown.

mod cam;
mod content;
mod first;
mod place;
mod second;

use super::windows;
use crate::{
    dissect::walk::{Learn, Show, frame_link},
    fields::{Expert, Proto, ftp, p2p as f},
    output::{MAX_INFO, Table},
    p2p::{self, Form, How, Told},
    session::{
        FrameId, Session,
        notes::NoteKey,
        p2p::{
            flow::Route,
            messages::{Placed, trouble},
            packets::PacketNote,
        },
        transfers::TransferId,
    },
    wire::Span,
};
pub(crate) use content::message;
use content::{What, Whole};

/// A packet, parsed once: both halves read it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet<'a> {
    /// Header, data and footer.
    bytes: &'a [u8],
    /// Where its parts are.
    form: Form,
    /// How its version is known.
    how: How,
    /// Its end is missing.
    cut: bool,
}

impl<'a> Packet<'a> {
    /// Takes a packet apart, going by what its carrier says of it; `cut` says that its end is missing.
    pub fn parse(bytes: &'a [u8], told: &Told, cut: bool) -> Self {
        let (form, how) = p2p::parse(bytes, told);
        Packet { bytes, form, how, cut }
    }

    /// Place of the data, and what the header says of their message.
    fn data(&self) -> Option<(Span, What)> {
        let (span, what) = match &self.form {
            Form::First(parts) => (parts.data, first::what(&parts.header)),
            Form::Second(parts) => (parts.data, second::what(parts)),
            Form::Cut | Form::Unknown => return None,
        };
        (!span.is_empty()).then_some((span, what))
    }
}

/// Expert infos of what was noted about a packet.
static TROUBLES: &[(u16, Expert)] = &[
    (trouble::REPEATED, f::REPEATED),
    (trouble::OVERLAP, f::OVERLAP),
    (trouble::CONFLICT, f::CONFLICT),
    (trouble::TOTAL_CHANGED, f::TOTAL_CHANGED),
    (trouble::TOTAL_FORGED, f::TOTAL_FORGED),
    (trouble::BEYOND_TOTAL, f::BEYOND_TOTAL),
    (trouble::TOO_MANY, f::TOO_MANY_PIECES),
    (trouble::GIVEN_UP, f::GIVEN_UP),
    (trouble::NO_BEGIN, f::NO_BEGIN),
    (trouble::GAP, f::GAP),
    (trouble::SIZE_DIFFERS, f::SIZE_DIFFERS),
    (trouble::UNKNOWN_ACK, f::UNKNOWN_ACK),
    (trouble::INCOMPLETE, ftp::TRANSFER_INCOMPLETE),
];

/// Learns from a packet; `key` is where its note will be.
pub(crate) fn learn(learn: &mut Learn<'_>, packet: &Packet<'_>, route: &Route, key: NoteKey) {
    if packet.bytes.is_empty() {
        return;
    }
    let mut note = PacketNote { time: learn.packet.time, ..PacketNote::default() };
    match &packet.form {
        Form::First(parts) => first::learn(learn, packet, parts, route, key, &mut note),
        Form::Second(parts) => second::learn(learn, packet, parts, route, key, &mut note),
        Form::Cut | Form::Unknown => {}
    }
    learn.session.p2p.notes.keep(key, note);
    if let (true, Some((span, what))) = (note.placed.single, packet.data()) {
        let (transfer, repeated) = (note.transfer, note.placed.repeats.is_some());
        content::learn(learn, span.of(packet.bytes), route, &Whole { key, what, transfer, repeated });
    }
}

/// Shows a packet that stands at `start`; `key` is where its note is.
pub(crate) fn show(show: &mut Show<'_>, packet: &Packet<'_>, start: usize, key: NoteKey) {
    if packet.bytes.is_empty() {
        return;
    }
    let note = show.session.p2p.notes.get(key).copied().unwrap_or_default();
    let base = show.out.tree.base();
    show.out.tree.rebase(base + start);
    if show.packet.want_info && show.out.info.len() < MAX_INFO {
        show.out.info.push_str(if key.2 == 0 { ": " } else { ", " });
    }
    match &packet.form {
        Form::First(parts) => first::show(show, packet, parts, key, &note),
        Form::Second(parts) => second::show(show, packet, parts, key, &note),
        Form::Cut => odd(show, packet.bytes, "P2P header cut short", "header cut short", f::HEADER_CUT),
        Form::Unknown => odd(show, packet.bytes, "P2P", "header of unknown version", f::VERSION_UNKNOWN),
    }
    show.out.tree.rebase(base);
}

/// Shows a packet whose header is not all there, or not known.
fn odd(show: &mut Show<'_>, bytes: &[u8], info: &str, label: &str, expert: Expert) {
    if show.packet.want_info {
        show.out.info.push_str(info);
    }
    let span = Span::new(0, bytes.len());
    let tree = &mut show.out.tree;
    tree.protocol(Proto::MsnP2p, span, label);
    tree.bytes(f::DATA, span);
    tree.expert(expert);
    tree.close();
}

/// Shows the header version, and how it is known.
fn version_item(show: &mut Show<'_>, number: u8, how: How) {
    let tree = &mut show.out.tree;
    let version = tree.number(f::VERSION, Span::default(), u64::from(number));
    let words = match how {
        How::Endpoint => "an endpoint is named",
        How::PlainAccount => "no endpoint is named",
        How::Handshake => "told by the handshake",
        How::Shape => "inferred from the shape of the packet",
        How::ShapeAgainst => "inferred from the shape of the packet, against what carries it",
        How::Unknown => "unknown",
    };
    tree.note(version, words);
    tree.generated(version);
    match how {
        How::Shape => tree.expert(f::VERSION_INFERRED),
        How::ShapeAgainst => tree.expert(f::VERSION_ODD),
        _ => {}
    }
}

/// Shows what is known of the packet beyond its bytes.
fn packet_links(show: &mut Show<'_>, note: &PacketNote, key: NoteKey) {
    let tree = &mut show.out.tree;
    if !tree.wanted() {
        return;
    }
    let none = Span::default();
    let placed = &note.placed;
    if placed.received > 0 && !placed.single {
        let received = tree.number(f::RECEIVED, none, placed.received);
        tree.generated(received);
    }
    let frames = &show.session.frames;
    for (field, frame) in [(f::REPEATS, placed.repeats), (f::RELAYED, placed.relayed)] {
        if let Some(frame) = frame {
            frame_link(tree, frames, field, frame);
        }
    }
    for (bit, expert) in TROUBLES {
        if placed.trouble & bit != 0 {
            tree.expert(*expert);
        }
    }
    if let Some((total, received)) = missing_for_good(show, placed, key) {
        let text = format!("Transfer is incomplete: {received} of {total} bytes arrived");
        show.out.tree.expert_text(ftp::TRANSFER_INCOMPLETE, &text);
    }
    let tree = &mut show.out.tree;
    if let Some((frame, time)) = note.acknowledges {
        frame_link(tree, frames, f::RESPONSE_TO, frame);
        let span = tree.number(f::TIME, none, show.packet.time.wrapping_sub(time));
        tree.generated(span);
    }
    frame_link(tree, frames, f::RESPONSE_IN, note.acknowledged);
    if let Some(transfer) = note.transfer {
        transfer_items(show, transfer, note.offered);
    }
}

/// Bytes of a message, and how many arrived, at its last packet if it is not whole. Only a later pass knows that nothing
/// more comes.
fn missing_for_good(show: &Show<'_>, placed: &Placed, key: NoteKey) -> Option<(u64, u64)> {
    let facts = placed.id.and_then(|id| show.session.p2p.messages.facts(id))?;
    (show.has_seen_all() && !facts.whole && facts.last == key).then_some((facts.total, placed.received))
}

/// Shows what the session of a packet transfers.
pub(super) fn transfer_items(show: &mut Show<'_>, id: TransferId, offered: FrameId) {
    let Session { transfers, names, frames, .. } = show.session;
    let Some(transfer) = transfers.get(id) else { return };
    let tree = &mut show.out.tree;
    let none = Span::default();
    let (sender, receiver) = (names.get(transfer.sender), names.get(transfer.receiver));
    let heading = tree.text(f::TRANSFER, none, &content::describe(transfer, names));
    tree.generated(heading);
    tree.open(heading);
    let kind = tree.text(f::TRANSFER_KIND, none, transfer.kind.name());
    tree.generated(kind);
    for (field, text) in
        [(f::TRANSFER_SENDER, sender), (f::TRANSFER_RECEIVER, receiver), (f::TRANSFER_NAME, &*transfer.name)]
    {
        if !text.is_empty() {
            let item = tree.text(field, none, text);
            tree.generated(item);
        }
    }
    if let Some(size) = transfer.size {
        let item = tree.number(f::TRANSFER_SIZE, none, size);
        tree.generated(item);
    }
    tree.close();
    if offered != show.packet.frame {
        frame_link(tree, frames, f::OFFERED_IN, offered);
    }
}

/// Shows the data of a packet: a message of its own, a piece of one, or nothing that can be used.
fn data(show: &mut Show<'_>, packet: &Packet<'_>, key: NoteKey, note: &PacketNote) {
    let Some((span, what)) = packet.data() else { return };
    if note.placed.single {
        let whole = Whole { key, what, transfer: note.transfer, repeated: note.placed.repeats.is_some() };
        let base = show.out.tree.base();
        show.out.tree.rebase(base + span.start);
        content::show(show, span.of(packet.bytes), &whole, note.placed.repeats.or(note.placed.relayed), None);
        show.out.tree.rebase(base);
        return;
    }
    show.out.tree.bytes(f::DATA, span);
    if let Some(id) = note.placed.id {
        let p2p = &show.session.p2p;
        let cut = p2p.messages.facts(id).and_then(|facts| facts.windows);
        let (offset, more) = (note.placed.offset, note.placed.more);
        let piece = windows::Piece { table: Table::P2p, id, offset, more, cut };
        windows::give(&p2p.windows, show.out, span, &piece);
    }
}
