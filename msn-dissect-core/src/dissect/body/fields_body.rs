// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows bodies that consist of fields: mail notifications, system messages, invitations, datacasts, client data.

use super::{
    contents::{Content, HIDDEN},
    header_tables as tables,
    headers::{self, fields},
    invite_ftp, mail_data,
    roles::Role,
    services,
};
use std::borrow::Cow;

use crate::{
    dissect::{object, walk::Show},
    fields::mime as f,
    item::Handoff,
    mime::{values::unsigned, words},
    session::{Record, Session},
    text, values,
    wire::Span,
};

/// Mail and offline message notifications (fact base: mime 6).
pub(super) fn mail(show: &mut Show<'_>, content: &Content<'_>) {
    fields(&mut show.out.tree, content.data, content.span, tables::MAIL);
    services::links(show, content.span.of(content.data));
}

pub(super) fn mail_text<'a>(_: &'a Session, _: &Record, content: &'a Content<'a>) -> Option<Cow<'a, str>> {
    Some(mail_summary(content).into())
}

fn mail_summary(content: &Content<'_>) -> String {
    let (data, fields) = (content.data, content.fields(tables::MAIL));
    let value = |role| fields.get(role).map(|at| at.of(data));
    let shown = |value: &[u8]| text::utf8(value).text.into_owned();
    if let Some(data) = value(Role::MailData) {
        return mail_data::summary(data).unwrap_or_else(|| "mail data".into());
    }
    if let Some(unread) = value(Role::Unread) {
        return format!("{} unread in the inbox", shown(unread));
    }
    if let Some(from) = value(Role::MailFrom) {
        let subject = value(Role::Subject).unwrap_or_default();
        let subject = words::decode(subject).map_or_else(|| shown(subject), |decoded| decoded.text.into_owned());
        return format!("mail from {}: {subject}", shown(from));
    }
    match (value(Role::FolderFrom), value(Role::FolderTo)) {
        (Some(from), Some(to)) => {
            let name = |folder: &[u8]| {
                values::meaning(values::mime::FOLDERS, folder).map_or_else(|| shown(folder), str::to_owned)
            };
            format!("mail moved from {} to {}", name(from), name(to))
        }
        _ => "mail notification".into(),
    }
}

/// Whether the server says that it will go away.
fn is_shutdown(content: &Content<'_>) -> bool {
    content.fields(tables::SYSTEM).of(Role::SystemType, content.data) == b"1"
}

/// Messages from the server (fact base: mime 7).
pub(super) fn system(show: &mut Show<'_>, content: &Content<'_>) {
    let table = if is_shutdown(content) { tables::SHUTDOWN } else { tables::SYSTEM };
    fields(&mut show.out.tree, content.data, content.span, table);
}

pub(super) fn system_text<'a>(_: &'a Session, _: &Record, content: &'a Content<'a>) -> Option<Cow<'a, str>> {
    let fields = content.fields(tables::SYSTEM);
    let argument = text::utf8(fields.of(Role::SystemArgument, content.data)).text;
    Some(match is_shutdown(content) {
        true if argument == "1" => "server shuts down in 1 minute".into(),
        true => format!("server shuts down in {argument} minutes").into(),
        false => format!("system message {}", text::utf8(fields.of(Role::SystemType, content.data)).text).into(),
    })
}

/// Invitations to applications and file transfers (fact base: mime 8).
pub(super) fn invitation(show: &mut Show<'_>, content: &Content<'_>) {
    fields(&mut show.out.tree, content.data, content.span, tables::INVITE);
}

pub(super) fn invitation_text<'a>(
    session: &'a Session,
    record: &Record,
    content: &'a Content<'a>,
) -> Option<Cow<'a, str>> {
    let fields = content.fields(tables::INVITE);
    let roles = [Role::Command, Role::Application, Role::File, Role::CancelCode];
    let said = roles.map(|role| text::utf8(fields.of(role, content.data)).text);
    let mut what = String::from("invitation");
    for word in said.iter().map(|word| &**word).chain([invite_ftp::file(session, record)]) {
        if !word.is_empty() {
            what.push(' ');
            what.push_str(word);
        }
    }
    Some(what.into())
}

/// Number, argument, and place of the number of a datacast.
fn cast(content: &Content<'_>) -> (Option<u64>, Option<Span>, Option<Span>) {
    let fields = content.fields(tables::DATACAST);
    let id = fields.get(Role::CastId);
    let argument = fields.get(Role::CastData).filter(|at| !at.is_empty());
    (id.and_then(|at| unsigned(at.of(content.data))), argument, id)
}

pub(super) fn datacast_text<'a>(session: &'a Session, _: &Record, content: &'a Content<'a>) -> Option<Cow<'a, str>> {
    let (kind, argument, _) = cast(content);
    Some(match kind {
        Some(1) => "nudge".into(),
        Some(2) => "wink".into(),
        Some(3) => "voice clip".into(),
        Some(4) if session.hides_texts => HIDDEN.into(),
        Some(4) => text::utf8(argument.unwrap_or_default().of(content.data)).text,
        Some(other) => format!("datacast {other}").into(),
        None => "datacast".into(),
    })
}

/// Nudges, winks, voice clips, actions (fact base: mime 11).
pub(super) fn datacast(show: &mut Show<'_>, content: &Content<'_>) {
    let (kind, argument, id) = cast(content);
    let tree = &mut show.out.tree;
    fields(tree, content.data, content.span, tables::DATACAST);
    let at = id.unwrap_or_default();
    match kind {
        Some(1) => {
            tree.number(f::NUDGE, at, 1);
        }
        Some(2) => {
            tree.number(f::WINK, at, 1);
        }
        Some(3) => {
            tree.number(f::VOICE_CLIP, at, 1);
        }
        _ => {}
    }
    match (kind, argument) {
        (Some(4), Some(at)) => {
            headers::string(tree, f::ACTION, at, content.data);
        }
        (_, Some(at)) if is_object(content.data, at) => object::show(tree, content.data, at),
        _ => {}
    }
    if let (Some(kind @ (0 | 5..)), Some(at)) = (kind, argument) {
        tree.handoff(at, Handoff::Datacast, &kind.to_string());
    }
}

/// Whether a value is an object, raw or percent-encoded.
pub(super) fn is_object(data: &[u8], at: Span) -> bool {
    let bytes = at.of(data);
    bytes.starts_with(b"<msnobj") || bytes.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"%3Cmsnobj"))
}

/// What third-party clients say about themselves (fact base: mime 13).
pub(super) fn client(show: &mut Show<'_>, content: &Content<'_>) {
    fields(&mut show.out.tree, content.data, content.span, tables::CLIENT);
}

pub(super) fn client_text<'a>(_: &'a Session, _: &Record, content: &'a Content<'a>) -> Option<Cow<'a, str>> {
    let name = content.fields(tables::CLIENT).get(Role::ClientName).map(|at| text::utf8(at.of(content.data)).text);
    Some(format!("client {}", name.as_deref().unwrap_or("capabilities")).into())
}
