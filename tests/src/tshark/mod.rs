// SPDX-License-Identifier: GPL-2.0-or-later
//! Drives the real tshark with the plugin, in a scratch home, and reads its output.
//!
//! | variable | meaning |
//! |---|---|
//! | `MSN_TSHARK` | the tshark to run (default: the one in `PATH`); sharkd is looked for beside it |
//! | `MSN_PLUGIN_DIR` | folder with `X.Y/epan/msn.so` (default: the workspace's `target/plugins`); empty: no plugin |

mod credentials;
mod home;
mod live;
mod pdml;
mod process;
mod sharkd;
mod statistics;

pub use credentials::Credential;
pub use live::Live;
pub use pdml::{Dissected, Field};
pub use process::Output;
pub use sharkd::{Node, Sharkd};
pub use statistics::Counted;

use crate::pcap::{Capture, FileFormat};
use anyhow::{Context, Result, bail};
use home::Home;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Separates values of one field in a row. No text that MSN carries is likely to hold it.
const AGGREGATOR: char = '\u{1e}';
/// Separates columns of a row.
const SEPARATOR: char = '\u{1f}';

/// How tshark is to read a capture.
#[derive(Clone, Debug)]
pub struct Options {
    /// `-o name:value`.
    pub preferences: Vec<String>,
    /// `-d layer==selector,protocol`.
    pub decode_as: Vec<String>,
    /// `-Y filter`.
    pub filter: Option<String>,
    /// `-2`.
    pub two_passes: bool,
    /// Anything else.
    pub extra: Vec<String>,
    /// Run is killed after this time.
    pub limit: Duration,
    /// Whether tshark may complain on standard error or exit with an error, as it does for cut-off files.
    pub may_complain: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            preferences: Vec::new(),
            decode_as: Vec::new(),
            filter: None,
            two_passes: false,
            extra: Vec::new(),
            limit: Duration::from_secs(120),
            may_complain: false,
        }
    }
}

impl Options {
    /// Only packets that match a display filter.
    pub fn filter(filter: &str) -> Options {
        Options { filter: Some(filter.to_owned()), ..Options::default() }
    }

    /// With one more preference, `name:value`.
    #[must_use]
    pub fn preference(mut self, preference: &str) -> Options {
        self.preferences.push(preference.to_owned());
        self
    }

    /// With late segments put in their place before they are dissected, which Wireshark does only when asked to.
    #[must_use]
    pub fn in_order(self) -> Options {
        self.preference("tcp.reassemble_out_of_order:TRUE")
    }

    /// With one more Decode As rule, `layer==selector,protocol`.
    #[must_use]
    pub fn decode_as(mut self, rule: &str) -> Options {
        self.decode_as.push(rule.to_owned());
        self
    }

    /// In two passes.
    #[must_use]
    pub fn two_passes(mut self) -> Options {
        self.two_passes = true;
        self
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, argument: &str) -> Options {
        self.extra.push(argument.to_owned());
        self
    }

    fn arguments(&self) -> Vec<OsString> {
        let mut out: Vec<OsString> = Vec::new();
        let mut pair = |flag: &str, value: &str| out.extend([flag.into(), value.into()]);
        for preference in &self.preferences {
            pair("-o", preference);
        }
        for rule in &self.decode_as {
            pair("-d", rule);
        }
        if let Some(filter) = &self.filter {
            pair("-Y", filter);
        }
        if self.two_passes {
            out.push("-2".into());
        }
        out.extend(self.extra.iter().map(OsString::from));
        out
    }
}

/// A row of [`Tshark::fields`]: the values of each asked field in one packet.
pub type Row = Vec<Vec<String>>;

/// A line of [`Tshark::summary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Frame number.
    pub frame: u32,
    /// Protocol column.
    pub protocol: String,
    /// Info column.
    pub info: String,
}

/// Columns of the packet list, as [`Summary`] reads them.
const COLUMNS: &str = r#"gui.column.format:"Number","%m","Protocol","%p","Info","%i""#;

impl Summary {
    fn parse(line: &str) -> Option<Summary> {
        let (frame, rest) = line.trim_start().split_once(' ')?;
        let (protocol, info) = rest.trim_start().split_once(' ').unwrap_or((rest, ""));
        let info = info.trim_start().to_owned();
        Some(Summary { frame: frame.parse().ok()?, protocol: protocol.to_owned(), info })
    }
}

