// SPDX-License-Identifier: GPL-2.0-or-later
//! Headers of version 2: a transport header and, before data, a data header; both big-endian, both with options
//! (fact base: p2p 4).

use nom::{
    IResult, Parser,
    number::complete::{be_u16, be_u32, be_u64, u8},
};

use super::{
    Purpose, footer,
    tlv::{self, Piece},
};
use crate::wire::Span;

/// Bytes of either header without options.
pub const LEN: usize = 8;

/// Opens a link.
pub const SYN: u8 = 0x01;
/// Asks for an acknowledgement.
pub const RAK: u8 = 0x02;

/// First packet of a message.
pub const FIRST: u8 = 0x01;

/// Option of the transport header: what the peer's implementation can do.
pub const PEER_INFO: u8 = 1;
/// Option of the transport header: everything before this sequence number arrived.
pub const ACK: u8 = 2;
/// Option of the transport header: this sequence number is missing.
pub const NAK: u8 = 3;
/// Option of the data header: bytes of the message after this packet.
pub const REMAINING: u8 = 1;

/// Places of the fixed fields of the transport header.
pub mod field {
    use super::Span;

    /// Bytes of the transport header.
    pub const HEADER_LENGTH: Span = Span { start: 0, end: 1 };
    /// Sum of [`super::SYN`] and [`super::RAK`].
    pub const OPCODE: Span = Span { start: 1, end: 2 };
    /// Bytes of data header and data.
    pub const MESSAGE_LENGTH: Span = Span { start: 2, end: 4 };
    /// Sequence number.
    pub const BASE_ID: Span = Span { start: 4, end: 8 };
}

/// Places of the fixed fields of the data header, from its start.
pub mod data_field {
    use super::Span;

    /// Bytes of the data header.
    pub const HEADER_LENGTH: Span = Span { start: 0, end: 1 };
    /// Kind of data, and whether it begins here.
    pub const TF: Span = Span { start: 1, end: 2 };
    /// Number of the message.
    pub const PACKAGE_NUMBER: Span = Span { start: 2, end: 4 };
    /// Number of the session, 0 = negotiation.
    pub const SESSION_ID: Span = Span { start: 4, end: 8 };
}

/// A transport header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transport {
    /// Bytes of the header with options and padding; a claim.
    pub header_length: u8,
    /// Sum of [`SYN`] and [`RAK`].
    pub opcode: u8,
    /// Bytes of data header and data; a claim.
    pub message_length: u16,
    /// Sequence number: that of the sender's next packet is larger by `message_length`.
    pub base_id: u32,
}

/// A data header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Data {
    /// Bytes of the header with options and padding; a claim.
    pub header_length: u8,
    /// Kind of data, and whether it begins here.
    pub tf: u8,
    /// Number of the message.
    pub package_number: u16,
    /// Number of the session, 0 = negotiation.
    pub session_id: u32,
}

/// Where the parts of a packet are. Every range lies within the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The transport header.
    pub transport: Transport,
    /// Options of the transport header.
    pub transport_options: Span,
    /// The data header and where it starts, if there is one.
    pub data_header: Option<(Data, usize)>,
    /// Options of the data header.
    pub data_options: Span,
    /// Data; empty if there is none.
    pub data: Span,
    /// Behind header and data: the footer, if the carrier has one.
    pub rest: Span,
    /// The application, if `rest` is a footer.
    pub app_id: Option<u32>,
    /// Bytes of the message that follow this packet's; nothing if the option is missing.
    pub remaining: Option<u64>,
    /// Sequence number up to which everything arrived.
    pub acknowledges: Option<u32>,
    /// Sequence number that is missing.
    pub refuses: Option<u32>,
    /// Bytes of the data that the header announces and that are not there.
    pub missing: u64,
    /// A length points out of the packet, or into the fixed part of its own header.
    pub lies: bool,
}

fn transport(input: &[u8]) -> IResult<&[u8], Transport> {
    (u8, u8, be_u16, be_u32)
        .map(|(header_length, opcode, message_length, base_id)| Transport {
            header_length,
            opcode,
            message_length,
            base_id,
        })
        .parse(input)
}

