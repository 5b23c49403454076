// SPDX-License-Identifier: GPL-2.0-or-later
//! Who sends to whom, over all carriers.

use crate::session::names::NameId;

/// One of the two ends of a peer-to-peer conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party {
    account: NameId,
    /// Only where the account is not known: the connection and which end of it (the highest bit), so that strangers
    /// stay apart; 0 otherwise.
    stranger: u32,
}

/// The bit that tells the two ends of a connection apart; no connection has so high a number.
const END: u32 = 1 << 31;

impl Party {
    /// An account, or an end of a connection if the account is not known.
    pub fn new(account: NameId, connection: u32, end: u8) -> Self {
        if account.is_none() {
            Party { account, stranger: connection.wrapping_add(1) | if end == 0 { 0 } else { END } }
        } else {
            Party { account, stranger: 0 }
        }
    }

    /// The account; may be no name.
    pub fn account(self) -> NameId {
        self.account
    }
}

/// A direction between two parties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flow {
    /// Who sends.
    pub sender: Party,
    /// Who receives.
    pub receiver: Party,
}

impl Flow {
    /// The other direction.
    pub fn reversed(self) -> Self {
        Flow { sender: self.receiver, receiver: self.sender }
    }
}

/// The connection over which packets were seen. Both sides of a switchboard may be in one capture: the same packet then
/// passes twice, on two legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Leg(pub u32);

impl Leg {
    /// Stands for every leg.
    pub const ANY: Leg = Leg(u32::MAX);
}

/// How a packet or message came: over which connection, from whom to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Connection.
    pub leg: Leg,
    /// From whom to whom.
    pub flow: Flow,
    /// It is a direct connection.
    pub direct: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_on_two_connections_are_not_the_same() {
        let none = NameId::default();
        assert_ne!(Party::new(none, 1, 0), Party::new(none, 2, 0));
        assert_ne!(Party::new(none, 0, 0), Party::default());
        let flow = Flow { sender: Party::new(none, 1, 0), receiver: Party::new(none, 1, 1) };
        assert_ne!(flow, flow.reversed());
        assert_eq!(flow, flow.reversed().reversed());
    }
}
