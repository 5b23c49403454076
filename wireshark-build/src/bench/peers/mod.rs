// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares the plugin with Wireshark's own text dissectors, in instructions, cache misses and memory above a dissector
//! that does nothing.
//!
//! Nothing is measured by the clock. Instructions and misses are counted between opening and closing the capture (the
//! null plugin tells callgrind when), so starting tshark does not count; the same capture is then read with its port
//! pinned to the null plugin, and the difference is what the dissector costs, with all that Wireshark does on its account.
//!
//! What is counted depends neither on the machine nor on its load, but Wireshark seeds its hash tables at random: two runs
//! agree to 0.2 %, and their differences to about 100 instructions a unit. Counts within the plugin agree to one in 5,000.

mod memory;
mod subjects;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::Mode;
use super::callgrind::{self, Event, Profile};
use super::stage::{Plugins, Stage, reading};
use crate::project::PLUGIN_FILE;
use subjects::{Figure, OURS, SUBJECTS, Subject};

/// Kinds of traffic that can be asked for.
pub const NAMES: [&str; SUBJECTS.len()] = names();

const fn names() -> [&'static str; SUBJECTS.len()] {
    let mut names = [""; SUBJECTS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = SUBJECTS[index].shape;
        index += 1;
    }
    names
}

/// Packets of each capture, unless the user asks for fewer: about ten connections.
const PACKETS: u32 = 3_000;
/// The protocol of the null plugin.
const FLOOR: &str = "msnfloor";

/// Measures and prints the tables; returns how many goals are missed.
///
/// # Errors
/// When a run fails, or a dissector does not decode its traffic.
pub fn compare(stage: &Stage<'_>, modes: &[&Mode], shapes: &[String], packets: u32) -> Result<usize> {
    let wanted = |name: &str| shapes.is_empty() || shapes.iter().any(|shape| shape == name);
    let traffic: Vec<Traffic> = SUBJECTS
        .iter()
        .filter(|subject| wanted(subject.shape))
        .map(|subject| Traffic::generate(stage, subject, packets.min(PACKETS)))
        .collect::<Result<_>>()?;
    println!("units are commands, replies, messages or stanzas; lines are those that -V shows above nothing:\n");
    println!("{:<9} {:>7} {:>7} {:>7} {:>7}", "traffic", "packets", "decoded", "units", "lines");
    for Traffic { subject, packets, frames, units, lines, .. } in &traffic {
        println!("{:<9} {packets:>7} {frames:>7} {units:>7} {lines:>7}", subject.shape);
    }
    let mut missed = 0;
    for mode in modes.iter().filter(|mode| Figure::Instructions(mode.name).goal().is_some()) {
        missed += table(stage, mode, &traffic)?;
    }
    if shapes.is_empty() {
        missed += memory::measure(stage, packets)?;
    }
    Ok(missed)
}

/// Prints what a way of reading costs; returns how many goals are missed.
fn table(stage: &Stage<'_>, mode: &Mode, traffic: &[Traffic]) -> Result<usize> {
    let summary = mode.name == "summary";
    let unit = if summary { "unit" } else { "line" };
    println!("\n{}: for each {unit}, above nothing (misses of the first-level caches)\n", mode.name);
    println!("{:<9} {:>12} {:>11} {:>11}   goal", "traffic", "instructions", "code misses", "data misses");
    let mut missed = 0;
    for each in traffic {
        let cost = each.cost(stage, mode)?;
        let number = if summary { each.units } else { each.lines };
        let [instructions, code, data] = cost.events.map(|count| count as f64 / number.max(1) as f64);
        let goal = Figure::Instructions(mode.name).goal().filter(|_| each.subject.dissector == OURS);
        let verdict = verdict(instructions, goal, &mut missed);
        println!("{:<9} {instructions:>12.0} {code:>11.1} {data:>11.1}   {verdict}", each.subject.shape);
        if summary && each.subject.dissector == OURS {
            let frames = each.frames.max(1) as f64;
            let (own, misses) = (cost.own[0] as f64 / frames, cost.own[1] as f64 / frames);
            let verdict = self::verdict(misses, Figure::CodeMisses.goal(), &mut missed);
            println!("  in {PLUGIN_FILE}, for each frame: {own:.0} instructions, {misses:.0} code misses   {verdict}");
        }
    }
    Ok(missed)
}

/// Whether a number reaches its goal, in words; counts the goals that are missed.
fn verdict(number: f64, goal: Option<f64>, missed: &mut usize) -> String {
    let Some(goal) = goal else { return "-".to_owned() };
    *missed += usize::from(number > goal);
    format!("<= {goal:.0} {}", if number > goal { "MISSED" } else { "met" })
}

