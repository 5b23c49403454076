// SPDX-License-Identifier: GPL-2.0-or-later
//! MSNSLP, the text that negotiates peer-to-peer sessions: bytes in, ranges and values out, no state
//! (fact base: p2p 5 to 8).

pub mod addresses;
pub mod bodies;
pub mod context;
pub mod description;
pub mod headers;
pub mod message;
pub mod nonce;

use crate::fields::Field;
pub use description::Description;

/// What a header or body field holds, and so how it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text(Field),
    /// Decimal number.
    Number(Field),
    /// `true` or `false`.
    Flag(Field),
    /// `{GUID}`.
    Guid(Field),
    /// `<msnmsgr:account;{endpoint}>`.
    Party(Field),
    /// `MSNSLP/1.0/TLP ;branch={GUID}`.
    Via,
    /// The session's kind.
    Euf,
    /// base64.
    Context,
    /// Blank-separated transports.
    Bridges(Field),
    /// IPv4 address as a signed number.
    NetId,
    /// Addresses or ports, maybe written backwards.
    Addresses(addresses::Form),
    /// Secret; the text is shown with a warning.
    Secret(Field),
}

/// A row of a table of headers or body fields.
pub type Row = (&'static str, Kind);

/// The row of a name; case does not matter.
pub fn row(table: &'static [Row], name: &[u8]) -> Option<Kind> {
    table.iter().find(|row| row.0.as_bytes().eq_ignore_ascii_case(name)).map(|row| row.1)
}
