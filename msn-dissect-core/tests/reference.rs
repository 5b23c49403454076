// SPDX-License-Identifier: GPL-2.0-or-later
//! FIELDS.md is the catalogue and COMMANDS.md the command table, no more and no less.

#[path = "reference/commands.rs"]
mod commands;
#[allow(dead_code, reason = "what examples must show is checked by another program")]
mod examples;
#[path = "reference/fields.rs"]
mod fields;

use std::path::{Path, PathBuf};

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn compare(name: &str, wanted: &str) {
    let held = std::fs::read_to_string(path(name)).unwrap();
    for (at, (held, wanted)) in held.lines().zip(wanted.lines()).enumerate() {
        assert_eq!(held, wanted, "line {} of {name}; the ignored test `write` writes it anew", at + 1);
    }
    assert_eq!(held.lines().count(), wanted.lines().count(), "{name}");
}

#[test]
fn the_fields_are_those_of_the_catalogue() {
    compare("FIELDS.md", &fields::document());
}

#[test]
fn the_commands_are_those_of_the_table() {
    compare("COMMANDS.md", &commands::document());
}

/// Writes both anew: `cargo test -p msn-dissect-core --test reference write -- --ignored`.
#[test]
#[ignore = "writes, checks nothing"]
fn write() {
    std::fs::write(path("FIELDS.md"), fields::document()).unwrap();
    std::fs::write(path("COMMANDS.md"), commands::document()).unwrap();
}
