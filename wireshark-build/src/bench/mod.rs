// SPDX-License-Identifier: GPL-2.0-or-later
//! What decoding costs in tshark: this plugin, the built-in `msnms`, a plugin that decodes nothing, and the dissectors of
//! other text protocols.

mod callgrind;
mod instructions;
mod peers;
pub mod stage;
mod times;
mod transcripts;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use crate::command;
use crate::compile;
use crate::packages;
use crate::project::{CORE, PLUGIN_FILE, Project};
use stage::{Plugins, Stage, reading};

/// What to measure, and how often.
#[derive(Args)]
pub struct Options {
    /// Packets in the generated capture
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1..))]
    packets: u32,
    /// Rounds; each runs every dissector once, in alternating order
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Only this way of reading; may be given more than once
    #[arg(long, value_name = "MODE", value_parser = MODES.map(|mode| mode.name))]
    mode: Vec<String>,
    /// Read this capture instead of a generated one
    #[arg(long, value_name = "FILE")]
    capture: Option<PathBuf>,
    /// Fail when a goal is missed
    #[arg(long)]
    strict: bool,
    /// Count instructions with valgrind, on a smaller capture, instead of measuring time (minutes for each mode)
    #[arg(long)]
    callgrind: bool,
    /// Count instructions on web traffic without MSN, with the plugin and with no plugin (minutes)
    #[arg(long)]
    web: bool,
    /// Compare with Wireshark's own text dissectors, in instructions, cache misses and memory (a quarter of an hour)
    ///
    /// Each dissector reads generated traffic of its own protocol: as many connections and packets, a segment for each
    /// message, messages as short as those of MSN. valgrind counts what happens between opening and closing the capture;
    /// starting tshark is not counted. Then the same capture is read once more, with its port pinned to a dissector that
    /// does nothing; the difference is what the table shows. In a summary it is divided by the commands, replies, messages
    /// or stanzas of the capture; with -V and -T fields by the lines that -V shows more than with nothing. The counts do
    /// not depend on what else the machine does; repeated, they agree to about 100 instructions for each message, because
    /// Wireshark seeds its hash tables at random. Memory is the largest resident set above that with msnms.
    #[arg(long, conflicts_with_all = ["callgrind", "web", "capture"])]
    peers: bool,
    /// With --peers: only this kind of traffic; may be given more than once
    #[arg(long, value_name = "SHAPE", requires = "peers", value_parser = peers::NAMES)]
    shape: Vec<String>,
    /// Print chats with the core's example `transcripts`, which needs no Wireshark, and with tshark -z msn,chat
    #[arg(long, conflicts_with_all = ["callgrind", "web", "peers", "capture"])]
    transcripts: bool,
    /// Also run the benchmark of the Rust core
    #[arg(long)]
    core: bool,
}

/// A way of reading a capture.
struct Mode {
    name: &'static str,
    arguments: &'static [&'static str],
    /// Whether each dissector's fields are printed.
    fields: bool,
    /// Largest ratio to `msnms` in processor time.
    goal: Option<f64>,
}

const MODES: [Mode; 4] = [
    Mode { name: "summary", arguments: &[], fields: false, goal: Some(1.15) },
    Mode { name: "tree", arguments: &["-V"], fields: false, goal: Some(1.5) },
    Mode { name: "fields", arguments: &["-T", "fields"], fields: true, goal: Some(1.2) },
    Mode { name: "two-pass", arguments: &["-2"], fields: false, goal: None },
];

impl Mode {
    /// The arguments of tshark that show a capture in this way.
    fn arguments(&self, fields: &[&str]) -> Vec<String> {
        let shown = fields.iter().filter(|_| self.fields).flat_map(|field| ["-e", field]);
        self.arguments.iter().copied().chain(shown).map(str::to_owned).collect()
    }
}

/// A dissector that is measured.
struct Subject {
    name: &'static str,
    plugins: Plugins,
    /// Protocol whose packets it finds; the floor shows none.
    filter: Option<&'static str>,
    fields: &'static [&'static str],
}

/// The order is that of the report; the ratios are to `MSNMS`.
const SUBJECTS: [Subject; 3] = [
    Subject { name: "plugin", plugins: Plugins::Ours, filter: Some("msn"), fields: &["msn.command", "msn.trid"] },
    Subject { name: "msnms", plugins: Plugins::None, filter: Some("msnms"), fields: &["msnms"] },
    Subject { name: "null", plugins: Plugins::Floor, filter: None, fields: &["frame.number"] },
];
const PLUGIN: usize = 0;
const MSNMS: usize = 1;
const NULL: usize = 2;

/// Packets of the capture for `--callgrind`, unless the user asks for fewer.
const CALLGRIND_PACKETS: u32 = 10_000;

