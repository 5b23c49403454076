// SPDX-License-Identifier: GPL-2.0-or-later
//! Bodies of HTTP gateway messages: which session they belong to, and units that are cut between two of them
//! (fact base: transports 3).
//!
//! In each direction of a session the bodies, in message order, are one stream. A body is dissected in steps: either a
//! piece of one cut unit, or all whole units up to the end or up to a unit that is cut. The consumer's reassembly puts
//! cut units together; a step that makes one whole ends there, so that state changes in the order of the stream.

use super::{framing, stream, stream::prepare};
use crate::{
    command::{Dir, Line, ServerKind, line::MAX_LINE},
    fields::{expert::Expert, transport as f},
    gateway::{Head, Query, Start, Status},
    item::Handle,
    output::{Dissection, Fragment, Table},
    packet::{Need, Packet},
    session::{
        Session,
        gateway::{BodyNote, Gateway, Missing, Part, Pending},
    },
    text,
    wire::Span,
};

/// What the consumer knows of a body beside its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carrier<'a> {
    /// Start line and header lines, if they were found.
    pub head: Option<Head<'a>>,
    /// This is the rest of a body whose beginning was dissected; [`Packet::connection`] is the session's key.
    pub continued: bool,
}

/// Units that a step with a piece takes: one for the piece, one for what stands in front of it.
const STEP_UNITS: u32 = 2;

/// Dissects a body, or the first bytes of it: the rest after [`Dissection::consumed`] wants another call.
///
/// [`Dissection::connection`] is the key that the rest of the body must be given with.
pub fn body(session: &mut Session, packet: &Packet, carrier: &Carrier<'_>, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    let mut packet = *packet;
    let dir = direction(&packet, carrier);
    if !carrier.continued {
        begin(session, &mut packet, carrier, dir, out);
    }
    out.connection = packet.connection;
    if data.is_empty() {
        return;
    }
    let expected = carrier.head.filter(|head| !head.encoded).and_then(|head| head.content_length);
    let whole =
        packet.reported_len <= data.len() && (carrier.continued || expected.is_none_or(|len| len <= data.len()));
    packet.can_desegment = whole;
    let known = if packet.first_pass {
        first_step(session, &mut packet, dir, data, out)
    } else {
        session.gateway.parts.get((packet.frame, packet.unit + out.units, 0)).copied()
    };
    if let Some(part) = known {
        let units = out.units;
        piece(out, part, 0);
        out.consumed = (part.len as usize).min(data.len());
        out.units = units.max(STEP_UNITS);
        return;
    }
    // The stream counts units from `out.units` on.
    stream(session, &packet, data, out);
    let server = if dir == Dir::ToServer { packet.destination } else { packet.source };
    // A client behind the gateway reaches announced servers through the gateway; its own address must stay HTTP.
    out.announced.retain(|announced| announced.port != server.port);
    let at = out.consumed;
    let key = (packet.frame, packet.unit + out.units, 0);
    if packet.first_pass {
        let missing = (expected.unwrap_or(0)).max(packet.reported_len).saturating_sub(data.len());
        advance(session, &packet, dir, if carrier.continued { data.len() } else { data.len() + missing });
        if out.need != Need::Nothing {
            let rest = data.get(at..).unwrap_or_default();
            if let Some(part) = cut(session, &packet, dir, rest, out.need) {
                session.gateway.parts.keep(key, part);
            }
        }
    }
    if out.need != Need::Nothing {
        if let Some(part) = session.gateway.parts.get(key).copied() {
            piece(out, part, at);
        }
        out.units += 1;
        out.consumed = data.len();
        out.need = Need::Nothing;
    }
}

/// Shows the answer to a request of a session that does not look like one: an error page, or an answer without the header
/// that all should have. Its body is what it says, not the protocol. Without such a request nothing is shown.
pub fn answer(session: &mut Session, packet: &Packet, head: Head<'_>, out: &mut Dissection) {
    let packet = &session.enter(packet);
    let Start::Response(200..) = head.start else { return };
    let ours = if packet.first_pass {
        session.gateway.is_awaited(packet.connection)
    } else {
        session.gateway.bodies.get((packet.frame, packet.unit, 0)).is_some()
    };
    if ours {
        let carrier = Carrier { head: Some(head), continued: false };
        begin(session, &mut packet.clone(), &carrier, Dir::ToClient, out);
    }
}

