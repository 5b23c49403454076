// SPDX-License-Identifier: GPL-2.0-or-later
//! What lines teach beside what they show: a closed set of verbs, which rows of the command table name (fact base:
//! commands 1 to 3, state 1 to 4). Verbs find what they need in the parameters by [`super::roles::Role`].

/// Who opens a switchboard session with a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// With USR, after XFR.
    Caller,
    /// With ANS, after RNG.
    Callee,
}

/// Something that a line teaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// The client offers protocol versions.
    Offer,
    /// The server chooses a version, or refuses all.
    Choose,
    /// It names the account of the connection.
    Account,
    /// The connection has the version of the one that got its cookie.
    Inherit,
    /// It opens a switchboard session with a cookie.
    Open(Side),
    /// It gives the session id of the chat.
    Chat,
    /// It names a server that a connection will be made to.
    Announce,
    /// It refers the client to another notification server.
    Refer,
    /// It gives a cookie to this side.
    Cookie(Side),
    /// The server challenges the client program.
    Challenge,
    /// The client program answers the challenge.
    Respond,
    /// The server asks the account for a proof.
    AskProof,
    /// The account proves itself.
    Prove,
    /// The account shows a ticket that the address book gave.
    ShowTicket,
    /// The client leaves.
    GiveUp,
    /// A ping.
    Ping,
    /// The answer to the oldest ping.
    Pong,
    /// A page that may tell that an earlier one failed.
    Page,
    /// Lists begin.
    Sync,
    /// A contact of the lists.
    ContactLine,
    /// A group of the lists.
    GroupLine,
    /// A setting of the account in the lists.
    SettingLine,
    /// A setting of the latest contact of the lists.
    ContactSetting,
    /// It names a contact by its GUID, perhaps with its account.
    ContactId,
    /// It names groups, by number or GUID, perhaps with their names.
    GroupId,
    /// Somebody is put on a list: with transaction ID 0, this account on somebody else's.
    Added,
    /// Somebody is in the chat.
    Join,
    /// The account of the connection is in the chat.
    JoinSelf,
    /// Somebody leaves the chat.
    Leave,
    /// What the account says of itself, confirmed or from itself.
    Own,
    /// The same, if it names the account of the connection.
    Presence,
    /// A property, perhaps the account's name.
    OwnProperty,
    /// The payload says what the account is.
    Publish,
    /// A message was not delivered.
    Undelivered,
}

/// What has failed when a request is answered with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing that has a name.
    Other,
    /// The answer to a challenge.
    Challenge,
    /// A login, or the opening of a switchboard session.
    Login,
    /// The proof of an account to circles, which comes after the login.
    Circle,
    /// The delivery of a message.
    Delivery,
    /// The delivery of a page, whose failure a later page may tell, too.
    Page,
}

/// Whether a request must be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Always, with success or an error.
    Always,
    /// Only if it fails.
    Failure,
    /// As its acknowledgement mode says: see [`Need::of_mode`].
    Mode,
    /// Nothing is known of an answer.
    Unknown,
}

/// Acknowledgement that a MSG asks for, and whether it must then be answered (fact base: commands 2). With `S` only
/// success is told, so that silence means failure.
static ACK_MODES: &[(&str, Need)] =
    &[("U", Need::Failure), ("N", Need::Failure), ("A", Need::Always), ("D", Need::Always), ("S", Need::Unknown)];

impl Need {
    /// What it is for a message with this acknowledgement mode.
    pub fn of_mode(self, mode: &[u8]) -> Need {
        match self {
            Need::Mode => ACK_MODES.iter().find(|row| row.0.as_bytes() == mode).map_or(Need::Unknown, |row| row.1),
            need => need,
        }
    }
}

/// What answers a request by its transaction ID, which answers repeat. A numeric error reply answers any request.
#[derive(Clone, Copy, Debug)]
pub struct Answers {
    /// The word of the request itself.
    pub own: bool,
    /// Other words.
    pub others: &'static [&'static str],
    /// Whether there must be an answer.
    pub need: Need,
    /// What an error means.
    pub failure: Failure,
}
