// SPDX-License-Identifier: GPL-2.0-or-later
//! Who speaks with whom in a PDU: accounts and servers by name, for ladders and for tables of conversations.

use super::transcript::plain;
use crate::{
    event::{Fact, Side, Unit},
    packet::Endpoint,
};

/// Receivers of a message that are told apart.
const MAX_RECEIVERS: usize = 16;

/// Sender and receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Account, or kind and address of a server.
    pub from: String,
    /// The same.
    pub to: String,
}

/// Sender and receiver of the PDU itself: an account, and the server at the other end.
pub fn leg(unit: &Unit) -> Step {
    let [source, destination] = unit.ends;
    let (client, server) = match unit.side {
        Side::Client => (source, destination),
        Side::Server => (destination, source),
    };
    // Who is not known yet has one line for all connections, or else there would be one for each.
    let account = if unit.account.is_empty() { format!("Client {}", client.ip()) } else { plain(&unit.account) };
    let kind = if unit.server.is_empty() { "Server" } else { unit.server };
    let server = format!("{kind} {}", address(&server));
    match unit.side {
        Side::Client => Step { from: account, to: server },
        Side::Server => Step { from: server, to: account },
    }
}

/// Between whom it is: the persons of a message, or else those of its leg.
pub fn parties(unit: &Unit) -> Vec<Step> {
    let said = unit.facts.iter().find_map(|fact| match fact {
        Fact::Said(message) if !message.from.is_empty() && !message.to.is_empty() => Some(message),
        _ => None,
    });
    match said {
        Some(message) => {
            let from = plain(&message.from);
            let to = message.to.iter().take(MAX_RECEIVERS);
            to.map(|to| Step { from: from.clone(), to: plain(to) }).collect()
        }
        None => vec![leg(unit)],
    }
}

fn address(end: &Endpoint) -> String {
    match end.ip() {
        std::net::IpAddr::V6(six) => format!("[{six}]:{}", end.port),
        std::net::IpAddr::V4(four) => format!("{four}:{}", end.port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::{At, Chat, ChatKey, Format, Kind, Message},
        packet::Packet,
    };

    fn unit(side: Side, account: &str, facts: Vec<Fact>) -> Unit {
        let packet = Packet::example();
        Unit {
            at: At::default(),
            protocol: "MSNP",
            side,
            ends: [packet.source, packet.destination],
            server: "Switchboard",
            version: 0,
            account: account.to_owned(),
            word: String::new(),
            summary: String::new(),
            line: Vec::new(),
            payload: String::new(),
            details: Vec::new(),
            links: Vec::new(),
            remarks: Vec::new(),
            facts,
        }
    }

    fn said(to: usize) -> Fact {
        Fact::Said(Message {
            chat: Chat { key: ChatKey::Connection(0), present: Vec::new() },
            kind: Kind::Text,
            from: "alice@example.com".to_owned(),
            to: (0..to).map(|at| format!("{at}@example.com")).collect(),
            text: String::new(),
            format: Format::default(),
            delivers: false,
            echo: false,
            trid: None,
            id: String::new(),
            written: None,
        })
    }

    #[test]
    fn servers_stand_at_the_other_end() {
        let there = leg(&unit(Side::Client, "alice@example.com", Vec::new()));
        assert_eq!(there.from, "alice@example.com");
        assert!(there.to.starts_with("Switchboard ") && there.to.ends_with(":1863"), "{there:?}");
        let back = leg(&unit(Side::Server, "", Vec::new()));
        assert!(back.to.starts_with("Client ") && !back.to.contains(":1863"), "{back:?}");
        assert_eq!(parties(&unit(Side::Client, "alice@example.com", Vec::new())), [there]);
    }

    #[test]
    fn messages_are_between_persons() {
        let all = parties(&unit(Side::Client, "alice@example.com", vec![said(2)]));
        assert_eq!(all.iter().map(|step| step.to.as_str()).collect::<Vec<_>>(), ["0@example.com", "1@example.com"]);
        assert_eq!(parties(&unit(Side::Client, "alice@example.com", vec![said(1000)])).len(), MAX_RECEIVERS);
    }
}
