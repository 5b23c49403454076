// SPDX-License-Identifier: GPL-2.0-or-later
//! Learns from direct connections: which negotiation led here, who connected, and whether the nonces are right.

use super::{
    framing::{self, HEADER_V1, MAX_PACKET, Pdu},
    state::{end_of, nonce_of, payload},
};
use crate::{
    dissect::walk::Learn,
    packet::Packet,
    session::{
        FrameId, Session,
        direct::{DirectLink, NonceStatus},
    },
    wire::{Span, u32_at},
};

/// What is known of the connection. The negotiation is looked for until something of a direct connection was seen.
fn link_of(session: &Session, packet: &Packet) -> DirectLink {
    let mut link = session.direct.links.get(&packet.connection).copied().unwrap_or_default();
    if !link.started {
        find_promise(session, packet, &mut link);
    }
    link
}

/// The promise that named one end of the connection.
fn find_promise(session: &Session, packet: &Packet, link: &mut DirectLink) {
    for (listener, connector) in [(packet.destination, packet.source), (packet.source, packet.destination)] {
        if let Some(number) = session.p2p.expected.at(listener.ip(), listener.port) {
            link.state.expected = Some(number);
            link.state.connector = Some(connector);
            return;
        }
    }
}

/// Whether something that only a direct connection carries was seen.
pub(super) fn has_begun(session: &Session, packet: &Packet) -> bool {
    session.direct.links.get(&packet.connection).is_some_and(|link| link.started)
}

/// Whether a packet is due to begin at `at`, where the bytes `rest` stand.
pub(super) fn is_aligned(session: &Session, packet: &Packet, rest: &[u8], at: usize) -> bool {
    let link = link_of(session, packet);
    let end = usize::from(end_of(packet, &link.state));
    let sequence = packet.sequence.map(|sequence| sequence.wrapping_add(at as u32));
    let expected = link.next_sequence.get(end).copied().flatten();
    let in_order = sequence.is_none() || expected.is_none() || sequence == expected;
    // The first bytes of an end are in order; so is what follows a packet in the same segment.
    at > 0 || (in_order && (link.started || (link.state.expected.is_some() && likely(rest))))
}

/// Whether a first packet can be one, going by its lengths alone.
fn likely(rest: &[u8]) -> bool {
    match u32_at(rest, 0) {
        Some(len) => matches!(len as usize, 4 | 16 | HEADER_V1..=MAX_PACKET) || framing::v2_len(rest).is_some(),
        None => framing::GREETING.starts_with(rest),
    }
}

/// Learns from what stands in `span`.
pub(super) fn unit(learn: &mut Learn<'_>, pdu: Option<&Pdu>, span: Span) {
    let (packet, place) = (learn.packet, learn.record.place());
    let mut link = link_of(learn.session, packet);
    link.started = true;
    if link.began.is_none() {
        link.began = packet.frame;
    }
    match pdu {
        Some(Pdu::Greeting | Pdu::BareGreeting) => link.state.connector = Some(packet.source),
        Some(Pdu::Packet) => {
            if let Some(status) = handshake(learn.session, packet, payload(span).of(learn.data), &mut link) {
                learn.session.direct.nonces.keep(place, status);
            }
        }
        Some(Pdu::KeepAlive) | None => {}
    }
    let end = usize::from(end_of(packet, &link.state));
    if let (Some(slot), Some(sequence)) = (link.next_sequence.get_mut(end), packet.sequence) {
        *slot = Some(sequence.wrapping_add(span.end as u32));
    }
    if link.told != link.state.expected {
        link.told = link.state.expected;
        opened(learn.session, link.began, link.state.expected);
    }
    learn.session.direct.set(learn.record.conn, place, link.state);
    learn.session.direct.links.insert(packet.connection, link);
}

/// Tells the descriptions that led here where the connection begins.
fn opened(session: &mut Session, frame: FrameId, expected: Option<u32>) {
    let p2p = &mut session.p2p;
    let Some(promise) = expected.and_then(|number| p2p.expected.get(number)) else { return };
    for &key in p2p.expected.descriptions(&promise.call_id) {
        if let Some(note) = p2p.slp_notes.get_mut(key).filter(|note| note.opened.is_none()) {
            note.opened = frame;
        }
    }
}

/// Checks a nonce against the negotiation (fact base: direct 5); nothing if the packet carries none.
fn handshake(session: &Session, packet: &Packet, bytes: &[u8], link: &mut DirectLink) -> Option<NonceStatus> {
    let end = usize::from(end_of(packet, &link.state));
    let shook = link.shook.get_mut(end)?;
    let (nonce, version) = nonce_of(bytes)?;
    if *shook || (version == 1 && !is_nonce_v1(bytes)) {
        return None;
    }
    let state = &mut link.state;
    let found = session.p2p.expected.nonce(&nonce);
    // Sixteen bytes may be a short packet of version 2 as well, unless the handshake is under way.
    if version == 2 && found.is_none() && state.version == 0 && state.connector.is_none() {
        return None;
    }
    *shook = true;
    state.version = version;
    let promise = state.expected.and_then(|number| session.p2p.expected.get(number));
    Some(match found {
        Some(found) => {
            // The nonce tells more than an address does, which a NAT may have changed, or which several calls may
            // share. In hashed mode the connecting side's nonce leads to its own description, which names no address.
            let call = session.p2p.expected.get(found.expected).map(|found| &found.call_id);
            if promise.is_none_or(|promise| promise.nonce.is_none() || Some(&promise.call_id) != call) {
                state.expected = Some(found.expected);
            }
            if found.hashed { NonceStatus::GoodHash } else { NonceStatus::Good }
        }
        None => match promise.is_some_and(|promise| session.p2p.expected.gave_nonce(promise, end == 1)) {
            true => NonceStatus::Bad,
            false => NonceStatus::Unverified,
        },
    })
}

fn is_nonce_v1(bytes: &[u8]) -> bool {
    u32_at(bytes, 28) == Some(0x100)
}
