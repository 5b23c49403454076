// SPDX-License-Identifier: GPL-2.0-or-later
//! The tables: comma-separated values with a line of names. Scripts read columns by name.
//!
//! A text that a spreadsheet would run as a formula, or that begins with the apostrophe which marks this, has an
//! apostrophe in front.

use super::{
    folder::{Folder, Growing, Result},
    record::{Delivered, Record},
};
use std::borrow::Cow;

/// A table: its file, and its columns.
pub(super) struct Table {
    file: &'static str,
    pub columns: &'static [&'static str],
}

/// All tables. The columns are promises; more may follow at the end.
pub(super) static TABLES: &[Table] = &[
    Table { file: "messages.csv", columns: &["time", "frame", "chat", "from", "to", "text", "kind", "delivered"] },
    Table {
        file: "persons.csv",
        columns: &[
            "account",
            "names",
            "first_seen",
            "last_seen",
            "messages_sent",
            "messages_received",
            "files_sent",
            "files_received",
        ],
    },
    Table { file: "contacts.csv", columns: &["owner", "email", "friendly_name", "lists", "groups"] },
    Table {
        file: "files.csv",
        columns: &[
            "time", "frame", "name", "kind", "from", "to", "size", "sha1", "sha256", "complete", "verified", "path",
        ],
    },
    Table {
        file: "logins.csv",
        columns: &["time", "frame", "account", "version", "client", "scheme", "result", "reason"],
    },
    Table {
        file: "connections.csv",
        columns: &["id", "kind", "version", "account", "client", "server", "first_frame", "last_frame", "commands"],
    },
    Table {
        file: "timeline.csv",
        columns: &["message", "timestamp", "datetime", "timestamp_desc", "account", "frame", "connection", "event"],
    },
];

pub(super) const MESSAGES: usize = 0;
const PERSONS: usize = 1;
pub(super) const CONTACTS: usize = 2;
pub(super) const FILES: usize = 3;
pub(super) const LOGINS: usize = 4;
const CONNECTIONS: usize = 5;
const TIMELINE: usize = 6;

/// Characters with which formulas begin, and the mark itself.
const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];

/// A cell with text of the wire, made harmless.
fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA) { format!("'{text}").into() } else { text.into() }
}

/// The tables of a report.
#[derive(Debug)]
pub struct Tables {
    files: Vec<Growing>,
    row: Vec<u8>,
}

impl Tables {
    /// Begins all tables.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn create(folder: &Folder) -> Result<Tables> {
        let files = TABLES.iter().map(|table| folder.create(table.file)).collect::<Result<_>>()?;
        let mut tables = Tables { files, row: Vec::new() };
        for (at, table) in TABLES.iter().enumerate() {
            tables.write(folder, at, table.columns)?;
        }
        Ok(tables)
    }

    /// Writes a row.
    fn write<T: AsRef<str>>(&mut self, folder: &Folder, table: usize, cells: &[T]) -> Result<()> {
        self.row.clear();
        let mut writer = csv::Writer::from_writer(&mut self.row);
        // Nothing fails that is written to memory.
        let _ = writer.write_record(cells.iter().map(|cell| cell.as_ref().as_bytes()));
        let _ = writer.flush();
        drop(writer);
        let (Some(file), Some(Table { file: name, .. })) = (self.files.get_mut(table), TABLES.get(table)) else {
            return Ok(());
        };
        folder.put(file, name, &self.row)
    }

    /// Adds a record to the tables that have it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn take(&mut self, folder: &Folder, record: &Record) -> Result<()> {
        if let Some((table, row)) = row(record) {
            let row: Vec<_> = row.iter().map(|text| cell(text)).collect();
            self.write(folder, table, &row)?;
        }
        self.timeline(folder, record)
    }

    fn timeline(&mut self, folder: &Folder, record: &Record) -> Result<()> {
        let Some((seen, Entry { message, what, account, event })) = record.seen().zip(entry(record)) else {
            return Ok(());
        };
        let row = [
            cell(&message).into_owned(),
            seen.time.micros().to_string(),
            seen.time.to_string(),
            what.to_owned(),
            cell(account).into_owned(),
            seen.frame.to_string(),
            seen.connection.to_string(),
            event.to_owned(),
        ];
        self.write(folder, TIMELINE, &row)
    }

    /// Ends all tables.
    ///
    /// # Errors
    /// When the last of one cannot be written.
    pub fn finish(&mut self, folder: &Folder) -> Result<()> {
        let files = std::mem::take(&mut self.files);
        files.into_iter().zip(TABLES).try_for_each(|(file, table)| folder.close(file, table.file))
    }
}

