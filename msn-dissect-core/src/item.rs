// SPDX-License-Identifier: GPL-2.0-or-later
//! The flat list that a dissection produces: what the shim replays into the protocol tree.
//!
//! An item names a field of the catalogue, a value and the byte range it came from. An item that was
//! opened is the parent of everything up to its [`Kind::Close`]. Strings live NUL-terminated in one arena.
//!
//! Memory: at most [`MAX_ROWS`] rows, [`MAX_BYTES`] bytes of strings and [`MAX_SOURCES`] sources for the whole frame,
//! whatever its bytes say twice.

mod experts;
mod limit;
mod memo;
mod nesting;
mod read;
mod sources;

use crate::{
    fields::{Expert, Field, Proto, expert, fits},
    session::assembly::MessageId,
    text,
    wire::{Span, work},
};
pub(crate) use limit::Used;
pub use limit::{MAX_BYTES, MAX_ROWS, MAX_SOURCES};
pub(crate) use memo::{Memo, Subject};

/// What an item asks the consumer to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Add the field `id` with its value.
    Leaf = 0,
    /// Add a plain text line (`text`), not filterable.
    Label = 1,
    /// Add the protocol `id`.
    Protocol = 2,
    /// Leave the subtree opened last.
    Close = 3,
    /// Attach expert info `id` to the item added last; `text` replaces its standard wording.
    Expert = 4,
    /// Hand the range to another dissector: `text` is its name, `number` a [`Handoff`].
    Handoff = 5,
    /// New bytes (`text`, decoded by the core) named `note`; items with this `source` refer to them.
    Source = 6,
    /// The bytes of a message that was put together, which the session has under `number`; items with this `source` refer
    /// to them. `note` is their name.
    Message = 7,
}

/// How a [`Kind::Handoff`] names the dissector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Handoff {
    /// By dissector name, for instance `xml`.
    Name = 0,
    /// By media type, for instance `image/png`.
    MediaType = 1,
    /// By the word of a command that no row explains.
    Command = 2,
    /// By the GUID of a kind of session that is not known, in lower case without braces.
    EufGuid = 3,
    /// By the number of a datacast that is not known.
    Datacast = 4,
}

/// The item is inferred, not read from its bytes.
pub const GENERATED: u8 = 1;
/// The item can be filtered on but is not shown.
pub const HIDDEN: u8 = 2;
/// The item is the parent of the items up to its `Close`.
pub const OPEN: u8 = 4;
/// A field whose value is a sum of bits: add the field's bits below it.
pub const WITH_BITS: u8 = 8;
/// `number` of a protocol's item that surrounds units and is none.
pub const CARRIER: u64 = 1;
/// `start` and `len` name no bytes (they are zero): the item belongs to the whole.
pub const NO_RANGE: u8 = 16;

/// [`Kind::Close`] as an item carries it.
pub const CLOSE_KIND: u8 = Kind::Close as u8;

/// No string (see [`Item::text`], [`Item::note`]).
pub const NO_TEXT: u32 = u32::MAX;

/// One entry of the flat list.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Item {
    /// Unsigned, signed, boolean, IPv4 (network order as a number), time in ns, frame number …, by the field's type.
    pub number: u64,
    /// First byte of the range within `source`.
    pub start: u32,
    /// Bytes in the range.
    pub len: u32,
    /// Offset of the string or bytes value in the arena, or [`NO_TEXT`].
    pub text: u32,
    /// Bytes of that value, without the terminating NUL.
    pub text_len: u32,
    /// Offset of a NUL-terminated remark shown in brackets behind the value, or [`NO_TEXT`].
    pub note: u32,
    /// A field, expert info or protocol number, by `kind`.
    pub id: u16,
    /// [`Kind`] as a number.
    pub kind: u8,
    /// Sum of [`GENERATED`], [`HIDDEN`], [`OPEN`], [`WITH_BITS`], [`NO_RANGE`].
    pub flags: u8,
    /// 0 = the bytes given; n = the n-th [`Kind::Source`] of this tree.
    pub source: u16,
    /// Always zero.
    pub reserved: u16,
}

