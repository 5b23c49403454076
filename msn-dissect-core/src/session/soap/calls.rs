// SPDX-License-Identifier: GPL-2.0-or-later
//! Requests that wait for their answers.

use std::collections::VecDeque;

use crate::{
    session::{
        NameId, Place,
        bounded::Bounded,
        losses::{Loss, Losses},
    },
    soap::{Endpoint, Operation},
};

/// Most connections with requests that wait, and most requests of each.
const MAX_CONNECTIONS: usize = 4096;
const MAX_WAITING: usize = 32;

/// A request that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// Its frame and unit.
    pub place: Place,
    /// Its time, ns.
    pub time: u64,
    /// What it asks for.
    pub operation: Option<&'static Operation>,
    /// Where it was sent.
    pub endpoint: Option<Endpoint>,
    /// The account that asks.
    pub account: NameId,
    /// The offline message that it asks for.
    pub message: NameId,
    /// The contact or group that it adds, which the answer gives an identifier.
    pub subject: NameId,
}

/// Requests by connection.
#[derive(Debug)]
pub struct Calls {
    waiting: Bounded<u64, VecDeque<Waiting>, MAX_CONNECTIONS>,
    /// Connections on which a password in clear was told.
    told_password: Bounded<u64, (), MAX_CONNECTIONS>,
    losses: Losses,
}

impl Calls {
    /// None yet.
    pub fn new(losses: &Losses) -> Self {
        Calls {
            waiting: Bounded::new(Loss::WebRequest, losses),
            told_password: Bounded::new(Loss::PasswordTold, losses),
            losses: losses.clone(),
        }
    }

    /// Remembers a request.
    pub fn ask(&mut self, connection: u64, waiting: Waiting) {
        if let Some(queue) = self.waiting.get_mut(&connection) {
            queue.push_back(waiting);
            if queue.len() > MAX_WAITING {
                queue.pop_front();
                self.losses.report(Loss::WebRequest);
            }
            return;
        }
        self.waiting.insert(connection, VecDeque::from([waiting]));
    }

    /// The request that the next answer on a connection belongs to.
    pub fn awaited(&self, connection: u64) -> Option<&Waiting> {
        self.waiting.get(&connection)?.front()
    }

    /// Takes the request that an answer belongs to: the oldest one, of those that ask for what it says it answers.
    pub fn answer(&mut self, connection: u64, answers: Option<&Operation>) -> Option<Waiting> {
        let queue = self.waiting.get_mut(&connection)?;
        let fits = |waiting: &Waiting| match (waiting.operation, answers) {
            (Some(asked), Some(answers)) => asked.service == answers.service && asked.response == answers.response,
            _ => true,
        };
        let at = queue.iter().position(fits)?;
        // What was asked before was answered where the capture did not see it.
        queue.drain(..at);
        let found = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(&connection);
        }
        found
    }

    /// Whether this is the first password in clear on a connection.
    pub fn first_password(&mut self, connection: u64) -> bool {
        let first = self.told_password.get(&connection).is_none();
        if first {
            self.told_password.insert(connection, ());
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::FrameId;

    #[test]
    fn answers_belong_to_the_oldest_request_and_tables_are_bounded() {
        let losses = Losses::default();
        let mut calls = Calls::new(&losses);
        let wait = |n| Waiting {
            place: Place::new(FrameId::nth(n), 0),
            time: 0,
            operation: None,
            endpoint: None,
            account: NameId::default(),
            message: NameId::default(),
            subject: NameId::default(),
        };
        for n in 1..=3 {
            calls.ask(7, wait(n));
        }
        assert_eq!(calls.answer(7, None).map(|found| found.place.frame), Some(FrameId::nth(1)));
        assert_eq!(calls.awaited(7).map(|found| found.place.frame), Some(FrameId::nth(2)));
        assert!(calls.answer(8, None).is_none() && losses.take().is_empty());
        (0..2 * MAX_WAITING as u32).for_each(|n| calls.ask(7, wait(n)));
        assert!(!losses.take().is_empty());
        assert!(calls.first_password(1) && !calls.first_password(1));
    }
}
