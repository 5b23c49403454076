// SPDX-License-Identifier: GPL-2.0-or-later
//! Bodies of HTTP gateway messages: which session they belong to, and PDUs that are cut between two of them
//! (fact base: transports 3).
//!
//! In each direction of a session the bodies, in message order, are one stream. A body is dissected in steps: either a
//! piece of one cut PDU, with that PDU if it is whole now, or all whole PDUs up to the end or up to one that is cut.

mod framing;
mod learn;
mod show;
#[cfg(test)]
mod tests;

use super::{
    framing::Context,
    stream::{Text, stream},
    units::{self, ContextOf, Dissector, PduOf},
    walk::{Learn, Show},
};
use crate::{
    command::Dir,
    gateway::{Head, Query, Start, Status},
    output::Dissection,
    packet::{Announcement, Need, Packet},
    session::{Place, Record, Session, What, assembly::MessageId, gateway::Gateway},
    wire::Span,
};
use framing::{BodyContext, BodyFramer, Left, Pdu, Piece};

/// What the consumer knows of a body beside its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carrier<'a> {
    /// Start line and header lines, if they were found.
    pub head: Option<Head<'a>>,
    /// This is the rest of a body whose beginning was dissected; [`Packet::connection`] is the session's key.
    pub continued: bool,
}

/// PDUs that a step with a piece takes: one for the piece, one for what stands in front of it.
const STEP_UNITS: u32 = 2;

/// Dissects a body, or the first bytes of it: the rest after [`Dissection::consumed`] wants another call.
///
/// [`Dissection::connection`] is the key that the rest of the body must be given with.
pub fn body(session: &mut Session, packet: &Packet, carrier: &Carrier<'_>, data: &[u8], out: &mut Dissection) {
    let mut packet = session.enter(packet);
    let dir = direction(&packet, carrier);
    if !carrier.continued {
        let head = carrier.head.as_ref();
        let place = Place::new(packet.frame, packet.unit + out.units);
        let learn = |learn: &mut Learn<'_>, (): &()| {
            learn::head(learn, head, dir);
            true
        };
        units::aside(session, &packet, out, |_, _| true, || (), learn, |show, ()| show::head(show, head));
        if let Some(body) = session.gateway.bodies.get(place) {
            packet.connection = Gateway::key(body.session);
        }
    }
    out.connection = packet.connection;
    if data.is_empty() {
        return;
    }
    let announced =
        carrier.head.filter(|head| !head.encoded && !carrier.continued).and_then(|head| head.content_length);
    let lost = announced.unwrap_or(0).max(packet.reported_len).saturating_sub(data.len());
    packet.can_desegment = lost == 0;
    packet.sequence = Gateway::number(packet.connection)
        .and_then(|number| session.gateway.get(number)?.offset.get(dir as usize).copied());
    let first = Place::new(packet.frame, packet.unit + out.units);
    units::dissect(&Body { dir, lost }, session, &packet, data, out);
    if let Some(piece) = session.gateway.fragments.get(first).filter(|piece| piece.offset > 0) {
        let message = piece.message;
        out.units = out.units.max(STEP_UNITS);
        if session.assembly.whole(message).is_some_and(|whole| whole.at() == first.key()) {
            whole(session, &packet, message, out);
            keep_server(&mut out.announced, &packet, dir);
        }
    }
}

/// Dissects a PDU that a piece made whole.
fn whole(session: &mut Session, packet: &Packet, message: MessageId, out: &mut Dissection) {
    // A copy, because what it teaches changes the session that holds it; such PDUs are short.
    let Some(bytes) = session.assembly.whole(message).map(|whole| whole.bytes().to_vec()) else { return };
    let packet = Packet { can_desegment: false, sequence: None, reported_len: bytes.len(), ..*packet };
    let (consumed, objects) = (out.consumed, out.objects.len());
    let mark = out.tree.enter_message(message, bytes.len());
    stream(session, &packet, &bytes, out);
    out.tree.leave_source(mark);
    for object in out.objects.iter_mut().skip(objects) {
        object.content.own(&bytes);
    }
    units::finish(out, consumed);
}

/// A client behind the gateway reaches announced servers through the gateway; its own address must stay HTTP.
fn keep_server(announced: &mut Vec<Announcement>, packet: &Packet, dir: Dir) {
    let server = if dir == Dir::ToServer { packet.destination } else { packet.source };
    announced.retain(|announced| announced.port != server.port);
}

