// SPDX-License-Identifier: GPL-2.0-or-later
//! What a summary says of a document: read by the same reader and by the same rules as the tree, only as far as needed.

use std::ops::ControlFlow;

use super::{
    MAX_NODES, converted,
    table::{self, Rule},
    unwrap_data,
};
use crate::{
    text,
    view::View,
    wire::Span,
    xml::{Document, Kind, Node, Parser, parse, recover},
};

/// The first value that the tree shows as the text of an element with one of these names; `None` if there is none.
pub(crate) fn text_of(data: &[u8], span: Span, charset: Option<&[u8]>, names: &[&[u8]]) -> Option<String> {
    let found = converted(data, span, charset);
    let plain = View::new(data, span);
    let view = found.as_ref().map_or(&plain, |found| &found.0);
    let bytes = view.bytes();
    let value = first(bytes, |document, node| is_value(document, bytes, node, names));
    // Text that does not end with its element goes on behind a sign that should have been escaped.
    let ends = |value: Span| {
        let (before, rest) = bytes.split_at_checked(value.start)?;
        let rest = rest.get(value.end - value.start..)?;
        if rest.is_empty() {
            return Some(());
        }
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
        let name = before.rsplit(|&byte| byte == b'<').next()?.split(is_end).next()?;
        let closing = rest.strip_prefix(b"</")?.strip_prefix(name)?;
        closing.starts_with(b">").then_some(())
    };
    let value = match value {
        Some(value) if ends(value).is_some() => value,
        value => read_on(bytes, names).or(value)?,
    };
    let part = view.part(unwrap_data(view.bytes(), value));
    Some(text::utf8(part.xml().bytes()).text.into_owned())
}

/// The same in a document that is not well-formed: all that stands in the element.
fn read_on(data: &[u8], names: &[&[u8]]) -> Option<Span> {
    parse(data).broken_at?;
    let (document, _) = recover(data, MAX_NODES);
    let unknown = |node: &Node| {
        node.kind != Kind::Element || table::element(document.name(data, node.parent), node.local.of(data)).is_none()
    };
    document.nodes.iter().enumerate().find_map(|(at, node)| {
        if node.kind != Kind::Element {
            return is_value(&document, data, node, names).then_some(node.start);
        }
        let rule = table::element(document.name(data, node.parent), node.local.of(data));
        let says = names.contains(&node.local.of(data))
            && matches!(rule, Some(Rule::Text(_) | Rule::Code(..)))
            && !node.end.is_empty()
            && !document.has_attributes(node)
            && document.nodes.get(at + 1..node.next).unwrap_or_default().iter().all(unknown)
            && !unwrap_data(data, node.content()).of(data).iter().all(u8::is_ascii_whitespace);
        says.then_some(node.content())
    })
}

/// How many elements with this name stand in an element with that one.
pub(crate) fn count(data: &[u8], span: Span, around: &[u8], name: &[u8]) -> usize {
    let found = converted(data, span, None);
    let plain = View::new(data, span);
    let bytes = found.as_ref().map_or(&plain, |found| &found.0).bytes();
    let document = crate::xml::parse(bytes);
    let is = |node: &&Node| {
        node.kind == Kind::Element && node.local.of(bytes) == name && document.name(bytes, node.parent) == around
    };
    document.nodes.iter().filter(is).count()
}

/// Whether a node is the text of such an element, and has a field of its own for that.
fn is_value(document: &Document, data: &[u8], node: &Node, names: &[&[u8]]) -> bool {
    let says = || !unwrap_data(data, node.start).of(data).iter().all(u8::is_ascii_whitespace);
    if !matches!(node.kind, Kind::Text | Kind::Data) || !says() {
        return false;
    }
    let Some(around) = node.parent.and_then(|at| document.nodes.get(at)) else { return false };
    let name = around.local.of(data);
    names.contains(&name)
        && matches!(table::element(document.name(data, around.parent), name), Some(Rule::Text(_) | Rule::Code(..)))
}

