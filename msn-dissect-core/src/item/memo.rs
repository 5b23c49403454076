// SPDX-License-Identifier: GPL-2.0-or-later
//! Values that come again and again, such as a contact's picture in each of its changes of status: what a value led to is
//! kept, and copied when the same bytes come again.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::fields::Field;

use super::{Item, Kind, NO_RANGE, NO_TEXT, Tree};

/// How many values are kept, one for each remainder of their hashes.
const SLOTS: usize = 1024;

/// Most bytes of a value, items that it led to, and bytes of their strings; what needs more is not kept.
const MAX_VALUE: usize = 1024;
const MAX_ITEMS: usize = 40;
const MAX_STRINGS: usize = 2048;

/// What bytes are taken for. The same bytes lead to the same items for the same subject only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Subject {
    /// An MSN object.
    #[default]
    Object,
    /// A percent-encoded name, shown in this field.
    Name(Field),
    /// A header, known by the tables at this address.
    Header(usize),
}

/// Values and what they led to.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    hasher: RandomState,
    slots: Vec<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    subject: Subject,
    /// Ranges count from the start of the value, strings from its end.
    items: Vec<Item>,
    /// The value, then the strings of the items.
    bytes: Vec<u8>,
    value_len: usize,
    /// Rows that the items become.
    rows: usize,
}

/// Where in a tree the items of a value begin.
struct Mark {
    slot: usize,
    items: usize,
    rows: usize,
    origin: Origin,
}

impl Memo {
    /// Where the value is kept; values too long for that have no slot.
    fn slot(&self, value: &[u8]) -> usize {
        if value.len() > MAX_VALUE { SLOTS } else { self.hasher.hash_one(value) as usize % SLOTS }
    }
}

/// Where items refer to: the start of the value, that of what the tree counts from, and that of the strings.
#[derive(Clone, Copy)]
struct Origin {
    value: u32,
    base: u32,
    strings: u32,
}

impl Origin {
    /// What the range of an item counts from.
    fn of(&self, item: &Item) -> u32 {
        let has_place = item.kind != Kind::Close as u8 && item.flags & NO_RANGE == 0;
        if has_place { self.value } else { self.base }
    }

    /// The origin that leads back to where this one led from.
    fn back(self) -> Self {
        Origin {
            value: self.value.wrapping_neg(),
            base: self.base.wrapping_neg(),
            strings: self.strings.wrapping_neg(),
        }
    }

    /// Adds items to others, each moved by this much.
    fn append(self, items: &[Item], to: &mut Vec<Item>, source: u16) {
        let moved = |at: u32| if at == NO_TEXT { NO_TEXT } else { at.wrapping_add(self.strings) };
        to.extend(items.iter().map(|item| Item {
            start: item.start.wrapping_add(self.of(item)),
            text: moved(item.text),
            note: moved(item.note),
            source,
            ..*item
        }));
    }
}

impl Tree {
    /// Lends the tree what is remembered of values, until [`Tree::give_back`].
    pub(crate) fn lend(&mut self, memo: &mut Option<Box<Memo>>) {
        if self.wanted {
            self.memo = Some(memo.take().unwrap_or_default());
        }
    }

    /// Gives back what was lent.
    pub(crate) fn give_back(&mut self, memo: &mut Option<Box<Memo>>) {
        if self.wanted {
            *memo = self.memo.take();
        }
    }

    /// Adds what `show` makes of `value`, which begins at `start`. What it makes must depend on nothing but the value, the
    /// subject and the place.
    pub(crate) fn again(&mut self, subject: Subject, value: &[u8], start: usize, show: impl FnOnce(&mut Tree)) {
        if self.cut {
            // Not all is said that would be said of a whole value.
            show(self);
        } else if let Some(mark) = self.recall(subject, value, start) {
            show(self);
            self.keep(subject, value, &mark);
        }
    }

    /// Adds the items of a value that is known; of another one, says where its items begin.
    fn recall(&mut self, subject: Subject, value: &[u8], start: usize) -> Option<Mark> {
        if !self.wanted {
            return None;
        }
        let slot = self.memo.as_deref().map_or(0, |memo| memo.slot(value));
        let base = self.base as u32;
        let origin = Origin { value: base.wrapping_add(start as u32), base, strings: self.arena.len() as u32 };
        let mark = Mark { slot, items: self.items.len(), rows: self.limit.rows, origin };
        let known = |kept: &&Kept| {
            kept.subject == subject && !kept.items.is_empty() && kept.bytes.get(..kept.value_len) == Some(value)
        };
        let Some(kept) = self.memo.as_deref().and_then(|memo| memo.slots.get(slot)).filter(known) else {
            return Some(mark);
        };
        if !self.fits(kept.rows, kept.bytes.len()) {
            return Some(mark);
        }
        self.limit.rows += kept.rows;
        mark.origin.append(&kept.items, &mut self.items, self.source);
        self.arena.extend_from_slice(kept.bytes.get(kept.value_len..).unwrap_or_default());
        None
    }