/// Collects items. One that is not `wanted` ignores all of them, so that callers need not ask before each one.
#[derive(Debug, Default)]
pub struct Tree {
    wanted: bool,
    items: Vec<Item>,
    arena: Vec<u8>,
    /// Whether each item that is open is there.
    open: Vec<bool>,
    sources: u16,
    source: u16,
    /// The message that was a source last.
    message: Option<(MessageId, u16)>,
    base: usize,
    memo: Option<Box<Memo>>,
    first: Option<Proto>,
    last: Option<Proto>,
    /// A bit for each protocol that was to be shown.
    implied: u8,
    /// Protocols that are open: where their items are, and how many items were open with them.
    layers: Vec<(Proto, usize, usize)>,
    cut: bool,
    limit: limit::Limit,
}

impl Tree {
    /// A tree that keeps items (`wanted`) or drops them.
    pub fn new(wanted: bool) -> Self {
        Tree { wanted, ..Tree::default() }
    }

    /// Empties the tree for reuse.
    pub fn reset(&mut self, wanted: bool) {
        self.wanted = wanted;
        self.items.clear();
        self.arena.clear();
        self.open.clear();
        self.first = None;
        self.last = None;
        self.implied = 0;
        self.layers.clear();
        self.sources = 0;
        self.source = 0;
        self.message = None;
        self.base = 0;
        self.cut = false;
        self.limit = limit::Limit::default();
    }

    /// The bytes that are shown from now on are all there, or their end is missing (`cut`): then nothing is said of
    /// their form.
    pub fn set_cut(&mut self, cut: bool) {
        self.cut = cut;
    }

    /// Whether the end of the bytes that are shown is missing.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Whether items are kept; ask before work that only serves items.
    pub fn wanted(&self) -> bool {
        self.wanted
    }

    /// The items so far.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The strings of the items.
    pub fn arena(&self) -> &[u8] {
        &self.arena
    }

    fn intern(&mut self, bytes: &[u8]) -> u32 {
        let at = u32::try_from(self.arena.len()).unwrap_or(NO_TEXT);
        self.arena.extend_from_slice(bytes);
        self.arena.push(0);
        work::done(bytes.len());
        at
    }

    fn push(&mut self, kind: Kind, id: u16, span: Span, flags: u8, number: u64) -> Handle {
        if !self.wanted || !self.has_room(id, flags, 0) {
            return Handle(None);
        }
        self.add(Item { number, id, kind: kind as u8, flags, ..self.blank(span) })
    }

    /// Adds an item with a string or bytes value.
    fn push_text(&mut self, kind: Kind, id: u16, span: Span, number: u64, value: &[u8]) -> Handle {
        if !self.wanted || !self.has_room(id, 0, value.len()) {
            return Handle(None);
        }
        let text = self.intern(value);
        self.add(Item { number, id, kind: kind as u8, text, text_len: value.len() as u32, ..self.blank(span) })
    }

    /// An item of this range that says nothing.
    #[inline]
    fn blank(&self, span: Span) -> Item {
        Item {
            number: 0,
            start: (span.start + self.base) as u32,
            len: span.len() as u32,
            text: NO_TEXT,
            text_len: 0,
            note: NO_TEXT,
            id: 0,
            kind: 0,
            flags: 0,
            source: self.source,
            reserved: 0,
        }
    }

    #[inline]
    fn add(&mut self, item: Item) -> Handle {
        work::done(1);
        self.items.push(item);
        Handle(Some(self.items.len() - 1))
    }

    /// Adds a number: unsigned, signed (two's complement), boolean, IPv4, frame, time in ns, by the field's type.
    ///
    /// It must fit the field (see [`fits`]), or it would be shown as another one.
    pub fn number(&mut self, field: Field, span: Span, value: u64) -> Handle {
        debug_assert!(fits(field, value), "{value} in {field:?}");
        self.push(Kind::Leaf, field.0, span, 0, value)
    }

    /// Adds a number whose bits are fields of their own, which appear below it.
    pub fn bits(&mut self, field: Field, span: Span, value: u64) -> Handle {
        debug_assert!(fits(field, value), "{value} in {field:?}");
        self.push(Kind::Leaf, field.0, span, WITH_BITS, value)
    }

    /// Adds a number whose line is `label`, or a heading that says it.
    pub fn labelled(&mut self, field: Field, span: Span, value: u64, label: &str) -> Handle {
        self.push_text(Kind::Leaf, field.0, span, value, label.as_bytes())
    }

    /// Adds a string value; NUL and control characters must have been dealt with (see [`crate::text`]).
    pub fn text(&mut self, field: Field, span: Span, value: &str) -> Handle {
        self.push_text(Kind::Leaf, field.0, span, 0, value.as_bytes())
    }

