// SPDX-License-Identifier: GPL-2.0-or-later
//! What each PDU was, as the first pass found it. In: PDUs in the order of the capture. Out: the same by place on every
//! later pass. What was known of the conversation then is in the history of its connection.

use super::{
    connection::{ConnId, Connection, State},
    ledger::Ledger,
    names::NameId,
    place::Place,
    versions::Range,
};
use crate::{
    command::{Dir, ServerKind, layout::Known},
    packet::Packet,
    session::FrameId,
};

/// What stood at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    /// A PDU, whole or cut by the end of the segment, or bytes in which none begins: framing tells.
    #[default]
    Pdu,
    /// The same, where nothing said that a PDU was due to begin.
    Unaligned,
    /// Bytes that continue an earlier PDU: so many of them.
    Rest(u32),
    /// The beginning of a PDU that continues in a later segment; nothing was shown.
    Incomplete,
    /// Bytes that were dissected before and are sent again; nothing was shown.
    Repeated(u32),
}

/// What is known of a PDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Frame it stands in.
    pub frame: FrameId,
    /// Its number within the frame, from 0.
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
    /// What the shapes of commands tell of an unknown version.
    pub shapes: Range,
    /// Sum of the `*_INFERRED` bits and [`LATE`].
    pub inferred: u8,
}

/// The direction was guessed from ports.
pub const DIR_INFERRED: u8 = 1;
/// The version was not negotiated on this connection nor inherited.
pub const VERSION_INFERRED: u8 = 2;
/// What follows the PDU came before it: one that is not complete will never be.
pub const LATE: u8 = 8;

impl Record {
    /// What is known of a PDU of `packet`, going by the state of its connection.
    pub fn new(packet: &Packet, place: Place, kept: Kept, state: &State) -> Self {
        let (certain, dir) = state.direction(&packet.source, &packet.destination);
        let mut inferred = if kept.late { LATE } else { 0 };
        if certain.is_none() {
            inferred |= DIR_INFERRED;
        }
        if state.version == 0 {
            inferred |= VERSION_INFERRED;
        }
        Record {
            frame: place.frame,
            unit: place.unit,
            what: kept.what,
            conn: kept.conn,
            account: state.account,
            dir,
            server: state.kind,
            version: state.version,
            shapes: state.shapes,
            inferred,
        }
    }

    /// What can be said of a PDU without any state.
    pub fn guess(packet: &Packet, place: Place) -> Self {
        Record::new(packet, place, Kept::default(), &State::default())
    }

    /// Where the PDU stands.
    pub fn place(&self) -> Place {
        Place::new(self.frame, self.unit)
    }

    /// Whether this is what the state of its connection says. A server's end that is known changes with the head of a
    /// gateway message only.
    pub fn agrees(&self, connection: &Connection) -> bool {
        self.account == connection.account
            && self.version == connection.version
            && self.server == connection.kind
            && self.shapes == connection.shapes
            && (self.inferred & DIR_INFERRED == 0) == connection.server_end.is_some()
    }

    /// What choosing a layout may rely on.
    pub fn known(&self) -> Known {
        Known {
            dir: (self.inferred & DIR_INFERRED == 0).then_some(self.dir),
            server: self.server,
            version: if self.inferred & VERSION_INFERRED == 0 { self.version } else { 0 },
        }
    }

    /// What is kept of it.
    pub fn kept(&self) -> Kept {
        Kept { conn: self.conn, what: self.what, late: self.inferred & LATE != 0 }
    }
}

/// What is kept of a PDU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Connection it belongs to.
    pub conn: ConnId,
    /// What it was.
    pub what: What,
    /// What follows it came before it.
    pub late: bool,
}

/// PDUs of a frame that follow each other and are alike. 12 bytes: a frame takes at least that much for the life of the
/// capture.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: Place,
    /// From the lowest bit: connection, what and whether it is late, how many PDUs follow the first one.
    packed: u32,
}

/// Bits of a connection's number ([`super::connection::MAX_CONNECTIONS`]), and of what a PDU was.
const CONN_BITS: u32 = 20;
const WHAT_BITS: u32 = 4;
/// Most PDUs in a run.
const MAX_RUN: u32 = 1 << (32 - CONN_BITS - WHAT_BITS);

impl Run {
    fn new(first: Place, kept: Kept) -> Self {
        let what = match kept.what {
            What::Pdu => 0,
            What::Unaligned => 1,
            What::Rest(_) => 2,
            What::Incomplete => 3,
            What::Repeated(_) => 4,
        };
        let what = what | u32::from(kept.late) << 3;
        let conn = kept.conn.0 & ((1 << CONN_BITS) - 1);
        Run { first, packed: conn | what << CONN_BITS }
    }

    fn more(self) -> u32 {
        self.packed >> (CONN_BITS + WHAT_BITS)
    }

    /// Whether PDUs of this run need no note of their own.
    fn is_plain(self) -> bool {
        self.packed >> CONN_BITS & 7 == 0
    }

    /// Whether the PDU is one of the run.
    fn has(self, place: Place) -> bool {
        let after = place.unit.checked_sub(self.first.unit);
        place.frame == self.first.frame && after.is_some_and(|after| after <= self.more())
    }

