// SPDX-License-Identifier: GPL-2.0-or-later
//! The flat list that a dissection produces: what the shim replays into the protocol tree.
//!
//! An item names a field of the catalogue, a value and the byte range it came from. An item that was
//! opened is the parent of everything up to its [`Kind::Close`]. Strings live NUL-terminated in one arena.
//!
//! Memory: at most [`MAX_ROWS`] rows, [`MAX_BYTES`] bytes of strings and [`MAX_SOURCES`] sources for the whole frame,
//! whatever its bytes say twice.

mod limit;
mod memo;

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

    /// The items so far.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The strings of the items.
    pub fn arena(&self) -> &[u8] {
        &self.arena
    }

    /// Adds `base` to every range that follows: spans of a parser then count from the start of its own slice.
    pub fn rebase(&mut self, base: usize) -> usize {
        std::mem::replace(&mut self.base, base)
    }

    /// The offset that is added to every range at the moment.
    pub fn base(&self) -> usize {
        self.base
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

    /// Adds a plain text heading.
    pub fn label(&mut self, span: Span, text: &str) -> Handle {
        self.push_text(Kind::Label, 0, span, 0, text.as_bytes())
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
    fn unhide(&mut self) {
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

/// An item just added; empty in a tree that keeps none.
#[derive(Clone, Copy, Debug)]
pub struct Handle(Option<usize>);

/// Where to return after a decoded source.
#[derive(Clone, Copy, Debug)]
pub struct SourceMark {
    source: u16,
    base: usize,
}
