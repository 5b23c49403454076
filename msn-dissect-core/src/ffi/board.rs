// SPDX-License-Identifier: GPL-2.0-or-later
//! Tables that are shown while the capture goes by, behind opaque pointers. The shim brings dissections and takes changes
//! back.

use std::{
    ffi::{CString, c_char},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
};

use super::dissection::{MsnDissection, told};
use crate::report::board::{Board, Change};

/// A table under way. Opaque to C.
pub struct MsnBoard {
    board: Option<Board>,
    made: Vec<Change>,
    changes: Vec<MsnChange>,
    cells: Vec<*const c_char>,
    texts: Vec<CString>,
}

/// A row that is new, changed or gone.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MsnChange {
    /// Its cells, as many as the table has columns, each NUL-terminated; null when the row goes and the last one takes its
    /// place.
    pub cells: *const *const c_char,
    /// Its number; that behind the last row makes a new row.
    pub row: u32,
}

/// A new, empty table with this number in the catalogue.
#[unsafe(no_mangle)]
pub extern "C" fn msn_board_new(table: u8) -> *mut MsnBoard {
    let new = || {
        let board = Board::new(table);
        Box::into_raw(Box::new(MsnBoard {
            board,
            made: Vec::new(),
            changes: Vec::new(),
            cells: Vec::new(),
            texts: Vec::new(),
        }))
    };
    catch_unwind(new).unwrap_or(ptr::null_mut())
}

/// Takes what a dissection tells; times are shown `offset` seconds east of UTC. Gives how many rows change, which
/// [`msn_board_changes`] has.
///
/// # Safety
/// `board` is null or came from [`msn_board_new`]; `dissection` was not given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_board_take(board: *mut MsnBoard, dissection: *const MsnDissection, offset: i32) -> u32 {
    // SAFETY: as the caller promises.
    let (Some(board), units) = (unsafe { board.as_mut() }, unsafe { told(dissection) }) else { return 0 };
    let take = AssertUnwindSafe(|| {
        board.made.clear();
        if let Some(table) = &mut board.board {
            for unit in units {
                let mut unit = unit.clone();
                unit.at.offset = offset;
                table.take(&unit, &mut board.made);
            }
        }
        board.hand_out();
    });
    if catch_unwind(take).is_err() {
        // What is half made is not shown any further.
        board.board = None;
        board.changes.clear();
    }
    board.changes.len() as u32
}

/// The changes of the last [`msn_board_take`], in their order; valid until the next one.
///
/// # Safety
/// `board` is null or came from [`msn_board_new`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_board_changes(board: *const MsnBoard) -> *const MsnChange {
    // SAFETY: as the caller promises.
    unsafe { board.as_ref() }.map_or(ptr::null(), |board| board.changes.as_ptr())
}

/// Ends a table.
///
/// # Safety
/// `board` is null or came from [`msn_board_new`], and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_board_free(board: *mut MsnBoard) {
    if !board.is_null() {
        // SAFETY: the caller gives back what `Box::into_raw` handed out.
        let board = unsafe { Box::from_raw(board) };
        let _ = catch_unwind(AssertUnwindSafe(|| drop(board)));
    }
}

impl MsnBoard {
    /// Makes the C strings of the changes; each string stays where it is while the list of strings grows.
    fn hand_out(&mut self) {
        self.texts.clear();
        self.cells.clear();
        self.changes.clear();
        for change in &self.made {
            if let Change::Set(_, cells) = change {
                for cell in cells {
                    let text = CString::new(cell.replace('\0', " ")).unwrap_or_default();
                    self.cells.push(text.as_ptr());
                    self.texts.push(text);
                }
            }
        }
        let mut cells = self.cells.as_slice();
        for change in &self.made {
            let change = match change {
                Change::Set(row, texts) => {
                    let (own, rest) = cells.split_at_checked(texts.len()).unwrap_or_default();
                    cells = rest;
                    MsnChange { cells: own.as_ptr(), row: *row as u32 }
                }
                Change::Remove(row) => MsnChange { cells: ptr::null(), row: *row as u32 },
            };
            self.changes.push(change);
        }
    }
}
