// SPDX-License-Identifier: GPL-2.0-or-later
//! Showing a PDU: what comes out, and what every PDU shows.

pub(crate) use super::learning::Learn;
use super::stray;
use crate::{
    command::ServerKind,
    fields::{Field, Proto, command as f, expert},
    item::Tree,
    output::{Dissection, MAX_INFO},
    packet::Packet,
    session::{FrameId, Record, Session, frames::Frames, links::Fact, records::DIR_INFERRED},
    text,
    wire::Span,
};

/// What a unit shows, on every pass: nothing of it changes the session.
pub(crate) struct Show<'a> {
    /// What is remembered.
    pub session: &'a Session,
    /// What the consumer said of the bytes.
    pub packet: &'a Packet,
    /// All bytes given.
    pub data: &'a [u8],
    /// What is known of the unit.
    pub record: Record,
    /// What comes out.
    pub out: &'a mut Dissection,
}

/// Adds a link to a frame, unless there is none or a read filter rejected it.
pub(crate) fn frame_link(tree: &mut Tree, frames: &Frames, field: Field, frame: FrameId) {
    if let Some(number) = frames.number(frame) {
        let link = tree.number(field, Span::default(), u64::from(number));
        tree.generated(link);
    }
}

impl Show<'_> {
    /// Whether what later units add is known: on a first pass that is only what earlier units of the same frame added,
    /// so nothing is shown of it.
    pub fn knows_later(&self) -> bool {
        !self.packet.first_pass
    }

    /// Shows bytes that belong to no known command.
    pub fn continuation(&mut self, span: Span, skip: usize) {
        self.info_entry();
        if self.packet.want_info {
            self.out.info.push_str("Continuation");
        }
        let tree = &mut self.out.tree;
        tree.protocol(Proto::Msn, span, "Continuation");
        tree.bytes(f::CONTINUATION, span);
        let key = (self.record.frame, self.record.unit, 0);
        let cause = self.session.links.facts(key).find_map(|fact| match *fact {
            Fact::Remark(expert::STRAY, cause, _) => stray::CAUSES.get(cause as usize),
            _ => None,
        });
        if let Some(cause) = cause {
            tree.expert_text(expert::STRAY, cause);
        } else if skip > 0 {
            tree.expert_text(expert::CONTINUATION, "Rest of a payload that began in an earlier segment");
        } else {
            tree.expert(expert::CONTINUATION);
        }
        self.generated();
        self.out.tree.close();
    }

    /// The items that every unit has: direction, server, version, account.
    pub(super) fn generated(&mut self) {
        if !self.out.tree.wanted() {
            return;
        }
        let tree = &mut self.out.tree;
        let none = Span::default();
        let inferred = self.record.inferred;
        let dir = tree.text(f::DIRECTION, none, self.record.dir.name());
        if inferred & DIR_INFERRED != 0 {
            tree.note(dir, "inferred from the ports");
        }
        tree.generated(dir);
        if let Some(server) = self.record.server {
            let server = tree.text(f::SERVER, none, ServerKind::name(server));
            tree.generated(server);
        }
        let stream = tree.number(f::STREAM, none, u64::from(self.record.conn.0));
        tree.generated(stream);
        if self.record.version != 0 {
            let version = tree.number(f::VERSION, none, u64::from(self.record.version));
            tree.generated(version);
        } else {
            let range = self.record.shapes;
            let handle = match range.wording() {
                Some(_) if range.low == range.high => Some(tree.number(f::VERSION, none, u64::from(range.low))),
                Some(wording) => Some(tree.text(f::VERSION_RANGE, none, &wording)),
                None => None,
            };
            if let Some(handle) = handle {
                tree.note(handle, "inferred from the shape of commands");
                tree.generated(handle);
            }
        }
        let account = self.session.names.get(self.record.account);
        if !account.is_empty() {
            let owner = tree.text(f::ACCOUNT, none, account);
            tree.generated(owner);
        }
    }

    /// Separates the Info text of units.
    pub(super) fn info_entry(&mut self) {
        if self.packet.want_info && !self.out.info.is_empty() && self.out.info.len() < MAX_INFO {
            self.out.info.push_str("; ");
        }
    }

    /// Adds to the Info text what a unit is, as long as there is room; of it at most `max` characters.
    pub fn info(&mut self, label: &str, max: usize) {
        if self.packet.want_info && self.out.info.len() < MAX_INFO {
            self.info_entry();
            text::push_line(&mut self.out.info, label, max);
        }
    }
}
