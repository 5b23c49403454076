// SPDX-License-Identifier: GPL-2.0-or-later
//! Answers as an experiment wants them. In: rules, a command and what would be answered. Out: what is answered.

use anyhow::{Context, Result, bail};
use msn_dissect_core::command::parse_line;
use std::time::Duration;

use super::world::Out;
use crate::channel::Unit;

/// What is done instead of answering.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Action {
    /// An error reply.
    Error(u32),
    /// Nothing; the server does not even know of the command.
    Nothing,
    /// The answer comes after this time.
    Later(Duration),
    /// The answer comes two times.
    Twice,
    /// The answer ends after so many bytes, and so does the connection.
    Cut(usize),
    /// Lengths of payloads are wrong by this.
    Length(i64),
    /// This line.
    Say(String),
    /// The connection ends.
    Close,
}

#[derive(Clone, Debug)]
struct Rule {
    word: String,
    once: bool,
    used: bool,
    action: Action,
}

/// Rules in order.
#[derive(Clone, Debug, Default)]
pub struct Script(Vec<Rule>);

impl Script {
    /// Reads rules. A line is a command word, perhaps `once`, and one of `error N`, `nothing`, `later TIME`, `twice`, `cut N`,
    /// `length +N`, `length -N`, `say LINE`, `close`. `#` begins a comment.
    ///
    /// # Errors
    /// When a line has another form.
    pub fn parse(text: &str) -> Result<Script> {
        let mut rules = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            rules.push(rule(line).with_context(|| format!("script, line {}: {line}", number + 1))?);
        }
        Ok(Script(rules))
    }

    /// Whether the server itself is not to know of a command.
    pub fn hides(&self, unit: &Unit) -> bool {
        self.of(unit)
            .any(|rule| matches!(rule.action, Action::Error(_) | Action::Nothing | Action::Say(_) | Action::Close))
    }

    fn of<'a>(&'a self, unit: &'a Unit) -> impl Iterator<Item = &'a Rule> {
        self.0.iter().filter(|rule| rule.word == unit.word && !(rule.once && rule.used))
    }

    /// What is answered to a command in place of `out`.
    pub fn apply(&mut self, unit: &Unit, mut out: Vec<Out>) -> Vec<Out> {
        let trid = unit.token(0);
        let line = |text: &str| vec![Out::Bytes(format!("{}\r\n", text.replace("{trid}", trid)).into_bytes())];
        for rule in self.0.iter_mut().filter(|rule| rule.word == unit.word && !(rule.once && rule.used)) {
            rule.used = true;
            out = match &rule.action {
                Action::Error(code) => line(&format!("{code:03} {{trid}}")),
                Action::Nothing => Vec::new(),
                Action::Later(time) => {
                    let wait = Out::Wait(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
                    std::iter::once(wait).chain(out).collect()
                }
                Action::Twice => [out.clone(), out].concat(),
                Action::Cut(len) => vec![Out::Bytes(joined(&out).into_iter().take(*len).collect()), Out::Close],
                Action::Length(by) => out.into_iter().map(|one| wrong_length(one, *by)).collect(),
                Action::Say(text) => line(text),
                Action::Close => vec![Out::Close],
            };
        }
        out
    }
}

fn joined(out: &[Out]) -> Vec<u8> {
    let bytes = out.iter().filter_map(|one| if let Out::Bytes(bytes) = one { Some(bytes) } else { None });
    bytes.flatten().copied().collect()
}

/// A command that tells another length of its payload.
fn wrong_length(out: Out, by: i64) -> Out {
    let Out::Bytes(bytes) = out else { return out };
    let Some(line) = parse_line(&bytes).ok().filter(|line| line.total < bytes.len()) else { return Out::Bytes(bytes) };
    let Some(last) = line.last() else { return Out::Bytes(bytes) };
    let length = (bytes.len() - line.total) as i64 + by;
    let head = bytes.get(..last.start).unwrap_or_default();
    let tail = bytes.get(last.end..).unwrap_or_default();
    Out::Bytes([head, length.max(0).to_string().as_bytes(), tail].concat())
}

