// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what follows a command line: one module for each kind of payload.

use crate::dissect::walk::Walk;
mod challenge;
mod contents;
mod error;
mod fields_body;
mod head;
mod header_tables;
mod headers;
mod mail_data;
mod media;
pub(super) mod mime;
mod notification;
mod parts;
mod xml;

use super::framing::Command;
use crate::{
    fields::{Field, command as f, expert, xml as x},
    wire::Span,
};

/// A payload to be shown. Spans and ranges count from the start of the unit.
pub(super) struct Body<'a, 'w> {
    /// The walk over the unit: session, packet, tree, Info column.
    pub walk: &'a mut Walk<'w>,
    /// The unit: line and payload.
    pub unit: &'a [u8],
    /// The line and the row that explains it.
    pub found: &'a Command<'a>,
    /// Place of the payload bytes that are there, not empty.
    pub span: Span,
}

impl Body<'_, '_> {
    /// The payload bytes that are there.
    pub fn bytes(&self) -> &[u8] {
        self.span.of(self.unit)
    }

    /// Shows all of the payload as text.
    pub fn words(&mut self, field: Field) {
        self.walk.out.tree.checked_wire(field, self.span, self.span.of(self.unit));
    }
}

type Show = fn(&mut Body<'_, '_>);

/// What the payload of a command is.
static BODIES: &[(&str, Show)] = &[
    ("MSG", mime::show),
    ("UUM", mime::show),
    ("UBM", mime::show),
    ("SDG", parts::show),
    ("NFY", parts::show),
    ("PUT", parts::show),
    ("DEL", parts::show),
    ("UUX", xml::user_data),
    ("UBX", xml::user_data),
    ("ADL", xml::lists),
    ("RML", xml::lists),
    ("FQY", xml::lists),
    ("GCF", xml::show),
    ("NOT", xml::alert),
    ("IPG", xml::alert),
    ("QRY", challenge::show),
    ("PAG", xml::show),
    ("PGD", xml::show),
    ("SDC", invitation),
    ("VAS", report),
    ("UUN", notification::show),
    ("UBN", notification::show),
];

fn invitation(body: &mut Body<'_, '_>) {
    body.words(x::INVITATION_TEXT);
}

fn report(body: &mut Body<'_, '_>) {
    body.words(x::REPORT_TEXT);
}

/// Shows the payload of a command. Runs on every pass: on the first one state may be learnt, and the tree may be unwanted.
pub(super) fn show(walk: &mut Walk<'_>, unit: &[u8], found: &Command) {
    walk.out.tree.set_cut(found.missing > 0);
    if !found.payload.is_empty() {
        let shower = match &found.choice {
            Some(_) if found.line.error().is_some() => Some(error::show as Show),
            Some(choice) => BODIES.iter().find(|row| row.0 == choice.row.word).map(|row| row.1),
            None => None,
        };
        let mut body = Body { span: found.payload, walk, unit, found };
        match shower {
            Some(shower) => shower(&mut body),
            None => {
                body.walk.out.tree.bytes(f::PAYLOAD, found.payload);
                if found.inferred {
                    body.walk.out.tree.expert(expert::INFERRED);
                }
            }
        }
    }
    if found.missing > 0 {
        walk.out.tree.set_cut(false);
        let cut = walk.packet.reported_len > walk.data.len();
        walk.out.tree.expert(if cut { expert::CAPTURE_CUT } else { expert::PAYLOAD_CUT });
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
