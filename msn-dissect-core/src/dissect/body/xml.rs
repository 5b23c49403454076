// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows payloads that are XML documents.

use super::Body;
pub(crate) use crate::dissect::xml::document;

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    document(&mut body.walk.out.tree, body.unit, body.span);
}
