// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows the decoded Context of an invitation or of a BYE (fact base: p2p 5 and 7).

use crate::{
    dissect::object,
    fields::{command as c, slp as f},
    item::{Handoff, Tree},
    session::transfers::TransferKind,
    slp::{
        Description, Kind,
        context::{self, FileContext, file},
        message::Start,
        nonce::guid,
    },
    values::slp as tables,
    view::View,
    wire::{Span, work},
};

/// What a session description says of its contexts.
#[derive(Clone, Copy)]
pub(super) struct What {
    /// The session transfers a file.
    file: bool,
    /// It ends.
    ends: bool,
}

/// What the contexts of a session description are; it may have any number of them.
pub(super) fn what(data: &[u8], message: &Description) -> What {
    work::done(message.form.fields.len());
    let start = message.form.start;
    let ends = matches!(start, Start::Request { method, .. } if method.of(data).eq_ignore_ascii_case(b"BYE"));
    let kind = message.value(data, Kind::Euf).and_then(guid);
    let file = kind.and_then(|kind| tables::kind_of(tables::SESSION_KINDS, &kind));
    What { file: matches!(file, Some((_, TransferKind::File))), ends }
}

/// Shows what `value` decodes to. What it is follows from the kind of session, else from its own shape.
pub(super) fn show(tree: &mut Tree, value: &[u8], What { file, ends }: What) {
    if value.is_empty() {
        return;
    }
    let Some(bytes) = context::decode(value).filter(|bytes| !bytes.is_empty()) else {
        tree.expert(f::BAD_CONTEXT);
        return;
    };
    let mark = tree.enter_source(&bytes, "Context");
    decoded(tree, &bytes, file, ends);
    tree.leave_source(mark);
}

fn decoded(tree: &mut Tree, bytes: &[u8], file: bool, ends: bool) {
    let all = Span::new(0, bytes.len());
    if bytes.trim_ascii_start().starts_with(b"<msnobj") {
        return msn_object(tree, bytes);
    }
    if let Some(code) = context::code(bytes).filter(|_| ends) {
        tree.number(f::CONTEXT_CODE, all, u64::from(code));
        return;
    }
    if file {
        return match context::file_context(bytes) {
            Some(context) => file_context(tree, bytes, &context),
            None => {
                tree.bytes(f::CONTEXT_DATA, all);
                tree.expert(f::BAD_CONTEXT);
            }
        };
    }
    let (words, end) = context::utf16(bytes, all);
    // All text that is known begins with a letter, a digit or a bracket; other bytes often make letters of other scripts.
    if bytes.len().is_multiple_of(2)
        && matches!(bytes, [b' '..=b'~', 0, ..])
        && words.chars().all(|letter| !letter.is_control() && letter != '\u{fffd}')
    {
        return utf16_text(tree, all, &words, end);
    }
    tree.bytes(f::CONTEXT_DATA, all);
}

fn msn_object(tree: &mut Tree, bytes: &[u8]) {
    // The object is followed by a NUL or two.
    let end = bytes.len() - bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    let span = Span::new(0, end);
    object::show_view(tree, c::OBJECT, &View::new(bytes, span), span);
    if end < bytes.len() {
        tree.bytes(f::TERMINATOR, Span::new(end, bytes.len()));
    }
}

fn utf16_text(tree: &mut Tree, all: Span, words: &str, end: usize) {
    if let Some(bytes) = guid(words.as_bytes()) {
        let item = tree.raw(f::CONTEXT_MEDIA, all, &bytes);
        if let Some((name, _)) = tables::kind_of(tables::MEDIA_KINDS, &bytes) {
            tree.note(item, name);
        }
        return;
    }
    let Some((id, flag, name)) = context::activity(words) else {
        tree.wire(f::CONTEXT_TEXT, all, words.as_bytes());
        return;
    };
    // Two bytes for each unit, and the semicolon behind it.
    let units = |text: &str| text.encode_utf16().count() * 2;
    let id_end = units(id);
    let flag_start = id_end + 2;
    let flag_end = flag_start + units(flag);
    match id.parse::<u32>() {
        Ok(number) => tree.number(f::ACTIVITY_ID, Span::new(0, id_end), u64::from(number)),
        Err(_) => tree.wire(f::CONTEXT_TEXT, Span::new(0, id_end), id.as_bytes()),
    };
    tree.wire(f::ACTIVITY_FLAG, Span::new(flag_start, flag_end), flag.as_bytes());
    tree.wire(f::ACTIVITY_NAME, Span::new(flag_end + 2, all.end.max(end)), name.as_bytes());
}

fn file_context(tree: &mut Tree, bytes: &[u8], found: &FileContext) {
    let within = |span: Span| Span::new(span.start.min(bytes.len()), span.end.min(bytes.len()));
    tree.number(f::FILE_HEADER_LENGTH, file::HEADER_LENGTH, u64::from(found.header_length));
    if !found.length_known {
        tree.expert(f::CONTEXT_LENGTH);
    }
    tree.number(f::FILE_VERSION, file::VERSION, u64::from(found.version));
    tree.number(f::FILE_SIZE, file::SIZE, found.size);
    tree.number(f::FILE_TYPE, file::TYPE, u64::from(found.kind));
    tree.wire(f::FILE_NAME, Span::new(file::NAME.start, found.name_end), found.name.as_bytes());
    let rest = within(Span::new(found.name_end, file::NAME.end));
    for (field, span) in [
        (f::FILE_NAME_REST, rest),
        (f::FILE_BACKGROUND, within(file::BACKGROUND)),
        (f::FILE_RESERVED, found.reserved),
        (f::FILE_PREVIEW, found.preview),
    ] {
        if span.is_empty() {
            continue;
        }
        if field == f::FILE_RESERVED {
            unknown_word(tree, bytes);
        }
        tree.bytes(field, span);
    }
    if found.reserved.is_empty() {
        unknown_word(tree, bytes);
    }
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    if found.preview.of(bytes).starts_with(PNG) {
        tree.handoff(found.preview, Handoff::MediaType, "image/png");
    }
}

fn unknown_word(tree: &mut Tree, bytes: &[u8]) {
    if let Ok(word) = <[u8; 4]>::try_from(file::UNKNOWN.of(bytes)) {
        tree.number(f::FILE_UNKNOWN, file::UNKNOWN, u64::from(u32::from_le_bytes(word)));
    }
}
