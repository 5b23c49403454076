// SPDX-License-Identifier: GPL-2.0-or-later
//! Writes command lines. In: values by field, and what is known of the conversation. Out: a line that the same row of the
//! command table explains. What a version's layout has no room for is left out, so one list of values serves all versions.

use std::{borrow::Cow, fmt};

use super::{
    layout::{self, Known},
    line::{MAX_LINE, MAX_TOKENS, parse_line},
    params::{Kind, Param},
    rows,
    table::{Row, rows_of},
};
use crate::fields::{self, Field, command as f};

/// Why no line could be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposeError {
    /// No row of the word has this direction, server, version, transaction ID and payload.
    NoRow,
    /// A parameter that must be there has no value.
    Missing(Field),
    /// A value cannot be this parameter.
    Unfit(Field),
    /// What would be written means something else to its reader.
    Ambiguous,
}

impl fmt::Display for ComposeError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |field: &Field| fields::def(*field).map_or("?", |def| def.filter);
        match self {
            ComposeError::NoRow => to.write_str("no layout of this command fits the conversation"),
            ComposeError::Missing(field) => write!(to, "{} is missing", name(field)),
            ComposeError::Unfit(field) => write!(to, "the value of {} does not fit", name(field)),
            ComposeError::Ambiguous => to.write_str("the line would be read as another one"),
        }
    }
}

impl std::error::Error for ComposeError {}

/// A command that is being written.
///
/// ```
/// use msn_dissect_core::{command::{Compose, Dir, ServerKind, layout::Known}, fields::command as field};
///
/// let known = |version| Known { dir: Some(Dir::ToClient), server: Some(ServerKind::Notification), version };
/// let online = |version| {
///     Compose::new("NLN", known(version))
///         .value(field::STATUS, "NLN")
///         .value(field::EMAIL, "bob@example.com")
///         .value(field::NETWORK_ID, "1")
///         .value(field::FRIENDLY_NAME, "Bob B.")
///         .value(field::CAPABILITIES, "0")
///         .write()
/// };
/// assert_eq!(online(2).unwrap(), b"NLN NLN bob@example.com Bob%20B.\r\n");
/// assert_eq!(online(15).unwrap(), b"NLN NLN bob@example.com 1 Bob%20B. 0\r\n");
/// assert_eq!(online(18).unwrap(), b"NLN NLN 1:bob@example.com Bob%20B. 0\r\n");
/// ```
#[derive(Clone, Debug)]
pub struct Compose<'a> {
    word: &'a str,
    known: Known,
    trid: Option<u32>,
    values: Vec<(Field, Cow<'a, str>)>,
    payload: Option<&'a [u8]>,
}

impl<'a> Compose<'a> {
    /// A command with this word, or an error reply with this number.
    pub fn new(word: &'a str, known: Known) -> Self {
        Compose { word, known, trid: None, values: Vec::new(), payload: None }
    }

    /// With a transaction ID.
    #[must_use]
    pub fn trid(mut self, trid: u32) -> Self {
        self.trid = Some(trid);
        self
    }

    /// With a value, decoded; of a field that occurs several times, in the order of the line.
    #[must_use]
    pub fn value(mut self, field: Field, value: impl Into<Cow<'a, str>>) -> Self {
        self.values.push((field, value.into()));
        self
    }

    /// With a payload, whose length the line tells.
    #[must_use]
    pub fn payload(mut self, payload: &'a [u8]) -> Self {
        self.payload = Some(payload);
        self
    }

