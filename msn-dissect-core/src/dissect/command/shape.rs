// SPDX-License-Identifier: GPL-2.0-or-later
//! What the shape of a command tells of the protocol version where nobody told it (fact base: state 3, commands 1.5
//! and 2).

use crate::{
    command::{
        Fit, Kind,
        layout::{self, Known},
        params::{split_caps, split_handle},
    },
    dissect::framing::Command,
    session::versions::Range,
};

/// What a parameter looks like, beyond what its row says.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    /// An account with an endpoint.
    Endpoint,
    /// Two words of capabilities.
    TwoWords,
    /// One word of capabilities.
    OneWord,
    /// No capabilities, although the row has room for them.
    NoWord,
}

/// Words (none: all), look of a parameter, first and last version in which it looks so.
static LOOKS: &[(&[&str], Look, (u8, u8))] = &[
    (&[], Look::Endpoint, (16, 21)),
    (&[], Look::TwoWords, (16, 21)),
    (&["CHG", "ILN", "NLN", "FLN"], Look::OneWord, (2, 15)),
    (&["IRO", "JOI"], Look::OneWord, (12, 15)),
    (&["IRO", "JOI"], Look::NoWord, (2, 11)),
];

/// What is left of `range` after a command. Layouts that are hard to tell apart count all.
pub(super) fn narrow(range: Range, data: &[u8], found: &Command, known: Known) -> Range {
    let Some(choice) = found.choice.as_ref().filter(|choice| choice.fit == Fit::Exact && !found.unfinished) else {
        return range;
    };
    let mut range = range;
    for (at, param) in choice.row.params.iter().enumerate() {
        let token = choice.place(found.line, at).map(|span| span.of(data));
        let look = match (&param.kind, token) {
            (Kind::Handle, Some(token)) if split_handle(token).is_some_and(|parts| parts.1.is_some()) => Look::Endpoint,
            (Kind::Caps, None) => Look::NoWord,
            (Kind::Caps, Some(token)) if split_caps(token).is_some_and(|words| words.1.is_some()) => Look::TwoWords,
            (Kind::Caps, Some(_)) => Look::OneWord,
            _ => continue,
        };
        let rows = LOOKS.iter().filter(|row| row.1 == look && (row.0.is_empty() || row.0.contains(&choice.row.word)));
        range = rows.fold(range, |range, row| range.and(row.2));
    }
    // The row chosen is one of those that fit; where it does not allow all that is left, others may.
    let allowed = choice.row.versions;
    if range.and(allowed) == range {
        return range;
    }
    let fits = |version| {
        layout::choose(found.line, data, Known { version, ..known }).is_some_and(|choice| choice.fit == Fit::Exact)
    };
    while !range.is_empty() && !fits(range.low) {
        range.low += 1;
    }
    while !range.is_empty() && !fits(range.high) {
        range.high -= 1;
    }
    range
}
