// SPDX-License-Identifier: GPL-2.0-or-later
//! What becomes of an object whose bytes are all there.

use super::Walk;
use crate::{item::Span, session::transfers::Transfer};

/// Called once for each object whose bytes are all there, where the last of them stands; on every pass, also without
/// a tree. `span` is the place of `bytes` in the current source.
pub(crate) fn completed(walk: &mut Walk<'_>, transfer: &Transfer, span: Span, bytes: &[u8]) {
    let _ = (walk, transfer, span, bytes);
}
