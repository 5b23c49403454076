// SPDX-License-Identifier: GPL-2.0-or-later
//! Chats: which legs are one, who is there, and which message came before on another leg.

use super::{
    super::record::{Chat as Told, Delivered, Look, Message, Presence, Record, Seen},
    changed::{Changed, listed},
    queue::Queue,
};
use crate::{
    crypto::hex,
    event::{self, Chat, ChatKey, Format, Icon, Kind},
    view::base64,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
};

/// Most chats that are remembered; those that were silent longest are told first.
const MAX_CHATS: usize = 1 << 14;
/// Messages of a chat that may come again on another leg.
const MAX_RECENT: usize = 128;
/// Most emoticons of a chat.
const MAX_ICONS: usize = 256;
/// Most who come before the chat is known.
const MAX_EARLY: usize = 64;
/// Most connections whose chat is remembered.
const MAX_LEGS: usize = 1 << 16;
/// Most accounts of a chat.
const MAX_ACCOUNTS: usize = 1 << 10;
/// Stored messages that are known again when they are fetched.
const MAX_STORED: usize = 1 << 16;

/// A chat.
#[derive(Debug, Default)]
struct State {
    told: Told,
    /// Endpoints of those who are there.
    present: BTreeMap<String, BTreeSet<String>>,
    all: BTreeSet<String>,
    recent: VecDeque<u64>,
    icons: BTreeMap<(String, String), String>,
}

/// Somebody came on a connection whose chat was not known yet.
#[derive(Debug)]
struct Early {
    who: String,
    endpoint: String,
    seen: Seen,
}

/// All chats.
#[derive(Debug, Default)]
pub(super) struct Chats {
    states: BTreeMap<u32, State>,
    numbers: HashMap<ChatKey, u32>,
    keys: HashMap<u32, ChatKey>,
    early: HashMap<u32, Vec<Early>>,
    /// Chats by connection.
    legs: BTreeMap<u32, u32>,
    stored: HashMap<u64, u32>,
    last: u32,
    /// Chats that are new or changed.
    pub changed: Changed<u32>,
}

impl Chats {
    /// The chat of a key, made now if it is new.
    fn number(&mut self, key: &ChatKey, seen: Seen) -> u32 {
        if let Some(&number) = self.numbers.get(key) {
            return number;
        }
        self.last += 1;
        let chat = match key {
            ChatKey::Session(session) => session.clone(),
            ChatKey::Connection(connection) => format!("connection {}", connection + 1),
            ChatKey::Pair(first, second) => format!("{first} {second}").trim().to_owned(),
        };
        let told = Told { chat, chat_number: self.last, first_seen: seen.time, ..Told::default() };
        self.states.insert(self.last, State { told, ..State::default() });
        self.numbers.insert(key.clone(), self.last);
        self.keys.insert(self.last, key.clone());
        self.last
    }

    /// The chat that a connection is a leg of.
    pub fn of(&self, connection: u32) -> Option<u32> {
        self.legs.get(&connection).copied()
    }

    fn leg(&mut self, connection: u32, number: u32) {
        self.legs.insert(connection, number);
        if self.legs.len() > MAX_LEGS {
            self.legs.pop_first();
        }
    }

    /// Whoever came before the chat was known comes now.
    fn known(&mut self, queue: &mut Queue, chat: &Chat, connection: u32) {
        if matches!(chat.key, ChatKey::Session(_)) && !self.early.is_empty() {
            for early in self.early.remove(&connection).unwrap_or_default() {
                self.enter(queue, &chat.key, (&early.who, &early.endpoint), early.seen);
            }
        }
    }

    /// Somebody is in a chat.
    pub fn came(&mut self, queue: &mut Queue, chat: &Chat, who: (&str, &str), seen: Seen, connection: u32) {
        self.known(queue, chat, connection);
        if matches!(chat.key, ChatKey::Connection(_)) && !self.numbers.contains_key(&chat.key) {
            let early = self.early.entry(connection).or_default();
            if early.len() < MAX_EARLY {
                early.push(Early { who: who.0.to_owned(), endpoint: who.1.to_owned(), seen });
            }
            return;
        }
        self.enter(queue, &chat.key, who, seen);
        if let Some(&number) = self.numbers.get(&chat.key) {
            self.leg(connection, number);
        }
    }

