// SPDX-License-Identifier: GPL-2.0-or-later
//! What packets of both versions teach alike: where their data belongs, and which packets they speak of.

use super::content::{self, Whole};
use crate::{
    dissect::walk::Learn,
    p2p::{Purpose, control},
    session::{
        FrameId,
        notes::NoteKey,
        p2p::{
            dialogs::SessionKind,
            flow::Route,
            messages::{MessageKey, P2pMessageId, Piece, Placed, trouble},
            packets::{Name, PacketLinks, PacketNote},
        },
        transfers::Transfer,
    },
};

/// What is being learnt about a packet.
#[derive(Debug, Default)]
pub(super) struct Learnt {
    pub note: PacketNote,
    pub links: PacketLinks,
}

/// Finds the place of a piece of a message, and what it belongs to. A message that becomes whole is learnt from at once.
pub(super) fn piece(learn: &mut Learn<'_>, piece: &Piece<'_>, purpose: Purpose, learnt: &mut Learnt) {
    let session = &mut *learn.session;
    let (placed, whole) = session.p2p.messages.place(&mut session.assembly, piece, purpose);
    let (note, links) = (&mut learnt.note, &mut learnt.links);
    (note.message, note.single, note.received) = (placed.id, placed.single, placed.received);
    note.trouble |= placed.trouble;
    (links.repeats, links.relayed) = (placed.repeats, placed.relayed);
    belongs_to(learn, piece, purpose, &placed, learnt);
    if let (Some(key), Some(id)) = (whole, placed.id) {
        message(learn, id, &key, piece);
    }
}

/// Finds the session of a piece.
fn belongs_to(learn: &mut Learn<'_>, piece: &Piece<'_>, purpose: Purpose, placed: &Placed, learnt: &mut Learnt) {
    let p2p = &mut learn.session.p2p;
    let Some(dialog) = p2p.dialogs.of_session(piece.key.leg, piece.key.session_id, piece.key.flow) else {
        learnt.note.transfer = unannounced(learn, piece, purpose, placed);
        return;
    };
    let Some(dialog) = p2p.dialogs.get_mut(dialog) else { return };
    if let (Some(facts), Some(transfer)) = (placed.id.and_then(|id| p2p.messages.facts_mut(id)), dialog.transfer) {
        facts.transfer = Some(transfer);
    }
    if dialog.kind == SessionKind::Items || content::is_preparation(piece.data, purpose) {
        return;
    }
    dialog.arrived = dialog.arrived.max(u64::from(placed.received));
    dialog.complete |= placed.whole;
    let offered = dialog.transfer.and_then(|id| learn.session.transfers.get(id)).and_then(|transfer| transfer.size);
    let total = piece.total.filter(|&total| total != 0 && piece.offset == Some(0));
    if total.is_some_and(|total| offered.is_some_and(|offered| offered != total)) {
        learnt.note.trouble |= trouble::SIZE_DIFFERS;
    }
}

/// Makes a transfer for data whose invitation was not seen, when its message begins; gives the one it has otherwise.
fn unannounced(
    learn: &mut Learn<'_>,
    piece: &Piece<'_>,
    purpose: Purpose,
    placed: &Placed,
) -> Option<crate::session::transfers::TransferId> {
    let known = placed.id.and_then(|id| learn.session.p2p.messages.facts(id)).and_then(|facts| facts.transfer);
    let control = match placed.single {
        true => control::parse(piece.data).is_some(),
        false => control::starts(piece.data),
    };
    let items = control || content::is_preparation(piece.data, purpose);
    if known.is_some() || piece.key.session_id == 0 || items || (placed.id.is_none() && !placed.single) {
        return known;
    }
    let transfer = Transfer { size: piece.total, ..content::unannounced(purpose, piece.key.flow) };
    let made = learn.session.transfers.add(transfer);
    if let Some(facts) = placed.id.and_then(|id| learn.session.p2p.messages.facts_mut(id)) {
        facts.transfer = made;
    }
    made
}

/// Learns from a message that a piece made whole.
fn message(learn: &mut Learn<'_>, id: P2pMessageId, key: &MessageKey, piece: &Piece<'_>) {
    let Some(&facts) = learn.session.p2p.messages.facts(id) else { return };
    let is_clear = learn.session.assembly.whole(facts.message).is_some_and(|whole| !whole.is_ambiguous());
    let Some(bytes) = learn.session.assembly.lend(facts.message) else { return };
    if is_clear {
        let route = Route { leg: key.leg, flow: key.flow, direct: piece.direct };
        let whole = Whole::joined(piece.note, facts.message, &facts);
        let made = content::learn(learn, &bytes, &route, &whole);
        if let Some(facts) = learn.session.p2p.messages.facts_mut(id) {
            facts.transfer = facts.transfer.or(made);
        }
    }
    learn.session.assembly.give_back(facts.message, bytes);
}

/// Notes which session a packet belongs to.
pub(super) fn belongs(learn: &Learn<'_>, session_id: u32, route: &Route, note: &mut PacketNote) {
    let dialogs = &learn.session.p2p.dialogs;
    let Some(dialog) = dialogs.of_session(route.leg, session_id, route.flow).and_then(|id| dialogs.get(id)) else {
        return;
    };
    note.transfer = dialog.transfer;
    note.offered = dialog.invitation(route.leg).map_or(FrameId::NONE, |key| key.0);
}

/// Links an acknowledgement with the packet it names; the first of the names that is known counts.
pub(super) fn acknowledge(learn: &mut Learn<'_>, route: &Route, names: &[Name], learnt: &mut Learnt) {
    let p2p = &mut learn.session.p2p;
    let target = names.iter().find_map(|name| p2p.packets.acknowledged(route.leg, route.flow, *name));
    let Some(target) = target else {
        learnt.note.trouble |= trouble::UNKNOWN_ACK;
        return;
    };
    (learnt.links.acknowledges, learnt.links.acknowledged_time) = (target.key.0, target.time);
    p2p.notes.acknowledge(target.key, learn.packet.frame);
}

/// Remembers a packet under a name that an acknowledgement will use.
pub(super) fn expect_ack(learn: &mut Learn<'_>, route: &Route, name: Name, key: NoteKey) {
    let time = learn.packet.time;
    learn.session.p2p.packets.expect_ack(route.leg, route.flow, name, key, time);
}
