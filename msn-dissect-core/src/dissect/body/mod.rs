// SPDX-License-Identifier: GPL-2.0-or-later
//! What follows a command line: read once on each pass into a [`Body`], from which the first pass learns and every pass
//! shows. One module for each kind of payload.

mod challenge;
mod contents;
mod error;
mod fields_body;
mod head;
mod header_tables;
mod headers;
mod invite_ftp;
pub(in crate::dissect) mod mail_data;
mod media;
pub(super) mod mime;
mod notification;
mod parts;
mod roles;
mod services;
mod signals;
mod types;
mod xml;

use super::{
    framing::Command,
    walk::{Learn, Show},
    xml::Values,
};
use crate::{
    command::{Dir, params::Form},
    fields::{Field, command as f, expert},
    session::{Record, Session},
    wire::Span,
};

/// A command with its payload, read once. Spans count from the start of the unit.
pub(super) struct Body<'a> {
    /// The unit: line and payload.
    pub unit: &'a [u8],
    /// The line and the row that explains it.
    pub found: Command<'a>,
    /// What was read of the payload.
    parsed: Parsed,
}

/// What had to be read of a payload.
enum Parsed {
    /// There is none.
    Nothing,
    /// A MIME message.
    Message(mime::Message),
    /// Header blocks, and what they describe.
    Blocks(Box<parts::Blocks>),
    /// A user notification of this type.
    Notification(Option<u32>),
    /// Its form says all.
    Other(Form),
}

impl<'a> Body<'a> {
    /// Reads the payload of a command.
    pub fn read(unit: &'a [u8], found: Command<'a>) -> Self {
        let form = found.choice.as_ref().and_then(|choice| choice.row.payload());
        let parsed = match form {
            _ if found.payload.is_empty() => Parsed::Nothing,
            Some(Form::Message) => Parsed::Message(mime::read(unit, &found)),
            Some(Form::Blocks) => Parsed::Blocks(Box::new(parts::read(unit, &found))),
            Some(Form::Notification) => Parsed::Notification(notification::kind(unit, &found)),
            Some(form) => Parsed::Other(form),
            None => Parsed::Other(Form::Unknown),
        };
        Body { unit, found, parsed }
    }

    /// The payload, if all of it is there; otherwise nothing.
    pub fn whole(&self) -> &'a [u8] {
        if self.found.missing == 0 { self.bytes() } else { &[] }
    }

    /// The document that the payload is or holds, if all of it is there.
    pub fn document(&self) -> Option<Values<'a>> {
        let span = match &self.parsed {
            _ if self.found.missing > 0 => return None,
            Parsed::Blocks(blocks) => blocks.body(),
            _ => self.span(),
        };
        Some(Values::read(self.unit, span))
    }

    /// Addresses of the sender and the receiver, where header blocks name them.
    pub fn routing(&self) -> Option<(Span, Span)> {
        match &self.parsed {
            Parsed::Blocks(blocks) => blocks.routing(self.unit),
            _ => None,
        }
    }

    /// Whether the payload is a message of peer-to-peer packets.
    pub fn has_packets(&self) -> bool {
        match &self.parsed {
            Parsed::Message(message) => message.has_packets(),
            Parsed::Blocks(blocks) => blocks.has_packets(),
            _ => false,
        }
    }

    /// Place of the payload bytes that are there.
    fn span(&self) -> Span {
        self.found.payload
    }

    /// The payload bytes that are there.
    fn bytes(&self) -> &'a [u8] {
        self.found.payload.of(self.unit)
    }

    /// Shows all of the payload as text.
    fn words(&self, show: &mut Show<'_>, field: Field) {
        show.out.tree.checked_wire(field, self.span(), self.bytes());
    }
}

/// Learns from the payload of a command.
pub(super) fn learn(learn: &mut Learn<'_>, body: &Body<'_>) {
    match &body.parsed {
        Parsed::Message(message) => mime::learn(learn, body, message),
        Parsed::Blocks(blocks) => parts::learn(learn, body, blocks),
        Parsed::Notification(kind) => notification::learn(learn, body, *kind),
        _ => {}
    }
}

/// Appends to the Info column what the payload of a command says.
pub(super) fn say(info: &mut String, session: &Session, record: &Record, body: &Body<'_>) {
    match &body.parsed {
        Parsed::Message(message) => mime::say(info, session, record, body, message),
        Parsed::Blocks(blocks) => parts::say(info, session, record, body, blocks),
        Parsed::Other(Form::UserData) => xml::say_text(info, body, b"PSM"),
        Parsed::Other(Form::Alert) if session.hides_texts => {
            info.push_str(": ");
            info.push_str(contents::HIDDEN);
        }
        Parsed::Other(Form::Alert) => xml::say_text(info, body, b"TEXT"),
        Parsed::Other(Form::Lists) => xml::say_lists(info, record, body),
        Parsed::Nothing => say_cleared(info, record, body),
        _ => {}
    }
}

/// Tells that user data were cleared: their length is zero. An answer has none in any case.
fn say_cleared(info: &mut String, record: &Record, body: &Body<'_>) {
    let found = &body.found;
    let form = found.choice.as_ref().and_then(|choice| choice.row.payload());
    let says = found.line.word == *b"UBX" || record.dir == Dir::ToServer;
    if form == Some(Form::UserData) && found.announced == Some(0) && says {
        info.push_str(" cleared");
    }
}

