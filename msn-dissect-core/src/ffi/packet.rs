// SPDX-License-Identifier: GPL-2.0-or-later
//! What the shim says of a packet.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::{
    event::Wanted,
    packet::{Arrival, Endpoint, Opened, Packet},
    session::FrameId,
};

/// Bytes may be asked for ([`MsnPacket::flags`]).
pub const MSN_CAN_DESEGMENT: u32 = 1;
/// The frame is seen for the first time.
pub const MSN_FIRST_PASS: u32 = 2;
/// Items are wanted.
pub const MSN_WANT_TREE: u32 = 4;
/// Info text is wanted.
pub const MSN_WANT_INFO: u32 = 8;
/// Whole objects are wanted for export.
pub const MSN_WANT_OBJECTS: u32 = 32;
/// `sequence` is known.
pub const MSN_HAS_SEQUENCE: u32 = 16;
/// The bytes are a TCP segment, which may be late or repeat bytes.
pub const MSN_SEGMENT: u32 = 64;
/// The bytes were put together from TCP segments.
pub const MSN_REASSEMBLED: u32 = 128;
/// Statistics are wanted; goes with [`MSN_WANT_TREE`].
pub const MSN_WANT_STATISTICS: u32 = 256;
/// Logins are wanted; goes with [`MSN_WANT_TREE`].
pub const MSN_WANT_CREDENTIALS: u32 = 512;
/// Frames with pieces of whole messages are wanted.
pub const MSN_WANT_DEPENDS: u32 = 1024;
/// What PDUs mean is wanted, for reports; goes with [`MSN_WANT_TREE`].
pub const MSN_WANT_EVENTS: u32 = 2048;
/// Their lines and details are wanted, too.
pub const MSN_WANT_DETAILS: u32 = 4096;

/// Earlier bytes of the frame have text in the Info column.
pub const MSN_INFO_BEGUN: u32 = 8192;
/// The handshake of the connection was seen, and the sender opened it.
pub const MSN_OPENED_BY_SENDER: u32 = 16384;
/// It was seen, and the receiver opened it.
pub const MSN_OPENED_BY_RECEIVER: u32 = 32768;

/// What the shim knows of the bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MsnPacket {
    /// Key of the connection; only used on the first pass.
    pub connection: u64,
    /// Capture time, ns since 1970.
    pub time: u64,
    /// Where the frame stands in the capture file.
    pub place: u64,
    /// Frame number.
    pub frame: u32,
    /// Units dissected in this frame before.
    pub unit: u32,
    /// TCP sequence number of the first byte.
    pub sequence: u32,
    /// Sum of `MSN_*` flags.
    pub flags: u32,
    /// Bytes on the wire.
    pub reported_len: u32,
    /// Sender's port.
    pub source_port: u16,
    /// Receiver's port.
    pub destination_port: u16,
    /// Sender's address, IPv6; an IPv4 address as it is mapped there (`::ffff:a.b.c.d`).
    pub source: [u8; 16],
    /// Receiver's address.
    pub destination: [u8; 16],
}

/// What stands in payloads that dissectors with a memory are given: invitations to calls, in XML or as they are, whose
/// streams Wireshark then knows. Every packet of a first pass is looked through for them, so how is prepared once.
static REMEMBERED: LazyLock<[Finder<'static>; 4]> = LazyLock::new(|| {
    let marks: [&[u8]; 4] = [b"<sip", b"<\0s\0i\0p", b"SIP/2.0", b"application/sdp"];
    marks.map(Finder::new)
});

/// The flags of a packet with these bytes, for its dissection. On the first pass the items of a payload that goes to a
/// dissector with a memory are wanted, whoever looks: what it learns must not depend on that. The shim shows them only if
/// the packet asks for it.
pub(super) fn flags_of(flags: u32, data: &[u8]) -> u32 {
    let unseen = flags & (MSN_FIRST_PASS | MSN_WANT_TREE) == MSN_FIRST_PASS;
    if unseen && REMEMBERED.iter().any(|mark| mark.find(data).is_some()) { flags | MSN_WANT_TREE } else { flags }
}

/// What is to be told of its PDUs.
pub(super) fn events_of(packet: &MsnPacket) -> Wanted {
    let has = |flag| packet.flags & flag != 0;
    Wanted { facts: has(MSN_WANT_EVENTS), details: has(MSN_WANT_DETAILS) }
}

/// The packet as the core knows it.
pub(super) fn packet_of(packet: &MsnPacket) -> Packet {
    let has = |flag| packet.flags & flag != 0;
    Packet {
        number: packet.frame,
        place: Some(packet.place),
        frame: FrameId::NONE,
        unit: packet.unit,
        time: packet.time,
        connection: packet.connection,
        source: Endpoint { address: packet.source, port: packet.source_port },
        destination: Endpoint { address: packet.destination, port: packet.destination_port },
        sequence: has(MSN_HAS_SEQUENCE).then_some(packet.sequence),
        arrival: match (has(MSN_SEGMENT), has(MSN_REASSEMBLED)) {
            (true, _) => Arrival::Segment,
            (_, true) => Arrival::Reassembled,
            _ => Arrival::Ordered,
        },
        opened: match (has(MSN_OPENED_BY_SENDER), has(MSN_OPENED_BY_RECEIVER)) {
            (true, _) => Some(Opened::BySender),
            (_, true) => Some(Opened::ByReceiver),
            _ => None,
        },
        ended: false,
        first_pass: has(MSN_FIRST_PASS),
        can_desegment: has(MSN_CAN_DESEGMENT),
        // A command's line in the tree is its Info text, whether the column is shown or not.
        want_info: has(MSN_WANT_INFO) || has(MSN_WANT_TREE),
        want_objects: has(MSN_WANT_OBJECTS),
        want_units: has(MSN_WANT_EVENTS),
        want_depends: has(MSN_WANT_DEPENDS),
        info_begun: has(MSN_INFO_BEGUN),
        reported_len: packet.reported_len as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitations_to_calls_are_read_once_whoever_looks() {
        for data in [&b"UBN <sip e=\"base64\">"[..], b"<\0s\0i\0p\0", b"INVITE sip:bob@example.com SIP/2.0\r\n"] {
            assert_eq!(flags_of(MSN_FIRST_PASS, data), MSN_FIRST_PASS | MSN_WANT_TREE);
            assert_eq!(flags_of(MSN_WANT_INFO, data), MSN_WANT_INFO);
        }
        assert_eq!(flags_of(MSN_FIRST_PASS, b"MSG bob@example.com Bob 4\r\nsip!"), MSN_FIRST_PASS);
    }
}
