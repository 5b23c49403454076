// SPDX-License-Identifier: GPL-2.0-or-later
//! Offline messages: MIME with base64 of the text (fact base: soap, Store and GetMessage).

use crate::{
    mime::{
        headers::{Header, Line, Lines},
        words,
    },
    text,
    wire::Span,
    xml,
};

/// Most header lines.
const MAX_HEADERS: usize = 256;

/// An offline message.
#[derive(Debug, Default)]
pub struct Mail {
    /// Its header lines.
    pub headers: Vec<Header>,
    /// Its body.
    pub body: Span,
    /// What was written.
    pub text: String,
    /// The body could not be decoded.
    pub wrong: bool,
}

impl Mail {
    /// Reads a message.
    pub fn read(data: &[u8]) -> Mail {
        let (headers, body) = split(data);
        let mut mail = Mail { headers, body, ..Mail::default() };
        let coded = mail.value(data, "Content-Transfer-Encoding");
        let is_base64 = coded.is_some_and(|coded| coded.eq_ignore_ascii_case(b"base64"));
        let decoded = is_base64.then(|| words::base64(body.of(data).trim_ascii()));
        mail.wrong = matches!(decoded, Some(None));
        let decoded = decoded.flatten();
        let written = decoded.as_deref().unwrap_or_else(|| body.of(data));
        // Some clients write MIME into the text.
        let written = match written.get(..13).is_some_and(|word| word.eq_ignore_ascii_case(b"MIME-Version:")) {
            true => split(written).1.of(written),
            false => written,
        };
        mail.text = text::utf8(written).text.into_owned();
        mail
    }

    /// The value of a header.
    pub fn value<'a>(&self, data: &'a [u8], name: &str) -> Option<&'a [u8]> {
        let is = |header: &&Header| header.name.of(data).eq_ignore_ascii_case(name.as_bytes());
        self.headers.iter().find(is).map(|header| header.value.of(data))
    }

    /// The address of a header; that in angle brackets if there are some.
    pub fn address(&self, data: &[u8], name: &str) -> String {
        let value = self.value(data, name).unwrap_or_default();
        let inner = memchr::memrchr(b'<', value).and_then(|at| value.get(at + 1..));
        let inner = inner.and_then(|inner| inner.get(..memchr::memchr(b'>', inner)?));
        text::utf8(inner.unwrap_or(value).trim_ascii()).text.into_owned()
    }
}

/// Identifiers of the messages that a list of mails tells of.
pub fn ids(list: &[u8]) -> Vec<String> {
    let document = xml::parse(list);
    let inside = |parent: usize, name: &'static [u8]| {
        let document = &document;
        document.children(parent).filter(move |&at| document.name(list, Some(at)) == name)
    };
    let messages = inside(document.root(), b"M").filter_map(|message| inside(message, b"I").next());
    let contents = messages.filter_map(|at| document.nodes.get(at)).map(xml::Node::content);
    contents.map(|span| text::utf8(span.of(list).trim_ascii()).text.into_owned()).collect()
}

fn split(data: &[u8]) -> (Vec<Header>, Span) {
    let mut lines = Lines::new(data, Span::new(0, data.len()));
    let mut headers = Vec::new();
    while headers.len() < MAX_HEADERS {
        match lines.next() {
            Some(Line::Header(header)) => headers.push(header),
            Some(Line::Odd(_)) => {}
            _ => break,
        }
    }
    (headers, Span::new(lines.at().min(data.len()), data.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_decoded_whatever_stands_around_them() {
        let data = b"From: =?utf-8?B?YQ==?= <alice@example.com>\r\nTo: bob@example.com\nContent-Transfer-Encoding: base64\n\nb2ZmbGluZSBtZXNz\r\nYWdlIG9uZQ==\n";
        let mail = Mail::read(data);
        assert_eq!((mail.text.as_str(), mail.wrong), ("offline message one", false));
        assert_eq!(
            (mail.address(data, "from"), mail.address(data, "To")),
            ("alice@example.com".into(), "bob@example.com".into())
        );
        let inner = b"Content-Transfer-Encoding: base64\r\n\r\nTUlNRS1WZXJzaW9uOiAxLjANCg0KaGk=";
        assert_eq!(Mail::read(inner).text, "hi");
        let wrong = Mail::read(b"Content-Transfer-Encoding: base64\r\n\r\n#");
        assert!(wrong.wrong && wrong.text == "#");
        assert_eq!(Mail::read(b"A: b\r\n\r\nplain").text, "plain");
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(data: Vec<u8>) {
            let mail = Mail::read(&data);
            prop_assert!(mail.body.end <= data.len());
        }
    }
}