/// Shows the payload of a command.
pub(super) fn show(show: &mut Show<'_>, body: &Body<'_>) {
    show.out.tree.set_cut(body.found.missing > 0);
    match &body.parsed {
        Parsed::Nothing => {}
        Parsed::Message(message) => mime::show(show, body, message),
        Parsed::Blocks(blocks) => parts::show(show, body, blocks),
        Parsed::Notification(kind) => notification::show(show, body, *kind),
        Parsed::Other(form) => other(show, body, *form),
    }
}

fn other(show: &mut Show<'_>, body: &Body<'_>, form: Form) {
    match form {
        Form::Lists => {
            xml::show(show, body);
            services::names(show, body.bytes());
        }
        Form::UserData | Form::Alert | Form::Document => xml::show(show, body),
        Form::Digest => challenge::show(show, body),
        Form::Words(field) => body.words(show, field),
        Form::Refused => error::show(show, body),
        Form::Unknown | Form::Message | Form::Blocks | Form::Notification => {
            show.out.tree.bytes(f::PAYLOAD, body.span());
            if body.found.inferred {
                show.out.tree.expert(expert::INFERRED);
            }
        }
    }
}

/// Shows what is left to say behind the payload of a command.
pub(super) fn show_end(show: &mut Show<'_>, body: &Body<'_>) {
    if let Parsed::Blocks(blocks) = &body.parsed {
        parts::show_surplus(show, body, blocks);
    }
    if body.found.missing > 0 {
        show.out.tree.set_cut(false);
        let cut = show.packet.reported_len > show.data.len();
        if show.packet.ended {
            let (announced, came) = (body.found.announced.unwrap_or(0), body.found.payload.len());
            let text = format!("{announced} bytes announced, {came} came before the connection ended");
            show.out.tree.expert_text(expert::PAYLOAD_SHORT, &text);
        } else {
            show.out.tree.expert(if cut { expert::CAPTURE_CUT } else { expert::PAYLOAD_CUT });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        dissect::stream,
        fields::{expert, mime, xml},
        output::Dissection,
        packet::Packet,
        session::Session,
    };

    fn shown(bytes: &[u8], reported_len: usize) -> Dissection {
        let mut out = Dissection::default();
        out.reset(true);
        let packet = Packet { reported_len, can_desegment: false, ..Packet::example() };
        stream(&mut Session::default(), &packet, bytes, &mut out);
        out
    }

    #[test]
    fn what_was_cut_is_not_called_malformed() {
        for (bytes, blamed) in [
            (&b"MSG 1 N 99\r\nMIME-Version: 1.0\r\nContent-Ty"[..], mime::NO_BLANK_LINE),
            (b"UUX 1 99\r\n<Data><PSM>a</PSM><Curr", xml::XML_MALFORMED),
            (b"SDG 1 99\r\nRouting: 1.0\r\nTo: 1:a@b", mime::BLOCK_MISSING),
            (b"MSG 1 N 99\r\nContent-Type: text/plain; charset=UTF", mime::CHARSET_UNKNOWN),
        ] {
            let whole = bytes.iter().map(|&byte| byte as char).collect::<String>();
            let line = whole.find('\n').unwrap_or_default() + 1;
            let whole = whole.replacen("99", &format!("{:02}", whole.len() - line), 1);
            assert!(shown(whole.as_bytes(), whole.len()).tree.has_expert(blamed));
            let cut = shown(bytes, bytes.len() + 1000).tree;
            assert!(cut.has_expert(expert::CAPTURE_CUT) && !cut.has_expert(blamed));
            let later = shown(bytes, bytes.len()).tree;
            assert!(later.has_expert(expert::PAYLOAD_CUT) && !later.has_expert(blamed));
        }
    }

    #[test]
    fn what_was_cut_is_no_part_and_no_object() {
        let part = b"MSG 1 N 58\r\nMessage-ID: {1}\r\nChunks: 2\r\nContent-Type: text/plain\r\n\r\nHi";
        let rest = b"MSG 2 N 30\r\nMessage-ID: {1}\r\nChunk: 1\r\n\r\n!";
        let joined = |first: &[u8]| {
            let (mut session, mut out) = (Session::default(), Dissection::default());
            for (bytes, reported_len) in [(first, part.len()), (rest, rest.len())] {
                out.reset(true);
                let packet = Packet { reported_len, can_desegment: false, ..Packet::example() };
                stream(&mut session, &packet, bytes, &mut out);
            }
            out.tree.text_of(mime::TEXT).map(str::to_owned)
        };
        assert_eq!(joined(part), Some("Hi!".to_owned()));
        assert_eq!(joined(&part[..part.len() - 1]), None);
        let ink = b"MSG 1 N 50\r\nContent-Type: image/gif\r\n\r\nbase64:R0lGODlhAQABAIAA";
        let found = |reported: usize, there: usize| {
            let out = shown(&ink[..there], reported);
            (out.objects.len(), out.tree.has_expert(mime::BASE64_WRONG))
        };
        assert_eq!(found(ink.len(), ink.len()), (1, false));
        assert_eq!(found(ink.len(), ink.len() - 4), (0, false));
    }
}
