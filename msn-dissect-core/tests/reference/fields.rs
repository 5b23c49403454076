// SPDX-License-Identifier: GPL-2.0-or-later
//! The reference of fields, made from the catalogue.

use std::fmt::Write;

use msn_dissect_core::fields::{self, Def, PROTOCOLS, Type, expert};

use super::cell;

const HEAD: &str = "\
# Fields

Every field that the plugin registers, made from the catalogue (`src/fields/`). Names follow Wireshark's habits: dotted, in
lower case, below the protocol's own. Accounts are found under `msn.email` wherever they occur, besides their special
fields. The bits of a sum have their own fields below its name. Pieces of messages have Wireshark's usual fragment
fields: `msn.fragment*` and `msn.reassembled_in`, for peer-to-peer messages `msnp2p.fragment*` and
`msnp2p.reassembled_in`. *View > Internals > Supported Protocols* lists all of it too. Names are promised: one that goes or
changes its meaning is announced in [CHANGES](../wireshark-build/CHANGES.md).
";

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

/// The bits of a sum, and the number that its upper bits are, each a field of its own.
fn bits(out: &mut String, def: &Def) {
    let Type::Bits(_, bits, number) = def.kind else { return };
    for (mask, name, label) in bits {
        writeln!(out, "| `{}.{name}` | bit {mask:#x} | {} |", def.filter, cell(label)).unwrap();
    }
    if let Some((mask, name, _)) = number {
        writeln!(out, "| `{}.{name}` | bits {mask:#x} | The number that they are. |", def.filter).unwrap();
    }
}

/// The whole document.
pub fn document() -> String {
    let mut out = HEAD.to_owned();
    for &(name, short, filter) in PROTOCOLS {
        let own = |text: &str| text.split('.').next() == Some(filter);
        writeln!(out, "\n## `{filter}`: {name} ({short})\n\n| field | type | what it is |\n|---|---|---|").unwrap();
        for def in fields::groups().into_iter().flatten().filter(|def| own(def.filter)) {
            writeln!(out, "| `{}` | {} | {} |", def.filter, kind(def), cell(def.blurb)).unwrap();
            bits(&mut out, def);
        }
    }
    out.push_str("\n## Expert infos\n\n| name | severity | wording |\n|---|---|---|\n");
    for def in expert::groups().into_iter().flatten() {
        writeln!(out, "| `{}` | {:?} | {} |", def.filter, def.severity, cell(def.text)).unwrap();
    }
    out
}
