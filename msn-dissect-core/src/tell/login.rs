// SPDX-License-Identifier: GPL-2.0-or-later
//! Steps of signing in to a notification or dispatch server, and out of it.

use super::context::Context;
use crate::{
    event::{Fact, LoginStep},
    fields::{command as f, expert as e, link, soap},
    item::Kind,
    values::{self, errors},
};

/// Tells of logins.
pub(super) fn tell(context: &Context<'_>, facts: &mut Vec<Fact>) {
    if !context.on_switchboard() {
        facts.extend(step(context).map(Fact::Login));
    }
}

fn step(context: &Context<'_>) -> Option<LoginStep> {
    let items = &context.items;
    match (context.word, context.to_server()) {
        ("CVR", true) => {
            let version = items.first(f::CLIENT_VERSION);
            let note = version.and_then(|item| items.note(item)).map(|name| format!(" ({name})"));
            let name = [items.word(f::CLIENT_NAME), items.word(f::CLIENT_VERSION)].join(" ");
            Some(LoginStep::Client(format!("{}{}", name.trim(), note.unwrap_or_default())))
        }
        ("USR", true) => {
            let proves = [f::AUTH_TICKET, f::AUTH_RESPONSE, f::PASSWORD].iter().any(|&field| items.has(field));
            Some(LoginStep::Try { scheme: items.text(f::AUTH_SCHEME)?, proves })
        }
        ("USR", false) if items.has(f::RESULT) => Some(LoginStep::Welcome),
        ("XFR", false) if items.has(f::SERVER_ADDRESS) && !items.has(f::COOKIE) => Some(LoginStep::Referred),
        ("OUT", true) => Some(LoginStep::Out(items.text(soap::REFUSAL).unwrap_or_default())),
        ("OUT", false) => Some(LoginStep::Out(reason(context, f::OUT_REASON))),
        (_, false) if items.has_expert(link::LOGIN_REFUSED) => {
            let code = items.number(f::ERROR).unwrap_or_default() as u32;
            let meaning = values::name(errors::ERRORS, code).unwrap_or("refused");
            Some(LoginStep::Refused(format!("{meaning} ({code})")))
        }
        (_, false) if items.has_expert(e::VERSION_REFUSED) => {
            Some(LoginStep::Refused("protocol version not supported".to_owned()))
        }
        _ => None,
    }
}

/// The value of a field with what it means.
fn reason(context: &Context<'_>, field: crate::fields::Field) -> String {
    let Some(item) = context.items.first(field).filter(|item| item.kind == Kind::Leaf as u8) else {
        return String::new();
    };
    let word = context.items.string(item);
    context.items.note(item).map_or_else(|| word.to_string(), |note| format!("{note} ({word})"))
}
