// SPDX-License-Identifier: GPL-2.0-or-later
//! What learning and showing of a packet of a direct connection have in common: what was known of the connection, and
//! what the packet is without its header.

use super::framing::HEADER_V1;
use crate::{
    command::Dir,
    dissect::p2p_body::Carrier,
    packet::Packet,
    session::{Place, Record, Session, direct::DirectState},
    wire::{Span, u32_at},
};

/// What was known of the connection behind a unit.
pub(super) fn state_of(session: &Session, record: &Record) -> DirectState {
    session.direct.at(record.conn, record.place())
}

/// The end that sent the packet: 0 = the one that connected.
pub(super) fn end_of(packet: &Packet, state: &DirectState) -> u8 {
    match state.connector {
        Some(connector) => u8::from(connector != packet.source),
        // Listeners have the lower port, as a rule.
        None => u8::from(packet.source.port < packet.destination.port),
    }
}

/// What a packet's bytes do not tell: the version, and between whom it is sent.
pub(super) fn carrier(session: &Session, packet: &Packet, state: &DirectState, data: &[u8], span: Span) -> Carrier {
    let end = end_of(packet, state);
    let (mut sender, mut receiver) = Default::default();
    if let Some(promise) = state.expected.and_then(|number| session.p2p.expected.get(number)) {
        (sender, receiver) = match end {
            0 => (promise.connector, promise.listener),
            _ => (promise.listener, promise.connector),
        };
    }
    Carrier { version: state.version, sender, receiver, end, cut: is_cut(data, span) }
}

/// The direction in which the text protocol would send it: the connecting end is the client.
pub(super) fn direction(carrier: &Carrier) -> Dir {
    if carrier.end == 0 { Dir::ToServer } else { Dir::ToClient }
}

/// The bytes of a packet behind its length.
pub(super) fn payload(span: Span) -> Span {
    Span::new((span.start + 4).min(span.end), span.end)
}

/// Whether the end of a packet is missing.
pub(super) fn is_cut(data: &[u8], span: Span) -> bool {
    payload(span).len() < u32_at(data, span.start).unwrap_or(0) as usize
}

/// Whether a packet is not only a nonce, that is whether there is a header in it.
pub(super) fn has_header(session: &Session, place: Place, state: &DirectState) -> bool {
    state.version != 2 || session.direct.nonces.get(place).is_none()
}

/// The nonce of a packet that may carry one, and the header version that it stands for.
pub(super) fn nonce_of(bytes: &[u8]) -> Option<([u8; 16], u8)> {
    match bytes.len() {
        HEADER_V1 => Some((bytes.get(32..)?.try_into().ok()?, 1)),
        16 => Some((bytes.try_into().ok()?, 2)),
        _ => None,
    }
}
