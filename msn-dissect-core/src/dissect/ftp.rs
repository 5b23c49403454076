// SPDX-License-Identifier: GPL-2.0-or-later
//! Walks an MSNFTP connection (fact base: msnftp 2 and 3): lines in both directions, then blocks from the file's sender.
//!
//! Blocks are taken as they come, without waiting for their ends: where a byte belongs in the file follows from its
//! TCP sequence number, so that lost and reordered segments cost nothing but themselves.

use super::{channel, ftp_show, windows};
use crate::{
    output::{Dissection, Object, Table},
    packet::{Need, Packet},
    session::{
        Session,
        ftp::{FtpNote, FtpWhat, Link, NONE, Transfer},
        windows::{Cut, MAX_PLAIN_PIECES, Windows},
    },
    wire::{
        Span,
        ftp_blocks::{self, Piece, Place},
    },
};

/// Longest line waited for, in bytes.
pub const MAX_LINE: usize = 1024;

/// Largest file that is put together; Wireshark counts its bytes with a sign.
pub const MAX_FILE: u64 = 0x7fff_ffff;

/// The commands (fact base: msnftp 2).
pub static COMMANDS: &[&str] = &["VER", "USR", "FIL", "TFR", "CCL", "BYE"];

/// A command line.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its bytes without the line ending.
    pub text: &'a [u8],
    /// The line and its ending.
    pub len: usize,
    /// Command word.
    pub command: &'static str,
}

impl<'a> Line<'a> {
    /// The line at the start of `data`, if it is a command.
    pub fn parse(data: &'a [u8]) -> Option<Self> {
        let end = memchr::memchr(b'\n', data.get(..MAX_LINE).unwrap_or(data))?;
        let text = data.get(..end)?;
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let command = COMMANDS.iter().find(|word| {
            text.strip_prefix(word.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.first() == Some(&b' '))
        })?;
        Some(Line { text, len: end + 1, command })
    }

    /// The parameters and their places.
    pub fn params(&self) -> impl Iterator<Item = Span> + use<'a> {
        let text = self.text;
        let mut at = 3;
        std::iter::from_fn(move || {
            let rest = text.get(at..)?;
            let skip = rest.iter().position(|&byte| byte != b' ')?;
            let start = at + skip;
            let len = text.get(start..)?.iter().position(|&byte| byte == b' ').unwrap_or(text.len() - start);
            at = start + len;
            Some(Span::new(start, at))
        })
    }

    /// A parameter.
    pub fn param(&self, index: usize) -> &'a [u8] {
        self.params().nth(index).map(|span| span.of(self.text)).unwrap_or_default()
    }

    /// A parameter as a number.
    pub fn number(&self, index: usize) -> Option<u64> {
        std::str::from_utf8(self.param(index)).ok()?.parse().ok()
    }
}

/// Whether bytes without a line ending may be the start of a command.
fn is_start(data: &[u8]) -> bool {
    data.len() < MAX_LINE
        && COMMANDS.iter().any(|word| {
            let len = data.len().min(3);
            data.get(..len) == word.as_bytes().get(..len) && data.get(3).is_none_or(|byte| b" \r".contains(byte))
        })
}

/// Whether a stream that begins with `data` is MSNFTP: `VER`, some words, `MSNFTP`.
pub fn heuristic(data: &[u8]) -> bool {
    let text = match Line::parse(data) {
        Some(line) => line.text,
        // aMSN sends the line feed in a segment of its own.
        None => data.strip_suffix(b"\r").filter(|text| text.len() < MAX_LINE).unwrap_or_default(),
    };
    let words = text.strip_prefix(b"VER ").unwrap_or_default();
    words.split(|&byte| byte == b' ').next_back() == Some(b"MSNFTP") && words.iter().all(u8::is_ascii_graphic_or_space)
}

/// One test for the letters of a line.
trait Printable {
    fn is_ascii_graphic_or_space(&self) -> bool;
}

impl Printable for u8 {
    fn is_ascii_graphic_or_space(&self) -> bool {
        self.is_ascii_graphic() || *self == b' '
    }
}

/// Dissects the bytes of a segment. Bytes with which no MSNFTP connection begins are left alone (no units).
pub fn stream(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    let mut at = 0;
    while at < data.len() {
        let key = (packet.frame, packet.unit + out.units, 0);
        let rest = data.get(at..).unwrap_or_default();
        let (note, len) = if packet.first_pass {
            let Some((mut note, len)) = learn(session, packet, rest, at) else { return };
            note.unit = key.1;
            if let (FtpWhat::Data(_), Some(transfer)) = (note.what, session.ftp.transfer_mut(note.transfer)) {
                transfer.last = key;
            }
            session.ftp.notes.keep(key, note);
            (note, len)
        } else {
            // Without a note the first pass left the bytes alone.
            let Some(note) = session.ftp.note(key) else { return };
            (note, again(&note, rest))
        };
        out.units += 1;
        if note.what == FtpWhat::Incomplete {
            out.consumed = at;
            out.need = Need::Segment;
            return;
        }
        let base = out.tree.rebase(at);
        let unit = rest.get(..len).unwrap_or_default();
        if let (FtpWhat::Data(place), Some(transfer)) = (note.what, session.ftp.transfer(note.transfer)) {
            let file = (transfer.id, transfer.size, transfer.windowed == Some(true));
            let mut windows = std::mem::take(&mut session.ftp.windows);
            let give = |out: &mut Dissection, piece: &Piece| fragment(out, &note, file, &mut windows, piece);
            ftp_show::data(session, packet, &note, place, unit, out, give);
            session.ftp.windows = windows;
        } else {
            ftp_show::line(session, packet, &note, unit, out);
            empty_file(session, packet, &note, unit, out);
        }
        out.tree.rebase(base);
        at += len.max(1);
    }
    out.consumed = data.len();
    out.need = Need::Nothing;
}

