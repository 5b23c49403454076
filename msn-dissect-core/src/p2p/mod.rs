// SPDX-License-Identifier: GPL-2.0-or-later
//! Binary peer-to-peer headers: bytes in, numbers and ranges out, no state (fact base: p2p 1 to 4 and 8).

pub mod control;
pub mod footer;
pub mod peer_info;
pub mod tlv;
pub mod v1;
pub mod v2;

/// Which header a packet has, judged by its shape alone (fact base: p2p 2). `footer` says whether four bytes follow
/// the data. The test of version 1 has more conditions, so it goes first.
pub fn shape(packet: &[u8], footer: bool) -> Option<u8> {
    let footer = if footer { footer::LEN } else { 0 };
    if v1::fits(packet, footer) {
        Some(1)
    } else if v2::fits(packet, footer) {
        Some(2)
    } else {
        None
    }
}

/// How the header version of a packet is known (fact base: p2p 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum How {
    /// It is not.
    #[default]
    Unknown,
    /// The receiver is given with an endpoint.
    Endpoint,
    /// The receiver is given without an endpoint.
    PlainAccount,
    /// By the handshake of the direct connection.
    Handshake,
    /// By the shape of the packet.
    Shape,
    /// By the shape, against what was expected.
    ShapeAgainst,
}

/// What carries a packet says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Header version, 0 = nothing is said.
    pub version: u8,
    /// How it is said.
    pub how: How,
    /// Four bytes follow the data.
    pub footer: bool,
}

/// What a header says of its message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purpose {
    /// Session, 0 = negotiation.
    pub session_id: u32,
    /// It is marked as data of an object or file.
    pub object: bool,
    /// It is marked as data of a file.
    pub file: bool,
}

/// A packet, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Version 1.
    First(v1::Packet),
    /// Version 2.
    Second(v2::Packet),
    /// Shorter than the header that it should have.
    Cut,
    /// The version is not known.
    Unknown,
}

/// Takes a packet apart. The version is what its carrier says, unless the packet has the shape of the other one.
pub fn parse(packet: &[u8], told: &Told) -> (Form, How) {
    let (version, how) = match (told.version, shape(packet, told.footer)) {
        (0, Some(shape)) => (shape, How::Shape),
        (0, None) => (0, How::Unknown),
        (told, Some(shape)) if told != shape => (shape, How::ShapeAgainst),
        (version, _) => (version, told.how),
    };
    let form = match version {
        1 => v1::Packet::parse(packet, told.footer).map(Form::First),
        2 => v2::parse(packet).map(Form::Second),
        _ => Some(Form::Unknown),
    };
    (form.unwrap_or(Form::Cut), how)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bytes of a hex dump.
    pub(crate) fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn shapes_tell_the_versions_apart() {
        let acknowledgement =
            "00 00 00 00 02 00 c0 00 00 00 00 00 00 00 00 00 87 02 00 00 00 00 00 00 00 00 00 00 02 00 00 00
            c3 b2 a1 00 01 00 ed 5e 87 02 00 00 00 00 00 00 00 00 00 00";
        assert_eq!(shape(&hex(acknowledgement), true), Some(1));
        let pure_ack = "10 00 00 00 20 00 00 00 02 04 10 00 00 30 00 00 00 00 00 00";
        assert_eq!(shape(&hex(pure_ack), true), Some(2));
        assert_eq!(shape(b"GET / HTTP/1.1\r\n\r\n", true), None);
        assert_eq!(shape(&[], false), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..120), footer: bool) {
            let _ = shape(&bytes, footer);
        }
    }
}
