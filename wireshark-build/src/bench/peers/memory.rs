// SPDX-License-Identifier: GPL-2.0-or-later
//! Peak memory above the built-in dissector.

use std::path::Path;

use anyhow::{Context, Result};

use super::subjects::{Figure, MEMORY_PACKETS};
use super::verdict;
use crate::bench::stage::{Plugins, Stage, reading};

/// Packets of the capture of small peer-to-peer packets, each with dozens of those.
const CARRIERS: u32 = 8_000;
/// The kind of traffic that consists of them.
const SHAPE: &str = "small-p2p";
/// The field of which each peer-to-peer packet has one.
const EACH: &str = "msnp2p.sequence";

/// Measures and prints; returns how many goals are missed.
///
/// # Errors
/// When a run fails, or the capture has no peer-to-peer packets.
pub fn measure(stage: &Stage<'_>, packets: u32) -> Result<usize> {
    let mut missed = 0;
    println!("\nmemory, peak resident set above msnms\n");
    let packets = packets.min(MEMORY_PACKETS);
    let (capture, _) = stage.generate("memory.pcap", packets, &[])?;
    let megabytes = above(stage, &capture)? as f64 / 1e6;
    let goal = Figure::Memory.goal().filter(|_| packets == MEMORY_PACKETS);
    println!("{packets} packets: {megabytes:.1} MB   {}", verdict(megabytes, goal, &mut missed));

    let (capture, _) = stage.generate("small.pcap", packets.min(CARRIERS), &["--shape", SHAPE])?;
    let mut arguments = reading(&capture);
    arguments.extend(["-T", "fields", "-e", EACH, "-E", "aggregator=/s"].map(str::to_owned));
    let shown = stage.output(Plugins::Ours, &arguments)?;
    let number = shown.split_whitespace().count();
    let bytes = above(stage, &capture)?.checked_div(number as i64).context("no peer-to-peer packets are decoded")?;
    let goal = Figure::SmallPackets.goal().filter(|_| packets >= CARRIERS);
    let verdict = verdict(bytes as f64, goal, &mut missed);
    println!("{number} small peer-to-peer packets: {bytes} bytes for each   {verdict}");
    Ok(missed)
}

/// Bytes by which the plugin's peak exceeds that of msnms.
fn above(stage: &Stage<'_>, capture: &Path) -> Result<i64> {
    let peak = |plugins| stage.cost(plugins, &reading(capture)).map(|cost| cost.memory as i64);
    Ok(peak(Plugins::Ours)? - peak(Plugins::None)?)
}
