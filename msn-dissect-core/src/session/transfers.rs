// SPDX-License-Identifier: GPL-2.0-or-later
//! Objects that one party sends to another, by whatever path: what was offered, and what became of it.

use super::{
    losses::{Loss, Losses},
    names::NameId,
};
use crate::session::FrameId;
pub use crate::values::transfers::TransferKind;
use std::num::NonZeroU32;

/// An offered transfer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    /// What is transferred.
    pub kind: TransferKind,
    /// Name of the file, or friendly name or location of the object, as the offer gives it: not safe as a file name.
    pub name: Box<str>,
    /// Bytes that the offer promises.
    pub size: Option<u64>,
    /// Account that sends the bytes; may be no name.
    pub sender: NameId,
    /// Account that receives them; may be no name.
    pub receiver: NameId,
    /// SHA-1 that the offer promises.
    pub sha1d: Option<[u8; 20]>,
    /// Kind of session, where no kind of transfer is known for it.
    pub euf: Option<[u8; 16]>,
    /// Number of the session that carries it, 0 = none.
    pub session_id: u32,
    /// Frame of the offer, 0 = not seen.
    pub offered: FrameId,
    /// These bytes were seen whole before, in this frame: on the other side of a switchboard. Not to be counted again.
    pub repeats: Option<FrameId>,
}

/// Number of a transfer within a session; the same on every pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransferId(NonZeroU32);

/// Most transfers remembered.
pub const MAX_TRANSFERS: usize = 1 << 18;

/// Longest name remembered, in bytes: 260 UTF-16 units (fact base: p2p 7).
pub const MAX_NAME: usize = 1040;

/// All transfers of a capture.
#[derive(Debug)]
pub struct Transfers {
    rows: Vec<Transfer>,
    losses: Losses,
}

impl Transfers {
    /// No transfers; those that are not remembered are reported.
    pub fn new(losses: &Losses) -> Self {
        Transfers { rows: Vec::new(), losses: losses.clone() }
    }

    /// Remembers a transfer.
    pub fn add(&mut self, mut transfer: Transfer) -> Option<TransferId> {
        if self.rows.len() >= MAX_TRANSFERS {
            self.losses.report(Loss::Transfer);
            return None;
        }
        if transfer.name.len() > MAX_NAME {
            let end = (0..=MAX_NAME).rev().find(|&at| transfer.name.is_char_boundary(at)).unwrap_or(0);
            transfer.name = transfer.name.get(..end).unwrap_or_default().into();
        }
        self.rows.push(transfer);
        NonZeroU32::new(self.rows.len() as u32).map(TransferId)
    }

    /// A transfer by its number.
    pub fn get(&self, id: TransferId) -> Option<&Transfer> {
        self.rows.get(id.0.get() as usize - 1)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_between_letters() {
        let mut transfers = Transfers::new(&Losses::default());
        let name: Box<str> = "é".repeat(MAX_NAME).into();
        let id = transfers.add(Transfer { name, ..Transfer::default() }).unwrap();
        assert_eq!(transfers.get(id).unwrap().name.len(), MAX_NAME);
        assert_eq!(transfers.len(), 1);
    }

    #[test]
    fn object_types_have_kinds() {
        assert_eq!(TransferKind::of_object_type(8).name(), "wink");
        assert_eq!(TransferKind::of_object_type(99), TransferKind::Object);
    }
}