/// Packets of web traffic for `--web`, unless the user asks for fewer.
const WEB_PACKETS: u32 = 20_000;

/// Measures and prints a table.
///
/// # Errors
/// When a run fails, when a dissector does not decode the capture, or, with `--strict`, when a goal is missed.
pub fn bench(project: &Project, options: &Options) -> Result<()> {
    let counts = options.callgrind || options.web || options.peers;
    let needs = if counts { packages::CALLGRIND } else { packages::INSTALL };
    packages::ensure(needs, packages::Consent::Ask)?;
    let plugin = compile::build(project, compile::Strictness::Usable)?;
    let stage = Stage::set(project, &plugin)?;
    let modes: Vec<&Mode> = MODES
        .iter()
        .filter(|mode| options.mode.is_empty() || options.mode.iter().any(|name| name == mode.name))
        .collect();

    if options.transcripts {
        return transcripts::compare(project, &stage, options.packets, options.rounds);
    }
    let missed = if options.peers {
        peers::compare(&stage, &modes, &options.shape, options.packets)?
    } else {
        let run = Run::of(stage, options)?;
        if options.web {
            return run.count_on_web();
        }
        run.verify()?;
        if options.callgrind {
            run.count_instructions(&modes)?;
            0
        } else {
            run.measure(&modes, options.rounds)?
        }
    };
    if options.core {
        println!();
        command::run(project.cargo().args(["bench", "--package", CORE]))?;
    }
    if options.strict && missed > 0 {
        bail!("{missed} goals are missed");
    }
    Ok(())
}

/// One capture that all subjects read.
struct Run<'a> {
    stage: Stage<'a>,
    capture: PathBuf,
    packets: u64,
}

/// File name of the capture.
const NAME: &str = "capture.pcap";

impl<'a> Run<'a> {
    fn of(stage: Stage<'a>, options: &Options) -> Result<Self> {
        let most = match (options.web, options.callgrind) {
            (true, _) => WEB_PACKETS,
            (false, true) => CALLGRIND_PACKETS,
            (false, false) => u32::MAX,
        };
        let capture = match &options.capture {
            Some(capture) => stage.copy_capture(capture, NAME)?,
            None if options.web => stage.generate(NAME, options.packets.min(most), &["--web"])?.0,
            None => stage.generate(NAME, options.packets.min(most), &[])?.0,
        };
        let packets = stage.count(SUBJECTS[NULL].plugins, &capture, "frame", &[])?;
        Ok(Self { stage, capture, packets })
    }

    /// Makes sure that each subject is what its name says: otherwise the numbers would compare something else.
    fn verify(&self) -> Result<()> {
        let size = self.capture.metadata()?.len();
        println!("capture: {} packets, {:.1} MB", self.packets, size as f64 / 1e6);
        if self.packets == 0 {
            bail!("the capture has no packets");
        }
        for subject in &SUBJECTS {
            let list = self.stage.output(subject.plugins, &["-G".into(), "plugins".into()])?;
            let loaded = list.contains(PLUGIN_FILE);
            if loaded == (subject.name == SUBJECTS[MSNMS].name) {
                let not = if loaded { "" } else { " not" };
                bail!("{}: tshark does{not} load {PLUGIN_FILE}", subject.name);
            }
            let Some(filter) = subject.filter else {
                continue;
            };
            let found = self.stage.count(subject.plugins, &self.capture, filter, &[])?;
            println!("{:<7} decodes {found} packets", subject.name);
            if found == 0 {
                bail!("{} decodes nothing of the capture", subject.name);
            }
        }
        // The floor must keep msnms from decoding, or it would be no floor.
        if self.stage.count(SUBJECTS[NULL].plugins, &self.capture, "msnms", &[])? > 0 {
            bail!("msnms decodes although the null plugin claims its port");
        }
        Ok(())
    }

    /// The arguments of tshark for one run.
    fn arguments(&self, subject: &Subject, mode: &Mode) -> Vec<String> {
        let mut arguments = reading(&self.capture);
        arguments.extend(mode.arguments(subject.fields));
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_stand_where_the_report_expects_them() {
        assert_eq!(SUBJECTS.map(|subject| subject.name), ["plugin", "msnms", "null"]);
        assert_eq!((PLUGIN, MSNMS, NULL), (0, 1, 2));
    }

    #[test]
    fn only_the_fields_mode_names_fields() {
        let words = |mode: &Mode| mode.arguments(SUBJECTS[PLUGIN].fields).join(" ");
        assert_eq!(words(&MODES[0]), "");
        assert_eq!(words(&MODES[1]), "-V");
        assert_eq!(words(&MODES[2]), "-T fields -e msn.command -e msn.trid");
    }
}
