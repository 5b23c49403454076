// SPDX-License-Identifier: GPL-2.0-or-later
//! Walks the bytes of one segment, or of one reassembled unit: parses, asks and teaches the session, emits items.

pub mod body;
pub mod cam;
pub mod channel;
pub mod command;
pub mod direct;
pub mod direct_frame;
pub mod export;
pub mod framing;
pub mod ftp;
pub mod ftp_blocks;
mod ftp_show;
pub mod gateway;
pub mod heuristic;
mod invite_ftp;
mod links;
mod login;
pub(crate) mod object;
pub(crate) mod p2p;
pub(crate) mod p2p_body;
pub mod params;
pub mod probe;
pub(crate) mod slp;
pub(crate) mod slp_body;
pub mod summary;
pub(crate) mod transfer;
mod windows;
pub(crate) mod xml;

use crate::{
    command::{Line, ServerKind},
    fields::{Proto, command as f, expert},
    item::{Span, Tree},
    session::{
        Connection, Endpoint, Record, Session, What,
        flow::{Flow, Place},
        records::{DIR_INFERRED, LATE, VERSION_INFERRED},
    },
};
pub use channel::Channel;
pub use export::Object;
use framing::Unit;
pub use heuristic::heuristic;
use std::net::IpAddr;

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

/// What the consumer knows of the bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Packet {
    /// Frame number.
    pub frame: u32,
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
    /// The frame is seen for the first time: state may change.
    pub first_pass: bool,
    /// More bytes can be asked for.
    pub can_desegment: bool,
    /// The Info column is wanted.
    pub want_info: bool,
    /// Whole objects are wanted for export.
    pub want_objects: bool,
    /// Bytes of the segment on the wire; more than were given when the capture cut it.
    pub reported_len: usize,
}

impl Packet {
    /// A first packet from a client, for examples and tests.
    pub fn example() -> Self {
        Packet {
            frame: 1,
            connection: 1,
            source: Endpoint { port: 40000, ..Endpoint::default() },
            destination: Endpoint { port: 1863, ..Endpoint::default() },
            first_pass: true,
            can_desegment: true,
            want_info: true,
            want_objects: true,
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

/// Reassembly table a fragment belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Table {
    /// Chat messages split by Message-ID.
    Message = 0,
    /// Peer-to-peer messages.
    P2p = 1,
    /// Units cut between two bodies of the HTTP gateway.
    Gateway = 2,
    /// Files of MSNFTP.
    Ftp = 3,
}

/// A piece of a message that spans units, for Wireshark's reassembly.
///
/// The shim adds it to the table under `id`; when the message is whole in this frame, it calls [`message`] with the
/// whole and `id`, and replays what comes out where the fragment's item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Reassembly table.
    pub table: Table,
    /// Number of the message within its table, given on the first pass and the same on every later one.
    pub id: u32,
    /// Place of the bytes in the data given (or in `source`).
    pub start: u32,
    /// How many.
    pub len: u32,
    /// 0 = the bytes given, otherwise the number of a decoded source.
    pub source: u16,
    /// Where the piece belongs: a byte offset, or its number from 0 when `numbered`.
    pub offset: u32,
    /// `offset` counts pieces, not bytes.
    pub numbered: bool,
    /// More pieces follow this one's place.
    pub more: bool,
}

/// Everything that comes out of a dissection; reuse it to save allocations.
#[derive(Debug, Default)]
pub struct Dissection {
    /// The items.
    pub tree: Tree,
    /// Text for the Info column.
    pub info: String,
    /// Bytes dealt with; the rest waits for more.
    pub consumed: usize,
    /// What to do about the rest.
    pub need: Need,
    /// Units dealt with, to be added to [`Packet::unit`] for the next bytes of the same frame.
    pub units: u32,
    /// Connections announced, first pass only.
    pub announced: Vec<Announcement>,
    /// Pieces of messages, in order; each has a [`crate::item::Kind::Fragment`] item when items are wanted.
    pub fragments: Vec<Fragment>,
    /// Objects that came over the wire whole; each is given once, where its last byte stands, on every pass.
    pub objects: Vec<Object>,
    /// Bodies of the HTTP gateway: key of the connection, for the rest of the body.
    pub connection: u64,
}

impl Dissection {
    /// Empties everything; `want_tree` says whether items are kept.
    pub fn reset(&mut self, want_tree: bool) {
        self.tree.reset(want_tree);
        self.info.clear();
        self.consumed = 0;
        self.need = Need::Nothing;
        self.units = 0;
        self.announced.clear();
        self.fragments.clear();
        self.objects.clear();
        self.connection = 0;
    }

