// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows the values of elements and attributes.

use super::{MAX_NESTING, Walk, opened, table::Rule};
use crate::{
    command::{
        line::decimal,
        params::{guid, reached, split_naddr},
    },
    crypto::hex,
    dissect::object,
    fields::{Field, command as f, expert, fits, xml as x},
    item::{Handoff, Tree},
    session::contacts::{MAX_ACCOUNT, MAX_ESCAPED_ACCOUNT},
    text, values,
    view::{View, base64},
    wire::{Span, work},
    xml::{Attribute, Node},
};
use md5::{Digest, Md5};

/// Fields of the first arguments when music is played (fact base: values 10.1).
static MUSIC: &[Field] = &[x::MEDIA_TITLE, x::MEDIA_ARTIST, x::MEDIA_ALBUM, x::MEDIA_CONTENT_ID];

/// Fields of the parts before the arguments (fact base: values 10.1).
static MEDIA: &[Field] = &[x::MEDIA_APPLICATION, x::MEDIA_TYPE, x::MEDIA_ENABLED, x::MEDIA_FORMAT];

/// Status of a checksum that cannot be checked.
const UNVERIFIED: u64 = 2;

/// Stands between the parts: a backslash and a zero.
const SEPARATOR: &[u8] = b"\\0";

/// An account that was put together.
pub(super) struct Account {
    pub text: String,
    /// It has its domain.
    pub sound: bool,
}

