// SPDX-License-Identifier: GPL-2.0-or-later
//! What PDUs mean for persons, chats, lists and files.

/// What tells one chat from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChatKey {
    /// A switchboard session.
    Session(String),
    /// A switchboard connection whose session is not known.
    Connection(u32),
    /// Messages without a switchboard between two accounts, in order; or from and to a circle.
    Pair(String, String),
}

/// A chat as one leg of it knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// Which one.
    pub key: ChatKey,
    /// Accounts in it after this PDU.
    pub present: Vec<String>,
}

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text.
    Text,
    /// A nudge.
    Nudge,
    /// An animation.
    Wink,
    /// A voice clip.
    Voice,
    /// Handwriting.
    Ink,
    /// A message that waits for its receiver.
    Offline,
    /// A message to a phone, or from one.
    Page,
    /// What the sender says to be doing.
    Action,
    /// Somebody writes.
    Typing,
}

impl Kind {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Nudge => "nudge",
            Kind::Wink => "wink",
            Kind::Voice => "voice",
            Kind::Ink => "ink",
            Kind::Offline => "offline",
            Kind::Page => "page",
            Kind::Action => "action",
            Kind::Typing => "typing",
        }
    }
}

/// How a text is to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// Name of the font, empty if none is told.
    pub font: String,
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Struck out.
    pub strike: bool,
    /// Colour as 0xRRGGBB.
    pub color: Option<u32>,
    /// It runs from right to left.
    pub right_to_left: bool,
}

/// A message as one leg of a chat carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where it was said.
    pub chat: Chat,
    /// What kind.
    pub kind: Kind,
    /// Who wrote it, empty if that is not known.
    pub from: String,
    /// Who gets it, as far as this leg knows.
    pub to: Vec<String>,
    /// What it says.
    pub text: String,
    /// How it is to look.
    pub format: Format,
    /// The server delivers it on this leg.
    pub delivers: bool,
    /// The server shows it to the account that wrote it, at this or another endpoint.
    pub echo: bool,
    /// Transaction ID, for what comes back.
    pub trid: Option<u32>,
    /// An identifier of the message, empty if it has none.
    pub id: String,
    /// When it was written, ns since 1970, if that is another time.
    pub written: Option<u64>,
}

/// An emoticon that a message uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// Where it is used.
    pub chat: ChatKey,
    /// Who uses it.
    pub from: String,
    /// What it stands for.
    pub shortcut: String,
    /// SHA-1 of the picture, base64 as it is announced.
    pub sha1d: String,
}

/// What a PDU says of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Whose account.
    pub account: String,
    /// Display name.
    pub name: Option<String>,
    /// Status as a word of the protocol, and what it means.
    pub status: Option<(String, String)>,
    /// Personal message.
    pub message: Option<String>,
    /// Current media.
    pub media: Option<String>,
    /// What the client can do, in words.
    pub capabilities: Option<String>,
    /// A place where the account is signed in.
    pub endpoint: Option<String>,
}

/// Lists as bits: forward 1, allow 2, block 4, reverse 8, pending 16.
pub type Lists = u32;

/// What is done to the lists of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The contact is on these lists, and on no others.
    Set(Lists),
    /// It is put on these.
    Add(Lists),
    /// It is taken off these.
    Remove(Lists),
    /// Nothing is said of lists.
    Keep,
}

/// What a PDU says of a contact of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Whose list.
    pub owner: String,
    /// Account of the contact; empty if only the identifier is told.
    pub email: String,
    /// Identifier of the contact; empty if none is told.
    pub id: String,
    /// Its name on the list.
    pub name: Option<String>,
    /// What happens.
    pub change: Change,
    /// Groups it is put into, by number or GUID.
    pub groups: Vec<String>,
    /// Groups it is taken from.
    pub left: Vec<String>,
    /// Counts only if the request with this number succeeds.
    pub asked: Option<u32>,
}

/// What proves an account, or whether it was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Not checked.
    Unverified,
    /// Right.
    Good,
    /// Wrong.
    Bad,
}

/// A step of signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginStep {
    /// The client says what it is.
    Client(String),
    /// The account asks to sign in with a security package, or proves itself.
    Try {
        /// Security package.
        scheme: String,
        /// It carries the proof.
        proves: bool,
    },
    /// The server lets it in.
    Welcome,
    /// The server does not, or says why the connection ends.
    Refused(String),
    /// The login service gives the account no ticket, for this reason.
    Denied(String),
    /// It is sent to another server.
    Referred,
    /// The client leaves, or the server ends the connection, for this reason.
    Out(String),
}

/// Bytes that came out whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// File name, safe on every system.
    pub name: String,
    /// The same as its sender called it.
    pub given: String,
    /// What it is.
    pub kind: &'static str,
    /// Who sent it.
    pub from: String,
    /// Who got it.
    pub to: String,
    /// Media type, told by the bytes.
    pub media: &'static str,
    /// Whether its hash was checked.
    pub verified: Proof,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A transfer that is offered, or what becomes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    /// What is transferred.
    pub kind: String,
    /// Who sends it.
    pub from: String,
    /// Who gets it.
    pub to: String,
    /// Its name.
    pub name: String,
    /// Bytes that are promised.
    pub size: Option<u64>,
    /// Frame of the offer.
    pub offered: Option<u32>,
}

/// Something that a PDU means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Somebody says something.
    Said(Message),
    /// A message was delivered, or not: of this transaction ID on this connection.
    Receipt {
        /// Transaction ID of the message.
        trid: u32,
        /// It was delivered.
        delivered: bool,
    },
    /// An emoticon is used.
    Icon(Icon),
    /// Somebody is in a chat.
    Came {
        /// Which chat.
        chat: Chat,
        /// Account.
        who: String,
        /// Endpoint, empty if none is told.
        endpoint: String,
    },
    /// Somebody leaves a chat; all endpoints if none is told.
    Left {
        /// Which chat.
        chat: Chat,
        /// Account.
        who: String,
        /// Endpoint, empty if none is told.
        endpoint: String,
    },
    /// Something of a person.
    Person(Person),
    /// Something of a contact.
    Contact(Contact),
    /// A group of an account's list: its name, or nothing when it goes.
    Group {
        /// Whose list.
        owner: String,
        /// Number or GUID.
        id: String,
        /// Name, or nothing.
        name: Option<String>,
        /// Counts only if the request with this number succeeds.
        asked: Option<u32>,
    },
    /// An answer to the request with this number: it succeeded, or not.
    Answer {
        /// Transaction ID; frame number of a request of web services.
        trid: u32,
        /// It succeeded.
        good: bool,
    },
    /// A step of a login.
    Login(LoginStep),
    /// A file or object that came out.
    Object(Object),
    /// A transfer is offered or goes on.
    Transfer(Transfer),
}
