// SPDX-License-Identifier: GPL-2.0-or-later
//! The examples of `commands.txt`, whose format `command_table.rs` describes.

use msn_dissect_core::{
    command::{Choice, Dir, ServerKind, layout, parse_line},
    dissect,
    output::Dissection,
    packet::{Endpoint, Packet},
    session::Session,
};

/// A line, and what its dissection must show.
pub struct Example {
    pub dir: Dir,
    pub server: ServerKind,
    pub version: u8,
    pub line: String,
    pub payload: String,
    pub fields: Vec<String>,
    pub info: Option<String>,
}

/// All examples, in their order.
pub fn examples() -> Vec<Example> {
    let mut out: Vec<Example> = Vec::new();
    for text in include_str!("../commands.txt").lines() {
        if let Some(info) = text.strip_prefix("    info ") {
            out.last_mut().unwrap().info = Some(info.to_owned());
            continue;
        }
        if let Some(field) = text.strip_prefix("    ") {
            out.last_mut().unwrap().fields.push(field.to_owned());
            continue;
        }
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let mut parts = text.splitn(4, ' ');
        let dir = if parts.next() == Some(">") { Dir::ToServer } else { Dir::ToClient };
        let server = if parts.next() == Some("SB") { ServerKind::Switchboard } else { ServerKind::Notification };
        let version = parts.next().unwrap().parse().unwrap();
        let (line, payload) = parts
            .next()
            .unwrap()
            .split_once('|')
            .map_or_else(|| (text.splitn(4, ' ').nth(3).unwrap(), ""), |(line, payload)| (line, payload));
        out.push(Example {
            dir,
            server,
            version,
            line: line.into(),
            payload: payload.into(),
            fields: Vec::new(),
            info: None,
        });
    }
    out
}

impl Example {
    /// The bytes on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        format!("{}\r\n{}", self.line, self.payload).into_bytes()
    }

    /// The row that explains it.
    pub fn choice(&self) -> Choice {
        let data = self.bytes();
        let known = layout::Known { dir: Some(self.dir), server: Some(self.server), version: self.version };
        layout::choose(&parse_line(&data).unwrap(), &data, known).unwrap()
    }

    /// Dissects the example on a connection whose direction, server kind and version are as the example says.
    pub fn dissect(&self) -> Dissection {
        let mut session = Session::default();
        let client = Endpoint { port: 40000, ..Endpoint::default() };
        let server = Endpoint { port: 1863, ..Endpoint::default() };
        let connection = session.connections.of(1);
        connection.learn_direction(Dir::ToServer, &client, &server);
        connection.kind = Some(self.server);
        connection.version = self.version;
        let (source, destination) = if self.dir == Dir::ToServer { (client, server) } else { (server, client) };
        let packet = Packet { source, destination, ..Packet::example() };
        let mut out = Dissection::default();
        out.reset(true);
        dissect::stream(&mut session, &packet, &self.bytes(), &mut out);
        out
    }
}
