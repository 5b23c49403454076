// SPDX-License-Identifier: GPL-2.0-or-later
//! Entries of the pages of chats and persons.

use super::{
    super::{
        moment::size,
        record::{Contact, Delivered, File, Look, Message, Presence, Record, Seen},
    },
    frame::{MAX_PAGES, made},
    text::{fit, href},
};
use askama::Template;
use std::borrow::Cow;

#[derive(Template)]
#[template(path = "message.html")]
struct Shown<'a> {
    kind: &'a str,
    lost: bool,
    time: String,
    clock: String,
    from: Cow<'a, str>,
    to: String,
    href: String,
    frame: u32,
    style: String,
    right_to_left: bool,
    parts: Vec<Part<'a>>,
}

/// A part of a text, or an emoticon in it.
struct Part<'a> {
    text: Cow<'a, str>,
    /// SHA-1 of its picture, empty for text.
    icon: &'a str,
}

#[derive(Template)]
#[template(path = "event.html")]
struct Event<'a> {
    kind: &'a str,
    time: String,
    clock: String,
    who: Cow<'a, str>,
    what: &'a str,
    value: Cow<'a, str>,
    href: String,
    link: String,
}

/// The way from a page in a folder to a frame.
fn stream(seen: Seen) -> String {
    match seen.connection {
        0 => String::new(),
        number if number > MAX_PAGES => String::new(),
        number => format!("../streams/{number}.html#frame-{}", seen.frame),
    }
}

/// A message.
pub(super) fn message(message: &Message) -> String {
    let to = message.to.join(", ");
    made(&Shown {
        kind: message.kind,
        lost: message.delivered == Delivered::No,
        time: message.seen.time.to_string(),
        clock: message.seen.time.words(),
        from: fit(&message.from),
        to: fit(&to).into_owned(),
        href: stream(message.seen),
        frame: message.seen.frame,
        style: style(&message.look),
        right_to_left: message.look.right_to_left,
        parts: parts(message),
    })
}

