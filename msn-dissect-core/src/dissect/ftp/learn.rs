// SPDX-License-Identifier: GPL-2.0-or-later
//! Learns from MSNFTP: which offer led here, who sends the file, and how much of it has arrived.

use super::framing::{Blocks, Line, Pdu};
use crate::{
    dissect::walk::Learn,
    packet::Packet,
    session::{
        Session,
        assembly::{Arrival, Assembly, Fate, MAX_TOTAL, Order},
        ftp::{Ftp, FtpState, Link, NONE, Progress, Transfer},
    },
    wire::{
        Span,
        ftp_blocks::{self, Block, Position},
    },
};

/// Where in a file the bytes `rest` belong, which stand at `at` of the data; nothing if no blocks are due.
pub(super) fn blocks_at(session: &Session, packet: &Packet, rest: &[u8], at: usize) -> Option<Position> {
    let link = session.ftp.link(packet.connection);
    if !link.in_data || link.state.sender_end != Some(packet.source) {
        return None;
    }
    let transfer = session.ftp.transfer(link.state.transfer)?;
    match packet.sequence.map(|sequence| sequence.wrapping_add(at as u32)) {
        Some(sequence) if !is_in_order(transfer, Some(sequence)) => {
            transfer.reckon(sequence).filter(|position| fits(position, rest))
        }
        _ => Some(transfer.next),
    }
}

/// Whether the byte with this sequence number is the one that is due.
fn is_in_order(transfer: &Transfer, sequence: Option<u32>) -> bool {
    match (sequence, transfer.next_sequence) {
        (Some(now), Some(expected)) => now == expected,
        _ => true,
    }
}

/// Whether a reckoned position agrees with the bytes, where a header says so.
fn fits(position: &Position, bytes: &[u8]) -> bool {
    if position.left > 0 {
        return true;
    }
    // At its end a file is followed by an end block; elsewhere the header is known beforehand.
    let expected = if position.head == [0; 3] { [1, 0, 0] } else { position.head };
    let rest = expected.get(position.have as usize..).unwrap_or_default();
    bytes.iter().zip(rest).all(|(byte, expected)| byte == expected)
}

/// Learns from what stands in `span`.
pub(super) fn unit(learn: &mut Learn<'_>, pdu: Option<&Pdu<'_>>, span: Span) {
    let (packet, place) = (learn.packet, learn.record.place());
    let mut link = learn.session.ftp.link(packet.connection);
    if !link.started {
        find_offer(&mut learn.session.ftp, packet, &mut link.state);
    }
    let sequence = |at: usize| packet.sequence.map(|sequence| sequence.wrapping_add(at as u32));
    match pdu {
        Some(Pdu::Line(line)) => {
            link.started = true;
            learn_line(learn.session, packet, line, sequence(span.end), &mut link);
            let ftp = &mut learn.session.ftp;
            if let Some(transfer) = ftp.transfer(link.state.transfer) {
                ftp.progress.keep(place, Progress { arrived: transfer.arrived, ..Progress::default() });
            }
        }
        Some(Pdu::Blocks(blocks)) => {
            learn_blocks(learn, &mut link, blocks, sequence(span.start), span);
        }
        None => {}
    }
    learn.session.ftp.set(learn.record.conn, place, link.state);
    learn.session.ftp.keep_link(packet.connection, link);
}

/// The offer that named one end of the connection, and with it who sends the file.
fn find_offer(ftp: &mut Ftp, packet: &Packet, state: &mut FtpState) {
    if state.offer != NONE {
        return;
    }
    for (listener, other) in [(packet.destination, packet.source), (packet.source, packet.destination)] {
        let number = ftp.open_address((listener.ip(), listener.port), packet.frame);
        if let Some(offer) = ftp.offer(number) {
            state.offer = number;
            state.sender_end = Some(if offer.sender_connects { other } else { listener });
            return;
        }
    }
}

