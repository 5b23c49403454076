// SPDX-License-Identifier: GPL-2.0-or-later
//! What Statistics > MSN counts: units by protocol, commands by server and direction, errors, content types, and how
//! long answers took.

use crate::{
    fields::{PROTOCOLS, Proto, command as f, link, mime, soap},
    item::{CARRIER, Item, Kind, NO_TEXT, Tree},
    values::{self, errors},
};

/// A branch of the statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Branch {
    /// Units by protocol.
    Protocols = 0,
    /// Commands by kind of server, direction and word.
    Commands = 1,
    /// Error replies by meaning.
    Errors = 2,
    /// Messages by content type.
    Messages = 3,
    /// Times between request and first answer, by the word of the request.
    Times = 4,
}

/// Names of the branches in their order, and whether their values are averaged.
pub static BRANCHES: &[(&str, bool)] = &[
    ("Protocols", false),
    ("Commands", false),
    ("Errors", false),
    ("Messages", false),
    ("Response times in milliseconds", true),
];

/// Something to count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// Where.
    pub branch: Branch,
    /// Where its labels begin in [`Statistics::labels`].
    pub labels: u32,
    /// How many labels lead to it from the branch.
    pub depth: u32,
    /// The value, for a branch of averages.
    pub value: f32,
    /// The time of which it is milliseconds, ns.
    pub time: u64,
}

/// What one dissection adds to the statistics.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// What is counted.
    pub ticks: Vec<Tick>,
    /// Labels, each NUL-terminated.
    pub labels: Vec<u8>,
}

/// What is known of a command while its items go by.
#[derive(Default)]
struct Unit<'a> {
    word: Option<&'a [u8]>,
    server: Option<&'a [u8]>,
    direction: Option<&'a [u8]>,
    content_type: Option<&'a [u8]>,
    request: Option<&'a [u8]>,
    /// It is not the first answer.
    further: bool,
    error: Option<u32>,
    time: Option<u64>,
}

impl Statistics {
    /// Counts what a tree shows, in place of what was counted before.
    pub fn count(&mut self, tree: &Tree) {
        self.ticks.clear();
        self.labels.clear();
        let mut unit: Option<Unit<'_>> = None;
        for item in tree.items() {
            if item.kind == Kind::Protocol as u8 && item.number != CARRIER {
                let name = PROTOCOLS.get(usize::from(item.id)).map_or("", |row| row.1);
                self.tick(Branch::Protocols, 0.0, &[name.as_bytes()]);
                if [Proto::Msn as u16, Proto::MsnSoap as u16].contains(&item.id) {
                    self.unit(unit.replace(Unit::default()));
                }
            } else if let Some(unit) = unit.as_mut().filter(|_| item.kind == Kind::Leaf as u8) {
                unit.leaf(item, tree);
            }
        }
        self.unit(unit);
    }

    fn unit(&mut self, unit: Option<Unit<'_>>) {
        let Some(unit) = unit else { return };
        let number = unit.error.map(|error| format!("{error:03}"));
        let word = number.as_ref().map(|number| number.as_bytes()).or(unit.word).unwrap_or(b"Continuation");
        if let (Some(error), Some(number)) = (unit.error, &number) {
            let meaning = values::name(errors::ERRORS, error).unwrap_or("unknown");
            self.tick(Branch::Errors, 0.0, &[format!("{number} {meaning}").as_bytes()]);
        }
        let server = unit.server.unwrap_or(b"Server not known");
        self.tick(Branch::Commands, 0.0, &[server, unit.direction.unwrap_or(b"Direction not known"), word]);
        if let Some(content_type) = unit.content_type {
            self.tick(Branch::Messages, 0.0, &[content_type]);
        }
        if let Some(time) = unit.time.filter(|_| !unit.further) {
            self.tick(Branch::Times, (time as f64 / 1e6) as f32, &[unit.request.unwrap_or(word)]);
            if let Some(tick) = self.ticks.last_mut() {
                tick.time = time;
            }
        }
    }

    fn tick(&mut self, branch: Branch, value: f32, labels: &[&[u8]]) {
        let at = self.labels.len() as u32;
        for label in labels {
            self.labels.extend_from_slice(label);
            self.labels.push(0);
        }
        self.ticks.push(Tick { branch, labels: at, depth: labels.len() as u32, value, time: 0 });
    }
}

impl<'a> Unit<'a> {
    fn leaf(&mut self, item: &Item, tree: &'a Tree) {
        let text = || {
            let start = Some(item.text).filter(|&at| at != NO_TEXT)? as usize;
            tree.arena().get(start..start + item.text_len as usize)
        };
        match item.id {
            id if id == f::COMMAND.0 => self.word = text(),
            id if id == soap::OPERATION.0 => self.word = text(),
            id if id == soap::SERVICE.0 => self.server = text(),
            id if id == soap::SIDE.0 => self.direction = text(),
            id if id == f::SERVER.0 => self.server = text(),
            id if id == f::DIRECTION.0 => self.direction = text(),
            id if id == mime::CONTENT_TYPE.0 => self.content_type = text(),
            id if id == link::REQUEST.0 => {
                self.request = text();
                self.further = item.note != NO_TEXT;
            }
            id if id == f::ERROR.0 => self.error = Some(item.number as u32),
            id if id == link::TIME.0 => self.time = Some(item.number),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dissect, output::Dissection, packet::Packet, session::Session};

    fn counted(lines: &[(u32, &[u8])]) -> Vec<String> {
        let (mut session, mut out, mut statistics) = (Session::default(), Dissection::default(), Statistics::default());
        let mut rows = Vec::new();
        for &(frame, line) in lines {
            let there = Packet { number: frame, time: u64::from(frame) * 1_000_000, ..Packet::example() };
            let back = Packet { source: there.destination, destination: there.source, ..there };
            out.reset(true);
            dissect::stream(&mut session, if frame % 2 == 0 { &back } else { &there }, line, &mut out);
            statistics.count(&out.tree);
            for tick in &statistics.ticks {
                let labels = statistics.labels[tick.labels as usize..].split(|&byte| byte == 0);
                let labels = labels.take(tick.depth as usize).map(String::from_utf8_lossy).collect::<Vec<_>>();
                rows.push(format!("{:?}: {} {}", tick.branch, labels.join("/"), tick.value));
            }
        }
        rows
    }

    #[test]
    fn commands_errors_and_times_are_counted() {
        let rows = counted(&[(1, b"VER 1 MSNP12 CVR0\r\n"), (4, b"VER 1 MSNP12\r\n715 3\r\n")]);
        assert_eq!(
            rows,
            [
                "Protocols: MSNP 0",
                "Commands: Notification server/Client to server/VER 0",
                "Protocols: MSNP 0",
                "Protocols: MSNP 0",
                "Commands: Notification server/Server to client/VER 0",
                "Times: VER 3",
                "Errors: 715 command not expected here, or account not verified 0",
                "Commands: Notification server/Server to client/715 0",
            ]
        );
    }

    #[test]
    fn messages_are_counted_by_content_type() {
        let rows = counted(&[(1, b"MSG 1 N 29\r\nContent-Type: Text/Plain\r\n\r\nhi")]);
        assert!(rows.contains(&"Messages: text/plain 0".to_owned()), "{rows:?}");
    }

    #[test]
    fn every_branch_has_its_place() {
        assert_eq!(BRANCHES.len(), Branch::Times as usize + 1);
        assert_eq!(BRANCHES.iter().position(|row| row.1), Some(Branch::Times as usize));
    }
}
