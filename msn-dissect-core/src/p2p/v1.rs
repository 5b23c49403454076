// SPDX-License-Identifier: GPL-2.0-or-later
//! Packets of version 1: a header of 48 bytes, little-endian, then data (fact base: p2p 3).

use nom::{
    IResult, Parser,
    number::complete::{le_u32, le_u64},
};

use super::{Purpose, footer};
use crate::wire::Span;

/// Bytes of a header.
pub const LEN: usize = 48;

/// Places of the header's fields.
pub mod field {
    use super::Span;

    /// Number of the session, 0 = negotiation.
    pub const SESSION_ID: Span = Span { start: 0, end: 4 };
    /// Number of the message.
    pub const IDENTIFIER: Span = Span { start: 4, end: 8 };
    /// Place of this packet's data in the message.
    pub const OFFSET: Span = Span { start: 8, end: 16 };
    /// Bytes of the whole message.
    pub const TOTAL_SIZE: Span = Span { start: 16, end: 24 };
    /// Bytes of data in this packet.
    pub const MESSAGE_SIZE: Span = Span { start: 24, end: 28 };
    /// Flags.
    pub const FLAGS: Span = Span { start: 28, end: 32 };
    /// Random number of the message, or identifier of the acknowledged one.
    pub const ACK_ID: Span = Span { start: 32, end: 36 };
    /// Random number of the acknowledged message.
    pub const ACK_UNIQUE_ID: Span = Span { start: 36, end: 40 };
    /// Size of the acknowledged message.
    pub const ACK_SIZE: Span = Span { start: 40, end: 48 };
    /// Nonce that takes the place of the last three in the handshake of a direct connection.
    pub const NONCE: Span = Span { start: 32, end: 48 };
}

/// Asks for a piece again.
pub const NAK: u32 = 0x01;
/// Acknowledges a whole message.
pub const ACK: u32 = 0x02;
/// Waits for a reply.
pub const RAK: u32 = 0x04;
/// Error in the binary protocol.
pub const RST: u32 = 0x08;
/// Data of a file.
pub const FILE: u32 = 0x10;
/// Data of an object.
pub const DATA: u32 = 0x20;
/// The sender of the data cancels.
pub const CANCEL: u32 = 0x40;
/// The receiver of the data cancels.
pub const ERROR: u32 = 0x80;
/// Handshake of a direct connection.
pub const KEY: u32 = 0x100;
/// All flags that were ever seen.
pub const KNOWN_FLAGS: u32 = 0x0100_03ff;

/// A header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Number of the session, 0 = negotiation.
    pub session_id: u32,
    /// Number of the message, the same for all its packets.
    pub identifier: u32,
    /// Place of this packet's data in the message.
    pub offset: u64,
    /// Bytes of the whole message; a claim.
    pub total_size: u64,
    /// Bytes of data in this packet; a claim, and 0 in what some clients send although data follows.
    pub message_size: u32,
    /// Sum of flags.
    pub flags: u32,
    /// Random number of the message, or identifier of the acknowledged one.
    pub ack_id: u32,
    /// Random number of the acknowledged message.
    pub ack_unique_id: u32,
    /// Size of the acknowledged message, or the place to resume from.
    pub ack_size: u64,
}

/// The header at the start of the bytes.
pub fn parse(input: &[u8]) -> IResult<&[u8], Header> {
    (le_u32, le_u32, le_u64, le_u64, le_u32, le_u32, le_u32, le_u32, le_u64)
        .map(|(session_id, identifier, offset, total_size, message_size, flags, ack_id, ack_unique_id, ack_size)| {
            Header { session_id, identifier, offset, total_size, message_size, flags, ack_id, ack_unique_id, ack_size }
        })
        .parse(input)
}

impl Header {
    /// Whether so many bytes end the message if they stand behind those that the header tells of: headers of some clients
    /// lag by one packet.
    fn ends_behind(&self, len: usize) -> bool {
        let behind = self.offset.checked_add(u64::from(self.message_size));
        behind.and_then(|place| place.checked_add(len as u64)) == Some(self.total_size)
    }

    /// Whether the packet speaks about another one (or about the connection) and carries no part of a message.
    pub fn is_control(&self) -> bool {
        let about = self.flags & (NAK | ACK | RAK | RST | CANCEL | ERROR) != 0;
        self.flags & KEY != 0 || (about && self.message_size == 0)
    }

    /// What the header says of its message.
    pub fn purpose(&self) -> Purpose {
        Purpose { session_id: self.session_id, object: self.flags & (DATA | FILE) != 0, file: self.flags & FILE != 0 }
    }

    /// Bytes of data that the header tells of.
    pub fn expected(&self) -> usize {
        if self.message_size == 0 { 0 } else { self.data_len(usize::MAX) }
    }

    /// How many of the `available` bytes behind the header are data of the message: what the header says, except that
    /// 0 is not believed when data follows, and that neither the packet nor the message may be overrun (fact base: p2p 3).
    pub fn data_len(&self, available: usize) -> usize {
        if self.is_control() {
            return available.min(self.message_size as usize);
        }
        let left = usize::try_from(self.total_size.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let claimed = if self.message_size == 0 { usize::MAX } else { self.message_size as usize };
        available.min(left).min(claimed)
    }
}

/// Where the parts of a packet are. Every range lies within the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The header.
    pub header: Header,
    /// Data; empty if there is none.
    pub data: Span,
    /// Bytes that belong to nothing.
    pub trailing: Span,
    /// The application, and its place.
    pub footer: Option<(u32, Span)>,
}

