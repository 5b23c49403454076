// SPDX-License-Identifier: GPL-2.0-or-later
//! Walks the bytes of one segment, or of one reassembled unit: parses, asks and teaches the session, emits items.

pub mod body;
pub mod cam;
pub mod channel;
pub mod command;
pub mod direct;
pub mod export;
pub mod framer;
pub mod framing;
pub mod ftp;
pub mod gateway;
pub mod heuristic;
mod learning;
mod links;
mod login;
pub(crate) mod object;
pub(crate) mod p2p;
pub(crate) mod p2p_body;
pub mod params;
pub mod probe;
pub(crate) mod reassembled;
pub(crate) mod slp;
pub(crate) mod slp_body;
mod stream;
pub mod summary;
pub(crate) mod transfer;
mod units;
mod walk;
mod windows;
pub(crate) mod xml;

use crate::{
    output::{Dissection, Table},
    packet::Packet,
    session::Session,
};
pub use channel::Channel;
pub use heuristic::heuristic;
pub use stream::stream;

/// Dissects a message that was put together from fragments; `table` and `id` are those of the fragments.
pub fn message(session: &mut Session, packet: &Packet, table: Table, id: u32, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    if windows::whole(session, table, id, data, out) {
        return units::finish(out, data.len());
    }
    match table {
        Table::Gateway => gateway::whole(session, packet, id, data, out),
        Table::Ftp => ftp::whole(session, packet, id, data, out),
    }
}
