// SPDX-License-Identifier: GPL-2.0-or-later
//! Payloads that are XML documents.

use super::{Body, contents::Content};
use crate::{
    command::{Dir, line::decimal},
    dissect::{bits::push_bits, walk::Show, xml},
    fields::command,
    session::Record,
    text,
    values::{self, codes, numbers},
};

/// Most characters of a text in the Info column.
const MAX_INFO_TEXT: usize = 60;

/// Shows the payload.
pub(super) fn show(show: &mut Show<'_>, body: &Body<'_>) {
    xml::document(&mut show.out.tree, body.unit, body.span(), None);
}

/// Shows the document in the body of a message.
pub(super) fn document(show: &mut Show<'_>, content: &Content<'_>) {
    xml::document(&mut show.out.tree, content.data, content.span, content.charset());
}

/// Tells the text of an element.
pub(super) fn say_text(info: &mut String, body: &Body<'_>, name: &[u8]) {
    if let Some(message) = xml::text_of(body.unit, body.span(), None, &[name]) {
        info.push_str(": ");
        text::push_line(info, &message, MAX_INFO_TEXT);
    }
}

/// Tells who is put on lists or taken from them, or asked for: one contact by name, more of them by their number.
pub(super) fn say_lists(info: &mut String, record: &Record, body: &Body<'_>) {
    let word = &body.found.line.word;
    let (many, between) = match (word, record.dir) {
        (b"ADL", _) => ("adds", " to "),
        (b"RML", _) => ("removes", " from "),
        (_, Dir::ToServer) => ("asks for networks of", ""),
        (_, Dir::ToClient) => ("networks of", ": "),
    };
    let count = xml::count(body.unit, body.span(), b"d", b"c");
    let one = (count == 1).then(|| body.document()).flatten();
    let account = one.as_ref().and_then(|one| Some((one.attribute("c", "n")?, one.attribute("d", "n")?)));
    let (Some(one), Some((local, domain))) = (one, account) else {
        info.push_str(&format!(" {many} {count} contact{}", if count == 1 { "" } else { "s" }));
        return info.push_str(match word {
            b"ADL" => " to lists",
            b"RML" => " from lists",
            _ => "",
        });
    };
    info.push_str(if between.is_empty() { " asks for the network of " } else { " " });
    text::push_line(info, &format!("{local}@{domain}"), MAX_INFO_TEXT);
    info.push_str(between);
    match word {
        b"ADL" | b"RML" => {
            let lists = one.attribute("c", "l").and_then(|lists| decimal(lists.as_bytes()));
            push_bits(info, command::LISTS, lists.unwrap_or(0));
        }
        _ if !between.is_empty() => {
            let network = one.attribute("c", "t").unwrap_or_default();
            let name = decimal(network.as_bytes()).and_then(|number| values::name(numbers::NETWORKS, number));
            text::push_line(info, name.unwrap_or("unknown network"), MAX_INFO_TEXT);
        }
        _ => {}
    }
}

/// Tells which presence a document publishes, or how things are with another network.
pub(super) fn say_status(info: &mut String, body: &Content<'_>) {
    if let Some(status) = xml::text_of(body.data, body.span, body.charset(), &[b"Status", b"status"]) {
        let meaning = values::meaning(codes::STATUSES, status.as_bytes());
        info.push_str(", ");
        text::push_line(info, meaning.unwrap_or(&status), MAX_INFO_TEXT);
    }
}
