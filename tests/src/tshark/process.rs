// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs a program with a time limit and watches its memory.

use anyhow::{Context, Result, bail};
use std::fs;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a finished program left behind.
#[derive(Debug)]
pub struct Output {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
    /// Exit status.
    pub status: ExitStatus,
    /// Highest resident memory that was seen, in KiB.
    pub peak_kib: u64,
    /// Time from start to end.
    pub elapsed: Duration,
}

/// Runs `command` to its end; kills it when it takes longer than `limit`.
pub(super) fn run(command: &mut Command, limit: Duration) -> Result<Output> {
    let started = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (watched, stdout, stderr) = thread::scope(|scope| {
        let stdout = scope.spawn(|| drain(out));
        let stderr = scope.spawn(|| drain(err));
        let watched = watch(&mut child, started, limit);
        (watched, stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default())
    });
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    let (status, peak_kib) = watched.with_context(|| format!("{command:?}\n{stderr}"))?;
    Ok(Output { stdout, stderr, status, peak_kib, elapsed: started.elapsed() })
}

fn watch(child: &mut Child, started: Instant, limit: Duration) -> Result<(ExitStatus, u64)> {
    let mut peak = 0;
    loop {
        peak = peak.max(peak_memory(child.id()));
        if let Some(status) = child.try_wait()? {
            return Ok((status, peak));
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("still running after {limit:?}, killed");
        }
        thread::sleep(Duration::from_millis(4));
    }
}

/// High-water mark of a process's resident memory in KiB, 0 when it cannot be told.
fn peak_memory(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

fn drain(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // A broken pipe only means that the program is gone; what it wrote before counts.
        let _ = pipe.read_to_end(&mut bytes);
    }
    bytes
}

/// Lines on standard error that tell of nothing wrong.
const HARMLESS: [&str; 2] = ["Running as user", "Hello in child."];

/// What a program complained about on standard error.
pub(super) fn complaints(stderr: &str) -> String {
    let complains = |line: &&str| !line.trim().is_empty() && !HARMLESS.iter().any(|h| line.starts_with(h));
    stderr.lines().filter(complains).collect::<Vec<_>>().join("\n")
}
