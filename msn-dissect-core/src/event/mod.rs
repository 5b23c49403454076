// SPDX-License-Identifier: GPL-2.0-or-later
//! What a capture tells, one PDU after the other: what reports are made of. Made by [`crate::tell`], only when somebody
//! asks; taken by [`crate::report`].

mod detail;
mod fact;

pub use detail::{Detail, Link, Mark, Rank, Remark, Token};
pub use fact::{
    Change, Chat, ChatKey, Contact, Fact, Format, Icon, Kind, Lists, LoginStep, Message, Object, Person, Proof,
    Transfer,
};

use crate::packet::Endpoint;

/// Who sent a PDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The client, or the one who opened the connection.
    Client,
    /// The server.
    Server,
}

/// Where and when a PDU stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// Frame number.
    pub frame: u32,
    /// Number of the PDU within the frame, from 0.
    pub unit: u32,
    /// Capture time, ns since 1970.
    pub time: u64,
    /// Offset of the time that people want to see, in seconds east of UTC.
    pub offset: i32,
    /// Number of the connection, the same for all of it, from 0.
    pub connection: u32,
}

/// A PDU.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Where it stands.
    pub at: At,
    /// Short name of its protocol.
    pub protocol: &'static str,
    /// Who sent it.
    pub side: Side,
    /// Sender and receiver.
    pub ends: [Endpoint; 2],
    /// Kind of server, empty if it is not known.
    pub server: &'static str,
    /// Protocol version, 0 if it is not known.
    pub version: u8,
    /// Account that owns the connection, empty if it is not known.
    pub account: String,
    /// Its word, or what stands for it in protocols without.
    pub word: String,
    /// One line that says what it is.
    pub summary: String,
    /// Its line in tokens; nothing for PDUs without a line.
    pub line: Vec<Token>,
    /// Its payload as text, if it is text.
    pub payload: String,
    /// Everything that it says, opened.
    pub details: Vec<Detail>,
    /// Frames it has to do with.
    pub links: Vec<Link>,
    /// What an analyst would want to be told.
    pub remarks: Vec<Remark>,
    /// What it means for persons, chats and lists.
    pub facts: Vec<Fact>,
}

/// A dissection's PDUs, and who wants their details.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Facts are wanted.
    pub facts: bool,
    /// Lines, payloads and details are wanted, too.
    pub details: bool,
}
