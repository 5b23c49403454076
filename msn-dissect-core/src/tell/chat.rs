// SPDX-License-Identifier: GPL-2.0-or-later
//! Who says what to whom, and who comes and goes.

use super::{
    context::{Context, account},
    value,
};
use crate::{
    command::params::split_handle,
    event::{Chat, ChatKey, Fact, Format, Icon, Kind, Message},
    fields::{Field, Proto, command as f, link, mime as m, soap as s, xml as x},
    session::Place,
};

/// What makes a PDU a message, and of which kind; the first that is there counts.
static KINDS: &[(Field, Kind)] = &[
    (m::NUDGE, Kind::Nudge),
    (m::WINK, Kind::Wink),
    (m::VOICE_CLIP, Kind::Voice),
    (m::ACTION, Kind::Action),
    (m::INK, Kind::Ink),
    (m::TYPING, Kind::Typing),
    (m::TEXT, Kind::Text),
];

/// Commands that carry pages, and those that say who is in a chat.
const PAGES: [&str; 2] = ["PAG", "IPG"];
const ARRIVALS: [&str; 3] = ["JOI", "IRO", "ANS"];

/// Tells of chats.
pub(super) fn tell(context: &Context<'_>, facts: &mut Vec<Fact>) {
    if context.proto == Proto::MsnSoap {
        offline(context, facts);
        return;
    }
    message(context, facts);
    page(context, facts);
    if context.on_switchboard() {
        presence(context, facts);
    }
    receipt(context, facts);
}

impl Context<'_> {
    /// The chat of a switchboard connection after this PDU.
    fn chat(&self) -> Chat {
        let place = Place::new(self.record.frame, self.record.unit);
        let links = &self.session.links;
        let Some(conn) = links.known(self.record.conn) else {
            return Chat { key: ChatKey::Connection(self.record.conn.0), present: Vec::new() };
        };
        let known = [conn.chat, conn.foretold].into_iter().flatten().find(|(since, _)| Place::from(*since) <= place);
        let key = match known.map(|(_, name)| links.names.get(name)).filter(|name| !name.is_empty()) {
            Some(session) => ChatKey::Session(session.to_owned()),
            None => ChatKey::Connection(self.record.conn.0),
        };
        let mut present: Vec<String> = Vec::new();
        for handle in conn.people.at(place) {
            let handle = links.names.get(handle);
            let email = split_handle(handle.as_bytes()).and_then(|(email, _)| handle.get(..email.len()));
            let email = account(email.unwrap_or(handle));
            if !present.contains(&email) {
                present.push(email);
            }
        }
        Chat { key, present }
    }

    /// Where a message without a switchboard belongs.
    fn pair(&self, from: &str, to: &str) -> Chat {
        let (first, second) = if from <= to { (from, to) } else { (to, from) };
        let present = [first, second].into_iter().filter(|one| !one.is_empty()).map(str::to_owned).collect();
        Chat { key: ChatKey::Pair(first.to_owned(), second.to_owned()), present }
    }
}

fn message(context: &Context<'_>, facts: &mut Vec<Fact>) {
    let items = &context.items;
    let found = KINDS.iter().find(|row| items.has(row.0));
    if found.is_none() && !items.has(m::EMOTICON) {
        return;
    }
    let told = |field| context.account(field);
    let from = told(s::MESSAGE_FROM).or_else(|| match context.to_server() {
        true => Some(context.owner.to_owned()),
        false => told(m::ROUTING_FROM).or_else(|| told(f::EMAIL)),
    });
    let from = from.unwrap_or_default();
    // On a switchboard all who are there get it; elsewhere one account is named.
    let named = told(m::ROUTING_TO).or_else(|| told(s::MESSAGE_TO).filter(|_| !context.on_switchboard()));
    let chat = match context.on_switchboard() {
        true => context.chat(),
        false => {
            let other = if context.to_server() { told(f::EMAIL) } else { Some(context.owner.to_owned()) };
            context.pair(&from, &named.clone().or(other).unwrap_or_default())
        }
    };
    let to: Vec<String> = match (&chat.key, named) {
        (ChatKey::Session(_) | ChatKey::Connection(_), None) => {
            let others = chat.present.iter().filter(|&one| *one != from).cloned();
            let owner = (!context.to_server() && !context.owner.is_empty()).then(|| context.owner.to_owned());
            let mut to: Vec<String> = others.collect();
            to.extend(owner.filter(|owner| *owner != from && !chat.present.contains(owner)));
            to
        }
        (ChatKey::Pair(first, second), _) => {
            [first, second].into_iter().filter(|&one| *one != from && !one.is_empty()).cloned().collect()
        }
        (_, Some(named)) => vec![named],
    };
    // Emoticons are announced in messages of their own.
    icons(context, &chat.key, &from, facts);
    let Some(&(field, kind)) = found else { return };
    let text = match kind {
        Kind::Text | Kind::Action => items.word(field),
        _ => String::new(),
    };
    let own_id = items.text(m::CLIENT_MESSAGE_ID).or_else(|| items.text(m::MESSAGE_ID)).unwrap_or_default();
    let echo = !context.to_server() && from == context.owner;
    facts.push(Fact::Said(Message {
        chat,
        kind,
        from,
        to,
        text,
        format: format(context),
        delivers: !context.to_server() && !echo,
        echo,
        trid: context.trid().filter(|_| context.to_server()),
        id: own_id,
        written: None,
    }));
}

