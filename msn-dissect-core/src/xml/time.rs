// SPDX-License-Identifier: GPL-2.0-or-later
//! Times as documents write them.

use time::{OffsetDateTime, PrimitiveDateTime, format_description::well_known};

/// An ISO 8601 time in ns since 1970; without an offset it is taken for UTC.
pub fn time(text: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(text, &well_known::Rfc3339).ok().or_else(|| {
        let local = PrimitiveDateTime::parse(text, &well_known::Iso8601::PARSING).ok()?;
        Some(local.assume_utc())
    })?;
    i64::try_from(time.unix_timestamp_nanos()).ok()
}
