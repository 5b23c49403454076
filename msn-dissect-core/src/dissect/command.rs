// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows one command and learns from it.

use crate::{
    dissect::walk::Walk,
    output::MAX_INFO,
    packet::{AnnouncedKind, Announcement, Packet},
};
mod shape;

use super::{framing::Command, params, summary};
use crate::{
    command::{
        Choice, Dir, Fit, Kind, ServerKind,
        line::decimal,
        params::{msnp_number, split_handle, split_naddr},
        table::On,
    },
    fields::{Proto, command as f, expert},
    session::{
        connection::PORT,
        records::{DIR_INFERRED, VERSION_INFERRED},
        rendezvous::{Role, Ticket},
        versions::Range,
    },
    text,
    values::errors,
    wire::Span,
};

/// Most characters of an address in the summary.
const MAX_VIA: usize = 64;

/// Who sends the `VER` that is the first line seen of a connection. It is the client's, unless that was not captured:
/// then it is the server's answer, which has the same layout. `None` where later lines must tell.
fn opener(packet: &Packet, tokens: usize) -> Option<Dir> {
    let (from, to) = (packet.source.port, packet.destination.port);
    if from == PORT && to != PORT {
        Some(Dir::ToClient)
    } else if from >= to || to == PORT || tokens > 2 {
        Some(Dir::ToServer)
    } else {
        None
    }
}

/// What is said of a command that only the other side sends.
const fn wrong_side(sender: Dir) -> &'static str {
    match sender {
        Dir::ToServer => "Command of the other direction: servers send it, not clients",
        Dir::ToClient => "Command of the other direction: clients send it, not servers",
    }
}

/// Appends the summary of a command, and through what the person is reached that it names: a member of several circles
/// has a presence in each.
fn summarise(info: &mut String, data: &[u8], found: &Command) {
    summary::command(info, data, found);
    let Some(choice) = found.choice.as_ref().filter(|_| !found.unfinished) else { return };
    let Some(at) = choice.row.params.iter().take(2).position(|param| param.kind == Kind::Naddr) else { return };
    let token = choice.place(found.line, at).map(|span| span.of(data)).unwrap_or_default();
    if let Some((_, _, Some(via))) = split_naddr(token) {
        info.push_str(" via ");
        text::push_percent(info, split_naddr(via).map_or(via, |parts| parts.1), MAX_VIA);
    }
}

