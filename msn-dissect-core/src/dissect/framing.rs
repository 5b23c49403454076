// SPDX-License-Identifier: GPL-2.0-or-later
//! Where a unit begins and ends: a command line with its payload, or bytes that are none (fact base: transports 1).
//!
//! In: bytes and what is known of the conversation. Out: a command line with its payload.

use super::{
    early::{self, End},
    framer::{Framer, Step},
};
use crate::{
    command::{
        Choice, Fit, Line, LineError,
        layout::{self, Known},
        line::{self, decimal},
        parse_line, table,
    },
    packet::Need,
    wire::Span,
};

/// Most payload bytes that a line may announce. Chat is limited to 1664 bytes and lists to some 7500, but policies and
/// mail lists have no published limit.
pub const MAX_PAYLOAD: usize = 1 << 20;

/// Bytes after which an unfinished line with an unknown word is not waited for.
const MAX_UNKNOWN: usize = 256;

/// Candidates that are tried in one line when looking for the next command.
const MAX_TRIES: usize = 16;

/// What framing may rely on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// Direction, server kind, version.
    pub known: Known,
    /// Bytes at the start that continue an earlier payload.
    pub skip: usize,
    /// Bytes of the segment on the wire, from here.
    pub reported: usize,
    /// More can be asked for segment by segment, to see where a payload ends.
    pub watch: bool,
    /// The connection ended behind the bytes.
    pub ended: bool,
}

/// A command line with its payload.
#[derive(Clone, Debug)]
pub struct Command<'l> {
    /// The line.
    pub line: &'l Line,
    /// Row of the table, `None` for an unknown word.
    pub choice: Option<Choice>,
    /// Payload bytes that are there, counted from the start of the line.
    pub payload: Span,
    /// Payload bytes that the line announced.
    pub announced: Option<usize>,
    /// The announced length is more than [`MAX_PAYLOAD`].
    pub too_long: bool,
    /// The payload ended before its announced length.
    pub early: bool,
    /// The payload was inferred from the last token of an unknown word.
    pub inferred: bool,
    /// The end of the line is not there.
    pub unfinished: bool,
    /// Bytes of the unit that are there.
    pub shown: usize,
    /// Bytes of the unit that are not there.
    pub missing: usize,
}

/// Finds commands; keeps room for one line.
#[derive(Debug, Default)]
pub struct TextFramer {
    line: Line,
}

impl Framer for TextFramer {
    type Context = Context;
    type Pdu<'a> = Command<'a>;

    fn next<'a>(&'a mut self, data: &'a [u8], known: &Context, more: bool) -> Step<Command<'a>> {
        next(data, known, more, &mut self.line)
    }
}

/// Finds the command at the start of `data`, which is not empty; `line` is where its line goes.
fn next<'l>(data: &[u8], context: &Context, more: bool, line: &'l mut Line) -> Step<Command<'l>> {
    if context.skip > 0 && !early::starts_command(data, context.known) {
        return Step::Noise(context.skip.min(data.len()));
    }
    match line.read(data) {
        Ok(()) => {}
        Err(LineError::Partial) if plausible_start(data) => {
            return if more { Step::Partial(Need::Segment) } else { unfinished(data, context, line) };
        }
        Err(_) => return Step::Noise(next_command(data, context)),
    }
    let choice = match line.blank_runs {
        false => layout::choose(line, data, context.known),
        true => choose_with_empty_names(line, data, context.known),
    };
    let line = &*line;
    match &choice {
        Some(choice) if choice.fit != Fit::Loose => {}
        _ if !printable(line.text.of(data)) => return Step::Noise(next_command(data, context)),
        _ => {}
    }
    let (announced, inferred) = match &choice {
        Some(choice) => (choice.payload_length(line, data).map(|len| len as usize), false),
        None => {
            let guessed = guess_payload(line, data, context);
            (guessed, guessed.is_some())
        }
    };
    let too_long = announced.is_some_and(|len| len > MAX_PAYLOAD);
    let payload = announced.filter(|_| !too_long).unwrap_or(0);
    let total = line.total + payload;
    let there = data.len().min(total);
    let searched = context.watch && (1..=early::MAX_SEARCHED).contains(&payload);
    let end = match choice.as_ref().filter(|_| searched) {
        Some(choice) if context.ended && there < total => early::last(data, line, choice, context.known, payload),
        Some(choice) => early::end(data, line, choice, context.known, payload),
        None => End::Announced,
    };
    let (there, total) = match end {
        End::At(end) => (line.total + end, line.total + end),
        End::Open if more => return Step::Partial(Need::Segment),
        _ => (there, total),
    };
    if there < total && more {
        return Step::Partial(if searched { Need::Segment } else { Need::Bytes(total - there) });
    }
    let payload = Span::new(line.total, there);
    let command = Command {
        payload,
        early: matches!(end, End::At(_)),
        announced,
        too_long,
        inferred,
        unfinished: false,
        shown: there,
        missing: total - there,
        line,
        choice,
    };
    Step::Unit(command, there)
}

