// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows one header or body field.

use crate::{
    fields::{Field, command as c, fits, slp as f},
    item::Tree,
    slp::{
        Kind,
        addresses::{self, Form},
        headers,
        message::{Line, decimal},
        nonce::guid,
    },
    text,
    values::slp as tables,
    wire::Span,
};

/// Fields for a line that no table names: the line, its name, its value.
pub(super) type Unknown = (Field, Field, Field);

/// For headers.
pub(super) const HEADER: Unknown = (f::HEADER, f::HEADER_NAME, f::HEADER_VALUE);
/// For body fields.
pub(super) const FIELD: Unknown = (f::FIELD, f::FIELD_NAME, f::FIELD_VALUE);

/// Shows a line.
pub(super) fn show(tree: &mut Tree, data: &[u8], line: &Line, kind: Option<Kind>, unknown: Unknown) {
    let value = line.value.of(data);
    let Some(kind) = kind else { return other(tree, data, line, unknown) };
    match kind {
        Kind::Text(field) => {
            tree.wire(field, line.whole, value);
        }
        Kind::Secret(field) => {
            tree.wire(field, line.whole, value);
            tree.expert(f::PASSWORD);
        }
        Kind::Number(field) => match decimal(value).filter(|&number| fits(field, number)) {
            Some(number) => {
                tree.number(field, line.whole, number);
            }
            None => bad(tree, data, line, unknown),
        },
        Kind::Flag(field) => match value.to_ascii_lowercase().as_slice() {
            word @ (b"true" | b"false") => {
                tree.number(field, line.whole, u64::from(word == b"true"));
            }
            _ => bad(tree, data, line, unknown),
        },
        Kind::Guid(field) => match guid(value) {
            Some(bytes) => {
                tree.raw(field, line.whole, &bytes);
            }
            None => bad(tree, data, line, unknown),
        },
        Kind::Euf => match guid(value) {
            Some(bytes) => {
                let item = tree.raw(f::EUF_GUID, line.whole, &bytes);
                match tables::kind_of(tables::SESSION_KINDS, &bytes) {
                    Some((name, _)) => {
                        tree.note(item, name);
                    }
                    None => tree.expert(f::UNKNOWN_EUF_GUID),
                }
            }
            None => bad(tree, data, line, unknown),
        },
        Kind::Party(field) => party(tree, data, field, line.whole, line.value),
        Kind::Via => via(tree, data, line),
        Kind::Context => {
            tree.wire(f::CONTEXT, line.whole, value);
        }
        Kind::Bridges(field) => bridges(tree, data, field, line),
        Kind::NetId => match std::str::from_utf8(value).ok().and_then(|text| text.parse::<i64>().ok()) {
            // Written signed by most; the same bits unsigned mean the same address.
            Some(number) if (i64::from(i32::MIN)..=i64::from(u32::MAX)).contains(&number) => {
                let number = number as u32 as i32;
                tree.number(f::NET_ID, line.whole, number as i64 as u64);
                if number != 0 {
                    let address =
                        tree.number(f::NET_ADDRESS, line.whole, u64::from(addresses::net_id(number).to_bits()));
                    tree.generated(address);
                }
            }
            _ => bad(tree, data, line, unknown),
        },
        Kind::Addresses(form) => list(tree, data, line, form),
    }
}

/// A line that no table names.
fn other(tree: &mut Tree, data: &[u8], line: &Line, unknown: Unknown) {
    if super::unnamed(line) {
        tree.wire(f::BODY_TEXT, line.whole, line.value.of(data));
        tree.expert(f::MALFORMED);
        return;
    }
    let (name, value) = (text::utf8(line.name.of(data)).text, text::utf8(line.value.of(data)).text);
    let heading = tree.text(unknown.0, line.whole, &format!("{name}: {value}"));
    tree.open(heading);
    tree.wire(unknown.1, line.name, line.name.of(data));
    if !line.value.is_empty() {
        tree.wire(unknown.2, line.value, line.value.of(data));
    }
    tree.close();
}

