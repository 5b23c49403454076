// SPDX-License-Identifier: GPL-2.0-or-later
//! What decoding costs in tshark: this plugin, the built-in `msnms`, and a plugin that decodes nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command;
use crate::compile::{self, Plugin};
use crate::debian;
use crate::measure::{Cost, Ratio, cost, median};
use crate::project::{CORE, PLUGIN_FILE, Project};
use crate::wireshark::{isolate, tshark_with};

/// The floor: claims the port and decodes nothing.
const NULL_PLUGIN: &str = include_str!("null_plugin.c");

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
    Mode { name: "summary", arguments: &[], fields: false, goal: Some(1.00) },
    Mode { name: "tree", arguments: &["-V"], fields: false, goal: Some(1.5) },
    Mode { name: "fields", arguments: &["-T", "fields"], fields: true, goal: Some(1.2) },
    Mode { name: "two-pass", arguments: &["-2"], fields: false, goal: None },
];

/// A dissector that is measured.
struct Subject {
    name: &'static str,
    /// Protocol whose packets it finds; the floor shows none.
    filter: Option<&'static str>,
    fields: &'static [&'static str],
}

/// The order is that of the report; the ratios are to `MSNMS`.
const SUBJECTS: [Subject; 3] = [
    Subject { name: "plugin", filter: Some("msn"), fields: &["msn.command", "msn.trid"] },
    Subject { name: "msnms", filter: Some("msnms"), fields: &["msnms"] },
    Subject { name: "null", filter: None, fields: &["frame.number"] },
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
    debian::ensure(if options.callgrind || options.web { debian::CALLGRIND } else { debian::INSTALL })?;
    let plugin = compile::build(project)?;
    let stage = Stage::set(project, &plugin, options)?;
    if options.web {
        return stage.count_on_web();
    }
    stage.verify()?;
    let modes: Vec<&Mode> = MODES
        .iter()
        .filter(|mode| options.mode.is_empty() || options.mode.iter().any(|name| name == mode.name))
        .collect();

    let missed = if options.callgrind {
        stage.count_instructions(&modes)?;
        0
    } else {
        stage.measure(&modes, options.rounds)?
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

/// Everything a run needs, in a scratch folder that every user can read.
struct Stage {
    folder: tempfile::TempDir,
    capture: PathBuf,
    packets: u64,
}

impl Stage {
    fn set(project: &Project, plugin: &Plugin, options: &Options) -> Result<Self> {
        let folder =
            tempfile::Builder::new().prefix("msn-bench-").permissions(fs::Permissions::from_mode(0o755)).tempdir()?;
        let mut stage = Self { capture: folder.path().join("capture.pcap"), packets: 0, folder };
        let release = plugin.headers.version.folder();
        for subject in &SUBJECTS {
            fs::create_dir_all(stage.plugins(subject).join(&release).join("epan"))?;
        }
        fs::create_dir_all(stage.home())?;
        let file = |subject: &Subject| stage.plugins(subject).join(&release).join("epan").join(PLUGIN_FILE);
        fs::copy(&plugin.file, file(&SUBJECTS[PLUGIN]))?;

        let source = stage.folder.path().join("null_plugin.c");
        fs::write(&source, NULL_PLUGIN)?;
        let output = file(&SUBJECTS[NULL]);
        let compiler = compile::compiler(project)?;
        let inputs = [source];
        command::run(&mut compile::command_line(compiler, project, &plugin.headers, &inputs, &output))?;

        match &options.capture {
            Some(capture) => {
                fs::copy(capture, &stage.capture).with_context(|| format!("cannot read {}", capture.display()))?;
            }
            None => {
                let most = match (options.web, options.callgrind) {
                    (true, _) => WEB_PACKETS,
                    (false, true) => CALLGRIND_PACKETS,
                    (false, false) => u32::MAX,
                };
                let packets = options.packets.min(most);
                let mut generate = project.cargo();
                generate.args([
                    "run",
                    "--quiet",
                    "--release",
                    "--package",
                    "msn-tests",
                    "--bin",
                    "bench-capture",
                    "--",
                ]);
                generate.arg(&stage.capture).arg("--packets").arg(packets.to_string());
                generate.args(options.web.then_some("--web"));
                command::run(&mut generate).context("the capture cannot be generated")?;
            }
        }
        fs::set_permissions(&stage.capture, fs::Permissions::from_mode(0o644))?;
        stage.packets = stage.count(&SUBJECTS[NULL], "frame")?;
        Ok(stage)
    }

    fn plugins(&self, subject: &Subject) -> PathBuf {
        self.folder.path().join(subject.name)
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// How many packets a filter finds.
    fn count(&self, subject: &Subject, filter: &str) -> Result<u64> {
        let mut tshark = tshark_with(&self.plugins(subject), &self.home());
        tshark.arg("-n").arg("-r").arg(&self.capture);
        tshark.args(["-Y", filter, "-T", "fields", "-e", "frame.number"]);
        Ok(command::output(&mut tshark)?.lines().count() as u64)
    }

    /// Makes sure that each subject is what its name says: otherwise the numbers would compare something else.
    fn verify(&self) -> Result<()> {
        let size = self.capture.metadata()?.len();
        println!("capture: {} packets, {:.1} MB", self.packets, size as f64 / 1e6);
        if self.packets == 0 {
            bail!("the capture has no packets");
        }
        for subject in &SUBJECTS {
            let mut list = tshark_with(&self.plugins(subject), &self.home());
            let loaded = command::output(list.args(["-G", "plugins"]))?.contains(PLUGIN_FILE);
            if loaded == (subject.name == SUBJECTS[MSNMS].name) {
                let not = if loaded { "" } else { " not" };
                bail!("{}: tshark does{not} load {PLUGIN_FILE}", subject.name);
            }
            let Some(filter) = subject.filter else {
                continue;
            };
            let found = self.count(subject, filter)?;
            println!("{:<7} decodes {found} packets", subject.name);
            if found == 0 {
                bail!("{} decodes nothing of the capture", subject.name);
            }
        }
        // The floor must keep msnms from decoding, or it would be no floor.
        if self.count(&SUBJECTS[NULL], "msnms")? > 0 {
            bail!("msnms decodes although the null plugin claims its port");
        }
        Ok(())
    }

    /// The arguments of tshark for one run.
    fn arguments(&self, subject: &Subject, mode: &Mode) -> Vec<String> {
        let mut arguments: Vec<String> = vec!["-n".into(), "-r".into(), self.capture.display().to_string()];
        arguments.extend(mode.arguments.iter().map(|word| (*word).to_owned()));
        if mode.fields {
            arguments.extend(subject.fields.iter().flat_map(|field| ["-e".into(), (*field).to_owned()]));
        }
        arguments
    }

    fn run(&self, subject: &Subject, mode: &Mode) -> Result<Cost> {
        let mut tshark = tshark_with(&self.plugins(subject), &self.home());
        cost(tshark.args(self.arguments(subject, mode)))
    }

    /// Times all subjects in all modes, prints the table, and returns how many goals are missed.
    fn measure(&self, modes: &[&Mode], rounds: u32) -> Result<usize> {
        println!("\nprocessor time in seconds (median of {rounds} rounds), ratio to msnms (least-most):\n");
        println!(
            "{:<9} {:>7} {:>7} {:>7}   {:<20} {:<20} goal",
            "mode", SUBJECTS[PLUGIN].name, SUBJECTS[MSNMS].name, SUBJECTS[NULL].name, "plugin", "null"
        );
        let mut missed = 0;
        let mut memory = Vec::new();
        for mode in modes {
            let costs = self.rounds(mode, rounds)?;
            let times = costs.each_ref().map(|costs| costs.iter().map(|cost| cost.cpu).collect::<Vec<_>>());
            let [plugin, msnms, null] = &times;
            let ratio = Ratio::paired(plugin, msnms);
            let verdict = mode.goal.map(|goal| (goal, ratio.median <= goal));
            missed += usize::from(verdict.is_some_and(|(_, met)| !met));
            println!(
                "{:<9} {:>7.2} {:>7.2} {:>7.2}   {:<20} {:<20} {}",
                mode.name,
                median(plugin),
                median(msnms),
                median(null),
                show(ratio),
                show(Ratio::paired(null, msnms)),
                match verdict {
                    None => "-".to_owned(),
                    Some((goal, met)) => format!("<= {goal:.2} {}", if met { "met" } else { "MISSED" }),
                },
            );
            let peak = |costs: &[Cost]| costs.iter().map(|cost| cost.memory).max().unwrap_or(0) / 1_000_000;
            memory.push((mode.name, costs.each_ref().map(|costs| peak(costs))));
        }
        println!("\npeak memory in MB:\n");
        for (mode, peaks) in memory {
            println!("{mode:<9} {:>7} {:>7} {:>7}", peaks[PLUGIN], peaks[MSNMS], peaks[NULL]);
        }
        Ok(missed)
    }

    /// Runs every subject once in each round, in alternating order, after one run that fills the caches.
    fn rounds(&self, mode: &Mode, rounds: u32) -> Result<[Vec<Cost>; 3]> {
        let mut costs = [const { Vec::new() }; 3];
        self.run(&SUBJECTS[NULL], mode)?;
        for round in 0..rounds {
            let mut order = [PLUGIN, MSNMS, NULL];
            if round % 2 == 1 {
                order.reverse();
            }
            for index in order {
                costs[index].push(self.run(&SUBJECTS[index], mode)?);
            }
        }
        Ok(costs)
    }

    /// Counts instructions for each packet: those for the whole capture, less those for its first packet alone, which
    /// are the cost of starting tshark.
    fn count_instructions(&self, modes: &[&Mode]) -> Result<()> {
        println!("\ninstructions for each packet, ratio to msnms:\n");
        println!("{:<9} {:>9} {:>9} {:>9}   {:<7} null", "mode", "plugin", "msnms", "null", "plugin");
        for mode in modes {
            let mut each = [0.0; 3];
            for (subject, each) in SUBJECTS.iter().zip(&mut each) {
                let start = self.instructions(subject, mode, &["-c", "1"])?;
                let whole = self.instructions(subject, mode, &[])?;
                *each = whole.saturating_sub(start) as f64 / self.packets as f64;
            }
            let [plugin, msnms, null] = each;
            println!(
                "{:<9} {plugin:>9.0} {msnms:>9.0} {null:>9.0}   {:<7.2} {:.2}",
                mode.name,
                plugin / msnms,
                null / msnms
            );
        }
        Ok(())
    }

    /// Counts instructions for each packet of web traffic: those for the whole capture, less those for its first tenth.
    fn count_on_web(&self) -> Result<()> {
        println!("capture: {} packets of web traffic", self.packets);
        println!("\ninstructions for each packet of web traffic, ratio to no plugin:\n");
        println!("{:<9} {:>9} {:>9}   ratio", "mode", "plugin", "none");
        let first = (self.packets / 10).max(1);
        for mode in MODES.iter().filter(|mode| !mode.fields) {
            let mut each = [0.0; 2];
            for (subject, each) in [PLUGIN, MSNMS].into_iter().zip(&mut each) {
                let subject = &SUBJECTS[subject];
                let start = self.instructions(subject, mode, &["-c", &first.to_string()])?;
                let whole = self.instructions(subject, mode, &[])?;
                *each = whole.saturating_sub(start) as f64 / self.packets.saturating_sub(first).max(1) as f64;
            }
            let [plugin, none] = each;
            println!("{:<9} {plugin:>9.0} {none:>9.0}   {:.4}", mode.name, plugin / none);
        }
        Ok(())
    }

    fn instructions(&self, subject: &Subject, mode: &Mode, more: &[&str]) -> Result<u64> {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "tshark"]);
        valgrind.args(self.arguments(subject, mode)).args(more);
        isolate(&mut valgrind, &self.plugins(subject), &self.home());
        command::announce(&valgrind);
        let output = valgrind.stdin(std::process::Stdio::null()).output()?;
        let messages = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("{} failed ({})\n{messages}", command::shown(&valgrind), output.status);
        }
        collected(&messages).context("valgrind printed no instruction count")
    }
}

