// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows the packets with which a client finds out what its NAT does (fact base: direct 8).

use crate::{
    fields::{Proto, ftp as f},
    output::Dissection,
    packet::{Need, Packet},
    values::{self, ftp as numbers},
    wire::Span,
};

/// Bytes of a probe.
const LEN: usize = 20;

/// UDP port of the server.
const PORT: u16 = 7001;

/// What ports and addresses are hidden with, byte by byte.
const MASK: [u8; 4] = [0x41, 0x31, 0x41, 0x31];

/// Whether a datagram can be a probe.
pub fn heuristic(data: &[u8]) -> bool {
    data.len() == LEN && data.first() == Some(&2) && data.get(1).is_some_and(|service| [1, 3, 4].contains(service))
}

fn hidden(data: &[u8], at: usize, len: usize) -> u64 {
    let bytes = data.get(at..at + len).unwrap_or_default();
    bytes.iter().zip(MASK).fold(0, |number, (byte, mask)| number << 8 | u64::from(byte ^ mask))
}

/// Dissects a datagram; one that is not on the server's port, or no probe, is left alone.
pub fn datagram(packet: &Packet, data: &[u8], out: &mut Dissection) {
    if !heuristic(data) || (packet.source.port != PORT && packet.destination.port != PORT) {
        return;
    }
    out.units = 1;
    out.consumed = data.len();
    out.need = Need::Nothing;
    let service = data.get(1).copied().unwrap_or(0);
    let name = values::name(numbers::PROBE_SERVICES, service.into()).unwrap_or("unknown service");
    let label = format!("NAT probe, {name}");
    if packet.want_info {
        out.info.push_str(&label);
    }
    let tree = &mut out.tree;
    let at = |start: usize, len: usize| Span::new(start, start + len);
    tree.protocol(Proto::MsnP2p, at(0, LEN), &label);
    tree.number(f::PROBE_VERSION, at(0, 1), data.first().copied().unwrap_or(0).into());
    tree.number(f::PROBE_SERVICE, at(1, 1), service.into());
    tree.number(f::PROBE_CLIENT_PORT, at(2, 2), hidden(data, 2, 2));
    tree.number(f::PROBE_CLIENT_ADDRESS, at(4, 4), hidden(data, 4, 4));
    tree.number(f::PROBE_DISCARD_PORT, at(8, 2), hidden(data, 8, 2));
    tree.number(f::PROBE_TEST_PORT, at(10, 2), hidden(data, 10, 2));
    tree.number(f::PROBE_TEST_ADDRESS, at(12, 4), hidden(data, 12, 4));
    let transaction =
        data.get(16..20).unwrap_or_default().iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
    tree.number(f::PROBE_TRANSACTION, at(16, 4), transaction);
    tree.close();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_uncovered() {
        let data = [2, 3, 0x5b, 0xda, 0x81, 0x31, 0x43, 0x3b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
        let mut packet = Packet::example();
        let mut out = Dissection::default();
        out.reset(true);
        datagram(&packet, &data, &mut out);
        assert_eq!(out.units, 0, "other ports are left alone");
        packet.destination.port = PORT;
        datagram(&packet, &data, &mut out);
        assert_eq!(out.tree.number_of(f::PROBE_CLIENT_PORT), Some(6891));
        assert_eq!(out.tree.number_of(f::PROBE_CLIENT_ADDRESS), Some(0xc000_020a));
        assert_eq!(out.info, "NAT probe, Reply from the other server");
        assert!(!heuristic(&data[..19]) && !heuristic(&[1; 20]));
    }
}
