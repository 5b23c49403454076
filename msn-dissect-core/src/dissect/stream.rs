// SPDX-License-Identifier: GPL-2.0-or-later
//! The units of a stream of the text protocol, one after another.

use super::{
    command,
    framing::{self, Unit},
    walk::{Walk, guess},
};
use crate::{
    command::Line,
    output::Dissection,
    packet::{Arrival, Need, Packet},
    session::{
        Record, Session, What,
        flow::{Flow, Place},
        records::{DIR_INFERRED, LATE, VERSION_INFERRED},
    },
    wire::Span,
};

/// Dissects the bytes of a segment, or of a unit put together from several.
pub fn stream(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
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

pub(super) fn finish(out: &mut Dissection, len: usize) {
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
pub(super) fn prepare(session: &mut Session, packet: &Packet, unit: u32, at: usize) -> Record {
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
