// SPDX-License-Identifier: GPL-2.0-or-later
//! One peer-to-peer packet: what it teaches, and how it is shown.

mod cam;
mod content;
mod first;
mod options;
mod place;
mod second;

use crate::{
    dissect::{
        reassembled,
        walk::{Learn, Show, frame_link},
    },
    fields::{Expert, Proto, ftp, link, p2p as f, reassembly},
    output::MAX_INFO,
    p2p::{self, Form, How, Purpose, Told},
    session::{
        FrameId, Session,
        notes::NoteKey,
        p2p::{
            flow::Route,
            messages::trouble,
            packets::{PacketLinks, PacketNote},
        },
        transfers::TransferId,
    },
    text,
    wire::Span,
};
use content::Whole;
use place::Learnt;

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
    fn data(&self) -> Option<(Span, Purpose)> {
        let (span, purpose) = match &self.form {
            Form::First(parts) => (parts.data, parts.header.purpose()),
            Form::Second(parts) => (parts.data, parts.purpose()),
            Form::Cut | Form::Unknown => return None,
        };
        (!span.is_empty()).then_some((span, purpose))
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
    (trouble::EVICTED, link::STATE_EVICTED),
];

/// Learns from a packet; `key` is where its note will be.
pub(crate) fn learn(learn: &mut Learn<'_>, packet: &Packet<'_>, route: &Route, key: NoteKey) {
    if packet.bytes.is_empty() {
        return;
    }
    let mut learnt = Learnt::default();
    match &packet.form {
        Form::First(parts) => first::learn(learn, packet, parts, route, key, &mut learnt),
        Form::Second(parts) => second::learn(learn, packet, parts, route, key, &mut learnt),
        Form::Cut | Form::Unknown => {}
    }
    let session = &mut *learn.session;
    session.p2p.notes.keep(key, learnt.note, learnt.links);
    if let (true, Some((span, purpose))) = (learnt.note.single, packet.data()) {
        let whole = Whole::single(key, purpose, &learnt.note, &learnt.links);
        content::learn(learn, span.of(packet.bytes), route, &whole);
    }
}

/// Shows a packet that stands at `start`; `key` is where its note is.
pub(crate) fn show(show: &mut Show<'_>, packet: &Packet<'_>, start: usize, key: NoteKey) {
    let wanted = show.out.tree.wanted() || show.packet.want_info || show.packet.want_objects;
    if packet.bytes.is_empty() {
        return;
    }
    show.out.tree.implies(Proto::MsnP2p);
    if !wanted {
        // Whoever counts protocols wants to know of what the packet carries.
        if show.session.p2p.slp_notes.get(key).is_some() {
            show.out.tree.implies(Proto::MsnSlp);
        }
        return;
    }
    let (note, links) = show.session.p2p.notes.get(key);
    let base = show.out.tree.base();
    show.out.tree.rebase(base + start);
    if show.packet.want_info && show.out.info.len() < MAX_INFO {
        let info = &mut show.out.info;
        let begins = info.is_empty() || info.ends_with("; ");
        info.push_str(if begins {
            ""
        } else if key.2 == 0 {
            ": "
        } else {
            ", "
        });
    }
    match &packet.form {
        Form::First(parts) => first::show(show, packet, parts, key, &note, &links),
        Form::Second(parts) => second::show(show, packet, parts, key, &note, &links),
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
fn packet_links(show: &mut Show<'_>, note: &PacketNote, links: &PacketLinks, key: NoteKey) {
    let tree = &mut show.out.tree;
    if !tree.wanted() {
        return;
    }
    let none = Span::default();
    if note.received > 0 && !note.single {
        let received = tree.number(f::RECEIVED, none, u64::from(note.received));
        tree.generated(received);
    }
    let frames = &show.session.frames;
    frame_link(tree, frames, f::REPEATS, links.repeats);
    frame_link(tree, frames, f::RELAYED, links.relayed);
    for (bit, expert) in TROUBLES {
        if note.trouble & bit != 0 {
            tree.expert(*expert);
        }
    }
    if let Some(total) = missing_for_good(show, note, key) {
        let text = format!("Transfer is incomplete: {} of {total} bytes arrived", note.received);
        show.out.tree.late_expert(ftp::TRANSFER_INCOMPLETE, Some(&text));
    }
    let tree = &mut show.out.tree;
    if !links.acknowledges.is_none() {
        frame_link(tree, frames, f::RESPONSE_TO, links.acknowledges);
        let span = tree.number(f::TIME, none, show.packet.time.wrapping_sub(links.acknowledged_time));
        tree.generated(span);
    }
    frame_link(tree, frames, f::RESPONSE_IN, note.acknowledged);
    if let Some(transfer) = note.transfer {
        transfer_items(show, transfer, note.offered);
    }
}

/// Says in the Info column what a piece belongs to, and how far it has come.
fn progress(info: &mut String, session: &Session, note: &PacketNote, far: &str) {
    info.push_str("P2P ");
    match note.transfer.and_then(|id| session.transfers.get(id)) {
        Some(transfer) if transfer.name.is_empty() => info.push_str(transfer.kind.name()),
        Some(transfer) => text::push_line(info, &format!("{} \"{}\"", transfer.kind.name(), transfer.name), MAX_LABEL),
        None => info.push_str("data"),
    }
    info.push_str(far);
}

/// Most characters of what a piece belongs to.
const MAX_LABEL: usize = 80;

/// Bytes of a message that is not whole, at the last packet that had a piece of it. Only a later pass knows that nothing
/// more comes.
fn missing_for_good(show: &Show<'_>, note: &PacketNote, key: NoteKey) -> Option<u32> {
    let facts = note.message.and_then(|id| show.session.p2p.messages.facts(id))?;
    (show.knows_later() && show.session.assembly.pending(facts.message) == Some(key)).then_some(facts.total)
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
fn data(show: &mut Show<'_>, packet: &Packet<'_>, key: NoteKey, note: &PacketNote, links: &PacketLinks) {
    let Some((span, purpose)) = packet.data() else { return };
    if note.single {
        let whole = Whole::single(key, purpose, note, links);
        let base = show.out.tree.base();
        show.out.tree.rebase(base + span.start);
        content::show(show, span.of(packet.bytes), &whole);
        show.out.tree.rebase(base);
        return;
    }
    show.out.tree.bytes(f::DATA, span);
    let session = show.session;
    let Some(facts) = note.message.and_then(|id| session.p2p.messages.facts(id)) else { return };
    reassembled::show(show, &reassembly::P2P, facts.message, key, |show, bytes| {
        content::show(show, bytes, &Whole::joined(key, facts.message, facts));
    });
}
