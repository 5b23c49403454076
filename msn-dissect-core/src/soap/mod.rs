// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads the web services beside the protocol: heads of HTTP messages, and SOAP bodies (fact base: soap).

pub mod head;
pub mod mail;
pub mod message;
pub mod operations;
mod unit;

pub use head::{Endpoint, Head, Start};
pub use mail::Mail;
pub use message::{Message, Side};
pub use operations::{Operation, Service};
pub use unit::Unit;

use crate::crypto::hex;
use sha1::{Digest, Sha1};

/// The part of a ticket by which it is known: `t=` before it and `&p=` behind it may be missing.
pub fn token(ticket: &str) -> &str {
    let ticket = ticket.trim();
    let ticket = ticket.strip_prefix("t=").unwrap_or(ticket);
    ticket.split('&').next().unwrap_or_default()
}

/// By what a document is known that is a ticket, whatever blanks stand around it.
pub fn document_token(document: &[u8]) -> String {
    hex(&Sha1::digest(document.trim_ascii()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn tickets_are_known_by_their_token() {
        for ticket in ["t=53abc&p=x", "t=53abc", "53abc", " 53abc ", "t=53abc&amp;p="] {
            assert_eq!(super::token(ticket), "53abc");
        }
        assert_eq!(super::token(""), "");
    }
}