/// Emoticons that the message uses or announces.
fn icons(context: &Context<'_>, chat: &ChatKey, from: &str, facts: &mut Vec<Fact>) {
    for (_, group) in context.items.groups(m::EMOTICON) {
        let (shortcut, sha1d) = (group.word(m::EMOTICON_SHORTCUT), group.word(x::OBJECT_SHA1D));
        if !shortcut.is_empty() && !sha1d.is_empty() {
            facts.push(Fact::Icon(Icon { chat: chat.clone(), from: from.to_owned(), shortcut, sha1d }));
        }
    }
}

fn format(context: &Context<'_>) -> Format {
    let items = &context.items;
    let effects = items.number(m::EFFECTS).unwrap_or_default();
    let has = |name: &str| m::EFFECT_BITS.iter().any(|bit| bit.1 == name && effects as u32 & bit.0 != 0);
    Format {
        font: items.word(m::FONT),
        bold: has("bold"),
        italic: has("italic"),
        underline: has("underline"),
        strike: has("strike"),
        color: items.number(m::COLOR).map(|color| color as u32 & 0xff_ffff),
        right_to_left: items.number(m::RIGHT_TO_LEFT) == Some(1),
    }
}

/// Pages to and from phones.
fn page(context: &Context<'_>, facts: &mut Vec<Fact>) {
    if !PAGES.contains(&context.word) {
        return;
    }
    let Some(text) = context.items.text(x::ALERT_TEXT) else { return };
    let (from, to) = match context.to_server() {
        true => (context.owner.to_owned(), context.account(f::EMAIL).unwrap_or_default()),
        false => (context.account(x::ALERT_FROM).unwrap_or_default(), context.owner.to_owned()),
    };
    facts.push(Fact::Said(Message {
        chat: context.pair(&from, &to),
        kind: Kind::Page,
        to: vec![to],
        from,
        text,
        format: Format::default(),
        delivers: !context.to_server(),
        echo: false,
        trid: context.trid(),
        id: String::new(),
        written: None,
    }));
}

/// Messages that are stored for somebody, and fetched.
fn offline(context: &Context<'_>, facts: &mut Vec<Fact>) {
    let items = &context.items;
    let (Some(text), Some(from)) = (items.text(m::TEXT), context.account(s::MESSAGE_FROM)) else { return };
    let to = context.account(s::MESSAGE_TO).unwrap_or_default();
    let fetched = context.word.starts_with("Get");
    facts.push(Fact::Said(Message {
        chat: context.pair(&from, &to),
        kind: Kind::Offline,
        to: vec![to],
        from,
        text,
        format: Format::default(),
        delivers: fetched,
        echo: false,
        trid: None,
        id: format!("{}{}", items.word(s::RUN_ID), items.number(s::SEQUENCE).unwrap_or_default()),
        written: None,
    }));
}

/// Who comes and who leaves.
fn presence(context: &Context<'_>, facts: &mut Vec<Fact>) {
    let items = &context.items;
    let endpoint = || {
        let first = items.first(f::ENDPOINT);
        first.map(|item| value::guid(items.tree.item_bytes(item).unwrap_or_default())).unwrap_or_default()
    };
    let own = || Some(context.owner.to_owned()).filter(|owner| !owner.is_empty());
    let opens = ["USR", "ANS"].contains(&context.word) && !context.to_server() && items.has(f::RESULT);
    let who = match context.word {
        _ if opens => own(),
        word if ARRIVALS.contains(&word) && !context.to_server() => context.account(f::EMAIL),
        _ => None,
    };
    if let Some(who) = who {
        facts.push(Fact::Came { chat: context.chat(), who, endpoint: endpoint() });
    }
    let gone = match context.word {
        "BYE" => context.account(f::EMAIL),
        "OUT" if context.to_server() => own(),
        _ => None,
    };
    if let Some(who) = gone {
        facts.push(Fact::Left { chat: context.chat(), who, endpoint: endpoint() });
    }
}

/// Whether a message was delivered.
fn receipt(context: &Context<'_>, facts: &mut Vec<Fact>) {
    let Some(trid) = context.trid().filter(|_| !context.to_server()) else { return };
    let failed = context.items.has_expert(link::NOT_DELIVERED);
    if failed || context.word == "ACK" {
        facts.push(Fact::Receipt { trid, delivered: !failed });
    }
}
