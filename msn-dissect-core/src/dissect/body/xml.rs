// SPDX-License-Identifier: GPL-2.0-or-later
//! Payloads that are XML documents.

use super::{Body, contents::Content};
use crate::{
    dissect::{walk::Show, xml},
    text,
    values::{self, codes},
    view::View,
    wire::Span,
};
use memchr::memmem;

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

/// Tells the text behind a start tag.
pub(super) fn say_text(info: &mut String, body: &Body<'_>, tag: &[u8]) {
    if let Some(message) = content(body.unit, body.span(), None, tag) {
        info.push_str(": ");
        text::push_line(info, &message, MAX_INFO_TEXT);
    }
}

/// Tells the number of contacts in lists.
pub(super) fn say_count(info: &mut String, body: &Body<'_>) {
    let what = match memmem::find_iter(body.bytes(), b"<c ").count() {
        1 => " (1 contact)".to_owned(),
        count => format!(" ({count} contacts)"),
    };
    info.push_str(&what);
}

/// Tells which presence a document publishes, or how things are with another network.
pub(super) fn say_status(info: &mut String, body: &Content<'_>) {
    let charset = body.charset();
    let status = |tag| content(body.data, body.span, charset, tag);
    if let Some(status) = status(b"<Status>").or_else(|| status(b"<status>")) {
        let meaning = values::meaning(codes::STATUSES, status.as_bytes());
        info.push_str(", ");
        text::push_line(info, meaning.unwrap_or(&status), MAX_INFO_TEXT);
    }
}

/// The text behind a start tag, if there is any.
fn content(data: &[u8], span: Span, charset: Option<&[u8]>, tag: &[u8]) -> Option<String> {
    match xml::converted(data, span, charset) {
        Some((view, _)) => behind(view.bytes(), Span::new(0, view.bytes().len()), tag),
        None => behind(data, span, tag),
    }
}

/// The same in UTF-8.
fn behind(data: &[u8], span: Span, tag: &[u8]) -> Option<String> {
    let start = span.start + memmem::find(span.of(data), tag)? + tag.len();
    let len = memchr::memchr(b'<', data.get(start..span.end)?)?;
    let view = View::new(data, Span::new(start, start + len));
    (len > 0).then(|| text::utf8(view.xml().bytes()).text.into_owned())
}