/// A line whose value has not the form that its name promises.
fn bad(tree: &mut Tree, data: &[u8], line: &Line, unknown: Unknown) {
    other(tree, data, line, unknown);
    if !line.value.is_empty() {
        tree.expert(f::BAD_VALUE);
    }
}

/// What stands before `part` in `whole`: the name of a header with its colon.
fn name_part(tree: &mut Tree, data: &[u8], whole: Span, part: Span) {
    let before = Span::new(whole.start, part.start);
    if !before.is_empty() {
        let shown = text::utf8(before.of(data)).text;
        let name = tree.text(f::HEADER_NAME, before, shown.split_once(':').map_or(shown.trim(), |parts| parts.0));
        // The line above begins with it.
        tree.hidden(name);
    }
}

/// An account and maybe an endpoint.
pub(super) fn party(tree: &mut Tree, data: &[u8], field: Field, whole: Span, value: Span) {
    if !tree.wanted() {
        return;
    }
    let item = tree.wire(field, whole, value.of(data));
    let Some(found) = headers::party(data, value) else { return };
    tree.open(item);
    name_part(tree, data, whole, found.account);
    tree.wire(c::EMAIL, found.account, found.account.of(data));
    if let Some(endpoint) = found.endpoint {
        match guid(endpoint.of(data)) {
            Some(bytes) => {
                tree.raw(f::ENDPOINT, endpoint, &bytes);
            }
            None => {
                tree.wire(f::HEADER_VALUE, endpoint, endpoint.of(data));
                tree.expert(f::BAD_VALUE);
            }
        }
    }
    tree.close();
}

fn via(tree: &mut Tree, data: &[u8], line: &Line) {
    let item = tree.wire(f::VIA, line.whole, line.value.of(data));
    let Some(branch) = headers::branch(data, line.value) else { return };
    tree.open(item);
    name_part(tree, data, line.whole, line.value);
    let name = branch.start - b"branch=".len();
    let protocol = Span::new(line.value.start, name.max(line.value.start));
    if !protocol.is_empty() {
        let shown = text::utf8(protocol.of(data)).text;
        tree.text(f::PROTOCOL, protocol, shown.trim_end_matches([' ', ';']));
    }
    tree.wire(f::BRANCH, Span::new(name, branch.end), branch.of(data));
    tree.close();
}

fn bridges(tree: &mut Tree, data: &[u8], field: Field, line: &Line) {
    let item = tree.wire(field, line.whole, line.value.of(data));
    if line.value.is_empty() {
        return;
    }
    tree.open(item);
    name_part(tree, data, line.whole, line.value);
    let mut at = line.value.start;
    for word in line.value.of(data).split(|&byte| byte == b' ') {
        let span = Span::new(at, at + word.len());
        if !span.is_empty() {
            tree.wire(f::BRIDGE, span, word);
        }
        at = span.end + 1;
    }
    tree.close();
}

/// Most entries shown of one line.
const MAX_ENTRIES: usize = 64;

fn list(tree: &mut Tree, data: &[u8], line: &Line, form: Form) {
    let (name, shown) = (text::utf8(line.name.of(data)).text, text::utf8(line.value.of(data)).text);
    let item = tree.text(f::ADDRESSES, line.whole, &format!("{name}: {shown}"));
    if line.value.is_empty() {
        return;
    }
    tree.open(item);
    name_part(tree, data, line.whole, line.value);
    if form.reversed {
        let reversed = tree.number(f::REVERSED, Span::default(), 1);
        tree.generated(reversed);
    }
    for entry in addresses::entries(data, line.value, form).take(MAX_ENTRIES) {
        if let Some((address, span)) = entry.address {
            match address {
                std::net::IpAddr::V4(four) => tree.number(f::ADDRESS, span, u64::from(four.to_bits())),
                std::net::IpAddr::V6(six) => tree.raw(f::ADDRESS_6, span, &six.octets()),
            };
        }
        if let Some((port, span)) = entry.port {
            tree.number(f::PORT, span, u64::from(port));
        }
        if !entry.is_whole(form.what) {
            tree.wire(f::FIELD_VALUE, entry.span, entry.span.of(data));
            tree.expert(f::BAD_VALUE);
        }
    }
    tree.close();
}
