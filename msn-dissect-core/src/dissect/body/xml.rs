// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows payloads that are XML documents.

use super::{Body, Walk};
use crate::{dissect::xml, item::Span};

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    document(body.walk, body.unit, body.span);
}

/// Shows the document in `span` of `data`.
pub(super) fn document(walk: &mut Walk<'_>, data: &[u8], span: Span) {
    xml::document(&mut walk.out.tree, data, span);
}
