// SPDX-License-Identifier: GPL-2.0-or-later
//! Connections, whatever they speak.

use super::super::record::{Connection, Seen};
use crate::{
    event::{Side, Unit},
    packet::Endpoint,
};
use std::collections::BTreeMap;

/// Most connections.
const MAX_CONNECTIONS: usize = 1 << 20;

/// A connection; addresses take their room only when they are told.
#[derive(Debug)]
struct State {
    first: Seen,
    last: Seen,
    server: &'static str,
    version: u8,
    account: Box<str>,
    /// Client and server.
    ends: [Endpoint; 2],
    commands: u64,
}

/// All connections.
#[derive(Debug, Default)]
pub(super) struct Connections {
    states: BTreeMap<u32, State>,
}

fn address(end: &Endpoint) -> String {
    match end.ip() {
        std::net::IpAddr::V6(six) => format!("[{six}]:{}", end.port),
        std::net::IpAddr::V4(four) => format!("{four}:{}", end.port),
    }
}

impl Connections {
    /// A PDU of a connection.
    pub fn take(&mut self, unit: &Unit, seen: Seen) {
        let [from, to] = unit.ends;
        let ends = if unit.side == Side::Client { [from, to] } else { [to, from] };
        if !self.states.contains_key(&unit.at.connection) && self.states.len() >= MAX_CONNECTIONS {
            return;
        }
        let state = self.states.entry(unit.at.connection).or_insert_with(|| State {
            first: seen,
            last: seen,
            server: "",
            version: 0,
            account: Box::default(),
            ends,
            commands: 0,
        });
        state.last = seen;
        state.commands += 1;
        if !unit.server.is_empty() {
            state.server = unit.server;
        }
        if unit.version != 0 {
            state.version = unit.version;
        }
        if !unit.account.is_empty() && *state.account != *unit.account {
            state.account = unit.account.as_str().into();
        }
    }

    /// All connections.
    pub fn told(&mut self) -> impl Iterator<Item = Connection> {
        std::mem::take(&mut self.states).into_iter().map(|(number, state)| Connection {
            id: number + 1,
            kind: state.server.to_owned(),
            version: if state.version == 0 { String::new() } else { format!("MSNP{}", state.version) },
            account: state.account.into(),
            client: address(&state.ends[0]),
            server: address(&state.ends[1]),
            first_frame: state.first.frame,
            last_frame: state.last.frame,
            commands: state.commands,
            begin: state.first.time,
            end: state.last.time,
        })
    }
}
