// SPDX-License-Identifier: GPL-2.0-or-later
//! The README's field reference is the catalogue, no more and no less.

use std::{fmt::Write, path::Path};

use msn_dissect_core::fields::{self, Def, PROTOCOLS, Type, expert};

fn kind(def: &Def) -> String {
    match def.kind {
        Type::Heading => "heading".into(),
        Type::Str => "text".into(),
        Type::Bytes => "bytes".into(),
        Type::Uint(..) => "number".into(),
        Type::Int(_) => "signed number".into(),
        Type::Bits(_, bits, _) => format!("{} bits", bits.len()),
        Type::Bool => "yes or no".into(),
        Type::Guid => "GUID".into(),
        Type::Ipv4 => "IPv4 address".into(),
        Type::Ipv6 => "IPv6 address".into(),
        Type::Time => "time".into(),
        Type::Span => "duration".into(),
        Type::Frame(_) => "frame".into(),
    }
}

/// The reference as the README must hold it.
fn reference() -> String {
    let mut out = String::new();
    for &(name, short, filter) in PROTOCOLS {
        let own = |text: &str| text.split('.').next() == Some(filter);
        writeln!(out, "<details>\n<summary><code>{filter}</code>: {name} ({short})</summary>\n").unwrap();
        writeln!(out, "| field | type | what it is |\n|---|---|---|").unwrap();
        for def in fields::groups().into_iter().flatten().filter(|def| own(def.filter)) {
            let bits = if matches!(def.kind, Type::Bits(..)) { " and `.*`" } else { "" };
            writeln!(out, "| `{}`{bits} | {} | {} |", def.filter, kind(def), def.blurb.replace('|', "\\|")).unwrap();
        }
        writeln!(out, "\n</details>\n").unwrap();
    }
    writeln!(out, "<details>\n<summary>Expert infos</summary>\n\n| name | severity | wording |\n|---|---|---|")
        .unwrap();
    for def in expert::groups().into_iter().flatten() {
        writeln!(out, "| `{}` | {:?} | {} |", def.filter, def.severity, def.text).unwrap();
    }
    writeln!(out, "\n</details>").unwrap();
    out
}

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap()
}

#[test]
fn the_field_reference_is_the_catalogue() {
    let text = readme();
    let (_, rest) = text.split_once("<!-- FIELDS -->\n").expect("the reference has a beginning");
    let (held, _) = rest.split_once("<!-- END OF FIELDS -->").expect("the reference has an end");
    for (at, (held, wanted)) in held.lines().zip(reference().lines()).enumerate() {
        assert_eq!(held, wanted, "line {at} of the field reference; print it anew with the ignored test `print`");
    }
    assert_eq!(held.lines().count(), reference().lines().count());
}

/// Prints the reference: `cargo test -p msn-dissect-core --test readme_fields print -- --ignored --nocapture`.
#[test]
#[ignore = "prints, checks nothing"]
fn print() {
    print!("{}", reference());
}