/// A generated capture with the dissector that reads it.
struct Traffic {
    subject: &'static Subject,
    capture: PathBuf,
    port: u16,
    packets: u64,
    /// Packets that the dissector decodes.
    frames: u64,
    units: u64,
    /// Lines of `-V` above those with the null plugin.
    lines: u64,
}

impl Traffic {
    fn generate(stage: &Stage<'_>, subject: &'static Subject, packets: u32) -> Result<Self> {
        let name = format!("{}.pcap", subject.shape);
        let (capture, said) = stage.generate(&name, packets, &["--shape", subject.shape])?;
        let (port, units) = said.trim().split_once(' ').context("the generator names no port and no units")?;
        let (port, units) = (port.parse()?, units.parse()?);
        let mut traffic = Self { subject, capture, port, packets: 0, frames: 0, units, lines: 0 };
        let count = |filter: &str, pinned: &str| {
            // With the plugin even where it has nothing to do: a filter must know its protocol.
            stage.count(traffic.plugins(subject.dissector), &traffic.capture, filter, &traffic.pin(pinned))
        };
        let [packets, data] = ["frame", "tcp.len > 0"].map(|filter| count(filter, FLOOR));
        let (packets, data) = (packets?, data?);
        let frames = count(subject.dissector, subject.dissector)?;
        // What the null plugin gets must be nothing, or it would be no floor; the dissector must get nearly everything.
        if count(subject.dissector, FLOOR)? > 0 || frames * 10 < data * 9 {
            bail!("{}: {frames} of {data} packets with data are decoded", subject.shape);
        }
        let lines = |pinned: &str| -> Result<u64> {
            let mut arguments = reading(&traffic.capture);
            arguments.push("-V".into());
            arguments.extend(traffic.pin(pinned));
            Ok(stage.output(traffic.plugins(pinned), &arguments)?.lines().count() as u64)
        };
        let lines = lines(subject.dissector)?.saturating_sub(lines(FLOOR)?);
        (traffic.packets, traffic.frames, traffic.lines) = (packets, frames, lines);
        Ok(traffic)
    }

    /// The argument that gives the port to a dissector.
    fn pin(&self, dissector: &str) -> [String; 2] {
        ["-d".into(), format!("tcp.port=={},{dissector}", self.port)]
    }

    /// Other dissectors, and nothing, are measured without this plugin: its presence must not cost them anything.
    fn plugins(&self, dissector: &str) -> Plugins {
        if dissector == OURS { Plugins::Both } else { Plugins::Floor }
    }

    /// What the dissector costs above nothing.
    fn cost(&self, stage: &Stage<'_>, mode: &Mode) -> Result<Above> {
        let profile = |pinned: &str, fields: &[&str]| {
            let mut arguments = reading(&self.capture);
            arguments.extend(mode.arguments(fields));
            arguments.extend(self.pin(pinned));
            callgrind::profile(stage, self.plugins(pinned), &arguments)
        };
        let fields = self.subject.fields;
        // Fields that the floor cannot know are printed empty where they can be: as many columns, nothing in them.
        let empty = if self.subject.dissector == OURS { ["msnms"; 2] } else { fields };
        Ok(Above::of(&profile(self.subject.dissector, &fields)?, &profile(FLOOR, &empty)?))
    }
}

/// What a dissector does more than the floor.
struct Above {
    /// Instructions, misses of code and of data.
    events: [u64; 3],
    /// Instructions and misses of code within the plugin.
    own: [u64; 2],
}

impl Above {
    fn of(dissector: &Profile, floor: &Profile) -> Self {
        let events = [Event::Instructions, Event::CodeMisses, Event::DataMisses]
            .map(|event| dissector.total(event).saturating_sub(floor.total(event)));
        let own = [Event::Instructions, Event::CodeMisses].map(|event| dissector.within(PLUGIN_FILE, event));
        Self { events, own }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(ours: u64, others: u64) -> Profile {
        let text = format!(
            "events: Ir I1mr D1mr D1mw\nob=/p/msn.so\n1 {ours} 2 1 1\nob=/l/libwireshark.so\n1 {others} 3 1 1\n\
             totals: {} 5 2 2\n",
            ours + others
        );
        Profile::parse(&text).unwrap()
    }

    #[test]
    fn the_floor_is_taken_away_but_not_from_what_the_plugin_does_itself() {
        let above = Above::of(&profile(100, 1000), &profile(0, 900));
        assert_eq!(above.events, [200, 0, 0]);
        assert_eq!(above.own, [100, 2]);
    }

    #[test]
    fn verdicts_count_what_is_missed() {
        let mut missed = 0;
        assert_eq!(verdict(5.0, Some(4.0), &mut missed), "<= 4 MISSED");
        assert_eq!(verdict(4.0, Some(4.0), &mut missed), "<= 4 met");
        assert_eq!(verdict(9.0, None, &mut missed), "-");
        assert_eq!(missed, 1);
    }
}
