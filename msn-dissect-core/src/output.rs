// SPDX-License-Identifier: GPL-2.0-or-later
//! What comes out of a dissection.

use crate::{
    item::Tree,
    packet::{Announcement, Need},
    session::{Session, assembly::MessageId},
    wire::Span,
};

/// An object that came over the wire whole, to be exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// File name without path, safe on every system.
    pub name: String,
    /// Account that sent it.
    pub sender: String,
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

/// Reassembly table a fragment belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Table {
    /// Units cut between two bodies of the HTTP gateway.
    Gateway = 2,
    /// Files of MSNFTP.
    Ftp = 3,
}

/// A piece of a message that spans units, for Wireshark's reassembly.
///
/// The shim adds it to the table under `id`; when the message is whole in this frame, it calls [`crate::dissect::message`] with the
/// whole and `id`, and replays what comes out where the fragment's item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Reassembly table.
    pub table: Table,
    /// Number of the message within its table, given on the first pass and the same on every later one.
    pub id: u32,
    /// Place of the bytes in the data given (or in `source`).
    pub start: u32,
    /// How many.
    pub len: u32,
    /// 0 = the bytes given, otherwise the number of a decoded source.
    pub source: u16,
    /// Where the piece belongs: a byte offset, or its number from 0 when `numbered`.
    pub offset: u32,
    /// `offset` counts pieces, not bytes.
    pub numbered: bool,
    /// More pieces follow this one's place.
    pub more: bool,
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
    /// Pieces of messages, in order; each has a [`crate::item::Kind::Fragment`] item when items are wanted.
    pub fragments: Vec<Fragment>,
    /// Frames that have pieces of messages that are whole now.
    pub depends: Vec<u32>,
    /// Objects that came over the wire whole; each is given once, where its last byte stands, on every pass.
    pub objects: Vec<Object>,
    /// Bodies of the HTTP gateway: key of the connection, for the rest of the body.
    pub connection: u64,
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
        self.fragments.clear();
        self.depends.clear();
        self.objects.clear();
        self.connection = 0;
    }

    /// Adds a piece of a message that spans units; its place counts like the tree's spans do.
    pub fn fragment(&mut self, span: Span, piece: Fragment) {
        let start = (span.start + self.tree.base()) as u32;
        self.tree.fragment(span, self.fragments.len() as u64);
        self.fragments.push(Fragment { start, len: span.len() as u32, source: self.tree.source(), ..piece });
    }
}

/// Most bytes of the Info column.
pub(crate) const MAX_INFO: usize = 1200;
