// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows header blocks, and bodies that consist of fields in the same form.

use std::net::IpAddr;

use super::{mail_data, roles::Role};
use crate::{
    command::params::guid,
    dissect::params::via_alias,
    fields::{Field, command as c, expert, fits, login, mime as f},
    item::{Handle, Subject, Tree},
    mime::{
        Header, Line, Lines, address, charset,
        format::{self, Part},
        media_type, values as parse, words,
    },
    text,
    values::{self, Codes},
    wire::Span,
};

/// A known header: its name, field, and what its value is.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub name: &'static str,
    pub field: Field,
    pub value: Value,
    /// What it is for, beside being shown.
    pub role: Option<Role>,
}

/// Tables of the headers that a block may have.
pub(super) type Known = &'static [&'static [Row]];

/// Kinds of values. A field beside a kind is filled besides the row's own.
#[derive(Clone, Copy)]
pub(super) enum Value {
    /// Text.
    Text,
    /// Text with known meanings.
    Code(&'static Codes),
    /// An account, perhaps with network and endpoint; also `msn.email`.
    Account,
    /// `network:address` through which another is reached; also `msn.email`.
    Via,
    /// An unsigned number that fits its field.
    Number,
    /// A number of 32 bits, signed or not.
    Signed,
    /// Seconds since 1970.
    UnixTime,
    /// An IPv4 address, perhaps with a port; the fields are for an IPv6 address and the port.
    Address(Field, Field),
    /// The same, in base64.
    Encoded(Field, Field),
    /// A port whose bytes are swapped.
    SwappedPort,
    /// A port XOR 0x3141.
    XoredPort,
    /// A GUID with known meanings.
    Guid(Option<&'static Codes>),
    /// Text with RFC 2047 words.
    Words,
    /// A media type with parameters.
    MediaType,
    /// X-MMS-IM-Format.
    Format,
    /// A comma list of numbers.
    Offsets,
    /// Mail-Data.
    MailData,
    /// A ticket.
    Ticket,
}

/// Shows the block that starts at `span`, up to and including the empty line; returns where the body begins.
pub(super) fn block(tree: &mut Tree, data: &[u8], span: Span, label: &str, known: Known) -> usize {
    let heading = tree.bytes(f::BLOCK, span);
    tree.note(heading, label);
    tree.open(heading);
    let mut lines = Lines::new(data, span);
    let mut ended = false;
    for line in lines.by_ref() {
        match line {
            Line::Header(at) => header(tree, data, &at, known),
            Line::Odd(at) => odd(tree, data, at),
            Line::Blank(at) => {
                empty_line(tree, at);
                ended = true;
                break;
            }
        }
    }
    tree.extend_to(heading, lines.at());
    tree.close();
    if !ended {
        tree.expert(f::NO_BLANK_LINE);
    }
    lines.at()
}

/// Shows a body of fields; empty lines between them do not matter.
pub(super) fn fields(tree: &mut Tree, data: &[u8], span: Span, known: Known) {
    if !tree.wanted() || span.is_empty() {
        return;
    }
    let heading = tree.bytes(f::BODY_FIELDS, span);
    tree.open(heading);
    for line in Lines::new(data, span) {
        match line {
            Line::Header(at) => header(tree, data, &at, known),
            Line::Odd(at) if !at.of(data).iter().all(u8::is_ascii_whitespace) => odd(tree, data, at),
            Line::Odd(at) | Line::Blank(at) => empty_line(tree, at),
        }
    }
    tree.close();
}

/// An empty line says nothing that people need to see.
pub(super) fn empty_line(tree: &mut Tree, span: Span) {
    let handle = tree.bytes(f::EMPTY_LINE, span);
    tree.hidden(handle);
}

/// Shows text; bytes that are no UTF-8 are told.
pub(super) fn string(tree: &mut Tree, field: Field, span: Span, data: &[u8]) -> Handle {
    tree.checked_wire(field, span, span.of(data))
}

fn odd(tree: &mut Tree, data: &[u8], span: Span) {
    string(tree, f::ODD_LINE, span, data);
    tree.expert(f::NO_COLON);
}

/// The same headers with the same values come in message after message.
fn header(tree: &mut Tree, data: &[u8], header: &Header, known: Known) {
    let subject = Subject::Header(known.as_ptr() as usize);
    tree.again(subject, header.whole.of(data), header.whole.start, |tree| new_header(tree, data, header, known));
}

fn new_header(tree: &mut Tree, data: &[u8], header: &Header, known: Known) {
    let handle = tree.wire(f::HEADER, header.whole, header.whole.of(data));
    tree.open(handle);
    let name = header.name.of(data);
    let row = known.iter().flat_map(|rows| rows.iter()).find(|row| row.name.as_bytes().eq_ignore_ascii_case(name));
    // What is wrong with the value of a known header is told where its own field is.
    let part = if row.is_some() { Tree::wire } else { Tree::checked_wire };
    let parts =
        [(f::NAME, header.name), (f::VALUE, header.value)].map(|(field, at)| part(tree, field, at, at.of(data)));
    let read = match row.filter(|_| !header.value.is_empty()) {
        Some(row) => typed(tree, data, header.value, row).is_some(),
        None => header.value.is_empty(),
    };
    if read {
        // The line above says it, and the field of its own what it means.
        for part in parts {
            tree.hidden(part);
        }
    } else if row.is_some() {
        tree.expert(f::VALUE_WRONG);
    }
    tree.close();
}

/// Shows a value by its kind; `None`: it is not of that kind, and nothing was shown.
fn typed(tree: &mut Tree, data: &[u8], span: Span, row: &Row) -> Option<()> {
    let value = span.of(data);
    let field = row.field;
    match &row.value {
        Value::Text => {
            string(tree, field, span, data);
        }
        Value::Ticket => {
            let handle = string(tree, field, span, data);
            tree.open(handle);
            let shown = text::utf8(value).text;
            tree.text(login::TICKET_T, span, crate::soap::token(&shown));
            tree.close();
        }
        Value::Code(codes) => {
            let handle = string(tree, field, span, data);
            // Conferences write INVITE and Invite alike.
            let found = codes.iter().find(|code| code.0.as_bytes().eq_ignore_ascii_case(value));
            if let Some((_, meaning)) = found {
                tree.note(handle, meaning);
            }
        }
        Value::Account => account(tree, data, field, span),
        Value::Via => via(tree, data, span),
        Value::Number => {
            let number = parse::unsigned(value).filter(|&number| fits(field, number))?;
            tree.number(field, span, number);
        }
        Value::Signed => {
            let number = parse::signed(value)?;
            tree.number(field, span, number as u64);
        }
        Value::UnixTime => {
            let time = parse::unsigned(value)?.checked_mul(1_000_000_000).filter(|&ns| ns <= i64::MAX as u64)?;
            tree.number(field, span, time);
        }
        Value::Address(six, port) => socket(tree, data, span, (field, *six, *port))?,
        Value::Encoded(six, port) => {
            let plain = words::base64(value)?;
            parse::address(&plain)?;
            let mark = tree.enter_source(&plain, "Address from base64");
            socket(tree, &plain, Span::new(0, plain.len()), (field, *six, *port));
            tree.leave_source(mark);
        }
        Value::SwappedPort => {
            let port = parse::swapped_port(value)?;
            let handle = tree.number(field, span, u64::from(port));
            tree.note(handle, "bytes swapped on the wire");
        }
        Value::XoredPort => {
            let port = parse::xored_port(value)?;
            let handle = tree.number(field, span, u64::from(port));
            tree.note(handle, "XOR 0x3141 on the wire");
        }
        Value::Guid(names) => {
            let raw = guid(value)?;
            let handle = tree.raw(field, span, &raw);
            let bare = value.strip_prefix(b"{").and_then(|inner| inner.strip_suffix(b"}")).unwrap_or(value);
            if let Some(meaning) = names.and_then(|names| values::meaning(names, &bare.to_ascii_uppercase())) {
                tree.note(handle, meaning);
            }
        }
        Value::Words => encoded_words(tree, field, span, value),
        Value::MediaType => media_type(tree, data, span),
        Value::Format => text_format(tree, data, span),
        Value::Offsets => {
            for part in media_type::split(data, span, b',') {
                let offset = parse::unsigned(part.of(data)).filter(|&number| fits(field, number))?;
                tree.number(field, part, offset);
            }
        }
        Value::MailData => mail_data::show(tree, data, span),
    }
    Some(())
}

/// Shows text that may hold RFC 2047 words.
pub(super) fn encoded_words(tree: &mut Tree, field: Field, span: Span, value: &[u8]) {
    let Some(shown) = words::decode(value) else {
        tree.checked_wire(field, span, value);
        return;
    };
    tree.text(field, span, &shown.text);
    if !shown.valid {
        tree.expert(f::WRONG_CHARACTERS);
    }
}

/// Shows an address, and a port if there is one.
fn socket(tree: &mut Tree, data: &[u8], span: Span, (four, six, port): (Field, Field, Field)) -> Option<()> {
    let (len, address, number) = parse::address(span.of(data))?;
    let at = Span::new(span.start, span.start + len);
    match address {
        IpAddr::V4(address) => tree.number(four, at, u64::from(u32::from(address))),
        IpAddr::V6(address) => tree.raw(six, at, &address.octets()),
    };
    if let Some(number) = number {
        tree.number(port, Span::new(at.end + 1, span.end), u64::from(number));
    }
    Some(())
}

/// Shows an account with what comes along: network, endpoint, path, via.
pub(super) fn account(tree: &mut Tree, data: &[u8], field: Field, span: Span) {
    let found = address::parse(data, span);
    if let Some(network) = found.network {
        network_id(tree, data, network);
    }
    if !found.address.is_empty() {
        // First, so that what is told of the account stands below the item that is shown.
        if field != c::EMAIL {
            let alias = tree.wire(c::EMAIL, found.address, found.address.of(data));
            tree.hidden(alias);
        }
        string(tree, field, found.address, data);
    }
    for parameter in &found.parameters {
        match *parameter {
            address::Parameter::Endpoint(at) | address::Parameter::Guid(at) => match guid(at.of(data)) {
                Some(raw) => {
                    tree.raw(c::ENDPOINT, at, &raw);
                }
                None => {
                    string(tree, f::CONTENT_PARAMETER, at, data);
                    tree.expert(f::VALUE_WRONG);
                }
            },
            address::Parameter::Path(at) => {
                string(tree, f::ROUTING_PATH, at, data);
            }
            address::Parameter::Via(at) => via(tree, data, at),
            address::Parameter::Unknown(at) => {
                string(tree, f::CONTENT_PARAMETER, at, data);
            }
        }
    }
}

/// Shows through which account or network an address is reached.
fn via(tree: &mut Tree, data: &[u8], span: Span) {
    via_alias(tree, data, span.of(data));
    string(tree, c::VIA, span, data);
}

/// Shows the kind of an address.
pub(super) fn network_id(tree: &mut Tree, data: &[u8], span: Span) {
    if let Some(number) = parse::unsigned(span.of(data)).filter(|&number| fits(c::NETWORK_ID, number)) {
        tree.number(c::NETWORK_ID, span, number);
    }
}

fn media_type(tree: &mut Tree, data: &[u8], span: Span) {
    let found = media_type::parse(data, span);
    tree.text(f::CONTENT_TYPE, found.essence, &text::utf8(found.essence.of(data)).text.to_ascii_lowercase());
    for (name, value) in found.parameters {
        if name.of(data).eq_ignore_ascii_case(b"charset") {
            string(tree, f::CHARSET, value, data);
            if charset::decode(b"", Some(value.of(data))).is_none() {
                tree.expert(f::CHARSET_UNKNOWN);
            }
        } else {
            string(tree, f::CONTENT_PARAMETER, Span::new(name.start, value.end.max(name.end)), data);
        }
    }
}

fn text_format(tree: &mut Tree, data: &[u8], span: Span) {
    for (whole, part) in format::parts(data, span) {
        let shown = match part {
            Part::Font(at) => {
                let font = text::percent(at.of(data));
                tree.text(f::FONT, at, &font.text);
                if !font.valid {
                    tree.expert(expert::NOT_UTF8);
                }
                Some(())
            }
            Part::Effects(at, sum) => sum.map(|sum| {
                tree.bits(f::EFFECTS, at, u64::from(sum));
            }),
            Part::Color(at, rgb) => rgb.map(|rgb| {
                let handle = tree.number(f::COLOR, at, u64::from(rgb));
                let (red, green, blue) = (rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff);
                tree.note(
                    handle,
                    &format!("red {red}, green {green}, blue {blue}; on the wire BBGGRR, red is the low byte"),
                );
            }),
            Part::Charset(at, number) => number.map(|number| {
                tree.number(f::FONT_CHARSET, at, u64::from(number));
            }),
            Part::Family(at, both) => both.map(|(family, pitch)| {
                tree.number(f::FONT_FAMILY, at, u64::from(family));
                tree.number(f::FONT_PITCH, at, u64::from(pitch));
            }),
            Part::RightToLeft(at, flag) => flag.map(|flag| {
                tree.number(f::RIGHT_TO_LEFT, at, u64::from(flag));
            }),
            Part::Unknown(at) => {
                string(tree, f::CONTENT_PARAMETER, at, data);
                Some(())
            }
        };
        if shown.is_none() {
            string(tree, f::CONTENT_PARAMETER, whole, data);
            tree.expert(f::VALUE_WRONG);
        }
    }
}
