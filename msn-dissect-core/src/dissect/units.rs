// SPDX-License-Identifier: GPL-2.0-or-later
//! The loop over the PDUs of a conversation, whatever it speaks. In: bytes of a segment, or what was put together from
//! several. Out: what the first pass learns of them, and what every pass shows.
//!
//! This is the only place that knows of passes. On the first one, what is known before a PDU comes from the
//! conversation; the PDU is noted under its place, learnt, and shown. On later ones what was known is found by place.

use super::{
    framer::{Framer, Step},
    reassembled,
    walk::{Learn, Show},
};
use crate::{
    fields::{Proto, link::STATE_EVICTED},
    item::Tree,
    output::Dissection,
    packet::{Arrival, Need, Packet},
    session::{
        Connection, Place, Record, Session, What,
        flow::{Flow, Overlap},
        records::{Kept, LATE},
    },
    wire::Span,
};

/// The PDU that a dissector's framer finds.
pub(crate) type PduOf<'a, D> = <<D as Dissector>::Framer as Framer>::Pdu<'a>;
/// What that framer relies on.
pub(crate) type ContextOf<D> = <<D as Dissector>::Framer as Framer>::Context;

/// What a kind of conversation learns and shows.
pub(crate) trait Dissector {
    /// Finds its PDUs.
    type Framer: Framer + 'static;

    /// The protocol that is named for its PDUs where nothing of them is shown, unless showing names it in any case.
    const PROTOCOL: Option<Proto> = None;

    /// What framing relies on before the bytes `rest`, which stand at `at` of the data, as far as the conversation told.
    /// Whatever a later pass needs of it is left in `record`, or kept by [`Dissector::learn`].
    fn context(
        &self,
        session: &Session,
        packet: &Packet,
        record: &mut Record,
        rest: &[u8],
        at: usize,
    ) -> ContextOf<Self>;

    /// The same on a later pass, by what was kept; nothing where the bytes are left alone if the first pass did so.
    fn recorded(&self, session: &Session, packet: &Packet, met: Option<&Record>, at: usize) -> Option<ContextOf<Self>>;

    /// Whether a conversation that did not begin yet can begin so. Otherwise the bytes are left alone.
    fn begins(&self, _session: &Session, _packet: &Packet, _pdu: Option<&PduOf<'_, Self>>) -> bool {
        true
    }

    /// Whether what comes of this PDU must be dealt with by the consumer before the next one is read.
    fn pauses(&self, _pdu: Option<&PduOf<'_, Self>>) -> bool {
        false
    }

    /// Bytes wait for more on the first pass.
    fn waits(&self, _session: &mut Session, _packet: &Packet, _record: &Record, _rest: &[u8], _at: usize) {}

    /// What is read of a PDU, once on each pass: both learning and showing rely on it.
    type Unit<'a>;

    /// Reads a PDU that stands in `span` of the data, or bytes in which none begins.
    fn read<'a>(&self, data: &'a [u8], pdu: Option<PduOf<'a, Self>>, span: Span) -> Self::Unit<'a>;

    /// Learns from it; on the first pass only.
    fn learn(&self, learn: &mut Learn<'_>, unit: &Self::Unit<'_>, span: Span);

    /// Shows it.
    fn show(&self, show: &mut Show<'_>, unit: &Self::Unit<'_>, span: Span);
}

/// Dissects bytes of a conversation. Those with which it cannot begin are left alone (no units).
pub(crate) fn dissect<D: Dissector>(
    dissector: &D,
    session: &mut Session,
    packet: &Packet,
    data: &[u8],
    out: &mut Dissection,
) {
    let mut framer = D::Framer::default();
    let overlap = overlap(session, packet, data.len());
    let mut at = 0;
    while at < data.len() {
        let place = Place::new(packet.frame, packet.unit + out.units);
        let rest = data.get(at..).unwrap_or_default();
        let (mut before, after, met) = if packet.first_pass {
            (meet(session, packet, place, if at == 0 { overlap } else { overlap.behind() }), None, true)
        } else if let Some([before, after]) = session.known(packet, place) {
            (before, Some(after), true)
        } else {
            (Record::guess(packet, place), None, false)
        };
        if let What::Repeated(len) = before.what {
            keep(session, packet, &before);
            at += len as usize;
            out.units += 1;
            continue;
        }
        let context = match packet.first_pass {
            true => Some(dissector.context(session, packet, &mut before, rest, at)),
            false => dissector.recorded(session, packet, met.then_some(&before), at),
        };
        let Some(context) = context else { return };
        let step = framer.next(rest, &context, packet.can_desegment && before.inferred & LATE == 0);
        let (pdu, len) = match step {
            Step::Partial(need) => {
                wait(session, packet, &before, at);
                if packet.first_pass {
                    dissector.waits(session, packet, &before, rest, at);
                }
                (out.consumed, out.need) = (at, need);
                // What comes behind in the same frame has the number that it had on the first pass.
                out.units += 1;
                return;
            }
            Step::Unit(pdu, len) => (Some(pdu), len),
            Step::Noise(len) => (None, len),
        };
        if before.what == What::Incomplete {
            // The first pass may have been given one frame's bytes in two steps: then it counted the PDU twice.
            if session.records.get(place.next()).is_some() {
                out.units += 1;
                continue;
            }
            return finish(out, data.len());
        }
        if packet.first_pass && !dissector.begins(session, packet, pdu.as_ref()) {
            return;
        }
        keep(session, packet, &before);
        if packet.first_pass {
            session.connections.complete(before.conn, packet);
            session.unfinished.complete(before.conn, packet);
        }
        let (span, pauses) = (Span::new(at, at + len), dissector.pauses(pdu.as_ref()));
        let unit = dissector.read(data, pdu, span);
        let record = match packet.first_pass {
            true => {
                let announced = &mut out.announced;
                dissector.learn(&mut Learn { session, packet, data, record: before, announced }, &unit, span);
                keep_losses(session, place);
                learnt(session, packet, &before)
            }
            false => after.unwrap_or(before),
        };
        if let Some(proto) = D::PROTOCOL {
            out.tree.implies(proto);
        }
        if packet.want_units {
            out.mark(record, span);
        }
        dissector.show(&mut Show { session, packet, data, record, out }, &unit, span);
        tell_losses(session, place, &mut out.tree);
        if packet.want_depends {
            reassembled::depend(session, place, out);
        }
        at += len.max(1);
        out.units += 1;
        if pauses {
            return finish(out, at.min(data.len()));
        }
    }
    finish(out, data.len());
}

