// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows the parameters of a command line, each by its kind.

use std::{borrow::Cow, net::IpAddr};

use crate::{
    command::{
        Choice, Kind, Line, Param, Role,
        line::decimal,
        params::{guid, hexadecimal, reached, split_handle, split_naddr},
    },
    fields::{Expert, Field, Type, command as f, def, expert, fits},
    item::{Subject, Tree},
    text, values,
    wire::Span,
};

/// Shows every parameter of a line; of an unfinished one the last token stays as it is.
pub(super) fn all(tree: &mut Tree, data: &[u8], line: &Line, choice: &Choice, unfinished: bool) {
    // Aliases come before what is shown, so that expert infos hang on that.
    own_name(tree, data, line, choice);
    for (at, param) in choice.row.params.iter().enumerate() {
        let Some(first) = choice.token(at) else {
            continue;
        };
        if !unfinished && odd_word(tree, data, line, param, first) {
            // What follows it may be anything.
            let end = if choice.payload_length(line, data).is_some() { line.len() - 1 } else { line.len() };
            unexplained(tree, data, line, first + 1..end);
            if let Some(span) = line.last().filter(|_| end < line.len()) {
                number(tree, data, f::PAYLOAD_LENGTH, span);
            }
            return;
        }
        let end = if param.repeats { choice.first_extra() } else { first + 1 };
        for token in first..end {
            match line.token(token) {
                // What is left of a token may be a number, but not the one that was sent.
                Some(span) if unfinished && token + 1 == line.len() => {
                    tree.checked_wire(f::PARAMETER, span, span.of(data));
                }
                Some(span) => one(tree, data, span, &param.kind, param.field),
                None => {}
            }
        }
    }
    // A payload length is the last token and may stand behind the surplus.
    let last_is_length = choice.row.has_payload() && choice.payload_length(line, data).is_some();
    let end = if last_is_length { line.len().saturating_sub(1) } else { line.len() };
    unknown(tree, data, line, choice.first_extra()..end, expert::PARAMETER_COUNT);
}

/// Shows a token that is not the word that must stand in its place, and says so.
fn odd_word(tree: &mut Tree, data: &[u8], line: &Line, param: &Param, token: usize) -> bool {
    let Some(span) = line.token(token) else { return false };
    let odd = matches!(param.kind, Kind::Lit(_)) && !param.kind.fits(span.of(data));
    if odd {
        let handle = tree.checked_wire(param.field, span, span.of(data));
        if let Some(meaning) = literal_meaning(param.field, span.of(data)) {
            tree.note(handle, meaning);
        }
        tree.expert(expert::UNEXPECTED);
    }
    odd
}

/// Shows tokens of which nothing can be said.
fn unexplained(tree: &mut Tree, data: &[u8], line: &Line, tokens: std::ops::Range<usize>) {
    for span in tokens.filter_map(|token| line.token(token)) {
        tree.checked_wire(f::PARAMETER, span, span.of(data));
    }
}

/// The value of the property that is a display name can be found as a name too.
fn own_name(tree: &mut Tree, data: &[u8], line: &Line, choice: &Choice) {
    let Some(value) = choice.role(line, Role::Value) else { return };
    if choice.role(line, Role::Property).is_some_and(|property| property.of(data) == values::codes::DISPLAY_NAME) {
        let alias = tree.escaped(f::FRIENDLY_NAME, value, value.of(data));
        tree.hidden(alias);
    }
}

/// Shows tokens that no parameter explains; `why` is told of the first.
pub(super) fn unknown(tree: &mut Tree, data: &[u8], line: &Line, tokens: std::ops::Range<usize>, why: Expert) {
    for (count, span) in tokens.filter_map(|token| line.token(token)).enumerate() {
        tree.checked_wire(f::PARAMETER, span, span.of(data));
        if count == 0 {
            tree.expert(why);
        }
    }
}

/// Host and port of `host[:port]`; the host of an IPv6 address may stand in brackets.
pub(super) fn split_host(token: &[u8]) -> (&[u8], Option<&[u8]>) {
    if let [b'[', rest @ ..] = token {
        if let Some(close) = rest.iter().position(|&byte| byte == b']') {
            let port = rest.get(close + 1..).and_then(|behind| behind.strip_prefix(b":"));
            return (rest.get(..close).unwrap_or_default(), port);
        }
    }
    match token.iter().rposition(|&byte| byte == b':') {
        // More than one colon without brackets is an IPv6 address without port.
        Some(at) if token.iter().filter(|&&byte| byte == b':').count() == 1 => {
            (token.get(..at).unwrap_or_default(), token.get(at + 1..))
        }
        _ => (token, None),
    }
}

