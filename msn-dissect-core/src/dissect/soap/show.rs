// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows messages of the services: what the head says, what ties them to others, every element of the body.

use super::{
    Unit, learn,
    mail::Mail,
    rules::{self, Rule},
    summary, whole,
};
use crate::{
    dissect::{
        body::mail_data,
        export, transfer,
        walk::{Show, frame_link},
        xml,
    },
    fields::{Field, Proto, command as f, link, login as l, mime as m, soap as s},
    item::{Handle, Tree},
    mime::words,
    session::{
        Session,
        challenge::Status,
        soap::{MAX_FRAMES, Note, Refusal},
        transfers::{Transfer, TransferKind},
    },
    soap::{Message, Start, token},
    text,
    view::{View, base64},
    wire::Span,
    xml::{Attribute, Kind, Node},
};

const NONE: Span = Span { start: 0, end: 0 };

/// Most characters of the Info text of a message.
const MAX_INFO: usize = 300;

/// Most characters of a title, and most elements that are looked through for one.
const MAX_TITLE: usize = 64;
const MAX_LOOK: usize = 200;

/// Most documents inside documents.
const MAX_DOCUMENT: usize = 256 * 1024;

/// Shows a message.
pub(super) fn message(show: &mut Show<'_>, unit: &Unit<'_>) {
    let session = show.session;
    let Some(note) = session.soap.notes.get(show.record.place()) else { return };
    if show.packet.want_info {
        let info = summary::message(session, unit, note);
        show.info(&info, MAX_INFO);
    }
    let operation = note.operation.map_or("unknown operation", |operation| operation.name);
    let side = if unit.is_response() { "response" } else { "request" };
    show.out.tree.protocol(Proto::MsnSoap, whole(unit.data), &format!("{operation}, {side}"));
    if show.out.tree.wanted() {
        head(&mut show.out.tree, session, unit, note);
        remarks(&mut show.out.tree, session, unit, note);
        links(show, unit, note);
        body(show, unit, note);
    }
    show.out.tree.close();
}

fn generated(tree: &mut Tree, field: Field, value: &str) -> Handle {
    let handle = tree.text(field, NONE, value);
    tree.generated(handle)
}

fn given(tree: &mut Tree, field: Field, value: Option<&[u8]>) {
    if let Some(value) = value {
        generated(tree, field, &text::utf8(value).text);
    }
}

/// What the head says. Its bytes are the HTTP dissector's, so the items have none of their own.
fn head(tree: &mut Tree, session: &Session, unit: &Unit<'_>, note: &Note) {
    if let Some(operation) = note.operation {
        generated(tree, s::OPERATION, operation.name);
        generated(tree, s::SERVICE, operation.service.name());
    } else {
        let first = unit.message.as_ref().and_then(|message| {
            let first = message.document.children(message.body?).next()?;
            Some(text::utf8(message.name(first)).text.into_owned())
        });
        generated(tree, s::OPERATION, first.as_deref().unwrap_or("unknown"));
        tree.expert(s::UNKNOWN_OPERATION);
    }
    generated(tree, s::SIDE, if unit.is_response() { "Response" } else { "Request" });
    let account = session.names.get(note.account);
    if !account.is_empty() {
        let alias = generated(tree, f::EMAIL, account);
        tree.hidden(alias);
        generated(tree, f::ACCOUNT, account);
    }
    let tickets = unit.message.as_ref().map_or(0, |message| message.all(b"BinarySecurityToken").count());
    if tickets > 0 {
        let handle = tree.number(s::TICKET_COUNT, NONE, tickets as u64);
        tree.generated(handle);
    }
    let Some(head) = &unit.head else { return };
    match head.start {
        Start::Request(method, target) => {
            given(tree, s::METHOD, Some(method));
            given(tree, s::PATH, Some(target));
        }
        Start::Response(status) => {
            let handle = tree.number(s::STATUS, NONE, u64::from(status));
            tree.generated(handle);
        }
    }
    given(tree, s::HOST, head.host);
    given(tree, s::ACTION, head.action);
    passport(tree, unit);
}