/// The text of a message with its emoticons: at each place the longest shortcut counts.
fn parts(message: &Message) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut icons: Vec<_> = message.emoticons.iter().collect();
    icons.sort_by_key(|(shortcut, _)| std::cmp::Reverse(shortcut.len()));
    let text = message.text.as_str();
    let (mut from, mut at) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty() && !icons.is_empty()) {
        let found = icons.iter().find(|(shortcut, _)| !shortcut.is_empty() && rest.starts_with(shortcut.as_str()));
        match found {
            Some((shortcut, sha1)) => {
                parts.push(Part { text: fit(text.get(from..at).unwrap_or_default()), icon: "" });
                parts.push(Part { text: fit(shortcut), icon: sha1 });
                at += shortcut.len();
                from = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    parts.push(Part { text: fit(text.get(from..).unwrap_or_default()), icon: "" });
    parts
}

/// Brightest colour that can be read on white, of 255.
const MAX_BRIGHT: u32 = 170;

/// Font and effects of a text, and its colour if it can be read on white.
fn style(look: &Look) -> String {
    let mut style = Vec::new();
    let color = u32::from_str_radix(look.color.trim_start_matches('#'), 16).ok();
    let bright = color.map(|rgb| ((rgb >> 16 & 255) * 299 + (rgb >> 8 & 255) * 587 + (rgb & 255) * 114) / 1000);
    // Black is what all have who chose nothing.
    if let Some(color) = color.filter(|&color| color != 0 && bright.is_some_and(|bright| bright <= MAX_BRIGHT)) {
        style.push(format!("color:#{color:06x}"));
    }
    let font: String = look.font.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-')).collect();
    if !font.trim().is_empty() {
        style.push(format!("font-family:\"{}\",sans-serif", font.trim()));
    }
    let has = |effect: &str| look.effects.split(' ').any(|one| one == effect);
    if has("bold") {
        style.push("font-weight:bold".to_owned());
    }
    if has("italic") {
        style.push("font-style:italic".to_owned());
    }
    let lines: Vec<&str> = [("underline", "underline"), ("strike", "line-through")]
        .iter()
        .filter(|row| has(row.0))
        .map(|row| row.1)
        .collect();
    if !lines.is_empty() {
        style.push(format!("text-decoration:{}", lines.join(" ")));
    }
    style.join(";")
}

fn event(kind: &str, seen: Seen, who: &str, what: &str, value: &str) -> String {
    made(&Event {
        kind,
        time: seen.time.to_string(),
        clock: seen.time.words(),
        who: fit(who),
        what,
        value: fit(value),
        href: stream(seen),
        link: format!("frame {}", seen.frame),
    })
}

/// Somebody comes or leaves.
pub(super) fn moved(one: &Presence, joins: bool) -> String {
    let (kind, what) = if joins { ("join", "joins") } else { ("leave", "leaves") };
    event(kind, one.seen, &one.account, what, "")
}

/// What the pages of persons show of a record, by account.
pub(super) fn of_person(record: &Record) -> Vec<(String, String)> {
    match record {
        Record::Person(one) => {
            let what = match one.what {
                "name" => "is called",
                "status" => "is",
                "message" => "writes beside the name",
                "media" => "plays",
                "capabilities" => "can",
                _ => "uses",
            };
            vec![(one.account.clone(), event(one.what, one.seen, &one.account, what, &one.value))]
        }
        Record::Login(one) => {
            let value = format!("{} {}", one.result, one.reason);
            vec![(one.account.clone(), event("login", one.seen, &one.account, "signs in:", value.trim()))]
        }
        Record::Logout(one) => {
            vec![(one.account.clone(), event("logout", one.seen, &one.account, "signs out", &one.reason))]
        }
        Record::File(one) => [(&one.from, "sends"), (&one.to, "gets")]
            .into_iter()
            .filter(|(who, _)| !who.is_empty())
            .map(|(who, what)| (who.clone(), file(one, who, what)))
            .collect(),
        _ => Vec::new(),
    }
}

#[derive(Template)]
#[template(path = "file.html")]
struct Shared<'a> {
    time: String,
    clock: String,
    who: Cow<'a, str>,
    what: &'a str,
    name: Cow<'a, str>,
    about: String,
    path: String,
    /// `picture`, `sound` or nothing: what a browser can show of it.
    shows: &'static str,
    href: String,
    frame: u32,
}

/// What a browser shows, by the beginnings of media types.
const SHOWN: [(&str, &str); 6] = [
    ("image/png", "picture"),
    ("image/jpeg", "picture"),
    ("image/gif", "picture"),
    ("image/bmp", "picture"),
    ("audio/", "sound"),
    ("video/", ""),
];

/// A file, from the view of somebody who sends or gets it.
fn file(file: &File, who: &str, what: &str) -> String {
    let length = file.size.map(size);
    let whole = if file.complete { None } else { Some("incomplete".to_owned()) };
    let about = [Some(file.kind.clone()), length, whole].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let shows = SHOWN.iter().find(|row| file.media.starts_with(row.0)).map_or("", |row| row.1);
    made(&Shared {
        time: file.seen.time.to_string(),
        clock: file.seen.time.words(),
        who: fit(who),
        what,
        name: fit(&file.name),
        about,
        path: if file.path.is_empty() { String::new() } else { format!("../{}", href(&file.path)) },
        shows: if file.path.is_empty() { "" } else { shows },
        href: stream(file.seen),
        frame: file.seen.frame,
    })
}

/// A file in the chat in which it came.
pub(super) fn shared(one: &File) -> String {
    file(one, &one.from, "sends")
}

#[derive(Template)]
#[template(path = "contact.html")]
struct OnList<'a> {
    email: Cow<'a, str>,
    name: Cow<'a, str>,
    lists: &'a str,
    groups: Cow<'a, str>,
}

/// A contact on the owner's page.
pub(super) fn contact(one: &Contact) -> String {
    made(&OnList { email: fit(&one.email), name: fit(&one.friendly_name), lists: &one.lists, groups: fit(&one.groups) })
}
