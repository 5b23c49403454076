// SPDX-License-Identifier: GPL-2.0-or-later
//! Chooses the row of the command table that explains a line.

use super::{
    line::{Line, decimal},
    params::{Kind, Param},
    roles::Role,
    rows,
    table::{Dir, On, Row, ServerKind, rows_of},
    verbs::Verb,
};
use crate::wire::Span;

/// Most parameters that a row has.
pub const MAX_PARAMS: usize = 12;

/// What is known when a row is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Who sent the line.
    pub dir: Option<Dir>,
    /// Kind of server.
    pub server: Option<ServerKind>,
    /// Protocol version, 0 = unknown.
    pub version: u8,
}

/// How well the row fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Every token has its place, in the version negotiated.
    Exact,
    /// Every token has its place, in a layout of another version or server kind.
    Other,
    /// Tokens are missing, are left over, or look wrong.
    Loose,
}

/// A row and which token fills which of its parameters.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The row.
    pub row: &'static Row,
    /// How well it fits.
    pub fit: Fit,
    /// No row of the other direction fits.
    pub sure_dir: bool,
    /// No row of another server kind fits.
    pub sure_server: bool,
    slots: Slots,
}

/// Token (plus one) of each parameter; 0 = the parameter is missing. Then the first token that has no parameter.
#[derive(Clone, Copy, Debug, Default)]
struct Slots {
    tokens: [u8; MAX_PARAMS],
    extra: u8,
}

impl Choice {
    /// Place of parameter `index`; the first one of a parameter that repeats.
    pub fn place(&self, line: &Line, index: usize) -> Option<Span> {
        let token = *self.slots.tokens.get(index)?;
        line.token(usize::from(token.checked_sub(1)?))
    }

    /// Place of what fills a role; the first token of a parameter that repeats.
    #[inline]
    pub fn role(&self, line: &Line, role: Role) -> Option<Span> {
        self.place(line, self.row.roles.get(role)?)
    }

    /// What the line teaches, if `dir` sent it. Literals of a line that fits loosely may be others than the row's: such
    /// a line teaches nothing.
    pub fn teaches(&self, line: &Line, data: &[u8], dir: Dir) -> &'static [Verb] {
        let is_other = |(at, param): (usize, &Param)| {
            matches!(param.kind, Kind::Lit(_))
                && self.place(line, at).is_some_and(|span| !param.kind.fits(span.of(data)))
        };
        if self.fit == Fit::Loose && self.row.params.iter().enumerate().any(is_other) {
            return &[];
        }
        self.row.in_direction(dir).teaches
    }

    /// Number of the token that fills parameter `index`.
    pub fn token(&self, index: usize) -> Option<usize> {
        self.slots.tokens.get(index)?.checked_sub(1).map(usize::from)
    }

    /// Number of the first token that no parameter explains; the number of tokens if all are explained.
    pub fn first_extra(&self) -> usize {
        usize::from(self.slots.extra)
    }

    /// Number of the first parameter that must be there and is not.
    pub fn missing(&self) -> Option<usize> {
        self.row.params.iter().enumerate().position(|(at, param)| !param.optional && self.token(at).is_none())
    }

    /// Whether every token fits, and those that are empty are names.
    pub fn takes_empty_names(&self, line: &Line) -> bool {
        let empty = |at: &usize| self.place(line, *at).is_some_and(Span::is_empty);
        let mut params = self.row.params.iter().enumerate().filter(|(at, _)| empty(at));
        self.fit == Fit::Exact && params.all(|(_, param)| matches!(param.kind, Kind::Name))
    }

    /// The transaction ID, if the row has one and the line gives one.
    pub fn trid(&self, line: &Line, data: &[u8]) -> Option<(Span, u32)> {
        let span = self.row.trid.then(|| line.token(0)).flatten()?;
        decimal(span.of(data)).map(|trid| (span, trid))
    }

    /// Payload bytes that the line announces.
    pub fn payload_length(&self, line: &Line, data: &[u8]) -> Option<u32> {
        let at = self.row.params.len().checked_sub(1).filter(|_| self.row.has_payload())?;
        decimal(self.place(line, at)?.of(data))
    }
}