/// Chooses a row for a line with runs of blanks. Between two blanks may stand a name that is empty; otherwise they count
/// as one.
fn choose_with_empty_names(line: &mut Line, data: &[u8], known: Known) -> Option<Choice> {
    let runs_as_one = line.clone();
    line.cut_at_each_blank(data);
    if let Some(choice) = layout::choose(line, data, known).filter(|choice| choice.takes_empty_names(line)) {
        return Some(choice);
    }
    *line = runs_as_one;
    layout::choose(line, data, known)
}

/// A line whose end will not come: shown as far as it goes.
fn unfinished<'l>(data: &[u8], context: &Context, line: &'l mut Line) -> Step<Command<'l>> {
    let known_word = |line: &Line| line.error().is_some() || table::is_known(line.word);
    if line.read_unfinished(data).is_err() || !known_word(line) || !printable(line.text.of(data)) {
        return Step::Noise(data.len());
    }
    let command = Command {
        choice: layout::choose_loosely(line, data, context.known),
        payload: Span::default(),
        announced: None,
        too_long: false,
        inferred: false,
        early: false,
        unfinished: true,
        shown: line.total,
        missing: 0,
        line,
    };
    Step::Unit(command, line.total)
}

/// Whether an unfinished line may become a command: a known word, or the beginning of one.
fn plausible_start(data: &[u8]) -> bool {
    match data {
        [a, b, c, ..] if a.is_ascii_digit() || table::is_known([*a, *b, *c]) => true,
        _ => line::may_start(data) && data.len() < MAX_UNKNOWN && printable(data.strip_suffix(b"\r").unwrap_or(data)),
    }
}

fn printable(text: &[u8]) -> bool {
    text.iter().all(|&byte| byte >= 0x20 && byte != 0x7f)
}

/// Payload length of an unknown word: a last token that is a number, if a command or nothing follows that many bytes.
fn guess_payload(line: &Line, data: &[u8], context: &Context) -> Option<usize> {
    let len = decimal(line.last()?.of(data))? as usize;
    let end = line.total.checked_add(len).filter(|_| len > 0 && len <= MAX_PAYLOAD)?;
    let fits = match data.get(end..) {
        Some([]) | None => end == context.reported.max(data.len()),
        Some(rest) => {
            line::may_start(rest) && rest.get(..3).is_none_or(|word| word.try_into().is_ok_and(table::is_known))
        }
    };
    fits.then_some(end - line.total)
}

