// SPDX-License-Identifier: GPL-2.0-or-later
//! What a PDU shows, by field.

use crate::{
    fields::Field,
    item::{CLOSE_KIND, HIDDEN, Item, Kind, NO_TEXT, OPEN, Tree},
    session::{Session, assembly::MessageId},
    text,
};
use std::borrow::Cow;

/// The bytes that items refer to: those given, and the sources of the tree.
pub(super) struct Sources<'a>(Vec<&'a [u8]>);

impl<'a> Sources<'a> {
    /// The sources of a tree, in their order.
    pub fn of(session: &'a Session, data: &'a [u8], tree: &'a Tree) -> Self {
        let mut all = vec![data];
        for item in tree.items() {
            if item.kind == Kind::Source as u8 {
                all.push(tree.item_bytes(item).unwrap_or_default());
            } else if item.kind == Kind::Message as u8 {
                let message = MessageId::of(item.number as u32);
                all.push(message.and_then(|id| session.assembly.whole(id)).map_or(&[], |whole| whole.bytes()));
            }
        }
        Sources(all)
    }

    /// The bytes that were given.
    pub fn given(&self) -> &'a [u8] {
        self.0.first().copied().unwrap_or_default()
    }

    /// The bytes that an item stands for.
    pub fn bytes(&self, item: &Item) -> &'a [u8] {
        self.part(item.source, item.start, item.start.saturating_add(item.len))
    }

    /// Some bytes of a source.
    pub fn part(&self, source: u16, start: u32, end: u32) -> &'a [u8] {
        let whole = self.0.get(usize::from(source)).copied().unwrap_or_default();
        whole.get(start as usize..(end as usize).min(whole.len())).unwrap_or_default()
    }
}

/// The items of one PDU.
pub(super) struct Items<'a> {
    /// All trees' strings.
    pub tree: &'a Tree,
    /// Bytes.
    pub sources: &'a Sources<'a>,
    /// The items.
    pub items: &'a [Item],
}

impl<'a> Items<'a> {
    /// The leaves of a field, in order.
    pub fn all(&self, field: Field) -> impl Iterator<Item = &'a Item> {
        self.items.iter().filter(move |item| item.kind == Kind::Leaf as u8 && item.id == field.0)
    }

    /// The first leaf of a field.
    pub fn first(&self, field: Field) -> Option<&'a Item> {
        self.all(field).next()
    }

    /// Whether there is a leaf of a field.
    pub fn has(&self, field: Field) -> bool {
        self.first(field).is_some()
    }

    /// The string of an item.
    pub fn string(&self, item: &Item) -> Cow<'a, str> {
        match self.tree.item_bytes(item) {
            Some(bytes) => text::utf8(bytes).text,
            None => text::utf8(self.sources.bytes(item)).text,
        }
    }

    /// The string of the first leaf of a field, if there is one.
    pub fn text(&self, field: Field) -> Option<String> {
        self.first(field).map(|item| self.string(item).into_owned())
    }

    /// The same, empty if there is none.
    pub fn word(&self, field: Field) -> String {
        self.text(field).unwrap_or_default()
    }

    /// All strings of a field.
    pub fn texts(&self, field: Field) -> Vec<String> {
        self.all(field).map(|item| self.string(item).into_owned()).collect()
    }

    /// The number of the first leaf of a field.
    pub fn number(&self, field: Field) -> Option<u64> {
        self.first(field).map(|item| item.number)
    }

    /// The remark behind an item.
    pub fn note(&self, item: &Item) -> Option<&'a str> {
        let at = Some(item.note).filter(|&note| note != NO_TEXT)? as usize;
        let rest = self.tree.arena().get(at..)?;
        let end = memchr::memchr(0, rest)?;
        std::str::from_utf8(rest.get(..end)?).ok()
    }

    /// Whether an expert info is there.
    pub fn has_expert(&self, expert: crate::fields::Expert) -> bool {
        self.items.iter().any(|item| item.kind == Kind::Expert as u8 && item.id == expert.0)
    }

    /// The items below the one with this index.
    pub fn below(&self, index: usize) -> Items<'a> {
        let rest = self.items.get(index + 1..).unwrap_or_default();
        let mut depth = 1u32;
        let opens = self.items.get(index).is_some_and(|item| item.flags & OPEN != 0);
        let end = rest.iter().position(|item| {
            if item.kind == CLOSE_KIND {
                depth -= 1;
            } else if item.flags & OPEN != 0 {
                depth += 1;
            }
            depth == 0
        });
        let items = if opens { rest.get(..end.unwrap_or(rest.len())).unwrap_or_default() } else { &[] };
        Items { tree: self.tree, sources: self.sources, items }
    }

    /// The leaves of a field that open others, with these.
    pub fn groups(&self, field: Field) -> impl Iterator<Item = (&'a Item, Items<'a>)> {
        let is_group = move |item: &Item| item.kind == Kind::Leaf as u8 && item.id == field.0;
        let found = self.items.iter().enumerate().filter(move |(_, item)| is_group(item));
        found.map(|(index, item)| (item, self.below(index)))
    }

    /// Items that are shown, each with its depth below the PDU's own protocol.
    pub fn shown(&self) -> impl Iterator<Item = (u32, &'a Item)> {
        let mut depth = 0u32;
        self.items.iter().filter_map(move |item| {
            if item.kind == CLOSE_KIND {
                depth = depth.saturating_sub(1);
                return None;
            }
            let here = depth;
            depth += u32::from(item.flags & OPEN != 0);
            (item.flags & HIDDEN == 0).then_some((here, item))
        })
    }
}
