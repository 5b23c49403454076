// SPDX-License-Identifier: GPL-2.0-or-later
//! What packets of both versions teach alike: where their data belongs, and which packets they speak of.

use super::content::{self, What};
use crate::{
    dissect::walk::Learn,
    p2p::control,
    session::{
        FrameId,
        notes::NoteKey,
        p2p::{
            dialogs::SessionKind,
            flow::Route,
            messages::{Piece, Placed, trouble},
            packets::{Name, PacketNote},
        },
        transfers::Transfer,
    },
};

/// Finds the place of a piece of a message, and what it belongs to.
pub(super) fn piece(
    learn: &mut Learn<'_>,
    piece: &Piece<'_>,
    flags: u32,
    app_id: Option<u32>,
    what: &What,
    note: &mut PacketNote,
) {
    let state = &mut learn.session.p2p;
    let placed = state.messages.place(piece, flags, app_id);
    note.placed = Placed { trouble: note.placed.trouble | placed.trouble, ..placed };
    if let Some(facts) = placed.id.and_then(|id| state.messages.facts(id))
        && let (Some(cut), Some(id)) = (facts.windows, placed.id)
    {
        state.windows.split(id, cut, placed.offset, piece.data.len() as u32);
    }
    let total = piece.total.unwrap_or(0);
    let Some(dialog) = state.dialogs.of_session(piece.key.session_id, piece.key.flow) else {
        return unannounced(learn, piece, what, note);
    };
    let Some(dialog) = state.dialogs.get_mut(dialog) else { return };
    if let (Some(facts), Some(transfer)) = (placed.id.and_then(|id| state.messages.facts_mut(id)), dialog.transfer) {
        facts.transfer = Some(transfer);
    }
    if dialog.kind == SessionKind::Items || content::is_preparation(piece.data, what) {
        return;
    }
    dialog.arrived = dialog.arrived.max(placed.received);
    dialog.complete |= placed.whole;
    let offered = dialog.transfer.and_then(|id| learn.session.transfers.get(id)).and_then(|transfer| transfer.size);
    if piece.offset == Some(0) && total != 0 && offered.is_some_and(|offered| offered != total) {
        note.placed.trouble |= trouble::SIZE_DIFFERS;
    }
}

/// Makes a transfer for data whose invitation was not seen, when its message begins.
fn unannounced(learn: &mut Learn<'_>, piece: &Piece<'_>, what: &What, note: &mut PacketNote) {
    let placed = &note.placed;
    let known = placed.id.and_then(|id| learn.session.p2p.messages.facts(id)).and_then(|facts| facts.transfer);
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
    note.transfer = learn.session.transfers.add(transfer);
    if let Some(facts) = placed.id.and_then(|id| learn.session.p2p.messages.facts_mut(id)) {
        facts.transfer = note.transfer;
    }
}

/// Notes which session a packet belongs to.
pub(super) fn belongs(learn: &Learn<'_>, session_id: u32, route: &Route, note: &mut PacketNote) {
    let dialogs = &learn.session.p2p.dialogs;
    let Some(dialog) = dialogs.of_session(session_id, route.flow).and_then(|id| dialogs.get(id)) else { return };
    note.transfer = dialog.transfer;
    note.offered = dialog.invitation(route.leg).map_or(FrameId::NONE, |key| key.0);
}

/// Links an acknowledgement with the packet it names; the first of the names that is known counts.
pub(super) fn acknowledge(learn: &mut Learn<'_>, route: &Route, names: &[Name], note: &mut PacketNote) {
    let packets = &learn.session.p2p.packets;
    let target = names.iter().find_map(|name| packets.acknowledged(route.leg, route.flow, *name));
    let Some(target) = target else {
        note.placed.trouble |= trouble::UNKNOWN_ACK;
        return;
    };
    let Some(other) = learn.session.p2p.notes.get_mut(target) else { return };
    note.acknowledges = Some((target.0, other.time));
    if other.acknowledged.is_none() {
        other.acknowledged = learn.packet.frame;
    }
}

/// Remembers a packet under a name that an acknowledgement will use.
pub(super) fn expect_ack(learn: &mut Learn<'_>, route: &Route, name: Name, key: NoteKey) {
    learn.session.p2p.packets.expect_ack(route.leg, route.flow, name, key);
}
