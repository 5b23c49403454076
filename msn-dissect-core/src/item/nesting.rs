// SPDX-License-Identifier: GPL-2.0-or-later
//! What a tree nests: protocols, and items below items.

use super::{CARRIER, CLOSE_KIND, Handle, Item, Kind, OPEN, Tree};
use crate::{fields::Proto, wire::Span};

impl Tree {
    /// The first protocol that was to be shown, wanted or not.
    pub fn first_protocol(&self) -> Option<Proto> {
        self.first
    }

    /// The last protocol that was to be shown, wanted or not.
    pub fn last_protocol(&self) -> Option<Proto> {
        self.last
    }

    /// A bit for each protocol that was to be shown, wanted or not, by its number.
    pub fn implied(&self) -> u8 {
        self.implied
    }

    /// Notes a protocol that would be shown if items were wanted.
    pub fn implies(&mut self, proto: Proto) {
        self.first = self.first.or(Some(proto));
        self.last = Some(proto);
        self.implied |= 1 << proto as u16;
    }

    /// Adds a protocol and opens it. Below itself it goes on with the item that is open, whose label grows.
    pub fn protocol(&mut self, proto: Proto, span: Span, label: &str) -> Handle {
        self.implies(proto);
        if let Some(&(_, index, _)) = self.layers.last().filter(|layer| layer.0 == proto) {
            self.relabel(index, label);
            self.open.push(false);
            return Handle(Some(index));
        }
        let handle = self.push_text(Kind::Protocol, proto as u16, span, 0, label.as_bytes());
        self.open(handle);
        self.layers.extend(handle.0.map(|index| (proto, index, self.open.len())));
        handle
    }

    /// Adds what surrounds units of a protocol and is none itself, and opens it.
    pub fn carrier(&mut self, proto: Proto, span: Span, label: &str) -> Handle {
        let handle = self.protocol(proto, span, label);
        if let Some(item) = handle.0.and_then(|index| self.items.get_mut(index)) {
            item.number = CARRIER;
        }
        handle
    }

    fn relabel(&mut self, index: usize, label: &str) {
        let Some(item) = self.items.get(index) else { return };
        let old = self.arena.get(item.text as usize..(item.text as usize).saturating_add(item.text_len as usize));
        let old = String::from_utf8_lossy(old.unwrap_or_default());
        let label = format!("{old}, {label}");
        self.set_text(Handle(Some(index)), &label);
    }

    /// Makes the item the parent of what follows, up to [`Tree::close`].
    pub fn open(&mut self, handle: Handle) -> Handle {
        if let Some(item) = handle.0.and_then(|index| self.items.get_mut(index)) {
            item.flags |= OPEN;
        }
        if self.wanted {
            // What found no room is closed by name, too.
            self.open.push(handle.0.is_some());
        }
        handle
    }

    /// Ends the subtree opened last.
    pub fn close(&mut self) {
        if self.wanted && self.open.pop() == Some(true) {
            self.add(Item { kind: CLOSE_KIND, ..self.blank(Span::default()) });
        }
        while self.layers.last().is_some_and(|layer| layer.2 > self.open.len()) {
            self.layers.pop();
        }
    }

    /// Closes whatever is still open above `depth` subtrees, for walks that stop early.
    pub fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            self.close();
        }
    }

    /// How many subtrees are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }
}
