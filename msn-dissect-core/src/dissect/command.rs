// SPDX-License-Identifier: GPL-2.0-or-later
//! One command: read once, learnt from on the first pass, shown on every pass.

mod learn;
mod shape;
mod show;

use super::{body::Body, framing::Command, walk::Walk};
use crate::{
    command::layout::Known,
    session::{
        Record, Session,
        records::{DIR_INFERRED, TAUGHT, VERSION_INFERRED},
    },
};

/// What choosing a row relied on when the unit was first met.
pub(super) fn known_before(session: &Session, record: &Record) -> Known {
    let before = (record.inferred & TAUGHT != 0).then(|| session.before.get((record.frame, record.unit, 0)));
    before.flatten().copied().unwrap_or_else(|| known(record))
}

/// What choosing a row may rely on.
fn known(record: &Record) -> Known {
    let dir = (record.inferred & DIR_INFERRED == 0).then_some(record.dir);
    Known {
        dir,
        server: record.server,
        version: if record.inferred & VERSION_INFERRED == 0 { record.version } else { 0 },
    }
}

impl Walk<'_> {
    /// Learns from and shows the command that starts at `at`.
    pub(super) fn command(&mut self, at: usize, found: &Command) {
        let unit = self.data.get(at..at + found.shown).unwrap_or_default();
        let body = Body::read(unit, found);
        if self.packet.first_pass {
            let mut learn = self.learning();
            learn.command(at, &body);
            self.record = learn.record;
        }
        let mark = show::begin(&mut self.showing(), at, &body);
        show::end(&mut self.showing(), &body, &mark);
    }
}
