// SPDX-License-Identifier: GPL-2.0-or-later
//! Capture files, pcap and pcapng.

use super::{Link, Segment, Stream, TcpOptions, segments};
use anyhow::{Context, Result, bail};
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapReader, PcapWriter};
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{InterfaceDescriptionBlock, InterfaceDescriptionOption};
use pcap_file::pcapng::{Block, PcapNgReader, PcapNgWriter};
use pcap_file::{Endianness, TsResolution};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// Captures made here start at this Unix time, in the days of MSNP9.
const EPOCH: Duration = Duration::from_secs(1_060_000_000);
/// First bytes of a pcapng file, in any byte order.
const PCAPNG_MAGIC: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
/// `if_tsresol` for nanoseconds: 10 to the power of minus nine.
const NANOSECONDS: u8 = 9;
const SNAP_LENGTH: u32 = 262_144;

/// File format of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Classic pcap, microseconds.
    Pcap,
    /// pcapng, nanoseconds.
    PcapNg,
}

/// One captured packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Unix time.
    pub time: Duration,
    /// Captured bytes.
    pub data: Vec<u8>,
    /// Length on the wire, at least that of `data`.
    pub length: u32,
}

/// A capture file in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Link layer of every packet.
    pub link: Link,
    /// Packets in file order.
    pub packets: Vec<Packet>,
}

impl Capture {
    /// The packets that carry these connections, all cut in the same way, in time order.
    ///
    /// # Errors
    /// When a segment does not fit into an IP packet.
    pub fn of_streams(link: Link, streams: &[Stream], options: &TcpOptions) -> Result<Capture> {
        let all = streams.iter().flat_map(|s| segments(s, options)).collect();
        Capture::of_segments(link, all)
    }

    /// The packets that carry these segments, in time order; segments marked as not captured are left out.
    ///
    /// # Errors
    /// When a segment does not fit into an IP packet.
    pub fn of_segments(link: Link, mut segments: Vec<Segment>) -> Result<Capture> {
        segments.sort_by_key(|s| s.at);
        let mut packets = Vec::with_capacity(segments.len());
        for segment in segments.iter().filter(|s| s.captured) {
            let data = link.packet(segment)?;
            let length = u32::try_from(data.len())?;
            packets.push(Packet { time: EPOCH + segment.at, data, length });
        }
        Ok(Capture { link, packets })
    }

    /// Reads a capture file of either format.
    ///
    /// # Errors
    /// When the file cannot be read, or its packets are of a link type that is not supported here.
    pub fn read(path: &Path) -> Result<Capture> {
        let read = || {
            let mut file = File::open(path)?;
            let mut magic = [0; 4];
            file.read_exact(&mut magic)?;
            file.rewind()?;
            let input = BufReader::new(file);
            if magic == PCAPNG_MAGIC { read_pcapng(input) } else { read_pcap(input) }
        };
        read().with_context(|| format!("cannot read the capture {}", path.display()))
    }

    /// Writes the capture to a file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path, format: FileFormat) -> Result<()> {
        let write = || {
            let output = BufWriter::with_capacity(1 << 20, File::create(path)?);
            match format {
                FileFormat::Pcap => self.write_pcap(output),
                FileFormat::PcapNg => self.write_pcapng(output),
            }
        };
        write().with_context(|| format!("cannot write the capture {}", path.display()))
    }

    fn write_pcap(&self, output: impl Write) -> Result<()> {
        let header = PcapHeader {
            snaplen: SNAP_LENGTH,
            datalink: self.link.datalink(),
            ts_resolution: TsResolution::MicroSecond,
            // The loopback header is in the byte order of the machine that captured: always the same here.
            endianness: Endianness::Little,
            ..PcapHeader::default()
        };
        let mut writer = PcapWriter::with_header(output, header)?;
        for packet in &self.packets {
            writer.write_packet(&PcapPacket::new(packet.time, packet.length, &packet.data))?;
        }
        writer.into_writer().flush()?;
        Ok(())
    }

    fn write_pcapng(&self, output: impl Write) -> Result<()> {
        let mut writer = PcapNgWriter::with_endianness(output, Endianness::Little)?;
        let mut interface = InterfaceDescriptionBlock::new(self.link.datalink(), SNAP_LENGTH);
        interface.options.push(InterfaceDescriptionOption::IfTsResol(NANOSECONDS));
        writer.write_pcapng_block(interface)?;
        for packet in &self.packets {
            writer.write_pcapng_block(EnhancedPacketBlock {
                interface_id: 0,
                timestamp: packet.time,
                original_len: packet.length,
                data: Cow::Borrowed(&packet.data),
                options: Vec::new(),
            })?;
        }
        writer.into_inner().flush()?;
        Ok(())
    }
}

fn read_pcap(input: impl Read) -> Result<Capture> {
    let mut reader = PcapReader::new(input)?;
    let link = Link::from_datalink(reader.header().datalink)?;
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_packet() {
        let packet = packet?;
        packets.push(Packet { time: packet.timestamp, data: packet.data.into_owned(), length: packet.orig_len });
    }
    Ok(Capture { link, packets })
}

/// The reader gives time stamps as raw counts; this brings them to nanoseconds.
fn nanoseconds(raw: Duration, interface: &InterfaceDescriptionBlock<'_>) -> Result<Duration> {
    let resolution = interface.options.iter().find_map(|option| match option {
        InterfaceDescriptionOption::IfTsResol(resolution) => Some(*resolution),
        _ => None,
    });
    let power = u32::from(resolution.unwrap_or(6));
    let Some(missing) = 9u32.checked_sub(power) else { bail!("time stamp resolution {power} is not supported") };
    Ok(raw * 10u32.pow(missing))
}

fn read_pcapng(input: impl Read) -> Result<Capture> {
    let mut reader = PcapNgReader::new(input)?;
    let mut link = None;
    let mut packets = Vec::new();
    while let Some(block) = reader.next_block() {
        let block = block?.into_owned();
        if let Block::EnhancedPacket(packet) = block {
            let interface = reader.packet_interface(&packet).context("packet of an undeclared interface")?;
            let this = Link::from_datalink(interface.linktype)?;
            if *link.get_or_insert(this) != this {
                bail!("several link types in one capture");
            }
            let time = nanoseconds(packet.timestamp, interface)?;
            packets.push(Packet { time, data: packet.data.into_owned(), length: packet.original_len });
        }
    }
    Ok(Capture { link: link.unwrap_or(Link::Ethernet), packets })
}
