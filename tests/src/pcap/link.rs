// SPDX-License-Identifier: GPL-2.0-or-later
//! Link layers: from a TCP segment to the bytes of a captured packet, and from those to the IP packet.

use super::Segment;
use anyhow::{Result, bail};
use etherparse::{EtherType, Ethernet2Header, PacketBuilder, SingleVlanHeader, VlanId};
use pcap_file::DataLink;
use std::net::{IpAddr, SocketAddr};

/// Link layer of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Ethernet, padded to 60 bytes.
    Ethernet,
    /// Ethernet with this many bytes of trailer behind the IP packet.
    EthernetTrailer(u8),
    /// Ethernet with an IEEE 802.1Q tag.
    Vlan(u16),
    /// Linux cooked capture.
    Sll,
    /// Linux cooked capture, version 2.
    Sll2,
    /// BSD loopback.
    Null,
    /// IP without link layer.
    Raw,
    /// PPP with HDLC-like framing.
    Ppp,
}

const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_IPV6: u16 = 0x86dd;
const ETHERTYPE_VLAN: u16 = 0x8100;
const PPP_IPV4: u16 = 0x0021;
const PPP_IPV6: u16 = 0x0057;
/// `AF_INET6` differs between the BSDs; this is FreeBSD's.
const AF_INET6: u32 = 28;
const AF_INET: u32 = 2;
/// Locally administered addresses of the two hosts.
const MAC: [[u8; 6]; 2] = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]];
/// ARP hardware type Ethernet, as the cooked headers give it.
const ARPHRD_ETHER: u16 = 1;

impl Link {
    /// All link layers, for tests that go through them.
    pub const ALL: [Link; 8] = [
        Link::Ethernet,
        Link::EthernetTrailer(9),
        Link::Vlan(42),
        Link::Sll,
        Link::Sll2,
        Link::Null,
        Link::Raw,
        Link::Ppp,
    ];

    /// Link-type number for the file header.
    pub fn datalink(self) -> DataLink {
        match self {
            Link::Ethernet | Link::EthernetTrailer(_) | Link::Vlan(_) => DataLink::ETHERNET,
            Link::Sll => DataLink::LINUX_SLL,
            Link::Sll2 => DataLink::LINUX_SLL2,
            Link::Null => DataLink::NULL,
            Link::Raw => DataLink::RAW,
            Link::Ppp => DataLink::PPP,
        }
    }

    /// The link layer of a file; how Ethernet frames are tagged or padded does not show in the file header.
    ///
    /// # Errors
    /// When packets of that type cannot be handled here.
    pub fn from_datalink(datalink: DataLink) -> Result<Link> {
        Ok(match datalink {
            DataLink::ETHERNET => Link::Ethernet,
            DataLink::LINUX_SLL => Link::Sll,
            DataLink::LINUX_SLL2 => Link::Sll2,
            DataLink::NULL => Link::Null,
            DataLink::RAW => Link::Raw,
            DataLink::PPP => Link::Ppp,
            other => bail!("link type {other:?} is not supported"),
        })
    }