/// Shows decoded text; where decoding changed it, what was on the wire stands below.
fn decoded(tree: &mut Tree, data: &[u8], field: Field, span: Span) {
    let token = span.of(data);
    if text::is_unescaped(token) {
        tree.wire(field, span, token);
    } else {
        tree.again(Subject::Name(field), token, span.start, |tree| new_decoded(tree, token, field, span));
    }
}

fn new_decoded(tree: &mut Tree, token: &[u8], field: Field, span: Span) {
    let shown = text::percent(token);
    let handle = tree.text(field, span, &shown.text);
    if !shown.valid {
        tree.expert(expert::NOT_UTF8);
    }
    if !matches!(shown.text, Cow::Borrowed(_)) {
        tree.open(handle);
        tree.wire(f::WIRE_TEXT, span, token);
        tree.close();
    }
}

/// Shows an account; hidden under [`f::EMAIL`] too when its field is another.
fn account(tree: &mut Tree, data: &[u8], field: Field, span: Span) {
    if field != f::EMAIL {
        let alias = tree.escaped(f::EMAIL, span, span.of(data));
        tree.hidden(alias);
    }
    decoded(tree, data, field, span);
}

/// The account through which an address is reached, hidden; comes before the item that shows it.
pub(super) fn via_alias(tree: &mut Tree, data: &[u8], via: &[u8]) {
    if let Some(account) = reached(via) {
        let alias = tree.escaped(f::EMAIL, place(data, account), account);
        tree.hidden(alias);
    }
}

/// Shows an account with its endpoint, if it names one.
fn handle(tree: &mut Tree, data: &[u8], field: Field, span: Span) {
    let Some((email, endpoint)) = split_handle(span.of(data)) else {
        return account(tree, data, field, span);
    };
    account(tree, data, field, place(data, email));
    if let Some((part, value)) = endpoint.and_then(|part| Some((part, guid(part)?))) {
        tree.raw(f::ENDPOINT, place(data, part), &value);
    }
}

/// Place of a sub-slice of a token within the unit.
pub(super) fn place(data: &[u8], part: &[u8]) -> Span {
    let start = (part.as_ptr() as usize).saturating_sub(data.as_ptr() as usize);
    Span::new(start, start + part.len())
}

/// Shows one token as `kind`.
fn one(tree: &mut Tree, data: &[u8], span: Span, kind: &Kind, field: Field) {
    let token = span.of(data);
    match kind {
        Kind::Num | Kind::Len(_) => number(tree, data, field, span),
        Kind::Bits => match decimal(token).filter(|&value| fits(field, value.into())) {
            Some(value) => {
                tree.bits(field, span, u64::from(value));
            }
            None => misfit(tree, data, span),
        },
        Kind::Hex => match hexadecimal(token).filter(|&value| fits(field, value.into())) {
            Some(value) => {
                tree.number(field, span, u64::from(value));
            }
            None => misfit(tree, data, span),
        },
        Kind::Guid => match guid(token).filter(|_| is_guid(field)) {
            Some(value) => {
                tree.raw(field, span, &value);
            }
            None if is_guid(field) => misfit(tree, data, span),
            None => {
                tree.checked_wire(field, span, token);
            }
        },
        Kind::Email => account(tree, data, field, span),
        Kind::MaybePrefixed => {
            let letter = if token.starts_with(b"N=") { 2 } else { 0 };
            account(tree, data, field, Span::new(span.start + letter, span.end));
        }
        Kind::Handle => handle(tree, data, field, span),
        Kind::Naddr => match split_naddr(token) {
            Some((network, address, via)) => {
                number(tree, data, f::NETWORK_ID, place(data, network));
                handle(tree, data, field, place(data, address));
                if let Some(via) = via {
                    via_alias(tree, data, via);
                    decoded(tree, data, f::VIA, place(data, via));
                }
            }
            None => account(tree, data, field, span),
        },
        Kind::Caps => capabilities(tree, data, span),
        Kind::Groups => {
            for group in token.split(|&byte| byte == b',') {
                let at = place(data, group);
                tree.checked_wire(field, at, group);
            }
        }
        Kind::HostPort(port_field) => {
            let (host, port) = split_host(token);
            if field == f::SERVER_ADDRESS {
                server_ip(tree, place(data, host), host);
            }
            tree.checked_wire(field, place(data, host), host);
            match port.map(|port| (place(data, port), decimal(port).filter(|&port| port <= 0xffff))) {
                Some((at, Some(port))) => {
                    tree.number(*port_field, at, u64::from(port));
                }
                Some((at, None)) => misfit(tree, data, at),
                None => {}
            }
        }
        Kind::Prefixed(_, inner) => {
            let value = Span::new(span.start + 2, span.end);
            if span.len() > 2 && token.get(1) == Some(&b'=') {
                let email = field == f::EMAIL;
                one(tree, data, value, if email { &Kind::Email } else { inner }, field);
            } else {
                tree.checked_wire(field, span, token);
            }
        }
        Kind::Code(table, _) => {
            let handle = tree.checked_wire(field, span, token);
            if let Some(meaning) = values::meaning(table, token) {
                tree.note(handle, meaning);
            }
        }
        Kind::Lit(_) => {
            let handle = tree.checked_wire(field, span, token);
            if let Some(meaning) = literal_meaning(field, token) {
                tree.note(handle, meaning);
            }
        }
        Kind::Object if tree.wanted() => super::object::show(tree, data, span),
        Kind::Name | Kind::Object | Kind::Pair => {
            decoded(tree, data, field, span);
        }
        Kind::Text
        | Kind::Stamp
        | Kind::Version
        | Kind::Ticket
        | Kind::Pass
        | Kind::Keys
        | Kind::Md5
        | Kind::Base64
        | Kind::Session
        | Kind::Word
        | Kind::Group => {
            let handle = tree.checked_wire(field, span, token);
            super::login::more(tree, data, span, kind, field, handle);
        }
    }
}

