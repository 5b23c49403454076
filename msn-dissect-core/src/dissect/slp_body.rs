// SPDX-License-Identifier: GPL-2.0-or-later
//! Session descriptions that travel without a binary header: UUN and UBN of types 3 and 10, SDG Signal.

use super::Walk;
use crate::{fields::p2p as f, item::Span};

/// Shows a session description.
pub(crate) fn show(walk: &mut Walk<'_>, span: Span) {
    walk.out.tree.bytes(f::DATA, span);
}