    /// The line with its payload, written by the layout that tells most of the values; of several, by the first.
    pub fn write(&self) -> Result<Vec<u8>, ComposeError> {
        let is_error = self.word.len() == 3 && self.word.bytes().all(|byte| byte.is_ascii_digit());
        let rows = match <[u8; 3]>::try_from(self.word.as_bytes()) {
            Ok(_) if is_error => rows::ERROR,
            Ok(word) => rows_of(word),
            Err(_) => &[],
        };
        let Known { dir, server, version } = self.known;
        let is_candidate = |row: &&Row| {
            dir.is_none_or(|dir| dir == row.dir)
                && row.on_server(server)
                && row.in_version(version)
                && row.trid == self.trid.is_some()
                && row.has_payload() == self.payload.is_some()
        };
        let mut best: Option<(usize, Vec<u8>)> = None;
        let mut failed = ComposeError::NoRow;
        for row in rows.iter().filter(is_candidate) {
            match self.by_row(row) {
                Ok((told, _)) if best.as_ref().is_some_and(|(most, _)| *most >= told) => {}
                Ok(found) => best = Some(found),
                Err(error) => failed = if failed == ComposeError::NoRow { error } else { failed },
            }
        }
        let (_, mut bytes) = best.ok_or(failed)?;
        bytes.extend_from_slice(self.payload.unwrap_or_default());
        Ok(bytes)
    }

