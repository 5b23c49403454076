// SPDX-License-Identifier: GPL-2.0-or-later
//! Captures with bytes that were changed at random, read by tshark with the plugin: nothing may crash, hang, grow without
//! bounds or be called a bug of ours.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use wait4::Wait4;

use crate::bench::stage::{Plugins, Stage, reading};
use crate::command::{self, find_program};
use crate::compile::{self, Strictness};
use crate::packages;
use crate::project::Project;
use crate::wireshark::{tshark, tshark_with};

/// How often, and how much.
#[derive(Args)]
pub struct Options {
    /// How often each capture is changed
    #[arg(default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    times: u32,
    /// The share of bytes that is changed
    #[arg(long, default_value_t = 0.01)]
    share: f64,
    /// The first seed; each time takes the next
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// Folders of captures, below the workspace.
const CAPTURES: [&str; 2] = ["tests/captures", "tests/captures/soap"];

/// Longest time for one capture.
const LIMIT: Duration = Duration::from_secs(60);

/// Most memory for one capture of a few hundred kB, in bytes.
const MEMORY: u64 = 1 << 30;

/// What is printed where a dissector failed, or what is ours of it.
const BUG: &str = "[Dissector bug, protocol ";
const OWN: [&str; 6] = ["MSNP", "MSNP2P", "MSNSLP", "MSNFTP", "MSNCAM", "MSN-SOAP"];
const INTERNAL: &str = "Internal error of the dissector, please report";

/// What is wrong with what tshark printed.
fn complaint(text: &str) -> Option<String> {
    text.lines().map(str::trim).find(|line| is_ours(line)).map(str::to_owned)
}

fn is_ours(line: &str) -> bool {
    let named = line.split(BUG).nth(1).and_then(|rest| rest.split([':', ',']).next());
    named.is_some_and(|protocol| OWN.contains(&protocol)) || line.contains(INTERNAL)
}

/// How reading a capture went.
struct Read {
    complaint: Option<String>,
    memory: u64,
}

/// Changes and reads every capture.
///
/// # Errors
/// When something went wrong; the message names capture, seed and what it was.
pub fn mutate(project: &Project, options: &Options) -> Result<()> {
    packages::ensure(packages::INSTALL, packages::Consent::Ask)?;
    if find_program("editcap").is_none() {
        bail!("editcap is missing: {}", packages::install_command(&["wireshark-common"]));
    }
    let plugin = compile::build(project, Strictness::Usable)?;
    let stage = Stage::set(project, &plugin)?;
    let captures = captures(project)?;
    let (mut runs, mut most, mut wrong) = (0, 0, Vec::new());
    for capture in &captures {
        for seed in options.seed..options.seed.saturating_add(options.times) {
            let changed = stage.file("changed.capture");
            change(capture, &changed, options.share, seed)?;
            let read = read(&stage, &changed)?;
            (runs, most) = (runs + 1, most.max(read.memory));
            if let Some(complaint) = read.complaint {
                let line = format!("{} with --seed {seed}: {complaint}", Project::shorten(capture));
                println!("WRONG: {line}");
                wrong.push(line);
            }
        }
    }
    println!(
        "{} captures, {runs} changed ones, {} MB of memory at most, {} wrong",
        captures.len(),
        most >> 20,
        wrong.len()
    );
    if !wrong.is_empty() {
        bail!("{} of {runs} went wrong; editcap -E {} --seed N makes them again", wrong.len(), options.share);
    }
    Ok(())
}

fn captures(project: &Project) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in CAPTURES {
        let folder = project.root.join(folder);
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "pcap" || end == "pcapng") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes a capture with bytes that are changed at random. What some pcapng files carry beside packets editcap cannot write;
/// tshark can leave it out.
fn change(from: &Path, to: &Path, share: f64, seed: u32) -> Result<()> {
    let plain = to.with_extension("plain");
    let format = from.extension().unwrap_or_default();
    if format == "pcapng" {
        command::output(tshark().arg("-r").arg(from).arg("-w").arg(&plain))?;
    } else {
        fs::copy(from, &plain)?;
    }
    let mut editcap = Command::new("editcap");
    editcap.arg("-F").arg(format).args(["-E", &share.to_string(), "--seed", &seed.to_string()]);
    command::output(editcap.arg(&plain).arg(to))?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o644))?;
    Ok(())
}

/// Reads a capture in two passes, whole trees.
fn read(stage: &Stage<'_>, capture: &Path) -> Result<Read> {
    let printed = stage.file("printed");
    let mut tshark = tshark_with(&stage.plugins(Plugins::Ours), &stage.home());
    tshark.args(reading(capture)).args(["-2", "-V"]);
    tshark.stdin(Stdio::null()).stdout(fs::File::create(&printed)?).stderr(Stdio::null());
    command::announce(&tshark);
    let mut child = tshark.spawn()?;
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let id = rustix::process::Pid::from_child(&child);
    let guard = std::thread::spawn(move || {
        let late = stopped.recv_timeout(LIMIT).is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Timeout);
        // The process was not waited for yet, so the number is still its own.
        late && rustix::process::kill_process(id, rustix::process::Signal::KILL).is_ok()
    });
    let used = child.wait4()?;
    drop(stop);
    let hung = guard.join().unwrap_or(false);
    let memory = used.rusage.maxrss;
    let text = String::from_utf8_lossy(&fs::read(&printed)?).into_owned();
    // tshark ends with an error where the file itself was damaged; a signal is another matter.
    let crash = std::os::unix::process::ExitStatusExt::signal(&used.status).map(|signal| format!("signal {signal}"));
    let complaint = match hung {
        true => Some(format!("not read within {} s", LIMIT.as_secs())),
        false => crash.or_else(|| complaint(&text)),
    };
    let large = (memory > MEMORY).then(|| format!("{} MB of memory", memory >> 20));
    Ok(Read { complaint: complaint.or(large), memory })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bugs_of_others_are_not_ours() {
        assert!(is_ours("[Dissector bug, protocol MSNSLP: x.c:1: failed assertion]"));
        assert!(is_ours("[Expert Info (Error/Malformed): Internal error of the dissector, please report]"));
        assert!(!is_ours("[Dissector bug, protocol TLS: y.c:2: failed assertion]"));
        assert!(complaint("Frame 1\n    Text: nothing\n").is_none());
    }

    #[test]
    fn protocols_and_wording_are_those_of_the_catalogue() {
        let root = Project::load().unwrap().root;
        let catalogue = |file: &str| fs::read_to_string(root.join("msn-dissect-core/src/fields").join(file)).unwrap();
        for name in OWN {
            assert!(catalogue("mod.rs").contains(&format!("\"{name}\"")), "{name}");
        }
        assert!(catalogue("expert.rs").contains(INTERNAL));
    }
}