    fn enter(&mut self, queue: &mut Queue, key: &ChatKey, (who, endpoint): (&str, &str), seen: Seen) {
        let number = self.number(key, seen);
        let Some(state) = self.states.get_mut(&number) else { return };
        let endpoints = state.present.entry(who.to_owned()).or_default();
        let new = endpoints.is_empty();
        if !endpoint.is_empty() {
            endpoints.remove("");
        }
        if endpoints.is_empty() || !endpoint.is_empty() {
            endpoints.insert(endpoint.to_owned());
        }
        state.see(who, seen);
        self.changed.note(|| number);
        if new {
            queue.push(Record::Join(state.presence(who, seen)));
        }
    }

    /// Somebody leaves a chat.
    pub fn left(&mut self, queue: &mut Queue, chat: &Chat, (who, endpoint): (&str, &str), seen: Seen, connection: u32) {
        self.known(queue, chat, connection);
        let Some(&number) = self.numbers.get(&chat.key) else { return };
        let Some(state) = self.states.get_mut(&number) else { return };
        let Some(endpoints) = state.present.get_mut(who) else { return };
        endpoints.remove(endpoint);
        if !endpoint.is_empty() && endpoints.iter().any(|one| !one.is_empty()) {
            return;
        }
        state.present.remove(who);
        state.told.last_seen = seen.time;
        self.changed.note(|| number);
        queue.push(Record::Leave(state.presence(who, seen)));
    }

    /// An emoticon is announced.
    pub fn icon(&mut self, icon: &Icon) {
        let Some(state) = self.numbers.get(&icon.chat).and_then(|number| self.states.get_mut(number)) else { return };
        let Some(sha1) = base64(icon.sha1d.as_bytes()).filter(|bytes| bytes.len() == 20) else { return };
        if state.icons.len() < MAX_ICONS {
            state.icons.insert((icon.from.clone(), icon.shortcut.clone()), hex(&sha1));
        }
    }

    /// Somebody says something on a leg of a chat.
    pub fn said(&mut self, queue: &mut Queue, said: &event::Message, seen: Seen, leg: u32) {
        if said.kind == Kind::Typing {
            return;
        }
        self.known(queue, &said.chat, leg);
        let number = self.number(&said.chat.key, seen);
        if !matches!(said.chat.key, ChatKey::Pair(..)) {
            self.leg(leg, number);
        }
        let stored = (said.kind == Kind::Offline).then(|| fingerprint(said));
        if self.is_stored(queue, said, stored, seen) {
            return;
        }
        let Some(state) = self.states.get_mut(&number) else { return };
        self.changed.note(|| number);
        // On each leg equal texts of one author keep their order, so the first that this leg had not is meant.
        let same = |queue: &mut Queue, number: &u64| {
            queue.waiting(*number, leg).is_some_and(|(message, had)| {
                (!had || said.echo)
                    && message.from == said.from
                    && message.kind == said.kind.name()
                    && message.text == said.text
            })
        };
        let mut found = None;
        for number in &state.recent {
            if same(queue, number) {
                found = Some(*number);
                break;
            }
        }
        match found {
            Some(number) => {
                queue.again(number, leg, said.trid);
                if let Some((message, _)) = queue.waiting(number, leg) {
                    let new = said.to.iter().filter(|one| !message.to.contains(one)).cloned().collect::<Vec<_>>();
                    message.to.extend(new);
                    if said.delivers {
                        message.delivered = Delivered::Yes;
                    }
                }
            }
            None => {
                let message = state.message(said, seen);
                state.told.messages += 1;
                let number = queue.message(message, leg, said.trid);
                state.recent.push_back(number);
                if state.recent.len() > MAX_RECENT {
                    state.recent.pop_front();
                }
                if let Some(stored) = stored.filter(|_| self.stored.len() < MAX_STORED) {
                    self.stored.insert(stored, seen.frame);
                }
            }
        }
    }

