// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows the answer to a challenge (QRY): 32 hexadecimal digits (fact base: state 4.2).

use super::Body;
use crate::{
    dissect::walk::Show,
    fields::{command as f, xml as x},
};

/// Shows the payload.
pub(super) fn show(show: &mut Show<'_>, body: &Body<'_>) {
    let (tree, answer) = (&mut show.out.tree, body.bytes());
    if !tree.wanted() {
        return;
    }
    tree.wire(f::CHALLENGE_RESPONSE, body.span(), answer);
    if answer.len() != 32 || !answer.iter().all(u8::is_ascii_hexdigit) {
        tree.expert(x::VALUE_MALFORMED);
    }
}
