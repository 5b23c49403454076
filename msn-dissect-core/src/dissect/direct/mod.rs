// SPDX-License-Identifier: GPL-2.0-or-later
//! Direct connections (fact base: direct): greeting, nonces, then peer-to-peer packets behind their lengths.

mod framing;
mod learn;
mod show;
mod state;
#[cfg(test)]
mod tests;

pub use framing::heuristic;

use super::{
    p2p_body,
    units::{self, ContextOf, Dissector, PduOf},
    walk::{Learn, Show},
};
use crate::{
    output::Dissection,
    packet::Packet,
    session::{Record, Session, What},
    wire::Span,
};
use framing::{DirectFramer, Pdu};
use state::{carrier, direction, has_header, payload, state_of};

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