fn is_guid(field: Field) -> bool {
    def(field).is_some_and(|def| def.kind == Type::Guid)
}

/// What a literal means, by the field it stands in: the one on the wire, whatever its row says.
fn literal_meaning(field: Field, word: &[u8]) -> Option<&'static str> {
    let table = match field {
        f::AUTH_SCHEME => values::codes::PACKAGES,
        f::AUTH_PHASE => values::codes::PHASES,
        f::REFERRAL => values::codes::REFERRALS,
        f::TRANSPORT => values::codes::TRANSPORTS,
        f::LIST => values::codes::LISTS,
        f::URL_SERVICE => values::codes::URL_SERVICES,
        _ => return None,
    };
    values::meaning(table, word)
}

/// A token that does not look like its parameter: kept, and told.
fn misfit(tree: &mut Tree, data: &[u8], span: Span) {
    tree.checked_wire(f::PARAMETER, span, span.of(data));
    tree.expert(expert::MALFORMED_LINE);
}

fn number(tree: &mut Tree, data: &[u8], field: Field, span: Span) {
    let token = span.of(data);
    let wanted = def(field).map(|def| def.kind);
    match (decimal(token), wanted) {
        (Some(value), Some(Type::Uint(..))) if fits(field, value.into()) => {
            tree.number(field, span, u64::from(value));
        }
        (_, Some(Type::Str)) => {
            tree.checked_wire(field, span, token);
        }
        _ => misfit(tree, data, span),
    }
}

/// Shows capabilities, one word or two.
fn capabilities(tree: &mut Tree, data: &[u8], span: Span) {
    let token = span.of(data);
    let colon = token.iter().position(|&byte| byte == b':').unwrap_or(token.len());
    let words = [
        (f::CAPABILITIES, Span::new(span.start, span.start + colon)),
        (f::CAPABILITIES_EX, Span::new((span.start + colon + 1).min(span.end), span.end)),
    ];
    for (field, at) in words {
        match decimal(at.of(data)) {
            Some(value) => {
                tree.bits(field, at, u64::from(value));
            }
            None if at.is_empty() => {}
            None => misfit(tree, data, at),
        }
    }
}

/// The address of a server as one that filters and names of hosts know; an alias of the one that was sent.
fn server_ip(tree: &mut Tree, span: Span, host: &[u8]) {
    let text = std::str::from_utf8(host).unwrap_or_default();
    let alias = match text.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(four)) => tree.number(f::SERVER_IPV4, span, u64::from(u32::from(four))),
        Ok(IpAddr::V6(six)) => tree.raw(f::SERVER_IPV6, span, &six.octets()),
        Err(_) => return,
    };
    tree.hidden(alias);
}
