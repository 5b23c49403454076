// SPDX-License-Identifier: GPL-2.0-or-later
//! `Content-Type`: a media type and parameters (fact base: mime 1).

use super::headers::trim;
use crate::wire::{Span, work};

/// A media type with its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaType {
    /// `type/subtype`.
    pub essence: Span,
    /// Name and value of each parameter; a value stands without its quotes.
    pub parameters: Vec<(Span, Span)>,
}

/// Most parameters looked at.
const MAX_PARAMETERS: usize = 16;

/// Takes a value apart.
pub fn parse(data: &[u8], value: Span) -> MediaType {
    let mut parts = split(data, value, b';');
    let essence = parts.next().unwrap_or_default();
    let parameters = parts.filter(|part| !part.is_empty()).take(MAX_PARAMETERS).map(|part| pair(data, part)).collect();
    MediaType { essence, parameters }
}

/// The part before the first `;`.
pub fn essence(data: &[u8], value: Span) -> Span {
    split(data, value, b';').next().unwrap_or_default()
}

/// The value of the parameter `charset`.
pub fn charset(data: &[u8], value: Span) -> Option<Span> {
    let parameters = split(data, value, b';').skip(1).take(MAX_PARAMETERS).map(|part| pair(data, part));
    parameters.filter(|(name, _)| name.of(data).eq_ignore_ascii_case(b"charset")).map(|row| row.1).next()
}

/// Parts of a span between separators, trimmed.
pub fn split(data: &[u8], span: Span, separator: u8) -> impl Iterator<Item = Span> {
    let mut at = Some(span.start);
    std::iter::from_fn(move || {
        let start = at?;
        let rest = Span::new(start, span.end).of(data);
        let len = memchr::memchr(separator, rest);
        at = len.map(|len| start + len + 1);
        work::done(len.unwrap_or(rest.len()) + 1);
        Some(trim(data, Span::new(start, start + len.unwrap_or(rest.len()))))
    })
}

/// `name=value` with or without quotes; without an equals sign all is the name.
pub fn pair(data: &[u8], part: Span) -> (Span, Span) {
    let bytes = part.of(data);
    match memchr::memchr(b'=', bytes) {
        None => (part, Span::new(part.end, part.end)),
        Some(at) => {
            let name = trim(data, Span::new(part.start, part.start + at));
            let mut value = trim(data, Span::new(part.start + at + 1, part.end));
            if matches!(value.of(data), [b'"', .., b'"']) {
                value = Span::new(value.start + 1, value.end - 1);
            }
            (name, value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_and_parameters() {
        let data = b" Text/plain ;charset=\"UTF-8\"; x ;";
        let found = parse(data, Span::new(0, data.len()));
        assert_eq!(found.essence.of(data), b"Text/plain");
        assert_eq!(charset(data, Span::new(0, data.len())).unwrap().of(data), b"UTF-8");
        assert_eq!(found.parameters.len(), 2);
        assert_eq!(essence(data, Span::new(0, data.len())), found.essence);
        assert_eq!(parse(b"", Span::default()), MediaType::default());
    }
}
