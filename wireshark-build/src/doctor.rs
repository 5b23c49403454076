// SPDX-License-Identifier: GPL-2.0-or-later
//! What is missing on this machine, and the exact command that mends it.

use std::fmt;
use std::fs;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::command::{self, find_program, is_root, succeeds};
use crate::packages::{self, BUILD, INSTALL, Need, install_command};
use crate::place::Place;
use crate::project::Project;
use crate::wireshark::{Folders, Headers, Loaded, tshark_version};
use crate::{check, compile};

/// How things stand with one needed thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// There.
    Ok,
    /// Not there, and needed to build, install or test.
    Missing,
    /// Not there, and needed only for what the line says.
    Optional,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    state: State,
    what: String,
    found: String,
    /// The command that mends it; empty when there is nothing to mend.
    remedy: String,
}

impl Finding {
    fn ok(what: &str, found: impl Into<String>) -> Self {
        Self { state: State::Ok, what: what.into(), found: found.into(), remedy: String::new() }
    }

    fn bad(state: State, what: &str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state, what: what.into(), found: found.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ok => "ok",
            State::Missing => "missing",
            State::Optional => "optional",
        };
        write!(out, "{state:<8}  {:<18} {}", self.what, self.found)?;
        if !self.remedy.is_empty() {
            write!(out, "\n{:>29}mend: {}", "", self.remedy)?;
        }
        Ok(())
    }
}

