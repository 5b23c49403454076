// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows paging markup (PAG, PGD).

use super::Body;
use crate::fields::command as f;

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    body.walk.out.tree.bytes(f::PAYLOAD, body.span);
}
