// SPDX-License-Identifier: GPL-2.0-or-later
//! A map that forgets its oldest entries.

use std::{
    collections::{VecDeque, hash_map::Entry as Slot},
    hash::Hash,
};

use super::map::Map;

/// A map of at most `MAX` entries; the oldest of those that are there goes first.
#[derive(Debug)]
pub struct Bounded<K, V, const MAX: usize> {
    map: Map<K, Entry<V>>,
    /// Keys by age, with those that were removed in between.
    order: VecDeque<(u32, K)>,
    next: u32,
    /// Entries forgotten because the map was full.
    pub evicted: u64,
}

#[derive(Debug)]
struct Entry<V> {
    age: u32,
    value: V,
}

/// Removed keys that stay in the order for a while, beside as many as there are entries.
const SLACK: usize = 32;

impl<K, V, const MAX: usize> Default for Bounded<K, V, MAX> {
    fn default() -> Self {
        Bounded { map: Map::default(), order: VecDeque::new(), next: 0, evicted: 0 }
    }
}

impl<K: Clone + Eq + Hash, V, const MAX: usize> Bounded<K, V, MAX> {
    /// Keeps an entry; an earlier one of the same key is replaced and keeps its age. Gives what had to go.
    #[inline(never)]
    pub fn insert(&mut self, key: K, value: V) -> Option<(K, V)> {
        match self.map.entry(key) {
            Slot::Occupied(mut slot) => {
                slot.get_mut().value = value;
                return None;
            }
            Slot::Vacant(slot) => {
                self.order.push_back((self.next, slot.key().clone()));
                slot.insert(Entry { age: self.next, value });
                self.next = self.next.wrapping_add(1);
            }
        }
        // Keys that were removed must not make the order grow: when there are many, it is gone through once.
        let mut checked = if self.order.len() > self.map.len() * 2 + SLACK { self.order.len() } else { 0 };
        while checked > 0 || self.map.len() > MAX {
            let (age, oldest) = self.order.pop_front()?;
            let is_there = self.map.get(&oldest).is_some_and(|entry| entry.age == age);
            match (is_there, checked) {
                (true, 0) => {
                    self.evicted += 1;
                    return self.map.remove(&oldest).map(|entry| (oldest, entry.value));
                }
                (true, _) => self.order.push_back((age, oldest)),
                (false, _) => {}
            }
            checked = checked.saturating_sub(1);
        }
        None
    }

    /// The entry of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.map.get(key).map(|entry| &entry.value)
    }

    /// The entry of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.map.get_mut(key).map(|entry| &mut entry.value)
    }

    /// Forgets an entry: it counts no more.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.map.remove(key).map(|entry| entry.value)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first() {
        let mut map: Bounded<u32, u32, 2> = Bounded::default();
        for key in 0..3 {
            map.insert(key, key);
        }
        assert_eq!((map.get(&0), map.get(&1), map.get(&2)), (None, Some(&1), Some(&2)));
        assert_eq!((map.evicted, map.len()), (1, 2));
    }

    #[test]
    fn what_was_removed_counts_no_more() {
        let mut map: Bounded<u32, u32, 2> = Bounded::default();
        map.insert(1, 1);
        for key in 3..1000 {
            map.insert(key, key);
            map.remove(&key);
        }
        assert_eq!((map.get(&1), map.evicted), (Some(&1), 0));
        assert!(map.order.len() <= 2 * map.len() + SLACK + 1);
        // A key that comes again is as old as its new entry.
        map.insert(2, 2);
        map.remove(&1);
        map.insert(1, 1);
        assert_eq!(map.insert(3, 3), Some((2, 2)));
        assert_eq!((map.get(&1), map.evicted), (Some(&1), 1));
    }
}