/// What Passport's headers say.
fn passport(tree: &mut Tree, unit: &Unit<'_>) {
    let Some(head) = &unit.head else { return };
    if let Some(value) = head.authorization {
        let heading = generated(tree, f::AUTH_CHALLENGE, &text::utf8(value).text);
        tree.open(heading);
        for (name, field) in [("sign-in", f::EMAIL), ("pwd", f::PASSWORD)] {
            if let Some(value) = crate::soap::head::part(value, name) {
                generated(tree, field, &text::percent(value).text);
            }
        }
        tree.close();
    }
    let ticket = head.info.and_then(|info| crate::soap::head::part(info, "from-PP"));
    for (value, ticket) in [(head.info, ticket), (head.refused, None), (head.urls, None)] {
        let Some(value) = value else { continue };
        let handle = generated(tree, s::VALUE, &text::utf8(value).text);
        if let Some(ticket) = ticket {
            tree.open(handle);
            let text = text::utf8(ticket).text;
            let given = generated(tree, f::AUTH_TICKET, &text);
            tree.open(given);
            generated(tree, l::TICKET_T, token(&text));
            tree.close();
            tree.close();
        }
    }
    if unit.message.as_ref().is_none_or(|message| message.header.is_none()) || head.cookie.is_some() {
        if let Some(cookie) = head.cookie.and_then(|cookie| crate::soap::head::part(cookie, "MSPAuth")) {
            let text = text::percent(cookie).text;
            let handle = generated(tree, f::AUTH_TICKET, &text);
            tree.open(handle);
            generated(tree, l::TICKET_T, token(&text));
            tree.close();
        }
    }
}

fn remarks(tree: &mut Tree, session: &Session, unit: &Unit<'_>, note: &Note) {
    for &remark in &note.remarks {
        match remark {
            s::REFUSED => {
                let why = note.refusal.map_or("", Refusal::words);
                tree.expert_text(remark, &format!("Login refused: {why}"));
            }
            s::FAULTY => {
                let said = unit.message.as_ref().and_then(|message| {
                    let fault = message.fault?;
                    Some((learn::fault_code(message, fault), message.text_within(fault, b"errorcode")))
                });
                let (code, error) = said.unwrap_or_default();
                let mut what = format!("Service reports a fault: {code}");
                if !error.is_empty() {
                    what = format!("{what}, {error}");
                }
                tree.expert_text(remark, &what);
            }
            s::TICKET_FOREIGN => {
                let given = note.used.map_or("", |used| session.names.get(used.account));
                tree.expert_text(remark, &format!("Ticket was given to {given}"));
            }
            _ => tree.expert(remark),
        }
    }
    let failed = unit.status().filter(|&status| status >= 400);
    if let Some(status) = failed.filter(|_| note.refusal.is_none() && !note.remarks.contains(&s::FAULTY)) {
        tree.expert_text(s::HTTP_FAILED, &format!("Service answers with HTTP status {status}"));
    }
    if let Some(at) = unit.message.as_ref().filter(|message| !message.stopped).and_then(|it| it.document.broken_at) {
        tree.expert_text(
            s::NOT_WELL_FORMED,
            &format!("Body is not well-formed from byte {at} on; read on as far as it can be"),
        );
    }
}