    /// How many values the row has room for, and its line.
    fn by_row(&self, row: &Row) -> Result<(usize, Vec<u8>), ComposeError> {
        let mut tokens: Vec<(Option<Field>, Cow<'_, str>)> = Vec::new();
        tokens.extend(self.trid.map(|trid| (None, Cow::Owned(trid.to_string()))));
        let mut told = 0;
        let mut left: Vec<_> = self.values.iter().map(Some).collect();
        for param in row.params {
            if let Kind::Len(_) = param.kind {
                let len = self.payload.map_or(0, <[u8]>::len);
                tokens.push((Some(param.field), Cow::Owned(len.to_string())));
                continue;
            }
            let mut given = left.iter_mut().filter(|one| one.is_some_and(|(field, _)| *field == param.field));
            let first = given.next().and_then(Option::take);
            let others = given.take(if param.repeats { MAX_TOKENS } else { 0 }).filter_map(Option::take);
            match (first, param.kind) {
                (None, Kind::Lit(word)) if !param.optional => tokens.push((Some(param.field), word.into())),
                (None, _) if param.optional => {}
                (None, _) => return Err(ComposeError::Missing(param.field)),
                // An empty value is none.
                (Some((_, value)), _) if value.is_empty() && param.optional => {}
                (Some(first), _) => {
                    for (_, value) in std::iter::once(first).chain(others) {
                        let token = self.token(param, value).ok_or(ComposeError::Unfit(param.field))?;
                        tokens.push((Some(param.field), token));
                        told += 1;
                    }
                }
            }
        }
        let mut bytes = self.word.as_bytes().to_vec();
        for (_, token) in &tokens {
            bytes.push(b' ');
            bytes.extend_from_slice(token.as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        self.reads_as(&bytes, &tokens).then_some((told, bytes)).ok_or(ComposeError::Ambiguous)
    }

    /// The token that stands for a value on the wire.
    fn token(&self, param: &Param, value: &str) -> Option<Cow<'a, str>> {
        let mut token = encoded(&param.kind, value);
        if matches!(param.kind, Kind::Naddr) && !param.kind.fits(token.as_bytes()) {
            let network = self.values.iter().find(|(field, _)| *field == f::NETWORK_ID).map_or("1", |(_, value)| value);
            token = format!("{network}:{token}");
        }
        let is_token = !token.is_empty() && token.bytes().all(|byte| byte > b' ' && byte != 0x7f);
        (is_token && param.kind.fits(token.as_bytes())).then_some(Cow::Owned(token))
    }

    /// Whether a reader who knows the same finds each token under the field it was written for.
    fn reads_as(&self, bytes: &[u8], tokens: &[(Option<Field>, Cow<'_, str>)]) -> bool {
        let Some(line) = parse_line(bytes).ok().filter(|line| line.len() == tokens.len()) else { return false };
        let Some(choice) = layout::choose(&line, bytes, self.known) else { return false };
        let mut read = vec![None; line.len()];
        for (at, param) in choice.row.params.iter().enumerate() {
            let Some(first) = choice.token(at) else { continue };
            let end = if param.repeats { choice.first_extra() } else { first + 1 };
            read.iter_mut().take(end).skip(first).for_each(|field| *field = Some(param.field));
        }
        bytes.len() <= MAX_LINE && tokens.iter().map(|(field, _)| *field).eq(read)
    }
}

/// A value as the kind of parameter writes it.
fn encoded(kind: &Kind, value: &str) -> String {
    match kind {
        Kind::Name => percent(value),
        Kind::Prefixed(letter, inner) => format!("{}={}", char::from(*letter), encoded(inner, value)),
        _ => value.to_owned(),
    }
}

/// Percent-encodes what would end a token, and the percent sign (fact base: commands 0, `name`).
pub fn percent(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '\0'..=' ' | '%' | '\x7f' => text.push_str(&format!("%{:02X}", u32::from(letter))),
            _ => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Dir, ServerKind};

    fn known(dir: Dir, version: u8) -> Known {
        Known { dir: Some(dir), server: Some(ServerKind::Notification), version }
    }

    #[test]
    fn what_the_version_has_no_room_for_is_left_out() {
        let login = |version| {
            let line = Compose::new("USR", known(Dir::ToClient, version)).trid(4).value(f::RESULT, "OK");
            let line = line.value(f::EMAIL, "alice@example.com").value(f::VERIFIED, "1").value(f::RESTRICTED, "0");
            let line = if version < 10 { line.value(f::FRIENDLY_NAME, "Alice A") } else { line };
            String::from_utf8(line.write().unwrap()).unwrap()
        };
        assert_eq!(login(2), "USR 4 OK alice@example.com Alice%20A\r\n");
        assert_eq!(login(7), "USR 4 OK alice@example.com Alice%20A 1\r\n");
        assert_eq!(login(9), "USR 4 OK alice@example.com Alice%20A 1 0\r\n");
        assert_eq!(login(18), "USR 4 OK alice@example.com 1 0\r\n");
    }

    #[test]
    fn literals_tell_rows_apart() {
        let ask = Compose::new("XFR", known(Dir::ToServer, 12)).trid(9);
        assert_eq!(ask.clone().value(f::REFERRAL, "SB").write().unwrap(), b"XFR 9 SB\r\n");
        assert_eq!(ask.value(f::REFERRAL, "XX").write(), Err(ComposeError::Unfit(f::REFERRAL)));
    }

    #[test]
    fn payloads_are_counted() {
        let line = Compose::new("UUX", known(Dir::ToServer, 11)).trid(8);
        assert_eq!(line.clone().payload(b"<Data/>").write().unwrap(), b"UUX 8 7\r\n<Data/>");
        assert_eq!(line.write(), Err(ComposeError::NoRow));
        let refused = Compose::new("241", known(Dir::ToClient, 13)).trid(3);
        assert_eq!(refused.clone().payload(b"<ml/>").write().unwrap(), b"241 3 5\r\n<ml/>");
        assert_eq!(refused.write().unwrap(), b"241 3\r\n");
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        let line = Compose::new("CAL", Known { server: None, ..known(Dir::ToServer, 9) }).trid(2);
        assert_eq!(line.clone().write(), Err(ComposeError::Missing(f::CALLEE)));
        assert_eq!(line.clone().value(f::CALLEE, "bob").write(), Err(ComposeError::Unfit(f::CALLEE)));
        assert_eq!(line.clone().value(f::CALLEE, "b@c\r\nOUT").write(), Err(ComposeError::Unfit(f::CALLEE)));
        assert_eq!(Compose::new("XYZ", Known::default()).write(), Err(ComposeError::NoRow));
        // Without brand the account would be read as one.
        let version = Compose::new("CVR", known(Dir::ToServer, 8)).trid(2).value(f::LCID, "0x0409");
        let version = version.value(f::OS_TYPE, "winnt").value(f::OS_VERSION, "5.1").value(f::ARCHITECTURE, "i386");
        let version = version.value(f::CLIENT_NAME, "MSNMSGR").value(f::CLIENT_VERSION, "6.0.0602");
        let named = version.clone().value(f::EMAIL, "alice@example.com");
        assert_eq!(named.write(), Err(ComposeError::Ambiguous));
        assert!(version.value(f::CLIENT_BRAND, "MSMSGS").value(f::EMAIL, "alice@example.com").write().is_ok());
    }
}
