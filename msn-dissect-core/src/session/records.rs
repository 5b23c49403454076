// SPDX-License-Identifier: GPL-2.0-or-later
//! What the first pass knew about each unit, read back on later passes.

use super::{connection::ConnId, names::NameId};
use crate::{
    command::{Dir, ServerKind},
    session::FrameId,
};

/// What a unit was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A command, whole or cut by the end of the segment.
    Command,
    /// Bytes that belong to no known command; `u32` bytes of them continue an earlier payload.
    Continuation(u32),
    /// The beginning of a command that continues in a later segment; nothing was shown.
    Incomplete,
    /// Bytes that were dissected before and are sent again; nothing was shown.
    Repeated(u32),
}

/// What was known about a unit. 28 bytes: a unit takes at least that much of memory for the life of the capture.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// Frame number.
    pub frame: FrameId,
    /// Number of the unit within the frame, from 0.
    pub unit: u32,
    /// What it was.
    pub what: What,
    /// Connection it belongs to.
    pub conn: ConnId,
    /// Account that owns the connection.
    pub account: NameId,
    /// Who sent it.
    pub dir: Dir,
    /// Kind of server, if known.
    pub server: Option<ServerKind>,
    /// Protocol version, 0 = unknown.
    pub version: u8,
    /// Sum of the `*_INFERRED` bits, [`TAUGHT`] and [`LATE`].
    pub inferred: u8,
}

/// The direction was guessed from ports.
pub const DIR_INFERRED: u8 = 1;
/// The version was not negotiated on this connection nor inherited.
pub const VERSION_INFERRED: u8 = 2;
/// The unit itself told some of this: what was known before is in [`super::Session::before`].
pub const TAUGHT: u8 = 4;

/// What follows the unit came before it: a command that is not complete will never be.
pub const LATE: u8 = 8;

/// All records, in the order of the capture.
#[derive(Debug, Default)]
pub struct Records {
    rows: Vec<Record>,
}

impl Records {
    /// Keeps a record. The first pass goes through the capture in order, so that the rows stay sorted.
    pub fn push(&mut self, record: Record) {
        let key = (record.frame, record.unit);
        match self.rows.last() {
            Some(last) if (last.frame, last.unit) >= key => {
                // The same frame again on a first pass: what was learnt first stays.
                if let Err(at) = self.rows.binary_search_by_key(&key, |row| (row.frame, row.unit)) {
                    self.rows.insert(at, record);
                }
            }
            _ => self.rows.push(record),
        }
    }

    /// The record of a unit.
    pub fn get(&self, frame: FrameId, unit: u32) -> Option<&Record> {
        let at = self.rows.binary_search_by_key(&(frame, unit), |row| (row.frame, row.unit)).ok()?;
        self.rows.get(at)
    }

    /// The records of a frame.
    pub fn of_frame(&self, frame: FrameId) -> &[Record] {
        let from = self.rows.partition_point(|row| row.frame < frame);
        let rows = self.rows.get(from..).unwrap_or_default();
        let len = rows.iter().take_while(|row| row.frame == frame).count();
        rows.get(..len).unwrap_or_default()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(frame: FrameId, unit: u32) -> Record {
        Record {
            frame,
            unit,
            what: What::Command,
            conn: ConnId::default(),
            account: NameId::default(),
            dir: Dir::ToServer,
            server: None,
            version: 0,
            inferred: 0,
        }
    }

    #[test]
    fn records_are_found_whatever_the_order() {
        let mut records = Records::default();
        for (frame, unit) in [(1, 0), (1, 1), (7, 0), (3, 0), (7, 0)] {
            records.push(record(FrameId::nth(frame), unit));
        }
        assert_eq!(records.len(), 4);
        assert_eq!(
            (
                records.of_frame(FrameId::nth(1)).len(),
                records.of_frame(FrameId::nth(2)).len(),
                records.of_frame(FrameId::nth(7)).len()
            ),
            (2, 0, 1)
        );
        assert!(
            records.get(FrameId::nth(3), 0).is_some()
                && records.get(FrameId::nth(7), 0).is_some()
                && records.get(FrameId::nth(3), 1).is_none()
        );
    }

    #[test]
    fn a_record_takes_what_its_description_says() {
        assert_eq!(size_of::<Record>(), 28);
    }
}
