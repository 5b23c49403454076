// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows one peer-to-peer packet, learns from it, and hands its message on.

use crate::{
    dissect::walk::{Walk, frame_link},
    output::Table,
    session::FrameId,
};
mod cam;
mod content;
mod first;
mod second;

use super::windows;
use crate::{
    fields::{Expert, Proto, ftp, p2p as f},
    p2p::{self, control},
    session::{
        notes::NoteKey,
        p2p::{
            dialogs::SessionKind,
            flow::{Flow, Leg},
            messages::{Piece, Placed, trouble},
            packets::{How, Name, PacketNote},
        },
        transfers::{Transfer, TransferId},
    },
    wire::Span,
};
use content::What;
pub(crate) use content::message;

/// How a packet came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// Connection.
    pub leg: Leg,
    /// From whom to whom; known on the first pass only.
    pub flow: Flow,
    /// Version that the carrier implies, 0 = none.
    pub version: u8,
    /// How.
    pub how: How,
    /// Whether four bytes follow the data.
    pub footer: bool,
    /// Number of the packet within its body.
    pub index: usize,
}

impl Way {
    /// Over a direct connection, where no footer follows.
    fn is_direct(&self) -> bool {
        !self.footer
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

/// Shows the packet in `span` of `data`.
pub(crate) fn packet(walk: &mut Walk<'_>, data: &[u8], span: Span, way: &Way) {
    let bytes = span.of(data);
    if bytes.is_empty() {
        return;
    }
    let key = (walk.record.frame, walk.record.unit, (span.start + walk.out.tree.base()) as u32);
    let note = if walk.packet.first_pass {
        let (version, how) = version(bytes, way);
        let mut note = PacketNote { version, how, time: walk.packet.time, ..PacketNote::default() };
        match version {
            1 => first::learn(walk, bytes, way, key, &mut note),
            2 => second::learn(walk, bytes, way, key, &mut note),
            _ => {}
        }
        walk.session.p2p.notes.keep(key, note);
        note
    } else {
        walk.session.p2p.notes.get(key).copied().unwrap_or_else(|| {
            let (version, how) = version(bytes, way);
            PacketNote { version, how, ..PacketNote::default() }
        })
    };
    let base = walk.out.tree.base();
    walk.out.tree.rebase(base + span.start);
    if walk.packet.want_info && walk.out.info.len() < crate::output::MAX_INFO {
        walk.out.info.push_str(if way.index == 0 { ": " } else { ", " });
    }
    match note.version {
        1 => first::show(walk, bytes, way, key, &note),
        2 => second::show(walk, bytes, way, key, &note),
        _ => unknown(walk, bytes),
    }
    walk.out.tree.rebase(base);
}

/// The version of a packet: what the carrier implies, unless the packet has the shape of the other one.
fn version(bytes: &[u8], way: &Way) -> (u8, How) {
    match (way.version, p2p::shape(bytes, way.footer)) {
        (0, Some(shape)) => (shape, How::Shape),
        (0, None) => (0, How::Unknown),
        (told, Some(shape)) if told != shape => (shape, How::ShapeAgainst),
        (told, _) => (told, way.how),
    }
}

fn unknown(walk: &mut Walk<'_>, bytes: &[u8]) {
    if walk.packet.want_info {
        walk.out.info.push_str("P2P");
    }
    let span = Span::new(0, bytes.len());
    let tree = &mut walk.out.tree;
    tree.protocol(Proto::MsnP2p, span, "header of unknown version");
    tree.bytes(f::DATA, span);
    tree.expert(f::VERSION_UNKNOWN);
    tree.close();
}

impl Walk<'_> {
    /// Finds the place of a piece of a message, and what it belongs to.
    fn place_piece(&mut self, piece: &Piece<'_>, flags: u32, app_id: Option<u32>, what: &What, note: &mut PacketNote) {
        let state = &mut self.session.p2p;
        let placed = state.messages.place(piece, flags, app_id);
        note.placed = Placed { trouble: note.placed.trouble | placed.trouble, ..placed };
        let total = piece.total.unwrap_or(0);
        let Some(dialog) = state.dialogs.of_session(piece.key.session_id, piece.key.flow) else {
            return self.unannounced(piece, what, note);
        };
        let Some(dialog) = state.dialogs.get_mut(dialog) else { return };
        if let (Some(facts), Some(transfer)) = (placed.id.and_then(|id| state.messages.facts_mut(id)), dialog.transfer)
        {
            facts.transfer = Some(transfer);
        }
        if dialog.kind == SessionKind::Items || content::is_preparation(piece.data, what) {
            return;
        }
        dialog.arrived = dialog.arrived.max(placed.received);
        dialog.complete |= placed.whole;
        let offered = dialog.transfer.and_then(|id| self.session.transfers.get(id)).and_then(|transfer| transfer.size);
        if piece.offset == Some(0) && total != 0 && offered.is_some_and(|offered| offered != total) {
            note.placed.trouble |= trouble::SIZE_DIFFERS;
        }
    }

    /// Makes a transfer for data whose invitation was not seen, when its message begins.
    fn unannounced(&mut self, piece: &Piece<'_>, what: &What, note: &mut PacketNote) {
        let placed = &note.placed;
        let known = placed.id.and_then(|id| self.session.p2p.messages.facts(id)).and_then(|facts| facts.transfer);
        let control = match placed.single {
            true => control::parse(piece.data).is_some(),
            false => control::starts(piece.data),
        };
        let items = control || content::is_preparation(piece.data, what);
        if known.is_some() || piece.key.session_id == 0 || items || (placed.id.is_none() && !placed.single) {
            note.transfer = known;
            return;
        }
        let size = piece.total;
        let transfer = Transfer { size, ..content::unannounced(what, piece.key.flow) };
        note.transfer = self.session.transfers.add(transfer);
        if let Some(facts) = placed.id.and_then(|id| self.session.p2p.messages.facts_mut(id)) {
            facts.transfer = note.transfer;
        }
    }

    /// Notes which session a packet belongs to.
    fn belongs(&self, session_id: u32, way: &Way, note: &mut PacketNote) {
        let dialogs = &self.session.p2p.dialogs;
        let Some(dialog) = dialogs.of_session(session_id, way.flow).and_then(|id| dialogs.get(id)) else { return };
        note.transfer = dialog.transfer;
        note.offered = dialog.invitation(way.leg).map_or(FrameId::NONE, |key| key.0);
    }

    /// Links an acknowledgement with the packet it names; the first of the names that is known counts.
    fn acknowledge(&mut self, way: &Way, names: &[Name], note: &mut PacketNote) {
        let packets = &self.session.p2p.packets;
        let target = names.iter().find_map(|name| packets.acknowledged(way.leg, way.flow, *name));
        let Some(target) = target else {
            note.placed.trouble |= trouble::UNKNOWN_ACK;
            return;
        };
        let Some(other) = self.session.p2p.notes.get_mut(target) else { return };
        note.acknowledges = Some((target.0, other.time));
        if other.acknowledged.is_none() {
            other.acknowledged = self.packet.frame;
        }
    }

    /// Remembers a packet under a name that an acknowledgement will use.
    fn expect_ack(&mut self, way: &Way, name: Name, key: NoteKey) {
        self.session.p2p.packets.expect_ack(way.leg, way.flow, name, key);
    }

    /// Shows a packet whose header is not all there.
    fn cut_header(&mut self, whole: Span) {
        if self.packet.want_info {
            self.out.info.push_str("P2P header cut short");
        }
        let tree = &mut self.out.tree;
        tree.protocol(Proto::MsnP2p, whole, "header cut short");
        tree.bytes(f::DATA, whole);
        tree.expert(f::HEADER_CUT);
        tree.close();
    }

    /// The header version, and how it is known.
    fn version_item(&mut self, note: &PacketNote) {
        let tree = &mut self.out.tree;
        let version = tree.number(f::VERSION, Span::default(), u64::from(note.version));
        let how = match note.how {
            How::Endpoint => "an endpoint is named",
            How::PlainAccount => "no endpoint is named",
            How::Handshake => "told by the handshake",
            How::Shape => "inferred from the shape of the packet",
            How::ShapeAgainst => "inferred from the shape of the packet, against what carries it",
            How::Unknown => "unknown",
        };
        tree.note(version, how);
        tree.generated(version);
        match note.how {
            How::Shape => tree.expert(f::VERSION_INFERRED),
            How::ShapeAgainst => tree.expert(f::VERSION_ODD),
            _ => {}
        }
    }

    /// What is known of the packet beyond its bytes.
    fn packet_links(&mut self, note: &PacketNote, key: NoteKey) {
        if !self.out.tree.wanted() {
            return;
        }
        let none = Span::default();
        let placed = &note.placed;
        if placed.received > 0 && !placed.single {
            let received = self.out.tree.number(f::RECEIVED, none, placed.received);
            self.out.tree.generated(received);
        }
        for (field, frame) in [(f::REPEATS, placed.repeats), (f::RELAYED, placed.relayed)] {
            if let Some(frame) = frame {
                frame_link(&mut self.out.tree, &self.session.frames, field, frame);
            }
        }
        for (bit, expert) in TROUBLES {
            if placed.trouble & bit != 0 {
                self.out.tree.expert(*expert);
            }
        }
        self.incomplete(placed, key);
        if let Some((frame, time)) = note.acknowledges {
            frame_link(&mut self.out.tree, &self.session.frames, f::RESPONSE_TO, frame);
            let span = self.out.tree.number(f::TIME, none, self.packet.time.wrapping_sub(time));
            self.out.tree.generated(span);
        }
        frame_link(&mut self.out.tree, &self.session.frames, f::RESPONSE_IN, note.acknowledged);
        if let Some(transfer) = note.transfer {
            self.transfer_items(transfer, note.offered);
        }
    }

    /// Says at its last packet that a message is not whole. Only a later pass knows that nothing more comes.
    fn incomplete(&mut self, placed: &Placed, key: NoteKey) {
        let facts = placed.id.and_then(|id| self.session.p2p.messages.facts(id));
        let Some(facts) = facts.filter(|facts| !facts.whole && facts.last == key && !self.packet.first_pass) else {
            return;
        };
        let text = format!("Transfer is incomplete: {} of {} bytes arrived", placed.received, facts.total);
        self.out.tree.expert_text(ftp::TRANSFER_INCOMPLETE, &text);
    }

    /// What the session of a packet transfers.
    pub(super) fn transfer_items(&mut self, id: TransferId, offered: FrameId) {
        let Some(transfer) = self.session.transfers.get(id) else { return };
        let names = &self.session.names;
        let tree = &mut self.out.tree;
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
        if offered != self.packet.frame {
            frame_link(tree, &self.session.frames, f::OFFERED_IN, offered);
        }
    }

    /// The data of a packet: a message of its own, a piece of one, or nothing that can be used.
    fn data(&mut self, bytes: &[u8], span: Span, way: &Way, key: NoteKey, note: &PacketNote, what: &What) {
        if span.is_empty() {
            return;
        }
        if note.placed.single {
            return content::show(self, span.of(bytes), span, way, key, note, what);
        }
        self.out.tree.bytes(f::DATA, span);
        if let Some(id) = note.placed.id {
            let p2p = &mut self.session.p2p;
            let cut = p2p.messages.facts(id).and_then(|facts| facts.windows);
            let (offset, more) = (note.placed.offset, note.placed.more);
            windows::give(
                &mut p2p.windows,
                self.out,
                span,
                &windows::Piece { table: Table::P2p, id, offset, more, cut },
            );
        }
    }
}