/// Gives every token to a parameter; `None` if that cannot be done.
fn assign(row: &Row, line: &Line, data: &[u8]) -> Option<Slots> {
    let mut slots = Slots::default();
    let mut token = 0;
    if row.trid {
        decimal(line.token(0)?.of(data))?;
        token = 1;
    }
    for (at, param) in row.params.iter().enumerate() {
        let slot = slots.tokens.get_mut(at)?;
        match line.token(token) {
            Some(span)
                if param.kind.fits(span.of(data))
                    && (!matches!(param.kind, Kind::Len(_)) || token + 1 == line.len()) =>
            {
                *slot = token as u8 + 1;
                token += 1;
                while param.repeats && line.token(token).is_some_and(|span| param.kind.fits(span.of(data))) {
                    token += 1;
                }
            }
            _ if param.optional => {}
            _ => return None,
        }
    }
    slots.extra = token as u8;
    (token == line.len()).then_some(slots)
}

/// Gives tokens to parameters in order whether they look right or not; `Len` only fits the last token.
fn assign_loosely(row: &Row, line: &Line, data: &[u8]) -> Slots {
    let mut slots = Slots::default();
    let mut token = usize::from(row.trid && line.token(0).is_some_and(|span| decimal(span.of(data)).is_some()));
    for (slot, param) in slots.tokens.iter_mut().zip(row.params) {
        if matches!(param.kind, Kind::Len(_)) {
            if token < line.len() && line.last().is_some_and(|span| decimal(span.of(data)).is_some()) {
                *slot = line.len() as u8;
            }
            continue;
        }
        let Some(span) = line.token(token) else { break };
        if param.optional && !param.kind.fits(span.of(data)) {
            continue;
        }
        *slot = token as u8 + 1;
        token += 1;
        if param.repeats {
            token = line.len();
        }
    }
    slots.extra = token as u8;
    slots
}

