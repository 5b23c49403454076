// SPDX-License-Identifier: GPL-2.0-or-later
//! What is known of a PDU that is told about.

use super::items::Items;
use crate::{
    command::{Dir, ServerKind},
    fields::{Field, Proto, command as f},
    session::{Record, Session},
};

/// What is known of the PDU that is told about.
pub(super) struct Context<'a> {
    /// What is remembered.
    pub session: &'a Session,
    /// Its frame number.
    pub frame: u32,
    /// What is known of it.
    pub record: &'a Record,
    /// What it shows.
    pub items: Items<'a>,
    /// Its protocol.
    pub proto: Proto,
    /// Its command word or operation.
    pub word: &'a str,
    /// Account that owns the connection.
    pub owner: &'a str,
}

/// Accounts are the same whatever their case.
pub(super) fn account(text: &str) -> String {
    text.trim().to_ascii_lowercase()
}

impl Context<'_> {
    /// Whether the client sent it.
    pub fn to_server(&self) -> bool {
        self.record.dir == Dir::ToServer
    }

    /// Whether it is on a switchboard.
    pub fn on_switchboard(&self) -> bool {
        self.record.server == Some(ServerKind::Switchboard)
    }

    /// The account that a field names.
    pub fn account(&self, field: Field) -> Option<String> {
        self.items.text(field).map(|text| account(&text)).filter(|text| !text.is_empty())
    }

    /// Its transaction ID.
    pub fn trid(&self) -> Option<u32> {
        self.items.number(f::TRID).map(|trid| trid as u32)
    }
}
