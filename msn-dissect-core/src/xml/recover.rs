// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads documents on behind what is not well-formed: unescaped signs in names, end tags that are missing or that end
//! nothing. Own code because XML readers end at the first error.

use super::{Attribute, Document, Kind, MAX_DEPTH, local};
use crate::wire::Span;
use memchr::{memchr, memchr_iter, memmem};

/// Most attributes of a document.
const MAX_ATTRIBUTES: usize = 50_000;

/// Takes a document apart into at most `max` nodes. [`Document::broken_at`] is the first place that is not well-formed,
/// or where taking apart ended; `true` says that it ended there.
pub fn recover(data: &[u8], max: usize) -> (Document, bool) {
    let mut reader = Recovering { data, document: Document::default(), open: Vec::new() };
    let mut at = 0;
    while at < data.len() {
        if reader.document.nodes.len() >= max || reader.document.attributes.len() >= MAX_ATTRIBUTES {
            reader.broken(at);
            break;
        }
        match reader.step(at) {
            Some(end) => at = end.max(at + 1),
            None => {
                reader.broken(at);
                break;
            }
        }
    }
    let stopped = at < data.len();
    if !reader.open.is_empty() {
        reader.broken(at);
    }
    let end = at.min(data.len());
    while let Some(node) = reader.open.pop() {
        reader.document.close(node, Span::new(end, end));
    }
    (reader.document, stopped)
}

struct Recovering<'a> {
    data: &'a [u8],
    document: Document,
    open: Vec<usize>,
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-' | b'.') || byte >= 0x80
}

impl Recovering<'_> {
    fn broken(&mut self, at: usize) {
        self.document.broken_at.get_or_insert(at);
    }

    fn rest(&self, at: usize) -> &[u8] {
        self.data.get(at..).unwrap_or_default()
    }

    /// Place behind the next `mark`, or the end of the data.
    fn behind(&mut self, at: usize, mark: &[u8]) -> usize {
        match memmem::find(self.rest(at), mark) {
            Some(found) => at + found + mark.len(),
            None => {
                self.broken(at);
                self.data.len()
            }
        }
    }

    /// Reads one node; gives the place behind it, or nothing when elements are nested too deep.
    fn step(&mut self, at: usize) -> Option<usize> {
        let parent = self.open.last().copied();
        let rest = self.rest(at);
        let (kind, end) = if rest.starts_with(b"<![CDATA[") {
            (Kind::Data, self.behind(at, b"]]>"))
        } else if rest.starts_with(b"<!--") {
            (Kind::Markup, self.behind(at, b"-->"))
        } else if rest.starts_with(b"<!") || rest.starts_with(b"<?") {
            (Kind::Markup, self.behind(at, b">"))
        } else if rest.starts_with(b"</") {
            return Some(self.end_tag(at, parent));
        } else if rest.starts_with(b"<") {
            match self.tag(at) {
                Some(end) => return self.start_tag(Span::new(at, end), parent).then_some(end),
                None => {
                    self.broken(at);
                    (Kind::Text, at + 1)
                }
            }
        } else {
            let len = memchr(b'<', rest).unwrap_or(rest.len());
            if let Some(stray) = stray_sign(rest.get(..len).unwrap_or_default()) {
                self.broken(at + stray);
            }
            (Kind::Text, at + len)
        };
        let span = Span::new(at, end);
        match kind {
            Kind::Text => self.document.text(parent, span),
            _ => {
                self.document.add(kind, parent, span);
            }
        }
        Some(end)
    }

    /// Place behind a start tag; nothing if the sign begins none.
    fn tag(&self, at: usize) -> Option<usize> {
        let rest = self.rest(at + 1);
        let first = *rest.first()?;
        if !(first.is_ascii_alphabetic() || first == b'_' || first >= 0x80) {
            return None;
        }
        let name = rest.iter().position(|&byte| !is_name(byte))?;
        let mut quote = None;
        for (place, &byte) in rest.iter().enumerate().skip(name) {
            match (byte, quote) {
                // It must not stand in values either, so a tag without end costs no more than up to the next one.
                (b'<', _) => return None,
                (b'"' | b'\'', None) => quote = Some(byte),
                (_, Some(open)) if byte == open => quote = None,
                (b'>', None) => {
                    let inside = rest.get(name..place)?;
                    let sound = inside.is_empty()
                        || inside.first().is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/');
                    return sound.then_some(at + 1 + place + 1);
                }
                _ => {}
            }
        }
        None
    }

    fn start_tag(&mut self, span: Span, parent: Option<usize>) -> bool {
        if self.open.len() > MAX_DEPTH {
            return false;
        }
        let tag = span.of(self.data);
        let name = 1 + tag.iter().skip(1).position(|&byte| !is_name(byte)).unwrap_or(0);
        let node = self.document.add(Kind::Element, parent, span);
        let first = self.document.attributes.len();
        let closes = tag.ends_with(b"/>");
        let mut at = name;
        while self.document.attributes.len() < MAX_ATTRIBUTES {
            let Some(attribute) = attribute(tag, &mut at) else { break };
            let shift = |part: Span| Span::new(part.start + span.start, part.end + span.start);
            let Attribute { name, value, whole } = attribute;
            self.document.attributes.push(Attribute { name: shift(name), value: shift(value), whole: shift(whole) });
        }
        let last = self.document.attributes.len();
        let domain = (first..last)
            .find(|&at| self.document.attributes.get(at).is_some_and(|attribute| attribute.name.of(self.data) == b"n"));
        if let Some(node) = self.document.nodes.get_mut(node) {
            node.name = Span::new(span.start + 1, span.start + name);
            let local = local(node.name.of(self.data)).len();
            node.local = Span::new(node.name.end - local, node.name.end);
            node.attributes = (first, last);
            node.domain = domain;
        }
        if !closes {
            self.open.push(node);
        }
        true
    }

    /// Ends the innermost element of that name, and those inside it that were not ended.
    fn end_tag(&mut self, at: usize, parent: Option<usize>) -> usize {
        let rest = self.rest(at + 2);
        let len = rest.iter().position(|&byte| !is_name(byte)).unwrap_or(rest.len());
        let name = Span::new(at + 2, at + 2 + len).of(self.data);
        let blank = self.rest(at + 2 + len).iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let close = at + 2 + len + blank;
        let known = |&node: &usize| self.document.nodes.get(node).is_some_and(|node| node.name.of(self.data) == name);
        let found = self.open.iter().rposition(known).filter(|_| len > 0 && self.data.get(close) == Some(&b'>'));
        let Some(found) = found else {
            self.broken(at);
            self.document.text(parent, Span::new(at, at + 2));
            return at + 2;
        };
        if found + 1 < self.open.len() {
            self.broken(at);
        }
        while self.open.len() > found {
            let Some(node) = self.open.pop() else { break };
            let end = if self.open.len() == found { close + 1 } else { at };
            self.document.close(node, Span::new(at, end));
        }
        close + 1
    }
}