    /// Keeps the items since `mark`.
    fn keep(&mut self, subject: Subject, value: &[u8], mark: &Mark) {
        if self.is_full() {
            return;
        }
        let rows = self.limit.rows - mark.rows;
        let Some(memo) = self.memo.as_deref_mut() else { return };
        let items = self.items.get(mark.items..).unwrap_or_default();
        let strings = self.arena.get(mark.origin.strings as usize..).unwrap_or_default();
        // What refers to other bytes, or to what is not in the tree, is another thing each time.
        let whole = items.iter().all(|item| {
            item.source == self.source && item.kind < Kind::Handoff as u8 && item.start >= mark.origin.of(item)
        });
        if !whole || items.len() > MAX_ITEMS || strings.len() > MAX_STRINGS {
            return;
        }
        if memo.slots.is_empty() {
            memo.slots.resize_with(SLOTS, Kept::default);
        }
        let Some(kept) = memo.slots.get_mut(mark.slot) else { return };
        kept.subject = subject;
        kept.bytes.clear();
        kept.bytes.extend_from_slice(value);
        kept.bytes.extend_from_slice(strings);
        kept.value_len = value.len();
        kept.rows = rows;
        kept.items.clear();
        mark.origin.back().append(items, &mut kept.items, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fields::{command as f, expert},
        wire::Span,
    };
    use proptest::prelude::*;

    fn show(tree: &mut Tree, data: &[u8], span: Span) {
        let value = span.of(data);
        tree.again(Subject::Object, value, span.start, |tree| {
            let heading = tree.text(f::OBJECT, span, "heading");
            tree.note(heading, "note");
            tree.open(heading);
            tree.wire(f::PARAMETER, Span::new(span.start + value.len() / 2, span.end), value);
            tree.expert(expert::PARAMETER_COUNT);
            tree.bits(f::CAPABILITIES, span, value.len() as u64);
            tree.close();
        });
    }

    fn rows(tree: &Tree) -> Vec<String> {
        let row = |item: &Item| {
            let plain = Item { text: 0, note: 0, ..*item };
            format!("{plain:?} {:?} {:?}", tree.item_bytes(item), tree.item_note(item))
        };
        tree.items().iter().map(row).collect()
    }

    proptest! {
        #[test]
        fn what_came_before_shows_the_same(values in prop::collection::vec((0usize..4, 0usize..9, 0usize..9), 1..20)) {
            let words = [&b""[..], b"word", b"another word", &[b'x'; MAX_VALUE + 1]];
            let (mut once, mut again) = (Tree::new(true), Tree::new(true));
            let mut memo = None;
            again.lend(&mut memo);
            for (which, lead, base) in values {
                let data = [&vec![b'.'; lead][..], words[which]].concat();
                for tree in [&mut once, &mut again] {
                    tree.rebase(base);
                    show(tree, &data, Span::new(lead, data.len()));
                }
            }
            prop_assert_eq!(rows(&once), rows(&again));
            again.give_back(&mut memo);
            prop_assert!(memo.is_some());
        }
    }

    #[test]
    fn subjects_and_decoded_bytes_are_told_apart() {
        let mut tree = Tree::new(true);
        tree.lend(&mut None);
        for round in 0..2 {
            for (subject, text) in [(Subject::Header(1), "one"), (Subject::Header(2), "two")] {
                tree.again(subject, b"same", 0, |tree| {
                    tree.text(f::OBJECT, Span::new(0, 4), text);
                });
                assert_eq!(tree.items().last().and_then(|item| tree.item_text(item)), Some(text), "round {round}");
            }
        }
        for round in 1..3 {
            tree.again(Subject::Object, b"decoded", 0, |tree| {
                let mark = tree.enter_source(b"other", "other");
                tree.text(f::OBJECT, Span::new(0, 5), "other");
                tree.leave_source(mark);
            });
            assert_eq!(tree.items().last().map(|item| item.source), Some(round));
        }
    }
}
