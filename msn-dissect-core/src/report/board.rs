// SPDX-License-Identifier: GPL-2.0-or-later
//! A table that is shown while the capture goes by: at each moment its rows are those that a report would have if the
//! capture ended there.

use super::{
    files::Files,
    record::{Chat, Record},
    story::{Row, Story, seen},
    tables::{self, TABLES},
    transcript::plain,
};
use crate::event::{Fact, Unit};
use std::collections::HashMap;

/// Most rows of a table; what would be more is left out.
const MAX_ROWS: usize = 1 << 16;

/// Columns of the table of chats, which is no file of a report.
const CHATS: &[&str] = &["chat", "accounts", "first_seen", "last_seen", "messages"];

/// A table: its name, its option, and the table of the report that has the same rows, if there is one.
pub struct Table {
    /// What it is called.
    pub title: &'static str,
    /// What stands behind `-z msn,`.
    pub option: &'static str,
    report: Option<usize>,
}

/// All tables.
pub static BOARDS: &[Table] = &[
    Table { title: "Chats", option: "chats", report: None },
    Table { title: "Messages", option: "messages", report: Some(tables::MESSAGES) },
    Table { title: "Transfers", option: "transfers", report: Some(tables::FILES) },
    Table { title: "Contacts", option: "contacts", report: Some(tables::CONTACTS) },
    Table { title: "Logins", option: "logins", report: Some(tables::LOGINS) },
];

impl Table {
    /// Names of its columns. Where files lie is left out: none are written.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        let columns = self.report.and_then(|at| TABLES.get(at)).map_or(CHATS, |table| table.columns);
        columns.iter().copied().filter(|&column| column != "path")
    }

    /// The cells of a record, if it belongs here.
    fn cells(&self, record: &Record) -> Option<Vec<String>> {
        let mut cells = match record {
            Record::Chat(chat) if self.report.is_none() => chat_row(chat),
            _ => {
                let (table, cells) = tables::row(record)?;
                (self.report == Some(table)).then_some(cells)?
            }
        };
        cells.truncate(self.columns().count());
        cells.iter_mut().for_each(|cell| *cell = plain(cell).replace("\n         ", " ⏎ "));
        Some(cells)
    }
}

fn chat_row(chat: &Chat) -> Vec<String> {
    vec![
        chat.chat.clone(),
        chat.accounts.join(" "),
        chat.first_seen.to_string(),
        chat.last_seen.to_string(),
        chat.messages.to_string(),
    ]
}

/// What happens to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has these cells; the row behind the last one is a new row.
    Set(usize, Vec<String>),
    /// It goes, and the last row takes its place.
    Remove(usize),
}

/// A table under way.
pub struct Board {
    table: &'static Table,
    story: Story,
    files: Files,
    /// What stands in which row.
    rows: Vec<Row>,
    places: HashMap<Row, usize>,
}

impl Board {
    /// An empty table with this number.
    pub fn new(number: u8) -> Option<Board> {
        let table = BOARDS.get(usize::from(number))?;
        let (story, files) = (Story::watched(), Files::default());
        Some(Board { table, story, files, rows: Vec::new(), places: HashMap::new() })
    }

    /// Takes a PDU; gives what changes, in its order.
    pub fn take(&mut self, unit: &Unit, changes: &mut Vec<Change>) {
        let at = seen(&unit.at);
        for fact in &unit.facts {
            match fact {
                Fact::Object(object) => {
                    self.story.files.push(self.files.describe(object, at));
                    self.show(Row::Offer(Files::key_of(object)), None, changes);
                }
                Fact::Transfer(transfer) => {
                    if let Some(file) = self.files.offer(transfer, at).cloned() {
                        let offer = Row::Offer(Files::key_of_offer(transfer));
                        self.show(offer, Some(Record::File(file)), changes);
                    }
                }
                _ => {}
            }
        }
        self.story.learn(unit);
        let mut rows = Vec::new();
        self.story.changes(&mut |row, record| rows.push((row, record)));
        for (row, record) in rows {
            self.show(row, record, changes);
        }
        self.story.settle(unit, &mut |_| {});
    }

    fn show(&mut self, row: Row, record: Option<Record>, changes: &mut Vec<Change>) {
        let known = self.places.get(&row).copied();
        match (record, known) {
            (Some(record), _) => {
                let Some(cells) = self.table.cells(&record) else { return };
                let place = known.unwrap_or(self.rows.len());
                if place >= MAX_ROWS {
                    return;
                }
                if known.is_none() {
                    self.rows.push(row.clone());
                    self.places.insert(row, place);
                }
                changes.push(Change::Set(place, cells));
            }
            (None, Some(place)) => {
                self.places.remove(&row);
                self.rows.swap_remove(place);
                if let Some(moved) = self.rows.get(place) {
                    self.places.insert(moved.clone(), place);
                }
                changes.push(Change::Remove(place));
            }
            (None, None) => {}
        }
    }
}

#[cfg(test)]
#[path = "board/tests.rs"]
mod tests;
