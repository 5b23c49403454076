// SPDX-License-Identifier: GPL-2.0-or-later
//! Where PDUs begin and end. In: bytes, and what is known before them. Out: what stands at their start. Nothing here
//! depends on anything else, so that a later pass that knows the same cuts the same PDUs.

use crate::packet::Need;

/// What stands at the start of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<T> {
    /// A PDU, and how many bytes of it are there.
    Unit(T, usize),
    /// So many bytes in which no PDU begins.
    Noise(usize),
    /// A PDU whose end has not come, and what is missing.
    Partial(Need),
}

/// Finds the PDUs of one kind of conversation. It may keep room for what it reads, but nothing that it read.
pub trait Framer: Default {
    /// What it relies on beside the bytes.
    type Context;
    /// A PDU.
    type Pdu<'a>
    where
        Self: 'a;

    /// What stands at the start of `bytes`, which are some; `more` says that more of them can be asked for. A step that is
    /// not [`Step::Partial`] takes one byte at least.
    fn next<'a>(&'a mut self, bytes: &'a [u8], known: &Self::Context, more: bool) -> Step<Self::Pdu<'a>>;
}
