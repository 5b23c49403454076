// SPDX-License-Identifier: GPL-2.0-or-later
//! Webcam connections (fact base: msnftp 6): a handshake of text lines, then pictures. But for the negotiation that led
//! here, nothing depends on what came before, so that every begin shows the same.

mod framing;
mod show;
#[cfg(test)]
mod tests;

pub use framing::heuristic;

use super::{
    units::{self, ContextOf, Dissector, PduOf},
    walk::{Learn, Show},
};
use crate::{
    fields::Proto,
    output::Dissection,
    packet::Packet,
    session::{Record, Session},
    wire::Span,
};
use framing::{CamFramer, Pdu};

/// Dissects the bytes of a segment, or of a picture put together from several.
pub fn stream(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    units::dissect(&Cam, session, packet, data, out);
}

/// Learns from and shows webcam connections.
struct Cam;

impl Dissector for Cam {
    type Framer = CamFramer;
    const PROTOCOL: Option<Proto> = Some(Proto::MsnCam);

    fn context(&self, _: &Session, _: &Packet, _: &mut Record, _rest: &[u8], _at: usize) -> ContextOf<Self> {}

    fn recorded(&self, _: &Session, _: &Packet, _met: Option<&Record>, _at: usize) -> Option<ContextOf<Self>> {
        Some(())
    }

    type Unit<'a> = Option<Pdu>;

    fn read<'a>(&self, _data: &'a [u8], pdu: Option<PduOf<'a, Self>>, _span: Span) -> Self::Unit<'a> {
        pdu
    }

    fn learn(&self, learn: &mut Learn<'_>, unit: &Self::Unit<'_>, span: Span) {
        let pdu = unit.as_ref();
        let Learn { session, packet, record, .. } = learn;
        let ends = [packet.destination, packet.source].map(|end| (end.ip(), end.port));
        let mut promise = session.cam.open(packet.connection, ends, packet.frame);
        if promise.is_none() && pdu == Some(&Pdu::Line) {
            let numbers = numbers(span.of(learn.data));
            promise = numbers.and_then(|numbers| session.cam.name(packet.connection, numbers, packet.frame));
        }
        session.cam.set(record.conn, record.place(), promise);
    }

    fn show(&self, show: &mut Show<'_>, unit: &Self::Unit<'_>, span: Span) {
        let pdu = unit.as_ref();
        let base = show.out.tree.rebase(span.start);
        show::unit(show, pdu, span.of(show.data));
        show.out.tree.rebase(base);
    }
}

/// Recipient and session that the first line of the connecting end names.
fn numbers(line: &[u8]) -> Option<(u32, u32)> {
    let line = line.strip_prefix(b"recipientid=")?;
    let line = std::str::from_utf8(line.get(..line.len().min(64))?.split(|&byte| byte == b'\r').next()?).ok()?;
    let (recipient, session) = line.split_once("&sessionid=")?;
    Some((recipient.parse().ok()?, session.parse().ok()?))
}
