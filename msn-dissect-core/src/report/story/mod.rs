// SPDX-License-Identifier: GPL-2.0-or-later
//! Makes of events what is told once: a message whatever legs of its chat were captured, a login whatever lines it took.
//! In: PDUs in the order of the capture. Out: records in the order of time.
//!
//! Memory: what is under way, and what is known at the end only (accounts, contacts, connections, chats), each bounded;
//! not what was told already.

mod changed;
mod chats;
mod connections;
mod contacts;
mod logins;
mod persons;
mod queue;

use super::{
    files::Key,
    moment::Moment,
    record::{File, Record, Seen, Trouble},
};
use crate::event::{At, Contact, Fact, LoginStep, Rank, Unit};
use chats::Chats;
use connections::Connections;
use contacts::Contacts;
use logins::Logins;
use persons::Persons;
use queue::Queue;

/// Everything that is remembered for records to come.
#[derive(Debug, Default)]
pub struct Story {
    queue: Queue,
    chats: Chats,
    persons: Persons,
    contacts: Contacts,
    logins: Logins,
    connections: Connections,
    /// The file that a fact about an object became, for the next unit.
    pub files: Vec<File>,
}

/// What is shown in a row of a table while the capture goes by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// A message or file, by its number among what is told.
    Told(u64),
    /// A chat, by its number.
    Chat(u32),
    /// A contact, by owner and account.
    Contact(String, String),
    /// A login, by its number.
    Login(u32),
    /// A file that was offered.
    Offer(Key),
}

/// Where an event was seen.
pub(super) fn seen(at: &At) -> Seen {
    Seen { time: Moment { ns: at.time, offset: at.offset }, frame: at.frame, connection: at.connection + 1 }
}

impl Story {
    /// A story that notes what changes, for [`Story::changes`].
    pub fn watched() -> Story {
        let mut story = Story::default();
        story.queue.changed.watch();
        story.chats.changed.watch();
        story.contacts.changed.watch();
        story.logins.changed.watch();
        story
    }

    /// Takes a PDU; gives what can be told now.
    pub fn take(&mut self, unit: &Unit, tell: &mut impl FnMut(&Record)) {
        self.learn(unit);
        self.settle(unit, tell);
    }

    /// Gives the rows that changed since this was asked last, as they would be told if the capture ended here; nothing for
    /// those that go.
    pub fn changes(&mut self, show: &mut impl FnMut(Row, Option<Record>)) {
        for number in self.queue.changed.take() {
            if let Some(record) = self.queue.record(number) {
                show(Row::Told(number), Some(record.clone()));
            }
        }
        for number in self.chats.changed.take() {
            show(Row::Chat(number), self.chats.now(number).map(Record::Chat));
        }
        for (key, becomes) in self.contacts.changed.take() {
            let told = self.contacts.now(&key, &becomes).map(Record::Contact);
            show(Row::Contact(key.0, key.1), told);
        }
        for (number, login) in self.logins.changed.take() {
            show(Row::Login(number), login.map(Record::Login));
        }
    }

    /// Takes a PDU without telling anything yet.
    pub fn learn(&mut self, unit: &Unit) {
        let seen = seen(&unit.at);
        self.connections.take(unit, seen);
        let mut files = std::mem::take(&mut self.files).into_iter();
        for fact in &unit.facts {
            match fact {
                Fact::Said(message) => self.chats.said(&mut self.queue, message, seen, unit.at.connection),
                Fact::Receipt { trid, delivered } => self.queue.receipt((unit.at.connection, *trid), *delivered),
                Fact::Icon(icon) => self.chats.icon(icon),
                Fact::Came { chat, who, endpoint } => {
                    self.chats.came(&mut self.queue, chat, (who, endpoint), seen, unit.at.connection);
                    self.persons.see(who, seen.time);
                }
                Fact::Left { chat, who, endpoint } => {
                    self.chats.left(&mut self.queue, chat, (who, endpoint), seen, unit.at.connection);
                }
                Fact::Person(person) => self.persons.learn(&mut self.queue, person, seen),
                Fact::Contact(Contact { asked, .. }) | Fact::Group { asked, .. } => {
                    self.contacts.take(fact, asked.map(|number| (unit.at.connection, number)));
                }
                Fact::Answer { trid, good } => self.contacts.answer((unit.at.connection, *trid), *good),
                Fact::Login(LoginStep::Denied(why)) => self.logins.denied(&mut self.queue, &unit.account, why),
                Fact::Login(step) => self.logins.step(&mut self.queue, step, unit, seen),
                Fact::Object(_) => {
                    if let Some(mut file) = files.next() {
                        file.chat_number = self.chats.of(unit.at.connection);
                        self.persons.file(&file);
                        self.queue.push(Record::File(file));
                    }
                }
                Fact::Transfer(_) => {}
            }
        }
        if !unit.account.is_empty() {
            self.persons.see(&unit.account, seen.time);
        }
        for remark in unit.remarks.iter().filter(|remark| remark.rank >= Rank::Warning) {
            let (name, text, account) = (remark.name, remark.text.clone(), unit.account.clone());
            self.queue.push(Record::Remark(Trouble { seen, account, severity: remark.rank.name(), name, text }));
        }
    }

    /// Gives what can be told at the time of a PDU that was taken.
    pub fn settle(&mut self, unit: &Unit, tell: &mut impl FnMut(&Record)) {
        let persons = &mut self.persons;
        self.queue.settle(unit.at.time, &mut |record| {
            persons.count(record);
            tell(record);
        });
        self.chats.retire(tell);
    }

    /// The capture has ended: gives everything that is left.
    pub fn finish(&mut self, tell: &mut impl FnMut(&Record)) {
        self.logins.finish(&mut self.queue);
        self.contacts.finish();
        let persons = &mut self.persons;
        self.queue.finish(&mut |record| {
            persons.count(record);
            tell(record);
        });
        self.chats.finish(tell);
        self.contacts.told().for_each(|contact| tell(&Record::Contact(contact)));
        self.persons.told().for_each(|account| tell(&Record::Account(account)));
        self.connections.told().for_each(|connection| tell(&Record::Connection(connection)));
    }
}
