// SPDX-License-Identifier: GPL-2.0-or-later
//! What learning asks of a document: single values, read by the reader that the tree is read by.

use super::{converted, unwrap_data};
use crate::{
    text,
    view::View,
    wire::Span,
    xml::{Document, Kind, parse},
};

/// A document to ask.
pub(crate) struct Values<'d> {
    view: View<'d>,
    document: Document,
}

impl<'d> Values<'d> {
    /// Reads the document in `span` of `data`.
    pub fn read(data: &'d [u8], span: Span) -> Self {
        let view = converted(data, span, None).map_or_else(|| View::new(data, span), |found| found.0);
        Values { document: parse(view.bytes()), view }
    }

    /// Numbers of the elements with this name.
    fn named(&self, name: &str) -> impl Iterator<Item = usize> {
        let bytes = self.view.bytes();
        let nodes = self.document.nodes.iter().enumerate();
        let is = move |(_, node): &(usize, &crate::xml::Node)| {
            node.kind == Kind::Element && node.local.of(bytes) == name.as_bytes()
        };
        nodes.filter(is).map(|(at, _)| at)
    }

    fn decoded(&self, span: Span) -> String {
        text::utf8(self.view.part(span).xml().bytes()).text.into_owned()
    }

    /// The text of the first element with this name that has any.
    pub fn text(&self, name: &str) -> Option<String> {
        self.named(name).find_map(|at| {
            let inside = self.document.nodes.get(at + 1).filter(|node| node.parent == Some(at));
            let text = inside.filter(|node| matches!(node.kind, Kind::Text | Kind::Data))?;
            Some(self.decoded(unwrap_data(self.view.bytes(), text.start)))
        })
    }

    /// The value of an attribute of the first element with this name.
    pub fn attribute(&self, element: &str, name: &str) -> Option<String> {
        let at = self.named(element).next()?;
        self.document.value(self.view.bytes(), at, name.as_bytes()).map(|value| self.decoded(value))
    }

    /// Whether there is an element with this name.
    pub fn has(&self, name: &str) -> bool {
        self.named(name).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_are_shown() {
        let data = b"PUT <u><!--<Status>no</Status>--><Status/><x:Status a = 'b&amp;c'>NLN</x:Status><N><![CDATA[<a>]]></N></u>";
        let values = Values::read(data, Span::new(4, data.len()));
        assert_eq!((values.text("Status").as_deref(), values.text("N").as_deref()), (Some("NLN"), Some("<a>")));
        assert_eq!((values.attribute("Status", "a"), values.attribute("N", "a")), (None, None));
        assert_eq!(values.text("u"), None);
        assert!(values.has("u") && !values.has("b"));
        let tag = Values::read(b"<a b = 'c&amp;d'", Span::new(0, 16));
        assert!(!tag.has("a"));
        let tag = Values::read(b"<a b = 'c&amp;d'/>", Span::new(0, 18));
        assert_eq!(tag.attribute("a", "b").as_deref(), Some("c&d"));
    }
}
