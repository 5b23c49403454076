// SPDX-License-Identifier: GPL-2.0-or-later
//! The Info column: one short line for each command.

use super::{
    bits::push_bits,
    body::{self, Body},
    framing::Command,
    links,
    people::others,
};
use crate::{
    command::{
        Choice, Dir, Fit, Kind, Role, Word,
        line::decimal,
        params::{guid, split_handle, split_naddr},
    },
    session::{Record, Session, links::Fact},
    text::{self, push_percent},
    values::{self, codes, errors, numbers},
};

/// Most characters of one parameter.
const MAX_TOKEN: usize = 64;

/// Most characters of an address through which somebody is reached.
const MAX_VIA: usize = 64;

/// Most characters of an account in the Info column.
const MAX_ACCOUNT: usize = 64;

/// Most receivers that the Info column names.
const MAX_NAMED: usize = 3;

/// Appends the summary of a unit: its line, what an error reply is about, and what its payload says.
pub(super) fn unit(info: &mut String, session: &Session, record: &Record, body: &Body<'_>) {
    command(info, session, record, body);
    parties(info, session, record, &body.found);
    if body.found.line.error().is_some() {
        links::failure(info, session, record);
    }
    body::say(info, session, record, body);
}

/// Tells in the Info column from whom to whom the client sends a message to its chat, whose line names nobody.
fn parties(info: &mut String, session: &Session, record: &Record, found: &Command) {
    let chat = found.choice.as_ref().is_some_and(|choice| choice.row.roles.get(Role::Mode).is_some());
    if !chat || record.dir != Dir::ToServer {
        return;
    }
    let from = session.names.get(record.account);
    let to = others(session, record, from);
    let before = match (from.is_empty(), to.is_empty()) {
        (true, true) => return,
        (false, true) => " from ",
        (false, false) => " ",
        (true, false) => " to ",
    };
    info.push_str(before);
    text::push_line(info, from, MAX_ACCOUNT);
    if !from.is_empty() && !to.is_empty() {
        info.push_str(" → ");
    }
    for (at, account) in to.iter().take(MAX_NAMED).enumerate() {
        if at > 0 {
            info.push_str(", ");
        }
        text::push_line(info, account, MAX_ACCOUNT);
    }
    if let Some(more) = to.len().checked_sub(MAX_NAMED).filter(|&more| more > 0) {
        info.push_str(&format!(" and {more} more"));
    }
}

/// Appends the summary of a command line, and through what the person is reached that it names: a member of several
/// circles has a presence in each.
fn command(info: &mut String, session: &Session, record: &Record, body: &Body<'_>) {
    let (data, found) = (body.unit, &body.found);
    line(info, session, record, body);
    let Some(choice) = found.choice.as_ref().filter(|_| !found.unfinished) else { return };
    let Some(token) = choice.role(found.line, Role::Address).map(|span| span.of(data)) else { return };
    if let Some((_, _, Some(via))) = split_naddr(token) {
        info.push_str(" via ");
        push_percent(info, split_naddr(via).map_or(via, |parts| parts.1), MAX_VIA);
    }
}

fn line(info: &mut String, session: &Session, record: &Record, body: &Body<'_>) {
    let (data, found) = (body.unit, &body.found);
    let line = found.line;
    let choice = found.choice.as_ref().filter(|_| line.error().is_none());
    let word = choice.map_or_else(|| std::str::from_utf8(&line.word).unwrap_or_default(), |choice| choice.row.word);
    info.push_str(word);
    let Some(choice) = &found.choice else {
        info.push_str(" (unknown command)");
        return;
    };
    if let Some((span, _)) = choice.trid(line, data) {
        info.push(' ');
        info.push_str(std::str::from_utf8(span.of(data)).unwrap_or_default());
    }
    if let Some(code) = line.error() {
        info.push_str(" (");
        info.push_str(values::name(errors::ERRORS, code).unwrap_or("unknown error"));
        info.push(')');
        return;
    }
    // A line that no row explains says only what it says.
    if choice.row.summary.is_empty() || choice.fit == Fit::Loose || found.unfinished {
        for index in usize::from(choice.row.trid)..line.len() {
            if let Some(span) = line.token(index) {
                info.push(' ');
                push_percent(info, span.of(data), MAX_TOKEN);
            }
        }
        if found.unfinished {
            info.push_str(" [cut]");
        }
        return;
    }
    info.push(' ');
    Sentence { session, record, data, found, choice }.say(info);
    while info.ends_with(' ') {
        info.pop();
    }
}

/// A line that is told in words.
struct Sentence<'a> {
    session: &'a Session,
    record: &'a Record,
    data: &'a [u8],
    found: &'a Command<'a>,
    choice: &'a Choice,
}