/// What ties a message to others.
fn links(show: &mut Show<'_>, unit: &Unit<'_>, note: &Note) {
    let (session, later, own) = (show.session, show.knows_later(), show.record.frame);
    let tree = &mut show.out.tree;
    if let Some((request, span)) = note.answers {
        frame_link(tree, &session.frames, link::RESPONSE_TO, request);
        let time = tree.number(link::TIME, NONE, span);
        tree.generated(time);
    }
    if later {
        if !note.answered.is_none() {
            frame_link(tree, &session.frames, link::RESPONSE_IN, note.answered);
        }
        let (frames, count) = session.soap.uses(own);
        for &frame in frames.iter().filter(|_| unit.is_response()) {
            frame_link(tree, &session.frames, s::USED_IN, frame);
        }
        if count as usize > MAX_FRAMES && unit.is_response() {
            let handle = tree.number(s::USED_COUNT, NONE, u64::from(count));
            tree.generated(handle);
        }
    }
    if let Some(used) = note.used {
        frame_link(tree, &session.frames, s::ISSUED_IN, used.issued);
    }
    if let Some((status, challenge)) = note.lock {
        let handle = tree.number(s::LOCK_STATUS, NONE, status as u64);
        tree.generated(handle);
        if status != Status::Unverified {
            frame_link(tree, &session.frames, s::LOCK_IN, challenge);
        }
    }
    let mut shown: Vec<crate::session::FrameId> = Vec::new();
    for &message in &note.messages {
        for &frame in session.soap.all_about(message) {
            let known = frame < own || (later && frame != own);
            if known && shown.len() < MAX_FRAMES && !shown.contains(&frame) {
                shown.push(frame);
                frame_link(tree, &session.frames, s::MESSAGE_IN, frame);
            }
        }
        // The request says which message the answer carries.
        if unit.is_response() {
            generated(tree, s::MESSAGE_ID, session.names.get(message));
        }
    }
}

fn body(show: &mut Show<'_>, unit: &Unit<'_>, note: &Note) {
    let Some(message) = &unit.message else {
        if !unit.data.is_empty() {
            show.out.tree.bytes(s::BROKEN, whole(unit.data));
        }
        return;
    };
    let mut open: Vec<usize> = Vec::new();
    let nodes = &message.document.nodes;
    let mut at = 0;
    while let Some(node) = nodes.get(at) {
        while open.last().is_some_and(|&next| next <= at) {
            open.pop();
            show.out.tree.close();
        }
        let mut walk = Walk { show: &mut *show, message, note };
        at = match node.kind {
            Kind::Element if walk.is_leaf(at, node) => {
                walk.leaf(at, node);
                node.next
            }
            Kind::Element => {
                walk.start(at, node);
                open.push(node.next);
                at + 1
            }
            Kind::Text | Kind::Data => {
                walk.text(node);
                at + 1
            }
            Kind::Markup => at + 1,
        };
    }
    for _ in open {
        show.out.tree.close();
    }
    if let Some(broken) = message.document.broken_at.filter(|_| message.stopped) {
        show.out.tree.bytes(s::BROKEN, Span::new(broken, unit.data.len()));
    }
}

struct Walk<'w, 'a, 'd> {
    show: &'w mut Show<'a>,
    message: &'w Message<'d>,
    note: &'w Note,
}

