// SPDX-License-Identifier: GPL-2.0-or-later
//! Contact lists: who is on which list of whom, in which groups, under which name.

use super::context::{Context, account};
use crate::{
    event::{Change, Contact, Fact, Lists},
    fields::{command as f, xml as x},
};

/// Lists by the words of commands.
static WORDS: &[(&str, Lists)] = &[("FL", 1), ("AL", 2), ("BL", 4), ("RL", 8), ("PL", 16)];

/// Names begin so where a line marks its parameters.
const MARKS: [&str; 4] = ["N=", "F=", "C=", "G="];

/// Tells of contacts and groups.
pub(super) fn tell(context: &Context<'_>, facts: &mut Vec<Fact>) {
    if context.on_switchboard() || context.owner.is_empty() || context.items.has(f::ERROR) {
        return;
    }
    let server = !context.to_server();
    match context.word {
        "LST" if server => facts.extend(listed(context).map(Fact::Contact)),
        "ADD" | "ADC" if server => facts.extend(changed(context, true).map(Fact::Contact)),
        "REM" if server => facts.extend(changed(context, false).map(Fact::Contact)),
        "REA" if server => facts.extend(renamed(context).map(Fact::Contact)),
        "SBP" if server => facts.extend(property(context).map(Fact::Contact)),
        "ADL" => document(context, true, facts),
        "RML" => document(context, false, facts),
        "LSG" | "ADG" | "REG" if server => facts.extend(group(context, true)),
        "RMG" if server => facts.extend(group(context, false)),
        _ => {}
    }
}

fn bare(text: &str) -> &str {
    MARKS.iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text)
}

impl Context<'_> {
    fn contact(&self, change: Change) -> Contact {
        let text = |field| self.items.text(field).map(|text| bare(&text).to_owned());
        let id = text(f::CONTACT_ID).unwrap_or_default();
        let named = text(f::EMAIL).map(|text| account(&text)).unwrap_or_default();
        Contact {
            owner: self.owner.to_owned(),
            email: named,
            id,
            name: text(f::FRIENDLY_NAME).filter(|name| !name.is_empty()),
            change,
            groups: Vec::new(),
            left: Vec::new(),
            asked: None,
        }
    }

    fn lists(&self) -> Option<Lists> {
        let word = self.items.text(f::LIST)?;
        WORDS.iter().find(|row| row.0 == word).map(|row| row.1)
    }

    fn groups(&self) -> Vec<String> {
        let all = self.items.texts(f::GROUP_ID);
        all.iter().flat_map(|one| one.split(',')).filter(|one| !one.is_empty()).map(str::to_owned).collect()
    }
}

/// A line of the list that is sent at login: all lists in bits, or one by name.
fn listed(context: &Context<'_>) -> Option<Contact> {
    let change = match context.items.number(f::LISTS) {
        Some(bits) => Change::Set(bits as Lists & 31),
        None => Change::Add(context.lists()?),
    };
    let contact = context.contact(change);
    // An empty list has a line of its own.
    (!contact.email.is_empty()).then(|| Contact { groups: context.groups(), ..contact })
}

fn changed(context: &Context<'_>, comes: bool) -> Option<Contact> {
    let lists = context.lists()?;
    let groups = context.groups();
    let in_group = !groups.is_empty();
    // Into and out of a group goes who stays on the list.
    let change = match (comes, in_group) {
        (true, _) => Change::Add(lists),
        (false, true) => Change::Keep,
        (false, false) => Change::Remove(lists),
    };
    let contact = context.contact(change);
    Some(match comes {
        true => Contact { groups, ..contact },
        false => Contact { left: groups, ..contact },
    })
}

fn renamed(context: &Context<'_>) -> Option<Contact> {
    let contact = context.contact(Change::Keep);
    (contact.email != context.owner && contact.name.is_some()).then_some(contact)
}

/// A property of a contact: its name on the list is the only one that is told here.
fn property(context: &Context<'_>) -> Option<Contact> {
    let is_name = context.items.text(f::PROPERTY).is_some_and(|word| word == "MFN");
    let name = context.items.text(f::PROPERTY_VALUE).filter(|_| is_name)?;
    Some(Contact { name: Some(name), ..context.contact(Change::Keep) })
}

fn group(context: &Context<'_>, stays: bool) -> Option<Fact> {
    let id = context.groups().into_iter().next()?;
    let name = context.items.text(f::GROUP_NAME).filter(|_| stays);
    Some(Fact::Group { owner: context.owner.to_owned(), id, name, asked: None })
}

/// A document of contacts: what the client asks for, or what somebody else did.
fn document(context: &Context<'_>, comes: bool, facts: &mut Vec<Fact>) {
    let asked = context.trid().filter(|_| context.to_server());
    for (item, group) in context.items.groups(x::XML_ELEMENT) {
        let element = context.items.string(item);
        let Some(email) = group.text(f::EMAIL).filter(|_| element == "c" || element == "t") else { continue };
        let lists = group.all(f::LISTS).fold(0, |bits, item| bits | item.number as Lists) & 31;
        let name = group.text(f::FRIENDLY_NAME).filter(|name| !name.is_empty());
        facts.push(Fact::Contact(Contact {
            owner: context.owner.to_owned(),
            email: account(&email),
            id: String::new(),
            name,
            change: if comes { Change::Add(lists) } else { Change::Remove(lists) },
            groups: Vec::new(),
            left: Vec::new(),
            asked,
        }));
    }
}
