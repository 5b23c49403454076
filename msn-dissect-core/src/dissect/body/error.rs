// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what an error reply carries: the document that was refused, or words (fact base: commands 4).

use super::Body;
use crate::{
    dissect::{
        walk::Show,
        xml::{document, is_document},
    },
    fields::xml as x,
};

/// Shows the payload.
pub(super) fn show(show: &mut Show<'_>, body: &Body<'_>) {
    match is_document(body.bytes()) {
        true => document(&mut show.out.tree, body.unit, body.span(), None),
        false => body.words(show, x::ERROR_TEXT),
    }
}
