// SPDX-License-Identifier: GPL-2.0-or-later
//! The catalogue: every filter field, bit, expert info and protocol, each once.
//!
//! Each submodule lists the fields of one concern; [`groups`] gives them all in order. A [`Field`] is a number
//! that counts through all groups, so that the shim can keep its handles in one array.

pub mod command;
pub mod expert;
pub mod ftp;
pub mod link;
pub mod login;
pub mod mime;
pub mod p2p;
pub mod reassembly;
pub mod slp;
pub mod soap;
pub mod transport;
pub mod xml;

pub use expert::Expert;

use crate::values::{Names, capabilities::Bit};

/// A field of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Field(pub u16);

/// A protocol that appears in the tree and in filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Proto {
    /// Text protocol of dispatch, notification and switchboard servers.
    Msn = 0,
    /// Binary peer-to-peer headers and direct connections.
    MsnP2p = 1,
    /// Session descriptions of peer-to-peer transfers.
    MsnSlp = 2,
    /// Old file transfer.
    MsnFtp = 3,
    /// Webcam connections.
    MsnCam = 4,
    /// Web services beside the protocol.
    MsnSoap = 5,
}

/// Name, short name and filter name of each [`Proto`], in its order.
pub static PROTOCOLS: &[(&str, &str, &str)] = &[
    ("MSN Messenger Protocol", "MSNP", "msn"),
    ("MSN Peer-to-Peer", "MSNP2P", "msnp2p"),
    ("MSN Session Layer Protocol", "MSNSLP", "msnslp"),
    ("MSN File Transfer Protocol", "MSNFTP", "msnftp"),
    ("MSN Webcam", "MSNCAM", "msncam"),
    ("MSN Web Services", "MSN-SOAP", "msnsoap"),
];

/// What carries each [`Proto`] where it has no connection of its own, in their order.
pub static CARRIERS: [Proto; 6] = [Proto::Msn, Proto::Msn, Proto::MsnP2p, Proto::Msn, Proto::Msn, Proto::Msn];

/// How numbers are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Decimal.
    Dec,
    /// Hexadecimal.
    Hex,
    /// Decimal, then hexadecimal.
    DecHex,
}

/// What a frame number field links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Some related frame.
    Any,
    /// The request that this answers.
    Request,
    /// The answer to this.
    Response,
    /// The frame this is acknowledged in, or acknowledges.
    Ack,
}

/// Type of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Type {
    /// A heading without value.
    Heading,
    /// A string that the core decoded.
    Str,
    /// The bytes themselves.
    Bytes,
    /// Unsigned, of 1 to 8 bytes, with meanings.
    Uint(u8, Base, Option<&'static Names>),
    /// Unsigned, of 1 to 4 bytes, whose bits are fields of their own.
    Bits(u8, &'static [Bit], Option<(u32, &'static str, &'static Names)>),
    /// Signed, of 4 or 8 bytes.
    Int(u8),
    /// True or false.
    Bool,
    /// A GUID in text order.
    Guid,
    /// IPv4 address.
    Ipv4,
    /// IPv6 address.
    Ipv6,
    /// Point in time, ns since 1970.
    Time,
    /// Length of time, ns.
    Span,
    /// Frame number.
    Frame(Link),
}

/// A catalogue entry.
#[derive(Debug)]
pub struct Def {
    /// Filter name.
    pub filter: &'static str,
    /// Label in the tree.
    pub label: &'static str,
    /// Type and display.
    pub kind: Type,
    /// One sentence on what it is.
    pub blurb: &'static str,
}

/// Lists fields: a constant and a catalogue entry for each.
macro_rules! fields {
    ($first:expr; $($(#[$attr:meta])* $id:ident = $filter:literal $label:literal $kind:expr, $blurb:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, dead_code)]
        #[repr(u16)]
        enum Order { $($id,)* END }
        $(#[doc = $blurb] pub const $id: $crate::fields::Field = $crate::fields::Field($first + Order::$id as u16);)*
        /// The number after the last field of this group.
        pub const END: u16 = $first + Order::END as u16;
        /// The fields of this group.
        pub static FIELDS: &[$crate::fields::Def] = &[
            $($crate::fields::Def { filter: $filter, label: $label, kind: $kind, blurb: $blurb },)*
        ];
    };
}
pub(crate) use fields;

/// All groups in the order of their numbers.
pub fn groups() -> [&'static [Def]; 11] {
    [
        command::FIELDS,
        mime::FIELDS,
        xml::FIELDS,
        login::FIELDS,
        link::FIELDS,
        p2p::FIELDS,
        slp::FIELDS,
        ftp::FIELDS,
        transport::FIELDS,
        reassembly::FIELDS,
        soap::FIELDS,
    ]
}

/// The entry of a field.
pub fn def(field: Field) -> Option<&'static Def> {
    let mut number = field.0 as usize;
    for group in groups() {
        match group.get(number) {
            Some(def) => return Some(def),
            None => number -= group.len(),
        }
    }
    None
}

/// Whether a number can be the value of a field: what is longer would be cut, and shown as another one.
pub fn fits(field: Field, number: u64) -> bool {
    let within = |bytes: u8| bytes >= 8 || number >> (8 * u32::from(bytes)) == 0;
    match def(field).map(|def| def.kind) {
        Some(Type::Uint(bytes, ..) | Type::Bits(bytes, ..)) => within(bytes),
        Some(Type::Int(bytes)) => bytes >= 8 || i32::try_from(number as i64).is_ok(),
        Some(Type::Ipv4 | Type::Frame(_)) => within(4),
        Some(Type::Bool) => number <= 1,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn expert_names_are_unique() {
        let mut seen = HashSet::new();
        assert!(expert::groups().into_iter().flatten().all(|def| seen.insert(def.filter)));
    }

    #[test]
    fn filter_names_are_unique_and_well_formed() {
        let mut seen = HashSet::new();
        for def in groups().into_iter().flatten() {
            assert!(seen.insert(def.filter), "{} twice", def.filter);
            let proto = def.filter.split('.').next().unwrap();
            assert!(PROTOCOLS.iter().any(|row| row.2 == proto), "{}", def.filter);
            assert!(def.filter.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._".contains(&b)));
            assert!(!def.label.is_empty() && def.blurb.ends_with('.') && !def.blurb.contains('\n'), "{}", def.filter);
        }
    }

    #[test]
    fn numbers_find_their_entry() {
        assert_eq!(def(command::COMMAND).unwrap().filter, "msn.command");
        assert!(def(Field(u16::MAX)).is_none());
    }

    #[test]
    fn what_would_be_cut_does_not_fit() {
        let most = |field, most: u64| fits(field, most) && most.checked_add(1).is_none_or(|more| !fits(field, more));
        assert!(most(command::SERVER_PORT, 0xffff) && most(command::TRID, u64::from(u32::MAX)));
        assert!(most(ftp::FTP_FILE_SIZE, u64::MAX) && most(mime::EFFECTS, 0xff) && most(mime::RIGHT_TO_LEFT, 1));
        assert!(most(xml::COLOR_SCHEME, i32::MAX as u64) && fits(xml::COLOR_SCHEME, -1i64 as u64));
    }
}