impl Sentence<'_> {
    /// Fills the template in. What is empty leaves no double blank.
    fn say(&self, info: &mut String) {
        let summary = &self.choice.row.summary;
        for (text, step) in summary.steps() {
            push_words(info, text);
            self.parameter(info, usize::from(step.parameter), step.form);
        }
        push_words(info, summary.tail());
    }

    fn token(&self, index: usize) -> Option<&[u8]> {
        self.choice.place(self.found.line, index).map(|span| span.of(self.data))
    }

    fn parameter(&self, info: &mut String, index: usize, form: Word) {
        let (Some(param), token) = (self.choice.row.params.get(index), self.token(index)) else { return };
        let Some(token) = token.filter(|token| !token.is_empty() || form != Word::Value) else {
            return if form == Word::Value {
                info.push_str("none");
            };
        };
        let meaning = match &param.kind {
            Kind::Code(table, _) => values::meaning(table, token),
            Kind::Lit("FL") => Some("Forward list"),
            Kind::Num => decimal(token).and_then(|number| values::name(numbers::UUN_TYPES, number)),
            _ => None,
        };
        match (form, meaning) {
            (Word::Name, Some(meaning)) => info.push_str(meaning),
            (Word::Lower, Some(meaning)) if meaning != codes::UNVERIFIED => push_lower(info, meaning),
            (Word::Is, _) if token == b"HDN" => info.push_str("appears offline (hidden)"),
            (Word::Is, Some(meaning)) => {
                info.push_str("is ");
                info.push_str(meaning);
            }
            (Word::Is, None) => {
                info.push_str("is ");
                plain(info, &param.kind, token);
            }
            (Word::List, _) => self.list(info, index),
            (Word::Bits, _) => push_bits(info, param.field, decimal(token).unwrap_or(0)),
            (Word::Contact, _) => self.contact(info, token),
            (Word::Group, _) => self.groups(info, token),
            _ => plain(info, &param.kind, token),
        }
    }

    /// All repetitions of a parameter.
    fn list(&self, info: &mut String, index: usize) {
        let Some(first) = self.choice.token(index) else { return };
        for token in first..self.choice.first_extra() {
            if token > first {
                info.push_str(", ");
            }
            let span = self.found.line.token(token).unwrap_or_default();
            push_percent(info, span.of(self.data), MAX_TOKEN);
        }
    }

    fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.session.links.facts((self.record.frame, self.record.unit, 0))
    }

    /// The account of a contact that the line names by its GUID.
    fn contact(&self, info: &mut String, token: &[u8]) {
        let token = token.strip_prefix(b"C=").unwrap_or(token);
        let account = self.facts().find_map(|fact| if let Fact::Contact(who) = *fact { Some(who) } else { None });
        match account.filter(|_| guid(token).is_some()) {
            Some(account) => text::push_line(info, self.session.links.names.get(account), MAX_TOKEN),
            None => push_percent(info, token, MAX_TOKEN),
        }
    }

    /// The names of groups, as far as they are known.
    fn groups(&self, info: &mut String, token: &[u8]) {
        for (at, group) in (0u8..).zip(token.split(|&byte| byte == b',')) {
            if at > 0 {
                info.push_str(", ");
            }
            let named = |fact: &Fact| if let Fact::Group(of, name) = *fact { (of == at).then_some(name) } else { None };
            match self.facts().find_map(named) {
                Some(name) => text::push_line(info, self.session.links.names.get(name), MAX_TOKEN),
                None => push_percent(info, group, MAX_TOKEN),
            }
        }
    }
}

/// A parameter as it stands on the wire, decoded.
fn plain(info: &mut String, kind: &Kind, token: &[u8]) {
    match kind {
        Kind::Prefixed(..) => push_percent(info, token.get(2..).unwrap_or_default(), MAX_TOKEN),
        Kind::MaybePrefixed => push_percent(info, token.strip_prefix(b"N=").unwrap_or(token), MAX_TOKEN),
        Kind::Naddr => {
            let address = split_naddr(token).map_or(token, |parts| parts.1);
            push_percent(info, account(address), MAX_TOKEN);
        }
        Kind::Handle => push_percent(info, account(token), MAX_TOKEN),
        _ => push_percent(info, token, MAX_TOKEN),
    }
}

/// Appends the words of a template; behind a blank none follows.
fn push_words(info: &mut String, words: &str) {
    info.push_str(if info.ends_with(' ') { words.trim_start_matches(' ') } else { words });
}

/// A meaning in the middle of a sentence: names that are not words keep their form.
fn push_lower(info: &mut String, meaning: &str) {
    let mut letters = meaning.chars();
    let first = letters.next().filter(|_| letters.as_str().starts_with(|next: char| !next.is_uppercase()));
    match first {
        Some(first) => {
            info.extend(first.to_lowercase());
            info.push_str(letters.as_str());
        }
        None => info.push_str(meaning),
    }
}

/// The account of a handle, without its endpoint.
fn account(handle: &[u8]) -> &[u8] {
    split_handle(handle).map_or(handle, |parts| parts.0)
}