impl Walk<'_> {
    /// Shows the value `inner`, which stands in `whole`; `around` is the element around the one it belongs to.
    pub(super) fn value(&mut self, rule: &Rule, whole: Span, inner: Span, around: Option<usize>) {
        let view = self.view;
        let part = view.part(inner);
        let plain = part.xml();
        let value = plain.bytes();
        let shown = text::utf8(value);
        let place = view.span(whole);
        let done = match *rule {
            Rule::Group(_) => false,
            Rule::Text(field) | Rule::Checksum(field) => {
                self.tree.checked_wire(field, place, value);
                true
            }
            Rule::Percent(field) => {
                let decoded = text::percent(value);
                self.tree.text(field, place, &decoded.text);
                if !decoded.valid {
                    self.expert(expert::NOT_UTF8);
                }
                true
            }
            Rule::Number(field) => number(field, value).is_some_and(|number| {
                self.tree.number(field, place, number);
                true
            }),
            Rule::Bits(field) => number(field, value).is_some_and(|number| {
                self.tree.bits(field, place, number);
                true
            }),
            Rule::Capabilities => self.capabilities(place, value),
            Rule::Guid(field) => guid(value.trim_ascii()).is_some_and(|bytes| {
                self.tree.raw(field, place, &bytes);
                true
            }),
            Rule::Bool(field) => truth(value.trim_ascii()).is_some_and(|truth| {
                self.tree.number(field, place, u64::from(truth));
                true
            }),
            Rule::Code(field, codes) => {
                let handle = self.tree.checked_wire(field, place, value);
                if let Some(meaning) = values::meaning(codes, value) {
                    self.tree.note(handle, meaning);
                }
                true
            }
            Rule::Account => {
                self.tree.checked_wire(f::EMAIL, place, value);
                true
            }
            Rule::NetworkAddress => self.network_address(place, value),
            Rule::Local => {
                self.local(place, &shown.text, around);
                if !shown.valid {
                    self.expert(expert::NOT_UTF8);
                }
                true
            }
            Rule::Object(field) => {
                object::show_view(self.tree, field, &plain, place);
                true
            }
            Rule::Media => {
                self.media(place, &plain);
                true
            }
            Rule::Colour => shown.text.trim().parse().is_ok_and(|colour| self.colour(place, colour)),
            Rule::Time(field) => crate::xml::time(shown.text.trim()).is_some_and(|time| {
                self.tree.number(field, place, time as u64);
                true
            }),
            Rule::Base64(field) => base64(value).is_some_and(|decoded| {
                let handle = self.tree.wire(field, place, &decoded);
                self.tree.note(handle, "decoded from base64");
                true
            }),
            Rule::Base64Document(field) => {
                let handle = self.tree.text(field, place, &shown.text);
                self.tree.open(handle);
                self.encoded(value, "MSN ticket data", |walk, decoded| {
                    if walk.nesting < MAX_NESTING {
                        opened(walk.tree, decoded, Span::new(0, decoded.len()), None, walk.nesting + 1);
                    }
                });
                self.tree.close();
                true
            }
            Rule::Base64Sip(field) => {
                let handle = self.tree.text(field, place, &shown.text);
                self.tree.open(handle);
                self.encoded(value, "MSN tunnelled SIP", |walk, decoded| {
                    sip(walk.tree, decoded, Span::new(0, decoded.len()));
                });
                self.tree.close();
                true
            }
            Rule::Document(field) => {
                let handle = self.tree.text(field, place, &shown.text);
                if value.trim_ascii_start().first() == Some(&b'<') {
                    self.tree.open(handle);
                    self.nested(&plain);
                    self.tree.close();
                }
                true
            }
        };
        if !done {
            let empty = value.trim_ascii().is_empty();
            let markup = whole.of(view.bytes());
            let tag = markup.strip_prefix(b"<").filter(|_| inner != whole);
            if let (Some(tag), true) = (tag, empty) {
                let end = tag.iter().position(|byte| b" \t\r\n/>".contains(byte)).unwrap_or(tag.len());
                let handle = self.tree.wire(x::XML_ELEMENT, place, tag.get(..end).unwrap_or_default());
                self.tree.note(handle, "empty");
            } else {
                let field = if tag.is_some() || inner == whole { x::XML_TEXT } else { x::XML_ATTRIBUTE };
                self.tree.wire(field, place, markup);
            }
            if !empty {
                self.expert(x::VALUE_MALFORMED);
            }
        }
    }

    /// Says whether the MD5 of what the element holds, as it was sent, is the one that its attribute names.
    pub(super) fn checksum(&mut self, node: &Node, attribute: &Attribute) {
        let bytes = self.view.bytes();
        // Only outermost ones, and each once, so that nothing is hashed again and again.
        let outer = node.parent.and_then(|at| self.document.nodes.get(at)).is_none_or(|around| around.parent.is_none());
        if self.hashed.as_ref().is_none_or(|hashed| hashed.0 != node.start.start) {
            let right = (outer && !node.end.is_empty()).then(|| {
                let content = node.content().of(bytes);
                work::done(content.len());
                hex(&Md5::digest(content)).to_ascii_uppercase()
            });
            self.hashed = Some((node.start.start, right));
        }
        let right = self.hashed.as_ref().and_then(|hashed| hashed.1.clone());
        let good = right.as_ref().map(|right| right.as_bytes().eq_ignore_ascii_case(attribute.value.of(bytes)));
        let status = good.map_or(UNVERIFIED, u64::from);
        let handle = self.tree.number(x::POLICY_CHECKSUM_STATUS, self.view.span(attribute.whole), status);
        self.tree.generated(handle);
        if let (Some(false), Some(right)) = (good, right) {
            let message = format!("Checksum of the policy is wrong, it should be {right}");
            self.tree.expert_text(x::POLICY_CHECKSUM_BAD, &message);
        }
    }

    /// Shows capabilities, one word or two.
    fn capabilities(&mut self, place: Span, value: &[u8]) -> bool {
        let mut words = value.trim_ascii().splitn(2, |&byte| byte == b':').map(decimal);
        let (Some(Some(first)), second) = (words.next(), words.next()) else { return false };
        if second == Some(None) {
            return false;
        }
        self.tree.bits(f::CAPABILITIES, place, u64::from(first));
        if let Some(Some(second)) = second {
            self.tree.bits(f::CAPABILITIES_EX, place, u64::from(second));
        }
        true
    }

    /// Shows `network:address`; the value holds no references, so parts of it have places of their own.
    fn network_address(&mut self, place: Span, value: &[u8]) -> bool {
        let Some((network, address, via)) = split_naddr(value) else { return false };
        let Some(number) = decimal(network) else { return false };
        self.tree.number(f::NETWORK_ID, place, u64::from(number));
        self.tree.escaped(f::EMAIL, place, address);
        if let Some(via) = via {
            if let Some(account) = reached(via) {
                let alias = self.tree.escaped(f::EMAIL, place, account);
                self.tree.hidden(alias);
            }
            self.tree.escaped(f::VIA, place, via);
        }
        true
    }

    fn local(&mut self, place: Span, local: &str, around: Option<usize>) {
        let account = self.account(local, around);
        self.tree.text(f::EMAIL, place, &account.text);
        if !account.sound {
            self.expert(x::VALUE_MALFORMED);
        }
    }

    /// An account, put together from its local part and the domain of the element around. What would be longer than an
    /// account can be is none: then the local part stands alone, or many contacts of one domain would repeat it.
    pub(super) fn account(&mut self, local: &str, around: Option<usize>) -> Account {
        let known = self.domain.as_ref().filter(|known| Some(known.0) == around);
        if let (None, Some(at)) = (known, around) {
            let domain = self.document.domain(at).filter(|span| span.len() <= MAX_ESCAPED_ACCOUNT);
            let domain = domain.map(|span| self.decoded(span));
            self.domain = Some((at, domain));
        }
        let whole = around.is_none_or(|at| self.document.domain(at).is_none());
        let domain = self.domain.as_ref().filter(|known| Some(known.0) == around).and_then(|known| known.1.as_ref());
        match domain.filter(|domain| local.len() + domain.len() < MAX_ACCOUNT) {
            Some(domain) => Account { text: format!("{local}@{domain}"), sound: true },
            None => Account { text: local.to_owned(), sound: whole },
        }
    }

    fn colour(&mut self, place: Span, colour: i64) -> bool {
        // Both the signed and the unsigned form of 32 bits.
        let word = match (i32::try_from(colour), u32::try_from(colour)) {
            (Ok(signed), _) => signed as u32,
            (_, Ok(unsigned)) => unsigned,
            _ => return false,
        };
        let handle = self.tree.number(x::COLOR_SCHEME, place, i64::from(word as i32) as u64);
        self.tree.open(handle);
        let [red, green, blue, _] = word.to_le_bytes();
        let handle = self.tree.text(x::COLOR_SCHEME_RGB, place, &format!("#{red:02x}{green:02x}{blue:02x}"));
        self.tree.generated(handle);
        self.tree.close();
        true
    }

    /// Shows what is played, in its parts.
    fn media(&mut self, place: Span, view: &View<'_>) {
        let value = view.bytes();
        let handle = self.tree.wire(x::MEDIA, place, value);
        if value.is_empty() {
            return;
        }
        self.tree.open(handle);
        let parts = split(value);
        let mut last = handle;
        let music = parts.get(1).is_some_and(|&(_, span)| span.of(value) == b"Music");
        for (at, &(whole, part)) in parts.iter().enumerate() {
            let argument = at.checked_sub(MEDIA.len());
            let field = match argument {
                None => MEDIA.get(at),
                Some(argument) => MUSIC.get(argument).filter(|_| music),
            };
            if argument.is_none() || !part.is_empty() {
                let field = *field.unwrap_or(&x::MEDIA_ARGUMENT);
                last = self.tree.checked_wire(field, view.span(whole), part.of(value));
                if let Some(argument) = argument {
                    self.tree.note(last, &format!("{{{argument}}}"));
                }
            } else {
                // The mark before an argument that is empty goes with what stands before it.
                self.tree.extend_to(last, view.span(whole).end);
            }
        }
        let of = |at: usize| parts.get(at).map(|&(_, span)| span.of(value)).unwrap_or_default();
        if of(2) == b"1" && !of(3).is_empty() {
            let arguments: Vec<&[u8]> = parts.iter().skip(MEDIA.len()).map(|&(_, span)| span.of(value)).collect();
            let filled = fill(&text::utf8(of(3)).text, &arguments);
            let handle = self.tree.text(x::MEDIA_TEXT, view.whole(), &filled);
            self.tree.generated(handle);
        }
        self.tree.close();
    }

    /// Opens what base64 holds as bytes of their own.
    fn encoded(&mut self, value: &[u8], name: &str, then: impl FnOnce(&mut Self, &[u8])) {
        match base64(value) {
            Some(decoded) if !decoded.is_empty() => {
                let mark = self.tree.enter_source(&decoded, name);
                then(self, &decoded);
                self.tree.leave_source(mark);
            }
            Some(_) => {}
            None => self.expert(x::BASE64_MALFORMED),
        }
    }
}

