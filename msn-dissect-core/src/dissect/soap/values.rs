// SPDX-License-Identifier: GPL-2.0-or-later
//! Values of elements and attributes, by the rules of what they are.

use super::rules::Rule;
use crate::{
    dissect::{body::mail_data, export, transfer, walk::Show, xml},
    fields::{Field, command as f, login as l, mime as m, soap as s, xml as x},
    item::{Handle, Tree},
    mime::words,
    session::{
        soap::Note,
        transfers::{Transfer, TransferKind},
    },
    soap::{Mail, Message, token},
    text,
    view::{View, base64},
    wire::Span,
};

const NONE: Span = Span { start: 0, end: 0 };

/// What the identifiers of circles begin with.
const CIRCLE: &[u8] = b"00000000-0000-0000-0009-";

/// Most documents inside documents.
const MAX_DOCUMENT: usize = 256 * 1024;

/// An item that has no bytes.
pub(super) fn generated(tree: &mut Tree, field: Field, value: &str) -> Handle {
    let handle = tree.text(field, NONE, value);
    tree.generated(handle)
}

/// A ticket, and what it is known by; in `place`, if it stands in the body.
pub(super) fn ticket(tree: &mut Tree, place: Span, ticket: &str) {
    let handle = tree.text(f::AUTH_TICKET, place, ticket);
    tree.open(handle);
    let known = tree.text(l::TICKET_T, place, token(ticket));
    let profile = ticket.split_once("&p=").map(|(_, profile)| tree.text(l::TICKET_P, place, profile));
    if place.is_empty() {
        for handle in [Some(handle), Some(known), profile].into_iter().flatten() {
            tree.generated(handle);
        }
    }
    tree.close();
}

/// Shows values of a message.
pub(super) struct Values<'w, 'a, 'd> {
    pub show: &'w mut Show<'a>,
    pub message: &'w Message<'d>,
    pub note: &'w Note,
}

