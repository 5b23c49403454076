// SPDX-License-Identifier: GPL-2.0-or-later
//! What the first pass learnt about a unit, for one concern; read back on every later pass.

use crate::session::FrameId;

/// Frame, unit in the frame, and a number that the concern gives when it keeps several notes of a unit.
pub type NoteKey = (FrameId, u32, u32);

/// Notes in the order of the capture.
#[derive(Debug)]
pub struct Notes<T> {
    rows: Vec<(NoteKey, T)>,
}

impl<T> Default for Notes<T> {
    fn default() -> Self {
        Notes { rows: Vec::new() }
    }
}

impl<T> Notes<T> {
    /// Keeps a note; one that is there already is replaced.
    pub fn keep(&mut self, key: NoteKey, note: T) {
        if self.rows.last().is_none_or(|last| last.0 < key) {
            self.rows.push((key, note));
            return;
        }
        match self.rows.binary_search_by_key(&key, |row| row.0) {
            Ok(at) => {
                if let Some(row) = self.rows.get_mut(at) {
                    row.1 = note;
                }
            }
            Err(at) => self.rows.insert(at, (key, note)),
        }
    }

    /// The note of a unit.
    pub fn get(&self, key: NoteKey) -> Option<&T> {
        let at = self.first_from(key);
        self.rows.get(at).filter(|row| row.0 == key).map(|row| &row.1)
    }

    /// The note of a unit, to be completed by what a later unit teaches.
    pub fn get_mut(&mut self, key: NoteKey) -> Option<&mut T> {
        let at = self.first_from(key);
        self.rows.get_mut(at).filter(|row| row.0 == key).map(|row| &mut row.1)
    }

    /// All notes of a unit, in order.
    pub fn of_unit(&self, frame: FrameId, unit: u32) -> impl Iterator<Item = &T> {
        let rows = self.rows.get(self.first_from((frame, unit, 0))..).unwrap_or_default();
        rows.iter().take_while(move |row| (row.0.0, row.0.1) == (frame, unit)).map(|row| &row.1)
    }

    /// Place of the first note that is not before `key`. Most units that are asked for came a short while ago, and what
    /// lies far back would have to be fetched from memory: so the search begins at the end.
    fn first_from(&self, key: NoteKey) -> usize {
        let (mut step, len) = (1, self.rows.len());
        while step < len && self.rows.get(len - step).is_some_and(|row| row.0 >= key) {
            step *= 2;
        }
        let start = len.saturating_sub(step);
        start + self.rows.get(start..).unwrap_or_default().partition_point(|row| row.0 < key)
    }

    /// How many notes there are.
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