/// Shows a SIP message by its own dissector.
pub(crate) fn sip(tree: &mut Tree, data: &[u8], span: Span) {
    let handle = tree.bytes(x::SIP, span);
    tree.open(handle);
    let handle = tree.wire(x::SIP_TEXT, span, span.of(data));
    tree.hidden(handle);
    tree.handoff(span, Handoff::Name, "sip");
    tree.close();
}

/// Parts between separators, with and without the separator before.
fn split(value: &[u8]) -> Vec<(Span, Span)> {
    let mut parts = Vec::new();
    let (mut whole, mut start) = (0, 0);
    for at in memchr::memmem::find_iter(value, SEPARATOR) {
        parts.push((Span::new(whole, at), Span::new(start, at)));
        (whole, start) = (at, at + SEPARATOR.len());
    }
    parts.push((Span::new(whole, value.len()), Span::new(start, value.len())));
    parts
}

/// Most bytes after which no further argument is put into a format.
const MAX_FILLED: usize = 4096;

/// Most digits of the number of an argument.
const MAX_DIGITS: usize = 8;

/// Puts arguments in place of `{n}`.
fn fill(format: &str, arguments: &[&[u8]]) -> String {
    let mut filled = String::new();
    let mut rest = format;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        match place(behind) {
            Some((number, behind)) if filled.len() < MAX_FILLED => {
                filled.push_str(&text::utf8(arguments.get(number).copied().unwrap_or_default()).text);
                rest = behind;
            }
            _ => {
                filled.push('{');
                rest = behind;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// What stands behind an opening bracket, `n}`: the number, and what follows.
fn place(behind: &str) -> Option<(usize, &str)> {
    let end = behind.bytes().take(MAX_DIGITS + 1).take_while(u8::is_ascii_digit).count();
    work::done(end + 1);
    let (number, rest) = behind.split_at_checked(end)?;
    Some((number.parse().ok()?, rest.strip_prefix('}')?))
}

/// A decimal number that fits its field.
fn number(field: Field, value: &[u8]) -> Option<u64> {
    decimal(value.trim_ascii()).map(u64::from).filter(|&number| fits(field, number))
}

fn truth(value: &[u8]) -> Option<bool> {
    match value {
        b"1" => Some(true),
        b"0" => Some(false),
        _ if value.eq_ignore_ascii_case(b"true") => Some(true),
        _ if value.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}