impl Packet {
    /// Takes a packet apart; nothing if it is shorter than a header. `footer` says whether its carrier adds one.
    pub fn parse(bytes: &[u8], footer: bool) -> Option<Self> {
        let (rest, header) = parse(bytes).ok()?;
        let mut end = bytes.len();
        // Where the end of the packet is missing, so is the footer.
        let is_whole = |left: usize| left >= header.expected() || header.ends_behind(left);
        if footer && rest.len().checked_sub(footer::LEN).is_some_and(is_whole) {
            end -= footer::LEN;
        }
        // A nonce takes the place of the last header fields; what follows it is nothing known.
        let len = if header.flags & KEY != 0 { 0 } else { header.data_len(end - LEN) };
        let data = Span::new(LEN, LEN + len);
        let mut trailing = Span::new(data.end, end);
        let mut place = Span::new(end, bytes.len());
        // Some clients send the footer on direct connections as well.
        if !footer && trailing.len() == footer::LEN && header.message_size as usize == data.len() {
            (place, trailing) = (trailing, Span::new(data.end, data.end));
        }
        let footer = footer::parse(place.of(bytes)).ok().map(|(_, number)| (number, place));
        Some(Packet { header, data, trailing, footer })
    }
}

/// Whether a packet has the shape of version 1; `footer` bytes follow the data (fact base: p2p 2).
pub fn fits(packet: &[u8], footer: usize) -> bool {
    let Ok((rest, header)) = parse(packet) else { return false };
    let size = u64::from(header.message_size);
    rest.len() == header.message_size as usize + footer
        && header.offset.checked_add(size).is_some_and(|end| end <= header.total_size || header.message_size == 0)
        && header.offset >> 32 == 0
        && header.total_size >> 32 == 0
        && header.flags & !KNOWN_FLAGS == 0
}

#[cfg(test)]
mod tests {
    use super::{super::tests::hex, *};
    use proptest::prelude::*;

    fn header(text: &str) -> Header {
        parse(&hex(text)).unwrap().1
    }

    #[test]
    fn an_invitation_is_one_packet() {
        let text = "00 00 00 00 c3 b2 a1 00 00 00 00 00 00 00 00 00 87 02 00 00 00 00 00 00 87 02 00 00 00 00 00 00
            01 00 ed 5e 00 00 00 00 00 00 00 00 00 00 00 00";
        let expected = Header {
            identifier: 0x00a1_b2c3,
            total_size: 647,
            message_size: 647,
            ack_id: 0x5eed_0001,
            ..Header::default()
        };
        assert_eq!(header(text), expected);
        assert!(!expected.is_control());
        assert_eq!((expected.data_len(647), expected.data_len(700), expected.data_len(100)), (647, 647, 100));
    }

    #[test]
    fn its_acknowledgement_repeats_its_numbers() {
        let bytes =
            hex("00 00 00 00 02 00 c0 00 00 00 00 00 00 00 00 00 87 02 00 00 00 00 00 00 00 00 00 00 02 00 00 00
            c3 b2 a1 00 01 00 ed 5e 87 02 00 00 00 00 00 00 00 00 00 00");
        let (rest, ack) = parse(&bytes).unwrap();
        assert_eq!((ack.flags, ack.ack_id, ack.ack_unique_id, ack.ack_size), (ACK, 0x00a1_b2c3, 0x5eed_0001, 647));
        assert!(ack.is_control() && ack.data_len(0) == 0);
        assert_eq!(rest, [0; 4]);
        assert!(fits(&bytes, 4) && !fits(&bytes, 0));
    }

    #[test]
    fn data_preparation_and_pieces_of_objects_parse() {
        let preparation =
            hex("78 56 34 12 03 00 c0 00 00 00 00 00 00 00 00 00 04 00 00 00 00 00 00 00 04 00 00 00 00 00 00 00
            02 00 ed 5e 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01");
        assert!(fits(&preparation, 4));
        assert_eq!(parse(&preparation).unwrap().1.session_id, 0x1234_5678);
        let piece = header(
            "78 56 34 12 04 00 c0 00 b2 04 00 00 00 00 00 00 b8 0b 00 00 00 00 00 00 b2 04 00 00 20 00 00 00
            03 00 ed 5e 00 00 00 00 00 00 00 00 00 00 00 00",
        );
        assert_eq!((piece.offset, piece.total_size, piece.message_size, piece.flags), (1202, 3000, 1202, DATA));
        let nonce = header(
            "00 00 00 00 c9 b2 a1 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00
            d4 c3 b2 a1 f6 e5 18 07 29 3a 4b 5c 6d 7e 8f 90",
        );
        assert!(nonce.is_control() && nonce.flags == KEY);
    }

    #[test]
    fn wrong_sizes_are_put_right() {
        let last = Header { offset: 4808, total_size: 4908, message_size: 1202, flags: DATA, ..Header::default() };
        assert_eq!(last.data_len(100), 100);
        let first = Header { total_size: 7028, flags: DATA, ..Header::default() };
        assert_eq!((first.data_len(1202), first.data_len(0)), (1202, 0));
        let forged = Header { offset: 10, total_size: 5, message_size: 9, ..Header::default() };
        assert_eq!(forged.data_len(9), 0);
    }

    proptest! {
        #[test]
        fn data_never_leaves_the_packet(bytes in proptest::collection::vec(any::<u8>(), 48..48 + 64), available in 0usize..5000) {
            let header = parse(&bytes).unwrap().1;
            prop_assert!(header.data_len(available) <= available);
        }
    }
}
