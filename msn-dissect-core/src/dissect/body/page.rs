// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows paging markup (PAG, PGD): elements without a root around them (fact base: values 14).

use super::{Body, xml::document};

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    document(body.walk, body.unit, body.span);
}
