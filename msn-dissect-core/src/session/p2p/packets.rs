// SPDX-License-Identifier: GPL-2.0-or-later
//! Single packets: what an acknowledgement may speak of, sequence numbers, and what was learnt about each packet.

use super::{
    flow::{Flow, Leg},
    messages::Placed,
};
use crate::session::{FrameId, bounded::Bounded, notes::NoteKey, transfers::TransferId};

/// What the first pass learnt about a packet.
#[derive(Clone, Copy, Debug, Default)]
pub struct PacketNote {
    /// What became of its data.
    pub placed: Placed,
    /// What its session transfers.
    pub transfer: Option<TransferId>,
    /// Frame of the invitation.
    pub offered: FrameId,
    /// Capture time, ns since 1970.
    pub time: u64,
    /// Frame and time of the packet that this one acknowledges.
    pub acknowledges: Option<(FrameId, u64)>,
    /// Frame of this packet's first acknowledgement, 0 = none.
    pub acknowledged: FrameId,
}

/// Packets that go by one name: the latest, and the latest on another leg.
#[derive(Clone, Copy, Debug)]
struct Targets {
    latest: (Leg, NoteKey),
    other: Option<(Leg, NoteKey)>,
}

/// By what an acknowledgement names the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// Version 1: its random number.
    Unique(u32),
    /// Version 1: the message's identifier.
    Identifier(u32),
    /// Version 2: the sequence number that follows it.
    Sequence(u32),
}

/// Most packets that wait for an acknowledgement.
pub const MAX_TARGETS: usize = 1 << 17;

/// Most packets whose sequence numbers are remembered, to tell repetitions.
pub const MAX_SEEN: usize = 1 << 16;

/// What is remembered of single packets.
#[derive(Debug, Default)]
pub struct Packets {
    targets: Bounded<(Flow, Name), Targets, MAX_TARGETS>,
    seen: Bounded<(Leg, Flow, u32), (u16, FrameId), MAX_SEEN>,
    next: Bounded<(Leg, Flow), u32, MAX_SEEN>,
}

/// What a sequence number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// It is the next one, or nothing is known.
    Fine,
    /// The same packet was seen in this frame.
    Repeated(FrameId),
    /// Packets are missing before it.
    Gap,
}

impl Packets {
    /// Remembers a packet that may be acknowledged, by the key of its note.
    pub fn expect_ack(&mut self, leg: Leg, flow: Flow, name: Name, packet: NoteKey) {
        let latest = (leg, packet);
        match self.targets.get_mut(&(flow, name)) {
            Some(row) => {
                let other = if row.latest.0 == leg { row.other } else { Some(row.latest) };
                *row = Targets { latest, other };
            }
            None => {
                self.targets.insert((flow, name), Targets { latest, other: None });
            }
        }
    }

    /// The packet that an acknowledgement names, one of its own leg before others; `flow` is that of the
    /// acknowledgement.
    pub fn acknowledged(&self, leg: Leg, flow: Flow, name: Name) -> Option<NoteKey> {
        let row = self.targets.get(&(flow.reversed(), name))?;
        Some(row.other.filter(|other| other.0 == leg && row.latest.0 != leg).unwrap_or(row.latest).1)
    }

    /// Checks and remembers the sequence number of a packet of version 2 with data, or that opens a link.
    pub fn sequence(&mut self, leg: Leg, flow: Flow, base: u32, len: u16, opens: bool, frame: FrameId) -> Sequence {
        let next = base.wrapping_add(u32::from(len));
        let mut found = Sequence::Fine;
        if len > 0 {
            if let Some(&(_, before)) = self.seen.get(&(leg, flow, base)).filter(|row| row.0 == len) {
                return Sequence::Repeated(before);
            }
            let expected = self.next.get(&(leg, flow)).copied().unwrap_or(base);
            // More than half of the numbers ahead means behind: an older packet, not a gap.
            let ahead = base.wrapping_sub(expected);
            if !opens && ahead != 0 && ahead < u32::MAX / 2 {
                found = Sequence::Gap;
            }
            self.seen.insert((leg, flow, base), (len, frame));
        }
        if len > 0 || opens {
            self.next.insert((leg, flow), next);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledgements_prefer_their_own_leg() {
        let mut packets = Packets::default();
        let flow =
            Flow { sender: super::super::flow::Party::new(Default::default(), 1, 0), receiver: Default::default() };
        for leg in [1, 2] {
            packets.expect_ack(Leg(leg), flow, Name::Unique(5), (FrameId::nth(leg), 0, 0));
        }
        let frame = |leg| packets.acknowledged(Leg(leg), flow.reversed(), Name::Unique(5)).map(|key| key.0);
        assert_eq!(
            (frame(1), frame(2), frame(3)),
            (Some(FrameId::nth(1)), Some(FrameId::nth(2)), Some(FrameId::nth(2)))
        );
        assert!(packets.acknowledged(Leg(1), flow, Name::Unique(5)).is_none());
        assert!(packets.acknowledged(Leg(1), flow.reversed(), Name::Identifier(5)).is_none());
    }

    #[test]
    fn sequence_numbers_tell_repetitions_and_gaps() {
        let mut packets = Packets::default();
        let mut check =
            |base, len, opens| packets.sequence(Leg(1), Flow::default(), base, len, opens, FrameId::nth(base));
        assert_eq!(check(100, 10, true), Sequence::Fine);
        assert_eq!(check(110, 10, false), Sequence::Fine);
        assert_eq!(check(110, 10, false), Sequence::Repeated(FrameId::nth(110)));
        assert_eq!(check(130, 10, false), Sequence::Gap);
        assert_eq!(check(120, 10, false), Sequence::Fine);
        assert_eq!(check(5000, 10, true), Sequence::Fine);
        assert_eq!(check(77, 0, false), Sequence::Fine);
    }
}