/// How many bytes are of the same unit as on the first pass.
fn again(note: &FtpNote, rest: &[u8]) -> usize {
    match note.what {
        FtpWhat::Line => Line::parse(rest).map_or(rest.len(), |line| line.len),
        FtpWhat::Data(place) => data_len(place, rest),
        FtpWhat::Continuation | FtpWhat::Incomplete => rest.len(),
    }
}

/// How many bytes are blocks.
fn data_len(mut place: Place, bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        let Some(piece) = ftp_blocks::next(&mut place, bytes, at) else { break };
        at = piece.span().end;
        if piece.is_end() {
            break;
        }
    }
    at
}

/// Tells what stands at `at` and learns from it; nothing if no MSNFTP connection begins so.
fn learn(session: &mut Session, packet: &Packet, rest: &[u8], at: usize) -> Option<(FtpNote, usize)> {
    let ftp = &mut session.ftp;
    let mut link = ftp.link(packet.connection);
    let line = Line::parse(rest);
    let incomplete = line.is_none() && packet.can_desegment && is_start(rest);
    if !link.started {
        if line.is_none() && !incomplete {
            return None;
        }
        find_offer(ftp, packet, &mut link);
    }
    let mut note = FtpNote {
        what: FtpWhat::Continuation,
        unit: 0,
        from_sender: link.sender_end.map(|end| end == packet.source),
        offer: link.offer,
        transfer: link.transfer,
        arrived: ftp.transfer(link.transfer).map_or(0, |transfer| transfer.arrived.total()),
        was_complete: ftp.transfer(link.transfer).is_some_and(|transfer| transfer.complete),
        given_up: false,
    };
    let sequence = packet.sequence.map(|sequence| sequence.wrapping_add(at as u32));
    let mut len = rest.len();
    let mut blocks = false;
    if link.in_data && note.from_sender == Some(true) {
        if let Some(transfer) = ftp.transfer_mut(link.transfer) {
            if let Some((place, end)) = take_blocks(transfer, rest, sequence, &mut link.in_data) {
                note.what = FtpWhat::Data(place);
                note.arrived = transfer.arrived.total();
                note.given_up = transfer.windowed == Some(false) && transfer.pieces > MAX_PLAIN_PIECES;
                len = end;
                blocks = true;
            } else {
                // A place that is not known yet is no line either, unless it reads like one.
                blocks = line.is_none() && !incomplete;
            }
        }
    }
    match line {
        _ if blocks => {}
        Some(line) => {
            note.what = FtpWhat::Line;
            len = line.len;
            link.started = true;
            let behind = sequence.map(|sequence| sequence.wrapping_add(len as u32));
            learn_line(session, packet, &line, behind, &mut link);
            note.offer = link.offer;
            note.transfer = link.transfer;
            note.from_sender = link.sender_end.map(|end| end == packet.source);
        }
        None if incomplete => note.what = FtpWhat::Incomplete,
        None => {}
    }
    session.ftp.keep_link(packet.connection, link);
    Some((note, len))
}

/// The offer that named one end of the connection, and with it who sends the file.
fn find_offer(ftp: &mut crate::session::ftp::Ftp, packet: &Packet, link: &mut Link) {
    if link.offer != NONE {
        return;
    }
    for (listener, other) in [(packet.destination, packet.source), (packet.source, packet.destination)] {
        let number = ftp.open_address((channel::ip(&listener), listener.port), packet.frame);
        if let Some(offer) = ftp.offer(number) {
            link.offer = number;
            link.sender_end = Some(if offer.sender_connects { other } else { listener });
            return;
        }
    }
}

fn learn_line(session: &mut Session, packet: &Packet, line: &Line<'_>, behind: Option<u32>, link: &mut Link) {
    match line.command {
        "USR" => {
            link.sender_end = Some(packet.destination);
            if link.offer == NONE {
                let cookie = String::from_utf8_lossy(line.param(1));
                link.offer = session.ftp.open_cookie(&cookie, packet.frame);
            }
        }
        "TFR" | "CCL" => {
            link.sender_end.get_or_insert(packet.destination);
        }
        "FIL" => {
            link.sender_end = Some(packet.source);
            if let Some(size) = line.number(0) {
                link.transfer = session.ftp.begin(link.offer, size, behind);
                link.in_data = link.transfer != NONE;
                if let Some(transfer) = session.ftp.transfer_mut(link.transfer) {
                    transfer.complete = size == 0;
                }
            }
        }
        _ => {}
    }
}