    /// The packet that carries `segment`, with correct lengths and checksums.
    ///
    /// # Errors
    /// When the segment does not fit into an IP packet.
    pub fn packet(self, segment: &Segment) -> Result<Vec<u8>> {
        let v4 = segment.source.is_ipv4();
        let ethertype = if v4 { ETHERTYPE_IPV4 } else { ETHERTYPE_IPV6 };
        let from_client = segment.source.port() >= segment.destination.port();
        let (source, destination) = if from_client { (MAC[0], MAC[1]) } else { (MAC[1], MAC[0]) };
        let ethernet = |ether_type| Ethernet2Header { source, destination, ether_type: EtherType(ether_type) };
        let mut out = Vec::with_capacity(segment.payload.len() + 80);
        match self {
            Link::Ethernet | Link::EthernetTrailer(_) => out.extend(ethernet(ethertype).to_bytes()),
            Link::Vlan(id) => {
                out.extend(ethernet(ETHERTYPE_VLAN).to_bytes());
                let tag = SingleVlanHeader {
                    vlan_id: VlanId::try_new(id)?,
                    ether_type: EtherType(ethertype),
                    ..SingleVlanHeader::default()
                };
                out.extend(tag.to_bytes());
            }
            Link::Sll => {
                let packet_type: u16 = if from_client { 4 } else { 0 };
                for field in [packet_type, ARPHRD_ETHER, 6] {
                    out.extend(field.to_be_bytes());
                }
                out.extend(source);
                out.extend([0, 0]);
                out.extend(ethertype.to_be_bytes());
            }
            Link::Sll2 => {
                out.extend(ethertype.to_be_bytes());
                out.extend([0, 0]);
                out.extend(1u32.to_be_bytes());
                out.extend(ARPHRD_ETHER.to_be_bytes());
                out.extend([if from_client { 4 } else { 0 }, 6]);
                out.extend(source);
                out.extend([0, 0]);
            }
            Link::Null => out.extend(if v4 { AF_INET } else { AF_INET6 }.to_le_bytes()),
            Link::Raw => {}
            Link::Ppp => {
                out.extend([0xff, 0x03]);
                out.extend(if v4 { PPP_IPV4 } else { PPP_IPV6 }.to_be_bytes());
            }
        }
        write_ip(segment, &mut out)?;
        match self {
            Link::Ethernet | Link::Vlan(_) => out.resize(out.len().max(60), 0),
            Link::EthernetTrailer(extra) => out.resize(out.len().max(60) + usize::from(extra), 0xee),
            _ => {}
        }
        Ok(out)
    }

    /// Where the IP packet starts in a packet of this link type; `None` when it carries something else.
    pub fn ip_offset(self, packet: &[u8]) -> Option<usize> {
        let word = |at: usize| packet.get(at..at + 2).map(|b| u16::from_be_bytes([b[0], b[1]]));
        let is_ip = |kind: u16| kind == ETHERTYPE_IPV4 || kind == ETHERTYPE_IPV6;
        match self {
            Link::Ethernet | Link::EthernetTrailer(_) | Link::Vlan(_) => {
                let mut at = 12;
                while word(at)? == ETHERTYPE_VLAN {
                    at += 4;
                }
                is_ip(word(at)?).then_some(at + 2)
            }
            Link::Sll => is_ip(word(14)?).then_some(16),
            Link::Sll2 => is_ip(word(0)?).then_some(20),
            Link::Null => Some(4),
            Link::Raw => Some(0),
            Link::Ppp => {
                let at = if packet.starts_with(&[0xff, 0x03]) { 2 } else { 0 };
                matches!(word(at)?, PPP_IPV4 | PPP_IPV6).then_some(at + 2)
            }
        }
    }
}

fn write_ip(segment: &Segment, out: &mut Vec<u8>) -> Result<()> {
    let ip = match (ip(segment.source), ip(segment.destination)) {
        (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), 64),
        (IpAddr::V6(from), IpAddr::V6(to)) => PacketBuilder::ipv6(from.octets(), to.octets(), 64),
        _ => bail!("mixed address families"),
    };
    let mut tcp = ip.tcp(segment.source.port(), segment.destination.port(), segment.seq, 65535);
    if segment.syn {
        tcp = tcp.syn();
    }
    if !segment.syn || segment.ack != 0 {
        tcp = tcp.ack(segment.ack);
    }
    if segment.fin {
        tcp = tcp.fin();
    }
    if segment.rst {
        tcp = tcp.rst();
    }
    if !segment.payload.is_empty() {
        tcp = tcp.psh();
    }
    tcp.write(out, &segment.payload)?;
    Ok(())
}

fn ip(address: SocketAddr) -> IpAddr {
    address.ip()
}
