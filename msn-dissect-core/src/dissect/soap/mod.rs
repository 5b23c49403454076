// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages of the web services (fact base: soap): whether an HTTP message is one, what it teaches, what it shows.
//!
//! A message is ours by the path of its request, by the namespaces of its body, or because it answers a request that is
//! ours. On later passes it is ours if the first pass kept a note of it.

mod body;
mod learn;
mod login;
mod rules;
mod show;
mod summary;
#[cfg(test)]
mod tests;
mod values;

use super::units;
use crate::{
    output::Dissection,
    packet::Packet,
    session::Session,
    soap::{Head, Unit},
};

/// Whether a body that follows this head may be a message of a service, as far as can be told without what was learnt:
/// web pages need not be looked at any closer.
pub fn may_be_ours(session: &Session, head: Option<&Head<'_>>, data: &[u8]) -> bool {
    let by_head = head.is_some_and(|head| head.endpoint().is_some() || head.is_passport());
    by_head || !session.soap.is_empty() || crate::soap::message::may_be_soap(data)
}

/// Dissects an HTTP message with this head and body, if it is one of a service; otherwise there are no units.
pub fn message(session: &mut Session, packet: &Packet, head: Option<Head<'_>>, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    units::aside(
        session,
        packet,
        out,
        |session, place| session.soap.notes.get(place).is_some(),
        || Unit::read(head, data),
        learn::message,
        show::message,
    );
    units::finish(out, data.len());
}
