// SPDX-License-Identifier: GPL-2.0-or-later
//! Payloads that are XML documents.

use super::{Body, contents::Content};
use crate::{
    dissect::{walk::Show, xml},
    text,
    values::{self, codes},
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

/// Tells the number of contacts in lists.
pub(super) fn say_count(info: &mut String, body: &Body<'_>) {
    let what = match xml::count(body.unit, body.span(), b"d", b"c") {
        1 => " (1 contact)".to_owned(),
        count => format!(" ({count} contacts)"),
    };
    info.push_str(&what);
}

/// Tells which presence a document publishes, or how things are with another network.
pub(super) fn say_status(info: &mut String, body: &Content<'_>) {
    if let Some(status) = xml::text_of(body.data, body.span, body.charset(), &[b"Status", b"status"]) {
        let meaning = values::meaning(codes::STATUSES, status.as_bytes());
        info.push_str(", ");
        text::push_line(info, meaning.unwrap_or(&status), MAX_INFO_TEXT);
    }
}
