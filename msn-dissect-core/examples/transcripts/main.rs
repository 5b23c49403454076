// SPDX-License-Identifier: GPL-2.0-or-later
//! Prints what was said in captures, without Wireshark: `cargo run --release --example transcripts -- FILE…`.
//!
//! Reads pcap and pcapng files with a pcap crate, puts TCP streams in order (`tcp.rs`), and gives their bytes to the core.
//! The gateway and the web services, which are carried by HTTP, are left out, and so are connections between clients.
//! `--time` says on standard error how many bytes of captures a second that was.

mod tcp;

use std::{
    collections::{HashMap, HashSet},
    error::Error,
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    time::{Duration, Instant},
};

use etherparse::SlicedPacket;
use msn_dissect_core::{
    dissect::Channel,
    event::Wanted,
    output::Dissection,
    packet::{AnnouncedKind, Endpoint, Need, Packet},
    report::transcript::Transcript,
    session::Session,
    tell,
};
use pcap_file::{
    DataLink,
    pcap::PcapReader,
    pcapng::{Block, PcapNgReader, blocks::interface_description::InterfaceDescriptionOption},
};
use tcp::{Segment, Stream};

/// Where servers listen, unless they are announced.
const PORT: u16 = 1863;

/// One direction of a connection, and what of it was not dealt with.
#[derive(Default)]
struct Way {
    stream: Stream,
    waiting: Vec<u8>,
    foreign: bool,
}

/// Reads captures and tells what was said.
#[derive(Default)]
struct Reader {
    session: Session,
    transcript: Transcript,
    out: Dissection,
    ways: HashMap<(Endpoint, Endpoint), Way>,
    connections: HashMap<(Endpoint, Endpoint), u64>,
    servers: HashSet<Endpoint>,
    frame: u32,
    text: String,
}

impl Reader {
    /// Takes a frame of the capture.
    fn frame(&mut self, link: DataLink, time: Duration, bytes: &[u8]) {
        self.frame += 1;
        let sliced = match link {
            DataLink::ETHERNET => SlicedPacket::from_ethernet(bytes),
            DataLink::LINUX_SLL => SlicedPacket::from_linux_sll(bytes),
            DataLink::RAW | DataLink::IPV4 | DataLink::IPV6 => SlicedPacket::from_ip(bytes),
            _ => return,
        };
        let Ok(sliced) = sliced else { return };
        if let Some(segment) = Segment::of(&sliced) {
            self.segment(time, &segment);
        }
    }

    fn segment(&mut self, time: Duration, segment: &Segment<'_>) {
        let (from, to) = (segment.source, segment.destination);
        let way = self.ways.entry((from, to)).or_default();
        if segment.begins {
            // The ports are used again.
            *way = Way::default();
            if !segment.acknowledges {
                self.connections.remove(&(from.min_max(to)));
            }
        }
        let begun = way.stream.begun();
        way.stream.take(segment, &mut way.waiting);
        if way.foreign || way.waiting.is_empty() {
            way.foreign |= way.stream.is_lost() && way.waiting.is_empty();
            return;
        }
        if !begun {
            let announced = self.servers.contains(&from) || self.servers.contains(&to);
            let known = from.port == PORT || to.port == PORT || announced;
            let other = self.ways.get(&(to, from)).is_some_and(|other| other.stream.begun() && !other.foreign);
            let way = self.ways.entry((from, to)).or_default();
            way.foreign = !known && !other && !Channel::Server.heuristic(&way.waiting);
            if way.foreign {
                way.waiting = Vec::new();
                return;
            }
        }
        self.dissect(time, from, to);
    }