/// Dissects a unit that was put together from pieces in several bodies; `packet` is that of the step with the last one.
pub(super) fn whole(session: &mut Session, packet: &Packet, id: u32, data: &[u8], out: &mut Dissection) {
    let mut packet = *packet;
    packet.unit += STEP_UNITS;
    packet.can_desegment = false;
    packet.sequence = None;
    packet.reported_len = data.len();
    if let Some(number) = session.gateway.session_of_part(id) {
        packet.connection = Gateway::key(number);
    }
    stream(session, &packet, data, out);
}

/// Requests go to the server. Without a head the ports must tell.
fn direction(packet: &Packet, carrier: &Carrier<'_>) -> Dir {
    match carrier.head.map(|head| head.start) {
        Some(Start::Request(_)) => Dir::ToServer,
        Some(Start::Response(_)) => Dir::ToClient,
        None if packet.source.port < packet.destination.port => Dir::ToClient,
        None => Dir::ToServer,
    }
}

/// Finds the session, teaches it what the head says, and shows that.
fn begin(session: &mut Session, packet: &mut Packet, carrier: &Carrier<'_>, dir: Dir, out: &mut Dissection) {
    let (query, status) = match carrier.head {
        Some(Head { start: Start::Request(target), .. }) => (Query::of_target(target), Status::default()),
        Some(Head { messenger: Some(value), .. }) => (Query::default(), Status::of(value)),
        _ => Default::default(),
    };
    let key = (packet.frame, packet.unit + out.units, 0);
    if packet.first_pass {
        let gateway = &mut session.gateway;
        let number = match dir {
            Dir::ToServer => gateway.request(packet.connection, query.session_id),
            Dir::ToClient => gateway.response(packet.connection, status.session_id),
        };
        let mut closed = false;
        if let Some(found) = gateway.get_mut(number) {
            closed = found.closed;
            found.closed |= status.close;
        }
        gateway.bodies.keep(key, BodyNote { session: number, closed });
        packet.connection = Gateway::key(number);
        let connection = session.connections.of(packet.connection);
        connection.learn_direction(dir, &packet.source, &packet.destination);
        if connection.kind.is_none() {
            connection.kind = match query.server {
                Some(server) if server.eq_ignore_ascii_case(b"NS") => Some(ServerKind::Notification),
                Some(server) if server.eq_ignore_ascii_case(b"SB") => Some(ServerKind::Switchboard),
                _ => None,
            };
        }
    }
    out.units += 1;
    if out.tree.wanted() {
        let note = session.gateway.bodies.get(key).copied();
        show(out, carrier, &query, &status, note);
    }
}

/// The items of the head. The bytes are the HTTP dissector's, so that these have none of their own.
fn show(out: &mut Dissection, carrier: &Carrier<'_>, query: &Query<'_>, status: &Status<'_>, note: Option<BodyNote>) {
    let none = Span::default();
    let tree = &mut out.tree;
    let heading = tree.bytes(f::GATEWAY, none);
    tree.generated(heading);
    tree.open(heading);
    let depth = tree.depth();
    if let Some(note) = note {
        let number = tree.number(f::SESSION, none, u64::from(note.session));
        tree.generated(number);
    }
    let send: &[u8] = b"send";
    let action = match carrier.head.map(|head| head.start) {
        Some(Start::Request(_)) => query.action.or(Some(send)),
        _ => status.action,
    };
    let rows = [
        (f::ACTION, action),
        (f::SESSION_ID, query.session_id.or(status.session_id)),
        (f::SERVER, query.server),
        (f::HOST, query.host),
        (f::ADDRESS, status.address),
        (f::NEXT_HOST, carrier.head.and_then(|head| head.host)),
    ];
    for (field, value) in rows {
        let Some(value) = value else { continue };
        let item: Handle = tree.text(field, none, &text::percent(value).text);
        tree.generated(item);
    }
    if let Some(seconds) = query.lifespan {
        let item = tree.number(f::LIFESPAN, none, u64::from(seconds));
        tree.generated(item);
    }
    let mut tell = |expert: Expert| tree.expert(expert);
    if let Some(Head { start: Start::Response(400..), .. }) = carrier.head {
        tell(f::HTTP_ERROR);
    }
    if note.is_some_and(|note| note.closed) {
        tell(f::AFTER_CLOSE);
    }
    if status.close {
        let item = tree.number(f::CLOSE, none, 1);
        tree.generated(item);
        tree.expert(f::SESSION_CLOSED);
    }
    tree.close_to(depth.saturating_sub(1));
}

