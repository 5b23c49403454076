// SPDX-License-Identifier: GPL-2.0-or-later
//! A table that forgets its oldest entries.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

/// A map of at most `N` keys; the oldest goes first, and what went is counted.
#[derive(Debug)]
pub struct Bounded<K, V, const N: usize> {
    rows: HashMap<K, V>,
    order: VecDeque<K>,
    /// Entries forgotten because the table was full.
    pub evicted: u64,
}

impl<K, V, const N: usize> Default for Bounded<K, V, N> {
    fn default() -> Self {
        Bounded { rows: HashMap::new(), order: VecDeque::new(), evicted: 0 }
    }
}

impl<K: Clone + Eq + Hash, V, const N: usize> Bounded<K, V, N> {
    /// Keeps a value under a key; a value that is there already is replaced.
    pub fn insert(&mut self, key: K, value: V) {
        if self.rows.insert(key.clone(), value).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > N {
            if let Some(oldest) = self.order.pop_front() {
                self.rows.remove(&oldest);
                self.evicted += 1;
            }
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.rows.get_mut(key)
    }

    /// How many entries there are.
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

    #[test]
    fn the_oldest_goes_first() {
        let mut table = Bounded::<u32, char, 2>::default();
        for (key, value) in [(1, 'a'), (2, 'b'), (1, 'c'), (3, 'd')] {
            table.insert(key, value);
        }
        assert_eq!((table.get(&1), table.get(&2), table.get(&3)), (None, Some(&'b'), Some(&'d')));
        assert_eq!((table.len(), table.evicted), (2, 1));
    }
}
