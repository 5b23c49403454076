// SPDX-License-Identifier: GPL-2.0-or-later
//! A session description whose lines are looked up in the tables, each once: tree, Info column and learning read this.

use super::{
    Kind,
    bodies::{self, Body, FIELDS},
    headers::HEADERS,
    message::{self, Line, Message},
    row,
};
use crate::fields::slp as f;

/// What learning asks for: the rows are those of the tables.
pub mod lines {
    use super::{Kind, f};

    /// Number of the call.
    pub const CALL_ID: Kind = Kind::Text(f::CALL_ID);
    /// Who receives it.
    pub const TO: Kind = Kind::Party(f::TO);
    /// Who sends it.
    pub const FROM: Kind = Kind::Party(f::FROM);
    /// Kind of body.
    pub const CONTENT_TYPE: Kind = Kind::Text(f::CONTENT_TYPE);
    /// Bytes of the body.
    pub const CONTENT_LENGTH: Kind = Kind::Number(f::CONTENT_LENGTH);
    /// Number of the session.
    pub const SESSION_ID: Kind = Kind::Number(f::SESSION_ID);
    /// Nonce of a direct connection.
    pub const NONCE: Kind = Kind::Guid(f::PLAIN_NONCE);
    /// Hash of a nonce.
    pub const HASHED_NONCE: Kind = Kind::Guid(f::HASHED_NONCE);
}

/// A session description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Where its parts are.
    pub form: Message,
    /// What the body is; nothing if no table names it.
    pub body: Option<&'static (&'static str, &'static str, Body)>,
    /// Rows of the lines: of the headers, then of the body fields.
    kinds: Vec<Option<Kind>>,
}

impl Description {
    /// Takes a session description apart.
    pub fn parse(data: &[u8]) -> Self {
        let form = message::parse(data);
        let headers = form.headers.iter().map(|line| row(HEADERS, line.name.of(data)));
        let fields = form.fields.iter().map(|line| row(FIELDS, line.name.of(data)));
        let kinds = headers.chain(fields).collect();
        let mut found = Description { form, body: None, kinds };
        found.body = found.value(data, lines::CONTENT_TYPE).and_then(bodies::content_type);
        found
    }

    /// The headers.
    pub fn headers(&self) -> impl Iterator<Item = (&Line, Option<Kind>)> {
        self.form.headers.iter().zip(self.kinds.iter().copied())
    }

    /// The body fields.
    pub fn fields(&self) -> impl Iterator<Item = (&Line, Option<Kind>)> {
        self.form.fields.iter().zip(self.kinds.iter().skip(self.form.headers.len()).copied())
    }

    /// The first line of a row.
    pub fn line(&self, kind: Kind) -> Option<&Line> {
        self.headers().chain(self.fields()).find(|line| line.1 == Some(kind)).map(|line| line.0)
    }

    /// The value of the first line of a row.
    pub fn value<'a>(&self, data: &'a [u8], kind: Kind) -> Option<&'a [u8]> {
        self.line(kind).map(|line| line.value.of(data))
    }

    /// What the body teaches.
    pub fn body(&self) -> Body {
        self.body.map_or(Body::Other, |row| row.2)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::message::tests::INVITE, *};

    #[test]
    fn lines_are_found_by_their_rows() {
        let found = Description::parse(INVITE);
        assert_eq!(found.value(INVITE, lines::SESSION_ID), Some(&b"305419896"[..]));
        assert_eq!(found.value(INVITE, lines::FROM), Some(&b"<msnmsgr:alice@example.com>"[..]));
        assert_eq!((found.value(INVITE, lines::NONCE), found.body()), (None, Body::Session));
        assert_eq!((found.headers().count(), found.fields().count()), (8, 4));
        assert!(found.fields().all(|line| line.1.is_some()));
    }
}
