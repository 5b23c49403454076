// SPDX-License-Identifier: GPL-2.0-or-later
//! What a PDU holds, opened.

/// A token of a command line, with what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Token {
    /// As it was sent, decoded as far as it is no UTF-8.
    pub text: String,
    /// Filter name of its field; empty if it has none.
    pub field: &'static str,
    /// What it is.
    pub label: &'static str,
    /// What it says.
    pub value: String,
    /// One sentence on what the field is.
    pub blurb: &'static str,
}

/// A line of the opened PDU.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// How deep it stands, from 0.
    pub depth: u8,
    /// Filter name of its field; empty for headings.
    pub field: &'static str,
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
    /// It is inferred, not read.
    pub inferred: bool,
}

/// How another frame has to do with a PDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is the request that this answers.
    Request,
    /// It is an answer to this.
    Answer,
    /// Something else.
    Other,
}

/// A frame that a PDU has to do with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// How.
    pub mark: Mark,
    /// In words.
    pub label: &'static str,
    /// Filter name of the field that says so.
    pub field: &'static str,
    /// Its number.
    pub frame: u32,
}

/// How much a remark matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Worth knowing.
    Chat,
    /// Unusual but not wrong.
    Note,
    /// Wrong, and survivable.
    Warning,
    /// Broken.
    Error,
}

impl Rank {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Rank::Chat => "chat",
            Rank::Note => "note",
            Rank::Warning => "warning",
            Rank::Error => "error",
        }
    }
}

/// Something that an analyst would want to be told (expert info).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// How much it matters.
    pub rank: Rank,
    /// Its filter name.
    pub name: &'static str,
    /// What it says.
    pub text: String,
}
