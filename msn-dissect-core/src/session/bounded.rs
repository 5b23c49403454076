// SPDX-License-Identifier: GPL-2.0-or-later
//! A map that forgets its oldest entries.

use std::{collections::VecDeque, hash::Hash};

use super::map::Map;

/// A map of at most `MAX` entries; the oldest goes first.
#[derive(Debug)]
pub struct Bounded<K, V, const MAX: usize> {
    map: Map<K, V>,
    order: VecDeque<K>,
    /// Entries forgotten because the map was full.
    pub evicted: u64,
}

impl<K, V, const MAX: usize> Default for Bounded<K, V, MAX> {
    fn default() -> Self {
        Bounded { map: Map::default(), order: VecDeque::new(), evicted: 0 }
    }
}

impl<K: Clone + Eq + Hash, V, const MAX: usize> Bounded<K, V, MAX> {
    /// Keeps an entry; an earlier one of the same key is replaced and keeps its age. Gives what had to go.
    pub fn insert(&mut self, key: K, value: V) -> Option<(K, V)> {
        if self.map.insert(key.clone(), value).is_none() {
            self.order.push_back(key);
        }
        // Removed keys stay in the order until they are the oldest; they must not make it grow.
        while self.order.len() > MAX {
            let oldest = self.order.pop_front()?;
            if let Some(value) = self.map.remove(&oldest) {
                self.evicted += 1;
                return Some((oldest, value));
            }
        }
        None
    }

    /// The entry of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.map.get(key)
    }

    /// The entry of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.map.get_mut(key)
    }

    /// Forgets an entry. Its age is kept: a key that is used again soon goes as early as before.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.map.remove(key)
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
        map.remove(&1);
        for key in 3..1000 {
            map.insert(key, key);
            map.remove(&key);
        }
        assert!(map.order.len() <= 2 && map.len() <= 2);
    }
}
