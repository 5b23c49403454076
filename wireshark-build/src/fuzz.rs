// SPDX-License-Identifier: GPL-2.0-or-later
//! Fuzzing as a routine: every target in turn, and what came of it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command::{self, succeeds};
use crate::project::{CORE, Project};

/// How long to look, and where.
#[derive(Args)]
pub struct Options {
    /// Minutes for each target
    #[arg(default_value_t = 1.0, value_parser = minutes)]
    minutes: f64,
    /// Only this target; may be given more than once
    #[arg(long, value_name = "TARGET")]
    only: Vec<String>,
    /// Sanitizer: none is faster, and the core is safe Rust; address needs a nightly toolchain
    #[arg(long, value_name = "NAME", default_value = "none")]
    sanitizer: String,
}

fn minutes(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(minutes) if f64::is_finite(minutes) && minutes > 0.0 => Ok(minutes),
        _ => Err("a number of minutes above 0".to_owned()),
    }
}

/// Longest time for one input, in seconds, and most memory, in MB.
const LIMITS: [&str; 2] = ["-timeout=25", "-rss_limit_mb=4096"];

/// What libFuzzer says at the end of a run.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Told {
    executions: u64,
    coverage: u64,
    features: u64,
}

impl Told {
    /// Takes a line of its messages.
    fn take(&mut self, line: &str) {
        let mut words = line.split_whitespace();
        if line.starts_with("stat::number_of_executed_units:") {
            self.executions = words.nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
        }
        let mut words = line.split_whitespace();
        while let Some(word) = words.next() {
            let place = match word {
                "cov:" => &mut self.coverage,
                "ft:" => &mut self.features,
                _ => continue,
            };
            *place = words.next().and_then(|number| number.parse().ok()).unwrap_or(*place);
        }
    }
}

/// Runs every target, merges what it found into the corpus under `target/fuzz`, and prints a table.
///
/// # Errors
/// When cargo-fuzz is missing, a target does not compile, or one found something; the others are still run.
pub fn fuzz(project: &Project, options: &Options) -> Result<()> {
    if !succeeds(project.cargo().args(["fuzz", "--version"])) {
        bail!("cargo-fuzz is missing: cargo install --locked cargo-fuzz");
    }
    let core = project.root.join(CORE);
    let targets = targets(&core.join("fuzz/fuzz_targets"))?;
    if let Some(name) = options.only.iter().find(|name| !targets.contains(name)) {
        bail!("there is no target {name}; there are {}", targets.join(", "));
    }
    let wanted = |name: &&String| options.only.is_empty() || options.only.contains(name);
    let (mut all, mut found) = (0, Vec::new());
    println!("{:<12}{:>14}{:>10}{:>10}{:>10}", "target", "executions", "coverage", "features", "corpus");
    for target in targets.iter().filter(wanted) {
        let outcome = run(project, options, target)?;
        all += outcome.0.executions;
        let Told { executions, coverage, features } = outcome.0;
        println!("{target:<12}{executions:>14}{coverage:>10}{features:>10}{:>10}", outcome.1);
        if let Some(message) = outcome.2 {
            println!("  FOUND: {message}");
            found.push(target.clone());
        }
    }
    println!("{all} executions");
    if !found.is_empty() {
        bail!("something was found by {}; its inputs lie in {CORE}/fuzz/artifacts", found.join(", "));
    }
    Ok(())
}

/// The names of the targets, by their files.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let name = |entry: fs::DirEntry| Some(entry.path().file_stem()?.to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.flatten().filter_map(name).collect();
    names.sort();
    Ok(names)
}

/// cargo-fuzz with a compiler that need not be a nightly one.
fn cargo_fuzz(project: &Project, options: &Options, target: &str) -> Command {
    let mut cargo = project.cargo();
    cargo.current_dir(project.root.join(CORE)).env("RUSTC_BOOTSTRAP", "1").env_remove("CARGO_TARGET_DIR");
    cargo.args(["fuzz", "run", "--sanitizer", &options.sanitizer, target]);
    cargo
}

/// Runs a target; says what was told, how large its corpus is, and what was found.
fn run(project: &Project, options: &Options, target: &str) -> Result<(Told, usize, Option<String>)> {
    let kept = project.target.join("fuzz").join(target);
    let merged = kept.with_extension("merged");
    fs::create_dir_all(&kept)?;
    let seeds = project.root.join(CORE).join("fuzz/corpus").join(target);
    let mut fuzz = cargo_fuzz(project, options, target);
    fuzz.arg(&kept).arg(&seeds).args(["--", "-print_final_stats=1"]).args(LIMITS);
    fuzz.arg(format!("-max_total_time={}", (options.minutes * 60.0).ceil().max(1.0)));
    let (told, ok, message) = watch(&mut fuzz)?;
    if told.executions == 0 && !ok {
        bail!("{target} does not run: {}", message.unwrap_or_default());
    }
    let found = (!ok).then(|| message.unwrap_or_else(|| "see its messages".to_owned()));

    // Only what reaches something that nothing else reaches is kept for the next time.
    if merged.exists() {
        fs::remove_dir_all(&merged)?;
    }
    fs::create_dir_all(&merged)?;
    let mut merge = cargo_fuzz(project, options, target);
    merge.arg(&merged).arg(&seeds).arg(&kept).args(["--", "-merge=1"]).args(LIMITS);
    let (reached, merges, _) = watch(&mut merge)?;
    if merges {
        fs::remove_dir_all(&kept)?;
        fs::rename(&merged, &kept)?;
    }
    let corpus = fs::read_dir(&kept)?.count();
    let coverage = told.coverage.max(reached.coverage);
    Ok((Told { coverage, features: told.features.max(reached.features), ..told }, corpus, found))
}

/// Runs libFuzzer and reads its messages; says how it ended, and the message of what it found.
fn watch(command: &mut Command) -> Result<(Told, bool, Option<String>)> {
    command::announce(command);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let (mut told, mut message) = (Told::default(), None);
    for line in BufReader::new(child.stderr.take().context("no messages")?).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        told.take(&line);
        if message.is_none()
            && ["panicked at", "ERROR: libFuzzer", "error:", "error["].iter().any(|word| line.contains(word))
        {
            message = Some(line);
        }
    }
    Ok((told, child.wait()?.success(), message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_the_fuzzer_are_read() {
        let mut told = Told::default();
        told.take("#1024\tpulse  cov: 512 ft: 900 corp: 12/1Kb lim: 33 exec/s: 512 rss: 40Mb");
        told.take("#2048\tDONE   cov: 600 ft: 1000 corp: 14/1Kb lim: 33 exec/s: 512 rss: 40Mb");
        told.take("stat::number_of_executed_units: 2048");
        assert_eq!(told, Told { executions: 2048, coverage: 600, features: 1000 });
    }

    #[test]
    fn every_target_is_found_and_has_a_corpus() {
        let project = Project::load().unwrap();
        let core = project.root.join(CORE).join("fuzz");
        let names = targets(&core.join("fuzz_targets")).unwrap();
        assert!(names.len() >= 15 && names.contains(&"stream".to_owned()), "{names:?}");
        let manifest = fs::read_to_string(core.join("Cargo.toml")).unwrap();
        for name in &names {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            assert!(core.join("corpus").join(name).is_dir(), "{name}");
        }
        assert!(minutes("0").is_err() && minutes("x").is_err() && minutes("0.5").is_ok());
    }
}
