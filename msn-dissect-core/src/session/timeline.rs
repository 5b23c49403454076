// SPDX-License-Identifier: GPL-2.0-or-later
//! Something that changes in the course of a capture, and what it was at any place. In: changes, in the order of the
//! first pass. Out: what it is now, and what it was before and behind a PDU. Uses places only.

use super::place::Place;

/// The changes of one thing; before the first one it has its default.
#[derive(Debug)]
pub struct Timeline<T> {
    rows: Vec<(Place, T)>,
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Timeline { rows: Vec::new() }
    }
}

impl<T: Copy + PartialEq + Default> Timeline<T> {
    /// Keeps what it is from this PDU on. What is no news takes no memory; what was learnt of later places stays.
    pub fn set(&mut self, place: impl Into<Place>, value: T) {
        let place = place.into();
        if value == self.now() {
            return;
        }
        match self.rows.last_mut() {
            Some(last) if last.0 == place => last.1 = value,
            Some(last) if last.0 > place => {}
            _ => self.rows.push((place, value)),
        }
    }

    /// What it is now.
    pub fn now(&self) -> T {
        self.rows.last().map(|row| row.1).unwrap_or_default()
    }

    /// What it was behind this PDU.
    pub fn at(&self, place: impl Into<Place>) -> T {
        self.around(place.into())[1]
    }

    /// What it was before and behind this PDU.
    pub fn around(&self, place: Place) -> [T; 2] {
        let end = match self.rows.last() {
            Some(last) if last.0 > place => self.rows.partition_point(|row| row.0 <= place),
            _ => self.rows.len(),
        };
        let row = |back: usize| end.checked_sub(back).and_then(|at| self.rows.get(at));
        let value = |row: Option<&(Place, T)>| row.map(|row| row.1).unwrap_or_default();
        let before = if row(1).is_some_and(|row| row.0 == place) { row(2) } else { row(1) };
        [value(before), value(row(1))]
    }

    /// How many changes there were.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it never changed.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::FrameId;
    use proptest::prelude::*;

    fn place(frame: u32, unit: u32) -> Place {
        Place::new(FrameId::nth(frame), unit)
    }

    #[test]
    fn what_was_then_is_found() {
        let mut line = Timeline::default();
        assert_eq!((line.now(), line.at(place(9, 9))), (0, 0));
        for (frame, unit, value) in [(3, 1, 5), (3, 1, 6), (3, 2, 6), (7, 0, 8), (2, 0, 9)] {
            line.set(place(frame, unit), value);
        }
        assert_eq!((line.now(), line.len()), (8, 2));
        let around = |frame, unit| line.around(place(frame, unit));
        assert_eq!([around(3, 0), around(3, 1), around(3, 2)], [[0, 0], [0, 6], [6, 6]]);
        assert_eq!([around(6, 9), around(7, 0), around(9, 0)], [[6, 6], [6, 8], [8, 8]]);
    }

    proptest! {
        #[test]
        fn history_is_what_was_true_then(values in proptest::collection::vec(0u8..3, 0..40)) {
            let mut line = Timeline::default();
            for (unit, &value) in (0..).zip(&values) {
                line.set(place(1, unit), value);
                prop_assert_eq!(line.now(), value);
            }
            let mut before = 0;
            for (unit, &value) in (0..).zip(&values) {
                prop_assert_eq!(line.around(place(1, unit)), [before, value]);
                before = value;
            }
            prop_assert!(line.len() <= values.len());
        }
    }
}
