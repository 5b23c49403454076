// SPDX-License-Identifier: GPL-2.0-or-later
//! The Info column: one short line for each command.

use super::framing::Command;
use crate::{
    command::{Choice, Kind},
    text::push_percent,
    values::{self, errors, numbers},
};

/// Most characters of one parameter.
const MAX_TOKEN: usize = 64;

/// Appends the summary of a command.
pub(super) fn command(info: &mut String, data: &[u8], found: &Command) {
    let line = &found.line;
    info.push_str(std::str::from_utf8(&line.word).unwrap_or_default());
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
    if choice.row.summary.is_empty() || found.unfinished {
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

/// Fills `{n}` with parameter n, and `{n:name}` with its meaning.
fn template(info: &mut String, data: &[u8], found: &Command, choice: &Choice) {
    // Not `split_once`: this runs for every command, and templates are short.
    let template = choice.row.summary;
    let (mut from, mut open) = (0, None);
    for (at, byte) in template.bytes().enumerate() {
        match (byte, open) {
            (b'{', _) => {
                info.push_str(template.get(from..at).unwrap_or_default());
                open = Some(at + 1);
            }
            (b'}', Some(start)) => {
                let inside = template.get(start..at).unwrap_or_default();
                let index = inside.bytes().next().map_or(0, |digit| usize::from(digit.wrapping_sub(b'0')));
                parameter(info, data, found, choice, index, inside.len() > 1);
                (from, open) = (at + 1, None);
            }
            _ => {}
        }
    }
    info.push_str(template.get(from..).unwrap_or_default());
}

fn parameter(info: &mut String, data: &[u8], found: &Command, choice: &Choice, index: usize, named: bool) {
    let Some(span) = choice.place(&found.line, index) else {
        return;
    };
    let token = span.of(data);
    let Some(param) = choice.row.params.get(index) else {
        return;
    };
    let meaning = match (named, &param.kind) {
        (true, Kind::Code(table, _)) => values::meaning(table, token),
        (true, Kind::Lit("FL")) => Some("Forward list"),
        (true, Kind::Num) => crate::command::line::decimal(token).and_then(|number| {
            let table =
                if param.field == crate::fields::command::UUM_TYPE { numbers::UUM_TYPES } else { numbers::UUN_TYPES };
            values::name(table, number)
        }),
        _ => None,
    };
    match (meaning, &param.kind) {
        (Some(meaning), _) => info.push_str(meaning),
        (None, Kind::Prefixed(..)) => push_percent(info, token.get(2..).unwrap_or_default(), MAX_TOKEN),
        (None, Kind::Naddr) => {
            let address = crate::command::params::split_naddr(token).map_or(token, |parts| parts.1);
            push_percent(info, address, MAX_TOKEN);
        }
        (None, Kind::Handle) => {
            let email = crate::command::params::split_handle(token).map_or(token, |parts| parts.0);
            push_percent(info, email, MAX_TOKEN);
        }
        _ => push_percent(info, token, MAX_TOKEN),
    }
}