/// The table that has a record, and its cells there, as they came over the wire.
pub(super) fn row(record: &Record) -> Option<(usize, Vec<String>)> {
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let number = |number: u64| number.to_string();
    Some(match record {
        Record::Message(one) => (
            MESSAGES,
            vec![
                one.seen.time.to_string(),
                one.seen.frame.to_string(),
                one.chat.clone(),
                one.from.clone(),
                one.to.join(" "),
                one.text.clone(),
                one.kind.to_owned(),
                one.delivered.name().to_owned(),
            ],
        ),
        Record::Account(one) => (
            PERSONS,
            vec![
                one.account.clone(),
                one.names.clone(),
                one.first_seen.to_string(),
                one.last_seen.to_string(),
                number(one.messages_sent),
                number(one.messages_received),
                number(one.files_sent),
                number(one.files_received),
            ],
        ),
        Record::Contact(one) => {
            (CONTACTS, [&one.owner, &one.email, &one.friendly_name, &one.lists, &one.groups].map(String::clone).into())
        }
        Record::File(one) => (
            FILES,
            vec![
                one.seen.time.to_string(),
                one.seen.frame.to_string(),
                one.name.clone(),
                one.kind.clone(),
                one.from.clone(),
                one.to.clone(),
                one.size.map(number).unwrap_or_default(),
                one.sha1.clone(),
                one.sha256.clone(),
                yes(one.complete),
                one.verified.to_owned(),
                one.path.clone(),
            ],
        ),
        Record::Login(one) => (
            LOGINS,
            vec![
                one.seen.time.to_string(),
                one.seen.frame.to_string(),
                one.account.clone(),
                one.version.clone(),
                one.client.clone(),
                one.scheme.clone(),
                one.result.to_owned(),
                one.reason.clone(),
            ],
        ),
        Record::Connection(one) => (
            CONNECTIONS,
            vec![
                one.id.to_string(),
                one.kind.clone(),
                one.version.clone(),
                one.account.clone(),
                one.client.clone(),
                one.server.clone(),
                one.first_frame.to_string(),
                one.last_frame.to_string(),
                number(one.commands),
            ],
        ),
        _ => return None,
    })
}

/// What the timeline says of a record.
struct Entry<'a> {
    message: String,
    /// What the time is that of.
    what: &'static str,
    account: &'a str,
    event: &'static str,
}

fn entry(record: &Record) -> Option<Entry<'_>> {
    let (message, what, account, event) = match record {
        Record::Message(one) => {
            let to = one.to.join(", ");
            let text = if one.text.is_empty() { format!("[{}]", one.kind) } else { one.text.clone() };
            let lost = if one.delivered == Delivered::No { " (not delivered)" } else { "" };
            (format!("{} to {to}: {text}{lost}", one.from), "Message sent", one.from.as_str(), "message")
        }
        Record::Join(one) => {
            (format!("{} joins chat {}", one.account, one.chat), "Chat joined", one.account.as_str(), "join")
        }
        Record::Leave(one) => {
            (format!("{} leaves chat {}", one.account, one.chat), "Chat left", one.account.as_str(), "leave")
        }
        Record::Person(one) => {
            (format!("{}: {} is {}", one.account, one.what, one.value), "Changed", one.account.as_str(), "person")
        }
        Record::Login(one) => {
            let reason = if one.reason.is_empty() { String::new() } else { format!(": {}", one.reason) };
            (
                format!("{} signs in ({}): {}{reason}", one.account, one.scheme, one.result),
                "Login",
                one.account.as_str(),
                "login",
            )
        }
        Record::Logout(one) => (format!("{} signs out", one.account), "Logout", one.account.as_str(), "logout"),
        Record::File(one) => {
            let how = if one.complete { "" } else { " (incomplete)" };
            (
                format!("{} {} from {} to {}{how}", one.kind, one.name, one.from, one.to),
                "File transferred",
                one.from.as_str(),
                "file",
            )
        }
        Record::Fetched(one) => (
            format!("{} fetches the offline message of frame {}", one.to, one.message_frame),
            "Message fetched",
            one.to.as_str(),
            "fetched",
        ),
        Record::Remark(one) => (format!("{}: {}", one.severity, one.text), "Remark", one.account.as_str(), "remark"),
        Record::Chat(_) | Record::Contact(_) | Record::Account(_) | Record::Connection(_) => return None,
    };
    Some(Entry { message, what, account, event })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_made_harmless() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'quoted"] {
            assert_eq!(cell(text), format!("'{text}"));
        }
        assert_eq!(cell("1=1"), "1=1");
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "\\PC*|[=+@',\"\\r\\n\\t-]{0,20}") {
            let mut row = Vec::new();
            csv::Writer::from_writer(&mut row).write_record([&*cell(&text), "x"]).unwrap();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_slice());
            let read = reader.records().next().unwrap().unwrap();
            let first = read.get(0).unwrap();
            prop_assert!(!first.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(first.strip_prefix('\'').unwrap_or(first), text.as_str());
        }
    }
}
