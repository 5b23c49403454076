// SPDX-License-Identifier: GPL-2.0-or-later
//! Transcripts as conformance tests: as client against a server, or as server against a client. In: a transcript. Out: which
//! of its lines came as they should.

pub mod parse;
mod pattern;
mod role;
mod run;

pub use parse::Script;
pub use run::play;

use std::collections::BTreeMap;
use std::fmt;

use crate::channel::Limits;
use crate::transport::Road;
use msn_tests::pcap::Side;

/// Which side is played, and where.
#[derive(Clone, Debug)]
pub enum Part {
    /// The client's, against this server.
    Client(String),
    /// The server's, for clients that come to this port of loopback; 0 = any.
    Server(std::net::SocketAddr),
}

/// How a transcript is played.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which side is played.
    pub part: Part,
    /// Ways to servers.
    pub road: Road,
    /// Values that take the place of those that the transcript sets.
    pub set: BTreeMap<String, String>,
    /// Page that tells where one gets tickets.
    pub nexus: String,
    /// Page that gives tickets of single sign-on.
    pub service: Option<String>,
    /// How long and how much; silence is the time in which a line must come.
    pub limits: Limits,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was sent.
    Sent,
    /// It came.
    Passed,
    /// Something else came in its place.
    Differed(String),
    /// It did not come.
    Never(String),
}

/// A line and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Line of the file.
    pub line: usize,
    /// Who was to say it.
    pub side: Side,
    /// What was to be said.
    pub text: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a transcript.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Its lines, as far as it was played.
    pub rows: Vec<Row>,
    /// What came and is not in the transcript.
    pub extra: Vec<String>,
    /// Why it was not played to its end.
    pub broken: Option<String>,
}

impl Report {
    /// Whether all lines came as they should.
    pub fn passed(&self) -> bool {
        self.broken.is_none() && self.rows.iter().all(|row| matches!(row.outcome, Outcome::Sent | Outcome::Passed))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts = [0; 3];
        for row in &self.rows {
            let (name, at) = match &row.outcome {
                Outcome::Sent => continue,
                Outcome::Passed => ("passed", 0),
                Outcome::Differed(_) => ("differed", 1),
                Outcome::Never(_) => ("never came", 2),
            };
            counts[at] += 1;
            let arrow = if row.side == Side::Client { ">>>" } else { "<<<" };
            writeln!(to, "{name:10}  line {:4}  {arrow} {}", row.line, row.text)?;
            if let Outcome::Differed(what) | Outcome::Never(what) = &row.outcome {
                writeln!(to, "            {what}")?;
            }
        }
        for extra in &self.extra {
            writeln!(to, "extra                  {extra}")?;
        }
        if let Some(why) = &self.broken {
            writeln!(to, "not played to its end: {why}")?;
        }
        write!(to, "{} passed, {} differed, {} never came", counts[0], counts[1], counts[2])
    }
}
