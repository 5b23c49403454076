// SPDX-License-Identifier: GPL-2.0-or-later
//! Requests of one connection that can still be answered (fact base: state 3, TrID pairing).

use crate::session::FrameId;
use std::collections::VecDeque;

use super::{map::Map, names::NameId, notes::NoteKey};
use crate::command::{
    Row,
    verbs::{Failure, Need},
};

/// Most requests of a connection that are remembered; the oldest goes first.
pub const MAX_REQUESTS: usize = 1024;

/// Requests with the same transaction ID that are tried for an answer.
const MAX_TRIES: usize = 8;

/// What a client asks.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Transaction ID.
    pub trid: u32,
    /// The row that says what answers it.
    pub row: &'static Row,
    /// Whether it must be answered.
    pub need: Need,
    /// The first account that it names.
    pub about: NameId,
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Its unit.
    pub key: NoteKey,
    /// Its time, ns since 1970.
    pub time: u64,
    /// Transaction ID.
    pub trid: u32,
    /// Number of the earlier request with the same transaction ID.
    older: Option<u32>,
    /// The first account that it names.
    pub about: NameId,
    /// The row that says what answers it.
    pub row: &'static Row,
    /// It must be answered.
    pub needed: bool,
    /// It was.
    pub answered: bool,
}

/// What came of remembering a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Frame of a request with the same transaction ID that still waits for its answer; 0 = none.
    pub duplicate_of: FrameId,
    /// A request that still had to be answered was forgotten.
    pub forgot: bool,
}

/// The requests, newest last.
#[derive(Debug, Default)]
pub struct Transactions {
    ring: VecDeque<Request>,
    /// Number of the request at the front.
    base: u32,
    /// Number of the latest request by transaction ID, from the first one on that is not higher than the one before:
    /// clients count up, so most connections never need it.
    newest: Option<Box<Map<u32, u32>>>,
    /// Requests forgotten.
    pub forgotten: u64,
}

impl Transactions {
    fn at(&self, number: u32) -> Option<&Request> {
        self.ring.get(number.checked_sub(self.base)? as usize)
    }

    /// Number of the latest request with this transaction ID.
    fn latest(&self, trid: u32) -> Option<u32> {
        if let Some(newest) = &self.newest {
            return newest.get(&trid).copied();
        }
        let last = self.ring.back()?;
        // Most answers come before the next request.
        let at = if last.trid == trid {
            self.ring.len() - 1
        } else {
            self.ring.binary_search_by_key(&trid, |r| r.trid).ok()?
        };
        Some(self.base.wrapping_add(at as u32))
    }

    /// Remembers a request.
    pub fn ask(&mut self, key: NoteKey, time: u64, question: Question) -> Asked {
        let Question { trid, row, need, about } = question;
        let mut asked = Asked::default();
        if self.newest.is_none() && self.ring.back().is_some_and(|last| trid <= last.trid) {
            let numbered = self.ring.iter().enumerate();
            let numbers = |(at, request): (usize, &Request)| (request.trid, self.base.wrapping_add(at as u32));
            self.newest = Some(Box::new(numbered.map(numbers).collect()));
        }
        let older = self.newest.as_ref().and_then(|newest| newest.get(&trid).copied());
        if let Some(other) = older.and_then(|number| self.at(number)) {
            if other.needed && !other.answered {
                asked.duplicate_of = other.key.0;
            }
        }
        if self.ring.len() >= MAX_REQUESTS {
            if let Some(oldest) = self.ring.pop_front() {
                if let Some(newest) = self.newest.as_mut().filter(|newest| newest.get(&oldest.trid) == Some(&self.base))
                {
                    newest.remove(&oldest.trid);
                }
                self.base = self.base.wrapping_add(1);
                self.forgotten += 1;
                asked.forgot = oldest.needed && !oldest.answered;
            }
        }
        let number = self.base.wrapping_add(self.ring.len() as u32);
        let needed = need == Need::Always;
        if let Some(newest) = &mut self.newest {
            newest.insert(trid, number);
        }
        self.ring.push_back(Request { key, time, trid, older, about, row, needed, answered: false });
        asked
    }

