// SPDX-License-Identifier: GPL-2.0-or-later
//! What the first pass learnt at a place, for one concern; read back on every later pass. Uses places only.

use super::place::{NoteKey, Place};

/// Entries in the order of the capture.
#[derive(Debug)]
pub struct Ledger<T, K = Place> {
    rows: Vec<(K, T)>,
}

/// A [`Ledger`] of which several entries may stand under one place.
pub type Notes<T> = Ledger<T, NoteKey>;

impl<T, K> Default for Ledger<T, K> {
    fn default() -> Self {
        Ledger { rows: Vec::new() }
    }
}

impl<T, K: Copy + Ord> Ledger<T, K> {
    /// Keeps an entry; one that is there already is replaced.
    pub fn keep(&mut self, key: K, entry: T) {
        if self.rows.last().is_none_or(|last| last.0 < key) {
            self.rows.push((key, entry));
            return;
        }
        match self.rows.binary_search_by_key(&key, |row| row.0) {
            Ok(at) => {
                if let Some(row) = self.rows.get_mut(at) {
                    row.1 = entry;
                }
            }
            Err(at) => self.rows.insert(at, (key, entry)),
        }
    }

    /// The entry under a key.
    pub fn get(&self, key: K) -> Option<&T> {
        let at = self.first_from(key);
        self.rows.get(at).filter(|row| row.0 == key).map(|row| &row.1)
    }

    /// The entry under a key, to be completed by what a later PDU teaches.
    pub fn get_mut(&mut self, key: K) -> Option<&mut T> {
        let at = self.first_from(key);
        self.rows.get_mut(at).filter(|row| row.0 == key).map(|row| &mut row.1)
    }

    /// Place of the first entry that is not before `key`. Most PDUs that are asked for came a short while ago, and what
    /// lies far back would have to be fetched from memory: so the search begins at the end.
    fn first_from(&self, key: K) -> usize {
        let (mut step, len) = (1, self.rows.len());
        while step < len && self.rows.get(len - step).is_some_and(|row| row.0 >= key) {
            step *= 2;
        }
        let start = len.saturating_sub(step);
        start + self.rows.get(start..).unwrap_or_default().partition_point(|row| row.0 < key)
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

impl<T> Notes<T> {
    /// All notes of a PDU, in order.
    pub fn of_unit(&self, frame: super::FrameId, unit: u32) -> impl Iterator<Item = &T> {
        let rows = self.rows.get(self.first_from((frame, unit, 0))..).unwrap_or_default();
        rows.iter().take_while(move |row| (row.0.0, row.0.1) == (frame, unit)).map(|row| &row.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::FrameId;

    #[test]
    fn notes_are_found_replaced_and_completed() {
        let mut notes = Notes::default();
        for (key, note) in [((2, 0, 0), 'a'), ((3, 1, 0), 'b'), ((2, 1, 0), 'c'), ((2, 0, 0), 'd')] {
            notes.keep((FrameId::nth(key.0), key.1, key.2), note);
        }
        assert_eq!(
            (
                notes.get((FrameId::nth(2), 0, 0)),
                notes.get((FrameId::nth(2), 1, 0)),
                notes.get((FrameId::nth(9), 0, 0))
            ),
            (Some(&'d'), Some(&'c'), None)
        );
        *notes.get_mut((FrameId::nth(3), 1, 0)).unwrap() = 'e';
        assert!(
            [(1, 0, 0), (2, 2, 0), (9, 0, 0)]
                .map(|(frame, unit, n)| (FrameId::nth(frame), unit, n))
                .iter()
                .all(|&key| notes.get_mut(key).is_none())
        );
        for frame in 10..50 {
            notes.keep((FrameId::nth(frame), 0, 0), 'f');
            assert!((10..=frame).all(|earlier| notes.get_mut((FrameId::nth(earlier), 0, 0)).is_some()));
            assert!(
                notes.get_mut((FrameId::nth(2), 1, 0)).is_some() && notes.get_mut((FrameId::nth(2), 0, 0)).is_some()
            );
        }
        assert_eq!((notes.get((FrameId::nth(3), 1, 0)), notes.len()), (Some(&'e'), 43));
    }
}
