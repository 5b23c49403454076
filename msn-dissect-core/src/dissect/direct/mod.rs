// SPDX-License-Identifier: GPL-2.0-or-later
//! Direct connections (fact base: direct): greeting, nonces, then peer-to-peer packets behind their lengths.

mod framing;
mod learn;
mod show;
#[cfg(test)]
mod tests;

pub use framing::heuristic;

use super::{
    p2p_body::{self, Carrier},
    units::{self, ContextOf, Dissector, PduOf},
    walk::{Learn, Show},
};
use crate::{
    command::Dir,
    output::Dissection,
    packet::Packet,
    session::{Place, Record, Session, What, direct::DirectState},
    wire::{Span, u32_at},
};
use framing::{DirectFramer, HEADER_V1, Pdu};

/// Dissects the bytes of a segment, or of a packet put together from several. Bytes with which no direct connection
/// begins are left alone (no units).
pub fn stream(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    units::dissect(&Direct, session, packet, data, out);
}

/// Learns from and shows direct connections.
struct Direct;

impl Dissector for Direct {
    type Framer = DirectFramer;

    fn context(
        &self,
        session: &Session,
        packet: &Packet,
        record: &mut Record,
        rest: &[u8],
        at: usize,
    ) -> ContextOf<Self> {
        let aligned = learn::is_aligned(session, packet, rest, at);
        if !aligned {
            record.what = What::Unaligned;
        }
        aligned
    }

    fn recorded(&self, _: &Session, _: &Packet, met: Option<&Record>, _at: usize) -> Option<ContextOf<Self>> {
        met.map(|record| record.what != What::Unaligned)
    }

    fn begins(&self, session: &Session, packet: &Packet, pdu: Option<&PduOf<'_, Self>>) -> bool {
        !matches!(pdu, None | Some(Pdu::KeepAlive)) || learn::has_begun(session, packet)
    }

    type Unit<'a> = Option<Pdu>;

    fn read<'a>(&self, _data: &'a [u8], pdu: Option<PduOf<'a, Self>>, _span: Span) -> Self::Unit<'a> {
        pdu
    }

    fn learn(&self, learn: &mut Learn<'_>, unit: &Self::Unit<'_>, span: Span) {
        let pdu = unit.as_ref();
        learn::unit(learn, pdu, span);
        let state = state_of(learn.session, &learn.record);
        if pdu == Some(&Pdu::Packet) && has_header(learn.session, learn.record.place(), &state) {
            let carrier = carrier(learn.session, learn.packet, &state, learn.data, span);
            let Learn { session, packet, data, announced, .. } = learn;
            let record = Record { dir: direction(&carrier), ..learn.record };
            p2p_body::learn_packet(&mut Learn { session, packet, data, record, announced }, payload(span), carrier);
        }
    }

    fn show(&self, show: &mut Show<'_>, unit: &Self::Unit<'_>, span: Span) {
        let pdu = unit.as_ref();
        let state = state_of(show.session, &show.record);
        if show::begin(show, &state, pdu, span) {
            let carrier = carrier(show.session, show.packet, &state, show.data, span);
            let Show { session, packet, data, out, .. } = show;
            let record = Record { dir: direction(&carrier), ..show.record };
            out.tree.set_cut(carrier.cut);
            p2p_body::show_packet(&mut Show { session, packet, data, record, out }, payload(span), carrier);
            show.out.tree.set_cut(false);
        }
        show::end(show, &state, pdu, span);
    }
}

/// What was known of the connection behind a unit.
fn state_of(session: &Session, record: &Record) -> DirectState {
    session.direct.at(record.conn, record.place())
}

/// The end that sent the packet: 0 = the one that connected.
fn end_of(packet: &Packet, state: &DirectState) -> u8 {
    match state.connector {
        Some(connector) => u8::from(connector != packet.source),
        // Listeners have the lower port, as a rule.
        None => u8::from(packet.source.port < packet.destination.port),
    }
}

/// What a packet's bytes do not tell: the version, and between whom it is sent.
fn carrier(session: &Session, packet: &Packet, state: &DirectState, data: &[u8], span: Span) -> Carrier {
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
fn direction(carrier: &Carrier) -> Dir {
    if carrier.end == 0 { Dir::ToServer } else { Dir::ToClient }
}

/// The bytes of a packet behind its length.
fn payload(span: Span) -> Span {
    Span::new((span.start + 4).min(span.end), span.end)
}

/// Whether the end of a packet is missing.
fn is_cut(data: &[u8], span: Span) -> bool {
    payload(span).len() < u32_at(data, span.start).unwrap_or(0) as usize
}

/// Whether a packet is not only a nonce, that is whether there is a header in it.
fn has_header(session: &Session, place: Place, state: &DirectState) -> bool {
    state.version != 2 || session.direct.nonces.get(place).is_none()
}

/// The nonce of a packet that may carry one, and the header version that it stands for.
fn nonce_of(bytes: &[u8]) -> Option<([u8; 16], u8)> {
    match bytes.len() {
        HEADER_V1 => Some((bytes.get(32..)?.try_into().ok()?, 1)),
        16 => Some((bytes.try_into().ok()?, 2)),
        _ => None,
    }
}
