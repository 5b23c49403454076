// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what follows a command line.

use super::{Walk, framing::Command};
use crate::fields::{command as f, expert};

/// Shows the payload; `data` is the unit.
pub(super) fn show(walk: &mut Walk<'_>, data: &[u8], found: &Command) {
    let tree = &mut walk.out.tree;
    if !found.payload.is_empty() {
        tree.bytes(f::PAYLOAD, found.payload);
        if found.inferred {
            tree.expert(expert::INFERRED);
        }
    }
    if found.missing > 0 {
        if walk.packet.reported_len > walk.data.len() {
            tree.expert(expert::CAPTURE_CUT);
        } else {
            tree.expert(expert::PAYLOAD_CUT);
        }
    }
    let _ = data;
}