    /// Adds a piece of a message that spans units; its place counts like the tree's spans do.
    pub fn fragment(&mut self, span: Span, piece: Fragment) {
        let start = (span.start + self.tree.base()) as u32;
        self.tree.fragment(span, self.fragments.len() as u64);
        self.fragments.push(Fragment { start, len: span.len() as u32, source: self.tree.source(), ..piece });
    }
}

/// The walk over one unit.
pub(crate) struct Walk<'a> {
    pub session: &'a mut Session,
    pub packet: &'a Packet,
    /// All bytes given.
    pub data: &'a [u8],
    /// What is known of the unit.
    pub record: Record,
    pub out: &'a mut Dissection,
}

/// Most bytes of the Info column.
pub(crate) const MAX_INFO: usize = 1200;

/// Dissects the bytes of a segment, or of a unit put together from several.
pub fn stream(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
    let mut at = 0;
    let mut line = Line::default();
    let place = flow(session, packet).map_or_else(Place::default, |(flow, start)| {
        flow.place(packet.frame, start, data.len() as u32, packet.arrival == Arrival::Reassembled)
    });
    while at < data.len() {
        let unit = packet.unit + out.units;
        let mut before = prepare(session, packet, unit, at);
        if place.late {
            before.inferred |= LATE;
        }
        if at == 0 && place.repeated > 0 {
            before.what = What::Repeated(place.repeated);
        }
        let rest = data.get(at..).unwrap_or_default();
        let known = framing::Context {
            known: command::known_before(session, &before),
            skip: match before.what {
                What::Continuation(skip) => skip as usize,
                _ => 0,
            },
            reported: packet.reported_len.saturating_sub(at).max(rest.len()),
            can_desegment: packet.can_desegment && before.inferred & LATE == 0,
        };
        if let What::Repeated(len) = before.what {
            if packet.first_pass {
                session.records.push(before);
            }
            at += len as usize;
            out.units += 1;
            continue;
        }
        if before.what == What::Incomplete && !packet.first_pass {
            let Unit::Incomplete(need) = framing::next(rest, &known, &mut line) else {
                // The first pass may have been given one frame's bytes in two steps: then it counted the unit twice.
                if session.records.get(packet.frame, unit + 1).is_some() {
                    out.units += 1;
                    continue;
                }
                return finish(out, data.len());
            };
            out.consumed = at;
            out.need = need;
            // As on the first pass: what comes behind in the same frame has the number that it had then.
            out.units += 1;
            return;
        }
        let mut walk = Walk { session: &mut *session, packet, data, record: before, out: &mut *out };
        match framing::next(rest, &known, &mut line) {
            Unit::Command(found) => {
                walk.command(at, &found);
                at += found.shown;
            }
            Unit::Continuation(len) => {
                walk.continuation(Span::new(at, at + len), known.skip.min(len));
                at += len;
            }
            Unit::Incomplete(need) => {
                if packet.first_pass {
                    session.records.push(Record { what: What::Incomplete, ..before });
                    if let Some((flow, start)) = flow(session, packet) {
                        flow.wait(start.wrapping_add(at as u32));
                    }
                }
                out.consumed = at;
                out.need = need;
                out.units += 1;
                return;
            }
        }
        out.units += 1;
    }
    finish(out, data.len());
}

fn finish(out: &mut Dissection, len: usize) {
    out.consumed = len;
    out.need = Need::Nothing;
}

/// What is known of the bytes that the sender sent, and the sequence number of the first byte now; nothing on later
/// passes, which read what the first found.
fn flow<'a>(session: &'a mut Session, packet: &Packet) -> Option<(&'a mut Flow, u32)> {
    let start = packet.sequence.filter(|_| packet.first_pass && packet.arrival != Arrival::Ordered)?;
    let connection = session.connections.of(packet.connection);
    Some((connection.flow(&packet.source, &packet.destination), start))
}

/// Whether all bytes of a segment were there before. Then it counts as one unit, of which nothing is shown.
pub(crate) fn repeated(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) -> bool {
    let unit = packet.unit + out.units;
    let len = data.len() as u32;
    if let Some((flow, start)) = flow(session, packet) {
        if flow.place(packet.frame, start, len, packet.arrival == Arrival::Reassembled).repeated < len {
            return false;
        }
        let record = Record { unit, what: What::Repeated(len), ..guess(packet) };
        session.records.push(record);
    } else if session.records.get(packet.frame, unit).is_none_or(|record| record.what != What::Repeated(len)) {
        return false;
    }
    out.units += 1;
    finish(out, data.len());
    true
}