    /// Takes the PDU that follows, if it is like the others.
    fn take(&mut self, place: Place, other: Run) -> bool {
        let mask = (1 << (CONN_BITS + WHAT_BITS)) - 1;
        let next = self.more() + 1;
        let fits = self.is_plain()
            && self.packed & mask == other.packed & mask
            && place.frame == self.first.frame
            && place.unit.checked_sub(self.first.unit) == Some(next)
            && next < MAX_RUN;
        if fits {
            self.packed += 1 << (CONN_BITS + WHAT_BITS);
        }
        fits
    }
}

/// What is kept of all PDUs.
#[derive(Debug, Default)]
pub struct Records {
    runs: Vec<Run>,
    /// Bytes that continue an earlier PDU or came before.
    lengths: Ledger<u32>,
    count: usize,
}

impl Records {
    /// Keeps what a PDU was. When the same frame comes again on a first pass, what was learnt first stays.
    pub fn keep(&mut self, place: Place, kept: Kept) {
        let run = Run::new(place, kept);
        if self.runs.last_mut().is_some_and(|last| last.take(place, run)) {
            self.count += 1;
            return;
        }
        let at = match self.runs.last() {
            Some(last) if last.first > place || last.has(place) => {
                let at = self.runs.partition_point(|run| run.first <= place);
                if at.checked_sub(1).and_then(|before| self.runs.get(before)).is_some_and(|run| run.has(place)) {
                    return;
                }
                at
            }
            _ => self.runs.len(),
        };
        self.count += 1;
        self.runs.insert(at, run);
        if let What::Rest(len) | What::Repeated(len) = kept.what {
            self.lengths.keep(place, len);
        }
    }

    /// What was kept of a PDU.
    pub fn get(&self, place: Place) -> Option<Kept> {
        let at = self.runs.partition_point(|run| run.first <= place).checked_sub(1)?;
        let run = self.runs.get(at).filter(|run| run.has(place))?;
        let len = || self.lengths.get(place).copied().unwrap_or(0);
        let what = match run.packed >> CONN_BITS & 7 {
            0 => What::Pdu,
            1 => What::Unaligned,
            2 => What::Rest(len()),
            3 => What::Incomplete,
            _ => What::Repeated(len()),
        };
        let conn = ConnId(run.packed & ((1 << CONN_BITS) - 1));
        Some(Kept { conn, what, late: run.packed >> CONN_BITS & 8 != 0 })
    }

    /// The connections of a frame, each with its last PDU, in order.
    pub fn of_frame(&self, frame: FrameId) -> impl Iterator<Item = (Place, ConnId)> {
        let from = self.runs.partition_point(|run| run.first.frame < frame);
        let runs = self.runs.get(from..).unwrap_or_default().iter().take_while(move |run| run.first.frame == frame);
        runs.map(|run| {
            let last = Place::new(run.first.frame, run.first.unit + run.more());
            (last, ConnId(run.packed & ((1 << CONN_BITS) - 1)))
        })
    }

    /// How many PDUs are known.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(frame: u32, unit: u32) -> Place {
        Place::new(FrameId::nth(frame), unit)
    }

    #[test]
    fn records_are_found_whatever_the_order() {
        let mut records = Records::default();
        for (frame, unit) in [(1, 0), (1, 1), (7, 0), (3, 0), (7, 0)] {
            records.keep(place(frame, unit), Kept::default());
        }
        assert_eq!((records.len(), records.runs.len()), (4, 3));
        let conns = |frame| records.of_frame(FrameId::nth(frame)).count();
        assert_eq!((conns(1), conns(2), conns(7)), (1, 0, 1));
        assert!(records.get(place(3, 0)).is_some() && records.get(place(7, 0)).is_some());
        assert!(records.get(place(3, 1)).is_none() && records.get(place(1, 2)).is_none());
    }

    #[test]
    fn a_run_takes_what_its_description_says() {
        assert_eq!(size_of::<Run>(), 12);
        const { assert!(super::super::connection::MAX_CONNECTIONS <= 1 << CONN_BITS) };
    }

    fn kept() -> impl Strategy<Value = Kept> {
        let what = prop_oneof![
            6 => Just(What::Pdu),
            1 => Just(What::Unaligned),
            1 => (1u32..9).prop_map(What::Rest),
            1 => Just(What::Incomplete),
            1 => (1u32..9).prop_map(What::Repeated),
        ];
        let conn = prop_oneof![4 => Just(ConnId(0)), 1 => Just(ConnId((1 << CONN_BITS) - 1))];
        (conn, what, proptest::bool::weighted(0.1)).prop_map(|(conn, what, late)| Kept { conn, what, late })
    }

    proptest! {
        #[test]
        fn every_unit_is_found_again(
            rows in proptest::collection::vec((kept(), 0u32..400, any::<bool>()), 1..40)) {
            let mut records = Records::default();
            let (mut all, mut at) = (Vec::new(), place(1, 0));
            for (kept, more, new_frame) in rows {
                if new_frame {
                    at = place(at.frame.index() + 1, 0);
                }
                // A long stretch of PDUs that are alike, or one that is not.
                for _ in 0..if kept.what == What::Pdu { more } else { 1 } {
                    records.keep(at, kept);
                    all.push((at, kept));
                    at = at.next();
                }
            }
            prop_assert_eq!(records.len(), all.len());
            for &(at, kept) in &all {
                prop_assert_eq!(records.get(at), Some(kept));
            }
            prop_assert_eq!(records.get(at), None);
            for &(at, _) in &all {
                records.keep(at, Kept { conn: ConnId(5), ..Kept::default() });
            }
            prop_assert!(all.iter().all(|&(at, kept)| records.get(at) == Some(kept)));
        }
    }
}
