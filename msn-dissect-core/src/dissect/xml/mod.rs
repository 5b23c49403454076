// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows XML documents: every element, attribute and text, those with a meaning as fields of their own.

mod encoding;
mod first;
mod table;
mod value;
mod values;

use encoding_rs::Encoding;

use crate::{
    fields::{Expert, Field, command as f, mime, xml as x},
    item::{Handle, Handoff, Tree},
    text,
    view::View,
    wire::Span,
    xml::{Attribute, Document, Kind, Node, parse, recover},
};
pub(crate) use encoding::is_document;
pub(crate) use first::{count, text_of};
use table::Rule;
pub(crate) use value::sip;
pub(crate) use values::Values;

/// Attributes by which elements are told apart, the best first.
const TITLES: [&str; 7] = ["n", "name", "type", "opcode", "id", "epid", "hr"];

/// Most characters of a title.
const MAX_TITLE: usize = 64;

/// Most nodes of a document that is not well-formed.
const MAX_NODES: usize = 20_000;

/// Most documents inside one another.
const MAX_NESTING: u8 = 4;

/// Shows the document in `span` of `data`, and hands it to Wireshark's own dissector for those who want to see it
/// whole. Does nothing when the tree is not wanted.
///
/// `charset` is the declared character set, if there is a place outside of the document that declares it.
pub(crate) fn document(tree: &mut Tree, data: &[u8], span: Span, charset: Option<&[u8]>) {
    if tree.wanted() && !span.is_empty() {
        opened(tree, data, span, charset, 0);
    }
}

/// Shows a document that begins and ends with its bytes.
fn opened(tree: &mut Tree, data: &[u8], span: Span, charset: Option<&[u8]>, nesting: u8) {
    let Some((view, conversion)) = converted(data, span, charset) else {
        if show(tree, &View::new(data, span), nesting) {
            hand_over(tree, span);
        }
        return;
    };
    let Conversion { encoding, mark, sound } = conversion;
    let handle = tree.text(x::XML_ENCODING, Span::new(span.start, span.start + mark), encoding.name());
    if mark == 0 {
        tree.generated(handle);
    }
    if !sound {
        tree.expert(mime::WRONG_CHARACTERS);
    }
    if show(tree, &view, nesting) {
        let place = tree.enter_source(view.bytes(), "MSN XML document in UTF-8");
        hand_over(tree, Span::new(0, view.bytes().len()));
        tree.leave_source(place);
    }
}

/// How a document came to be UTF-8.
struct Conversion {
    encoding: &'static Encoding,
    /// Bytes of its byte order mark.
    mark: usize,
    /// All of its bytes are characters.
    sound: bool,
}

/// A document that is not UTF-8, as UTF-8; `None` for the others.
fn converted(data: &[u8], span: Span, charset: Option<&[u8]>) -> Option<(View<'static>, Conversion)> {
    let (encoding, mark) = encoding::of(span.of(data), charset)?;
    let (view, sound) = View::converted(data, Span::new(span.start + mark, span.end), encoding);
    Some((view, Conversion { encoding, mark, sound }))
}

/// Shows what a document says; returns whether it is well-formed.
fn show(tree: &mut Tree, view: &View<'_>, nesting: u8) -> bool {
    let document = parse(view.bytes());
    let sound = document.broken_at.is_none();
    // Clients read on behind what is not well-formed, and so does this. Of what is cut short the rest is not there.
    let (document, stopped) =
        if sound || tree.is_cut() { (document, !sound) } else { recover(view.bytes(), MAX_NODES) };
    let read_on = !sound && !stopped;
    Walk { tree, view, document: &document, nesting, read_on, domain: None, hashed: None }.show();
    // Of a malformed one Wireshark's own dissector could only say the same.
    sound
}

/// Offers the whole document in the form that other tools show it in.
fn hand_over(tree: &mut Tree, span: Span) {
    let handle = tree.label(span, "XML document");
    tree.open(handle);
    tree.handoff(span, Handoff::Name, "xml");
    tree.close();
}

