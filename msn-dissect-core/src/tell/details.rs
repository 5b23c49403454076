// SPDX-License-Identifier: GPL-2.0-or-later
//! What a PDU holds, opened: its line in tokens, everything below it, links and remarks.

use super::{
    items::Items,
    value::{self, value},
};
use crate::{
    event::{Detail, Link, Mark, Rank, Remark, Token},
    fields::{self, Expert, Field, PROTOCOLS, Type, expert, expert::Severity},
    item::{GENERATED, Item, Kind, NO_RANGE},
    text,
};

/// Longest payload that is written out, in bytes.
const MAX_PAYLOAD: usize = 1 << 16;

/// The line of a command in tokens, and its payload as far as it is text; nothing for what has no line.
pub(super) fn line(items: &Items<'_>, first: Option<&Item>) -> (Vec<Token>, String) {
    let Some(first) = first.filter(|_| items.has(fields::command::COMMAND)) else { return Default::default() };
    let all = items.sources.bytes(first);
    let end = memchr::memchr(b'\n', all).map_or(all.len(), |at| at + 1);
    let (line, rest) = all.split_at(end);
    let mut at = first.start;
    let mut tokens = Vec::new();
    for part in line.split(|&byte| byte == b' ') {
        let word = part.trim_ascii_end();
        if !word.is_empty() {
            tokens.push(token(items, (first.source, at), word));
        }
        at += part.len() as u32 + 1;
    }
    (tokens, payload(rest))
}

/// A token with the first item that covers it.
fn token(items: &Items<'_>, (source, at): (u16, u32), word: &[u8]) -> Token {
    let text = text::utf8(word).text.into_owned();
    let covers = |(depth, item): &(u32, &Item)| {
        let inside = item.source == source && item.start <= at && at < item.start.saturating_add(item.len);
        *depth == 1 && item.kind == Kind::Leaf as u8 && item.flags & (GENERATED | NO_RANGE) == 0 && inside
    };
    let found = items.shown().find(covers).and_then(|(_, item)| Some((item, fields::def(Field(item.id))?)));
    match found {
        Some((item, def)) => {
            Token { text, field: def.filter, label: def.label, value: value(items, item, def), blurb: def.blurb }
        }
        None => Token { text, ..Token::default() },
    }
}

fn payload(bytes: &[u8]) -> String {
    let odd = |c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t');
    match std::str::from_utf8(bytes.get(..bytes.len().min(MAX_PAYLOAD)).unwrap_or_default()) {
        Ok(text) if !text.chars().any(odd) => text.to_owned(),
        _ => String::new(),
    }
}

/// Everything that is shown, opened.
pub(super) fn details(items: &Items<'_>) -> Vec<Detail> {
    let mut all = Vec::new();
    for (depth, item) in items.shown().filter(|(depth, _)| *depth > 0) {
        let depth = (depth - 1).min(u32::from(u8::MAX)) as u8;
        let inferred = item.flags & GENERATED != 0;
        let text = || items.tree.item_text(item).unwrap_or_default().to_owned();
        let (field, label, value) = if item.kind == Kind::Leaf as u8 {
            let Some(def) = fields::def(Field(item.id)) else { continue };
            (def.filter, def.label.to_owned(), value::value(items, item, def))
        } else if item.kind == Kind::Protocol as u8 {
            let name = PROTOCOLS.get(usize::from(item.id)).map_or("", |row| row.0);
            ("", name.to_owned(), text())
        } else if item.kind == Kind::Label as u8 {
            ("", text(), String::new())
        } else {
            continue;
        };
        all.push(Detail { depth, field, label, value, inferred });
    }
    all
}

/// Frames that the PDU has to do with.
pub(super) fn links(items: &Items<'_>) -> Vec<Link> {
    let mut all: Vec<Link> = Vec::new();
    for item in items.items.iter().filter(|item| item.kind == Kind::Leaf as u8 && item.flags & GENERATED != 0) {
        let Some(def) = fields::def(Field(item.id)) else { continue };
        let mark = match def.kind {
            Type::Frame(fields::Link::Request) => Mark::Request,
            Type::Frame(fields::Link::Response) => Mark::Answer,
            Type::Frame(_) => Mark::Other,
            _ => continue,
        };
        all.push(Link { mark, label: def.label, field: def.filter, frame: item.number as u32 });
    }
    all
}

/// What an analyst would want to be told.
pub(super) fn remarks(items: &Items<'_>) -> Vec<Remark> {
    let told = items.items.iter().filter(|item| item.kind == Kind::Expert as u8);
    let remark = |item: &Item| {
        let def = expert::expert(Expert(item.id))?;
        let rank = match def.severity {
            Severity::Chat | Severity::Comment => Rank::Chat,
            Severity::Note => Rank::Note,
            Severity::Warn => Rank::Warning,
            Severity::Error => Rank::Error,
        };
        let text = items.tree.item_text(item).unwrap_or(def.text).to_owned();
        Some(Remark { rank, name: def.filter, text })
    };
    told.filter_map(remark).collect()
}