/// Reads up to the first text for which `wanted` holds, and gives its place.
fn first(data: &[u8], wanted: impl Fn(&Document, &Node) -> bool) -> Option<Span> {
    let mut parser = Parser::new(data);
    let mut found: Option<(usize, Span)> = None;
    let mut look = |document: &Document| {
        let last = document.nodes.len().checked_sub(1)?;
        let node = document.nodes.get(last)?;
        match found {
            // Text goes on behind a reference, as the same node.
            Some((at, place)) if at != last || place == node.start => return Some(ControlFlow::Break(place)),
            _ if wanted(document, node) => found = Some((last, node.start)),
            _ => {}
        }
        Some(ControlFlow::Continue(()))
    };
    loop {
        let more = parser.step();
        match look(parser.document()) {
            Some(ControlFlow::Break(place)) => return Some(place),
            _ if more => {}
            _ => return found.map(|row| row.1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{all, shown},
        *,
    };
    use crate::fields::xml as x;
    use proptest::prelude::*;

    fn message(document: &str) -> Option<String> {
        text_of(document.as_bytes(), Span::new(0, document.len()), None, &[b"PSM"])
    }

    #[test]
    fn a_summary_says_what_the_tree_shows() {
        for (document, said) in [
            ("<Data><PSM>hi</PSM></Data>", Some("hi")),
            ("<Data><PSM xml:space='preserve'>hi</PSM></Data>", Some("hi")),
            ("<Data><PSM >hi &amp; &lt;bye&gt;</PSM\n></Data>", Some("hi & <bye>")),
            ("<Data><PSM><![CDATA[<hi>]]></PSM></Data>", Some("<hi>")),
            ("<d:Data><d:PSM>hi</d:PSM></d:Data>", Some("hi")),
            ("<Data><PSM></PSM><PSM/><PSM>hi</PSM></Data>", Some("hi")),
            ("<Data><PSM><![CDATA[]]></PSM><PSM>hi</PSM></Data>", Some("hi")),
            ("<Data><!-- <PSM>no</PSM> --><PSM>hi", Some("hi")),
            ("<Data><PSM><b>no</b></PSM></Data>", None),
            ("<Data A='<PSM>no</PSM>'/>", None),
            ("<PSMx>no</PSMx>", None),
            ("", None),
        ] {
            assert_eq!(message(document).as_deref(), said, "{document}");
            assert_eq!(all(&shown(document), x::PSM).into_iter().find(|text| !text.is_empty()), said, "{document}");
        }
    }

    #[test]
    fn only_what_is_needed_is_read() {
        let document = format!("<Data><PSM>hi</PSM>{}", "<a/>".repeat(1000));
        let work = crate::wire::work::count(|| assert!(message(&document).is_some()));
        assert!(work < 100, "{work}");
    }

    #[test]
    fn contacts_are_counted_as_they_are_shown() {
        let count = |document: &str| count(document.as_bytes(), Span::new(0, document.len()), b"d", b"c");
        assert_eq!(count("<ml><d n='e'><c n='a'/><c\tn='b'/><x:c n='c'></x:c></d><!-- <c --></ml>"), 3);
        assert_eq!((count("<ml l='1'/>"), count("<ml><d><c n='a'/><c")), (0, 1));
    }

    proptest! {
        #[test]
        fn any_document_says_the_same_twice(
            document in "(<(Data|PSM|x:PSM)( a='b')?/?>|</(Data|PSM|x:PSM)>|[a-c ]|&amp;|&|<!\\[CDATA\\[|\\]\\]>|<!--|-->){0,12}",
        ) {
            let tree = shown(&document);
            let first = all(&tree, x::PSM).into_iter().find(|text| !text.trim_ascii().is_empty());
            let said = message(&document);
            prop_assert_eq!(said.as_deref(), first);
        }
    }
}
