// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what an error reply carries: the document that was refused, or words (fact base: commands 4).

use super::{Body, xml::document};
use crate::{
    fields::{expert, xml as x},
    text,
};

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    if body.bytes().trim_ascii_start().first() == Some(&b'<') {
        return document(body.walk, body.unit, body.span);
    }
    if body.walk.out.tree.wanted() {
        let shown = text::utf8(body.span.of(body.unit));
        body.walk.out.tree.text(x::ERROR_TEXT, body.span, &shown.text);
        if !shown.valid {
            body.walk.out.tree.expert(expert::NOT_UTF8);
        }
    }
}
