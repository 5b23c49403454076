// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows bodies that consist of fields: mail notifications, system messages, invitations, datacasts, client data.

use super::{
    contents::{Content, say},
    header_tables as tables,
    headers::{self, fields, find},
    mail_data,
};
use crate::{
    dissect::{invite_ftp, object, walk::Walk},
    fields::mime as f,
    mime::{values::unsigned, words},
    text, values,
    wire::Span,
};

/// Mail and offline message notifications (fact base: mime 6).
pub(super) fn mail(walk: &mut Walk<'_>, content: &Content<'_>) {
    if walk.packet.want_info {
        let what = mail_summary(content);
        say(walk, content, &what);
    }
    fields(&mut walk.out.tree, content.data, content.span, tables::MAIL);
}

fn mail_summary(content: &Content<'_>) -> String {
    let value = |name| find(content.data, content.span, name).map(|at| at.of(content.data));
    let shown = |value: &[u8]| text::utf8(value).text.into_owned();
    if let Some(data) = value("Mail-Data") {
        return mail_data::summary(data).unwrap_or_else(|| "mail data".into());
    }
    if let Some(unread) = value("Inbox-Unread") {
        return format!("{} unread in the inbox", shown(unread));
    }
    if let Some(from) = value("From-Addr") {
        let subject = value("Subject").unwrap_or_default();
        let subject = words::decode(subject).map_or_else(|| shown(subject), |decoded| decoded.text.into_owned());
        return format!("mail from {}: {subject}", shown(from));
    }
    match (value("Src-Folder"), value("Dest-Folder")) {
        (Some(from), Some(to)) => {
            let name = |folder: &[u8]| {
                values::meaning(values::mime::FOLDERS, folder).map_or_else(|| shown(folder), str::to_owned)
            };
            format!("mail moved from {} to {}", name(from), name(to))
        }
        _ => "mail notification".into(),
    }
}

/// Messages from the server (fact base: mime 7).
pub(super) fn system(walk: &mut Walk<'_>, content: &Content<'_>) {
    let value = |name| find(content.data, content.span, name).map(|at| at.of(content.data)).unwrap_or_default();
    let shutdown = value("Type") == b"1";
    if walk.packet.want_info {
        let argument = text::utf8(value("Arg1"));
        let what = match shutdown {
            true if argument.text == "1" => "server shuts down in 1 minute".into(),
            true => format!("server shuts down in {} minutes", argument.text),
            false => format!("system message {}", text::utf8(value("Type")).text),
        };
        say(walk, content, &what);
    }
    let table = if shutdown { tables::SHUTDOWN } else { tables::SYSTEM };
    fields(&mut walk.out.tree, content.data, content.span, table);
}

/// Invitations to applications and file transfers (fact base: mime 8).
pub(super) fn invitation(walk: &mut Walk<'_>, content: &Content<'_>) {
    if walk.packet.want_info {
        let value = |name| find(content.data, content.span, name).map(|at| at.of(content.data)).unwrap_or_default();
        let mut what = String::from("invitation");
        for name in ["Invitation-Command", "Application-Name", "Application-File", "Cancel-Code"] {
            let value = value(name);
            if !value.is_empty() {
                what.push(' ');
                what.push_str(&text::utf8(value).text);
            }
        }
        let file = invite_ftp::file(walk);
        if !file.is_empty() {
            what.push(' ');
            what.push_str(file);
        }
        say(walk, content, &what);
    }
    fields(&mut walk.out.tree, content.data, content.span, tables::INVITE);
}

/// Nudges, winks, voice clips, actions (fact base: mime 11).
pub(super) fn datacast(walk: &mut Walk<'_>, content: &Content<'_>) {
    let id = find(content.data, content.span, "ID");
    let argument = find(content.data, content.span, "Data").filter(|at| !at.is_empty());
    let kind = id.and_then(|at| unsigned(at.of(content.data)));
    if walk.packet.want_info {
        let action = argument.map(|at| text::utf8(at.of(content.data)).text).unwrap_or_default();
        let what = match kind {
            Some(1) => "nudge",
            Some(2) => "wink",
            Some(3) => "voice clip",
            Some(4) => &action,
            Some(other) => &format!("datacast {other}"),
            None => "datacast",
        };
        say(walk, content, what);
    }
    let tree = &mut walk.out.tree;
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
}

/// Whether a value is an object, raw or percent-encoded.
pub(super) fn is_object(data: &[u8], at: Span) -> bool {
    let bytes = at.of(data);
    bytes.starts_with(b"<msnobj") || bytes.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"%3Cmsnobj"))
}

/// What third-party clients say about themselves (fact base: mime 13).
pub(super) fn client(walk: &mut Walk<'_>, content: &Content<'_>) {
    if walk.packet.want_info {
        let name = find(content.data, content.span, "Client-Name").map(|at| text::utf8(at.of(content.data)).text);
        say(walk, content, &format!("client {}", name.as_deref().unwrap_or("capabilities")));
    }
    fields(&mut walk.out.tree, content.data, content.span, tables::CLIENT);
}
