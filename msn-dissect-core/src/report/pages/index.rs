// SPDX-License-Identifier: GPL-2.0-or-later
//! The first page: what the capture holds, with counts and links.

use super::{
    super::{
        folder::DATA,
        moment::{Moment, duration, size},
        record::{File, Record},
    },
    frame::{MAX_PAGES, foot, head, made},
    text::{fit, href},
};
use askama::Template;
use std::collections::{BTreeMap, HashMap};

/// Most rows of a table on this page.
const MAX_ROWS: usize = 1000;
/// Most accounts that have a page.
const MAX_PERSONS: usize = 20_000;
/// Most emoticons that are shown as pictures.
const MAX_EMOTICONS: usize = 4096;

/// A table: its name, title, file with all rows, and columns.
type Kind = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// Tables in their order.
static TABLES: [Kind; 6] = [
    ("persons", "Persons", "persons.csv", &["Account", "Names", "Messages sent", "Messages received", "Files"]),
    ("chats", "Chats", "messages.csv", &["Chat", "With", "Messages", "From", "For"]),
    (
        "connections",
        "Connections",
        "connections.csv",
        &["Connection", "Kind", "Version", "Account", "Client", "Server", "Commands"],
    ),
    ("files", "Files and objects", "files.csv", &["Name", "Kind", "From", "To", "Size", "Whole", "SHA-1"]),
    ("logins", "Logins", "logins.csv", &["Time", "Account", "Client", "Version", "Security package", "Result"]),
    ("troubles", "Troubles", "timeline.csv", &["Time", "Severity", "Account", "What", "Frame"]),
];

const PERSONS: usize = 0;
const CHATS: usize = 1;
const CONNECTIONS: usize = 2;
const FILES: usize = 3;
const LOGINS: usize = 4;
const TROUBLES: usize = 5;

/// A cell of a table.
#[derive(Debug, Default)]
struct Cell {
    text: String,
    href: String,
}

#[derive(Debug, Default)]
struct Rows {
    rows: Vec<Vec<Cell>>,
    count: u64,
}

#[derive(Template)]
#[template(path = "table.html")]
struct Table<'a> {
    name: &'a str,
    title: &'a str,
    file: &'a str,
    columns: &'a [&'a str],
    rows: &'a [Vec<Cell>],
    count: u64,
    more: u64,
}

#[derive(Template)]
#[template(path = "index.html")]
struct Lead<'a> {
    begin: String,
    end: String,
    offset: &'a str,
    length: String,
    data: &'a [&'a str],
}

/// What the first page needs.
#[derive(Debug, Default)]
pub(super) struct Index {
    tables: [Rows; TABLES.len()],
    persons: HashMap<String, u32>,
    /// Pictures of emoticons by SHA-1.
    emoticons: BTreeMap<String, String>,
    times: Option<(Moment, Moment)>,
}

fn text(text: impl AsRef<str>) -> Cell {
    Cell { text: fit(text.as_ref()).into_owned(), href: String::new() }
}

fn link(label: impl AsRef<str>, href: String) -> Cell {
    Cell { href, ..text(label) }
}

fn frame(connection: u32, frame: u32) -> Cell {
    match connection {
        1..=MAX_PAGES => link(frame.to_string(), format!("streams/{connection}.html#frame-{frame}")),
        _ => text(frame.to_string()),
    }
}

impl Index {
    /// The number of an account's page, given now if it is new; nothing if there are too many.
    pub fn person(&mut self, account: &str) -> Option<u32> {
        let next = self.persons.len() as u32 + 1;
        if let Some(&number) = self.persons.get(account) {
            return Some(number);
        }
        if account.is_empty() || self.persons.len() >= MAX_PERSONS {
            return None;
        }
        self.persons.insert(account.to_owned(), next);
        Some(next)
    }

