// SPDX-License-Identifier: GPL-2.0-or-later
//! The pages of a report: one for each connection, chat and person, which grow, and the first page, which comes last.
//! Templates and style are files; everything that stands in a page goes through a template, which escapes it.

mod chat;
mod frame;
mod index;
mod stream;
mod text;

use super::{
    folder::{Folder, Growing, Result},
    record::{File, Record},
};
use crate::event::Unit;
use frame::MAX_PAGES;
use index::Index;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use stream::Places;

/// Files that are open at a time.
const MAX_OPEN: usize = 32;

/// The style of all pages.
const STYLE: &str = include_str!("../../../templates/style.css");

/// All pages.
#[derive(Debug)]
pub struct Pages {
    open: BTreeMap<String, Growing>,
    order: VecDeque<String>,
    /// Pages that were begun, by kind and number.
    begun: BTreeSet<(&'static str, u32)>,
    places: Places,
    index: Index,
}

/// Which page, and what it is called.
struct Page<'a> {
    folder: &'static str,
    kind: &'static str,
    number: u32,
    title: &'a str,
}

impl Pages {
    /// Begins the pages.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn create(folder: &Folder) -> Result<Pages> {
        folder.write("style.css", STYLE.as_bytes())?;
        Ok(Pages {
            open: BTreeMap::new(),
            order: VecDeque::new(),
            begun: BTreeSet::new(),
            places: Places::default(),
            index: Index::default(),
        })
    }

    /// Adds a PDU to the page of its connection.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn unit(&mut self, folder: &Folder, unit: &Unit) -> Result<()> {
        let number = unit.at.connection + 1;
        let anchor = self.places.enter(unit.at.frame, number);
        let html = stream::unit(unit, anchor, &self.places);
        let title = format!("Connection {number}");
        self.add(folder, &Page { folder: "streams", kind: "stream", number, title: &title }, &html)
    }

    /// Adds a record to the pages that show it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn record(&mut self, folder: &Folder, record: &Record) -> Result<()> {
        self.index.take(record);
        match record {
            Record::Message(one) => {
                let title = format!("Chat {}", one.chat);
                let page = Page { folder: "chats", kind: "chat", number: one.chat_number, title: &title };
                self.add(folder, &page, &chat::message(one))
            }
            Record::Join(one) | Record::Leave(one) => {
                let title = format!("Chat {}", one.chat);
                let joins = matches!(record, Record::Join(_));
                let page = Page { folder: "chats", kind: "chat", number: one.chat_number, title: &title };
                self.add(folder, &page, &chat::moved(one, joins))
            }
            Record::Person(_) | Record::Login(_) | Record::Logout(_) | Record::File(_) => {
                if let Record::File(one) = record {
                    self.shared(folder, one)?;
                }
                for (account, html) in chat::of_person(record) {
                    self.person(folder, &account, &html)?;
                }
                Ok(())
            }
            Record::Contact(one) => self.person(folder, &one.owner, &chat::contact(one)),
            _ => Ok(()),
        }
    }

    /// Adds a file to the page of its chat, which is there by then.
    fn shared(&mut self, folder: &Folder, file: &File) -> Result<()> {
        let Some(number) = file.chat_number.filter(|number| self.begun.contains(&("chats", *number))) else {
            return Ok(());
        };
        self.add(folder, &Page { folder: "chats", kind: "chat", number, title: "" }, &chat::shared(file))
    }

    fn person(&mut self, folder: &Folder, account: &str, html: &str) -> Result<()> {
        match self.index.person(account) {
            Some(number) => self.add(folder, &Page { folder: "persons", kind: "person", number, title: account }, html),
            None => Ok(()),
        }
    }

    /// Adds to a page, which is begun if it is new.
    fn add(&mut self, folder: &Folder, page: &Page<'_>, html: &str) -> Result<()> {
        if page.number > MAX_PAGES {
            return Ok(());
        }
        let name = format!("{}/{}.html", page.folder, page.number);
        let new = self.begun.insert((page.folder, page.number));
        if !self.open.contains_key(&name) {
            if self.open.len() >= MAX_OPEN {
                if let Some((oldest, file)) =
                    self.order.pop_front().and_then(|name| Some((name.clone(), self.open.remove(&name)?)))
                {
                    folder.close(file, &oldest)?;
                }
            }
            let file = if new { folder.create(&name)? } else { folder.append(&name)? };
            self.open.insert(name.clone(), file);
            self.order.push_back(name.clone());
        }
        let Some(file) = self.open.get_mut(&name) else { return Ok(()) };
        if new {
            folder.put(file, &name, frame::head(page.title, "../", page.kind).as_bytes())?;
        }
        folder.put(file, &name, html.as_bytes())
    }

    /// Ends all pages; the first page comes last.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(&mut self, folder: &Folder) -> Result<()> {
        for (name, file) in std::mem::take(&mut self.open) {
            folder.close(file, &name)?;
        }
        for (place, number) in std::mem::take(&mut self.begun) {
            let name = format!("{place}/{number}.html");
            let mut file = folder.append(&name)?;
            folder.put(&mut file, &name, frame::foot().as_bytes())?;
            folder.close(file, &name)?;
        }
        folder.write("emoticons.css", self.index.emoticons().as_bytes())?;
        folder.write("index.html", self.index.page().as_bytes())
    }
}
