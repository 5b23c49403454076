// SPDX-License-Identifier: GPL-2.0-or-later
//! MSNFTP connections (fact base: msnftp 2 and 3): lines in both directions, then blocks from the file's sender.
//!
//! Blocks are taken as they come, without waiting for their ends: where a byte belongs in the file follows from its
//! TCP sequence number, so that lost and reordered segments cost nothing but themselves.

mod framing;
mod learn;
mod show;

pub use framing::heuristic;

use super::{
    units::{self, ContextOf, Dissector, PduOf},
    walk::{Learn, Show},
};
use crate::{
    fields::Proto,
    output::{Content, Dissection, Object},
    packet::Packet,
    session::{Record, Session, ftp::Offer, transfers::TransferKind},
    wire::Span,
};
use framing::{FtpFramer, Pdu};

/// Dissects the bytes of a segment. Bytes with which no MSNFTP connection begins are left alone (no units).
pub fn stream(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    units::dissect(&Ftp, session, packet, data, out);
}

/// Learns from and shows MSNFTP.
struct Ftp;

impl Dissector for Ftp {
    type Framer = FtpFramer;
    const PROTOCOL: Option<Proto> = Some(Proto::MsnFtp);

    fn context(
        &self,
        session: &Session,
        packet: &Packet,
        _record: &mut Record,
        rest: &[u8],
        at: usize,
    ) -> ContextOf<Self> {
        learn::blocks_at(session, packet, rest, at)
    }

    fn recorded(&self, session: &Session, _: &Packet, met: Option<&Record>, _at: usize) -> Option<ContextOf<Self>> {
        let progress = session.ftp.progress.get(met?.place());
        Some(progress.and_then(|progress| progress.blocks))
    }

    fn begins(&self, session: &Session, packet: &Packet, pdu: Option<&PduOf<'_, Self>>) -> bool {
        pdu.is_some() || session.ftp.link(packet.connection).started
    }

    type Unit<'a> = Option<Pdu<'a>>;

    fn read<'a>(&self, _data: &'a [u8], pdu: Option<PduOf<'a, Self>>, _span: Span) -> Self::Unit<'a> {
        pdu
    }

    fn learn(&self, learn: &mut Learn<'_>, unit: &Self::Unit<'_>, span: Span) {
        let pdu = unit.as_ref();
        learn::unit(learn, pdu, span);
    }

    fn show(&self, show: &mut Show<'_>, unit: &Self::Unit<'_>, span: Span) {
        let pdu = unit.as_ref();
        let base = show.out.tree.rebase(span.start);
        match pdu {
            Some(Pdu::Blocks(blocks)) => show::blocks(show, blocks, span),
            Some(Pdu::Line(line)) => {
                show::line(show, Some(line), span.len());
                empty_file(show, line);
            }
            None => show::line(show, None, span.len()),
        }
        show.out.tree.rebase(base);
    }
}

/// A file of no bytes is whole as soon as it is announced.
fn empty_file(show: &mut Show<'_>, line: &framing::Line<'_>) {
    let transfer = state_of(show).transfer;
    let is_empty = show.session.ftp.transfer(transfer).is_some_and(|transfer| transfer.size == 0);
    if show.packet.want_objects && line.command == "FIL" && is_empty {
        show.out.objects.push(object(show.session, transfer, &[], Content::Own(Box::default())));
    }
}

/// What was known of the connection behind a unit.
fn state_of(show: &Show<'_>) -> crate::session::ftp::FtpState {
    show.session.ftp.at(show.record.conn, show.record.place())
}

/// The object that a transfer's bytes are.
fn object(session: &Session, transfer: u32, bytes: &[u8], content: Content) -> Object {
    let offer = session.ftp.transfer(transfer).and_then(|transfer| session.ftp.offer(transfer.offer));
    let given = offer.map_or("", |offer| &offer.invitation.name);
    let people = |offer: &Offer| [offer.invitation.sender, offer.invitation.receiver].map(|who| session.names.get(who));
    Object::new(given, TransferKind::File, offer.map_or(["", ""], people), bytes, content)
}
