// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs tshark in valgrind's callgrind and reads what was counted.

use std::collections::HashMap;
use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::stage::{Plugins, Stage};
use crate::command;
use crate::wireshark::isolate;

/// Caches of a common processor, so that misses do not depend on the machine: 32 KB of instructions and of data, eight
/// ways, lines of 64 bytes.
const CACHES: [&str; 4] = ["--cache-sim=yes", "--I1=32768,8,64", "--D1=32768,8,64", "--LL=8388608,16,64"];

/// Counts the instructions of a whole run of tshark, its start included.
///
/// # Errors
/// When the run fails.
pub fn instructions(stage: &Stage<'_>, plugins: Plugins, arguments: &[String]) -> Result<u64> {
    let (_, messages) = run(stage, plugins, &["--callgrind-out-file=/dev/null".into()], arguments)?;
    collected(&messages).context("valgrind printed no instruction count")
}

/// The instruction count in callgrind's messages: `==123== Collected : 456`.
fn collected(messages: &str) -> Option<u64> {
    let line = messages.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(':').next()?.trim().parse().ok()
}

/// Counts, between opening and closing the capture, instructions and cache misses. One of the plugins must be the floor,
/// which tells callgrind when to count.
///
/// # Errors
/// When the run fails, or nothing was counted because the floor was compiled without valgrind's headers.
pub fn profile(stage: &Stage<'_>, plugins: Plugins, arguments: &[String]) -> Result<Profile> {
    let file = stage.profiles().join("callgrind.out");
    let mut options = vec![format!("--callgrind-out-file={}", file.display())];
    options.extend(["--instr-atstart=no", "--compress-strings=no", "--compress-pos=no"].map(str::to_owned));
    options.extend(CACHES.map(str::to_owned));
    run(stage, plugins, &options, arguments)?;
    let text = fs::read_to_string(&file).context("valgrind wrote no profile")?;
    fs::remove_file(&file)?;
    let profile = Profile::parse(&text).context("the profile of valgrind is not understood")?;
    if profile.total(Event::Instructions) == 0 {
        bail!("valgrind counted nothing: the null plugin was compiled without <valgrind/callgrind.h>");
    }
    Ok(profile)
}

/// Standard output and messages of a run.
fn run(stage: &Stage<'_>, plugins: Plugins, options: &[String], arguments: &[String]) -> Result<(String, String)> {
    let mut valgrind = Command::new("valgrind");
    valgrind.arg("--tool=callgrind").args(options).arg("tshark").args(arguments);
    isolate(&mut valgrind, &stage.plugins(plugins), &stage.home());
    command::announce(&valgrind);
    let output = valgrind.stdin(Stdio::null()).output()?;
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        bail!("{} failed ({})\n{messages}", command::shown(&valgrind), output.status);
    }
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), messages))
}

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Instructions.
    Instructions,
    /// Instructions that were not in the first-level cache.
    CodeMisses,
    /// Data that was not in the first-level cache when it was read or written.
    DataMisses,
}

impl Event {
    /// The names that callgrind gives to what is added up.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Instructions => &["Ir"],
            Self::CodeMisses => &["I1mr"],
            Self::DataMisses => &["D1mr", "D1mw"],
        }
    }
}

/// What a run did, by the files whose code did it.
#[derive(Debug, Default)]
pub struct Profile {
    events: Vec<String>,
    objects: HashMap<String, Vec<u64>>,
}

impl Profile {
    /// Reads callgrind's file format, version 1, without name and position compression; `None` when it is something
    /// else. A line of costs counts for the object named last, unless it stands behind `calls=`: then it is what the
    /// called function took, and counted there. The sums must be the totals that callgrind gives.
    pub fn parse(text: &str) -> Option<Self> {
        let mut profile = Self::default();
        let mut object = String::new();
        let mut called = false;
        for line in text.lines() {
            if let Some(events) = line.strip_prefix("events:") {
                profile.events = events.split_whitespace().map(str::to_owned).collect();
            } else if let Some(name) = line.strip_prefix("ob=") {
                name.clone_into(&mut object);
            } else if line.starts_with("calls=") {
                called = true;
            } else if line.starts_with(|first: char| first.is_ascii_digit()) {
                if std::mem::take(&mut called) {
                    continue;
                }
                let mut numbers = line.split_whitespace().skip(1);
                let sums = profile.objects.entry(object.clone()).or_insert_with(|| vec![0; profile.events.len()]);
                for sum in sums {
                    // Zeros at the end of a line are left out.
                    let Some(number) = numbers.next() else { break };
                    *sum += number.parse::<u64>().ok()?;
                }
            }
        }
        let totals = text.lines().find_map(|line| line.strip_prefix("totals:"))?.split_whitespace();
        let whole = totals.enumerate().all(|(event, total)| {
            let sum: u64 = profile.objects.values().filter_map(|sums| sums.get(event)).sum();
            total.parse() == Ok(sum)
        });
        (whole && !profile.events.is_empty()).then_some(profile)
    }

    /// How often it happened.
    pub fn total(&self, event: Event) -> u64 {
        self.objects.values().map(|sums| self.sum(event, sums)).sum()
    }

    /// How often it happened in the code of a file of this name.
    pub fn within(&self, file: &str, event: Event) -> u64 {
        let named = |object: &str| object.rsplit('/').next() == Some(file);
        self.objects.iter().filter(|(object, _)| named(object)).map(|(_, sums)| self.sum(event, sums)).sum()
    }

    fn sum(&self, event: Event, sums: &[u64]) -> u64 {
        let counted = self.events.iter().zip(sums).filter(|(name, _)| event.names().contains(&name.as_str()));
        counted.map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callgrind_count_is_read() {
        let messages = "==7== Events    : Ir\n==7== Collected : 1234567\n==7== \n==7== I   refs:      1,234,567\n";
        assert_eq!(collected(messages), Some(1_234_567));
        assert_eq!(collected("==7== valgrind: failed"), None);
    }

    const PROFILE: &str = "# callgrind format\nversion: 1\npositions: line\nevents: Ir Dr Dw I1mr D1mr D1mw\n\
        ob=/lib/libc.so.6\nfl=???\nfn=malloc\n0 100 5 5 7 1 2\n1 10\n\n\
        ob=/plugins/msn.so\nfl=a.rs\nfn=learn\n12 20 0 0 3\ncob=/lib/libc.so.6\ncfi=???\ncfn=malloc\n\
        calls=4 0\n12 100 5 5 7 1 2\n13 5 1 1 0 4\n\ntotals: 135 6 6 10 5 2\n";

    #[test]
    fn costs_count_once_where_they_arise() {
        let profile = Profile::parse(PROFILE).unwrap();
        assert_eq!(profile.total(Event::Instructions), 135);
        assert_eq!(profile.total(Event::CodeMisses), 10);
        assert_eq!(profile.total(Event::DataMisses), 7);
        assert_eq!(profile.within("msn.so", Event::Instructions), 25);
        assert_eq!(profile.within("msn.so", Event::CodeMisses), 3);
        assert_eq!(profile.within("sn.so", Event::CodeMisses), 0);
    }

    #[test]
    fn other_text_is_no_profile() {
        assert!(Profile::parse("").is_none());
        assert!(Profile::parse("events: Ir\n1 x\ntotals: 1\n").is_none());
        assert!(Profile::parse(&PROFILE.replace("totals: 135", "totals: 136")).is_none());
    }
}
