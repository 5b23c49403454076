// SPDX-License-Identifier: GPL-2.0-or-later
//! What accounts are called, how they are, and what their clients can do.

use super::{context::Context, value};
use crate::{
    event::{Fact, Person},
    fields::{command as f, link, mime as m, xml as x},
    values::{self, capabilities, codes, numbers},
};

/// Commands of the server that name an account with its display name, of its own choosing or as the owner's list has it.
const NAMING: [&str; 7] = ["NLN", "ILN", "JOI", "IRO", "RNG", "LST", "ADC"];

/// Commands that tell a status.
const STATUS: [&str; 3] = ["NLN", "ILN", "FLN"];

/// Tells of persons.
pub(super) fn tell(context: &Context<'_>, facts: &mut Vec<Fact>) {
    if let Some(person) = other(context) {
        facts.push(Fact::Person(person));
    }
    if let Some(person) = own(context) {
        facts.push(Fact::Person(person));
    }
}

/// Somebody of whom the server tells.
fn other(context: &Context<'_>) -> Option<Person> {
    let items = &context.items;
    let who = context.account(f::EMAIL).filter(|_| !context.to_server())?;
    match context.word {
        "UBX" => Some(Person {
            message: items.text(x::PSM),
            media: media(context),
            endpoint: endpoint(context),
            account: who,
            ..Person::default()
        }),
        "FLN" => Some(Person { status: Some(status(b"FLN")), account: who, ..Person::default() }),
        word if NAMING.contains(&word) => Some(Person {
            name: items.text(f::FRIENDLY_NAME).filter(|name| !name.is_empty()),
            status: items.text(f::STATUS).filter(|_| STATUS.contains(&word)).map(|word| status(word.as_bytes())),
            capabilities: capabilities(context),
            endpoint: endpoint(context),
            account: who,
            ..Person::default()
        }),
        _ => None,
    }
}

/// The owner of the connection.
fn own(context: &Context<'_>) -> Option<Person> {
    let items = &context.items;
    if context.owner.is_empty() || context.on_switchboard() {
        return None;
    }
    let mut person = Person { account: context.owner.to_owned(), ..Person::default() };
    match (context.word, context.to_server()) {
        ("UUX", true) => {
            person.message = items.text(x::PSM);
            person.media = media(context);
        }
        ("CHG", false) | ("PRP" | "REA" | "USR", false) => {
            person.status =
                items.text(link::OWN_STATUS).filter(|_| context.word == "CHG").map(|word| status(word.as_bytes()));
            person.name = items.text(link::OWN_NAME);
            person.capabilities = capabilities(context);
        }
        ("MSG", true) => person.endpoint = items.text(m::USER_AGENT),
        _ => {
            person.name = items.text(link::OWN_NAME).filter(|_| context.word == "UUX" || context.word == "PUT");
        }
    }
    let empty = Person { account: person.account.clone(), ..Person::default() };
    (person != empty).then_some(person)
}

fn status(word: &[u8]) -> (String, String) {
    let meaning = if word == b"FLN" { Some("Offline") } else { values::meaning(codes::STATUSES, word) };
    let word = String::from_utf8_lossy(word).into_owned();
    (word.clone(), meaning.map_or(word, str::to_owned))
}

/// What somebody listens to or plays, as it is shown to others.
fn media(context: &Context<'_>) -> Option<String> {
    context.items.text(x::MEDIA_TEXT).or_else(|| context.items.text(x::MEDIA))
}

fn endpoint(context: &Context<'_>) -> Option<String> {
    let item = context.items.first(f::ENDPOINT)?;
    Some(value::guid(context.items.tree.item_bytes(item)?))
}

fn capabilities(context: &Context<'_>) -> Option<String> {
    let first = context.items.number(f::CAPABILITIES)? as u32;
    let second = context.items.number(f::CAPABILITIES_EX).unwrap_or_default() as u32;
    let mut names = value::bits(first, capabilities::FIRST, Some((0xf000_0000, "msnc", numbers::MSNC)));
    names.extend(value::bits(second, capabilities::SECOND, None));
    (!names.is_empty()).then(|| names.join(", "))
}
