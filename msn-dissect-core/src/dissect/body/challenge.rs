// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows the answer to a challenge (QRY): 32 hexadecimal digits (fact base: state 4.2).

use super::Body;
use crate::fields::{command as f, xml as x};

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    if !body.walk.out.tree.wanted() {
        return;
    }
    let answer = body.span.of(body.unit);
    body.walk.out.tree.wire(f::CHALLENGE_RESPONSE, body.span, answer);
    if answer.len() != 32 || !answer.iter().all(u8::is_ascii_hexdigit) {
        body.walk.out.tree.expert(x::VALUE_MALFORMED);
    }
}
