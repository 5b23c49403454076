// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what an error reply carries: the document that was refused, or words (fact base: commands 4).

use super::{Body, xml::document};
use crate::{dissect::xml::is_document, fields::xml as x};

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    match is_document(body.bytes()) {
        true => document(body.walk, body.unit, body.span, None),
        false => body.words(x::ERROR_TEXT),
    }
}