/// Adds a piece at `at`. One that makes a unit whole stands outside the heading, as the unit does.
fn piece(out: &mut Dissection, part: Part, at: usize) {
    let span = Span::new(at, at + part.len as usize);
    let heading = out.tree.bytes(f::PART, span);
    out.tree.open(heading);
    let fragment = Fragment {
        table: Table::Gateway,
        id: part.id,
        start: 0,
        len: 0,
        source: 0,
        offset: part.offset,
        numbered: false,
        more: part.more,
    };
    out.fragment(span, fragment);
    out.tree.close();
}

/// Prepares the first pass over a body. When it begins with a piece of a cut unit, gives and keeps that.
fn first_step(session: &mut Session, packet: &mut Packet, dir: Dir, data: &[u8], out: &Dissection) -> Option<Part> {
    let number = number_of(packet)?;
    let found = session.gateway.get_mut(number)?;
    let offset = found.offset.get(dir as usize).copied().unwrap_or(0);
    packet.sequence = Some(offset);
    let mut pending = found.pending.get_mut(dir as usize)?.take()?;
    let unit = packet.unit + out.units;
    let (len, more) = match &mut pending.missing {
        Missing::Bytes(missing) => {
            if *missing > data.len() && !packet.can_desegment {
                // The capture cut the body: what is missing of the unit ends there, or in a later body.
                let end = offset.wrapping_add(*missing as u32);
                let connection = session.connections.of(packet.connection);
                if let Some(slot) = connection.skip_to.get_mut(dir as usize) {
                    *slot = Some(end);
                }
                return None;
            }
            let len = data.len().min(*missing);
            *missing -= len;
            (len, *missing > 0)
        }
        Missing::Line(begun) => {
            let before = begun.len();
            begun.extend_from_slice(data);
            let joined = std::mem::take(begun);
            if memchr::memchr(b'\n', data).is_none() && joined.len() <= MAX_LINE {
                if !packet.can_desegment {
                    return None;
                }
                *begun = joined;
                (data.len(), true)
            } else {
                let (len, missing) = end_of_unit(session, packet, unit, &joined, before);
                match missing {
                    Some(missing) if packet.can_desegment => {
                        pending.missing = Missing::Bytes(missing);
                        (data.len(), true)
                    }
                    _ => (len, false),
                }
            }
        }
    };
    let part = Part { id: pending.id, offset: pending.len as u32, len: len as u32, more };
    pending.len += len;
    session.gateway.parts.keep((packet.frame, unit, 0), part);
    advance(session, packet, dir, len);
    if more && let Some(found) = session.gateway.get_mut(number) {
        if let Some(slot) = found.pending.get_mut(dir as usize) {
            *slot = Some(pending);
        }
    }
    Some(part)
}

/// Where in a body the unit ends whose line is whole now: bytes of the body, and bytes that are still missing.
fn end_of_unit(
    session: &mut Session,
    packet: &Packet,
    unit: u32,
    joined: &[u8],
    before: usize,
) -> (usize, Option<usize>) {
    let record = prepare(session, packet, unit, 0);
    let known = super::command::known_before(session, &record);
    let context = framing::Context { known, skip: 0, reported: joined.len(), can_desegment: packet.can_desegment };
    match framing::next(joined, &context, &mut Line::default()) {
        framing::Unit::Command(found) => (found.shown.saturating_sub(before).max(1), None),
        // No command after all: its bytes so far are shown as such, and the next command is looked for.
        framing::Unit::Continuation(len) => (len.saturating_sub(before).max(1), None),
        framing::Unit::Incomplete(Need::Bytes(missing)) => (joined.len() - before, Some(missing)),
        framing::Unit::Incomplete(_) => (joined.len() - before, None),
    }
}

/// Begins a cut unit with the last bytes of a body.
fn cut(session: &mut Session, packet: &Packet, dir: Dir, rest: &[u8], need: Need) -> Option<Part> {
    let number = number_of(packet)?;
    let id = session.gateway.new_part(number)?;
    let missing = match need {
        Need::Bytes(missing) => Missing::Bytes(missing),
        _ => Missing::Line(rest.to_vec()),
    };
    let slot = session.gateway.get_mut(number)?.pending.get_mut(dir as usize)?;
    *slot = Some(Pending { id, len: rest.len(), missing });
    Some(Part { id, offset: 0, len: rest.len() as u32, more: true })
}

fn advance(session: &mut Session, packet: &Packet, dir: Dir, bytes: usize) {
    let found = number_of(packet).and_then(|number| session.gateway.get_mut(number));
    if let Some(offset) = found.and_then(|found| found.offset.get_mut(dir as usize)) {
        *offset = offset.wrapping_add(bytes as u32);
    }
}

fn number_of(packet: &Packet) -> Option<u32> {
    Gateway::number(packet.connection)
}

#[cfg(test)]
mod tests;
