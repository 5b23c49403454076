// SPDX-License-Identifier: GPL-2.0-or-later
//! Learns from gateway messages: which session they belong to, and what is missing of a PDU that is cut between bodies.

use super::{
    Unit,
    framing::{Left, Piece},
    told,
};
use crate::{
    command::{Dir, ServerKind},
    dissect::walk::Learn,
    gateway::Head,
    packet::Need,
    session::{
        assembly::{Arrival, Order},
        gateway::{Body, Gateway, GatewaySession, Missing, PduFragment, Pending},
    },
    wire::Span,
};

/// Finds the session of a message, and teaches it what the head says.
pub(super) fn head(learn: &mut Learn<'_>, head: Option<&Head<'_>>, dir: Dir) {
    let (query, status) = told(head);
    let (packet, place) = (learn.packet, learn.record.place());
    let gateway = &mut learn.session.gateway;
    let number = match dir {
        Dir::ToServer => gateway.request(packet.connection, query.session_id),
        Dir::ToClient => gateway.response(packet.connection, status.session_id),
    };
    let mut closed = false;
    if let Some(found) = gateway.get_mut(number) {
        closed = found.closed;
        found.closed |= status.close;
    }
    gateway.bodies.keep(place, Body { session: number, closed });
    let connections = &mut learn.session.connections;
    let connection = connections.of(Gateway::key(number));
    connection.learn_direction(dir, &packet.source, &packet.destination);
    if connection.kind.is_none() {
        connection.kind = match query.server {
            Some(server) if server.eq_ignore_ascii_case(b"NS") => Some(ServerKind::Notification),
            Some(server) if server.eq_ignore_ascii_case(b"SB") => Some(ServerKind::Switchboard),
            _ => None,
        };
    }
    let conn = connection.id;
    connections.remember(conn, place);
}

/// Learns from what stands in `span` of a body, of which so many bytes at the end were not captured.
pub(super) fn unit(learn: &mut Learn<'_>, dir: Dir, unit: &Unit<'_>, span: Span, lost: usize) {
    let Some(number) = Gateway::number(learn.packet.connection) else { return };
    match unit {
        Unit::Continues(piece) => continues(learn, number, dir, *piece, span),
        Unit::Begins(need) => begins(learn, number, dir, *need, span),
        Unit::Whole(_) if span.start == 0 => gives_up(learn, number, dir),
        Unit::Whole(_) => {}
    }
    let behind = if span.end == learn.data.len() { lost } else { 0 };
    if let Some(offset) = session(learn, number).and_then(|found| found.offset.get_mut(dir as usize)) {
        *offset = offset.wrapping_add((span.len() + behind) as u32);
    }
}

fn session<'a>(learn: &'a mut Learn<'_>, number: u32) -> Option<&'a mut GatewaySession> {
    learn.session.gateway.get_mut(number)
}

/// What is missing of a PDU that was cut, which is to be learnt anew.
fn take(learn: &mut Learn<'_>, number: u32, dir: Dir) -> Option<Pending> {
    session(learn, number)?.pending.get_mut(dir as usize)?.take()
}

fn keep(learn: &mut Learn<'_>, number: u32, dir: Dir, pending: Pending) {
    if let Some(slot) = session(learn, number).and_then(|found| found.pending.get_mut(dir as usize)) {
        *slot = Some(pending);
    }
}

/// Begins a cut PDU with the last bytes of a body.
fn begins(learn: &mut Learn<'_>, number: u32, dir: Dir, need: Need, span: Span) {
    let _ = take(learn, number, dir);
    let Some(message) = learn.session.assembly.begin(Order::Bytes, None) else { return };
    let missing = match need {
        Need::Bytes(missing) => Missing::Bytes(missing),
        _ => Missing::Line(span.of(learn.data).to_vec()),
    };
    let pending = Pending { message, len: 0, missing };
    let pending = add(learn, pending, span);
    keep(learn, number, dir, pending);
}

/// Adds a piece to a cut PDU.
fn continues(learn: &mut Learn<'_>, number: u32, dir: Dir, piece: Piece, span: Span) {
    let Some(pending) = take(learn, number, dir) else { return };
    let mut pending = add(learn, pending, span);
    match (piece.left, &mut pending.missing) {
        (Left::Nothing, _) => {
            let at = learn.record.place().key();
            return learn.session.assembly.set_total(pending.message, pending.len as u32, at);
        }
        (Left::Line, Missing::Line(begun)) => begun.extend_from_slice(span.of(learn.data)),
        (Left::Bytes(missing), slot) => *slot = Missing::Bytes(missing),
        (Left::Line, Missing::Bytes(_)) => {}
    }
    keep(learn, number, dir, pending);
}

/// Puts a piece to those before.
fn add(learn: &mut Learn<'_>, mut pending: Pending, span: Span) -> Pending {
    let place = learn.record.place();
    let fragment = PduFragment { message: pending.message, offset: pending.len as u32, len: span.len() as u32 };
    let data = span.of(learn.data);
    let arrival = Arrival { place: fragment.offset, data, missing: 0, at: place.key() };
    learn.session.assembly.add(pending.message, &arrival);
    learn.session.gateway.fragments.keep(place, fragment);
    pending.len += span.len();
    pending
}

/// The capture cut the body: what is missing of the PDU ends there, or in a later body.
fn gives_up(learn: &mut Learn<'_>, number: u32, dir: Dir) {
    let Some(Pending { missing: Missing::Bytes(missing), .. }) = take(learn, number, dir) else { return };
    let Some(start) = learn.packet.sequence else { return };
    let connection = learn.session.connections.of(learn.packet.connection);
    if let Some(slot) = connection.skip_to.get_mut(dir as usize) {
        *slot = Some(start.wrapping_add(missing as u32));
    }
}
