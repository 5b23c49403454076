// SPDX-License-Identifier: GPL-2.0-or-later
//! What is told of a capture, each thing once: the rows of tables, the lines of `report.jsonl`, the entries of pages.

use super::moment::Moment;
use serde::Serialize;

/// Name of the form of `report.jsonl`.
pub const SCHEMA: &str = "msn-report";

/// Its version; it grows when a field gets another meaning or goes, not when one comes.
pub const VERSION: u32 = 1;

/// Where and when something was seen first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// When.
    pub time: Moment,
    /// Frame number.
    pub frame: u32,
    /// Number of the connection, from 1.
    pub connection: u32,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivered {
    /// It reached somebody, or the server says so.
    Yes,
    /// The server says that it did not.
    No,
    /// The capture does not tell.
    #[default]
    Unknown,
}

impl Delivered {
    /// As it stands in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Delivered::Yes => "yes",
            Delivered::No => "no",
            Delivered::Unknown => "unknown",
        }
    }
}

/// How a text is to look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Look {
    /// Font, empty if none is told.
    pub font: String,
    /// Sum of the words bold, italic, underline, strike, with blanks between.
    pub effects: String,
    /// `#rrggbb`, empty if none is told.
    pub color: String,
    /// From right to left.
    pub right_to_left: bool,
}

/// A message, however many legs of its chat were captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Where it was seen first.
    #[serde(flatten)]
    pub seen: Seen,
    /// Its chat.
    pub chat: String,
    /// Number of the chat, from 1.
    pub chat_number: u32,
    /// Who wrote it.
    pub from: String,
    /// Who got it or was to get it.
    pub to: Vec<String>,
    /// Its text.
    pub text: String,
    /// What kind.
    pub kind: &'static str,
    /// Whether it arrived.
    pub delivered: Delivered,
    /// How it looks.
    pub look: Look,
    /// Emoticons in it: shortcut, and SHA-1 of the picture in hexadecimal.
    pub emoticons: Vec<(String, String)>,
}

/// Somebody comes into a chat, or leaves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Presence {
    /// Where it was seen first.
    #[serde(flatten)]
    pub seen: Seen,
    /// The chat.
    pub chat: String,
    /// Number of the chat, from 1.
    pub chat_number: u32,
    /// Who.
    pub account: String,
}

/// Something of a person changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Where it was seen first.
    #[serde(flatten)]
    pub seen: Seen,
    /// Whose account.
    pub account: String,
    /// What changes: `name`, `status`, `message`, `media`, `capabilities`, `client`.
    pub what: &'static str,
    /// What it is now.
    pub value: String,
}

/// Somebody tries to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Login {
    /// Where the proof, or else the first step, was seen.
    #[serde(flatten)]
    pub seen: Seen,
    /// Account.
    pub account: String,
    /// Protocol version.
    pub version: String,
    /// Client program.
    pub client: String,
    /// Security package.
    pub scheme: String,
    /// `ok`, `refused` or `no answer`.
    pub result: &'static str,
    /// Why it was refused.
    pub reason: String,
}

/// Somebody signs out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Logout {
    /// Where.
    #[serde(flatten)]
    pub seen: Seen,
    /// Account.
    pub account: String,
    /// Why, as the server says.
    pub reason: String,
}

/// A file or object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Where its last byte was seen, or its offer.
    #[serde(flatten)]
    pub seen: Seen,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Who sent it.
    pub from: String,
    /// Who got it.
    pub to: String,
    /// Bytes that came, or that were offered.
    pub size: Option<u64>,
    /// SHA-1, hexadecimal.
    pub sha1: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// All of it came.
    pub complete: bool,
    /// `yes`, `no` or `unknown`: whether it is what was announced.
    pub verified: &'static str,
    /// Where it lies, from the folder of the report; empty if nothing of it came.
    pub path: String,
    /// Media type, told by the bytes.
    pub media: String,
    /// Number of the chat in which it came, if it came through one.
    pub chat_number: Option<u32>,
}

/// A contact on somebody's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Whose list.
    pub owner: String,
    /// Account.
    pub email: String,
    /// Name on the list.
    pub friendly_name: String,
    /// `FL AL BL RL PL`, with blanks between.
    pub lists: String,
    /// Names of groups, with `; ` between.
    pub groups: String,
}

/// An account, and what was seen of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Account.
    pub account: String,
    /// Its names in order, with ` | ` between.
    pub names: String,
    /// First seen.
    pub first_seen: Moment,
    /// Last seen.
    pub last_seen: Moment,
    /// Messages.
    pub messages_sent: u64,
    /// Messages.
    pub messages_received: u64,
    /// Files and objects.
    pub files_sent: u64,
    /// Files and objects.
    pub files_received: u64,
}

/// A connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// Its number, from 1.
    pub id: u32,
    /// Kind of server.
    pub kind: String,
    /// Protocol version, empty if it is not known.
    pub version: String,
    /// Account that owns it.
    pub account: String,
    /// Client's address and port.
    pub client: String,
    /// Server's address and port.
    pub server: String,
    /// First frame.
    pub first_frame: u32,
    /// Last frame.
    pub last_frame: u32,
    /// Commands, or packets of other protocols.
    pub commands: u64,
    /// When it began.
    pub begin: Moment,
    /// When it ended.
    pub end: Moment,
}

/// A chat, when all of it was told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Chat {
    /// Its name.
    pub chat: String,
    /// Its number, from 1.
    pub chat_number: u32,
    /// Everybody who was in it.
    pub accounts: Vec<String>,
    /// First seen.
    pub first_seen: Moment,
    /// Last seen.
    pub last_seen: Moment,
    /// Messages.
    pub messages: u64,
}

/// Something that an analyst would want to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Where.
    #[serde(flatten)]
    pub seen: Seen,
    /// Account that owns the connection.
    pub account: String,
    /// `warning` or `error`.
    pub severity: &'static str,
    /// Filter name.
    pub name: &'static str,
    /// What it says.
    pub text: String,
}

/// A stored message was fetched later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// Where.
    #[serde(flatten)]
    pub seen: Seen,
    /// Who wrote it.
    pub from: String,
    /// Who fetched it.
    pub to: String,
    /// Frame of the message.
    pub message_frame: u32,
}

/// One of all these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Record {
    /// A message.
    Message(Message),
    /// Somebody comes into a chat.
    Join(Presence),
    /// Somebody leaves one.
    Leave(Presence),
    /// Something of a person changes.
    Person(Person),
    /// Somebody tries to sign in.
    Login(Login),
    /// Somebody signs out.
    Logout(Logout),
    /// A file or object.
    File(File),
    /// A stored message was fetched.
    Fetched(Fetched),
    /// Something that an analyst would want to be told.
    Remark(Trouble),
    /// A chat, at its end.
    Chat(Chat),
    /// A contact, at the end.
    Contact(Contact),
    /// An account, at the end.
    Account(Account),
    /// A connection, at its end.
    Connection(Connection),
}

impl Record {
    /// Where it was seen, for what happens at one moment.
    pub fn seen(&self) -> Option<Seen> {
        match self {
            Record::Message(one) => Some(one.seen),
            Record::Join(one) | Record::Leave(one) => Some(one.seen),
            Record::Person(one) => Some(one.seen),
            Record::Login(one) => Some(one.seen),
            Record::Logout(one) => Some(one.seen),
            Record::File(one) => Some(one.seen),
            Record::Fetched(one) => Some(one.seen),
            Record::Remark(one) => Some(one.seen),
            Record::Chat(_) | Record::Contact(_) | Record::Account(_) | Record::Connection(_) => None,
        }
    }
}
