// SPDX-License-Identifier: GPL-2.0-or-later
//! XML documents as a flat list of nodes with their places.
//!
//! Nothing is resolved here: names keep their prefixes, values their references, and entities declared in a document
//! stay what they are, so that a small document cannot become a large one.

mod recover;
mod time;

use crate::wire::{Span, work};
use quick_xml::{Reader, events::BytesStart, events::Event};
pub use recover::recover;
pub use time::time;

/// Most nodes and attributes of a document; what follows is not taken apart.
const MAX_NODES: usize = 20_000;

/// Deepest nesting.
const MAX_DEPTH: usize = 64;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An element.
    Element,
    /// Text, with references not yet decoded.
    Text,
    /// Text that stands between `<![CDATA[` and `]]>`.
    Data,
    /// Declaration, comment, instruction or document type.
    Markup,
}

/// An attribute of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Name with prefix.
    pub name: Span,
    /// What stands between the quotation marks.
    pub value: Span,
    /// All of it.
    pub whole: Span,
}

/// A node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Number of the element around it.
    pub parent: Option<usize>,
    /// Number of the first node that is not inside it.
    pub next: usize,
    /// Name of an element, with prefix.
    pub name: Span,
    /// The same without prefix.
    pub local: Span,
    /// Start tag of an element, all of any other node.
    pub start: Span,
    /// End tag; empty when there is none.
    pub end: Span,
    /// Numbers of its attributes.
    attributes: (usize, usize),
    /// Number of its first attribute called `n`.
    domain: Option<usize>,
}

impl Node {
    /// From the first byte of the start tag to the last of the end tag.
    pub fn whole(&self) -> Span {
        Span::new(self.start.start, self.end.end)
    }

    /// What stands between the tags.
    pub fn content(&self) -> Span {
        Span::new(self.start.end, self.end.start)
    }
}

/// A document, or as much of it as is well-formed.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// In document order.
    pub nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// Where it stops being well-formed, or too large.
    pub broken_at: Option<usize>,
}

impl Document {
    /// The attributes of a node.
    pub fn attributes(&self, node: &Node) -> &[Attribute] {
        self.attributes.get(node.attributes.0..node.attributes.1).unwrap_or_default()
    }

    /// Number of the outermost element; the first node's if there is none.
    pub fn root(&self) -> usize {
        self.nodes.iter().position(|node| node.kind == Kind::Element).unwrap_or(0)
    }

    /// Name without prefix of a node, empty for none.
    pub fn name<'d>(&self, data: &'d [u8], node: Option<usize>) -> &'d [u8] {
        node.and_then(|at| self.nodes.get(at)).map(|node| node.local.of(data)).unwrap_or_default()
    }

    /// The raw value of the attribute `n`, which names the domain of the accounts inside an element.
    pub fn domain(&self, node: usize) -> Option<Span> {
        let at = self.nodes.get(node)?.domain?;
        self.attributes.get(at).map(|one| one.value)
    }

    /// The raw value of the attribute called `name`.
    pub fn value(&self, data: &[u8], node: usize, name: &[u8]) -> Option<Span> {
        let node = self.nodes.get(node)?;
        self.attributes(node).iter().find(|one| one.name.of(data) == name).map(|one| one.value)
    }

    /// Whether the element has attributes.
    pub fn has_attributes(&self, node: &Node) -> bool {
        node.attributes.0 < node.attributes.1
    }

    /// Numbers of the elements directly inside an element.
    pub fn children(&self, parent: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes.get(parent).map_or(0, |node| node.next);
        let mut at = parent + 1;
        std::iter::from_fn(move || {
            while at < end {
                let here = at;
                let node = self.nodes.get(here)?;
                at = node.next.max(here + 1);
                if node.kind == Kind::Element {
                    return Some(here);
                }
            }
            None
        })
    }

    fn add(&mut self, kind: Kind, parent: Option<usize>, start: Span) -> usize {
        let at = self.nodes.len();
        let end = Span::new(start.end, start.end);
        let attributes = (self.attributes.len(), self.attributes.len());
        let (name, next) = (Span::default(), at + 1);
        self.nodes.push(Node { kind, parent, next, name, local: name, start, end, attributes, domain: None });
        at
    }

    /// Adds text, or lengthens the text just before: the reader splits at each reference.
    fn text(&mut self, parent: Option<usize>, place: Span) {
        match self.nodes.last_mut() {
            Some(last) if last.kind == Kind::Text && last.parent == parent && last.start.end == place.start => {
                last.start.end = place.end;
                last.end = Span::new(place.end, place.end);
            }
            _ => {
                self.add(Kind::Text, parent, place);
            }
        }
    }

    fn element(&mut self, data: &[u8], parent: Option<usize>, start: Span, tag: &BytesStart<'_>) -> Option<usize> {
        let at = self.add(Kind::Element, parent, start);
        let first = self.attributes.len();
        let mut domain = None;
        let mut sound = true;
        for attribute in tag.attributes().with_checks(false) {
            let Ok(attribute) = attribute else {
                sound = false;
                break;
            };
            let (name, value) = (place(data, attribute.key.as_ref()), place(data, &attribute.value));
            if value.end >= start.end || self.attributes.len() >= MAX_NODES {
                sound = false;
                break;
            }
            if domain.is_none() && name.of(data) == b"n" {
                domain = Some(self.attributes.len());
            }
            self.attributes.push(Attribute { name, value, whole: Span::new(name.start, value.end + 1) });
        }
        let last = self.attributes.len();
        if let Some(node) = self.nodes.get_mut(at) {
            node.name = place(data, tag.name().as_ref());
            let local = local(node.name.of(data)).len();
            node.local = Span::new(node.name.end - local, node.name.end);
            node.attributes = (first, last);
            node.domain = domain;
        }
        sound.then_some(at)
    }

    fn close(&mut self, at: usize, end: Span) {
        let next = self.nodes.len();
        if let Some(node) = self.nodes.get_mut(at) {
            node.end = end;
            node.next = next;
        }
    }
}

