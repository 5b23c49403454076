// SPDX-License-Identifier: GPL-2.0-or-later
//! Asks a tree what it shows.

use super::{Item, Kind, NO_TEXT, Tree};
use crate::fields::{Expert, Field};

impl Tree {
    /// The string value of the first item of this field, for tests and tools.
    pub fn text_of(&self, field: Field) -> Option<&str> {
        self.find(field).and_then(|item| self.item_text(item))
    }

    /// The number of the first item of this field, for tests and tools.
    pub fn number_of(&self, field: Field) -> Option<u64> {
        self.find(field).map(|item| item.number)
    }

    /// The first item of this field.
    pub fn find(&self, field: Field) -> Option<&Item> {
        self.items.iter().find(|item| item.kind == Kind::Leaf as u8 && item.id == field.0)
    }

    /// Whether this expert info was given.
    pub fn has_expert(&self, expert: Expert) -> bool {
        self.items.iter().any(|item| item.kind == Kind::Expert as u8 && item.id == expert.0)
    }

    /// The string value of an item of this tree.
    pub fn item_text(&self, item: &Item) -> Option<&str> {
        std::str::from_utf8(self.item_bytes(item)?).ok()
    }

    /// The string or bytes value of an item of this tree.
    pub fn item_bytes(&self, item: &Item) -> Option<&[u8]> {
        let at = item.text as usize;
        if item.text == NO_TEXT { None } else { self.arena.get(at..at + item.text_len as usize) }
    }

    /// The remark behind an item's value.
    pub fn item_note(&self, item: &Item) -> Option<&str> {
        if item.note == NO_TEXT {
            return None;
        }
        let rest = self.arena.get(item.note as usize..)?;
        std::str::from_utf8(rest.get(..rest.iter().position(|&byte| byte == 0)?)?).ok()
    }
}
