// SPDX-License-Identifier: GPL-2.0-or-later
//! The elements of a body, each with its attributes and values.

use super::{
    rules::{self, Rule},
    values::Values,
};
use crate::{
    dissect::walk::Show,
    fields::soap as s,
    session::soap::Note,
    soap::Unit,
    text,
    wire::Span,
    xml::{Attribute, Kind, Node},
};

/// Most characters of a title, and most elements that are looked through for one.
const MAX_TITLE: usize = 64;
const MAX_LOOK: usize = 200;

/// Shows a body.
pub(super) fn body(show: &mut Show<'_>, unit: &Unit<'_>, note: &Note) {
    let Some(message) = &unit.message else {
        if !unit.data.is_empty() {
            show.out.tree.bytes(s::BROKEN, Span::new(0, unit.data.len()));
        }
        return;
    };
    let mut open: Vec<usize> = Vec::new();
    let nodes = &message.document.nodes;
    let mut at = 0;
    while let Some(node) = nodes.get(at) {
        while open.last().is_some_and(|&next| next <= at) {
            open.pop();
            show.out.tree.close();
        }
        let mut walk = Walk(Values { show: &mut *show, message, note });
        at = match node.kind {
            Kind::Element if walk.is_leaf(at, node) => {
                walk.leaf(at, node);
                node.next
            }
            Kind::Element => {
                walk.start(at, node);
                open.push(node.next);
                at + 1
            }
            Kind::Text | Kind::Data => {
                walk.text(node);
                at + 1
            }
            Kind::Markup => at + 1,
        };
    }
    for _ in open {
        show.out.tree.close();
    }
    if let Some(broken) = message.document.broken_at.filter(|_| message.stopped) {
        show.out.tree.bytes(s::BROKEN, Span::new(broken, unit.data.len()));
    }
}

/// Walks through the elements of a message.
struct Walk<'w, 'a, 'd>(Values<'w, 'a, 'd>);

impl Walk<'_, '_, '_> {
    fn around(&self, node: &Node) -> &[u8] {
        self.0.message.document.name(self.0.message.data, node.parent)
    }

    fn rule(&self, at: usize, node: &Node) -> Option<&'static Rule> {
        let document = &self.0.message.document;
        let name = self.0.message.name(at);
        let around = node.parent.and_then(|parent| document.nodes.get(parent));
        let further = around.map_or(&[][..], |around| self.around(around));
        rules::element(further, self.around(node), name).or_else(|| {
            let told = document.value(self.0.message.data, at, b"Name")?;
            rules::property(name, told.of(self.0.message.data))
        })
    }

    /// An element that is one line: it has no attributes, and nothing inside but text; or its rule deals with all inside.
    fn is_leaf(&self, at: usize, node: &Node) -> bool {
        let document = &self.0.message.document;
        let inside = document.nodes.get(at + 1..node.next).unwrap_or_default();
        let plain = inside.iter().all(|node| matches!(node.kind, Kind::Text | Kind::Data));
        match self.rule(at, node) {
            Some(Rule::MailData) => true,
            // Signs that were not escaped look like elements that nothing ends.
            Some(_) if document.broken_at.is_some() => {
                inside.iter().all(|node| node.kind != Kind::Element || node.end.is_empty())
            }
            Some(_) => plain,
            None => plain && !document.has_attributes(node),
        }
    }

    fn start(&mut self, at: usize, node: &Node) {
        let name = self.0.message.name(at);
        let title = self.title(at, name);
        let handle = self.0.show.out.tree.wire(s::ELEMENT, node.whole(), name);
        if let Some(title) = title {
            self.0.show.out.tree.note(handle, &title);
        }
        self.0.show.out.tree.open(handle);
        self.attributes(name, node);
    }

    fn attributes(&mut self, name: &[u8], node: &Node) {
        let message = self.0.message;
        for attribute in message.document.attributes(node) {
            let own = attribute.name.of(message.data);
            if own == b"xmlns" || own.starts_with(b"xmlns:") {
                continue;
            }
            let rule = rules::attribute(name, crate::xml::local(own)).or_else(|| rules::attribute(name, own));
            self.attribute(rule, attribute);
        }
    }

    fn attribute(&mut self, rule: Option<&'static Rule>, attribute: &Attribute) {
        let name = text::utf8(attribute.name.of(self.0.message.data)).text.into_owned();
        self.0.value(rule, attribute.whole, attribute.value, &name, None);
    }

    /// What tells an element from others of its kind.
    fn title(&self, at: usize, name: &[u8]) -> Option<String> {
        let names = rules::TITLES.iter().find(|row| row.0.as_bytes() == name)?.1;
        let end = self.0.message.document.nodes.get(at)?.next.min(at + MAX_LOOK);
        let found = names.iter().find_map(|name| {
            let is = |&inside: &usize| self.0.message.is(inside, name.as_bytes());
            let text = self.0.message.text((at + 1..end).find(is)?);
            Some(text).filter(|text| !text.is_empty())
        })?;
        let mut title = String::new();
        text::push_line(&mut title, &found, MAX_TITLE);
        Some(title)
    }

    fn leaf(&mut self, at: usize, node: &Node) {
        let name = text::utf8(self.0.message.name(at)).text.into_owned();
        let content = self.0.message.content(at);
        self.0.value(self.rule(at, node), node.whole(), content, &name, Some(at));
        if self.0.message.document.has_attributes(node) {
            self.attributes(self.0.message.name(at), node);
        }
    }

    /// Text beside elements.
    fn text(&mut self, node: &Node) {
        let bytes = node.start.of(self.0.message.data);
        if !bytes.iter().all(u8::is_ascii_whitespace) {
            self.0.show.out.tree.wire(s::VALUE, node.start, bytes.trim_ascii());
        }
    }
}
