// SPDX-License-Identifier: GPL-2.0-or-later
//! What comes out of a dissection.

use crate::{
    item::Tree,
    packet::{Announcement, Need},
    session::{Record, Session, assembly::MessageId, transfers::TransferKind},
    wire::Span,
};

/// An object that came over the wire whole, to be exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// File name without path, safe on every system.
    pub name: String,
    /// The same as its sender called it.
    pub given: String,
    /// What it is.
    pub kind: TransferKind,
    /// Account that sent it.
    pub sender: String,
    /// Account that got it; empty if it is not known.
    pub receiver: String,
    /// Whether it is what was announced, as in [`crate::values::objects::CHECKS`].
    pub verified: u64,
    /// Media type, told by the bytes.
    pub content_type: &'static str,
    /// The bytes.
    pub content: Content,
}

/// The bytes of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// They stand in the data given.
    Given(Span),
    /// They are a message that was put together; the session has it.
    Message(MessageId),
    /// They were decoded.
    Own(Box<[u8]>),
}

impl Content {
    /// Copies bytes that stand in `data`, which ends before they are used.
    pub fn own(&mut self, data: &[u8]) {
        if let Content::Given(span) = self {
            *self = Content::Own(span.of(data).into());
        }
    }
}

impl Object {
    /// The bytes, which stand in `data` or are in the session.
    pub fn bytes<'a>(&'a self, session: &'a Session, data: &'a [u8]) -> &'a [u8] {
        match &self.content {
            Content::Given(span) => span.of(data),
            Content::Message(message) => session.assembly.whole(*message).map_or(&[], |whole| whole.bytes()),
            Content::Own(bytes) => bytes,
        }
    }
}

/// Where in a dissection a PDU begins, for those who tell what it means ([`Packet::want_units`](crate::packet::Packet)).
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Its first item.
    pub item: usize,
    /// Its first object.
    pub object: usize,
    /// Its first byte of the Info column.
    pub info: usize,
    /// Its bytes in the data given; none where it stands elsewhere.
    pub span: Span,
    /// What is known of it.
    pub record: Record,
}

/// Everything that comes out of a dissection; reuse it to save allocations.
#[derive(Debug, Default)]
pub struct Dissection {
    /// The items.
    pub tree: Tree,
    /// Text for the Info column.
    pub info: String,
    /// Bytes dealt with; the rest waits for more.
    pub consumed: usize,
    /// What to do about the rest.
    pub need: Need,
    /// Units dealt with, to be added to [`Packet::unit`] for the next bytes of the same frame.
    pub units: u32,
    /// Connections announced, first pass only.
    pub announced: Vec<Announcement>,
    /// Frames that have pieces of messages that are whole now.
    pub depends: Vec<u32>,
    /// Objects that came over the wire whole; each is given once, where its last byte stands, on every pass.
    pub objects: Vec<Object>,
    /// Bodies of the HTTP gateway: key of the connection, for the rest of the body.
    pub connection: u64,
    /// Where the PDUs begin, if that is wanted.
    pub marks: Vec<Mark>,
}

impl Dissection {
    /// Empties everything; `want_tree` says whether items are kept.
    pub fn reset(&mut self, want_tree: bool) {
        self.tree.reset(want_tree);
        self.info.clear();
        self.consumed = 0;
        self.need = Need::Nothing;
        self.units = 0;
        self.announced.clear();
        self.depends.clear();
        self.objects.clear();
        self.connection = 0;
        self.marks.clear();
    }

    /// Notes that a PDU begins here.
    pub fn mark(&mut self, record: Record, span: Span) {
        let (item, object, info) = (self.tree.items().len(), self.objects.len(), self.info.len());
        self.marks.push(Mark { item, object, info, span, record });
    }
}

/// Most bytes of the Info column.
pub(crate) const MAX_INFO: usize = 1200;