impl Values<'_, '_, '_> {
    /// Shows the value `inner`, which stands in `place`; `node` is its element, if it is one.
    pub fn value(&mut self, rule: Option<&'static Rule>, place: Span, inner: Span, name: &str, node: Option<usize>) {
        let view = View::new(self.message.data, inner);
        let plain = view.xml();
        let value = plain.bytes().trim_ascii();
        let tree = &mut self.show.out.tree;
        // A picture may be wanted for export even if nobody looks.
        let rule = rule.filter(|&rule| *rule != Rule::Plain);
        let Some(rule) = rule.filter(|rule| !value.is_empty() || matches!(rule, Rule::LockKey | Rule::MailData)) else {
            let handle = tree.wire(s::VALUE, place, value);
            tree.note(handle, name);
            return;
        };
        let shown = text::utf8(value);
        match *rule {
            Rule::Text(field) => {
                let handle = tree.checked_wire(field, place, value);
                if field == s::CONTACT_TYPE && value == b"Me" {
                    tree.note(handle, "owner of the address book");
                }
            }
            Rule::Number(field) => match shown.text.parse::<u32>() {
                Ok(number) => {
                    tree.number(field, place, u64::from(number));
                }
                Err(_) => odd(tree, place, value, name),
            },
            Rule::Time(field) => match crate::xml::time(&shown.text) {
                Some(time) => {
                    tree.number(field, place, time as u64);
                }
                None => odd(tree, place, value, name),
            },
            Rule::Account => {
                tree.checked_wire(f::EMAIL, place, value);
            }
            Rule::Party(field) => {
                let alias = tree.wire(f::EMAIL, place, value);
                tree.hidden(alias);
                tree.checked_wire(field, place, value);
            }
            Rule::Words(field) => {
                let decoded = words::decode(value);
                tree.text(field, place, &decoded.unwrap_or(shown).text);
            }
            Rule::Ticket => ticket(tree, place, &shown.text),
            Rule::Password => {
                tree.checked_wire(f::PASSWORD, place, value);
            }
            Rule::MessageId => {
                tree.checked_wire(s::MESSAGE_ID, place, value);
            }
            Rule::LockKey => {
                let handle = tree.checked_wire(s::LOCK_KEY, place, value);
                if value.is_empty() {
                    tree.note(handle, "asks for a challenge");
                }
            }
            Rule::Named(field) => {
                let handle = tree.checked_wire(field, place, value);
                let (session, at) = (self.show.session, self.show.record.frame);
                if let Some(name) = session.soap.book.called(self.note.account, &shown.text, at) {
                    tree.note(handle, name);
                }
            }
            Rule::Book => {
                if value.starts_with(CIRCLE) {
                    let alias = tree.wire(x::CIRCLE_ID, place, value);
                    tree.hidden(alias);
                }
                tree.checked_wire(s::ADDRESS_BOOK, place, value);
            }
            Rule::Plain => {}
            Rule::Mail => self.mail(place, value),
            Rule::MailData => self.mail_data(place, node),
            Rule::Document(field) => {
                let handle = tree.text(field, place, &shown.text);
                if value.len() <= MAX_DOCUMENT {
                    tree.open(handle);
                    let mark = tree.enter_source(value, "MSN circle ticket");
                    xml::document(tree, value, Span::new(0, value.len()), None);
                    tree.leave_source(mark);
                    tree.close();
                }
            }
            Rule::Picture => self.picture(place, value),
        }
    }

    fn mail(&mut self, place: Span, bytes: &[u8]) {
        let mail = Mail::read(bytes);
        let names = (self.show.session, self.note);
        let tree = &mut self.show.out.tree;
        let handle = tree.text(s::MESSAGE_BODY, place, &text::utf8(bytes).text);
        tree.open(handle);
        let mark = tree.enter_source(bytes, "MSN offline message");
        headers(tree, bytes, &mail);
        tree.checked_wire(m::TEXT, mail.body, mail.text.as_bytes());
        if mail.wrong {
            tree.expert(m::BASE64_WRONG);
        }
        tree.leave_source(mark);
        // A stored one says these in the header of the request.
        if self.message.body.is_some_and(|body| self.message.child(body, b"Content").is_none()) {
            let from = mail.address(bytes, "From");
            let mut to = mail.address(bytes, "To");
            if to.is_empty() {
                to = names.0.names.get(names.1.account).to_owned();
            }
            for (field, account) in [(s::MESSAGE_FROM, from), (s::MESSAGE_TO, to)] {
                if !account.is_empty() {
                    let alias = generated(tree, f::EMAIL, &account);
                    tree.hidden(alias);
                    generated(tree, field, &account);
                }
            }
        }
        tree.close();
    }

    fn mail_data(&mut self, place: Span, node: Option<usize>) {
        let Some(node) = node else { return };
        let list = self.message.mail_list(node);
        let tree = &mut self.show.out.tree;
        let handle = tree.wire(s::ELEMENT, place, self.message.name(node));
        tree.open(handle);
        if !list.is_empty() {
            let mark = tree.enter_source(&list, "MSN mail data");
            mail_data::show(tree, &list, Span::new(0, list.len()));
            tree.leave_source(mark);
        }
        tree.close();
    }

    fn picture(&mut self, place: Span, value: &[u8]) {
        let tree = &mut self.show.out.tree;
        let Some(bytes) = base64(value) else {
            return odd(tree, place, value, "Data");
        };
        let handle = tree.raw(s::PICTURE, place, &bytes);
        tree.open(handle);
        let mark = tree.enter_source(&bytes, "MSN stored picture");
        let kind = match export::image_type(export::content_type(&bytes).0) {
            Some(_) => TransferKind::DisplayPicture,
            None => TransferKind::File,
        };
        let stored = Transfer { kind, sender: self.note.account, ..Transfer::default() };
        transfer::completed(self.show, &stored, Span::new(0, bytes.len()), &bytes);
        self.show.out.tree.leave_source(mark);
        self.show.out.tree.close();
    }
}

/// A value that is not of the form that its element has.
fn odd(tree: &mut Tree, place: Span, value: &[u8], name: &str) {
    let handle = tree.wire(s::VALUE, place, value);
    tree.note(handle, name);
    tree.expert(crate::fields::xml::VALUE_MALFORMED);
}

/// Header lines of an offline message.
fn headers(tree: &mut Tree, data: &[u8], mail: &Mail) {
    for header in &mail.headers {
        let (name, value) = (header.name.of(data), header.value.of(data));
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if is("X-OIM-Run-Id") {
            tree.wire(s::RUN_ID, header.whole, value);
            continue;
        }
        if is("X-OIM-Sequence-Num") {
            if let Some(number) = std::str::from_utf8(value).ok().and_then(|value| value.parse::<u32>().ok()) {
                tree.number(s::SEQUENCE, header.whole, u64::from(number));
                continue;
            }
        }
        if is("From") {
            if let Some(name) = words::decode(value.split(|&byte| byte == b'<').next().unwrap_or_default()) {
                let handle = tree.text(f::FRIENDLY_NAME, header.value, name.text.trim());
                tree.hidden(handle);
            }
        }
        let decoded = words::decode(value);
        let value = decoded.unwrap_or_else(|| text::utf8(value)).text.into_owned();
        let name = text::utf8(name).text.into_owned();
        tree.text(s::MESSAGE_HEADER, header.whole, &format!("{name}: {value}"));
    }
}
