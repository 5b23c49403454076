// SPDX-License-Identifier: GPL-2.0-or-later
//! Times as people and programs read them: ISO 8601, with the offset from UTC.

use serde::{Serialize, Serializer};
use std::fmt;
use time::{OffsetDateTime, UtcOffset};

/// A point in time, and the offset in which it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// ns since 1970.
    pub ns: u64,
    /// Seconds east of UTC.
    pub offset: i32,
}

/// Nanoseconds of a microsecond.
const MICROSECOND: u32 = 1000;

impl Moment {
    fn local(self) -> OffsetDateTime {
        let utc = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.ns)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let offset = UtcOffset::from_whole_seconds(self.offset).unwrap_or(UtcOffset::UTC);
        utc.checked_to_offset(offset).unwrap_or(utc)
    }

    /// Year, month and day.
    pub fn date(self) -> String {
        self.local().date().to_string()
    }

    /// Hours, minutes and seconds.
    pub fn clock(self) -> String {
        let (hour, minute, second) = self.local().time().as_hms();
        format!("{hour:02}:{minute:02}:{second:02}")
    }

    /// Date and time for people.
    pub fn words(self) -> String {
        format!("{} {}", self.date(), self.clock())
    }

    /// Microseconds since 1970.
    pub fn micros(self) -> u64 {
        self.ns / u64::from(MICROSECOND)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.local();
        let (nanos, minutes) = (local.nanosecond(), local.offset().whole_minutes());
        write!(out, "{}T{}", local.date(), self.clock())?;
        // What a capture does not tell more exactly is not written so.
        match nanos % MICROSECOND {
            0 => write!(out, ".{:06}", nanos / MICROSECOND)?,
            _ => write!(out, ".{nanos:09}")?,
        }
        let sign = if minutes < 0 { '-' } else { '+' };
        write!(out, "{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A length of time for people.
pub fn duration(ns: u64) -> String {
    let seconds = ns / 1_000_000_000;
    match (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, second) => format!("{second} s"),
        (0, 0, minute, second) => format!("{minute} min {second} s"),
        (0, hour, minute, _) => format!("{hour} h {minute} min"),
        (day, hour, ..) => format!("{day} d {hour} h"),
    }
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_say_their_offset() {
        let moment = |offset| Moment { ns: 1_795_353_057_444_000_000, offset };
        assert_eq!(moment(0).to_string(), "2026-11-22T13:10:57.444000+00:00");
        assert_eq!(moment(-12_600).to_string(), "2026-11-22T09:40:57.444000-03:30");
        assert_eq!(moment(3600).words(), "2026-11-22 14:10:57");
        assert_eq!(Moment { ns: 1, offset: 0 }.to_string(), "1970-01-01T00:00:00.000000001+00:00");
        assert_eq!(Moment { ns: u64::MAX, offset: i32::MAX }.date(), "2554-07-21");
    }

    #[test]
    fn lengths_and_sizes_are_for_people() {
        assert_eq!(
            [1, 61, 3700, 90_000].map(|s| duration(s * 1_000_000_000)),
            ["1 s", "1 min 1 s", "1 h 1 min", "1 d 1 h"]
        );
        assert_eq!([0, 1, 9999, 16_044, 20_000_000].map(size), ["0 bytes", "1 byte", "9999 bytes", "16 kB", "20 MB"]);
    }
}
