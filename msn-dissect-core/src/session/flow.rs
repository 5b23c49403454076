// SPDX-License-Identifier: GPL-2.0-or-later
//! Which bytes of one direction of a TCP connection were dissected, by sequence number.
//!
//! Wireshark 4.6 hands segments over that it takes for late ones, and every Wireshark does when
//! `tcp.no_subdissector_on_error` is off. Some of them do fill a hole; others only repeat what was there before, whole
//! or in part, and must add nothing.

use crate::session::FrameId;

/// Most holes remembered for a direction; of what lies before the oldest one nothing is known any more.
const MAX_HOLES: usize = 16;

/// Bytes behind the end of a direction that a segment may repeat. What begins even earlier belongs to another
/// connection between the same ports.
const WINDOW: i32 = 1 << 20;

/// What is known of the bytes that a segment brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// Bytes at the start that were there before.
    pub repeated: u32,
    /// What follows these bytes was there before them, and so will not come again.
    pub late: bool,
}

/// One direction of a connection, on the first pass.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Frame of the latest segment; 0 = none yet.
    frame: FrameId,
    /// What begins before this is not known.
    floor: u32,
    /// End of what was dissected: the next unit begins here.
    done: u32,
    /// End of what was seen.
    seen: u32,
    /// What was not seen before [`Flow::seen`], in order.
    holes: Box<[(u32, u32)]>,
}

/// How far `to` lies behind `from`; sequence numbers go round.
fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from) as i32
}

impl Overlap {
    /// The same of what follows the repeated bytes.
    pub const fn behind(self) -> Self {
        Overlap { repeated: 0, late: self.late }
    }
}

impl Flow {
    /// Takes note of `len` bytes from `start` on; `whole` when Wireshark put them together, and so gives what it gave
    /// before and was not done.
    pub fn segment(&mut self, frame: FrameId, start: u32, len: u32, whole: bool) -> Overlap {
        let end = start.wrapping_add(len);
        // In order is the rule.
        if start == self.seen && !self.frame.is_none() {
            (self.frame, self.done, self.seen) = (frame, end, end);
            return Overlap::default();
        }
        let known = !self.frame.is_none() && distance(start, self.seen) <= WINDOW && distance(end, self.seen) > -WINDOW;
        if !known {
            *self = Flow { frame, floor: start, done: end, seen: end, holes: Box::default() };
            return Overlap::default();
        }
        let same = self.frame == frame;
        self.frame = frame;
        if distance(self.seen, start) > 0 {
            self.open(self.seen, start);
            (self.done, self.seen) = (end, end);
            return Overlap::default();
        }
        let late = distance(end, self.seen) > 0;
        let new = self.fill(start, end);
        let repeats = !whole && !same && distance(self.floor, start) >= 0;
        let repeated = match new {
            _ if !repeats => 0,
            Some(hole) => distance(start, hole).max(0) as u32,
            None if distance(self.seen, end) <= 0 => len,
            None => distance(start, self.done).clamp(0, len as i32) as u32,
        };
        if distance(self.seen, end) > 0 {
            (self.done, self.seen) = (end, end);
        }
        Overlap { repeated, late }
    }

    /// Whether segments were seen.
    pub fn began(&self) -> bool {
        !self.frame.is_none()
    }

    /// Whether bytes are missing between those that were seen.
    pub fn has_holes(&self) -> bool {
        !self.holes.is_empty()
    }

    /// The unit at this sequence number is not complete.
    pub fn wait(&mut self, start: u32) {
        if distance(start, self.done) > 0 && distance(self.done, self.seen) == 0 {
            self.done = start;
        }
    }

    fn open(&mut self, from: u32, to: u32) {
        let mut holes = std::mem::take(&mut self.holes).into_vec();
        if holes.len() >= MAX_HOLES {
            let (_, end) = holes.remove(0);
            self.floor = end;
        }
        holes.push((from, to));
        self.holes = holes.into();
    }