/// What is known before a unit: from the connection on the first pass, from the record on later ones.
fn prepare(session: &mut Session, packet: &Packet, unit: u32, at: usize) -> Record {
    if !packet.first_pass {
        let recorded = session.records.get(packet.frame, unit).copied();
        let fallback = Record { frame: packet.frame, unit, ..guess(packet) };
        return recorded.unwrap_or(fallback);
    }
    let connection = session.connections.of(packet.connection);
    let (certain, dir) = connection.direction(&packet.source, &packet.destination);
    let skip = match (packet.sequence, connection.skip_to.get(dir as usize).copied().flatten()) {
        (Some(sequence), Some(end)) => {
            let left = end.wrapping_sub(sequence.wrapping_add(at as u32));
            // More than half the sequence space ahead means that the end lies behind.
            if left < u32::MAX / 2 { left } else { 0 }
        }
        _ => 0,
    };
    let inferred = if certain.is_none() { DIR_INFERRED } else { 0 };
    Record {
        frame: packet.frame,
        unit,
        what: if skip > 0 { What::Continuation(skip) } else { What::Command },
        conn: connection.id,
        account: connection.account,
        dir,
        server: connection.kind,
        version: connection.version,
        inferred: inferred | if connection.version == 0 { VERSION_INFERRED } else { 0 },
    }
}

/// Dissects a message that was put together from fragments; `table` and `id` are those of the fragments.
pub fn message(session: &mut Session, packet: &Packet, table: Table, id: u32, data: &[u8], out: &mut Dissection) {
    if windows::whole(session, table, id, data, out) {
        return finish(out, data.len());
    }
    match table {
        Table::Message => body::mime::whole(session, packet, id, data, out),
        Table::P2p => p2p::message(session, packet, id, data, out),
        Table::Gateway => return gateway::whole(session, packet, id, data, out),
        Table::Ftp => return ftp::whole(session, packet, id, data, out),
    }
    finish(out, data.len());
}

/// What can be said of a unit without any state.
fn guess(packet: &Packet) -> Record {
    let (_, dir) = Connection::default().direction(&packet.source, &packet.destination);
    Record {
        frame: packet.frame,
        unit: 0,
        what: What::Command,
        conn: Default::default(),
        account: Default::default(),
        dir,
        server: None,
        version: 0,
        inferred: DIR_INFERRED | VERSION_INFERRED,
    }
}

impl Walk<'_> {
    /// Shows bytes that belong to no known command.
    fn continuation(&mut self, span: Span, skip: usize) {
        self.record.what = What::Continuation(skip as u32);
        if self.packet.first_pass {
            self.session.records.push(self.record);
        }
        self.info_entry();
        if self.packet.want_info {
            self.out.info.push_str("Continuation");
        }
        let tree = &mut self.out.tree;
        tree.protocol(Proto::Msn, span, "Continuation");
        tree.bytes(f::CONTINUATION, span);
        if skip > 0 {
            tree.expert_text(expert::CONTINUATION, "Rest of a payload that began in an earlier segment");
        } else {
            tree.expert(expert::CONTINUATION);
        }
        self.generated();
        self.out.tree.close();
    }

    /// The items that every unit has: direction, server, version, account.
    fn generated(&mut self) {
        if !self.out.tree.wanted() {
            return;
        }
        let tree = &mut self.out.tree;
        let none = Span::default();
        let inferred = self.record.inferred;
        let dir = tree.text(f::DIRECTION, none, self.record.dir.name());
        if inferred & DIR_INFERRED != 0 {
            tree.note(dir, "inferred from the ports");
        }
        tree.generated(dir);
        if let Some(server) = self.record.server {
            let server = tree.text(f::SERVER, none, ServerKind::name(server));
            tree.generated(server);
        }
        if self.record.version != 0 {
            let version = tree.number(f::VERSION, none, u64::from(self.record.version));
            tree.generated(version);
        } else {
            let range = self.session.versions.at(self.record.conn, self.record.frame, self.record.unit);
            let handle = match range.wording() {
                Some(_) if range.low == range.high => Some(tree.number(f::VERSION, none, u64::from(range.low))),
                Some(wording) => Some(tree.text(f::VERSION_RANGE, none, &wording)),
                None => None,
            };
            if let Some(handle) = handle {
                tree.note(handle, "inferred from the shape of commands");
                tree.generated(handle);
            }
        }
        let account = self.session.names.get(self.record.account);
        if !account.is_empty() {
            let owner = tree.text(f::ACCOUNT, none, account);
            tree.generated(owner);
        }
    }

    /// Separates the Info text of units.
    fn info_entry(&mut self) {
        if self.packet.want_info && !self.out.info.is_empty() && self.out.info.len() < MAX_INFO {
            self.out.info.push_str("; ");
        }
    }
}