    /// Takes a record.
    pub fn take(&mut self, record: &Record) {
        if let Some(time) = record.seen().map(|seen| seen.time) {
            let (first, last) = self.times.get_or_insert((time, time));
            *first = (*first).min(time);
            *last = (*last).max(time);
        }
        let row = match record {
            Record::Account(one) => {
                let files = one.files_sent + one.files_received;
                let page = self.persons.get(&one.account).map(|number| format!("persons/{number}.html"));
                let account = link(&one.account, page.unwrap_or_default());
                let numbers = [one.messages_sent, one.messages_received, files].map(|number| text(number.to_string()));
                Some((PERSONS, [account, text(&one.names)].into_iter().chain(numbers).collect()))
            }
            Record::Chat(one) => {
                let page = format!("chats/{}.html", one.chat_number);
                let chat = if one.chat_number > MAX_PAGES { text(&one.chat) } else { link(&one.chat, page) };
                let length = duration(one.last_seen.ns.saturating_sub(one.first_seen.ns));
                let with = one.accounts.join(", ");
                let messages = text(one.messages.to_string());
                Some((CHATS, vec![chat, text(with), messages, text(one.first_seen.words()), text(length)]))
            }
            Record::Connection(one) => {
                let page = format!("streams/{}.html", one.id);
                let id = one.id.to_string();
                let id = if one.id > MAX_PAGES { text(id) } else { link(id, page) };
                let rest = [&one.kind, &one.version, &one.account, &one.client, &one.server].map(text);
                let commands = text(one.commands.to_string());
                Some((CONNECTIONS, [id].into_iter().chain(rest).chain([commands]).collect()))
            }
            Record::File(one) => Some((FILES, self.file(one))),
            Record::Login(one) => {
                let result = format!("{} {}", one.result, one.reason);
                let rest = [&one.account, &one.client, &one.version, &one.scheme].map(text);
                let time = text(one.seen.time.words());
                Some((LOGINS, [time].into_iter().chain(rest).chain([text(result.trim())]).collect()))
            }
            Record::Remark(one) => {
                let frame = frame(one.seen.connection, one.seen.frame);
                let texts = [text(one.seen.time.words()), text(one.severity), text(&one.account), text(&one.text)];
                Some((TROUBLES, texts.into_iter().chain([frame]).collect()))
            }
            _ => None,
        };
        if let Some((rows, row)) = row.and_then(|(table, row)| Some((self.tables.get_mut(table)?, row))) {
            rows.count += 1;
            if rows.rows.len() < MAX_ROWS {
                rows.rows.push(row);
            }
        }
    }

    fn file(&mut self, one: &File) -> Vec<Cell> {
        if one.kind == "emoticon" && !one.path.is_empty() && self.emoticons.len() < MAX_EMOTICONS {
            self.emoticons.insert(one.sha1.clone(), one.path.clone());
        }
        vec![
            link(&one.name, if one.path.is_empty() { String::new() } else { href(&one.path) }),
            text(&one.kind),
            text(&one.from),
            text(&one.to),
            text(one.size.map(size).unwrap_or_default()),
            text(if one.complete { "yes" } else { "no" }),
            text(&one.sha1),
        ]
    }

    /// The page.
    pub fn page(&self) -> String {
        let (begin, end) = self.times.unwrap_or_default();
        let time = begin.to_string();
        let lead = Lead {
            begin: self.times.map(|_| begin.words()).unwrap_or_default(),
            end: end.words(),
            offset: time.get(time.len().saturating_sub(6)..).unwrap_or_default(),
            length: duration(end.ns.saturating_sub(begin.ns)),
            data: &DATA,
        };
        let mut page = head("What the capture holds", "", "index");
        page.push_str(&made(&lead));
        for (&(name, title, file, columns), Rows { rows, count }) in TABLES.iter().zip(&self.tables) {
            let more = count.saturating_sub(rows.len() as u64);
            page.push_str(&made(&Table { name, title, file, columns, rows, count: *count, more }));
        }
        page.push_str(&foot());
        page
    }

    /// A style sheet that shows emoticons as pictures: they may come long after the texts that use them.
    pub fn emoticons(&self) -> String {
        let rule = |(sha1, path): (&String, &String)| {
            let path = href(path);
            format!(".e-{sha1} {{ background-image: url(\"{path}\"); padding: 0 .6em; color: transparent; }}\n")
        };
        self.emoticons.iter().map(rule).collect()
    }
}
