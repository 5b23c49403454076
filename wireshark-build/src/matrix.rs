// SPDX-License-Identifier: GPL-2.0-or-later
//! The end-to-end tests on every supported Wireshark release, each in a Debian root of its own.
//!
//! The core, a static library, and the test programs are built once, on this machine. Only the C shim is compiled in
//! each root, against that root's headers, and the test programs run there with that root's tshark.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command::{self, is_root};
use crate::place::Place;
use crate::project::{PLUGIN_FILE, Project};
use crate::wireshark::{Headers, Version};
use crate::{compile, packages, programs, roots};

/// A Debian release, and the Wireshark that it carries.
struct Release {
    wireshark: &'static str,
    codename: &'static str,
}

const RELEASES: [Release; 3] = [
    Release { wireshark: "4.0", codename: "bookworm" },
    Release { wireshark: "4.4", codename: "trixie" },
    Release { wireshark: "4.6", codename: "sid" },
];

/// What to run, and on what.
#[derive(Args)]
pub struct Options {
    /// Only this Wireshark release (4.0, 4.4 or 4.6); may be given more than once
    #[arg(long, value_name = "X.Y")]
    only: Vec<String>,
    /// Make the Debian roots again instead of using those of an earlier run
    #[arg(long)]
    fresh: bool,
    /// Remove the Debian roots at the end (each takes about 1 GB under target/matrix)
    #[arg(long)]
    remove: bool,
    /// Debian mirror; by default the one this machine uses
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// Arguments for the test programs, such as a part of a test's name
    #[arg(last = true)]
    test_arguments: Vec<String>,
}

/// How it went on one release.
struct Outcome {
    version: Version,
    passed: usize,
    failed: usize,
    ignored: usize,
}

/// What is built once for all releases.
struct Built {
    library: PathBuf,
    tests: Vec<PathBuf>,
}

/// Runs the end-to-end tests on each release and prints one line for each at the end.
///
/// # Errors
/// When a release cannot be set up, or a test fails on it; the others are still run.
pub fn matrix(project: &Project, options: &Options) -> Result<()> {
    if !is_root() {
        bail!("Debian roots are made and entered by root: sudo env \"PATH=$PATH\" cargo plugin matrix");
    }
    let releases = chosen(&options.only)?;
    packages::ensure(packages::MATRIX, packages::Consent::Given)?;
    let built = build(project)?;
    let mirror = options.mirror.clone().unwrap_or_else(|| roots::mirror(&roots::apt_sources()));

    let mut lines = Vec::new();
    let mut failures = 0;
    for release in releases {
        let start = Instant::now();
        println!("\n== Wireshark {} (Debian {}) ==", release.wireshark, release.codename);
        let outcome = run_release(project, options, release, &mirror, &built);
        if let Err(error) = &outcome {
            eprintln!("error: {error:#}");
        }
        let (ok, line) = report(release, &outcome);
        failures += usize::from(!ok);
        lines.push(format!("{line} ({} s)", start.elapsed().as_secs()));
        if options.remove {
            roots::remove(&root_folder(project, release))?;
        }
    }
    println!("\n== matrix ==");
    for line in &lines {
        println!("{line}");
    }
    if failures > 0 {
        bail!("{failures} of {} releases failed", lines.len());
    }
    Ok(())
}

fn chosen(only: &[String]) -> Result<Vec<&'static Release>> {
    let known = |name: &String| RELEASES.iter().any(|release| release.is(name));
    if let Some(name) = only.iter().find(|name| !known(name)) {
        let names: Vec<_> = RELEASES.iter().map(|release| release.wireshark).collect();
        bail!("{name} is not in the matrix; there are {}", names.join(", "));
    }
    let wanted = |release: &&Release| only.is_empty() || only.iter().any(|name| release.is(name));
    Ok(RELEASES.iter().filter(wanted).collect())
}

impl Release {
    fn is(&self, name: &str) -> bool {
        name == self.wireshark || name == self.codename
    }
}

