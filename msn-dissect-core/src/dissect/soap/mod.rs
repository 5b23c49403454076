// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages of the web services (fact base: soap): whether an HTTP message is one, what it teaches, what it shows.
//!
//! A message is ours by the path of its request, by the namespaces of its body, or because it answers a request that is
//! ours. On later passes it is ours if the first pass kept a note of it.

mod learn;
mod mail;
mod rules;
mod show;
mod summary;
#[cfg(test)]
mod tests;

use super::{
    units,
    walk::{Learn, Show},
};
use crate::{
    output::Dissection,
    packet::Packet,
    session::Session,
    soap::{Endpoint, Head, Message, Operation, Start, operations},
    wire::Span,
};

/// Parts of the namespaces of the services' elements.
const NAMESPACES: [&[u8]; 5] = [
    b"msn.com/webservices",
    b"messenger.msn.com/ws",
    b"messenger.live.com/ws",
    b"hotmail.msn.com/ws",
    b"schemas.microsoft.com/Passport",
];

/// How far namespaces are looked for, in bytes.
const MAX_NAMESPACE: usize = 4096;

/// What is read of a message, once on each pass.
struct Unit<'a> {
    head: Option<Head<'a>>,
    data: &'a [u8],
    message: Option<Message<'a>>,
    endpoint: Option<Endpoint>,
    /// The operation, as far as the message itself says.
    operation: Option<&'static Operation>,
}

impl<'a> Unit<'a> {
    fn read(head: Option<Head<'a>>, data: &'a [u8]) -> Self {
        let message = Message::read(data);
        let endpoint = head.as_ref().and_then(Head::endpoint);
        let action = head.as_ref().and_then(|head| operations::of_action(head.action?));
        let told = match endpoint {
            Some(Endpoint::Nexus) => Some(&operations::NEXUS),
            Some(Endpoint::Login) => Some(&operations::LOGIN),
            Some(Endpoint::UserTile) => Some(&operations::USER_TILE),
            Some(Endpoint::Config) => Some(&operations::CONFIG),
            Some(Endpoint::Rst) => Some(&operations::RST),
            Some(Endpoint::Soap | Endpoint::Store) | None => None,
        };
        let body = message.as_ref().and_then(|message| message.operation);
        // Both ways to store have the same body.
        let operation = match body {
            Some(body) if *body == operations::STORE => action.or(Some(body)),
            body => body.or(action).or(told),
        };
        Unit { head, data, message, endpoint, operation }
    }

    fn is_response(&self) -> bool {
        match (&self.head, &self.message) {
            (Some(head), _) => matches!(head.start, Start::Response(_)),
            (None, Some(message)) => message.side == Some(crate::soap::Side::Response),
            (None, None) => false,
        }
    }

    fn status(&self) -> Option<u16> {
        match self.head?.start {
            Start::Response(status) => Some(status),
            Start::Request(..) => None,
        }
    }

    /// Whether the body names one of the services.
    fn has_namespace(&self) -> bool {
        let begin = self.data.get(..self.data.len().min(MAX_NAMESPACE)).unwrap_or_default();
        NAMESPACES.iter().any(|name| memchr::memmem::find(begin, name).is_some())
    }

    /// Whether it is a message of a service, as far as it says by itself.
    fn is_ours(&self) -> bool {
        let named = self.message.as_ref().is_some_and(|message| message.side.is_some()) && self.has_namespace();
        let Some(head) = &self.head else { return named };
        match head.start {
            Start::Request(method, _) => match self.endpoint {
                Some(endpoint) if endpoint.is_told_by_head() => true,
                Some(Endpoint::Config) => true,
                Some(_) => method == b"POST" && !self.data.is_empty(),
                None => named,
            },
            Start::Response(100..=199) => false,
            Start::Response(_) => named || head.is_passport(),
        }
    }
}

/// Whether a body that follows this head may be a message of a service, as far as can be told without what was learnt:
/// web pages need not be looked at any closer.
pub fn may_be_ours(session: &Session, head: Option<&Head<'_>>, data: &[u8]) -> bool {
    let by_head = head.is_some_and(|head| head.endpoint().is_some() || head.is_passport());
    by_head || !session.soap.is_empty() || crate::soap::message::may_be_soap(data)
}

/// Dissects an HTTP message with this head and body, if it is one of a service; otherwise there are no units.
pub fn message(session: &mut Session, packet: &Packet, head: Option<Head<'_>>, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    // What was not taken for one of ours on the first pass need not be read again.
    let place = session.record(packet).place();
    if !packet.first_pass && session.soap.notes.get(place).is_none() {
        return units::finish(out, data.len());
    }
    let unit = Unit::read(head, data);
    units::aside(
        session,
        packet,
        out,
        |session, place| session.soap.notes.get(place).is_some(),
        |learn: &mut Learn<'_>| learn::message(learn, &unit),
        |show: &mut Show<'_>| show::message(show, &unit),
    );
    units::finish(out, data.len());
}

/// All of a body.
fn whole(data: &[u8]) -> Span {
    Span::new(0, data.len())
}