    /// Whether a stored message was told before; says so if it is fetched now.
    fn is_stored(&mut self, queue: &mut Queue, said: &event::Message, stored: Option<u64>, seen: Seen) -> bool {
        let Some(&frame) = stored.and_then(|stored| self.stored.get(&stored)) else { return false };
        if said.delivers {
            let to = said.to.first().cloned().unwrap_or_default();
            let fetched = super::super::record::Fetched { seen, from: said.from.clone(), to, message_frame: frame };
            queue.push(Record::Fetched(fetched));
        }
        true
    }

    /// A chat as it is now; of many accounts the first.
    pub fn now(&self, number: u32) -> Option<Told> {
        let state = self.states.get(&number)?;
        let Told { chat, chat_number, first_seen, last_seen, messages, .. } = &state.told;
        Some(Told {
            chat: chat.clone(),
            chat_number: *chat_number,
            accounts: listed(state.all.iter()),
            first_seen: *first_seen,
            last_seen: *last_seen,
            messages: *messages,
        })
    }

    /// Tells the chats that are too many to be remembered.
    pub fn retire(&mut self, tell: &mut impl FnMut(&Record)) {
        while self.states.len() > MAX_CHATS {
            let Some((number, state)) = self.states.pop_first() else { return };
            if let Some(key) = self.keys.remove(&number) {
                self.numbers.remove(&key);
            }
            tell(&Record::Chat(state.end()));
        }
    }

    /// Tells all chats.
    pub fn finish(&mut self, tell: &mut impl FnMut(&Record)) {
        for (_, state) in std::mem::take(&mut self.states) {
            tell(&Record::Chat(state.end()));
        }
    }
}

impl State {
    fn see(&mut self, who: &str, seen: Seen) {
        self.told.last_seen = self.told.last_seen.max(seen.time);
        if !who.is_empty() && self.all.len() < MAX_ACCOUNTS {
            self.all.insert(who.to_owned());
        }
    }

    fn end(self) -> Told {
        Told { accounts: self.all.into_iter().collect(), ..self.told }
    }

    fn presence(&self, who: &str, seen: Seen) -> Presence {
        let Told { chat, chat_number, .. } = &self.told;
        Presence { seen, chat: chat.clone(), chat_number: *chat_number, account: who.to_owned() }
    }

    fn message(&mut self, said: &event::Message, seen: Seen) -> Message {
        self.see(&said.from, seen);
        for one in &said.to {
            self.see(one, seen);
        }
        let used = self.icons.iter().filter(|((from, shortcut), _)| *from == said.from && said.text.contains(shortcut));
        Message {
            seen,
            chat: self.told.chat.clone(),
            chat_number: self.told.chat_number,
            from: said.from.clone(),
            to: said.to.clone(),
            text: said.text.clone(),
            kind: said.kind.name(),
            delivered: if said.delivers { Delivered::Yes } else { Delivered::Unknown },
            look: look(&said.format),
            emoticons: used.map(|((_, shortcut), sha1)| (shortcut.clone(), sha1.clone())).collect(),
        }
    }
}

fn look(format: &Format) -> Look {
    let effects =
        [(format.bold, "bold"), (format.italic, "italic"), (format.underline, "underline"), (format.strike, "strike")];
    let effects: Vec<&str> = effects.into_iter().filter(|row| row.0).map(|row| row.1).collect();
    Look {
        font: format.font.clone(),
        effects: effects.join(" "),
        color: format.color.map(|color| format!("#{color:06x}")).unwrap_or_default(),
        right_to_left: format.right_to_left,
    }
}

/// What tells one stored message from another.
fn fingerprint(said: &event::Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&said.from, &said.to, said.text.trim(), &said.id).hash(&mut hasher);
    hasher.finish()
}