/// The part of a name behind its prefix.
pub fn local(name: &[u8]) -> &[u8] {
    work::done(name.len());
    match memchr::memrchr(b':', name) {
        Some(colon) => name.get(colon + 1..).unwrap_or_default(),
        None => name,
    }
}

fn place(data: &[u8], part: &[u8]) -> Span {
    let start = (part.as_ptr() as usize).saturating_sub(data.as_ptr() as usize).min(data.len());
    Span::new(start, (start + part.len()).min(data.len()))
}

/// Reads a document node by node, for those who need not all of it. Several roots, unknown prefixes and references are no
/// error.
pub struct Parser<'d> {
    data: &'d [u8],
    reader: Reader<&'d [u8]>,
    document: Document,
    open: Vec<usize>,
    at: usize,
}

impl<'d> Parser<'d> {
    /// Begins with a document.
    pub fn new(data: &'d [u8]) -> Self {
        let mut reader = Reader::from_reader(data);
        reader.config_mut().allow_dangling_amp = true;
        Parser { data, reader, document: Document::default(), open: Vec::new(), at: 0 }
    }

    /// What was read so far. The element that was read last is open yet, the text that was read last may go on.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Reads a tag, or a piece of text; returns whether there may be more.
    pub fn step(&mut self) -> bool {
        let event = self.reader.read_event();
        let end = (self.reader.buffer_position() as usize).min(self.data.len());
        let (data, document, at) = (self.data, &mut self.document, self.at);
        let here = Span::new(at, end);
        work::done(here.len());
        let parent = self.open.last().copied();
        if document.nodes.len() >= MAX_NODES || self.open.len() > MAX_DEPTH {
            document.broken_at = Some(at);
            return false;
        }
        match event {
            Ok(Event::Start(tag)) => match document.element(data, parent, here, &tag) {
                Some(node) => self.open.push(node),
                None => return document.drop_last(at),
            },
            Ok(Event::Empty(tag)) => {
                if document.element(data, parent, here, &tag).is_none() {
                    return document.drop_last(at);
                }
            }
            Ok(Event::End(_)) => {
                if let Some(node) = self.open.pop() {
                    document.close(node, here);
                }
            }
            Ok(Event::Text(_) | Event::GeneralRef(_)) => document.text(parent, here),
            Ok(Event::CData(_)) => {
                document.add(Kind::Data, parent, here);
            }
            Ok(Event::Eof) => {
                if !self.open.is_empty() {
                    document.broken_at = Some(data.len());
                }
                return false;
            }
            Ok(_) => {
                document.add(Kind::Markup, parent, here);
            }
            Err(_) => {
                document.broken_at = Some(at);
                return false;
            }
        }
        self.at = end;
        true
    }

    /// Ends the elements that are open.
    pub fn finish(mut self) -> Document {
        let end = self.document.broken_at.unwrap_or(self.data.len());
        while let Some(node) = self.open.pop() {
            self.document.close(node, Span::new(end, end));
        }
        self.document
    }
}

