// SPDX-License-Identifier: GPL-2.0-or-later
//! Expert infos with their own wording, and those that only a later pass can tell.

use super::{HIDDEN, Item, Kind, NO_RANGE, Tree};
use crate::{
    fields::{Expert, expert},
    wire::Span,
};

impl Tree {
    /// Attaches an expert info with its own wording to the item added last.
    pub fn expert_text(&mut self, expert: Expert, text: &str) {
        if self.cut && expert::is_of_form(expert) {
            return;
        }
        if self.is_full() {
            return;
        }
        self.unhide();
        let handle = self.push_text(Kind::Expert, expert.0, Span::default(), 0, text.as_bytes());
        self.flag(handle, NO_RANGE);
    }

    /// Attaches an expert info, with its own wording if there is one, to the item that is shown last. For what only a later
    /// pass can tell: nothing else of the tree may differ from what the first pass showed, so hidden items stay hidden.
    pub fn late_expert(&mut self, expert: Expert, text: Option<&str>) {
        if self.cut && expert::is_of_form(expert) || self.is_full() {
            return;
        }
        let is_shown = |item: &Item| {
            let hidden = item.flags & HIDDEN != 0;
            !hidden && [Kind::Leaf, Kind::Label, Kind::Protocol].iter().any(|&kind| item.kind == kind as u8)
        };
        let behind = self.items.iter().rposition(is_shown).map_or(self.items.len(), |at| at + 1);
        let added = match text {
            Some(text) => self.push_text(Kind::Expert, expert.0, Span::default(), 0, text.as_bytes()),
            None => self.push(Kind::Expert, expert.0, Span::default(), 0, 0),
        };
        self.flag(added, NO_RANGE);
        if let Some(tail) = added.0.and(self.items.get_mut(behind..)) {
            tail.rotate_right(1);
        }
    }
}