/// The walk through one document.
struct Walk<'w> {
    tree: &'w mut Tree,
    view: &'w View<'w>,
    document: &'w Document,
    nesting: u8,
    /// The document is not well-formed and was read on all the same.
    read_on: bool,
    /// The domain that an element gives to those inside it, of the element that was asked for last.
    domain: Option<(usize, Option<String>)>,
    /// The MD5 of what an element holds, in hexadecimal, by the place of the element; `None` where it was not made.
    hashed: Option<(usize, Option<String>)>,
}

impl Walk<'_> {
    fn data(&self) -> &[u8] {
        self.view.bytes()
    }

    /// Shows bytes of the document as the value of what stands in `whole`.
    fn wire(&mut self, field: Field, span: Span, whole: Span) -> Handle {
        let view = self.view;
        self.tree.wire(field, view.span(whole), span.of(view.bytes()))
    }

    /// Shows all nodes, then what is not well-formed.
    fn show(&mut self) {
        let document = self.document;
        let mut open: Vec<&Node> = Vec::new();
        let mut at = 0;
        while let Some(node) = document.nodes.get(at) {
            while let Some(&last) = open.last().filter(|last| last.next <= at) {
                self.end(last);
                open.pop();
            }
            at += 1;
            match node.kind {
                Kind::Element if self.is_leaf(at - 1, node) => {
                    self.leaf(node);
                    at = node.next;
                }
                Kind::Element => {
                    self.start(node);
                    open.push(node);
                }
                Kind::Text | Kind::Data => self.text(node),
                Kind::Markup => {
                    self.wire(x::XML_MARKUP, node.start, node.start);
                }
            }
        }
        while let Some(node) = open.pop() {
            self.end(node);
        }
        if let Some(broken) = document.broken_at {
            self.rest(Span::new(broken, self.data().len()));
        }
    }

    /// What is not well-formed stays as it is, unless it was read on.
    fn rest(&mut self, span: Span) {
        if self.read_on {
            let place = self.view.span(Span::new(span.start, (span.start + 1).min(span.end)));
            self.tree.label(place, "Not well-formed here");
            let message = format!("XML document is not well-formed at byte {}; read on behind it", span.start);
            return self.tree.expert_text(x::XML_MALFORMED, &message);
        }
        let place = self.view.span(span);
        if !place.is_empty() {
            self.tree.bytes(f::PAYLOAD, place);
        }
        let message = match span.is_empty() {
            true => "XML document ends before its elements do".to_owned(),
            false => format!("XML document is malformed from byte {} on", span.start),
        };
        self.tree.expert_text(x::XML_MALFORMED, &message);
    }

    fn around(&self, node: &Node) -> &[u8] {
        self.document.name(self.view.bytes(), node.parent)
    }

    /// Name without prefix.
    fn local_name(&self, node: &Node) -> &[u8] {
        node.local.of(self.view.bytes())
    }

    fn rule(&self, node: &Node) -> Option<&'static Rule> {
        table::element(self.around(node), self.local_name(node))
    }

    /// An element that is one line: it has a field, no attributes, and nothing inside but text.
    fn is_leaf(&self, at: usize, node: &Node) -> bool {
        let inside = self.document.nodes.get(at + 1..node.next).unwrap_or_default();
        // Signs that should have been escaped look like elements: a value is all that stands in its own.
        let unknown = |node: &Node| node.kind != Kind::Element || self.rule(node).is_none();
        if self.read_on && !node.end.is_empty() && inside.iter().all(unknown) && !self.document.has_attributes(node) {
            return matches!(self.rule(node), Some(Rule::Text(_) | Rule::Code(..)));
        }
        !self.document.has_attributes(node)
            && inside.len() <= 1
            && inside.iter().all(|node| matches!(node.kind, Kind::Text | Kind::Data))
            && !matches!(self.rule(node), None | Some(Rule::Group(_)))
    }

    fn leaf(&mut self, node: &Node) {
        if let Some(rule) = self.rule(node) {
            let content = unwrap_data(self.data(), node.content());
            self.value(rule, node.whole(), content, None);
            // A value that is opened further leaves the tags uncovered.
            if matches!(rule, Rule::Object(_) | Rule::Media | Rule::Document(_))
                || matches!(rule, Rule::Base64Document(_) | Rule::Base64Sip(_) | Rule::Colour)
            {
                self.tag(node.start);
                self.tag(node.end);
            }
        }
    }

    fn tag(&mut self, span: Span) {
        if !span.is_empty() {
            let handle = self.wire(x::XML_TAG, span, span);
            self.tree.hidden(handle);
        }
    }

    fn start(&mut self, node: &Node) {
        let handle = self.wire(x::XML_ELEMENT, node.name, node.whole());
        match (self.rule(node), self.title(node)) {
            (Some(Rule::Group(what)), Some(title)) => self.tree.note(handle, &format!("{what} {title}")),
            (Some(Rule::Group(what)), None) => self.tree.note(handle, what),
            (_, Some(title)) => self.tree.note(handle, &title),
            _ => handle,
        };
        self.tree.open(handle);
        self.tag(node.start);
        let document = self.document;
        for attribute in document.attributes(node) {
            self.attribute(node, attribute);
        }
    }

    /// What tells an element from others of its kind.
    fn title(&mut self, node: &Node) -> Option<String> {
        let document = self.document;
        let attributes = document.attributes(node);
        let named = |name: &&str| attributes.iter().find(|one| one.name.of(self.data()) == name.as_bytes());
        let found = TITLES.iter().find_map(named).filter(|one| !one.value.is_empty())?;
        let rule = table::attribute(self.around(node), self.local_name(node), found.name.of(self.data()));
        let value = self.decoded(found.value);
        let mut title = match rule {
            Some(Rule::Local) => self.account(&value, node.parent).text,
            _ => value,
        };
        if let Some((end, _)) = title.char_indices().nth(MAX_TITLE) {
            title.truncate(end);
            title.push('…');
        }
        Some(title)
    }

    fn end(&mut self, node: &Node) {
        self.tag(node.end);
        self.tree.close();
    }

    fn attribute(&mut self, node: &Node, attribute: &Attribute) {
        let rule = table::attribute(self.around(node), self.local_name(node), attribute.name.of(self.data()));
        match rule {
            Some(rule) => {
                self.value(rule, attribute.whole, attribute.value, node.parent);
                if matches!(rule, Rule::Checksum(_)) {
                    self.checksum(node, attribute);
                }
            }
            None => self.plain_attribute(attribute.whole),
        }
    }

    fn plain_attribute(&mut self, whole: Span) {
        self.wire(x::XML_ATTRIBUTE, whole, whole);
    }

    fn text(&mut self, node: &Node) {
        if node.start.of(self.data()).iter().all(u8::is_ascii_whitespace) {
            let handle = self.wire(x::XML_MARKUP, node.start, node.start);
            self.tree.hidden(handle);
            return;
        }
        let around = node.parent.and_then(|at| self.document.nodes.get(at));
        match around.and_then(|around| self.rule(around)) {
            None | Some(Rule::Group(_)) => {
                let part = self.view.part(unwrap_data(self.data(), node.start));
                self.tree.checked_wire(x::XML_TEXT, self.view.span(node.start), part.xml().bytes());
                if node.parent.is_none() && self.nesting == 0 {
                    self.tree.expert_text(x::XML_MALFORMED, "Text that stands in no element");
                }
            }
            Some(rule) => {
                let content = unwrap_data(self.data(), node.start);
                self.value(rule, node.start, content, None);
            }
        }
    }

    /// Text with references decoded.
    fn decoded(&self, span: Span) -> String {
        let part = self.view.part(span);
        let plain = part.xml();
        text::utf8(plain.bytes()).text.into_owned()
    }

    /// Shows a document that stands inside this one.
    fn nested(&mut self, view: &View<'_>) {
        if self.nesting < MAX_NESTING {
            show(self.tree, view, self.nesting + 1);
        }
    }

    fn expert(&mut self, expert: Expert) {
        self.tree.expert(expert);
    }
}

/// What stands inside a CDATA section.
fn unwrap_data(data: &[u8], span: Span) -> Span {
    let (before, behind) = (b"<![CDATA[", b"]]>");
    let text = span.of(data);
    if text.starts_with(before) && text.ends_with(behind) && text.len() >= before.len() + behind.len() {
        return Span::new(span.start + before.len(), span.end - behind.len());
    }
    span
}

#[cfg(test)]
mod tests;
