// SPDX-License-Identifier: GPL-2.0-or-later
//! What a peer says of its implementation, in an option of version 2. Clients disagree on the byte order
//! (fact base: p2p 4).

use nom::{
    IResult, Parser,
    number::{
        Endianness,
        complete::{u16, u32},
    },
};

/// Bytes of the option's value.
pub const LEN: usize = 12;

/// Peer information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerInfo {
    /// Byte order that was found.
    pub order: Endianness,
    /// Protocol version, 0x0200.
    pub protocol_version: u16,
    /// Implementation, 0.
    pub implementation: u16,
    /// Version of the implementation, 0x0e00.
    pub version: u16,
    /// Reserved, 0.
    pub reserved: u16,
    /// Capabilities, 0x10f.
    pub capabilities: u32,
}

/// The peer information at the start of the bytes: big-endian if it starts with `02 00`, otherwise little-endian.
pub fn parse(input: &[u8]) -> IResult<&[u8], PeerInfo> {
    let order = if input.starts_with(&[2, 0]) { Endianness::Big } else { Endianness::Little };
    (u16(order), u16(order), u16(order), u16(order), u32(order))
        .map(|(protocol_version, implementation, version, reserved, capabilities)| PeerInfo {
            order,
            protocol_version,
            implementation,
            version,
            reserved,
            capabilities,
        })
        .parse(input)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::hex, *};

    #[test]
    fn both_byte_orders_mean_the_same() {
        for (text, order) in [
            ("00 02 00 00 00 0e 00 00 0f 01 00 00", Endianness::Little),
            ("02 00 00 00 0e 00 00 00 00 00 01 0f", Endianness::Big),
        ] {
            let info = parse(&hex(text)).unwrap().1;
            assert_eq!(info.order, order);
            assert_eq!((info.protocol_version, info.version, info.capabilities), (0x0200, 0x0e00, 0x10f));
            assert_eq!((info.implementation, info.reserved), (0, 0));
        }
        assert!(parse(&[0; 11]).is_err());
    }
}
