// SPDX-License-Identifier: GPL-2.0-or-later
//! Every row of the header tables, by example. `examples.txt` has the table and the line; below it, indented, stands what the
//! line shows beside its name: filter name, value, remark in brackets; expert infos too.

use super::{super::headers::fields, *};
use crate::{explain::Explained, output::Dissection, wire::Span};

/// All tables that are looked up together, by the names that the examples use.
const TABLES: &[(&str, Known)] = &[
    ("MESSAGE", MESSAGE),
    ("MAIL", MAIL),
    ("SHUTDOWN", SHUTDOWN),
    ("SYSTEM", SYSTEM),
    ("INVITE", INVITE),
    ("DATACAST", DATACAST),
    ("CLIENT", CLIENT),
    ("ROUTING", &[ROUTING]),
    ("RELIABILITY", &[RELIABILITY]),
    ("CONTENT", &[CONTENT]),
];

/// Table, line, what it shows.
fn examples() -> Vec<(&'static str, &'static str, Vec<String>)> {
    let mut out: Vec<(_, _, Vec<String>)> = Vec::new();
    for text in include_str!("examples.txt").lines().filter(|line| !line.starts_with('#')) {
        match text.strip_prefix("    ") {
            Some(shown) => out.last_mut().unwrap().2.push(shown.to_owned()),
            None => {
                let (table, line) = text.split_once(' ').unwrap();
                out.push((table, line, Vec::new()));
            }
        }
    }
    out
}

fn table(name: &str) -> Known {
    TABLES.iter().find(|row| row.0 == name).unwrap().1
}

fn shown(name: &str, line: &str) -> Vec<String> {
    let data = format!("{line}\r\n");
    let mut out = Dissection::default();
    out.reset(true);
    fields(&mut out.tree, data.as_bytes(), Span::new(0, data.len()), table(name));
    let said = Explained::of(&out, data.as_bytes());
    let says = |one: &&crate::explain::Named| !one.hidden && !one.value.is_empty() && one.field != f::HEADER;
    let named = said.named.iter().filter(says).map(|one| {
        let meaning = one.meaning.as_ref().map(|meaning| format!(" ({meaning})")).unwrap_or_default();
        format!("{} {}{meaning}", one.filter, one.value)
    });
    named.chain(said.remarks.iter().map(|remark| remark.filter.to_owned())).collect()
}

#[test]
fn every_example_shows_what_it_must() {
    for (table, line, expected) in examples() {
        assert_eq!(shown(table, line), expected, "{table} {line}");
    }
}

#[test]
fn every_row_has_an_example() {
    let examples = examples();
    for (name, rows) in TABLES {
        for row in rows.iter().flat_map(|rows| rows.iter()) {
            let is_of = |example: &&(&str, &str, Vec<String>)| {
                let name_of = example.1.split(':').next().unwrap();
                example.0 == *name && name_of.eq_ignore_ascii_case(row.name)
            };
            let shows = |example: &(&str, &str, Vec<String>)| !example.2.is_empty();
            assert!(examples.iter().find(is_of).is_some_and(shows), "{name} {}", row.name);
        }
    }
}

#[test]
fn names_are_unique_where_they_are_looked_up_together() {
    const PARTS: Known = &[COMMON, ROUTING, RELIABILITY, CONTENT];
    for tables in TABLES.iter().map(|row| row.1).chain([PARTS]) {
        let mut names: Vec<_> =
            tables.iter().flat_map(|rows| rows.iter()).map(|row| row.name.to_ascii_lowercase()).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}

/// Prints what the examples show now, for review.
#[test]
#[ignore = "prints, checks nothing"]
fn print() {
    for (table, line, _) in examples() {
        println!("{table} {line}");
        shown(table, line).iter().for_each(|text| println!("    {text}"));
    }
}