impl Walk<'_> {
    /// Shows the command that starts at `at`.
    pub(super) fn command(&mut self, at: usize, found: &Command) {
        let data = self.data.get(at..at + found.shown).unwrap_or_default();
        if self.packet.first_pass {
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
        }
        self.showing().info_entry();
        let info_start = self.out.info.len();
        let full = info_start > MAX_INFO;
        if self.packet.want_info && (!full || self.out.tree.wanted()) {
            summarise(&mut self.out.info, data, found);
        }
        let info_end = self.out.info.len();
        let base = self.out.tree.rebase(at);
        let protocol = self.out.tree.protocol(Proto::Msn, Span::new(0, found.shown), "");
        if self.out.tree.wanted() {
            self.line(data, found);
        }
        super::body::show(self, data, found);
        self.links(data, found, info_end);
        if self.out.tree.wanted() {
            self.showing().generated();
            // The payload may have added to the summary, so the label comes last.
            if self.packet.want_info {
                self.out.tree.set_text(protocol, self.out.info.get(info_start..).unwrap_or_default());
            } else {
                let mut label = String::new();
                summarise(&mut label, data, found);
                self.out.tree.set_text(protocol, &label);
            }
        }
        if full {
            self.out.info.truncate(info_start);
        }
        self.out.tree.close();
        self.out.tree.rebase(base);
    }

    /// Word, transaction ID, parameters.
    fn line(&mut self, data: &[u8], found: &Command) {
        let line = found.line;
        let tree = &mut self.out.tree;
        tree.wire(f::COMMAND, Span::new(0, 3), &line.word);
        if found.choice.is_none() {
            tree.expert(expert::UNKNOWN_COMMAND);
        }
        if line.bare_line_feed {
            tree.expert(expert::BARE_LINE_FEED);
        }
        if let Some(code) = line.error() {
            tree.number(f::ERROR, Span::new(0, 3), u64::from(code));
            let (kind, meaning) = match crate::values::name(errors::ERRORS, code) {
                Some(meaning) if errors::is_fatal(code) => (expert::FATAL_ERROR_REPLY, meaning),
                Some(meaning) => (expert::ERROR_REPLY, meaning),
                None => (expert::UNKNOWN_ERROR, "unknown error code"),
            };
            tree.expert_text(kind, &format!("Error {code}: {meaning}"));
        }
        let Some(choice) = &found.choice else {
            params::unknown(tree, data, line, 0..line.len(), expert::UNKNOWN_PARAMETER);
            return;
        };
        if let Some((span, trid)) = choice.trid(line, data) {
            tree.number(f::TRID, span, u64::from(trid));
        }
        params::all(tree, data, line, choice, found.unfinished);
        match choice.fit {
            Fit::Exact => {}
            Fit::Other => {
                if self.record.inferred & VERSION_INFERRED == 0 {
                    tree.expert(expert::OTHER_LAYOUT);
                }
            }
            Fit::Loose => {
                if found.unfinished {
                    let cut_by_capture = self.packet.reported_len > self.data.len();
                    tree.expert(if cut_by_capture { expert::CAPTURE_CUT } else { expert::LINE_CUT });
                } else if choice.row.dir != self.record.dir && self.record.inferred & DIR_INFERRED == 0 {
                    tree.expert_text(expert::WRONG_SIDE, wrong_side(self.record.dir));
                } else if choice.missing().is_some() {
                    tree.expert(expert::PARAMETER_MISSING);
                }
            }
        }
        if found.too_long {
            tree.expert(expert::PAYLOAD_TOO_LONG);
        }
        if choice.row.word == "OUT" && choice.token(0).is_some() {
            tree.expert(expert::SIGNED_IN_ELSEWHERE);
        }
    }

    /// Direction and server kind, where this line is the first that tells.
    fn learn_before(&mut self, found: &Command) {
        let Some(choice) = &found.choice else { return };
        let connection = self.session.connections.of(self.packet.connection);
        if connection.server_end.is_none() {
            let first_ver = !connection.started && found.line.word == *b"VER";
            let dir = if first_ver {
                opener(self.packet, found.line.len())
            } else {
                (choice.sure_dir && choice.fit != Fit::Loose).then_some(choice.row.dir)
            };
            if let Some(dir) = dir {
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
        let token = |at: usize| choice.place(line, at).map(|span| span.of(data)).unwrap_or_default();
        match (&line.word, self.record.dir) {
            (b"VER", Dir::ToClient) => {
                let version = (0..line.len()).find_map(|at| msnp_number(line.token(at)?.of(data)));
                if let Some(version) = version {
                    let connection = self.session.connections.of(self.packet.connection);
                    connection.version = version as u8;
                    self.record.version = version as u8;
                    self.record.inferred &= !VERSION_INFERRED;
                }
            }
            (b"USR" | b"CVR" | b"CVQ", _) => self.learn_account(data, found, choice),
            (b"ANS", Dir::ToServer) => {
                self.learn_account(data, found, choice);
                self.inherit(token(1));
            }
            (b"XFR", Dir::ToClient) => match token(0) {
                b"NS" => {
                    self.announce(token(1));
                    let connection = self.session.connections.of(self.packet.connection);
                    if choice.trid(line, data).is_some_and(|(_, trid)| trid != 0) && token(1) != b"0" {
                        connection.kind = Some(ServerKind::Dispatch);
                        self.record.server = connection.kind;
                    }
                }
                b"SB" => {
                    self.announce(token(1));
                    self.ticket(token(3), Role::Caller);
                }
                _ => {}
            },
            (b"RNG", Dir::ToClient) => {
                self.announce(token(1));
                self.ticket(token(3), Role::Callee);
            }
            _ => {}
        }
        if line.word == *b"USR" && choice.row.on == On::Sb && choice.row.dir == Dir::ToServer {
            self.inherit(token(1));
        }
    }

    /// Infers the version from the shape of the command, unless the client asks for versions: then it will be known.
    fn narrow(&mut self, data: &[u8], found: &Command) {
        let (before, known) = (self.session.connections.of(self.packet.connection).shapes, self.record.known());
        if before.is_empty() {
            return;
        }
        let mut range =
            if found.line.word == *b"VER" { Range::NONE } else { shape::narrow(before, data, found, known) };
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
    fn learn_account(&mut self, data: &[u8], found: &Command, choice: &Choice) {
        let place = choice.row.params.iter().position(|param| matches!(param.kind, Kind::Email | Kind::Handle));
        let Some(span) = place.and_then(|at| choice.place(found.line, at)) else {
            return;
        };
        let Some((email, _)) = split_handle(span.of(data)) else {
            return;
        };
        let account = self.session.names.keep(&text::percent(email).text);
        let connection = self.session.connections.of(self.packet.connection);
        if !account.is_none() {
            connection.account = account;
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

    fn ticket(&mut self, cookie: &[u8], role: Role) {
        let ticket = Ticket {
            version: self.record.version,
            account: self.record.account,
            key: (self.record.frame, self.record.unit, 0),
            time: self.packet.time,
            role,
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
            self.out.announced.push(announcement);
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
