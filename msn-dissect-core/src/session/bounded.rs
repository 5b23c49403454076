// SPDX-License-Identifier: GPL-2.0-or-later
//! A map that forgets its oldest entries, and reports it.

use std::{
    borrow::Borrow,
    collections::{VecDeque, hash_map::Entry as Slot},
    hash::Hash,
};

use super::{
    losses::{Loss, Losses},
    map::Map,
};

/// A map of at most `MAX` entries; the oldest of those that are there goes first, which is reported.
#[derive(Debug)]
pub struct Bounded<K, V, const MAX: usize> {
    map: Map<K, Entry<V>>,
    /// Keys by age, with those that were removed in between.
    order: VecDeque<(u32, K)>,
    next: u32,
    loss: Loss,
    losses: Losses,
}

#[derive(Debug)]
struct Entry<V> {
    age: u32,
    value: V,
}

/// Removed keys that stay in the order for a while, beside as many as there are entries.
const SLACK: usize = 32;

impl<K, V, const MAX: usize> Bounded<K, V, MAX> {
    /// An empty map, whose losses are reported as of this kind.
    pub fn new(loss: Loss, losses: &Losses) -> Self {
        Bounded { map: Map::default(), order: VecDeque::new(), next: 0, loss, losses: losses.clone() }
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
                    self.losses.report(self.loss);
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
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.map.get(key).map(|entry| &entry.value)
    }

    /// The entry of a key, to be changed.
    pub fn get_mut<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.map.get_mut(key).map(|entry| &mut entry.value)
    }

    /// Forgets an entry: it counts no more.
    pub fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
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
    use crate::session::losses::LossSet;
    use proptest::prelude::*;

    #[test]
    fn the_oldest_goes_first_and_is_reported() {
        let losses = Losses::default();
        let mut map: Bounded<u32, u32, 2> = Bounded::new(Loss::Message, &losses);
        map.insert(0, 0);
        map.insert(1, 1);
        assert!(losses.take().is_empty());
        assert_eq!(map.insert(2, 2), Some((0, 0)));
        assert_eq!((map.get(&0), map.get(&1), map.get(&2)), (None, Some(&1), Some(&2)));
        assert_eq!(losses.take().iter().collect::<Vec<_>>(), [Loss::Message]);
        assert!(losses.take().is_empty() && losses.any(&[Loss::Message]) && !losses.any(&[Loss::Chat]));
    }

    #[test]
    fn what_was_removed_does_not_count() {
        let losses = Losses::default();
        let mut map: Bounded<u32, u32, 2> = Bounded::new(Loss::Message, &losses);
        map.insert(0, 0);
        for key in 1..10_000 {
            map.insert(key, key);
            map.remove(&key);
        }
        assert_eq!((map.get(&0), map.len(), losses.take()), (Some(&0), 1, LossSet::default()));
        assert!(map.order.len() <= 2 * map.len() + SLACK + 1);
    }

    #[test]
    fn a_key_that_comes_again_is_as_old_as_its_new_entry() {
        let mut map: Bounded<u32, u32, 2> = Bounded::new(Loss::Message, &Losses::default());
        map.insert(1, 1);
        map.insert(2, 2);
        map.remove(&1);
        map.insert(1, 1);
        assert_eq!(map.insert(3, 3), Some((2, 2)));
        assert_eq!(map.get(&1), Some(&1));
    }

    proptest! {
        #[test]
        fn it_holds_what_came_last(steps in prop::collection::vec((0u8..12, any::<bool>()), 0..200)) {
            let losses = Losses::default();
            let mut map: Bounded<u8, usize, 4> = Bounded::new(Loss::Message, &losses);
            let mut expected: Vec<(u8, usize)> = Vec::new();
            for (step, (key, add)) in steps.into_iter().enumerate() {
                let known = expected.iter().position(|row| row.0 == key);
                match (add, known) {
                    (true, Some(at)) => expected[at].1 = step,
                    (true, None) => {
                        let full = expected.len() == 4;
                        let gone = full.then(|| expected.remove(0));
                        expected.push((key, step));
                        prop_assert_eq!(map.insert(key, step), gone);
                        prop_assert_eq!(!losses.take().is_empty(), full);
                        continue;
                    }
                    (false, Some(at)) => prop_assert_eq!(map.remove(&key), Some(expected.remove(at).1)),
                    (false, None) => prop_assert_eq!(map.remove(&key), None),
                }
                if add {
                    map.insert(key, step);
                }
                prop_assert_eq!(map.len(), expected.len());
                for (key, value) in &expected {
                    prop_assert_eq!(map.get(key), Some(value));
                }
            }
        }
    }
}
