// SPDX-License-Identifier: GPL-2.0-or-later
//! The text protocol of the servers. In: bytes of a segment. Out: what its commands show.

use super::{
    body::Body,
    command,
    framing::{Context, MAX_PAYLOAD, TextFramer},
    parties,
    units::{self, ContextOf, Dissector, PduOf},
    walk::{Learn, Show},
};
use crate::{
    command::Dir,
    output::Dissection,
    packet::{Arrival, Opened, Packet},
    session::{Place, Record, Session, What, unfinished::Ending},
    wire::Span,
};
use std::sync::Arc;

/// Dissects the bytes of a segment, or of a command put together from several.
pub fn stream(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    opened(session, packet);
    units::dissect(&Text, session, packet, data, out);
}

/// Dissects what was begun and not completed, in the frame in which its connection ends; `bytes` are those that
/// [`unfinished`] gave.
pub fn ended(session: &mut Session, packet: &Packet, bytes: &[u8], out: &mut Dissection) {
    let packet = session.enter(packet);
    let Some(begun) = session.unfinished.ended_in(packet.frame) else { return };
    let packet = Packet {
        source: begun.source,
        destination: begun.destination,
        unit: begun.unit,
        sequence: None,
        arrival: Arrival::Ordered,
        can_desegment: false,
        ended: true,
        reported_len: bytes.len(),
        ..packet
    };
    units::dissect(&Text, session, &packet, bytes, out);
}

/// What was begun and will not be completed, as the frame of a packet tells; `ending` says on the first pass how the
/// connection ends with it.
pub fn unfinished(session: &mut Session, packet: &Packet, ending: Option<Ending>) -> Option<Arc<[u8]>> {
    let packet = session.enter(packet);
    if let Some(ending) = ending.filter(|_| packet.first_pass) {
        if let Some(conn) = session.connections.known(packet.connection) {
            session.unfinished.end(conn, &packet, ending);
        }
    }
    session.unfinished.ended_in(packet.frame).map(|begun| begun.bytes.clone())
}

/// Clients open the connections: where the handshake was seen, no line needs to tell who sends it.
fn opened(session: &mut Session, packet: &Packet) {
    let Some(opened) = packet.opened.filter(|_| packet.first_pass) else { return };
    let connection = session.connections.of(packet.connection);
    if connection.started || connection.server_end.is_some() {
        return;
    }
    let dir = match opened {
        Opened::BySender => Dir::ToServer,
        Opened::ByReceiver => Dir::ToClient,
    };
    connection.learn_direction(dir, &packet.source, &packet.destination);
    let id = connection.id;
    session.connections.remember(id, Place::new(packet.frame, packet.unit).before());
}

/// Learns from and shows the commands.
pub(super) struct Text;

impl Text {
    /// What framing relies on where `record` is what was known before.
    pub fn known(packet: &Packet, record: Option<&Record>, at: usize) -> Context {
        let skip = match record.map(|record| record.what) {
            Some(What::Rest(skip)) => skip as usize,
            _ => 0,
        };
        let known = record.map(Record::known).unwrap_or_default();
        Context { known, skip, reported: packet.reported_len.saturating_sub(at), watch: true, ended: packet.ended }
    }
}

impl Dissector for Text {
    type Framer = TextFramer;

    fn context(
        &self,
        session: &Session,
        packet: &Packet,
        record: &mut Record,
        _rest: &[u8],
        at: usize,
    ) -> ContextOf<Self> {
        let Some(sequence) = packet.sequence else { return Text::known(packet, Some(record), at) };
        let connection = session.connections.get(record.conn);
        if let Some(end) = connection.and_then(|one| *one.skip_to.get(record.dir as usize)?) {
            let left = end.wrapping_sub(sequence.wrapping_add(at as u32));
            // More than half the sequence space ahead means that the end lies behind.
            if left > 0 && left < u32::MAX / 2 {
                record.what = What::Rest(left);
            }
        }
        Text::known(packet, Some(record), at)
    }

    fn recorded(
        &self,
        _session: &Session,
        packet: &Packet,
        met: Option<&Record>,
        at: usize,
    ) -> Option<ContextOf<Self>> {
        Some(Text::known(packet, met, at))
    }

    fn waits(&self, session: &mut Session, packet: &Packet, record: &Record, rest: &[u8], at: usize) {
        if let Some(sequence) = packet.sequence {
            session.unfinished.wait(record.conn, packet, sequence.wrapping_add(at as u32), rest);
        }
    }

    type Unit<'a> = Option<Body<'a>>;

    fn read<'a>(&self, data: &'a [u8], pdu: Option<PduOf<'a, Self>>, span: Span) -> Self::Unit<'a> {
        pdu.map(|found| Body::read(span.of(data), found))
    }

    fn learn(&self, learn: &mut Learn<'_>, unit: &Self::Unit<'_>, span: Span) {
        if let Some(sequence) = learn.packet.sequence {
            let ends = &mut learn.session.connections.of(learn.packet.connection).skip_to;
            if let Some(end) = ends.get_mut(learn.record.dir as usize) {
                forget(end, sequence.wrapping_add(span.start as u32));
                // A command in the middle of what was announced: the length was wrong.
                if unit.is_some() && matches!(learn.record.what, What::Rest(_)) {
                    *end = None;
                }
            }
        }
        match unit {
            Some(body) => {
                if learn.packet.ended && body.found.missing > 0 {
                    // What is missing may hold an answer.
                    learn.session.connections.wait(learn.record.conn, learn.packet);
                }
                learn.command(span.start, body);
                parties::learn(learn, body);
            }
            None => learn.stray(span),
        }
    }

    fn show(&self, show: &mut Show<'_>, unit: &Self::Unit<'_>, span: Span) {
        if let Some(body) = unit {
            return command::show(show, span.start, body);
        }
        let skip = match show.record.what {
            What::Rest(skip) => (skip as usize).min(span.len()),
            _ => 0,
        };
        show.continuation(span, skip);
    }
}

/// Forgets the end of a payload that was begun without reassembly once it lies far behind `now`: sequence numbers go
/// round, and would come upon it again. What comes a little late may still be a part of the payload.
fn forget(end: &mut Option<u32>, now: u32) {
    let distance = |end: u32| end.wrapping_sub(now) as i32;
    if end.is_some_and(|end| distance(end).unsigned_abs() as usize > MAX_PAYLOAD) {
        *end = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_payload_is_forgotten_once_it_lies_behind() {
        let mut end = Some(1000);
        for now in [900, 1000, 5000, 950] {
            forget(&mut end, now);
            assert_eq!(end, Some(1000));
        }
        forget(&mut end, 3 << 20);
        assert_eq!(end, None);
        let mut end = Some(10);
        forget(&mut end, u32::MAX - 9);
        assert_eq!(end, Some(10), "sequence numbers go round");
    }
}
