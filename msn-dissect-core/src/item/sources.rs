// SPDX-License-Identifier: GPL-2.0-or-later
//! Where the bytes of items stand: the packet, something decoded, a message that was put together.

use super::{Handoff, Kind, NO_RANGE, SourceMark, Tree};
use crate::{session::assembly::MessageId, wire::Span};

impl Tree {
    /// Adds `base` to every range that follows: spans of a parser then count from the start of its own slice.
    pub fn rebase(&mut self, base: usize) -> usize {
        std::mem::replace(&mut self.base, base)
    }

    /// The offset that is added to every range at the moment.
    pub fn base(&self) -> usize {
        self.base
    }

    /// Hands a range to another dissector.
    pub fn handoff(&mut self, span: Span, kind: Handoff, name: &str) {
        self.push_text(Kind::Handoff, 0, span, kind as u64, name.as_bytes());
    }

    /// The source that spans refer to at the moment: 0 = the bytes given.
    pub fn source(&self) -> u16 {
        self.source
    }

    /// Starts a new source of bytes, called `name`, that the core decoded; following items refer to it until
    /// [`Tree::leave_source`] gets back what this returns.
    pub fn enter_source(&mut self, bytes: &[u8], name: &str) -> SourceMark {
        let mark = SourceMark { source: self.source, base: self.base };
        if self.wanted && self.has_source(bytes.len() + name.len()) {
            self.sources += 1;
            self.source = self.sources;
            self.base = 0;
            let handle = self.push_text(Kind::Source, 0, Span::new(0, bytes.len()), 0, bytes);
            self.flag(handle, NO_RANGE);
            self.note(handle, name);
        }
        mark
    }

    /// Starts the source of a message that was put together, or goes back to it if it is the one started last; as
    /// [`Tree::enter_source`].
    pub fn enter_message(&mut self, message: MessageId, len: usize) -> SourceMark {
        let mark = SourceMark { source: self.source, base: self.base };
        let name = "Reassembled MSN message";
        match self.message {
            _ if !self.wanted => {}
            Some((last, source)) if last == message => self.source = source,
            _ => {
                if !self.has_source(name.len()) {
                    // What finds no room has no place either, and nothing is added any more.
                    return mark;
                }
                self.sources += 1;
                self.source = self.sources;
                self.message = Some((message, self.source));
                let number = u64::from(message.number());
                let handle = self.push(Kind::Message, 0, Span::new(0, len), NO_RANGE, number);
                self.note(handle, name);
            }
        }
        self.base = 0;
        mark
    }

    /// Returns to the source that was current before [`Tree::enter_source`].
    pub fn leave_source(&mut self, mark: SourceMark) {
        self.source = mark.source;
        self.base = mark.base;
    }
}