fn data(input: &[u8]) -> IResult<&[u8], Data> {
    (u8, u8, be_u16, be_u32)
        .map(|(header_length, tf, package_number, session_id)| Data { header_length, tf, package_number, session_id })
        .parse(input)
}

/// The parts of a packet; `None` if it is shorter than a transport header.
pub fn parse(packet: &[u8]) -> Option<Packet> {
    let (_, transport) = transport(packet).ok()?;
    let mut lies = false;
    let mut within = |claimed: usize, least: usize| {
        let end = claimed.clamp(least, packet.len().max(least));
        lies |= end != claimed;
        end.min(packet.len())
    };
    let header_end = within(usize::from(transport.header_length), LEN);
    let message_end = within(header_end + usize::from(transport.message_length), header_end);
    let mut parts = Packet {
        transport,
        transport_options: Span::new(LEN, header_end),
        data_header: None,
        data_options: Span::new(header_end, header_end),
        data: Span::new(header_end, message_end),
        rest: Span::new(message_end, packet.len()),
        app_id: None,
        remaining: None,
        acknowledges: None,
        refuses: None,
        missing: (header_end + usize::from(transport.message_length)).saturating_sub(packet.len()) as u64,
        lies: false,
    };
    let message = parts.data.of(packet);
    if let Ok((_, header)) = data(message) {
        // A length of 0 is sent by somebody and means that there is no data header (fact base: p2p 4).
        if header.header_length != 0 {
            let least = header_end + LEN;
            let end = within(header_end + usize::from(header.header_length), least).min(message_end);
            lies |= header_end + usize::from(header.header_length) > message_end;
            parts.data_header = Some((header, header_end));
            parts.data_options = Span::new(least, end);
            parts.data = Span::new(end.max(least), message_end);
        }
    }
    parts.lies = lies;
    parts.options(packet);
    parts.app_id = footer::parse(parts.rest.of(packet)).ok().filter(|(rest, _)| rest.is_empty()).map(|found| found.1);
    Some(parts)
}

impl Packet {
    /// What the headers say of their message; without data header it is a negotiation.
    pub fn purpose(&self) -> Purpose {
        let (session_id, tf) = self.data_header.map_or((0, FIRST), |(header, _)| (header.session_id, header.tf));
        Purpose { session_id, object: tf & 0x06 != 0, file: tf & 0x06 == 0x06 }
    }

    /// Whether the data is the first of its message.
    pub fn is_first(&self) -> bool {
        self.data_header.is_none_or(|(header, _)| header.tf & FIRST != 0)
    }

    /// Reads what the options say; of several of one kind the first counts.
    fn options(&mut self, packet: &[u8]) {
        let sequence_of =
            |kind| find(packet, self.transport_options, kind).and_then(|value| sequence(value.of(packet)));
        if !self.transport_options.is_empty() {
            (self.acknowledges, self.refuses) = (sequence_of(ACK), sequence_of(NAK));
        }
        if let Some(value) = find(packet, self.data_options, REMAINING) {
            let number = be_u64::<_, nom::error::Error<&[u8]>>(value.of(packet));
            self.remaining = number.ok().map(|(_, number)| number);
        }
    }

    /// Sequence number that follows this packet.
    pub fn next_base_id(&self) -> u32 {
        self.transport.base_id.wrapping_add(u32::from(self.transport.message_length))
    }
}

/// The sequence number of an option that has the right length.
pub fn sequence(value: &[u8]) -> Option<u32> {
    <[u8; 4]>::try_from(value).ok().map(u32::from_be_bytes)
}

fn find(packet: &[u8], span: Span, kind: u8) -> Option<Span> {
    tlv::pieces(packet, span).find_map(|piece| match piece {
        Piece::Tlv(tlv) if tlv.kind == kind => Some(tlv.value),
        _ => None,
    })
}