/// Chooses a row; `None` for an unknown word.
pub fn choose(line: &Line, data: &[u8], known: Known) -> Option<Choice> {
    let rows = if line.error().is_some() { rows::ERROR } else { rows_of(line.word) };
    if let (Some(dir), Some(_)) = (known.dir, known.server) {
        // The usual case: nothing is left to find out but the row.
        let expected = |row: &&Row| row.dir == dir && row.on_server(known.server) && row.in_version(known.version);
        for row in rows.iter().filter(expected) {
            if let Some(slots) = assign(row, line, data) {
                return Some(Choice { row, fit: Fit::Exact, sure_dir: true, sure_server: row.on != On::Any, slots });
            }
        }
    }
    let right_dir = |row: &Row| known.dir.is_none_or(|dir| row.dir == dir);
    let mut best: Option<(&'static Row, Slots, bool)> = None;
    let mut sure_dir = true;
    let mut sure_server = true;
    for row in rows {
        let wanted = right_dir(row);
        let exact = wanted && row.in_version(known.version) && row.on_server(known.server);
        // Once found, an exact fit is only compared with rows that could make the direction or server unsure.
        if best
            .is_some_and(|(chosen, _, was_exact)| (was_exact || !exact) && row.dir == chosen.dir && row.on == chosen.on)
        {
            continue;
        }
        let Some(slots) = assign(row, line, data) else {
            continue;
        };
        if let Some((chosen, _, was_exact)) = best {
            sure_dir &= row.dir == chosen.dir;
            sure_server &= row.on == chosen.on;
            if wanted && exact && !was_exact {
                best = Some((row, slots, true));
            }
        } else if wanted {
            best = Some((row, slots, exact));
        } else {
            sure_dir = false;
        }
    }
    if let Some((row, slots, exact)) = best {
        let fit = if exact { Fit::Exact } else { Fit::Other };
        return Some(Choice { row, fit, sure_dir, sure_server: sure_server && row.on != On::Any, slots });
    }
    choose_loosely(line, data, known)
}

/// Chooses the row that explains most of a line which no row explains wholly.
pub fn choose_loosely(line: &Line, data: &[u8], known: Known) -> Option<Choice> {
    let rows = if line.error().is_some() { rows::ERROR } else { rows_of(line.word) };
    let by_rank = |row: &Row| {
        let right_dir = known.dir.is_none_or(|dir| row.dir == dir);
        let slots = assign_loosely(row, line, data);
        let filled = slots.tokens.iter().filter(|&&token| token > 0).count();
        let span = |token: u8| line.token(usize::from(token.checked_sub(1)?));
        let wrong = |both: &(&Param, &u8)| span(*both.1).is_some_and(|span| !both.0.kind.fits(span.of(data)));
        let off = row.params.iter().zip(&slots.tokens).filter(wrong).count()
            + line.len().saturating_sub(usize::from(slots.extra))
            + row.params.len().saturating_sub(filled);
        let words =
            row.params.iter().zip(&slots.tokens).filter(|both| matches!(both.0.kind, Kind::Lit(_)) && wrong(both));
        // A word that must stand in its place tells more than the version.
        let right = (right_dir, row.on_server(known.server), std::cmp::Reverse(words.count()));
        (right, row.in_version(known.version), std::cmp::Reverse(off))
    };
    let row: &'static Row = rows.iter().max_by_key(|row| by_rank(row))?;
    let slots = assign_loosely(row, line, data);
    Some(Choice { row, fit: Fit::Loose, sure_dir: false, sure_server: false, slots })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::parse_line;

    fn chosen(text: &str, known: Known) -> Choice {
        let data = format!("{text}\r\n");
        choose(&parse_line(data.as_bytes()).unwrap(), data.as_bytes(), known).unwrap()
    }

    #[test]
    fn shape_decides_when_the_version_is_unknown() {
        let known = Known::default();
        let versions = |text| chosen(text, known).row.versions;
        assert_eq!(versions("NLN NLN bob@example.com Bob"), (2, 7));
        assert_eq!(versions("NLN NLN bob@example.com Bob 1073791084"), (9, 13));
        assert_eq!(versions("NLN NLN bob@example.com Bob 1073791084 0"), (9, 13));
        assert_eq!(versions("NLN NLN bob@example.com 1 Bob 2788999228:48 0"), (14, 17));
        assert_eq!(versions("NLN NLN 1:bob@example.com Bob 2788999228:48 0"), (18, 18));
        // Not a list version of MSNP5 to 7, but the answer to a request.
        let known = Known { dir: Some(Dir::ToClient), ..known };
        assert_eq!(chosen("PRP 6 MFN Carol", known).row.versions, (10, 18));
    }

    #[test]
    fn negotiated_version_decides_first() {
        let known = Known { version: 9, ..Known::default() };
        let choice = chosen("NLN NLN bob@example.com 1 268435456", known);
        assert_eq!((choice.row.versions, choice.fit), ((9, 13), Fit::Exact));
        let choice = chosen("NLN NLN 1:bob@example.com Bob 1:0 0", known);
        assert_eq!((choice.row.versions, choice.fit), ((18, 18), Fit::Other));
    }

    #[test]
    fn shape_tells_the_direction_where_it_can() {
        let dir = |text| {
            let choice = chosen(text, Known::default());
            (choice.sure_dir, choice.row.dir)
        };
        assert_eq!(dir("MSG 4 N 115"), (true, Dir::ToServer));
        assert_eq!(dir("MSG bob@example.com Bob 115"), (true, Dir::ToClient));
        assert_eq!(dir("QRY 18 PROD0090YUAUV{2B 32"), (true, Dir::ToServer));
        assert_eq!(dir("UUN 24 OK"), (true, Dir::ToClient));
        assert!(!dir("CHG 9 NLN").0);
    }

    #[test]
    fn left_over_and_missing_tokens_are_told() {
        let choice = chosen("ACK 4 what is this", Known { dir: Some(Dir::ToClient), ..Known::default() });
        assert_eq!((choice.fit, choice.first_extra()), (Fit::Loose, 1));
        // Both lines were cut within their last token.
        let choice = chosen("ANS 1 bob@example.com;{43925a28-e765-44a8-ab10-b3375b246f33} 6b0b", Known::default());
        assert_eq!((choice.row.dir, choice.missing()), (Dir::ToServer, Some(2)));
        let known = Known { dir: Some(Dir::ToClient), server: Some(ServerKind::Notification), version: 18 };
        let choice = chosen("USR 3 SSO S MBI_KEY_OLD D2SWM", known);
        assert_eq!((choice.row.params.len(), choice.missing()), (4, None));
        let choice = chosen("RNG 1 192.0.2.1:1863 CKI", Known { dir: Some(Dir::ToClient), ..Known::default() });
        assert_eq!((choice.fit, choice.missing()), (Fit::Loose, Some(3)));
    }

    #[test]
    fn rows_have_no_more_parameters_than_fit() {
        assert!(rows::ROWS.iter().all(|row| row.params.len() <= MAX_PARAMS));
    }
}