    /// Adds a string value as it stands on the wire, made fit for display as by [`text::utf8`].
    pub fn wire(&mut self, field: Field, span: Span, value: &[u8]) -> Handle {
        if !self.wanted || text::is_plain(value) {
            return self.push_text(Kind::Leaf, field.0, span, 0, value);
        }
        self.text(field, span, &text::utf8(value).text)
    }

    /// The same for what is percent-encoded (see [`text::percent`]).
    pub fn escaped(&mut self, field: Field, span: Span, value: &[u8]) -> Handle {
        if !self.wanted || text::is_unescaped(value) {
            return self.push_text(Kind::Leaf, field.0, span, 0, value);
        }
        self.text(field, span, &text::percent(value).text)
    }

    /// As [`Tree::wire`], for what ought to be UTF-8: tells where it is not.
    pub fn checked_wire(&mut self, field: Field, span: Span, value: &[u8]) -> Handle {
        if !self.wanted || text::is_plain(value) {
            return self.push_text(Kind::Leaf, field.0, span, 0, value);
        }
        let shown = text::utf8(value);
        let handle = self.text(field, span, &shown.text);
        if !shown.valid {
            self.expert(expert::NOT_UTF8);
        }
        handle
    }

    /// Adds a field whose value is the bytes of the range themselves, or a heading that has no value.
    pub fn bytes(&mut self, field: Field, span: Span) -> Handle {
        self.push(Kind::Leaf, field.0, span, 0, 0)
    }

    /// Adds a field whose value is `value` (a GUID in text order, an IPv6 address, or decoded bytes).
    pub fn raw(&mut self, field: Field, span: Span, value: &[u8]) -> Handle {
        self.push_text(Kind::Leaf, field.0, span, 0, value)
    }

    /// Adds a plain text heading.
    pub fn label(&mut self, span: Span, text: &str) -> Handle {
        self.push_text(Kind::Label, 0, span, 0, text.as_bytes())
    }

    /// Lets the item reach up to `end` (counted like spans are), once that is known.
    pub fn extend_to(&mut self, handle: Handle, end: usize) {
        let end = (end + self.base) as u32;
        if let Some(item) = handle.0.and_then(|index| self.items.get_mut(index)) {
            item.len = end.saturating_sub(item.start);
        }
    }

    /// Replaces the string value of an item, for instance a protocol's label once it is known.
    pub fn set_text(&mut self, handle: Handle, text: &str) {
        if let (Handle(Some(index)), true) = (handle, self.has_bytes(text.len())) {
            let at = self.intern(text.as_bytes());
            if let Some(item) = self.items.get_mut(index) {
                item.text = at;
                item.text_len = text.len() as u32;
            }
        }
    }

    /// Shows `note` in brackets behind the value.
    pub fn note(&mut self, handle: Handle, note: &str) -> Handle {
        if let (Handle(Some(index)), true) = (handle, self.has_bytes(note.len())) {
            let at = self.intern(note.as_bytes());
            if let Some(item) = self.items.get_mut(index) {
                item.note = at;
            }
        }
        handle
    }

    /// Marks the item as inferred.
    pub fn generated(&mut self, handle: Handle) -> Handle {
        self.flag(handle, GENERATED)
    }

    /// Makes the item filterable but invisible.
    pub fn hidden(&mut self, handle: Handle) -> Handle {
        self.flag(handle, HIDDEN)
    }

    fn flag(&mut self, handle: Handle, flag: u8) -> Handle {
        if let Some(item) = handle.0.and_then(|index| self.items.get_mut(index)) {
            item.flags |= flag;
        }
        handle
    }

    /// The item added last is to be told about, so it is shown even if it was hidden.
    pub(super) fn unhide(&mut self) {
        let leaf = self.items.iter_mut().rfind(|item| {
            work::done(1);
            item.kind != Kind::Close as u8
        });
        if let Some(item) = leaf {
            item.flags &= !HIDDEN;
        }
    }

    /// Attaches an expert info to the item added last.
    pub fn expert(&mut self, expert: Expert) {
        if self.cut && expert::is_of_form(expert) {
            return;
        }
        if self.is_full() {
            return;
        }
        self.unhide();
        self.push(Kind::Expert, expert.0, Span::default(), NO_RANGE, 0);
    }
}

/// An item just added; empty in a tree that keeps none.
#[derive(Clone, Copy, Debug)]
pub struct Handle(Option<usize>);

/// Where to return after a decoded source.
#[derive(Clone, Copy, Debug)]
pub struct SourceMark {
    source: u16,
    base: usize,
}
