// SPDX-License-Identifier: GPL-2.0-or-later
//! The Info column: one short line for each command.

use super::{
    body::{self, Body},
    framing::Command,
    links,
};
use crate::{
    command::{
        Choice, Fit, Kind, Role,
        line::decimal,
        params::{split_handle, split_naddr},
    },
    session::{Record, Session},
    text::push_percent,
    values::{self, errors, numbers},
};

/// Most characters of one parameter.
const MAX_TOKEN: usize = 64;

/// Most characters of an address through which somebody is reached.
const MAX_VIA: usize = 64;

/// Appends the summary of a unit: its line, what an error reply is about, and what its payload says.
pub(super) fn unit(info: &mut String, session: &Session, record: &Record, body: &Body<'_>) {
    command(info, body.unit, &body.found);
    if body.found.line.error().is_some() {
        links::failure(info, session, (record.frame, record.unit, 0));
    }
    body::say(info, session, record, body);
}

/// Appends the summary of a command line, and through what the person is reached that it names: a member of several
/// circles has a presence in each.
pub(super) fn command(info: &mut String, data: &[u8], found: &Command) {
    line(info, data, found);
    let Some(choice) = found.choice.as_ref().filter(|_| !found.unfinished) else { return };
    let Some(token) = choice.role(found.line, Role::Address).map(|span| span.of(data)) else { return };
    if let Some((_, _, Some(via))) = split_naddr(token) {
        info.push_str(" via ");
        push_percent(info, split_naddr(via).map_or(via, |parts| parts.1), MAX_VIA);
    }
}

fn line(info: &mut String, data: &[u8], found: &Command) {
    let line = found.line;
    let choice = found.choice.as_ref().filter(|_| line.error().is_none());
    let word = choice.map_or_else(|| std::str::from_utf8(&line.word).unwrap_or_default(), |choice| choice.row.word);
    info.push_str(word);
    let Some(choice) = &found.choice else {
        info.push_str(" (unknown command)");
        return;
    };
    if let Some((span, _)) = choice.trid(line, data) {
        info.push(' ');
        info.push_str(std::str::from_utf8(span.of(data)).unwrap_or_default());
    }
    if let Some(code) = line.error() {
        info.push_str(" (");
        info.push_str(values::name(errors::ERRORS, code).unwrap_or("unknown error"));
        info.push(')');
        return;
    }
    // A line that no row explains says only what it says.
    if choice.row.summary.is_empty() || choice.fit == Fit::Loose || found.unfinished {
        for index in usize::from(choice.row.trid)..line.len() {
            if let Some(span) = line.token(index) {
                info.push(' ');
                push_percent(info, span.of(data), MAX_TOKEN);
            }
        }
        if found.unfinished {
            info.push_str(" [cut]");
        }
        return;
    }
    info.push(' ');
    template(info, data, found, choice);
    while info.ends_with(' ') {
        info.pop();
    }
}

/// Fills the template in.
fn template(info: &mut String, data: &[u8], found: &Command, choice: &Choice) {
    for (text, step) in choice.row.summary.steps() {
        if !text.is_empty() {
            info.push_str(text);
        }
        parameter(info, data, found, choice, usize::from(step.parameter), step.named);
    }
    info.push_str(choice.row.summary.tail());
}

fn parameter(info: &mut String, data: &[u8], found: &Command, choice: &Choice, index: usize, named: bool) {
    let Some(span) = choice.place(found.line, index) else {
        return;
    };
    let token = span.of(data);
    let Some(param) = choice.row.params.get(index) else {
        return;
    };
    let meaning = match (named, &param.kind) {
        (true, Kind::Code(table, _)) => values::meaning(table, token),
        (true, Kind::Lit("FL")) => Some("Forward list"),
        (true, Kind::Num) => decimal(token).and_then(|number| values::name(numbers::UUN_TYPES, number)),
        _ => None,
    };
    match (meaning, &param.kind) {
        (Some(meaning), _) => info.push_str(meaning),
        (None, Kind::Prefixed(..)) => push_percent(info, token.get(2..).unwrap_or_default(), MAX_TOKEN),
        (None, Kind::Naddr) => {
            let address = split_naddr(token).map_or(token, |parts| parts.1);
            push_percent(info, account(address), MAX_TOKEN);
        }
        (None, Kind::Handle) => push_percent(info, account(token), MAX_TOKEN),
        _ => push_percent(info, token, MAX_TOKEN),
    }
}

/// The account of a handle, without its endpoint.
fn account(handle: &[u8]) -> &[u8] {
    split_handle(handle).map_or(handle, |parts| parts.0)
}