/// Dissects something that has no bytes of its own: `known` says whether a later pass knows it, `read` reads it once on each
/// pass that cares for it, `learn` says whether the first one does.
pub(crate) fn aside<U>(
    session: &mut Session,
    packet: &Packet,
    out: &mut Dissection,
    known: impl FnOnce(&Session, Place) -> bool,
    read: impl FnOnce() -> U,
    learn: impl FnOnce(&mut Learn<'_>, &U) -> bool,
    show: impl FnOnce(&mut Show<'_>, &U),
) {
    let packet = &Packet { unit: packet.unit + out.units, ..*packet };
    let record = session.record(packet);
    if !packet.first_pass && !known(session, record.place()) {
        return;
    }
    let unit = read();
    if packet.first_pass {
        let cares = learn(&mut Learn { session, packet, data: &[], record, announced: &mut out.announced }, &unit);
        keep_losses(session, record.place());
        if !cares {
            return;
        }
    }
    if packet.want_units {
        out.mark(record, Span::default());
    }
    show(&mut Show { session, packet, data: &[], record, out }, &unit);
    tell_losses(session, record.place(), &mut out.tree);
    out.units += 1;
}

/// Says that all bytes were dealt with.
pub(crate) fn finish(out: &mut Dissection, len: usize) {
    out.consumed = len;
    out.need = Need::Nothing;
}

/// Keeps what tables lost with a PDU.
fn keep_losses(session: &mut Session, place: Place) {
    let lost = session.losses.take();
    if !lost.is_empty() {
        session.lost.keep(place, lost);
    }
}

/// Tells what tables lost with a PDU.
fn tell_losses(session: &Session, place: Place, tree: &mut Tree) {
    if session.lost.is_empty() || !tree.wanted() {
        return;
    }
    // Each one goes before those that were told.
    for loss in session.lost.get(place).into_iter().flat_map(|lost| lost.iter().rev()) {
        tree.late_expert(STATE_EVICTED, Some(&loss.wording()));
    }
}

/// What is known of the bytes that the sender sent, and the sequence number of the first byte now; nothing on later
/// passes, which read what the first found.
fn flow<'a>(session: &'a mut Session, packet: &Packet) -> Option<(&'a mut Flow, u32)> {
    let start = packet.sequence.filter(|_| packet.first_pass && packet.arrival != Arrival::Ordered)?;
    let connection = session.connections.of(packet.connection);
    Some((connection.flow(&packet.source, &packet.destination), start))
}

/// How many of the bytes were there before.
fn overlap(session: &mut Session, packet: &Packet, len: usize) -> Overlap {
    let whole = packet.arrival == Arrival::Reassembled;
    flow(session, packet)
        .map_or_else(Overlap::default, |(flow, start)| flow.segment(packet.frame, start, len as u32, whole))
}

/// What is known before a PDU is learnt.
fn meet(session: &mut Session, packet: &Packet, place: Place, overlap: Overlap) -> Record {
    let connection = session.connections.of(packet.connection);
    let what = if overlap.repeated > 0 { What::Repeated(overlap.repeated) } else { What::Pdu };
    Record::new(packet, place, Kept { conn: connection.id, what, late: overlap.late }, &connection.state())
}

/// Notes what a PDU is.
fn keep(session: &mut Session, packet: &Packet, record: &Record) {
    if packet.first_pass {
        session.records.keep(record.place(), record.kept());
    }
}

/// Notes the beginning of a PDU whose end has not come.
fn wait(session: &mut Session, packet: &Packet, before: &Record, at: usize) {
    if packet.first_pass {
        session.connections.wait(before.conn, packet);
    }
    keep(session, packet, &Record { what: What::Incomplete, ..*before });
    if let Some((flow, start)) = flow(session, packet) {
        flow.wait(start.wrapping_add(at as u32));
    }
}

/// What is known behind a PDU of whose conversation `before` was known; keeps what it taught.
fn learnt(session: &mut Session, packet: &Packet, before: &Record) -> Record {
    let connections = &mut session.connections;
    let Some(state) = connections.get(before.conn).filter(|one| !before.agrees(one)).map(Connection::state) else {
        return *before;
    };
    let record = Record::new(packet, before.place(), before.kept(), &state);
    connections.remember(before.conn, before.place());
    record
}
