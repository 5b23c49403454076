// SPDX-License-Identifier: GPL-2.0-or-later
//! What the body of a message is, by its Message-Type or its Content-Type: one row says how it is shown, what it says in
//! the Info column, and what it teaches (fact base: mime 2 to 15).

use std::borrow::Cow;

use super::{
    contents::{self, Content},
    fields_body as fields, media, signals, xml,
};
use crate::{
    dissect::walk::Show,
    session::{Record, Session},
};

/// A kind of body.
pub(super) struct Row {
    /// The header that names it, and how; compared without case. A `*` at the end stands for anything.
    pub name: Name,
    /// How it is shown.
    pub show: fn(&mut Show<'_>, &Content<'_>),
    /// What it says in the Info column.
    pub say: Say,
    /// What it teaches.
    pub teaches: Lesson,
}

/// By which header a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// Content-Type without parameters.
    Content(&'static str),
    /// Message-Type, whatever the content type says.
    Message(&'static str),
    /// Message-Type with this Message-Subtype.
    Subtype(&'static str, &'static str),
    /// Message-Type where there is no content type.
    Bare(&'static str),
    /// What no other row names.
    Other,
}

use Name::{Bare, Message, Subtype};

/// What a body says in the Info column.
pub(super) enum Say {
    /// Nothing, or it is said where it is shown.
    Nothing,
    /// These words.
    Words(&'static str),
    /// Its Message-Type.
    Type,
    /// What is made of it.
    Made(for<'a> fn(&'a Session, &Record, &'a Content<'a>) -> Option<Cow<'a, str>>),
    /// The same, and it is what somebody wrote.
    Text(for<'a> fn(&'a Session, &Record, &'a Content<'a>) -> Option<Cow<'a, str>>),
    /// The status in a document.
    Status,
}

/// What a body teaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lesson {
    /// Nothing.
    Nothing,
    /// Peer-to-peer packets.
    Packets,
    /// A session description.
    Description,
    /// An invitation.
    Invitation,
    /// A drawing.
    Drawing,
    /// A ticket, in the headers.
    Ticket,
    /// Offline messages that wait.
    Mail,
}

type Shower = fn(&mut Show<'_>, &Content<'_>);

const fn row(name: Name, show: Shower, say: Say) -> Row {
    Row { name, show, say, teaches: Lesson::Nothing }
}

const fn content(name: &'static str, show: Shower, say: Say) -> Row {
    row(Name::Content(name), show, say)
}

const fn teaching(row: Row, teaches: Lesson) -> Row {
    Row { teaches, ..row }
}

/// Kinds of bodies; what comes most stands first, and what is told apart by more before what is by less.
static TYPES: &[Row] = &[
    content("text/plain", contents::chat, Say::Text(contents::chat_text)),
    content("text/x-msmsgscontrol", contents::rest, Say::Made(contents::control_text)),
    PACKETS,
    teaching(content("text/x-msmsgsprofile", contents::rest, Say::Words("profile")), Lesson::Ticket),
    content("text/x-msmsgsinitialemailnotification", fields::mail, Say::Made(fields::mail_text)),
    content("text/x-msmsgsemailnotification", fields::mail, Say::Made(fields::mail_text)),
    content("application/x-msmsgsemailnotification", fields::mail, Say::Made(fields::mail_text)),
    content("application/x-msmsgsinitialemailnotification", fields::mail, Say::Made(fields::mail_text)),
    content("text/x-msmsgsactivemailnotification", fields::mail, Say::Made(fields::mail_text)),
    teaching(
        content("text/x-msmsgsinitialmdatanotification", fields::mail, Say::Made(fields::mail_text)),
        Lesson::Mail,
    ),
    teaching(content("text/x-msmsgsoimnotification", fields::mail, Say::Made(fields::mail_text)), Lesson::Mail),
    content("application/x-msmsgssystemmessage", fields::system, Say::Made(fields::system_text)),
    content("text/x-msmsgssystemmessage", fields::system, Say::Made(fields::system_text)),
    teaching(
        content("text/x-msmsgsinvite", fields::invitation, Say::Made(fields::invitation_text)),
        Lesson::Invitation,
    ),
    DATACAST,
    content("text/x-mms-emoticon", media::emoticons, Say::Made(media::emoticons_text)),
    content("text/x-mms-animemoticon", media::emoticons, Say::Made(media::emoticons_text)),
    teaching(content("application/x-ms-ink", media::ink, Say::Words("ink")), Lesson::Drawing),
    teaching(content("image/gif", media::ink, Say::Words("ink")), Lesson::Drawing),
    content("text/x-clientcaps", fields::client, Say::Made(fields::client_text)),
    content("text/x-clientinfo", fields::client, Say::Made(fields::client_text)),
    content("text/x-secway", contents::rest, Say::Words("encrypted message (SimpLite)")),
    content("text/x-amsngames", contents::rest, Say::Words("game of aMSN")),
    content("application/x-amsngames-init", contents::rest, Say::Words("game of aMSN")),
    content("text/x-botcaps", contents::rest, Say::Words("bot capabilities")),
    content("text/x-keepalive", contents::keepalive, Say::Words("keep-alive")),
    content("text/search-query", contents::rest, Say::Text(contents::other_text)),
    content("text/html", contents::rest, Say::Text(contents::other_text)),
    content("application/user+xml", xml::document, Say::Status),
    content("application/circles+xml", xml::document, Say::Status),
    content("application/multiparty+xml", xml::document, Say::Status),
    content("application/network+xml", xml::document, Say::Status),
    content("text/xml", xml::document, Say::Status),
    content("application/xml", xml::document, Say::Status),
    teaching(row(Message("Signal/P2P"), signals::description, Say::Type), Lesson::Description),
    teaching(row(Message("Signal/Turn"), signals::description, Say::Type), Lesson::Description),
    teaching(row(Message("Data"), contents::packets, Say::Nothing), Lesson::Packets),
    row(Message("Control/Typing"), signals::typing, Say::Words("typing")),
    row(Subtype("Control", "Typing"), signals::typing, Say::Words("typing")),
    row(Message("Nudge"), signals::nudge, Say::Words("nudge")),
    row(Message("Wink"), signals::wink, Say::Words("wink")),
    row(Message("CustomEmoticon"), media::emoticons, Say::Made(media::emoticons_text)),
    row(Message("Signal/CloseIMWindow"), signals::windows, Say::Type),
    row(Message("Signal/MarkIMWindowRead"), signals::windows, Say::Type),
    row(Message("Signal/AudioTunnel"), signals::tunnel, Say::Type),
    row(Message("Signal/*"), signals::signal, Say::Type),
    row(Bare("Text"), contents::chat, Say::Text(contents::chat_text)),
];

const PACKETS: Row = teaching(content("application/x-msnmsgrp2p", contents::packets, Say::Nothing), Lesson::Packets);

const DATACAST: Row = content("text/x-msnmsgr-datacast", fields::datacast, Say::Made(fields::datacast_text));

static OTHER: Row = row(Name::Other, contents::unknown, Say::Made(contents::unknown_text));

/// Nudges and winks that some clients send as on a switchboard, and packets with any Message-Type.
static AS_DATACAST: Row = DATACAST;
static AS_PACKETS: Row = PACKETS;

/// Whether a value is a name, in whatever case.
#[inline]
fn is(value: &[u8], name: &str) -> bool {
    value.len() == name.len() && (value == name.as_bytes() || value.eq_ignore_ascii_case(name.as_bytes()))
}

/// The same for a name that may end in `*`.
fn is_like(value: &[u8], name: &str) -> bool {
    match name.strip_suffix('*') {
        Some(start) => value.len() > start.len() && value.get(..start.len()).is_some_and(|head| is(head, start)),
        None => is(value, name),
    }
}

/// The row of a content type without parameters.
pub(super) fn by_content(essence: &[u8]) -> &'static Row {
    TYPES.iter().find(|row| matches!(row.name, Name::Content(name) if is(essence, name))).unwrap_or(&OTHER)
}

/// The row of a body that both headers may describe; `has_id` tells whether the body has the field `ID`.
pub(super) fn by_message(kind: &[u8], subtype: &[u8], essence: &[u8], has_id: impl Fn() -> bool) -> &'static Row {
    let named = TYPES.iter().find(|row| match row.name {
        Message(name) => is_like(kind, name),
        Subtype(name, second) => is(kind, name) && is(subtype, second),
        Bare(name) => essence.is_empty() && is(kind, name),
        Name::Content(_) | Name::Other => false,
    });
    let Some(row) = named.filter(|_| !kind.is_empty()) else { return by_content(essence) };
    match row.name {
        _ if row.teaches == Lesson::Description => row,
        _ if matches!(AS_PACKETS.name, Name::Content(name) if is(essence, name)) => &AS_PACKETS,
        Message("Nudge" | "Wink") if has_id() => &AS_DATACAST,
        _ => row,
    }
}

#[cfg(test)]
mod tests;