/// A capture file where tshark can read it; removed when dropped.
#[derive(Debug)]
pub struct Stored {
    _folder: TempDir,
    path: PathBuf,
}

impl Stored {
    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The tshark under test.
#[derive(Clone, Debug)]
pub struct Tshark {
    program: PathBuf,
    home: Arc<Home>,
    plain: bool,
}

impl Tshark {
    /// Finds tshark and the plugin.
    ///
    /// # Errors
    /// When either is missing; the message says what to do.
    pub fn new() -> Result<Tshark> {
        let wanted = std::env::var_os("MSN_TSHARK").unwrap_or_else(|| "tshark".into());
        let program = find_program(&wanted).with_context(|| format!("there is no {}", Path::new(&wanted).display()))?;
        Ok(Tshark { program, home: Home::shared()?, plain: false })
    }

    /// The same tshark without the plugin.
    #[must_use]
    pub fn without_plugin(&self) -> Tshark {
        Tshark { plain: true, ..self.clone() }
    }

    /// Puts a capture where tshark can read it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn store(&self, capture: &Capture) -> Result<Stored> {
        self.store_as(capture, FileFormat::Pcap)
    }

    /// As [`Tshark::store`], in the given format.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn store_as(&self, capture: &Capture, format: FileFormat) -> Result<Stored> {
        let folder = self.home.subfolder("capture.")?;
        let path = folder.path().join("capture.pcap");
        capture.write(&path, format)?;
        Ok(Stored { _folder: folder, path })
    }

    /// Copies a capture file to where tshark can read it.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub fn store_file(&self, file: &Path) -> Result<Stored> {
        let folder = self.home.subfolder("capture.")?;
        let path = folder.path().join(file.file_name().context("not a file")?);
        // Not the permissions: programs that capture often let nobody else read.
        let copied = fs::read(file).and_then(|bytes| fs::write(&path, bytes));
        copied.with_context(|| format!("cannot copy {}", file.display()))?;
        Ok(Stored { _folder: folder, path })
    }

    /// Runs tshark with exactly these arguments.
    ///
    /// # Errors
    /// When it cannot be run, fails, complains on standard error (unless allowed) or takes too long.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S], options: &Options) -> Result<Output> {
        let mut command = self.home.command(&self.program);
        if self.plain {
            command.env("WIRESHARK_PLUGIN_DIR", self.home.path("config"));
        }
        command.args(options.arguments()).args(arguments);
        let output = process::run(&mut command, options.limit)?;
        let complaints = process::complaints(&output.stderr);
        if !options.may_complain && (!output.status.success() || !complaints.is_empty()) {
            bail!("{command:?} ended with {}:\n{complaints}", output.status);
        }
        Ok(output)
    }

    fn text(&self, capture: &Stored, arguments: &[&str], options: &Options) -> Result<String> {
        let mut all: Vec<&OsStr> = vec!["-n".as_ref(), "-r".as_ref(), capture.path().as_ref()];
        all.extend(arguments.iter().map(OsStr::new));
        let output = self.run(&all, options)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// `-T fields`: for each packet the values of each field.
    ///
    /// # Errors
    /// As [`Tshark::run`].
    pub fn fields(&self, capture: &Stored, fields: &[&str], options: &Options) -> Result<Vec<Row>> {
        let separator = format!("separator={SEPARATOR}");
        let aggregator = format!("aggregator={AGGREGATOR}");
        let mut arguments = vec!["-T", "fields", "-E", &separator, "-E", &aggregator, "-E", "occurrence=a"];
        for field in fields {
            arguments.extend(["-e", field]);
        }
        let values = |column: &str| match column {
            "" => Vec::new(),
            _ => column.split(AGGREGATOR).map(str::to_owned).collect(),
        };
        let text = self.text(capture, &arguments, options)?;
        Ok(text.lines().map(|line| line.split(SEPARATOR).map(values).collect()).collect())
    }

    /// `-T pdml`: every packet with its whole tree.
    ///
    /// # Errors
    /// As [`Tshark::run`], or when the output is not PDML.
    pub fn pdml(&self, capture: &Stored, options: &Options) -> Result<Vec<Dissected>> {
        pdml::parse(&self.text(capture, &["-T", "pdml"], options)?)
    }

    /// `-V`: the trees as text.
    ///
    /// # Errors
    /// As [`Tshark::run`].
    pub fn verbose(&self, capture: &Stored, options: &Options) -> Result<String> {
        self.text(capture, &["-V"], options)
    }

    /// The packet list: number, protocol and info of each packet.
    ///
    /// # Errors
    /// As [`Tshark::run`], or when the output has another form.
    pub fn summary(&self, capture: &Stored, options: &Options) -> Result<Vec<Summary>> {
        let text = self.text(capture, &[], &options.clone().preference(COLUMNS))?;
        text.lines().map(|line| Summary::parse(line).with_context(|| format!("unexpected line {line:?}"))).collect()
    }

    /// The packet list above whatever else is printed.
    ///
    /// # Errors
    /// As [`Tshark::run`].
    pub fn summary_above(&self, capture: &Stored, options: &Options) -> Result<Vec<Summary>> {
        let text = self.text(capture, &["-P"], &options.clone().preference(COLUMNS))?;
        let rows = text.lines().map_while(Summary::parse).zip(1..);
        Ok(rows.take_while(|(packet, number)| packet.frame == *number).map(|(packet, _)| packet).collect())
    }

    /// The packet list as it is when the trees are built and shown, too.
    ///
    /// # Errors
    /// As [`Tshark::run`].
    pub fn summary_with_trees(&self, capture: &Stored, options: &Options) -> Result<Vec<Summary>> {
        let text = self.text(capture, &["-P", "-V"], &options.clone().preference(COLUMNS))?;
        let mut found: Vec<Summary> = Vec::new();
        let mut before = "";
        for line in text.lines() {
            // A packet's line comes after an empty one, and the numbers are in order.
            let next = Summary::parse(line).filter(|_| before.is_empty());
            let last = found.last().map_or(0, |packet| packet.frame);
            found.extend(next.filter(|packet| packet.frame == last + 1));
            before = line;
        }
        Ok(found)
    }

    /// `--export-objects`: file name and contents of every object.
    ///
    /// # Errors
    /// As [`Tshark::run`], or when the folder cannot be read.
    pub fn export_objects(
        &self,
        capture: &Stored,
        protocol: &str,
        options: &Options,
    ) -> Result<BTreeMap<String, Vec<u8>>> {
        let folder = self.home.subfolder("export.")?;
        let wanted = format!("{protocol},{}", folder.path().display());
        self.text(capture, &["-q", "--export-objects", &wanted], options)?;
        let mut objects = BTreeMap::new();
        for entry in fs::read_dir(folder.path())? {
            let entry = entry?;
            objects.insert(entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?);
        }
        Ok(objects)
    }

    /// `-q -z which`: what it prints.
    ///
    /// # Errors
    /// As [`Tshark::run`].
    pub fn table(&self, capture: &Stored, which: &str, options: &Options) -> Result<String> {
        self.text(capture, &["-q", "-z", which], options)
    }

    /// A new folder that tshark can write to; removed when dropped.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self) -> Result<TempDir> {
        self.home.subfolder("folder.")
    }

    /// `-z which`: the rows of a statistics tree.
    ///
    /// # Errors
    /// As [`Tshark::run`], or when the output has another form.
    pub fn statistics(&self, capture: &Stored, which: &str, options: &Options) -> Result<Vec<Counted>> {
        statistics::parse(&self.table(capture, which, options)?)
    }

    /// `-z credentials`: the list of logins.
    ///
    /// # Errors
    /// As [`Tshark::run`], or when the output has another form.
    pub fn credentials(&self, capture: &Stored, options: &Options) -> Result<Vec<Credential>> {
        credentials::parse(&self.table(capture, "credentials", options)?)
    }

    /// A sharkd that has loaded the capture.
    ///
    /// # Errors
    /// When there is none, or it cannot load the file.
    pub fn sharkd(&self, capture: &Stored) -> Result<Sharkd> {
        let beside = self.program.with_file_name("sharkd");
        let program = if beside.is_file() { Some(beside) } else { find_program("sharkd".as_ref()) };
        let program = program.context("there is no sharkd beside tshark nor in PATH")?;
        Sharkd::start(self.home.command(&program), capture.path())
    }
}

fn find_program(name: &OsStr) -> Option<PathBuf> {
    let path = Path::new(name);
    if path.components().count() > 1 {
        return path.is_file().then(|| path.to_owned());
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}