impl Walk<'_, '_, '_> {
    fn around(&self, node: &Node) -> &[u8] {
        self.message.document.name(self.message.data, node.parent)
    }

    fn rule(&self, at: usize, node: &Node) -> Option<&'static Rule> {
        rules::element(self.around(node), self.message.name(at))
    }

    /// An element that is one line: it has no attributes, and nothing inside but text; or its rule deals with all inside.
    fn is_leaf(&self, at: usize, node: &Node) -> bool {
        let inside = self.message.document.nodes.get(at + 1..node.next).unwrap_or_default();
        let plain = inside.iter().all(|node| matches!(node.kind, Kind::Text | Kind::Data));
        match self.rule(at, node) {
            Some(Rule::MailData) => true,
            Some(_) => plain,
            None => plain && !self.message.document.has_attributes(node),
        }
    }

    fn start(&mut self, at: usize, node: &Node) {
        let name = self.message.name(at);
        let title = self.title(at, name);
        let handle = self.show.out.tree.wire(s::ELEMENT, node.whole(), name);
        if let Some(title) = title {
            self.show.out.tree.note(handle, &title);
        }
        self.show.out.tree.open(handle);
        self.attributes(name, node);
    }

    fn attributes(&mut self, name: &[u8], node: &Node) {
        let message = self.message;
        for attribute in message.document.attributes(node) {
            let own = attribute.name.of(message.data);
            if own == b"xmlns" || own.starts_with(b"xmlns:") {
                continue;
            }
            let rule = rules::attribute(name, crate::xml::local(own)).or_else(|| rules::attribute(name, own));
            self.attribute(rule, attribute);
        }
    }

    fn attribute(&mut self, rule: Option<&'static Rule>, attribute: &Attribute) {
        let name = text::utf8(attribute.name.of(self.message.data)).text.into_owned();
        self.value(rule, attribute.whole, attribute.value, &name, None);
    }

    /// What tells an element from others of its kind.
    fn title(&self, at: usize, name: &[u8]) -> Option<String> {
        let names = rules::TITLES.iter().find(|row| row.0.as_bytes() == name)?.1;
        let end = self.message.document.nodes.get(at)?.next.min(at + MAX_LOOK);
        let found = names.iter().find_map(|name| {
            let is = |&inside: &usize| self.message.is(inside, name.as_bytes());
            let text = self.message.text((at + 1..end).find(is)?);
            Some(text).filter(|text| !text.is_empty())
        })?;
        let mut title = String::new();
        text::push_line(&mut title, &found, MAX_TITLE);
        Some(title)
    }

    fn leaf(&mut self, at: usize, node: &Node) {
        let name = text::utf8(self.message.name(at)).text.into_owned();
        let content = self.message.content(at);
        self.value(self.rule(at, node), node.whole(), content, &name, Some(at));
        if self.message.document.has_attributes(node) {
            self.attributes(self.message.name(at), node);
        }
    }

    /// Text beside elements.
    fn text(&mut self, node: &Node) {
        let bytes = node.start.of(self.message.data);
        if !bytes.iter().all(u8::is_ascii_whitespace) {
            self.show.out.tree.wire(s::VALUE, node.start, bytes.trim_ascii());
        }
    }

    /// Shows the value `inner`, which stands in `place`; `node` is its element, if it is one.
    fn value(&mut self, rule: Option<&'static Rule>, place: Span, inner: Span, name: &str, node: Option<usize>) {
        let view = View::new(self.message.data, inner);
        let plain = view.xml();
        let value = plain.bytes().trim_ascii();
        let tree = &mut self.show.out.tree;
        // A picture may be wanted for export even if nobody looks.
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
            Rule::Time(field) => match xml::time(&shown.text) {
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
            Rule::Ticket => self.ticket(place, &shown.text),
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
            Rule::Mail => self.mail(place),
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

    fn ticket(&mut self, place: Span, ticket: &str) {
        let tree = &mut self.show.out.tree;
        let handle = tree.text(f::AUTH_TICKET, place, ticket);
        tree.open(handle);
        tree.text(l::TICKET_T, place, token(ticket));
        if let Some((_, profile)) = ticket.split_once("&p=") {
            tree.text(l::TICKET_P, place, profile);
        }
        tree.close();
    }

    fn mail(&mut self, place: Span) {
        let Some((_, bytes, mail)) = learn::carried(self.message) else { return };
        let names = (self.show.session, self.note);
        let tree = &mut self.show.out.tree;
        let handle = tree.text(s::MESSAGE_BODY, place, &text::utf8(&bytes).text);
        tree.open(handle);
        let mark = tree.enter_source(&bytes, "MSN offline message");
        headers(tree, &bytes, &mail);
        tree.checked_wire(m::TEXT, mail.body, mail.text.as_bytes());
        if mail.wrong {
            tree.expert(m::BASE64_WRONG);
        }
        tree.leave_source(mark);
        // A stored one says these in the header of the request.
        if self.message.body.is_some_and(|body| self.message.child(body, b"Content").is_none()) {
            let from = mail.address(&bytes, "From");
            let mut to = mail.address(&bytes, "To");
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
        let list = learn::mail_list(self.message, node);
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