/// The instruction count in callgrind's messages: `==123== Collected : 456`.
fn collected(messages: &str) -> Option<u64> {
    let line = messages.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(':').next()?.trim().parse().ok()
}

fn show(ratio: Ratio) -> String {
    format!("{:.2} ({:.2}-{:.2})", ratio.median, ratio.least, ratio.most)
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
    fn callgrind_count_is_read() {
        let messages = "==7== Events    : Ir\n==7== Collected : 1234567\n==7== \n==7== I   refs:      1,234,567\n";
        assert_eq!(collected(messages), Some(1_234_567));
        assert_eq!(collected("==7== valgrind: failed"), None);
    }

    #[test]
    fn only_the_fields_mode_names_fields() {
        let stage = Stage { folder: tempfile::tempdir().unwrap(), capture: "/tmp/x.pcap".into(), packets: 1 };
        let words = |mode: &Mode| stage.arguments(&SUBJECTS[PLUGIN], mode).join(" ");
        assert_eq!(words(&MODES[0]), "-n -r /tmp/x.pcap");
        assert_eq!(words(&MODES[1]), "-n -r /tmp/x.pcap -V");
        assert_eq!(words(&MODES[2]), "-n -r /tmp/x.pcap -T fields -e msn.command -e msn.trid");
    }

    #[test]
    fn the_null_plugin_is_what_the_measurements_load() {
        assert!(NULL_PLUGIN.contains("plugin_register") && NULL_PLUGIN.contains("1863"));
    }
}