/// Prints one line for each thing; the exit code says whether everything required is there.
pub fn doctor(project: &Project) -> Result<ExitCode> {
    let mut findings = vec![rust(project)];
    findings.extend(packages::unsupported().map(|why| Finding::bad(State::Missing, "system", why, "")));
    findings.extend(components(project));
    findings.extend(INSTALL.iter().map(package));
    findings.extend(versions());
    findings.extend(tools());
    findings.extend(plugin(project));
    findings.push(display());
    for finding in &findings {
        println!("{finding}");
    }
    let missing = findings.iter().filter(|finding| finding.state == State::Missing).count();
    println!();
    if missing == 0 {
        println!("everything required is there");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{missing} required {} missing", if missing == 1 { "thing is" } else { "things are" });
    Ok(ExitCode::FAILURE)
}

fn rust(project: &Project) -> Finding {
    let needed = &project.rust_version;
    let what = format!("rustc >= {needed}");
    let mend = "rustup update stable";
    let Ok(text) = command::output(Command::new("rustc").arg("--version")) else {
        return Finding::bad(State::Missing, &what, "not found", "install Rust from https://rustup.rs");
    };
    let found = text.split_whitespace().nth(1).unwrap_or_default();
    if numbers(found) >= numbers(needed) {
        Finding::ok(&what, found)
    } else {
        Finding::bad(State::Missing, &what, found, mend)
    }
}

/// The first two numbers of a version.
fn numbers(version: &str) -> (u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

fn components(project: &Project) -> Vec<Finding> {
    let rows = [
        ("fmt", "rustfmt", "rustup component add rustfmt", "`test` leaves formatting out"),
        ("clippy", "clippy", "rustup component add clippy", "`test` leaves lints out"),
        ("nextest", "cargo-nextest", "cargo install --locked cargo-nextest", "`test` uses cargo test"),
    ];
    let row = |(subcommand, what, mend, without): (&str, &str, &str, &str)| {
        if succeeds(project.cargo().args([subcommand, "--version"])) {
            Finding::ok(what, "found")
        } else {
            Finding::bad(State::Optional, what, format!("not found: {without}"), mend)
        }
    };
    rows.into_iter().map(row).collect()
}

fn package(need: &Need) -> Finding {
    if need.present() {
        Finding::ok(need.package, "found")
    } else {
        let use_ = if BUILD.contains(need) { "compile the plugin" } else { "install, show and test the plugin" };
        let found = format!("not found: needed to {use_}");
        Finding::bad(State::Missing, need.package, found, install_command(&[need.package]))
    }
}

/// Wireshark's headers and tshark: that they are usable, and of the same release.
fn versions() -> Vec<Finding> {
    let headers = Headers::find(&Place::here());
    let tshark = tshark_version();
    let mut findings = Vec::new();
    match &headers {
        Ok(headers) if !headers.version.supported() => findings.push(Finding::bad(
            State::Missing,
            "headers",
            format!("Wireshark {}: older than 4.0, for which the plugin does not compile", headers.version),
            "a newer release of the system, or Wireshark from source",
        )),
        Ok(headers) => findings.push(Finding::ok("headers", format!("Wireshark {}", headers.version))),
        Err(_) => findings.push(Finding::bad(
            State::Missing,
            "headers",
            "pkg-config cannot use wireshark.pc",
            install_command(&["libwireshark-dev", "libglib2.0-dev"]),
        )),
    }
    let (Ok(headers), Ok(tshark)) = (headers, tshark) else {
        return findings;
    };
    findings.push(if tshark.loads(headers.version) {
        Finding::ok("same release", format!("tshark {tshark} loads what is compiled for {}", headers.version))
    } else {
        Finding::bad(
            State::Missing,
            "same release",
            format!("tshark {tshark} does not load what is compiled for {}", headers.version),
            install_command(&["tshark", "libwireshark-dev"]),
        )
    });
    findings
}

fn tools() -> Vec<Finding> {
    // Program, package, what it is for, and whether root needs it for the tests.
    let rows = [
        ("wireshark", "wireshark", "Wireshark's window", false),
        ("setpriv", "util-linux", "tests run by root start tshark as another user", true),
        ("unshare", "util-linux", "`matrix`", false),
        ("debootstrap", "debootstrap", "`matrix`", false),
        ("valgrind", "valgrind", "`bench --callgrind`", false),
    ];
    let row = |(program, package, purpose, root): (&str, &str, &str, bool)| {
        if let Some(path) = find_program(program) {
            return Finding::ok(program, path.display().to_string());
        }
        let state = if root && is_root() { State::Missing } else { State::Optional };
        Finding::bad(state, program, format!("not found: for {purpose}"), install_command(&[package]))
    };
    rows.into_iter().map(row).collect()
}

/// What was built, what is installed, and what tshark loads.
fn plugin(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    let built = Headers::find(&Place::here()).map(|headers| compile::plugin_file(project, &headers));
    let built = built.ok().filter(|file| file.is_file());
    findings.push(match &built {
        None => Finding::bad(State::Optional, "plugin built", "no", "cargo plugin build"),
        Some(file) => match check::check(file) {
            Ok(facts) => Finding::ok("plugin built", format!("{} ({facts})", Project::shorten(file))),
            Err(error) => Finding::bad(State::Missing, "plugin built", format!("{error:#}"), "cargo plugin build"),
        },
    });

    let Ok(folders) = Folders::ask() else {
        return findings;
    };
    let (own, other) = (folders.for_user(is_root()), folders.for_user(!is_root()));
    let install = "cargo plugin install";
    findings.push(match (fs::read(&own), built.and_then(|file| fs::read(file).ok())) {
        (Err(_), _) => Finding::bad(State::Optional, "plugin installed", format!("not in {}", own.display()), install),
        (Ok(installed), Some(built)) if installed != built => Finding::bad(
            State::Optional,
            "plugin installed",
            format!("{} is not what was built last", own.display()),
            install,
        ),
        (Ok(_), _) => Finding::ok("plugin installed", own.display().to_string()),
    });
    if own != other && own.exists() && other.exists() {
        findings.push(Finding::bad(
            State::Missing,
            "only one msn.so",
            format!("{} has the same name, and Wireshark loads only one", other.display()),
            format!("{}rm {}", if is_root() { "" } else { "sudo " }, other.display()),
        ));
    }
    findings.push(match Loaded::ask() {
        Ok(Some(loaded)) if loaded.version == project.version => Finding::ok(
            "plugin loaded",
            format!("version {}, {}, from {}", loaded.version, loaded.kind, loaded.path.display()),
        ),
        Ok(Some(loaded)) => Finding::bad(
            State::Optional,
            "plugin loaded",
            format!("version {} from {}; this is {}", loaded.version, loaded.path.display(), project.version),
            install,
        ),
        Ok(None) => Finding::bad(State::Optional, "plugin loaded", "tshark loads no msn.so", install),
        Err(error) => Finding::bad(State::Missing, "plugin loaded", format!("{error:#}"), install_command(&["tshark"])),
    });
    findings
}

fn display() -> Finding {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().find(|name| set(name)) {
        Some(name) => Finding::ok("screen", format!("{name} is set")),
        None => Finding::bad(
            State::Optional,
            "screen",
            "neither DISPLAY nor WAYLAND_DISPLAY is set: no Wireshark window",
            "start this from a graphical session, or: ssh -X",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(numbers("1.100.0") > numbers("1.85"));
        assert!(numbers("1.85.0-nightly") >= numbers("1.85"));
        assert!(numbers("1.84.1") < numbers("1.85"));
        assert!(numbers("garbage") < numbers("1.85"));
    }

    #[test]
    fn a_finding_shows_its_remedy() {
        let line = Finding::bad(State::Missing, "tshark", "not found", "apt-get install tshark").to_string();
        assert!(line.starts_with("missing "), "{line}");
        assert!(line.ends_with("mend: apt-get install tshark"), "{line}");
        let line = Finding::ok("tshark", "found").to_string();
        assert!(line.starts_with("ok ") && !line.contains("mend"), "{line}");
    }

    #[test]
    fn this_rust_is_new_enough() {
        let project = Project::load().unwrap();
        assert_eq!(rust(&project).state, State::Ok);
    }
}