/// Takes a document apart, see [`Parser`].
pub fn parse(data: &[u8]) -> Document {
    let mut parser = Parser::new(data);
    while parser.step() {}
    parser.finish()
}

impl Document {
    /// Takes back an element whose tag, at this place, is not well-formed; there is no more.
    fn drop_last(&mut self, at: usize) -> bool {
        if let Some(node) = self.nodes.pop() {
            self.attributes.truncate(node.attributes.0);
        }
        self.broken_at = Some(at);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(document: &Document, data: &str) -> Vec<String> {
        let elements = document.nodes.iter().filter(|node| node.kind == Kind::Element);
        elements.map(|node| data[node.name.start..node.name.end].to_owned()).collect()
    }

    #[test]
    fn nodes_know_their_places() {
        let data = "<?xml version= \"1.0\"?><d n='example.com'><c n=\"bob\"/>a&amp;b &lt;</d>";
        let document = parse(data.as_bytes());
        assert_eq!(document.broken_at, None);
        assert_eq!(names(&document, data), ["d", "c"]);
        let d = &document.nodes[1];
        let text = |span: Span| &data[span.start..span.end];
        assert_eq!(text(d.start), "<d n='example.com'>");
        assert_eq!(text(d.end), "</d>");
        assert_eq!(text(d.content()), "<c n=\"bob\"/>a&amp;b &lt;");
        assert_eq!(text(document.attributes(d)[0].whole), "n='example.com'");
        assert_eq!(text(document.domain(2).unwrap()), "bob");
        assert_eq!((document.nodes[3].kind, text(document.nodes[3].start)), (Kind::Text, "a&amp;b &lt;"));
        assert_eq!((d.next, document.nodes[2].next, document.nodes[2].parent), (4, 3, Some(1)));
    }

    #[test]
    fn what_is_well_formed_is_kept() {
        let data = "<a><b>x</b><c d=></c></a>";
        let document = parse(data.as_bytes());
        assert_eq!(names(&document, data), ["a", "b"]);
        assert_eq!(document.broken_at, Some(11));
        assert_eq!(document.nodes[0].whole(), Span::new(0, 11));
        assert_eq!(parse(b"<a><b></a>").broken_at, Some(6));
        assert_eq!(parse(b"<a>").broken_at, Some(3));
        assert_eq!(parse(b"</a>").broken_at, Some(0));
    }

    #[test]
    fn several_roots_prefixes_and_stray_signs_are_no_error() {
        for data in ["<PHONE pri=\"1\"/><TEXT>a & b</TEXT>", "<x:a y:b='1'/>", "<a>&nbsp;</a>", "plain", ""] {
            assert_eq!(parse(data.as_bytes()).broken_at, None, "{data}");
        }
    }

    #[test]
    fn depth_and_number_are_bounded() {
        assert!(parse("<a>".repeat(1000).as_bytes()).nodes.len() <= MAX_DEPTH + 2);
        assert!(parse("<a/>".repeat(MAX_NODES * 2).as_bytes()).nodes.len() <= MAX_NODES);
        let many = format!("<a {}/>", "b='' ".repeat(MAX_NODES * 2));
        assert!(parse(many.as_bytes()).broken_at.is_some());
    }

    proptest! {
        #[test]
        fn places_are_nested(data in "(<[a-c/!?]|[a-c=\"'/<>& ;]|<a>|</a>|<b c='d'/>|&lt;|<!--|-->|\\]\\]>){0,40}") {
            let document = parse(data.as_bytes());
            for (at, node) in document.nodes.iter().enumerate() {
                let whole = node.whole();
                prop_assert!(whole.end <= data.len() && node.next > at && node.next <= document.nodes.len());
                prop_assert!(node.start.end <= node.end.start);
                if let Some(parent) = node.parent {
                    let content = document.nodes[parent].content();
                    prop_assert!(parent < at && content.start <= whole.start && whole.end <= content.end);
                }
                for one in document.attributes(node) {
                    prop_assert!(node.start.start < one.whole.start && one.whole.end <= node.start.end);
                }
            }
        }

        #[test]
        fn any_bytes_can_be_parsed(data in prop::collection::vec(any::<u8>(), 0..80)) {
            let document = parse(&data);
            prop_assert!(document.nodes.iter().all(|node| node.whole().end <= data.len()));
        }
    }
}
