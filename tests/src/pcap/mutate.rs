// SPDX-License-Identifier: GPL-2.0-or-later
//! What networks and careless capturing do to packets.

use super::restream::tcp_payload_len;
use super::{Capture, rng};
use rand::RngExt;
use std::mem::swap;

/// A repeatable chance with which each data packet is struck.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    /// Makes the choice repeatable.
    pub seed: u64,
    /// Probability from 0.0 to 1.0.
    pub rate: f64,
}

impl Capture {
    /// Indices of the packets that carry TCP data.
    pub fn data_packets(&self) -> Vec<usize> {
        let carries = |&i: &usize| tcp_payload_len(self.link, &self.packets[i].data).is_some_and(|len| len > 0);
        (0..self.packets.len()).filter(carries).collect()
    }

    fn struck(&self, chance: Chance) -> Vec<usize> {
        let mut random = rng(chance.seed);
        self.data_packets().into_iter().filter(|_| random.random_bool(chance.rate)).collect()
    }

    /// Leaves out the first `count` packets, as when capturing began late.
    #[must_use]
    pub fn without_first(mut self, count: usize) -> Capture {
        self.packets.drain(..count.min(self.packets.len()));
        self
    }

    /// Leaves out the packets with these indices.
    #[must_use]
    pub fn without(mut self, indices: &[usize]) -> Capture {
        let mut index = 0..;
        self.packets.retain(|_| index.next().is_none_or(|i| !indices.contains(&i)));
        self
    }

    /// Loses data packets at random. Returns the indices of the lost ones too.
    #[must_use]
    pub fn with_loss(self, chance: Chance) -> (Capture, Vec<usize>) {
        let lost = self.struck(chance);
        (self.without(&lost), lost)
    }

    /// Repeats data packets at random, the copy `distance` packets later, like a retransmission.
    #[must_use]
    pub fn with_duplicates(mut self, chance: Chance, distance: usize) -> Capture {
        for index in self.struck(chance).into_iter().rev() {
            let mut copy = self.packets[index].clone();
            let at = (index + 1 + distance).min(self.packets.len());
            copy.time = self.packets[at - 1].time;
            self.packets.insert(at, copy);
        }
        self
    }

    /// Lets data packets arrive `distance` packets late, at random. The time stamps stay in order.
    #[must_use]
    pub fn with_reordering(mut self, chance: Chance, distance: usize) -> Capture {
        for index in self.struck(chance) {
            self.delay(index, distance);
        }
        self
    }

    /// Lets the packet at `index` arrive `distance` packets late. The time stamps stay in order.
    pub fn delay(&mut self, index: usize, distance: usize) {
        let end = (index + distance).min(self.packets.len().saturating_sub(1));
        for i in index..end {
            let (left, right) = self.packets.split_at_mut(i + 1);
            let (a, b) = (&mut left[i], &mut right[0]);
            swap(a, b);
            swap(&mut a.time, &mut b.time);
        }
    }

    /// Cuts every packet to `length` captured bytes.
    #[must_use]
    pub fn snapped(mut self, length: usize) -> Capture {
        for packet in &mut self.packets {
            packet.data.truncate(length);
        }
        self
    }
}