/// `behind` is the sequence number behind the line.
fn learn_line(session: &mut Session, packet: &Packet, line: &Line<'_>, behind: Option<u32>, link: &mut Link) {
    let state = &mut link.state;
    match line.command {
        "USR" => {
            state.sender_end = Some(packet.destination);
            if state.offer == NONE {
                let cookie = String::from_utf8_lossy(line.param(1));
                state.offer = session.ftp.open_cookie(&cookie, packet.frame);
            }
        }
        "TFR" | "CCL" => {
            state.sender_end.get_or_insert(packet.destination);
        }
        "FIL" => {
            state.sender_end = Some(packet.source);
            if let Some(size) = line.number(0) {
                state.transfer = session.ftp.begin(state.offer, size, behind);
                link.in_data = state.transfer != NONE;
                if let Some(transfer) = session.ftp.transfer_mut(state.transfer) {
                    transfer.complete = size == 0;
                }
            }
        }
        _ => {}
    }
}

/// Takes note of blocks, which stand in `span` of the data and whose first byte has this sequence number.
fn learn_blocks(learn: &mut Learn<'_>, link: &mut Link, blocks: &Blocks<'_>, sequence: Option<u32>, span: Span) {
    let place = learn.record.place();
    let Session { ftp, assembly, .. } = &mut *learn.session;
    let Some(transfer) = ftp.transfer_mut(link.state.transfer) else { return };
    let was_complete = transfer.complete;
    let in_order = is_in_order(transfer, sequence);
    let mut conflict = false;
    for (block, number) in blocks.all.iter().zip(0..) {
        let data = block.data.of(span.of(learn.data));
        if !was_complete && block.offset + data.len() as u64 <= transfer.size {
            let at = (place.frame, place.unit, number);
            let fate = put_together(assembly, transfer, Arrival { place: block.offset as u32, data, missing: 0, at });
            conflict |= matches!(fate, Fate::Contradiction(_));
            transfer.arrived = match (transfer.message, fate) {
                (Some(message), Fate::New | Fate::Overlap | Fate::Completed(_) | Fate::Repeated(_) | Fate::Covered) => {
                    u64::from(assembly.received(message))
                }
                _ => transfer.arrived.max(block.offset + data.len() as u64),
            };
        }
        if in_order {
            learn_block(transfer, block, sequence);
        }
        if block.is_end() {
            link.in_data &= !in_order;
        }
    }
    if in_order {
        let len = blocks.all.last().map_or(0, |block| block.span().end);
        transfer.next = blocks.next;
        transfer.next_sequence = sequence.map(|sequence| sequence.wrapping_add(len as u32));
    }
    transfer.complete = transfer.arrived >= transfer.size;
    transfer.last = place;
    let progress = Progress { blocks: Some(blocks.first), arrived: transfer.arrived, was_complete, conflict };
    ftp.progress.keep(place, progress);
}

/// Adds the bytes of a block to their file, unless that is larger than any message can be.
fn put_together(assembly: &mut Assembly, transfer: &mut Transfer, arrival: Arrival<'_>) -> Fate {
    let size = u32::try_from(transfer.size).ok().filter(|&size| size <= MAX_TOTAL);
    if arrival.data.is_empty() {
        return Fate::Covered;
    }
    if transfer.message.is_none() {
        transfer.message = size.and_then(|size| assembly.begin(Order::Bytes, Some(size)));
    }
    transfer.message.map_or(Fate::GivenUp, |message| assembly.add(message, &arrival))
}

/// A block of another length than the ones before: places are reckoned from it.
fn learn_block(transfer: &mut Transfer, block: &Block, sequence: Option<u32>) {
    let (Some((0, len)), Some(sequence)) = (block.begins, sequence) else { return };
    let left = transfer.size.saturating_sub(block.offset);
    if block.header.len() < ftp_blocks::HEADER || u64::from(len) == left.min(u64::from(transfer.block)) {
        return;
    }
    transfer.anchor = Some((sequence.wrapping_add(block.header.start as u32), block.offset));
    if len > 0 && u64::from(len) < left {
        transfer.block = len;
    }
}
