// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows Mail-Data: counts of mails, quota, and the offline messages that wait (fact base: mime 6).

use roxmltree::{Document, Node, ParsingOptions};

use crate::{
    fields::{Field, command as c, mime as f},
    item::{Span, Tree},
    mime::{values as parse, words},
    text,
    values::{self, mime as tables},
};

/// Most nodes of a document that are looked at: a waiting message has a dozen.
const MAX_NODES: u32 = 50_000;

enum Value {
    Number,
    Time,
    Text,
    Account,
    Folder,
    Words,
}

use Value::*;

/// Path below the root, field, value.
static ELEMENTS: &[(&str, &str, Field, Value)] = &[
    ("E", "I", f::INBOX_TOTAL, Number),
    ("E", "IU", f::INBOX_UNREAD, Number),
    ("E", "O", f::FOLDERS_TOTAL, Number),
    ("E", "OU", f::FOLDERS_UNREAD, Number),
    ("Q", "QTM", f::MAIL_QUOTA_TOTAL, Number),
    ("Q", "QNM", f::MAIL_QUOTA_NEW, Number),
    ("M", "T", f::MAIL_TYPE, Number),
    ("M", "S", f::MAIL_SYSTEM, Number),
    ("M", "RT", f::MAIL_RECEIVED, Time),
    ("M", "RS", f::MAIL_READ, Number),
    ("M", "SZ", f::MAIL_SIZE, Number),
    ("M", "E", f::MAIL_ADDRESS, Account),
    ("M", "I", f::MAIL_ID, Text),
    ("M", "F", f::MAIL_FOLDER, Folder),
    ("M", "N", f::MAIL_FROM, Words),
    ("M", "SU", f::MAIL_SUBJECT, Words),
];

/// Shows the value of Mail-Data.
pub(super) fn show(tree: &mut Tree, data: &[u8], span: Span) {
    let value = span.of(data);
    if !tree.wanted() {
        return;
    }
    let shown = text::utf8(value);
    let handle = tree.text(f::MAIL_DATA, span, &shown.text);
    if !value.starts_with(b"<") {
        if value == b"too-large" {
            tree.expert(f::MAIL_TOO_LARGE);
        }
        return;
    }
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = std::str::from_utf8(value).ok().and_then(|text| Document::parse_with_options(text, options).ok());
    let Some(document) = document else {
        tree.expert(f::MAIL_DATA_WRONG);
        return;
    };
    tree.open(handle);
    for group in elements(document.root_element()) {
        let message = group.has_tag_name("M");
        if message {
            let heading = tree.bytes(f::MAIL_MESSAGE, place(span, group));
            tree.open(heading);
        }
        let mut any = false;
        for element in elements(group) {
            any = true;
            show_element(tree, data, span, group.tag_name().name(), element);
        }
        if !any {
            other(tree, data, span, group);
        }
        if message {
            tree.close();
        }
    }
    tree.close();
}

fn elements<'a, 'i>(parent: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    parent.children().filter(Node::is_element)
}

/// Place of a node in the unit.
fn place(base: Span, node: Node<'_, '_>) -> Span {
    let range = node.range();
    Span::new(base.start + range.start, base.start + range.end)
}

fn other(tree: &mut Tree, data: &[u8], base: Span, node: Node<'_, '_>) {
    let at = place(base, node);
    tree.text(f::MAIL_OTHER, at, &text::utf8(at.of(data)).text);
}

fn show_element(tree: &mut Tree, data: &[u8], base: Span, group: &str, element: Node<'_, '_>) {
    let name = element.tag_name().name();
    let Some((_, _, field, value)) = ELEMENTS.iter().find(|row| row.0 == group && row.1 == name) else {
        return other(tree, data, base, element);
    };
    let (Some(content), Some(child)) = (element.text(), element.first_child()) else {
        return;
    };
    let at = place(base, child);
    let content = content.trim();
    if content.is_empty() {
        return;
    }
    let bytes = content.as_bytes();
    match value {
        Number | Time => {
            let number = if matches!(value, Time) { parse::iso_time(bytes) } else { parse::unsigned(bytes) }
                .filter(|&number| super::headers::fits(*field, number));
            match number {
                Some(number) => {
                    tree.number(*field, at, number);
                }
                None => {
                    other(tree, data, base, element);
                    tree.expert(f::VALUE_WRONG);
                }
            }
        }
        Text => {
            tree.text(*field, at, &text::utf8(bytes).text);
        }
        Account => {
            let shown = text::utf8(bytes).text;
            tree.text(*field, at, &shown);
            let alias = tree.text(c::EMAIL, at, &shown);
            tree.hidden(alias);
        }
        Folder => {
            let handle = tree.text(*field, at, &text::utf8(bytes).text);
            if let Some(meaning) = values::meaning(tables::FOLDERS, bytes) {
                tree.note(handle, meaning);
            }
        }
        Words => {
            let shown = words::decode(bytes).unwrap_or_else(|| text::utf8(bytes).text.into_owned());
            tree.text(*field, at, &shown);
        }
    }
}

/// A short account of mail data for the Info column.
pub(super) fn summary(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).ok()?;
    let child = |node: Node<'_, '_>, name: &str| {
        elements(node).find(|node| node.has_tag_name(name)).and_then(|node| node.text()).unwrap_or_default().to_owned()
    };
    let root = document.root_element();
    let mut senders = elements(root).filter(|node| node.has_tag_name("M"));
    let Some(first) = senders.next() else {
        let counts = elements(root).find(|node| node.has_tag_name("E"))?;
        return Some(format!("mail data, {} unread in the inbox", child(counts, "IU")));
    };
    let from = child(first, "E");
    let more = senders.count();
    Some(if more == 0 { format!("offline message from {from}") } else { format!("{} offline messages", more + 1) })
}
