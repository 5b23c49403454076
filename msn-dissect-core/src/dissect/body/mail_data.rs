// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows Mail-Data: counts of mails, quota, and the offline messages that wait (fact base: mime 6).

use crate::{
    fields::{Field, command as c, fits, mime as f, soap},
    item::Tree,
    mime::values as parse,
    text,
    values::{self, mime as tables},
    view::View,
    wire::Span,
    xml::{self, Node},
};

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
pub(in crate::dissect) fn show(tree: &mut Tree, data: &[u8], span: Span) {
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
    let view = View::new(data, span);
    let document = xml::parse(view.bytes());
    tree.open(handle);
    for group in document.children(document.root()) {
        let Some(node) = document.nodes.get(group) else { continue };
        let name = document.name(value, Some(group));
        if name == b"M" {
            let heading = tree.bytes(f::MAIL_MESSAGE, view.span(node.whole()));
            tree.open(heading);
        }
        let mut any = false;
        for element in document.children(group) {
            any = true;
            if let Some(node) = document.nodes.get(element) {
                show_element(tree, &view, name, document.name(value, Some(element)), node);
            }
        }
        if !any {
            other(tree, &view, node);
        }
        if name == b"M" {
            tree.close();
        }
    }
    tree.close();
    if document.broken_at.is_some() {
        tree.expert(f::MAIL_DATA_WRONG);
    }
}

fn other(tree: &mut Tree, view: &View<'_>, node: &Node) {
    let part = view.part(node.whole());
    tree.wire(f::MAIL_OTHER, part.whole(), part.bytes());
}

fn show_element(tree: &mut Tree, view: &View<'_>, group: &[u8], name: &[u8], node: &Node) {
    let known = ELEMENTS.iter().find(|row| row.0.as_bytes() == group && row.1.as_bytes() == name);
    let Some((_, _, field, value)) = known else {
        return other(tree, view, node);
    };
    let part = view.part(node.content());
    let at = part.whole();
    let plain = part.xml();
    let bytes = plain.bytes().trim_ascii();
    if bytes.is_empty() {
        return;
    }
    match value {
        Number | Time => {
            let number = if matches!(value, Time) { parse::iso_time(bytes) } else { parse::unsigned(bytes) }
                .filter(|&number| fits(*field, number));
            match number {
                Some(number) => {
                    tree.number(*field, at, number);
                }
                None => {
                    other(tree, view, node);
                    tree.expert(f::VALUE_WRONG);
                }
            }
        }
        Text => {
            if *field == f::MAIL_ID {
                let alias = tree.wire(soap::MESSAGE_ID, at, bytes);
                tree.hidden(alias);
            }
            tree.checked_wire(*field, at, bytes);
        }
        Account => {
            let alias = tree.wire(c::EMAIL, at, bytes);
            tree.hidden(alias);
            tree.checked_wire(*field, at, bytes);
        }
        Folder => {
            let handle = tree.checked_wire(*field, at, bytes);
            if let Some(meaning) = values::meaning(tables::FOLDERS, bytes) {
                tree.note(handle, meaning);
            }
        }
        Words => super::headers::encoded_words(tree, *field, at, bytes),
    }
}

/// A short account of mail data for the Info column.
pub(super) fn summary(value: &[u8]) -> Option<String> {
    let document = xml::parse(value);
    let named = |parent: usize, name: &'static [u8]| {
        let document = &document;
        document.children(parent).filter(move |&at| document.name(value, Some(at)) == name)
    };
    let child = |parent: usize, name: &'static [u8]| {
        let content = named(parent, name).next().and_then(|at| document.nodes.get(at)).map(Node::content);
        text::utf8(content.unwrap_or_default().of(value)).text.into_owned()
    };
    let mut senders = named(document.root(), b"M");
    let Some(first) = senders.next() else {
        let counts = named(document.root(), b"E").next()?;
        return Some(format!("mail data, {} unread in the inbox", child(counts, b"IU")));
    };
    let from = child(first, b"E");
    let more = senders.count();
    Some(if more == 0 { format!("offline message from {from}") } else { format!("{} offline messages", more + 1) })
}