/// Whether a packet has the shape of version 2; `footer` bytes follow the data (fact base: p2p 2).
pub fn fits(packet: &[u8], footer: usize) -> bool {
    let Ok((_, header)) = transport(packet) else { return false };
    let length = usize::from(header.header_length);
    length >= LEN
        && length % 4 == 0
        && header.opcode <= SYN | RAK
        && length + usize::from(header.message_length) + footer == packet.len()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::hex, *};
    use proptest::prelude::*;

    #[test]
    fn a_first_packet_has_peer_info_and_data() {
        let mut bytes =
            hex("18 03 00 30 10 00 00 00 01 0c 00 02 00 00 00 0e 00 00 0f 01 00 00 00 00 08 01 00 00 00 00 00 00");
        bytes.extend([0x53; 40]);
        bytes.extend([0; 4]);
        assert_eq!(bytes.len(), 76);
        assert!(fits(&bytes, 4));
        let packet = parse(&bytes).unwrap();
        assert_eq!((packet.transport.opcode, packet.next_base_id()), (SYN | RAK, 0x1000_0030));
        assert_eq!((packet.data, packet.rest), (Span::new(32, 72), Span::new(72, 76)));
        let (header, at) = packet.data_header.unwrap();
        assert_eq!((header.tf, header.session_id, at), (FIRST, 0, 24));
        assert_eq!((packet.remaining, packet.lies), (None, false));
        let cut = &bytes[..70];
        assert_eq!((packet.missing, parse(cut).unwrap().missing), (0, 2));
    }

    #[test]
    fn an_acknowledgement_has_no_data() {
        let bytes = hex("10 00 00 00 20 00 00 00 02 04 10 00 00 30 00 00 00 00 00 00");
        let packet = parse(&bytes).unwrap();
        assert_eq!((packet.acknowledges, packet.refuses), (Some(0x1000_0030), None));
        assert_eq!((packet.data_header, packet.rest), (None, Span::new(16, 20)));
        assert!(packet.data.is_empty() && fits(&bytes, 4));
    }

    #[test]
    fn data_preparation_is_four_bytes() {
        let bytes = hex("08 02 00 0c 10 00 00 30 08 01 00 00 12 34 56 78 00 00 00 00 00 00 00 01");
        let packet = parse(&bytes).unwrap();
        assert_eq!(packet.data_header.unwrap().0.session_id, 0x1234_5678);
        assert_eq!((packet.data.len(), packet.transport.opcode), (4, RAK));
    }

    #[test]
    fn pieces_of_an_object_count_down() {
        for (text, data, remaining) in [
            ("08 00 04 c4 10 00 00 3c 14 05 00 07 12 34 56 78 01 08 00 00 00 00 00 00 07 08 00 00", 1200, Some(1800)),
            ("08 00 04 c4 10 00 05 00 14 04 00 07 12 34 56 78 01 08 00 00 00 00 00 00 02 58 00 00", 1200, Some(600)),
            ("08 00 02 60 10 00 09 c4 08 04 00 07 12 34 56 78", 600, None),
        ] {
            let mut bytes = hex(text);
            bytes.resize(bytes.len() + data, 1);
            let packet = parse(&bytes).unwrap();
            assert!(fits(&bytes, 0) && !packet.lies);
            assert_eq!((packet.data.len(), packet.remaining), (data, remaining));
            assert_eq!(packet.data_header.unwrap().0.package_number, 7);
        }
    }

    #[test]
    fn lengths_that_lie_are_noticed_and_not_followed() {
        for text in [
            "ff 00 00 00 00 00 00 01",
            "04 00 00 00 00 00 00 01",
            "08 00 ff ff 00 00 00 01 20 00 00 00 00 00 00 00",
            "08 00 00 08 00 00 00 01 09 00 00 00 00 00 00 00",
        ] {
            let bytes = hex(text);
            let packet = parse(&bytes).unwrap();
            assert!(packet.lies, "{text}");
        }
        assert!(parse(&[8, 0, 0]).is_none());
    }

    #[test]
    fn a_data_header_of_length_0_is_none() {
        let bytes = hex("08 00 00 08 00 00 00 01 00 00 00 00 00 00 00 00");
        let packet = parse(&bytes).unwrap();
        assert_eq!((packet.data_header, packet.data.len(), packet.lies), (None, 8, false));
    }

    proptest! {
        #[test]
        fn every_range_lies_within_the_packet(bytes in proptest::collection::vec(any::<u8>(), 8..100)) {
            let packet = parse(&bytes).unwrap();
            for span in [packet.transport_options, packet.data_options, packet.data, packet.rest] {
                prop_assert!(span.start <= span.end && span.end <= bytes.len());
            }
            prop_assert_eq!(packet.data.end, packet.rest.start);
        }
    }
}
