// SPDX-License-Identifier: GPL-2.0-or-later
//! Every row of the command table, by example: `commands.txt` has at least one line for each, with every field that
//! its dissection must show, in order.
//!
//! An example is `>` (client) or `<` (server), the server kind, the protocol version (0 = unknown) and the line; a
//! payload stands behind `|`. Below it, indented, one field a line: filter name, value, remark in brackets. Fields that
//! every command has, and the payload's own fields, are left out. `info` and a text is what the Info column says.

mod examples;

use std::{collections::HashSet, fmt::Write};

use examples::{Example, examples};
use msn_dissect_core::{
    command::{layout, rows},
    fields::{Type, command as f, def, expert},
    item::{GENERATED, HIDDEN, Item, Kind, Tree},
    output::Dissection,
};

fn show(tree: &Tree, item: &Item) -> Option<String> {
    if item.kind == Kind::Expert as u8 {
        let def = expert::expert(msn_dissect_core::fields::Expert(item.id))?;
        // What the payload and other units of the connection would say is tested elsewhere.
        let of_line = expert::EXPERTS.iter().any(|other| other.filter == def.filter);
        return of_line.then(|| def.filter.to_owned());
    }
    let def = def(msn_dissect_core::fields::Field(item.id))?;
    if item.kind != Kind::Leaf as u8 || item.flags & (GENERATED | HIDDEN) != 0 || def.filter == "msn.command" {
        return None;
    }
    let mut text = def.filter.to_owned();
    match def.kind {
        Type::Str => write!(text, " {}", tree.item_text(item).unwrap()).unwrap(),
        Type::Guid => {
            let hex: String = tree.item_bytes(item).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
            write!(text, " {hex}").unwrap();
        }
        Type::Bits(..) => write!(text, " {:#x}", item.number).unwrap(),
        Type::Uint(_, _, Some(names)) => {
            let name = msn_dissect_core::values::name(names, item.number as u32).unwrap_or("?");
            write!(text, " {} ({name})", item.number).unwrap();
        }
        Type::Uint(..) => write!(text, " {}", item.number).unwrap(),
        _ => {}
    }
    if let Some(note) = tree.item_note(item) {
        write!(text, " ({note})").unwrap();
    }
    Some(text)
}

/// The fields of the line itself: what stands within it.
fn shown(example: &Example, out: &Dissection) -> Vec<String> {
    let end = example.line.len() as u32;
    let mut open = 0;
    let mut fields = Vec::new();
    for item in out.tree.items() {
        let in_line = item.source == 0 && item.start + item.len <= end && open <= 1;
        let expert = item.kind == Kind::Expert as u8;
        if (in_line && item.len > 0) || (expert && open <= 1) {
            fields.extend(show(&out.tree, item));
        }
        if item.kind == Kind::Close as u8 {
            open -= 1;
        } else if item.flags & msn_dissect_core::item::OPEN != 0 {
            open += 1;
        }
    }
    fields
}

#[test]
fn every_example_shows_exactly_its_fields() {
    let mut wrong = String::new();
    for example in examples() {
        let out = example.dissect();
        assert_eq!(out.units, 1, "{}", example.line);
        assert_eq!(out.consumed, example.bytes().len(), "{}", example.line);
        let shown = shown(&example, &out);
        if shown != example.fields {
            writeln!(wrong, "{}\n  shown:    {shown:#?}\n  expected: {:#?}", example.line, example.fields).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn examples_say_in_the_info_column_what_they_ought_to() {
    let mut told = 0;
    for example in examples() {
        let Some(info) = &example.info else { continue };
        assert_eq!(&example.dissect().info, info);
        told += 1;
    }
    assert!(told > 40, "only {told}");
}

#[test]
fn every_row_has_an_example() {
    let mut seen = HashSet::new();
    for example in examples() {
        let choice = example.choice();
        assert_ne!(choice.fit, layout::Fit::Loose, "{}", example.line);
        seen.insert(std::ptr::from_ref(choice.row));
    }
    let missing: Vec<_> =
        rows::ROWS.iter().chain(rows::ERROR).filter(|row| !seen.contains(&std::ptr::from_ref(*row))).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn payload_is_announced_where_the_row_says_so() {
    for example in examples() {
        let out = example.dissect();
        let announced = out.tree.number_of(f::PAYLOAD_LENGTH);
        assert_eq!(announced.unwrap_or(0) as usize, example.payload.len(), "{}", example.line);
    }
}

/// Prints what the examples show now, for review: `cargo test --test command_table print -- --ignored --nocapture`.
#[test]
#[ignore = "prints, checks nothing"]
fn print() {
    for (example, source) in examples().iter().zip(
        include_str!("commands.txt").lines().filter(|l| !l.starts_with("    ") && !l.is_empty() && !l.starts_with('#')),
    ) {
        println!("{source}");
        for field in shown(example, &example.dissect()) {
            println!("    {field}");
        }
    }
}