/// Bytes up to the next line that is certainly a command, or all of them. A payload has no mark at its end, so a
/// command may begin in the middle of what looks like a line.
fn next_command(data: &[u8], context: &Context) -> usize {
    let mut start = 0;
    while start < data.len() {
        let rest = data.get(start..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(data.len(), |feed| start + feed + 1);
        let from = start.max(1);
        let mut tries = 0;
        for at in from..end.saturating_sub(4) {
            if tries >= MAX_TRIES {
                break;
            }
            if !begins_word(data, at) {
                continue;
            }
            tries += 1;
            let candidate = data.get(at..end).unwrap_or_default();
            let Ok(line) = parse_line(candidate) else {
                continue;
            };
            let Some(choice) = layout::choose(&line, candidate, context.known) else {
                continue;
            };
            if choice.fit != Fit::Loose && !line.is_empty() {
                return at;
            }
        }
        start = end;
    }
    data.len()
}

/// Whether a known command word starts at `at`.
fn begins_word(data: &[u8], at: usize) -> bool {
    match data.get(at..at + 4) {
        Some([a, b, c, b' ' | b'\r' | b'\n']) => table::is_known([*a, *b, *c]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Dir, ServerKind};
    use proptest::prelude::*;

    fn found<T>(data: &[u8], see: impl FnOnce(Step<Command<'_>>) -> T) -> T {
        see(TextFramer::default().next(data, &Context::default(), true))
    }

    struct Seen {
        shown: usize,
        announced: Option<usize>,
        payload: Span,
        too_long: bool,
    }

    fn command(data: &[u8]) -> Seen {
        found(data, |step| match step {
            Step::Unit(Command { shown, announced, payload, too_long, .. }, len) if len == shown => {
                Seen { shown, announced, payload, too_long }
            }
            other => panic!("{other:?}"),
        })
    }

    fn noise(data: &[u8]) -> Option<usize> {
        found(data, |step| match step {
            Step::Noise(len) => Some(len),
            _ => None,
        })
    }

    #[test]
    fn payload_words_follow_direction_and_shape() {
        assert_eq!(command(b"MSG 4 N 3\r\nabcPNG\r\n").shown, 14);
        assert_eq!(command(b"QRY 18\r\nabc").announced, None);
        assert_eq!(command(b"UUN 24 OK\r\n").announced, None);
        assert_eq!(command(b"241 12 4\r\nabcd").payload, Span::new(10, 14));
        assert_eq!(command(b"217 4\r\nabcd").announced, None);
        assert_eq!(command(b"UBX bob@example.com 0\r\nPNG\r\n").announced, Some(0));
        assert_eq!(command(b"QNG 41\r\n").announced, None);
    }

    #[test]
    fn missing_bytes_are_asked_for() {
        let need = |data: &[u8]| {
            found(data, |step| match step {
                Step::Partial(need) => need,
                other => panic!("{other:?}"),
            })
        };
        assert_eq!(need(b"U"), Need::Segment);
        assert_eq!(need(b"UUX 8 53\r"), Need::Segment);
        assert_eq!(need(b"UUX 8 53\r\n<Data>"), Need::Bytes(47));
        let watch = Context { watch: true, ..Context::default() };
        for (data, expected) in
            [(&b"UUX 8 53\r\n<Data>"[..], Need::Segment), (b"UUX 8 20000\r\n<Data>", Need::Bytes(19994))]
        {
            let mut framer = TextFramer::default();
            assert!(matches!(framer.next(data, &watch, true), Step::Partial(need) if need == expected));
        }
    }

    #[test]
    fn garbage_is_not_waited_for() {
        let mut garbage = vec![b'x'; 5000];
        assert_eq!(noise(&garbage), Some(5000));
        garbage[..4].copy_from_slice(b"ZZZ ");
        assert_eq!(noise(&garbage), Some(5000));
        assert_eq!(command(b"UUX 8 4294967295\r\n").shown, 18);
        assert!(command(b"UUX 8 4294967295\r\n").too_long);
    }

    #[test]
    fn the_next_command_is_found_inside_a_line() {
        let data = b"M></Data>CHG 13 NLN 268435456\r\n";
        assert_eq!(noise(data), Some(9));
        let data = b"some CHG text\r\nwith OUT in it\r\nACK 7\r\n";
        assert_eq!(noise(data), Some(31));
    }

    #[test]
    fn unknown_words_show_a_payload_only_where_a_command_follows_it() {
        assert_eq!(command(b"XYZ 1 4\r\nabcdPNG\r\n").announced, Some(4));
        assert_eq!(command(b"XYZ 1 4\r\nPNG\r\n").announced, None);
    }

    proptest! {
        #[test]
        fn units_never_leave_the_bytes(data: Vec<u8>, head in "([A-Z]{3}|[0-9]{3})?( [a-z0-9@.]{1,5}){0,5}(\r\n)?",
            desegment: bool, version in 0u8..30) {
            let data = [head.as_bytes(), &data, b"x"].concat();
            let known = Known { dir: Some(Dir::ToClient), server: Some(ServerKind::Notification), version };
            let context = Context { known, skip: 0, reported: data.len(), ..Context::default() };
            match TextFramer::default().next(&data, &context, desegment) {
                Step::Unit(found, len) => {
                    prop_assert!(len > 0 && len == found.shown && len <= data.len() && found.payload.end <= len);
                }
                Step::Noise(len) => prop_assert!(len > 0 && len <= data.len()),
                Step::Partial(_) => prop_assert!(desegment),
            }
        }
    }
}
