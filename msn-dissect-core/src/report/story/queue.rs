// SPDX-License-Identifier: GPL-2.0-or-later
//! What waits to be told: messages until it is known who got them, and everything behind them.

use super::{
    super::record::{Delivered, Login, Message, Record},
    changed::Changed,
};
use std::collections::{HashMap, VecDeque};

/// How long a message waits for its other legs and for its receipt, in ns.
const PATIENCE: u64 = 10_000_000_000;

/// How long it waits for more legs once it is known what became of it.
const GRACE: u64 = 2_000_000_000;

/// Result of a login that nobody answered. It waits, too: the service that gives tickets may say why.
pub(super) const NO_ANSWER: &str = "no answer";

/// Most records that wait.
const MAX_WAITING: usize = 4096;

/// A record, and for a message which legs had it.
#[derive(Debug)]
struct Entry {
    record: Record,
    /// Connections on which the message was seen; empty for what does not wait.
    legs: Vec<u32>,
    /// Connection and transaction ID with which it was sent.
    sent: Option<(u32, u32)>,
}

/// Records in the order of time.
#[derive(Debug, Default)]
pub(super) struct Queue {
    entries: VecDeque<Entry>,
    /// Number of the first entry.
    first: u64,
    /// Numbers of messages by connection and transaction ID.
    sent: HashMap<(u32, u32), u64>,
    /// Messages and files that are new or changed, by number.
    pub changed: Changed<u64>,
}

impl Queue {
    /// Tells a record as soon as those before it are told.
    pub fn push(&mut self, record: Record) {
        if matches!(record, Record::File(_)) {
            let number = self.first + self.entries.len() as u64;
            self.changed.note(|| number);
        }
        self.entries.push_back(Entry { record, legs: Vec::new(), sent: None });
    }

    /// Puts a message in that may come again on other legs; gives its number.
    pub fn message(&mut self, message: Message, leg: u32, trid: Option<u32>) -> u64 {
        let number = self.first + self.entries.len() as u64;
        self.changed.note(|| number);
        let sent = trid.map(|trid| (leg, trid));
        if let Some(key) = sent {
            self.sent.insert(key, number);
        }
        self.entries.push_back(Entry { record: Record::Message(message), legs: vec![leg], sent });
        number
    }

    fn entry(&mut self, number: u64) -> Option<&mut Entry> {
        self.entries.get_mut(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// What has this number and waits.
    pub fn record(&mut self, number: u64) -> Option<&Record> {
        self.entry(number).map(|entry| &entry.record)
    }

    /// A message that waits, and whether this leg had it before.
    pub fn waiting(&mut self, number: u64, leg: u32) -> Option<(&mut Message, bool)> {
        let entry = self.entry(number)?;
        let had = entry.legs.contains(&leg);
        match &mut entry.record {
            Record::Message(message) => Some((message, had)),
            _ => None,
        }
    }

    /// A message was seen on one more leg, which delivers it or sends it with this transaction ID.
    pub fn again(&mut self, number: u64, leg: u32, trid: Option<u32>) {
        self.changed.note(|| number);
        let Some(entry) = self.entry(number) else { return };
        entry.legs.push(leg);
        let sent = trid.map(|trid| (leg, trid));
        entry.sent = entry.sent.or(sent);
        if let Some(key) = sent {
            self.sent.insert(key, number);
        }
    }

    /// The server says what became of a message.
    pub fn receipt(&mut self, key: (u32, u32), delivered: bool) {
        let Some(number) = self.sent.get(&key).copied() else { return };
        self.changed.note(|| number);
        let Some(Entry { record: Record::Message(message), .. }) = self.entry(number) else { return };
        // Where one of several receivers was not reached, the others were.
        message.delivered = match (message.delivered, delivered) {
            (_, true) | (Delivered::Yes, false) => Delivered::Yes,
            (_, false) => Delivered::No,
        };
    }

    /// The last login of an account that waits for an answer.
    pub fn unanswered(&mut self, account: &str) -> Option<&mut Login> {
        self.entries.iter_mut().rev().find_map(|entry| match &mut entry.record {
            Record::Login(login) if login.account == account && login.result == NO_ANSWER => Some(login),
            _ => None,
        })
    }

    /// Tells what need not wait any longer at this time.
    pub fn settle(&mut self, now: u64, tell: &mut impl FnMut(&Record)) {
        while let Some(entry) = self.entries.front() {
            let waits = match &entry.record {
                Record::Message(message) => {
                    let patience = if message.delivered == Delivered::Unknown { PATIENCE } else { GRACE };
                    now.saturating_sub(message.seen.time.ns) < patience
                }
                Record::Login(login) => login.result == NO_ANSWER && now.saturating_sub(login.seen.time.ns) < PATIENCE,
                _ => false,
            };
            if waits && self.entries.len() < MAX_WAITING {
                return;
            }
            self.pop(tell);
        }
    }

    fn pop(&mut self, tell: &mut impl FnMut(&Record)) {
        let Some(entry) = self.entries.pop_front() else { return };
        if let Some(key) = entry.sent.filter(|key| self.sent.get(key) == Some(&self.first)) {
            self.sent.remove(&key);
        }
        self.first += 1;
        tell(&entry.record);
    }

    /// Tells everything that waits.
    pub fn finish(&mut self, tell: &mut impl FnMut(&Record)) {
        while !self.entries.is_empty() {
            self.pop(tell);
        }
    }
}
