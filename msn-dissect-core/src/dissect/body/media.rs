// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows emoticon lists and handwriting (fact base: mime 10 and 12).

use std::borrow::Cow;

use super::{contents::Content, headers::string};
use crate::{
    command::Dir,
    dissect::{
        object, p2p_body, transfer,
        walk::{Learn, Show},
    },
    fields::{command as c, mime as f},
    mime::{headers::trim, media_type::split, words},
    session::{
        NoteKey, Record, Session,
        drawings::DrawingNote,
        transfers::{Transfer, TransferKind},
    },
    text,
    wire::Span,
};

pub(super) fn emoticons_text<'a>(_: &'a Session, _: &Record, content: &'a Content<'a>) -> Option<Cow<'a, str>> {
    let list = trim(content.data, content.span);
    let mut what = String::from("emoticons");
    for shortcut in split(content.data, list, b'\t').step_by(2).filter(|part| !part.is_empty()).take(5) {
        what.push(' ');
        what.push_str(&text::utf8(shortcut.of(content.data)).text);
    }
    Some(what.into())
}

/// Shortcut TAB object TAB …
pub(super) fn emoticons(show: &mut Show<'_>, content: &Content<'_>) {
    let data = content.data;
    let list = trim(data, content.span);
    let tree = &mut show.out.tree;
    if !tree.wanted() {
        return;
    }
    let mut parts = split(data, list, b'\t');
    while let Some(shortcut) = parts.next() {
        let found = parts.next();
        if shortcut.is_empty() && found.is_none_or(Span::is_empty) {
            continue;
        }
        let end = found.map_or(shortcut.end, |at| at.end);
        let handle = tree.wire(f::EMOTICON, Span::new(shortcut.start, end), shortcut.of(data));
        tree.open(handle);
        string(tree, f::EMOTICON_SHORTCUT, shortcut, data);
        match found.filter(|at| !at.is_empty()) {
            Some(at) => object::show(tree, data, at),
            None => tree.expert(f::VALUE_WRONG),
        }
        tree.close();
    }
}

/// Where the note of a drawing is.
fn key(record: &Record, content: &Content<'_>) -> NoteKey {
    (record.frame, record.unit, content.number)
}

/// Learns who sent a drawing, and whether another side of the chat carried it before.
pub(super) fn learn(learn: &mut Learn<'_>, content: &Content<'_>) {
    let Record { frame, conn, dir, account, .. } = learn.record;
    let sender = match dir {
        Dir::ToServer => account,
        Dir::ToClient => learn.session.names.keep(&text::utf8(p2p_body::account(content.sender)).text),
    };
    let chat = learn.session.links.known(conn).and_then(|conn| conn.chat).map(|chat| chat.1).unwrap_or_default();
    let repeats = learn.session.drawings.learn(chat, conn, frame, content.bytes());
    learn.session.drawings.notes.keep(key(&learn.record, content), DrawingNote { sender, repeats });
}

/// `base64:` and handwriting as GIF or ISF.
pub(super) fn ink(show: &mut Show<'_>, content: &Content<'_>) {
    if content.is_blank() {
        return;
    }
    let gif = content.essence().eq_ignore_ascii_case(b"image/gif");
    let tree = &mut show.out.tree;
    let span = trim(content.data, content.span);
    let bytes = span.of(content.data);
    if bytes.starts_with(b"GIF8") {
        tree.bytes(f::INK, content.span);
        give_out(show, content, content.span, content.bytes());
        return;
    }
    let Some(coded) = bytes.strip_prefix(b"base64:") else {
        tree.bytes(c::PAYLOAD, content.span);
        tree.expert(f::BASE64_WRONG);
        return;
    };
    string(tree, f::INK_TEXT, span, content.data);
    let Some(image) = words::base64(coded) else {
        tree.expert(f::BASE64_WRONG);
        return;
    };
    let mark = tree.enter_source(&image, if gif { "Ink (GIF)" } else { "Ink (ISF)" });
    let whole = Span::new(0, image.len());
    tree.bytes(f::INK, whole);
    give_out(show, content, whole, &image);
    show.out.tree.leave_source(mark);
}

/// A drawing is an object like those that travel peer to peer.
fn give_out(show: &mut Show<'_>, content: &Content<'_>, span: Span, bytes: &[u8]) {
    let note = show.session.drawings.notes.get(key(&show.record, content)).copied().unwrap_or_default();
    let drawing =
        Transfer { kind: TransferKind::Ink, sender: note.sender, repeats: note.repeats, ..Transfer::default() };
    transfer::completed(show, &drawing, span, bytes);
}