/// One line of the final report, and whether it is a good one.
fn report(release: &Release, outcome: &Result<Outcome>) -> (bool, String) {
    let name = format!("Wireshark {:<4} {:<9}", release.wireshark, release.codename);
    match outcome {
        Err(error) => (false, format!("{name} FAILED: {error}")),
        Ok(outcome) => {
            let ok = outcome.failed == 0 && outcome.passed > 0;
            let word = if ok { "ok" } else { "FAILED" };
            let line = format!(
                "{name} {word}: {} passed, {} failed, {} ignored on {}",
                outcome.passed, outcome.failed, outcome.ignored, outcome.version
            );
            (ok, line)
        }
    }
}

fn build(project: &Project) -> Result<Built> {
    let library = compile::static_library(project)?;
    let tests = programs::end_to_end(project)?.into_iter().map(|program| program.file).collect();
    Ok(Built { library, tests })
}

fn run_release(
    project: &Project,
    options: &Options,
    release: &Release,
    mirror: &str,
    built: &Built,
) -> Result<Outcome> {
    if options.fresh {
        roots::remove(&root_folder(project, release))?;
    }
    let (place, headers, version) = enter(project, release, mirror)?;
    let plugins = compile_in(project, &place, &headers, &built.library)?;

    let mut outcome = Outcome { version, passed: 0, failed: 0, ignored: 0 };
    for test in &built.tests {
        run_tests(project, &place, test, &plugins, &options.test_arguments, &mut outcome)?;
    }
    Ok(outcome)
}

/// The plugin for each release, compiled in its root: where that is, its headers, and the file.
///
/// # Errors
/// When a root cannot be made, or the shim does not compile in it.
pub fn plugins(project: &Project, mirror: Option<&str>) -> Result<Vec<(Place, Headers, PathBuf)>> {
    let library = compile::static_library(project)?;
    let mirror = mirror.map_or_else(|| roots::mirror(&roots::apt_sources()), str::to_owned);
    let plugin = |release: &Release| {
        let (place, headers, _) = enter(project, release, &mirror)?;
        let folder = compile_in(project, &place, &headers, &library)?;
        let file = folder.join(headers.version.folder()).join("epan").join(PLUGIN_FILE);
        Ok((place, headers, file))
    };
    RELEASES.iter().map(plugin).collect()
}

/// The root of a release, made if it is not there, with the headers and the tshark in it.
fn enter(project: &Project, release: &Release, mirror: &str) -> Result<(Place, Headers, Version)> {
    let root = root_folder(project, release);
    roots::make(&root, release.codename, mirror)?;
    let place = Place::root(&root, &[&project.root, &project.target]);
    let tshark = command::output(place.command("tshark").arg("--version"))?;
    let version = Version::from_tshark(&tshark).context("tshark --version names no version")?;
    let headers = Headers::find(&place)?;
    if !version.loads(headers.version) || version.folder() != release.wireshark {
        bail!(
            "it has tshark {version} and headers of {}, not {}; Debian may have moved on",
            headers.version,
            release.wireshark
        );
    }
    Ok((place, headers, version))
}

/// Compiles the shim in a root and returns the plugin folder.
fn compile_in(project: &Project, place: &Place, headers: &Headers, library: &Path) -> Result<PathBuf> {
    let work = project.target.join("matrix/build");
    fs::create_dir_all(&work)?;
    let scratch = tempfile::tempdir_in(&work)?;
    let linked = scratch.path().join(PLUGIN_FILE);
    let inputs = compile::plugin_inputs(project, library.to_owned())?;
    let mut gcc = compile::command_line(place.command("gcc"), project, headers, &inputs, &linked);
    gcc.args(compile::packed(place.command("gcc"), scratch.path())?);
    command::run(gcc.arg("-Werror")).context("the C shim does not compile or link")?;
    let plugins = project.target.join("matrix/plugins");
    compile::publish(&linked, &plugins.join(headers.version.folder()).join("epan").join(PLUGIN_FILE))?;
    Ok(plugins)
}