    /// Gives what waits to the core, and keeps what it cannot use yet.
    fn dissect(&mut self, time: Duration, from: Endpoint, to: Endpoint) {
        let count = self.connections.len() as u64;
        let connection = *self.connections.entry(from.min_max(to)).or_insert(count);
        let Some(way) = self.ways.get_mut(&(from, to)) else { return };
        let packet = Packet {
            number: self.frame,
            time: u64::try_from(time.as_nanos()).unwrap_or(u64::MAX),
            connection,
            source: from,
            destination: to,
            first_pass: true,
            can_desegment: true,
            want_units: true,
            reported_len: way.waiting.len(),
            ..Packet::default()
        };
        self.out.reset(true);
        Channel::Server.dissect(&mut self.session, &packet, &way.waiting, &mut self.out);
        for unit in tell::units(&self.session, &packet, &way.waiting, &self.out, Wanted { facts: true, details: false })
        {
            self.transcript.take(&unit, &mut self.text);
        }
        let used = if self.out.need == Need::Nothing { way.waiting.len() } else { self.out.consumed };
        way.waiting.drain(..used);
        let servers = self.out.announced.iter().filter(|one| one.kind == AnnouncedKind::Msn);
        self.servers.extend(servers.map(|one| Endpoint::new(one.address, one.port)));
    }

    /// What is known now.
    fn print(&mut self, to: &mut impl Write) -> std::io::Result<()> {
        to.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

/// The two ends of a connection, whichever speaks.
trait Ends {
    fn min_max(self, other: Self) -> (Endpoint, Endpoint);
}

impl Ends for Endpoint {
    fn min_max(self, other: Self) -> (Endpoint, Endpoint) {
        let key = |end: &Endpoint| (end.address, end.port);
        if key(&self) <= key(&other) { (self, other) } else { (other, self) }
    }
}

fn read(file: &str, reader: &mut Reader, to: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut input = BufReader::with_capacity(1 << 20, File::open(file)?);
    let mut magic = [0; 4];
    input.read_exact(&mut magic)?;
    let input = magic.as_slice().chain(input);
    if magic == [0x0a, 0x0d, 0x0d, 0x0a] {
        let mut capture = PcapNgReader::new(input)?;
        let mut links = Vec::new();
        while let Some(block) = capture.next_block() {
            match block? {
                Block::SectionHeader(_) => links.clear(),
                Block::InterfaceDescription(interface) => {
                    // The crate takes every count for nanoseconds; a file may count otherwise, by a power of ten.
                    let power = interface.options.iter().find_map(|option| match option {
                        InterfaceDescriptionOption::IfTsResol(power) => Some(u32::from(*power)),
                        _ => None,
                    });
                    let factor = 10u32.checked_pow(9u32.saturating_sub(power.unwrap_or(6))).unwrap_or(1);
                    links.push((interface.linktype, factor));
                }
                Block::EnhancedPacket(packet) => {
                    let Some(&(link, factor)) = links.get(packet.interface_id as usize) else { continue };
                    reader.frame(link, packet.timestamp * factor, &packet.data);
                }
                _ => {}
            }
            reader.print(to)?;
        }
    } else {
        let mut capture = PcapReader::new(input)?;
        let link = capture.header().datalink;
        while let Some(packet) = capture.next_packet() {
            let packet = packet?;
            reader.frame(link, packet.timestamp, &packet.data);
            reader.print(to)?;
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut bytes, started, mut timed) = (0, Instant::now(), false);
    let mut to = BufWriter::new(std::io::stdout().lock());
    for argument in std::env::args().skip(1) {
        if argument == "--time" {
            timed = true;
            continue;
        }
        let mut reader = Reader::default();
        read(&argument, &mut reader, &mut to).map_err(|error| format!("{argument}: {error}"))?;
        reader.transcript.finish(&mut reader.text);
        reader.print(&mut to)?;
        bytes += std::fs::metadata(&argument)?.len();
    }
    to.flush()?;
    if timed {
        let seconds = started.elapsed().as_secs_f64();
        eprintln!("{:.1} MB in {seconds:.3} s: {:.0} MB/s", bytes as f64 / 1e6, bytes as f64 / 1e6 / seconds);
    }
    Ok(())
}