    /// Closes holes as far as these bytes fill them; gives the first byte that was missing.
    fn fill(&mut self, start: u32, end: u32) -> Option<u32> {
        let mut first = None;
        let mut left = Vec::new();
        for &(from, to) in &self.holes {
            let (begin, stop) = (distance(from, start).max(0), distance(from, end).min(distance(from, to)));
            if begin >= stop {
                left.push((from, to));
                continue;
            }
            first.get_or_insert(from.wrapping_add(begin as u32));
            let pieces = [(from, from.wrapping_add(begin as u32)), (from.wrapping_add(stop as u32), to)];
            left.extend(pieces.into_iter().filter(|(from, to)| from != to));
        }
        if first.is_some() {
            left.truncate(MAX_HOLES);
            self.holes = left.into();
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NEW: Overlap = Overlap { repeated: 0, late: false };

    fn flow(segments: &[(u32, u32)]) -> (Flow, u32) {
        let mut flow = Flow::default();
        for (frame, &(start, end)) in (1..).zip(segments) {
            flow.segment(FrameId::nth(frame), start, end.wrapping_sub(start), false);
        }
        (flow, segments.len() as u32 + 1)
    }

    #[test]
    fn what_comes_in_order_is_new_even_round_the_end() {
        let mut flow = Flow::default();
        for (frame, start) in [(1, u32::MAX - 9), (2, 0), (3, 10), (9, 40)] {
            assert_eq!(flow.segment(FrameId::nth(frame), start, 10, false), NEW);
        }
        assert_eq!(flow.segment(FrameId::nth(10), u32::MAX - 9, 10, false), Overlap { repeated: 10, late: true });
    }

    #[test]
    fn what_was_there_is_repeated() {
        let (mut flow, frame) = flow(&[(100, 150), (150, 200)]);
        assert_eq!(flow.segment(FrameId::nth(frame), 150, 50, false).repeated, 50);
        assert_eq!(flow.segment(FrameId::nth(frame + 1), 120, 60, false), Overlap { repeated: 60, late: true });
        assert_eq!(flow.segment(FrameId::nth(frame + 2), 170, 60, false), Overlap { repeated: 30, late: false });
        assert_eq!(
            flow.segment(FrameId::nth(frame + 3), 90, 20, false).repeated,
            0,
            "what was before the first byte is not known"
        );
    }

    #[test]
    fn a_unit_that_waits_begins_again_where_it_began() {
        let (mut flow, frame) = flow(&[(100, 150), (150, 200)]);
        flow.wait(180);
        assert_eq!(flow.segment(FrameId::nth(frame), 170, 20, false).repeated, 20, "it is put together by others");
        assert_eq!(flow.segment(FrameId::nth(frame + 1), 170, 60, false).repeated, 10);
    }

    #[test]
    fn what_fills_a_hole_is_new_and_may_be_late() {
        let (mut flow, frame) = flow(&[(100, 150), (200, 250), (300, 350)]);
        assert_eq!(flow.segment(FrameId::nth(frame), 250, 20, false), Overlap { repeated: 0, late: true });
        assert_eq!(flow.segment(FrameId::nth(frame + 1), 260, 40, false), Overlap { repeated: 10, late: true });
        assert_eq!(flow.segment(FrameId::nth(frame + 2), 260, 40, false).repeated, 40);
        assert_eq!(flow.segment(FrameId::nth(frame + 3), 150, 50, false).repeated, 0);
        assert!(flow.holes.is_empty());
    }

    #[test]
    fn what_wireshark_put_together_is_never_skipped() {
        let (mut flow, frame) = flow(&[(100, 150), (200, 250)]);
        assert_eq!(flow.segment(FrameId::nth(frame), 120, 80, true), Overlap { repeated: 0, late: true });
        assert_eq!(flow.segment(FrameId::nth(frame + 1), 150, 50, false).repeated, 50);
    }

    #[test]
    fn another_connection_begins_anew() {
        let (mut flow, frame) = flow(&[(10_000_000, 10_000_050)]);
        assert_eq!(flow.segment(FrameId::nth(frame), 5000, 50, false), NEW);
        assert_eq!(flow.segment(FrameId::nth(frame + 1), 2_000_000_000, 50, false), NEW);
        assert_eq!(flow.segment(FrameId::nth(frame + 2), 2_000_000_000, 50, false).repeated, 50);
    }

    #[test]
    fn the_same_frame_again_is_not_a_repetition() {
        let (mut flow, _) = flow(&[(100, 150)]);
        assert_eq!(flow.segment(FrameId::nth(1), 100, 50, false).repeated, 0);
    }

    proptest! {
        /// Every byte is new once, as far as holes are remembered, and nothing is new twice.
        #[test]
        fn no_byte_is_lost_or_new_twice(
            base in any::<u32>(),
            segments in proptest::collection::vec((0u32..60, 1u32..20), 1..40),
        ) {
            let mut flow = Flow::default();
            let mut seen = [false; 100];
            let mut first = None;
            for (frame, (start, len)) in (1..).zip(segments) {
                let place = flow.segment(FrameId::nth(frame), base.wrapping_add(start), len, false);
                prop_assert!(place.repeated <= len && flow.holes.len() <= MAX_HOLES);
                let from = *first.get_or_insert(start);
                for at in start..start + len {
                    let skipped = at < start + place.repeated;
                    // What lies before the first byte of all is not known to be a hole.
                    if start >= from {
                        prop_assert!(!skipped || seen[at as usize], "byte {at} is lost");
                    }
                    seen[at as usize] = true;
                }
            }
        }
    }
}
