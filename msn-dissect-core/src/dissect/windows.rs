// SPDX-License-Identifier: GPL-2.0-or-later
//! Gives the pieces of large messages to the reassembly by way of windows.

use crate::{
    output::{Dissection, Fragment, Table},
    session::{
        Session,
        windows::{Cut, Part, Windows},
    },
    wire::Span,
};

/// A piece of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Reassembly table.
    pub table: Table,
    /// Number of the message.
    pub id: u32,
    /// Place of the piece.
    pub offset: u32,
    /// More follows behind it.
    pub more: bool,
    /// How the message is cut, if it is put together in windows.
    pub cut: Option<Cut>,
}

/// Gives a piece that was taken apart before.
pub(super) fn given(windows: &Windows, out: &mut Dissection, span: Span, piece: &Piece) {
    let &Piece { table, id, offset, more, cut } = piece;
    let len = span.len() as u32;
    let Some(cut) = cut else {
        return fragment(out, span, table, &Part { id, offset, more, bytes: 0..len });
    };
    for part in windows.parts(id, cut, offset, len) {
        fragment(out, span, table, &part);
    }
}

/// Gives a window that is whole to the one above it, or to the message; tells whether the number is a window's.
pub(super) fn whole(session: &mut Session, table: Table, id: u32, data: &[u8], out: &mut Dissection) -> bool {
    let windows = match table {
        Table::Ftp => &mut session.ftp.windows,
        Table::Gateway => return false,
    };
    let Some(part) = windows.whole(id) else { return false };
    // Bytes of another length are not this window.
    if part.bytes.end as usize == data.len() {
        fragment(out, Span::new(0, data.len()), table, &part);
    }
    true
}

fn fragment(out: &mut Dissection, span: Span, table: Table, part: &Part) {
    let at = Span::new(span.start + part.bytes.start as usize, span.start + part.bytes.end as usize);
    let (id, offset, more) = (part.id, part.offset, part.more);
    out.fragment(at, Fragment { table, id, start: 0, len: 0, source: 0, offset, numbered: false, more });
}
