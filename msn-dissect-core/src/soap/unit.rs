// SPDX-License-Identifier: GPL-2.0-or-later
//! An HTTP message with what is read of it: whether it belongs to a service, and who it says that it comes from.

use super::{
    head::{Endpoint, Head, Start, part},
    message::{Message, Side},
    operations::{self, Operation},
};
use crate::text;

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
#[derive(Debug)]
pub struct Unit<'a> {
    /// Its head.
    pub head: Option<Head<'a>>,
    /// Its body.
    pub data: &'a [u8],
    /// The same, taken apart.
    pub message: Option<Message<'a>>,
    /// Where it is sent.
    pub endpoint: Option<Endpoint>,
    /// The operation, as far as the message itself says.
    pub operation: Option<&'static Operation>,
}

impl<'a> Unit<'a> {
    /// Reads a message.
    pub fn read(head: Option<Head<'a>>, data: &'a [u8]) -> Self {
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

    /// Whether it is an answer.
    pub fn is_response(&self) -> bool {
        match (&self.head, &self.message) {
            (Some(head), _) => matches!(head.start, Start::Response(_)),
            (None, Some(message)) => message.side == Some(Side::Response),
            (None, None) => false,
        }
    }

    /// Its status code.
    pub fn status(&self) -> Option<u16> {
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
    pub fn is_ours(&self) -> bool {
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

    /// The ticket that a request shows, as it stands there.
    pub fn ticket(&self) -> Option<String> {
        if let Some(message) = &self.message {
            let header = message.header;
            let found = header.and_then(|header| {
                message
                    .within(header, b"TicketToken")
                    .or_else(|| message.child(message.within(header, b"PassportCookie")?, b"t"))
            });
            let found = found.map(|node| message.text(node)).filter(|text| !text.is_empty());
            let stored = || {
                let node = message.child(header?, b"Ticket")?;
                Some(message.attribute(node, b"passport")).filter(|text| !text.is_empty())
            };
            if let Some(found) = found.or_else(stored) {
                return Some(found);
            }
        }
        let cookie = self.head?.cookie?;
        let value = part(cookie, "MSPAuth")?;
        Some(text::percent(value).text.into_owned())
    }

    /// The account that a request names as its own.
    pub fn named_account(&self) -> Option<String> {
        if let Some(value) = self.head.and_then(|head| head.authorization) {
            let account = part(value, "sign-in")?;
            return Some(text::percent(account).text.into_owned());
        }
        let message = self.message.as_ref()?;
        let header = message.header?;
        let user = message.within(header, b"Username").map(|node| message.text(node));
        let writer = || {
            let from = message.child(header, b"From")?;
            Some(message.attribute(from, b"memberName"))
        };
        user.or_else(writer).filter(|account| !account.is_empty())
    }

    /// Whether it shows a password.
    pub fn has_password(&self) -> bool {
        let in_head = self.head.and_then(|head| part(head.authorization?, "pwd")).is_some_and(|it| !it.is_empty());
        let in_body = || {
            let message = self.message.as_ref()?;
            let node = message.within(message.header?, b"Password")?;
            Some(!message.content(node).is_empty())
        };
        in_head || in_body().unwrap_or(false)
    }
}
