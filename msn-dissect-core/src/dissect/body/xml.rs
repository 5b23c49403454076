// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows payloads that are XML documents.

use super::Body;
use crate::{
    dissect::{walk::Walk, xml},
    text,
    values::{self, codes},
    view::View,
    wire::Span,
};
use memchr::memmem;

/// Most characters of a text in the Info column.
const MAX_INFO_TEXT: usize = 60;

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    document(body.walk, body.unit, body.span, None);
}

/// Shows user data; the personal message is told in the Info column.
pub(super) fn user_data(body: &mut Body<'_, '_>) {
    told(body, b"<PSM>");
}

/// Shows an alert; its text is told in the Info column.
pub(super) fn alert(body: &mut Body<'_, '_>) {
    told(body, b"<TEXT>");
}

/// Shows a document; the text behind a start tag is told in the Info column.
fn told(body: &mut Body<'_, '_>, tag: &[u8]) {
    if body.walk.packet.want_info {
        if let Some(message) = content(body.unit, body.span, None, tag) {
            body.walk.out.info.push_str(": ");
            text::push_line(&mut body.walk.out.info, &message, MAX_INFO_TEXT);
        }
    }
    show(body);
}

/// Shows lists; the number of contacts is told in the Info column.
pub(super) fn lists(body: &mut Body<'_, '_>) {
    if body.walk.packet.want_info {
        let what = match memmem::find_iter(body.bytes(), b"<c ").count() {
            1 => " (1 contact)".to_owned(),
            count => format!(" ({count} contacts)"),
        };
        body.walk.out.info.push_str(&what);
    }
    show(body);
}

/// Says in the Info column which presence a document publishes, or how things are with another network.
pub(super) fn say_status(walk: &mut Walk<'_>, data: &[u8], span: Span, charset: Option<&[u8]>) {
    let status = |tag| content(data, span, charset, tag);
    if let Some(status) = status(b"<Status>").or_else(|| status(b"<status>")) {
        let meaning = values::meaning(codes::STATUSES, status.as_bytes());
        walk.out.info.push_str(", ");
        text::push_line(&mut walk.out.info, meaning.unwrap_or(&status), MAX_INFO_TEXT);
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

/// Shows the document in `span` of `data`, whose character set may have been declared.
pub(super) fn document(walk: &mut Walk<'_>, data: &[u8], span: Span, charset: Option<&[u8]>) {
    xml::document(&mut walk.out.tree, data, span, charset);
}