fn rule(line: &str) -> Result<Rule> {
    let (word, rest) = line.split_once(' ').context("an action must follow")?;
    let (once, rest) = rest.trim_start().strip_prefix("once ").map_or((false, rest.trim_start()), |rest| (true, rest));
    let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
    let value = value.trim();
    let action = match name {
        "error" => Action::Error(value.parse().context("number of the error")?),
        "nothing" => Action::Nothing,
        "later" => Action::Later(time(value)?),
        "twice" => Action::Twice,
        "cut" => Action::Cut(value.parse().context("number of bytes")?),
        "length" => Action::Length(value.parse().context("difference")?),
        "say" => Action::Say(value.to_owned()),
        "close" => Action::Close,
        other => bail!("{other} is no action"),
    };
    Ok(Rule { word: word.to_owned(), once, used: false, action })
}

/// A time as `2s` or `300ms`.
///
/// # Errors
/// When it is none.
pub fn time(text: &str) -> Result<Duration> {
    let (number, unit) = text.split_at(text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len()));
    let number: f64 = number.parse().with_context(|| format!("{text} is no time"))?;
    let seconds = match unit {
        "s" => number,
        "ms" => number / 1000.0,
        _ => bail!("a time is given in s or ms"),
    };
    Duration::try_from_secs_f64(seconds).with_context(|| format!("{text} is no time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(rules: &str, to: &str, out: &str) -> Vec<Out> {
        let unit = Unit::new(to.as_bytes().to_vec(), msn_dissect_core::explain::Explained::default());
        Script::parse(rules).unwrap().apply(&unit, vec![Out::Bytes(out.as_bytes().to_vec())])
    }

    fn bytes(text: &str) -> Out {
        Out::Bytes(text.as_bytes().to_vec())
    }

    #[test]
    fn answers_become_what_is_wanted() {
        assert_eq!(answer("CHG error 201", "CHG 9 NLN\r\n", "CHG 9 NLN\r\n"), [bytes("201 9\r\n")]);
        assert_eq!(answer("CHG nothing", "CHG 9 NLN\r\n", "CHG 9 NLN\r\n"), []);
        assert_eq!(answer("PNG later 250ms", "PNG\r\n", "QNG 5\r\n"), [Out::Wait(250), bytes("QNG 5\r\n")]);
        assert_eq!(answer("PNG twice", "PNG\r\n", "QNG 5\r\n"), [bytes("QNG 5\r\n"), bytes("QNG 5\r\n")]);
        assert_eq!(answer("PNG cut 3", "PNG\r\n", "QNG 5\r\n"), [bytes("QNG"), Out::Close]);
        assert_eq!(answer("GCF length +2", "GCF 1 x\r\n", "GCF 1 x 3\r\nabc"), [bytes("GCF 1 x 5\r\nabc")]);
        assert_eq!(answer("URL say URL {trid} / x", "URL 4 INBOX\r\n", "URL 4\r\n"), [bytes("URL 4 / x\r\n")]);
        assert_eq!(answer("# none", "CHG 9 NLN\r\n", "CHG 9 NLN\r\n"), [bytes("CHG 9 NLN\r\n")]);
    }

    #[test]
    fn rules_can_hold_once() {
        let unit = Unit::new(b"PNG\r\n".to_vec(), msn_dissect_core::explain::Explained::default());
        let mut script = Script::parse("PNG once nothing").unwrap();
        assert!(script.hides(&unit) && script.apply(&unit, vec![bytes("QNG\r\n")]).is_empty());
        assert!(!script.hides(&unit) && script.apply(&unit, vec![bytes("QNG\r\n")]) == [bytes("QNG\r\n")]);
    }

    #[test]
    fn mistakes_are_reported_with_their_line() {
        for text in ["CHG", "CHG sing", "CHG error x", "CHG later 3 weeks", "CHG cut -1"] {
            let error = format!("{:#}", Script::parse(&format!("\n{text}")).unwrap_err());
            assert!(error.contains("line 2"), "{error}");
        }
    }
}
