// SPDX-License-Identifier: GPL-2.0-or-later
//! Single packets: what an acknowledgement may speak of, sequence numbers, and what was learnt about each packet.

use super::{
    flow::{Flow, Leg},
    messages::P2pMessageId,
};
use crate::session::{
    FrameId,
    bounded::Bounded,
    losses::{Loss, Losses},
    notes::{NoteKey, Notes},
    transfers::TransferId,
};

/// What the first pass learnt about a packet. There is one for each of very many packets, so what few of them have is kept
/// apart, in [`PacketLinks`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PacketNote {
    /// Message that its data are a piece of.
    pub message: Option<P2pMessageId>,
    /// What its session transfers.
    pub transfer: Option<TransferId>,
    /// Frame of the invitation.
    pub offered: FrameId,
    /// Frame of this packet's first acknowledgement.
    pub acknowledged: FrameId,
    /// Bytes of the message that had arrived with it.
    pub received: u32,
    /// What was wrong or remarkable, a sum of bits of [`super::trouble`].
    pub trouble: u16,
    /// Its data are a message: nothing has to be put together.
    pub single: bool,
}

/// What links a packet with earlier ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PacketLinks {
    /// Frame in which the same packet, or the same single message, was seen on this leg.
    pub repeats: FrameId,
    /// Frame in which the message was whole on another leg.
    pub relayed: FrameId,
    /// Frame of the packet that this one acknowledges.
    pub acknowledges: FrameId,
    /// Capture time of that packet, ns since 1970.
    pub acknowledged_time: u64,
}

/// What was learnt about each packet.
#[derive(Debug, Default)]
pub struct PacketNotes {
    notes: Notes<PacketNote>,
    links: Notes<PacketLinks>,
}

impl PacketNotes {
    /// Keeps what was learnt about a packet.
    pub fn keep(&mut self, key: NoteKey, note: PacketNote, links: PacketLinks) {
        self.notes.keep(key, note);
        if links != PacketLinks::default() {
            self.links.keep(key, links);
        }
    }

    /// What was learnt about a packet; nothing where the first pass did not see it.
    pub fn get(&self, key: NoteKey) -> (PacketNote, PacketLinks) {
        let note = self.notes.get(key).copied().unwrap_or_default();
        (note, self.links.get(key).copied().unwrap_or_default())
    }

    /// How many packets there are.
    pub fn len(&self) -> usize {
        self.notes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// Notes that a packet is acknowledged in this frame; the first one counts.
    pub fn acknowledge(&mut self, key: NoteKey, frame: FrameId) {
        if let Some(note) = self.notes.get_mut(key).filter(|note| note.acknowledged.is_none()) {
            note.acknowledged = frame;
        }
    }
}

/// A packet that may be acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    leg: Leg,
    /// Where its note is.
    pub key: NoteKey,
    /// Capture time, ns since 1970.
    pub time: u64,
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

/// Most packets that wait for an acknowledgement, on the last leg and on the one before. A table is an eighth emptier than a
/// power of two: one more than this many would double it.
pub const MAX_TARGETS: usize = (1 << 17) / 8 * 7 - 1;

/// Most packets whose sequence numbers are remembered, to tell repetitions; chosen as [`MAX_TARGETS`].
pub const MAX_SEEN: usize = (1 << 16) / 8 * 7 - 1;

/// What is remembered of single packets.
#[derive(Debug)]
pub struct Packets {
    /// The latest packet of each name.
    targets: Bounded<(Flow, Name), Target, MAX_TARGETS>,
    /// The latest one on another leg.
    others: Bounded<(Flow, Name), Target, MAX_TARGETS>,
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
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Packets {
            targets: Bounded::new(Loss::Acknowledged, losses),
            others: Bounded::new(Loss::Acknowledged, losses),
            seen: Bounded::new(Loss::Sequence, losses),
            next: Bounded::new(Loss::Sequence, losses),
        }
    }

    /// Remembers a packet that may be acknowledged, by the key of its note.
    pub fn expect_ack(&mut self, leg: Leg, flow: Flow, name: Name, key: NoteKey, time: u64) {
        let target = Target { leg, key, time };
        match self.targets.get_mut(&(flow, name)) {
            Some(row) => {
                let before = std::mem::replace(row, target);
                if before.leg != leg {
                    self.others.insert((flow, name), before);
                }
            }
            None => {
                self.targets.insert((flow, name), target);
            }
        }
    }

    /// The packet that an acknowledgement names, one of its own leg before others; `flow` is that of the
    /// acknowledgement.
    pub fn acknowledged(&self, leg: Leg, flow: Flow, name: Name) -> Option<Target> {
        let name = (flow.reversed(), name);
        let latest = *self.targets.get(&name)?;
        if latest.leg == leg {
            return Some(latest);
        }
        Some(self.others.get(&name).copied().filter(|other| other.leg == leg).unwrap_or(latest))
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
        let mut packets = Packets::new(&Losses::default());
        let flow =
            Flow { sender: super::super::flow::Party::new(Default::default(), 1, 0), receiver: Default::default() };
        for leg in [1, 2] {
            packets.expect_ack(Leg(leg), flow, Name::Unique(5), (FrameId::nth(leg), 0, 0), 7);
        }
        let frame = |leg| packets.acknowledged(Leg(leg), flow.reversed(), Name::Unique(5)).map(|target| target.key.0);
        assert_eq!(
            (frame(1), frame(2), frame(3)),
            (Some(FrameId::nth(1)), Some(FrameId::nth(2)), Some(FrameId::nth(2)))
        );
        assert!(packets.acknowledged(Leg(1), flow, Name::Unique(5)).is_none());
        assert!(packets.acknowledged(Leg(1), flow.reversed(), Name::Identifier(5)).is_none());
    }

    #[test]
    fn sequence_numbers_tell_repetitions_and_gaps() {
        let mut packets = Packets::new(&Losses::default());
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