/// Runs one test program in a root, shows what it prints, and adds its result.
fn run_tests(
    project: &Project,
    place: &Place,
    test: &Path,
    plugins: &Path,
    arguments: &[String],
    outcome: &mut Outcome,
) -> Result<()> {
    let package = project.root.join("tests");
    let mut command = place.command("env");
    command.arg("--chdir").arg(&package).arg("--ignore-environment");
    for (name, value) in [
        ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin".as_ref()),
        ("HOME", "/tmp".as_ref()),
        ("LANG", "C.UTF-8".as_ref()),
        ("RUST_BACKTRACE", "1".as_ref()),
        ("CARGO_MANIFEST_DIR", package.as_os_str()),
        ("MSN_PLUGIN_DIR", plugins.as_os_str()),
    ] {
        let mut setting = std::ffi::OsString::from(name);
        setting.push("=");
        setting.push(value);
        command.arg(setting);
    }
    command.arg(test).args(arguments);
    command::announce(&command);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let name = test.file_name().unwrap_or_default().to_string_lossy();
    let counts = Counts::parse(&text);
    if !output.status.success() {
        print!("{text}");
    }
    let Some(counts) = counts else {
        bail!("{name} ended without a result ({})", output.status);
    };
    println!("{name}: {} passed, {} failed, {} ignored", counts.passed, counts.failed, counts.ignored);
    if !output.status.success() && counts.failed == 0 {
        bail!("{name} failed ({})", output.status);
    }
    outcome.passed += counts.passed;
    outcome.failed += counts.failed;
    outcome.ignored += counts.ignored;
    Ok(())
}

/// The numbers in the last line of a Rust test program.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Counts {
    fn parse(text: &str) -> Option<Self> {
        let line = text.lines().rev().find(|line| line.starts_with("test result:"))?;
        let number = |name: &str| {
            let words: Vec<&str> = line.split([' ', ';']).filter(|word| !word.is_empty()).collect();
            let place = words.iter().position(|word| *word == name)?;
            words.get(place.checked_sub(1)?)?.parse().ok()
        };
        Some(Self { passed: number("passed")?, failed: number("failed")?, ignored: number("ignored")? })
    }
}

fn root_folder(project: &Project, release: &Release) -> PathBuf {
    project.target.join("matrix").join(release.codename)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_chosen_by_either_name() {
        let names = |only: &[&str]| {
            let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
            chosen(&only).map(|found| found.iter().map(|release| release.wireshark).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]).unwrap(), ["4.0", "4.4", "4.6"]);
        assert_eq!(names(&["sid", "4.0"]).unwrap(), ["4.0", "4.6"]);
        assert!(names(&["3.6"]).is_err());
    }

    #[test]
    fn results_of_test_programs_are_read() {
        let text = "running 3 tests\n...\n\ntest result: FAILED. 12 passed; 1 failed; 2 ignored; 0 measured; \
                    3 filtered out; finished in 0.10s\n";
        let wanted = Counts { passed: 12, failed: 1, ignored: 2 };
        assert_eq!(Counts::parse(text), Some(wanted));
        assert_eq!(Counts::parse("Segmentation fault"), None);
    }

    #[test]
    fn nothing_passed_is_no_success() {
        let outcome = |passed, failed| {
            let version = Version::from_tshark("TShark (Wireshark) 4.4.9.").unwrap();
            let outcome = Outcome { version, passed, failed, ignored: 0 };
            report(&RELEASES[1], &Ok(outcome))
        };
        let (ok, line) = outcome(40, 0);
        assert!(ok && line.contains("40 passed") && line.contains("4.4.9"), "{line}");
        assert!(!outcome(0, 0).0);
        assert!(!outcome(40, 1).0);
        assert!(!report(&RELEASES[0], &Err(anyhow::anyhow!("no mirror"))).0);
    }
}