    /// The request that a line with this word and transaction ID answers: the latest one without answer, or else the
    /// latest one. An error reply answers any word.
    pub fn answer(&mut self, word: &[u8; 3], trid: u32, error: bool) -> Option<Request> {
        let mut number = self.latest(trid);
        let mut fallback = None;
        for _ in 0..MAX_TRIES {
            let Some((at, request)) = number.and_then(|number| Some((number, self.at(number)?))) else {
                break;
            };
            if error || request.row.is_answered_by(word) {
                if !request.answered {
                    fallback = Some(at);
                    break;
                }
                fallback = fallback.or(Some(at));
            }
            number = request.older;
        }
        let request = self.ring.get_mut(fallback?.checked_sub(self.base)? as usize)?;
        let before = *request;
        request.answered = true;
        Some(before)
    }

    /// The latest page with this transaction ID.
    pub fn page(&self, trid: u32) -> Option<Request> {
        self.latest(trid)
            .and_then(|number| self.at(number))
            .filter(|request| request.row.answers.failure == Failure::Page)
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Dir, rows_of};

    fn ask(table: &mut Transactions, frame: FrameId, trid: u32, word: &[u8; 3]) -> Asked {
        let row = rows_of(*word).iter().find(|row| row.dir == Dir::ToServer).unwrap();
        let question = Question { trid, row, need: row.answers.need.of_mode(b"A"), about: NameId::default() };
        table.ask((frame, 0, 0), u64::from(frame.index()), question)
    }

    #[test]
    fn answers_find_the_latest_request_that_waits() {
        let mut table = Transactions::default();
        ask(&mut table, FrameId::nth(1), 7, b"CHG");
        assert_eq!(ask(&mut table, FrameId::nth(2), 7, b"REA").duplicate_of, FrameId::nth(1));
        assert_eq!(table.answer(b"REA", 7, false).unwrap().key.0, FrameId::nth(2));
        assert_eq!(table.answer(b"CHG", 7, false).unwrap().key.0, FrameId::nth(1));
        assert_eq!(table.answer(b"ILN", 7, false).unwrap().key.0, FrameId::nth(1));
        assert!(table.answer(b"XFR", 7, false).is_none());
        assert!(table.answer(b"CHG", 8, false).is_none());
        assert_eq!(table.answer(b"209", 7, true).unwrap().key.0, FrameId::nth(2));
    }

    #[test]
    fn a_number_used_again_belongs_to_the_new_request() {
        let mut table = Transactions::default();
        ask(&mut table, FrameId::nth(1), 5, b"CHG");
        table.answer(b"CHG", 5, false);
        assert_eq!(ask(&mut table, FrameId::nth(2), 5, b"CHG"), Asked::default());
        assert_eq!(table.answer(b"CHG", 5, false).unwrap().key.0, FrameId::nth(2));
    }

    #[test]
    fn the_oldest_request_is_forgotten() {
        let mut table = Transactions::default();
        for trid in 0..=MAX_REQUESTS as u32 {
            let asked = ask(&mut table, FrameId::nth(trid), trid, b"CHG");
            assert_eq!(asked.forgot, trid == MAX_REQUESTS as u32);
        }
        assert_eq!((table.forgotten, table.ring.len(), table.newest.is_none()), (1, MAX_REQUESTS, true));
        assert!(table.answer(b"CHG", 0, false).is_none() && table.answer(b"CHG", 1, false).is_some());
    }

    #[test]
    fn many_requests_with_one_number_are_cheap() {
        let mut table = Transactions::default();
        for frame in 0..100_000 {
            ask(&mut table, FrameId::nth(frame), 1, b"CHG");
        }
        assert_eq!((table.ring.len(), table.newest.as_ref().map(|newest| newest.len())), (MAX_REQUESTS, Some(1)));
        assert!(table.answer(b"XFR", 1, false).is_none());
    }

    #[test]
    fn requests_are_found_whether_their_numbers_grow_or_not() {
        let mut table = Transactions::default();
        for (frame, trid) in [(1, 4), (2, 6), (3, 9)] {
            ask(&mut table, FrameId::nth(frame), trid, b"CHG");
        }
        assert_eq!([4, 5, 6, 9].map(|trid| table.latest(trid)), [Some(0), None, Some(1), Some(2)]);
        ask(&mut table, FrameId::nth(4), 7, b"CHG");
        ask(&mut table, FrameId::nth(5), 9, b"CHG");
        assert_eq!([4, 6, 7, 9].map(|trid| table.latest(trid)), [Some(0), Some(1), Some(3), Some(4)]);
    }
}
