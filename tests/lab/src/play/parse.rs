// SPDX-License-Identifier: GPL-2.0-or-later
//! The text of a transcript as steps. The form is that of the transcripts for the dissector; what claims something about
//! the dissector or the capture means nothing here.

use anyhow::{Context, Result, bail, ensure};
use msn_tests::pcap::Side;
use std::time::Duration;

use crate::serve::script::time;

/// A line that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Line of the file.
    pub line: usize,
    /// Who says it.
    pub side: Side,
    /// The line, with placeholders; none: only the payload, raw.
    pub text: String,
    /// Payload as it is written, line by line.
    pub payload: Vec<Payload>,
    /// It may be missing.
    pub optional: bool,
}

/// A line of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Text, with escapes and placeholders.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A step of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A connection is opened, or expected.
    Open(String),
    /// A connection is spoken on from now on.
    Use(String),
    /// Lines are said; several of them in any order.
    Say(Vec<Said>),
    /// Time passes.
    Wait(Duration),
    /// A side closes.
    End(usize, Side),
}

/// A transcript.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// Values that it sets.
    pub set: Vec<(String, String)>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// Words that say how a capture is made or read.
const CAPTURE: &[&str] = &["cut", "join", "link", "preference", "decode-as", "two-passes"];

impl Script {
    /// Reads a transcript.
    ///
    /// # Errors
    /// When a line has no meaning.
    pub fn parse(text: &str) -> Result<Script> {
        let mut script = Script::default();
        let (mut any_order, mut optional) = (false, false);
        for (number, line) in text.lines().enumerate() {
            let number = number + 1;
            let take = || -> Result<()> {
                let last = match script.steps.last_mut() {
                    Some(Step::Say(lines)) => lines.last_mut(),
                    _ => None,
                };
                let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
                match word {
                    "" | "=" | "=~" | "=#" | "=!" | "=info" | "=odd" | "=none" => {}
                    _ if word.starts_with('#') || CAPTURE.contains(&word) => {}
                    ">>>" | "<<<" => {
                        let side = if word == ">>>" { Side::Client } else { Side::Server };
                        let said = Said { line: number, side, text: rest.to_owned(), payload: Vec::new(), optional };
                        optional = false;
                        match script.steps.last_mut() {
                            Some(Step::Say(lines)) if any_order => {
                                ensure!(
                                    lines.iter().all(|one| one.side == side),
                                    "only lines of one side come in any order"
                                );
                                lines.push(said);
                            }
                            _ => script.steps.push(Step::Say(vec![said])),
                        }
                    }
                    "|" => last.context("no line before this payload")?.payload.push(Payload::Text(rest.to_owned())),
                    "hex" => last.context("no line before this payload")?.payload.push(Payload::Bytes(hex(rest)?)),
                    "set" => {
                        let (name, value) = rest.split_once(' ').context("a name and a value")?;
                        script.set.push((name.to_owned(), value.to_owned()));
                    }
                    "connection" => {
                        let name = rest.split_whitespace().next().context("a connection needs a name")?;
                        script.steps.push(Step::Open(name.to_owned()));
                    }
                    "wait" => script.steps.push(Step::Wait(time(rest)?)),
                    "any-order" => {
                        any_order = true;
                        script.steps.push(Step::Say(Vec::new()));
                    }
                    "in-order" => any_order = false,
                    "optional" => optional = true,
                    "fin" | "rst" => {
                        let side = if rest == "server" { Side::Server } else { Side::Client };
                        script.steps.push(Step::End(number, side));
                    }
                    "unseen" => bail!("what a capture lacks cannot be played"),
                    _ => match word.strip_prefix('@') {
                        Some(name) => script.steps.push(Step::Use(name.to_owned())),
                        None => bail!("{word} means nothing"),
                    },
                }
                Ok(())
            };
            let mut take = take;
            take().with_context(|| format!("line {number}"))?;
        }
        ensure!(script.steps.iter().any(|step| matches!(step, Step::Say(_))), "nothing is said");
        Ok(script)
    }
}

fn hex(text: &str) -> Result<Vec<u8>> {
    let digits: String = text.split_whitespace().collect();
    ensure!(digits.len().is_multiple_of(2) && digits.is_ascii(), "hexadecimal digits come in pairs");
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).context("hexadecimal digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_and_claims_passed_over() {
        let text = "set account a@b\nconnection ns 192.0.2.1:1 -> 192.0.2.2:2\n>>> PNG\n= msn.command: PNG\nany-order\n<<< QNG 1\n\
                    <<< NOT {len}\n| x\nin-order\n@ns\nwait 1s\nfin server";
        let script = Script::parse(text).unwrap();
        assert_eq!(script.set, [("account".to_owned(), "a@b".to_owned())]);
        let [
            Step::Open(_),
            Step::Say(first),
            Step::Say(both),
            Step::Use(_),
            Step::Wait(_),
            Step::End(12, Side::Server),
        ] = &script.steps[..]
        else {
            panic!("{:?}", script.steps)
        };
        assert_eq!((first.len(), both.len(), both[1].payload.len()), (1, 2, 1));
    }

    #[test]
    fn mistakes_are_reported_with_their_line() {
        for text in [">>> PNG\nsing", ">>> PNG\nunseen", ">>> PNG\nwait long", "any-order\n| x"] {
            let error = format!("{:#}", Script::parse(text).unwrap_err());
            assert!(error.contains("line 2"), "{error}");
        }
        assert!(Script::parse("# nothing").is_err());
    }
}
