// SPDX-License-Identifier: GPL-2.0-or-later
//! How much the tree of one frame holds. Bytes that say little can be shown in many words, and a frame may be made of
//! nothing else; without a limit its tree would take all memory, here and in Wireshark.

use super::{Item, Kind, NO_RANGE, Tree, WITH_BITS};
use crate::{
    fields::{Field, Type, def, expert},
    wire::Span,
};

/// Most rows of a frame: items, and those that a sum of bits becomes. Wireshark stops at a million.
pub const MAX_ROWS: usize = 250_000;

/// Most bytes of strings and of decoded sources of a frame.
pub const MAX_BYTES: usize = 32 << 20;

/// Most sources of a tree. Wireshark looks through their list for each one that it adds, and for each row that it prints.
pub const MAX_SOURCES: u16 = 1000;

/// Rows of a frame after which nothing is listed any more that other commands of it list, too.
const MANY_ROWS: usize = MAX_ROWS / 10;

/// What the trees of a frame hold so far: one frame may be dissected in several steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Rows.
    pub rows: usize,
    /// Bytes of strings.
    pub bytes: usize,
    /// Something found no room, which was told.
    pub full: bool,
}

/// What there is room for.
#[derive(Debug, Default)]
pub(super) struct Limit {
    /// What earlier trees of the frame hold.
    before: Used,
    /// Rows of this one.
    pub rows: usize,
    full: bool,
}

impl Tree {
    /// Goes on with a frame of which other trees show this much.
    pub(crate) fn continue_from(&mut self, before: Used) {
        self.limit.before = before;
        self.limit.full = before.full;
    }

    /// What this tree and those before it hold.
    pub(crate) fn used(&self) -> Used {
        let Limit { before, rows, full } = self.limit;
        Used { rows: before.rows + rows, bytes: before.bytes + self.arena.len(), full }
    }

    /// Whether the frame has so many rows that what several commands say alike is not said again.
    pub(crate) fn is_crowded(&self) -> bool {
        self.limit.before.rows + self.limit.rows > MANY_ROWS
    }

    /// Whether something found no room: then nothing finds any.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.limit.full
    }

    /// Whether there is room for so much more; counts nothing.
    #[inline]
    pub(super) fn fits(&self, rows: usize, bytes: usize) -> bool {
        let Limit { before, rows: own, full } = self.limit;
        !full && before.rows + own + rows <= MAX_ROWS && before.bytes + self.arena.len() + bytes < MAX_BYTES
    }

    /// Whether there is room for a string of an item that is there.
    pub(super) fn has_bytes(&mut self, len: usize) -> bool {
        self.fits(0, len) || self.refuse()
    }

    /// Whether there is room for an item; counts it.
    #[inline]
    pub(super) fn has_room(&mut self, id: u16, flags: u8, bytes: usize) -> bool {
        let rows = if flags & WITH_BITS == 0 { 1 } else { 1 + bits(Field(id)) };
        if self.fits(rows, bytes) {
            self.limit.rows += rows;
            return true;
        }
        self.refuse()
    }

    /// Whether there is room for a source of so many bytes and letters.
    pub(super) fn has_source(&mut self, len: usize) -> bool {
        let ends = 2;
        (self.sources < MAX_SOURCES && self.fits(1, len + ends)) || self.refuse()
    }

    /// Tells, once, that something found no room.
    fn refuse(&mut self) -> bool {
        if !self.limit.full {
            self.limit.full = true;
            self.unhide();
            let blank = self.blank(Span::default());
            self.add(Item { id: expert::TREE_FULL.0, kind: Kind::Expert as u8, flags: NO_RANGE, ..blank });
        }
        false
    }
}

/// Fields that a sum of bits becomes.
fn bits(field: Field) -> usize {
    match def(field).map(|def| def.kind) {
        Some(Type::Bits(_, bits, number)) => bits.len() + usize::from(number.is_some()),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fields::{Expert, Proto, command as f},
        item::{CLOSE_KIND, OPEN},
        session::assembly::MessageId,
    };

    fn count(tree: &Tree, wanted: impl Fn(&Item) -> bool) -> usize {
        tree.items().iter().filter(|item| wanted(item)).count()
    }

    fn told(tree: &Tree, expert: Expert) -> usize {
        count(tree, |item| item.kind == Kind::Expert as u8 && item.id == expert.0)
    }

    /// As much as there is no room for.
    fn fill(tree: &mut Tree, show: impl Fn(&mut Tree)) {
        for _ in 0..MAX_ROWS {
            let unit = tree.protocol(Proto::Msn, Span::default(), "");
            show(tree);
            tree.set_text(unit, "label");
            tree.close();
        }
    }

    #[test]
    fn rows_and_strings_are_bounded_and_the_end_is_told_once() {
        let long = "x".repeat(5000);
        let message = |tree: &mut Tree, number| {
            let mark = tree.enter_message(MessageId::of(number).unwrap(), 5);
            tree.bytes(f::PAYLOAD, Span::default());
            tree.leave_source(mark);
        };
        let number = std::cell::Cell::new(0);
        let shows: [&dyn Fn(&mut Tree); 6] = [
            &|tree| {
                number.set(number.get() + 1);
                message(tree, number.get());
            },
            &|tree| tree.expert(expert::INTERNAL),
            &|tree| {
                tree.bits(f::CAPABILITIES, Span::default(), 1);
            },
            &|tree| {
                let heading = tree.text(f::OBJECT, Span::default(), &long);
                tree.open(heading);
                tree.note(heading, &long);
                tree.close();
            },
            &|tree| {
                let mark = tree.enter_source(long.as_bytes(), "source");
                tree.bytes(f::PAYLOAD, Span::default());
                tree.leave_source(mark);
            },
            &|tree| {
                let mark = tree.enter_source(b"x", "");
                tree.leave_source(mark);
            },
        ];
        for show in shows {
            let mut tree = Tree::new(true);
            fill(&mut tree, show);
            assert_eq!((told(&tree, expert::TREE_FULL), tree.depth()), (1, 0));
            assert!(tree.items().len() <= 2 * MAX_ROWS + 1 && tree.arena().len() <= MAX_BYTES);
            let opened = count(&tree, |item| item.flags & OPEN != 0);
            assert_eq!(opened, count(&tree, |item| item.kind == CLOSE_KIND));
            let is_source = |item: &Item| [Kind::Source, Kind::Message].iter().any(|&kind| item.kind == kind as u8);
            let sources = count(&tree, is_source);
            assert!(sources <= usize::from(MAX_SOURCES));
            assert!(tree.items().iter().all(|item| usize::from(item.source) <= sources));
            let used = tree.used();
            tree.reset(true);
            tree.continue_from(used);
            fill(&mut tree, show);
            assert!(tree.items().is_empty());
        }
    }

    #[test]
    fn bits_count_as_the_rows_that_they_become() {
        let mut tree = Tree::new(true);
        tree.bits(f::CAPABILITIES, Span::default(), 0);
        assert!(tree.used().rows > 20);
    }
}