/// Shows the answer to a request of a session that does not look like one: an error page, or an answer without the header
/// that all should have. Its body is what it says, not the protocol. Without such a request nothing is shown.
pub fn answer(session: &mut Session, packet: &Packet, head: Head<'_>, out: &mut Dissection) {
    let packet = &session.enter(packet);
    let Start::Response(200..) = head.start else { return };
    let known = |session: &Session, place| session.gateway.bodies.get(place).is_some();
    let learn = |learn: &mut Learn<'_>, (): &()| {
        let ours = learn.session.gateway.is_awaited(learn.packet.connection);
        if ours {
            learn::head(learn, Some(&head), Dir::ToClient);
        }
        ours
    };
    units::aside(session, packet, out, known, || (), learn, |show, ()| show::head(show, Some(&head)));
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

/// What a head says of the session.
fn told<'a>(head: Option<&Head<'a>>) -> (Query<'a>, Status<'a>) {
    match head {
        Some(Head { start: Start::Request(target), .. }) => (Query::of_target(target), Status::default()),
        Some(Head { messenger: Some(value), .. }) => (Query::default(), Status::of(value)),
        _ => Default::default(),
    }
}

/// Learns from and shows a body of this direction, of which so many bytes at the end were not captured.
struct Body {
    dir: Dir,
    lost: usize,
}

/// What is read in a body.
#[expect(clippy::large_enum_variant, reason = "it stays where it is made, and most are commands")]
enum Unit<'a> {
    /// A command, or bytes in which none begins.
    Whole(<Text as Dissector>::Unit<'a>),
    /// The beginning of a command whose end comes in a later body, and what is missing.
    Begins(Need),
    /// A later piece of one.
    Continues(Piece),
}

/// What the text protocol relies on, in bodies whose pieces are put together here.
fn unwatched(text: Context) -> Context {
    Context { watch: false, ..text }
}

impl Dissector for Body {
    type Framer = BodyFramer;

    fn context(
        &self,
        session: &Session,
        packet: &Packet,
        record: &mut Record,
        rest: &[u8],
        at: usize,
    ) -> ContextOf<Self> {
        let found = Gateway::number(packet.connection).and_then(|number| session.gateway.get(number));
        let pending = found.and_then(|found| found.pending.get(self.dir as usize)?.as_ref()).filter(|_| at == 0);
        if let Some(pending) = pending {
            let text = unwatched(Text::known(packet, Some(record), at));
            if let Some(piece) = framing::piece(pending, rest, text, packet.can_desegment) {
                return BodyContext { piece: Some(piece), text };
            }
            if let crate::session::gateway::Missing::Bytes(missing) = pending.missing {
                record.what = What::Rest(missing as u32);
                return BodyContext { piece: None, text: unwatched(Text::known(packet, Some(record), at)) };
            }
        }
        BodyContext { piece: None, text: unwatched(Text.context(session, packet, record, rest, at)) }
    }

    fn recorded(&self, session: &Session, packet: &Packet, met: Option<&Record>, at: usize) -> Option<ContextOf<Self>> {
        let fragment = met.and_then(|record| session.gateway.fragments.get(record.place()));
        let piece = fragment.filter(|piece| piece.offset > 0);
        let piece = piece.map(|piece| Piece { len: piece.len as usize, left: Left::Nothing });
        Some(BodyContext { piece, text: unwatched(Text::known(packet, met, at)) })
    }

    type Unit<'a> = Unit<'a>;

    fn read<'a>(&self, data: &'a [u8], pdu: Option<PduOf<'a, Self>>, span: Span) -> Unit<'a> {
        match pdu {
            Some(Pdu::Command(command)) => Unit::Whole(Text.read(data, Some(command), span)),
            None => Unit::Whole(Text.read(data, None, span)),
            Some(Pdu::Begins(need)) => Unit::Begins(need),
            Some(Pdu::Continues(piece)) => Unit::Continues(piece),
        }
    }

    fn learn(&self, learn: &mut Learn<'_>, unit: &Unit<'_>, span: Span) {
        learn::unit(learn, self.dir, unit, span, self.lost);
        if let Unit::Whole(text) = unit {
            Text.learn(learn, text, span);
        }
        keep_server(learn.announced, learn.packet, self.dir);
    }

    fn show(&self, show: &mut Show<'_>, unit: &Unit<'_>, span: Span) {
        match unit {
            Unit::Whole(text) => Text.show(show, text, span),
            Unit::Begins(_) | Unit::Continues(_) => show::fragment(show, span),
        }
    }

    fn pauses(&self, pdu: Option<&PduOf<'_, Self>>) -> bool {
        matches!(pdu, Some(Pdu::Continues(_)))
    }
}
