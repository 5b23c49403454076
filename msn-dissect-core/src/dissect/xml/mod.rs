// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows XML documents: every element, attribute and text, those with a meaning as fields of their own.

mod table;
mod value;

use crate::{
    fields::{Expert, command as f, xml as x},
    item::{Handoff, Span, Tree},
    text,
    view::View,
    xml::{Attribute, Document, Kind, Node, local, parse},
};
use table::Rule;
pub(crate) use value::time;

/// Most documents inside one another.
const MAX_NESTING: u8 = 4;

/// Shows the document in `span` of `data`, and hands it to Wireshark's own dissector for those who want to see it
/// whole. Does nothing when the tree is not wanted.
pub(crate) fn document(tree: &mut Tree, data: &[u8], span: Span) {
    if tree.wanted() && !span.is_empty() {
        let view = View::new(data, span);
        let document = parse(view.bytes());
        Walk { tree, view: &view, document: &document, nesting: 0 }.show();
        // Of a malformed one that dissector could only say the same.
        if document.broken_at.is_none() {
            hand_over(tree, span);
        }
    }
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
}

impl Walk<'_> {
    fn data(&self) -> &[u8] {
        self.view.bytes()
    }

    fn shown(&self, span: Span) -> String {
        text::utf8(span.of(self.data())).text.into_owned()
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
                    let shown = self.shown(node.start);
                    self.tree.text(x::XML_MARKUP, self.view.span(node.start), &shown);
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

    /// What is not well-formed stays as it is.
    fn rest(&mut self, span: Span) {
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

    fn rule(&self, node: &Node) -> Option<&'static Rule> {
        table::element(self.around(node), local(node.name.of(self.data())))
    }

    /// An element that is one line: it has a field, no attributes, and nothing inside but text.
    fn is_leaf(&self, at: usize, node: &Node) -> bool {
        let inside = self.document.nodes.get(at + 1..node.next).unwrap_or_default();
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
            let shown = self.shown(span);
            let handle = self.tree.text(x::XML_TAG, self.view.span(span), &shown);
            self.tree.hidden(handle);
        }
    }

    fn start(&mut self, node: &Node) {
        let name = self.shown(node.name);
        let handle = self.tree.text(x::XML_ELEMENT, self.view.span(node.whole()), &name);
        if let Some(Rule::Group(what)) = self.rule(node) {
            self.tree.note(handle, what);
        }
        self.tree.open(handle);
        self.tag(node.start);
        let document = self.document;
        for attribute in document.attributes(node) {
            self.attribute(node, attribute);
        }
    }

    fn end(&mut self, node: &Node) {
        self.tag(node.end);
        self.tree.close();
    }

    fn attribute(&mut self, node: &Node, attribute: &Attribute) {
        let element = local(node.name.of(self.data()));
        let rule = table::attribute(self.around(node), element, attribute.name.of(self.data()));
        match rule {
            Some(rule) => self.value(rule, attribute.whole, attribute.value, node.parent),
            None => self.plain_attribute(attribute.whole),
        }
    }

    fn plain_attribute(&mut self, whole: Span) {
        let shown = self.shown(whole);
        self.tree.text(x::XML_ATTRIBUTE, self.view.span(whole), &shown);
    }

    fn text(&mut self, node: &Node) {
        if node.start.of(self.data()).iter().all(u8::is_ascii_whitespace) {
            let shown = self.shown(node.start);
            let handle = self.tree.text(x::XML_MARKUP, self.view.span(node.start), &shown);
            self.tree.hidden(handle);
            return;
        }
        let around = node.parent.and_then(|at| self.document.nodes.get(at));
        match around.and_then(|around| self.rule(around)) {
            None | Some(Rule::Group(_)) => {
                let shown = self.decoded(unwrap_data(self.data(), node.start));
                self.tree.text(x::XML_TEXT, self.view.span(node.start), &shown);
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
            let document = parse(view.bytes());
            Walk { tree: self.tree, view, document: &document, nesting: self.nesting + 1 }.show();
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