/// Place of the first sign of a reference with which none begins.
fn stray_sign(text: &[u8]) -> Option<usize> {
    memchr_iter(b'&', text).find(|&at| {
        let rest = text.get(at + 1..).unwrap_or_default();
        let name = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
        name == 0 || rest.get(name) != Some(&b';')
    })
}

/// The next `name = "value"` of a tag, from `at` on.
fn attribute(tag: &[u8], at: &mut usize) -> Option<Attribute> {
    let rest = tag.get(*at..)?;
    let start = *at + rest.iter().position(|&byte| is_name(byte))?;
    let len = tag.get(start..)?.iter().position(|&byte| !is_name(byte))?;
    let name = Span::new(start, start + len);
    let behind = tag.get(name.end..)?;
    let equals = behind.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if behind.get(equals) != Some(&b'=') {
        return None;
    }
    let quote = name.end + equals + 1;
    let quote = quote + tag.get(quote..)?.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let mark = *tag.get(quote)?;
    if !matches!(mark, b'"' | b'\'') {
        return None;
    }
    let end = quote + 1 + memchr(mark, tag.get(quote + 1..)?)?;
    *at = end + 1;
    Some(Attribute { name, value: Span::new(quote + 1, end), whole: Span::new(start, end + 1) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse;
    use proptest::prelude::*;

    fn text_of(data: &str, name: &str) -> String {
        let (document, _) = recover(data.as_bytes(), 1000);
        let at = (0..document.nodes.len()).find(|&at| document.name(data.as_bytes(), Some(at)) == name.as_bytes());
        String::from_utf8_lossy(document.nodes[at.unwrap()].content().of(data.as_bytes())).into_owned()
    }

    #[test]
    fn what_is_not_well_formed_is_read_on() {
        let data = "<a><name>x < y & <z></name><next>2</next></a>";
        assert_eq!(text_of(data, "name"), "x < y & <z>");
        assert_eq!(text_of(data, "next"), "2");
        assert!(recover(data.as_bytes(), 1000).0.broken_at.is_some());
        for (data, broken) in [("<a>x & y</a>", Some(5)), ("<a>&amp;&#38;</a>", None), ("<a>&lt</a>", Some(3))] {
            assert_eq!(recover(data.as_bytes(), 1000).0.broken_at, broken, "{data}");
        }
        assert_eq!(text_of("<a><b>1<c>2</c></a>", "c"), "2");
        assert_eq!(text_of("<a></x><b>1</b></a>", "b"), "1");
        assert_eq!(text_of("<a><b c='d", "a"), "<b c='d");
    }

    #[test]
    fn bounds_are_kept() {
        let deep = "<a>".repeat(5000);
        let (document, stopped) = recover(deep.as_bytes(), 1000);
        assert!(stopped && document.nodes.len() <= MAX_DEPTH + 2);
        let (document, stopped) = recover("<a/>".repeat(5000).as_bytes(), 1000);
        assert!(stopped && document.nodes.len() == 1000);
        let quotes = "<a b=\"".repeat(200_000);
        assert!(recover(quotes.as_bytes(), 1_000_000).0.broken_at == Some(0));
    }

    proptest! {
        #[test]
        fn well_formed_documents_are_read_alike(data in "<a>(<b c='d'>(&amp;|[a-z ;]){0,5}</b>|<e/>|<!-- x -->|<\\?x y\\?>|[a-z\n ]{1,4}){0,9}</a>") {
            let (document, stopped) = recover(data.as_bytes(), 1000);
            let library = parse(data.as_bytes());
            prop_assert!(!stopped && document.broken_at.is_none() && library.broken_at.is_none());
            prop_assert_eq!(&document.nodes, &library.nodes);
        }

        #[test]
        fn any_bytes_can_be_read(data in "(<[a-c/!?]|[a-c=\"'/<>& ;]|<a>|</a>|<b c='d'/>|&lt;|<!--|-->|\\]\\]>){0,40}") {
            let (document, _) = recover(data.as_bytes(), 1000);
            for (at, node) in document.nodes.iter().enumerate() {
                prop_assert!(node.whole().end <= data.len() && node.next > at && node.next <= document.nodes.len());
                prop_assert!(node.start.end <= node.end.start);
                if let Some(parent) = node.parent {
                    let content = document.nodes[parent].content();
                    prop_assert!(parent < at && content.start <= node.whole().start && node.whole().end <= content.end);
                }
            }
        }
    }
}
