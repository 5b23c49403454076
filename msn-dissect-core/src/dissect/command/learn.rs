// SPDX-License-Identifier: GPL-2.0-or-later
//! What a command teaches of its connection, and of those it announces.

use super::shape;
use crate::{
    command::{
        Choice, Dir, Fit, Role, ServerKind,
        line::decimal,
        params::{msnp_number, split_handle},
        table::On,
        verbs::{Side, Verb},
    },
    dissect::{
        body::{self, Body},
        framing::Command,
        links, params,
        walk::Learn,
    },
    packet::{AnnouncedKind, Announcement, Packet},
    session::{
        connection::PORT,
        records::{DIR_INFERRED, VERSION_INFERRED},
        rendezvous::Ticket,
        versions::Range,
    },
    text,
};

/// Who sends the `VER` that is the first line seen of a connection. It is the client's, unless that was not captured:
/// then it is the server's answer, which has the same layout. `None` where later lines must tell.
fn opener(packet: &Packet, tokens: usize) -> Option<Dir> {
    let (from, to) = (packet.source.port, packet.destination.port);
    if let Some(dir) = by_port(packet) {
        Some(dir)
    } else if from >= to || tokens > 2 {
        Some(Dir::ToServer)
    } else {
        None
    }
}

/// Who sends a packet of which exactly one end is the usual port of the servers.
fn by_port(packet: &Packet) -> Option<Dir> {
    match (packet.source.port == PORT, packet.destination.port == PORT) {
        (true, false) => Some(Dir::ToClient),
        (false, true) => Some(Dir::ToServer),
        _ => None,
    }
}

/// Whether a line offers versions, or chooses one.
fn is_versions(choice: &Choice) -> bool {
    matches!(choice.row.teaches, [Verb::Offer | Verb::Choose])
}

