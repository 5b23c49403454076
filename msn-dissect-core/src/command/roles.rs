// SPDX-License-Identifier: GPL-2.0-or-later
//! What parameters are for: where each role stands in a row is found when the core is compiled.

use super::params::{Kind, Param};
use crate::fields::{Field, command as f};

/// What a parameter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// An account, perhaps with endpoint.
    Account,
    /// An account that may have an endpoint.
    Handle,
    /// An account, perhaps with network.
    Contact,
    /// An account with network, among the first two parameters.
    Address,
    /// Whom the line is about: an account or a contact's GUID.
    Person,
    /// What fills `msn.email`.
    Email,
    /// A contact's GUID.
    ContactId,
    /// A contact group.
    Group,
    /// The name of a contact group.
    GroupName,
    /// A display name.
    Name,
    /// A presence status.
    Status,
    /// The name of a property.
    Property,
    /// The value of a property.
    Value,
    /// A list.
    List,
    /// A switchboard cookie.
    Cookie,
    /// A server's address.
    Host,
    /// A switchboard session.
    Session,
    /// Hop data.
    Hop,
    /// A security package.
    Scheme,
    /// A challenge, of the client program or of the account.
    Challenge,
    /// The account's answer to a challenge.
    Response,
    /// A ticket of the login service.
    Ticket,
    /// The client program that answers a challenge.
    Product,
    /// An endpoint of the account.
    Machine,
    /// The acknowledgement mode of a message.
    Mode,
    /// How many contacts will come.
    Contacts,
    /// How many groups will come.
    Groups,
    /// The type of a user notification.
    Notice,
    /// Why the server ends a connection.
    Reason,
}

use Role::*;

const ALL: [Role; 29] = [
    Account, Handle, Contact, Address, Person, Email, ContactId, Group, GroupName, Name, Status, Property, Value, List,
    Cookie, Host, Session, Hop, Scheme, Challenge, Response, Ticket, Product, Machine, Mode, Contacts, Groups, Notice,
    Reason,
];

/// Number of a parameter that is not there.
const NONE: u8 = u8::MAX;

/// The first parameter of each role in a row.
#[derive(Clone, Copy, Debug)]
pub struct Roles([u8; ALL.len()]);

impl Roles {
    /// Finds the roles of parameters.
    pub const fn of(params: &[Param]) -> Self {
        let mut roles = [NONE; ALL.len()];
        let mut role = 0;
        while role < ALL.len() {
            let mut at = 0;
            while at < params.len() && roles[role] == NONE {
                if plays(&params[at], at, ALL[role]) {
                    roles[role] = at as u8;
                }
                at += 1;
            }
            role += 1;
        }
        Roles(roles)
    }

    /// Number of the parameter that has a role.
    #[inline]
    pub fn get(&self, role: Role) -> Option<usize> {
        self.0.get(role as usize).filter(|&&at| at != NONE).map(|&at| usize::from(at))
    }
}

const fn is(field: Field, other: Field) -> bool {
    field.0 == other.0
}

const fn plays(param: &Param, at: usize, role: Role) -> bool {
    let field = param.field;
    match role {
        Account => matches!(param.kind, Kind::Email | Kind::Handle),
        Handle => matches!(param.kind, Kind::Handle),
        Contact => matches!(param.kind, Kind::Email | Kind::Naddr),
        Address => matches!(param.kind, Kind::Naddr) && at < 2,
        Person => is(field, f::EMAIL) || is(field, f::CONTACT_ID) || is(field, f::CALLER) || is(field, f::CALLEE),
        Email => is(field, f::EMAIL) || is(field, f::CALLER) || is(field, f::CALLEE),
        ContactId => is(field, f::CONTACT_ID),
        Group => is(field, f::GROUP_ID),
        GroupName => is(field, f::GROUP_NAME),
        Name => matches!(param.kind, Kind::Name),
        Status => is(field, f::STATUS),
        Property => is(field, f::PROPERTY),
        Value => is(field, f::PROPERTY_VALUE),
        List => is(field, f::LIST),
        Cookie => is(field, f::COOKIE),
        Host => is(field, f::SERVER_ADDRESS),
        Session => is(field, f::SESSION_ID),
        Hop => is(field, f::HOP),
        Scheme => is(field, f::AUTH_SCHEME),
        Challenge => is(field, f::CHALLENGE) || is(field, f::AUTH_CHALLENGE) || is(field, f::NONCE),
        Response => is(field, f::AUTH_RESPONSE),
        Ticket => is(field, f::AUTH_TICKET),
        Product => is(field, f::CHALLENGE_PRODUCT),
        Machine => is(field, f::MACHINE_GUID),
        Mode => is(field, f::ACK_MODE),
        Contacts => is(field, f::CONTACT_COUNT),
        Groups => is(field, f::GROUP_COUNT),
        Notice => is(field, f::UUN_TYPE),
        Reason => is(field, f::OUT_REASON),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{
        rows::ROWS,
        verbs::{Side, Verb},
    };

    #[test]
    fn roles_are_numbered_as_listed() {
        assert!(ALL.iter().enumerate().all(|(at, role)| *role as usize == at));
    }

    #[test]
    fn verbs_find_what_they_need() {
        for row in ROWS {
            for verb in row.teaches {
                let needs: &[Role] = match verb {
                    Verb::Account => &[Account],
                    Verb::Inherit => &[Cookie],
                    Verb::Open(Side::Callee) => &[Cookie, Session],
                    Verb::Open(Side::Caller) => &[Cookie],
                    Verb::Chat => &[Session],
                    Verb::Announce | Verb::Refer => &[Host],
                    Verb::Cookie(_) => &[Host, Cookie],
                    Verb::Challenge => &[Challenge],
                    Verb::Respond => &[Product],
                    Verb::AskProof => &[Scheme, Challenge],
                    Verb::Prove => &[Scheme],
                    Verb::ContactId => &[ContactId],
                    Verb::Join | Verb::Leave => &[Handle],
                    Verb::Presence => &[Contact, Name],
                    Verb::OwnProperty => &[Property],
                    _ => &[],
                };
                assert!(needs.iter().all(|&role| row.roles.get(role).is_some()), "{} {verb:?}", row.word);
            }
        }
    }
}
