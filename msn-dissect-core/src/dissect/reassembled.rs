// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows at a piece what is known of the message that it belongs to, and the message itself where it becomes whole.

use std::fmt::Write;

use crate::{
    dissect::walk::{Show, frame_link},
    fields::reassembly::Reassembly,
    item::Tree,
    output::Dissection,
    session::{
        NoteKey, Place, Session,
        assembly::{MessageId, Piece, Whole},
        frames::Frames,
    },
    wire::Span,
};

/// Most pieces of a message that are shown one by one.
pub const MAX_SHOWN: usize = 1000;

/// Most characters of the line that lists the pieces; Wireshark shows no longer ones.
const MAX_LINE: usize = 240;

/// Shows what the piece that stands at `key` is to its message. Where it makes the message whole, the message is
/// shown by `content`, unless its pieces contradict each other.
pub(crate) fn show(
    show: &mut Show<'_>,
    fields: &Reassembly,
    message: MessageId,
    key: NoteKey,
    content: impl FnOnce(&mut Show<'_>, &[u8]),
) {
    let session = show.session;
    let Some(whole) = session.assembly.whole(message) else { return };
    if whole.at() != key {
        if whole.at().0 != key.0 {
            frame_link(&mut show.out.tree, &session.frames, fields.reassembled_in, whole.at().0);
        }
        return;
    }
    let mark = show.out.tree.enter_message(message, whole.bytes().len());
    pieces(&mut show.out.tree, &session.frames, fields, whole);
    if !whole.is_ambiguous() {
        content(show, whole.bytes());
    } else if show.packet.want_info {
        show.out.info.push_str(" [Illegal fragments]");
    }
    show.out.tree.leave_source(mark);
}

/// Names the frames without which the messages are not whole that a PDU makes so.
pub(crate) fn depend(session: &Session, place: Place, out: &mut Dissection) {
    for piece in session.assembly.whole_in(place).flat_map(Whole::pieces).filter(|piece| piece.frame() != place.frame) {
        let number = session.frames.number(piece.frame());
        out.depends.extend(number.filter(|number| out.depends.last() != Some(number)));
    }
}

fn bytes(count: usize) -> String {
    format!("{count} byte{}", if count == 1 { "" } else { "s" })
}

/// The heading of a list of pieces.
fn heading(frames: &Frames, whole: &Whole) -> String {
    let count = whole.pieces().len();
    let name = if count == 1 { "Fragment" } else { "Fragments" };
    let mut line = format!("{count} {name} ({}): ", bytes(whole.bytes().len()));
    for (index, piece) in whole.pieces().iter().enumerate() {
        if line.len() > MAX_LINE {
            break;
        }
        let separator = if index == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = match frames.number(piece.frame()) {
            Some(number) => write!(line, "{separator}#{number}({})", piece.len()),
            None => write!(line, "{separator}#?({})", piece.len()),
        };
    }
    line
}

/// Lists the pieces of a message that is whole.
fn pieces(tree: &mut Tree, frames: &Frames, fields: &Reassembly, whole: &Whole) {
    if !tree.wanted() {
        return;
    }
    let len = whole.bytes().len();
    let all = Span::new(0, len);
    let none = Span::default();
    let list = tree.labelled(fields.fragments, all, 0, &heading(frames, whole));
    tree.generated(list);
    tree.open(list);
    for one in whole.pieces().iter().take(MAX_SHOWN) {
        piece(tree, frames, fields, one);
    }
    if let Some(left) = whole.pieces().len().checked_sub(MAX_SHOWN).filter(|&left| left > 0) {
        let more = tree.label(none, &format!("{left} more fragments are not listed"));
        tree.generated(more);
    }
    let count = tree.number(fields.count, none, whole.pieces().len() as u64);
    tree.generated(count);
    let length = tree.number(fields.length, none, len as u64);
    tree.generated(length);
    let data = tree.bytes(fields.data, all);
    tree.generated(data);
    tree.close();
}

fn piece(tree: &mut Tree, frames: &Frames, fields: &Reassembly, piece: &Piece) {
    let Some(number) = frames.number(piece.frame()) else { return };
    let (start, len) = (piece.offset() as usize, piece.len() as usize);
    let label = match len {
        0 => format!("Frame: {number} (no data)"),
        _ => format!("Frame: {number}, payload: {start}-{} ({})", start + len - 1, bytes(len)),
    };
    let field = if piece.differs() { fields.error } else { fields.fragment };
    let item = tree.labelled(field, Span::new(start, start + len), u64::from(number), &label);
    tree.generated(item);
    if !piece.overlaps() {
        return;
    }
    tree.open(item);
    for (field, is) in [(fields.overlap, true), (fields.conflict, piece.differs())] {
        if is {
            let flag = tree.number(field, Span::default(), 1);
            tree.generated(flag);
        }
    }
    tree.close();
}
