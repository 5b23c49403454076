// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what follows a command line: one module for each kind of payload.

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

use super::{Walk, framing::Command};
use crate::{
    fields::{Field, command as f, expert, xml as x},
    item::Span,
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
        let cut = walk.packet.reported_len > walk.data.len();
        walk.out.tree.expert(if cut { expert::CAPTURE_CUT } else { expert::PAYLOAD_CUT });
    }
}
