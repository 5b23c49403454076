// SPDX-License-Identifier: GPL-2.0-or-later
//! What a consumer says of the bytes that it gives, and what it is asked for in return.

use std::net::{IpAddr, Ipv6Addr};

/// Identity of a frame: grows from frame to frame, the same on every pass. [`FrameId::NONE`] stands for no frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(u32);

impl FrameId {
    /// No frame, or one that the first pass did not see.
    pub const NONE: FrameId = FrameId(0);

    /// Whether this stands for no frame.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The identity, unless it stands for no frame.
    pub fn known(self) -> Option<FrameId> {
        (!self.is_none()).then_some(self)
    }

    /// Which frame it is, from 1, in the order in which frames were met.
    pub const fn index(self) -> u32 {
        self.0
    }

    /// The n-th frame that was met, from 1.
    pub const fn nth(n: u32) -> FrameId {
        FrameId(n)
    }
}

/// One end of a TCP connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Address, IPv6; an IPv4 address as it is mapped there (`::ffff:a.b.c.d`).
    pub address: [u8; 16],
    /// TCP port.
    pub port: u16,
}

impl Endpoint {
    /// An end at this address.
    pub fn new(address: IpAddr, port: u16) -> Self {
        let address = match address {
            IpAddr::V4(four) => four.to_ipv6_mapped(),
            IpAddr::V6(six) => six,
        };
        Endpoint { address: address.octets(), port }
    }

    /// Its address.
    pub fn ip(&self) -> IpAddr {
        Ipv6Addr::from(self.address).to_canonical()
    }
}

/// How bytes came, which says whether some of them may have come before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrival {
    /// Each byte comes once and in order.
    #[default]
    Ordered,
    /// As a TCP segment, which may be late or repeat bytes.
    Segment,
    /// Put together from TCP segments, of which bytes that wait come again.
    Reassembled,
}

/// Which end of a connection sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The one that opened it.
    BySender,
    /// The other one.
    ByReceiver,
}

/// What the consumer knows of the bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Packet {
    /// Frame number, as people know it.
    pub number: u32,
    /// Where the frame stands in the capture: any number that grows from frame to frame and is the same on every pass.
    /// Without it the frame number is taken, which a read filter makes ambiguous.
    pub place: Option<u64>,
    /// Which frame that is; the session finds it where bytes come in.
    pub frame: FrameId,
    /// Units of this frame that were dissected before these bytes.
    pub unit: u32,
    /// Capture time, ns since 1970.
    pub time: u64,
    /// Key of the connection, the same for both directions.
    pub connection: u64,
    /// Sender.
    pub source: Endpoint,
    /// Receiver.
    pub destination: Endpoint,
    /// TCP sequence number of the first byte, if it is known.
    pub sequence: Option<u32>,
    /// How the bytes came.
    pub arrival: Arrival,
    /// The sender connected to the receiver, or was connected to, as the handshake of the connection says if it was seen.
    pub opened: Option<Opened>,
    /// The connection ended behind these bytes.
    pub ended: bool,
    /// The frame is seen for the first time: state may change.
    pub first_pass: bool,
    /// More bytes can be asked for.
    pub can_desegment: bool,
    /// The Info column is wanted.
    pub want_info: bool,
    /// Whole objects are wanted for export.
    pub want_objects: bool,
    /// Where PDUs begin is wanted, for those who tell what they mean.
    pub want_units: bool,
    /// The frames are wanted that have pieces of messages which are whole now.
    pub want_depends: bool,
    /// The Info column has text of earlier bytes of the frame.
    pub info_begun: bool,
    /// Bytes of the segment on the wire; more than were given when the capture cut it.
    pub reported_len: usize,
}

impl Packet {
    /// A first packet from a client, for examples and tests.
    pub fn example() -> Self {
        Packet {
            number: 1,
            connection: 1,
            source: Endpoint { port: 40000, ..Endpoint::default() },
            destination: Endpoint { port: 1863, ..Endpoint::default() },
            first_pass: true,
            can_desegment: true,
            want_info: true,
            want_objects: true,
            want_depends: true,
            info_begun: false,
            ..Packet::default()
        }
    }
}

/// What the consumer must do next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    #[default]
    Nothing,
    /// Come again with this many more bytes.
    Bytes(usize),
    /// Come again with one more segment: how much is missing is not known.
    Segment,
}

/// What an announced connection will speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum AnnouncedKind {
    /// Text protocol of a server.
    Msn = 0,
    /// Direct connection between two clients.
    Direct = 1,
    /// Old file transfer.
    Ftp = 2,
    /// Webcam pictures.
    Webcam = 3,
}

/// A connection that was announced: dissect it as its kind whatever its port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Announcement {
    /// Address.
    pub address: IpAddr,
    /// TCP port.
    pub port: u16,
    /// What it will speak.
    pub kind: AnnouncedKind,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_families_stay_apart() {
        for text in ["192.0.2.10", "2001:db8::", "2001:db8::1", "::", "0.0.0.0"] {
            assert_eq!(Endpoint::new(text.parse().unwrap(), 0).ip().to_string(), text);
        }
    }
}
