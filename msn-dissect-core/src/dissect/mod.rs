// SPDX-License-Identifier: GPL-2.0-or-later
//! Walks the bytes of one segment, or of one reassembled unit: parses, asks and teaches the session, emits items.

mod bits;
mod body;
pub mod cam;
pub mod channel;
pub mod command;
pub mod direct;
mod early;
pub mod export;
pub mod framer;
pub mod framing;
pub mod ftp;
pub mod gateway;
#[cfg(test)]
mod growth;
pub mod heuristic;
mod learning;
mod links;
mod login;
pub(crate) mod object;
pub(crate) mod p2p;
pub(crate) mod p2p_body;
pub mod params;
mod parties;
mod people;
pub mod probe;
pub(crate) mod reassembled;
pub(crate) mod slp;
pub(crate) mod slp_body;
pub mod soap;
mod stray;
mod stream;
pub mod summary;
pub(crate) mod transfer;
mod units;
mod walk;
pub(crate) mod xml;

use crate::{
    item::Used,
    output::Dissection,
    packet::Packet,
    session::{Session, unfinished::Ending},
};
pub use channel::Channel;
pub use heuristic::heuristic;
use std::sync::Arc;

/// Dissects bytes of a connection between a client and a server; see [`Channel::dissect`].
pub fn stream(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
    bounded(session, packet, packet.unit == 0, out, |session, out| stream::stream(session, packet, data, out));
}

/// What was begun and will not be completed, as the frame of a packet tells; `ending` says on the first pass how the
/// connection ends with it.
pub fn unfinished(session: &mut Session, packet: &Packet, ending: Option<Ending>) -> Option<Arc<[u8]>> {
    stream::unfinished(session, packet, ending)
}

/// Dissects what [`unfinished`] gave.
pub fn ended(session: &mut Session, packet: &Packet, bytes: &[u8], out: &mut Dissection) {
    bounded(session, packet, packet.unit == 0, out, |session, out| stream::ended(session, packet, bytes, out));
}

/// Runs a step of a frame with a tree that holds what the steps before left room for; `begins` says that this is the first.
fn bounded(
    session: &mut Session,
    packet: &Packet,
    begins: bool,
    out: &mut Dissection,
    step: impl FnOnce(&mut Session, &mut Dissection),
) {
    if begins || session.shown.0 != packet.number {
        session.shown = (packet.number, Used::default());
    }
    out.tree.continue_from(session.shown.1);
    step(session, out);
    session.shown.1 = out.tree.used();
}