impl Learn<'_> {
    /// Learns from the command that starts at `at`.
    pub(in crate::dissect) fn command(&mut self, at: usize, body: &Body<'_>) {
        let (data, found) = (body.unit, &body.found);
        if !found.unfinished {
            self.learn_before(found);
            self.learn(data, found);
            // What comes most looks the same in all versions.
            let common = matches!(&found.line.word, b"MSG" | b"ACK");
            if self.record.inferred & VERSION_INFERRED != 0 && !common {
                self.narrow(data, found);
            }
        }
        self.remember_rest(at, found);
        body::learn(self, body);
        links::learn(self, body);
    }

    /// Direction and server kind, where this line is the first that tells.
    fn learn_before(&mut self, found: &Command) {
        let Some(choice) = &found.choice else { return };
        let connection = self.session.connections.of(self.packet.connection);
        if connection.server_end.is_none() {
            let first_ver = !connection.started && is_versions(choice);
            let dir = if first_ver {
                opener(self.packet, found.line.len())
            } else {
                (choice.sure_dir && choice.fit != Fit::Loose).then_some(choice.row.dir)
            };
            // The port that everybody knows says more than the shape of a line.
            if let Some(dir) = dir.map(|dir| by_port(self.packet).unwrap_or(dir)) {
                connection.learn_direction(dir, &self.packet.source, &self.packet.destination);
                self.record.dir = dir;
                self.record.inferred &= !DIR_INFERRED;
            }
        }
        connection.started = true;
        connection.cut |= found.unfinished || found.missing > 0;
        let told = match choice.row.on {
            On::Sb => ServerKind::Switchboard,
            _ => ServerKind::Notification,
        };
        if connection.kind.is_none() && choice.sure_server && choice.fit != Fit::Loose {
            connection.kind = Some(told);
        }
        self.record.server = connection.kind;
    }

    /// Version, account and announcements.
    fn learn(&mut self, data: &[u8], found: &Command) {
        let Some(choice) = &found.choice else { return };
        let line = found.line;
        let token = |role| choice.role(line, role).map(|span| span.of(data)).unwrap_or_default();
        for verb in choice.teaches(line, data, self.record.dir) {
            match verb {
                Verb::Choose => self.choose(data, found),
                Verb::Account => self.learn_account(token(Role::Account)),
                Verb::Inherit => self.inherit(token(Role::Cookie)),
                Verb::Announce => self.announce(token(Role::Host)),
                Verb::Refer
                    if token(Role::Host) != b"0" && choice.trid(line, data).is_some_and(|(_, trid)| trid != 0) =>
                {
                    let connection = self.session.connections.of(self.packet.connection);
                    connection.kind = Some(ServerKind::Dispatch);
                    self.record.server = connection.kind;
                }
                Verb::Cookie(side) => self.ticket(token(Role::Cookie), *side),
                _ => {}
            }
        }
    }

    /// The server chooses a version.
    fn choose(&mut self, data: &[u8], found: &Command) {
        let line = found.line;
        let version = (0..line.len()).find_map(|at| msnp_number(line.token(at)?.of(data)));
        if let Some(version) = version {
            self.session.connections.of(self.packet.connection).version = version as u8;
            self.record.version = version as u8;
            self.record.inferred &= !VERSION_INFERRED;
        }
    }

    /// Infers the version from the shape of the command, unless the client asks for versions: then it will be known.
    fn narrow(&mut self, data: &[u8], found: &Command) {
        let (before, known) = (self.session.connections.of(self.packet.connection).shapes, self.record.known());
        if before.is_empty() {
            return;
        }
        let will_be_known = found.choice.as_ref().is_some_and(is_versions);
        let mut range = if will_be_known { Range::NONE } else { shape::narrow(before, data, found, known) };
        if range == before {
            return;
        }
        if range.is_empty() {
            range = Range::NONE;
        }
        self.session.connections.of(self.packet.connection).shapes = range;
        self.record.shapes = range;
    }

    /// The account that a login line names.
    fn learn_account(&mut self, token: &[u8]) {
        let Some((email, _)) = split_handle(token) else { return };
        let account = self.session.names.keep(&text::percent(email).text);
        if !account.is_none() {
            self.session.connections.of(self.packet.connection).account = account;
            self.record.account = account;
        }
    }

    /// A switchboard has no VER: the version is that of the connection which got the cookie.
    fn inherit(&mut self, cookie: &[u8]) {
        let Some(ticket) = self.session.rendezvous.ticket(cookie) else {
            return;
        };
        let connection = self.session.connections.of(self.packet.connection);
        if connection.version == 0 && ticket.version != 0 {
            connection.version = ticket.version;
            self.record.version = ticket.version;
            self.record.inferred &= !VERSION_INFERRED;
        }
    }

    fn ticket(&mut self, cookie: &[u8], side: Side) {
        let ticket = Ticket {
            version: self.record.version,
            account: self.record.account,
            key: (self.record.frame, self.record.unit, 0),
            time: self.packet.time,
            side,
            announced: 0,
            used: 0,
        };
        self.session.rendezvous.announce(cookie, ticket);
    }

    fn announce(&mut self, host: &[u8]) {
        let (address, port) = params::split_host(host);
        let port = match port.map(decimal) {
            None => self.packet.source.port,
            Some(Some(port)) if port <= 0xffff => port as u16,
            _ => return,
        };
        let Some(address) = std::str::from_utf8(address).ok().and_then(|text| text.parse().ok()) else {
            return;
        };
        let announcement = Announcement { address, port, kind: AnnouncedKind::Msn };
        if port != 0 && self.session.rendezvous.is_new_server(&announcement) {
            self.announced.push(announcement);
        }
    }

    /// Without reassembly the rest of a payload comes in later segments: remember where it ends.
    fn remember_rest(&mut self, at: usize, found: &Command) {
        let Some(sequence) = self.packet.sequence.filter(|_| found.missing > 0) else {
            return;
        };
        let end = sequence.wrapping_add((at + found.shown + found.missing) as u32);
        let connection = self.session.connections.of(self.packet.connection);
        if let Some(slot) = connection.skip_to.get_mut(self.record.dir as usize) {
            *slot = Some(end);
        }
    }
}
