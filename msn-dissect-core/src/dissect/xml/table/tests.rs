// SPDX-License-Identifier: GPL-2.0-or-later
//! Every row of the XML tables, by example. `examples.txt` has documents; below each, indented, stands what it shows: filter
//! name, value, remark in brackets; expert infos too.

use super::{super::document, *};
use crate::{
    explain::{Explained, Named},
    output::Dissection,
    wire::Span,
    xml::{self, Kind},
};
use std::collections::HashSet;

/// Document, what it shows.
fn examples() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut out: Vec<(_, Vec<_>)> = Vec::new();
    for text in include_str!("examples.txt").lines().filter(|line| !line.starts_with('#')) {
        match text.strip_prefix("    ") {
            Some(shown) => out.last_mut().unwrap().1.push(shown),
            None => out.push((text, Vec::new())),
        }
    }
    out
}

fn shown(data: &str) -> Vec<String> {
    let mut out = Dissection::default();
    out.reset(true);
    document(&mut out.tree, data.as_bytes(), Span::new(0, data.len()), None);
    let said = Explained::of(&out, data.as_bytes());
    // Markup and headings say nothing of the rows.
    let markup = [f::PAYLOAD, x::XML_TAG];
    let says = |one: &&Named| !one.hidden && !one.value.is_empty() && !markup.contains(&one.field);
    let named = said.named.iter().filter(says).map(|one| {
        let meaning = one.meaning.as_ref().map(|meaning| format!(" ({meaning})")).unwrap_or_default();
        format!("{} {}{meaning}", one.filter, one.value)
    });
    named.chain(said.remarks.iter().map(|remark| remark.filter.to_owned())).collect()
}

#[test]
fn every_example_shows_what_it_must() {
    for (data, expected) in examples() {
        assert_eq!(shown(data), expected, "{data}");
    }
}

#[test]
fn every_row_has_an_example() {
    let (mut elements, mut attributes) = (HashSet::new(), HashSet::new());
    for (data, _) in examples() {
        let parsed = xml::parse(data.as_bytes());
        let name = |at: Option<usize>| std::str::from_utf8(parsed.name(data.as_bytes(), at)).unwrap().to_owned();
        for (at, node) in parsed.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Element) {
            let (around, own) = (name(node.parent), name(Some(at)));
            for attribute in parsed.attributes(node) {
                let attribute = attribute.name.of(data.as_bytes()).to_vec();
                attributes.insert((around.clone(), own.clone(), String::from_utf8(attribute).unwrap()));
            }
            elements.insert((around, own));
        }
    }
    let is = |row: &str, around: &str| row == "*" || row == around;
    for row in ELEMENTS {
        assert!(elements.iter().any(|(around, own)| is(row.0, around) && own == row.1), "{} in {}", row.1, row.0);
    }
    for row in ATTRIBUTES {
        let has = |(around, own, name): &(String, String, String)| is(row.0, around) && own == row.1 && name == row.2;
        assert!(attributes.iter().any(has), "{} of {} in {}", row.2, row.1, row.0);
    }
}

#[test]
fn no_row_hides_another() {
    let mut seen = HashSet::new();
    assert!(ELEMENTS.iter().all(|row| seen.insert((row.0, row.1))));
    let mut seen = HashSet::new();
    assert!(ATTRIBUTES.iter().all(|row| seen.insert((row.0, row.1, row.2))));
}

#[test]
fn rows_are_found_by_what_is_around() {
    assert_eq!(element(b"PrivateEndpointData", b"State"), Some(&Code(f::STATUS, codes::STATUSES)));
    assert_eq!(element(b"", b"State"), Some(&Group("changes")));
    assert_eq!(attribute(b"d", b"c", b"n"), Some(&Local));
    assert_eq!(attribute(b"t", b"c", b"n"), Some(&Account));
    assert_eq!(attribute(b"policy", b"c", b"id"), Some(&Text(x::POLICY_COUNTER)));
    assert_eq!(attribute(b"d", b"c", b"x"), None);
}

/// Prints what the examples show now, for review.
#[test]
#[ignore = "prints, checks nothing"]
fn print() {
    for (data, _) in examples() {
        println!("{data}");
        shown(data).iter().for_each(|text| println!("    {text}"));
    }
}
