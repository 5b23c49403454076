// SPDX-License-Identifier: GPL-2.0-or-later
//! What printing chats takes without Wireshark: the example `transcripts` of the core beside `tshark -z msn,chat`.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::stage::{Plugins, Stage, reading};
use crate::command;
use crate::measure::{cost, median};
use crate::project::{CORE, Project};
use crate::wireshark::tshark_with;

/// Name of the example, and of its package.
const EXAMPLE: &str = "transcripts";

/// Measures both on the same generated capture.
///
/// # Errors
/// When one of them does not compile or run, or they do not tell as many lines.
pub fn compare(project: &Project, stage: &Stage<'_>, packets: u32, rounds: u32) -> Result<()> {
    let (capture, _) = stage.generate("chats.pcap", packets, &[])?;
    let build = ["build", "--quiet", "--release", "--package", CORE, "--example", EXAMPLE];
    command::run(project.cargo().args(build))?;
    let program = project.target.join("release/examples").join(EXAMPLE);
    let own = || {
        let mut command = Command::new(&program);
        command.arg(&capture);
        command
    };
    let chats = || {
        let mut tshark = tshark_with(&stage.plugins(Plugins::Ours), &stage.home());
        tshark.args(reading(&capture)).args(["-q", "-z", "msn,chat"]);
        tshark
    };
    let lines = |mut command: Command| -> Result<usize> {
        let output = command.stdin(Stdio::null()).output()?;
        Ok(output.stdout.iter().filter(|byte| **byte == b'\n').count())
    };
    let (told, shown) = (lines(own())?, lines(chats())?);
    if told == 0 || told != shown {
        bail!("the example tells {told} lines, tshark {shown}");
    }
    let (mut fast, mut slow) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        fast.push(cost(&mut own())?);
        slow.push(cost(&mut chats())?);
    }
    let size = fs::metadata(&capture).context("the capture is gone")?.len() as f64 / 1e6;
    println!("{size:.1} MB, {packets} packets, {told} lines of chats");
    for (name, costs) in [("example", fast), ("tshark", slow)] {
        let time = median(&costs.iter().map(|cost| cost.cpu).collect::<Vec<_>>());
        let memory = costs.iter().map(|cost| cost.memory).max().unwrap_or(0) >> 20;
        println!("{name:<9}{time:>8.3} s of processor time{:>8.1} MB/s{memory:>6} MB of memory", size / time);
    }
    Ok(())
}
