// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows the three header blocks and the body of SDG, NFY, PUT and DEL.

use super::Body;
use crate::fields::command as f;

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    body.walk.out.tree.bytes(f::PAYLOAD, body.span);
}