/// Goes through the blocks of a segment: where they begin, and how many bytes they are.
fn take_blocks(
    transfer: &mut Transfer,
    bytes: &[u8],
    sequence: Option<u32>,
    in_data: &mut bool,
) -> Option<(Place, usize)> {
    let in_order = match (sequence, transfer.next_sequence) {
        (Some(now), Some(expected)) => now == expected,
        _ => true,
    };
    let first = match sequence {
        Some(sequence) if !in_order => transfer.reckon(sequence).filter(|place| fits(place, bytes))?,
        _ => transfer.next,
    };
    let (mut place, mut at) = (first, 0);
    while at < bytes.len() {
        let Some(piece) = ftp_blocks::next(&mut place, bytes, at) else { break };
        at = piece.span().end;
        let end = (piece.offset + piece.data.len() as u64).min(transfer.size);
        transfer.arrived.add(piece.offset.min(end), end);
        if !piece.data.is_empty() {
            transfer.windowed.get_or_insert(Cut::of(transfer.size, piece.data.len()).is_some());
            transfer.pieces += 1;
        }
        if in_order {
            learn_block(transfer, &piece, sequence);
        }
        if piece.is_end() {
            *in_data = *in_data && !in_order;
            break;
        }
    }
    if at == 0 {
        return None;
    }
    if in_order {
        transfer.next = place;
        transfer.next_sequence = sequence.map(|sequence| sequence.wrapping_add(at as u32));
    }
    transfer.complete = transfer.arrived.total() >= transfer.size;
    Some((first, at))
}

/// A block of another length than the ones before: places are reckoned from it.
fn learn_block(transfer: &mut Transfer, piece: &Piece, sequence: Option<u32>) {
    let (Some((0, len)), Some(sequence)) = (piece.begins, sequence) else { return };
    let left = transfer.size.saturating_sub(piece.offset);
    if piece.header.len() < ftp_blocks::HEADER || u64::from(len) == left.min(u64::from(transfer.block)) {
        return;
    }
    transfer.anchor = Some((sequence.wrapping_add(piece.header.start as u32), piece.offset));
    if len > 0 && u64::from(len) < left {
        transfer.block = len;
    }
}

/// Whether a reckoned place agrees with the bytes, where a header says so.
fn fits(place: &Place, bytes: &[u8]) -> bool {
    if place.left > 0 {
        return true;
    }
    // At its end a file is followed by an end block; elsewhere the header is known beforehand.
    let expected = if place.head == [0; 3] { [1, 0, 0] } else { place.head };
    let rest = expected.get(place.have as usize..).unwrap_or_default();
    bytes.iter().zip(rest).all(|(byte, expected)| byte == expected)
}

/// Gives the bytes of a block to the reassembly.
fn fragment(
    out: &mut Dissection,
    note: &FtpNote,
    (id, size, windowed): (u32, u64, bool),
    windows: &mut Windows,
    piece: &Piece,
) {
    let end = piece.offset + piece.data.len() as u64;
    if note.was_complete || note.given_up || piece.data.is_empty() || end > size || size > MAX_FILE {
        return;
    }
    let (offset, more) = (piece.offset as u32, end < size);
    let given = windows::Piece { table: Table::Ftp, id, offset, more, cut: windowed.then(|| Cut::finest(size as u32)) };
    if let Some(cut) = given.cut {
        windows.split(id, cut, offset, piece.data.len() as u32);
    }
    windows::give(windows, out, piece.data, &given);
}

/// A file of no bytes is whole as soon as it is announced.
fn empty_file(session: &Session, packet: &Packet, note: &FtpNote, unit: &[u8], out: &mut Dissection) {
    let is_fil = packet.want_objects && note.what == FtpWhat::Line && unit.starts_with(b"FIL");
    if is_fil && session.ftp.transfer(note.transfer).is_some_and(|transfer| transfer.size == 0) {
        out.objects.push(object(session, note.transfer, &[]));
    }
}

/// The object that a transfer's bytes are.
pub(super) fn object(session: &Session, transfer: u32, bytes: &[u8]) -> Object {
    let offer = session.ftp.transfer(transfer).and_then(|transfer| session.ftp.offer(transfer.offer));
    let given = offer.map_or("", |offer| &offer.invitation.name);
    let sender = offer.map_or("", |offer| session.names.get(offer.invitation.sender));
    Object::new(given, "file", sender, bytes, bytes)
}

/// Shows a file that was put together from blocks, and gives it out.
pub fn whole(session: &Session, packet: &Packet, transfer: u32, bytes: &[u8], out: &mut Dissection) {
    if packet.want_objects || out.tree.wanted() {
        let object = object(session, transfer, bytes);
        ftp_show::whole(session, transfer, bytes, &object, out);
        out.objects.push(object);
    }
    out.consumed = bytes.len();
    out.need = Need::Nothing;
}
