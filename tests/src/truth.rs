// SPDX-License-Identifier: GPL-2.0-or-later
//! The ground truth beside a real capture: what the programs themselves say happened.

use crate::pcap::Side;
use crate::pdu::Pdu;
use crate::trials::stem;
use crate::tshark::Options;
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How often each command was sent. Keys are server kind, direction and word: `NS C>S USR`, `SB S>C 217`.
pub type Histogram = BTreeMap<String, u64>;

/// A `.truth.json` file.
#[derive(Clone, Debug, Deserialize)]
pub struct Truth {
    /// File name of the capture.
    pub capture: String,
    /// Protocol version, such as `msnp9`.
    pub version: String,
    /// What is special.
    #[serde(default)]
    pub note: String,
    /// Who tried to sign in, and out.
    #[serde(default)]
    pub logins: Vec<Login>,
    /// Text messages, once as sent and once as received.
    #[serde(default)]
    pub chat: Vec<Chat>,
    /// Who was seen typing, by whom.
    #[serde(default)]
    pub typing: Vec<Sighting>,
    /// Nudges; sent ones have `to`, received ones `seen_by`.
    #[serde(default)]
    pub nudges: Vec<Nudge>,
    /// What the programs were told to do.
    #[serde(default)]
    pub driver_commands: Vec<DriverCommand>,
    /// What was seen of others.
    #[serde(default)]
    pub presence: Vec<Presence>,
    /// Who came and went in chats.
    #[serde(default)]
    pub participants: Vec<Sighting>,
    /// Pictures, files and the like.
    #[serde(default)]
    pub objects: Vec<Object>,
    /// Contact lists by owner, then by contact.
    #[serde(default)]
    pub contact_lists: BTreeMap<String, BTreeMap<String, Value>>,
    /// Ink, winks, webcam frames and so on, each program in its own words.
    #[serde(default)]
    pub other_content: Vec<Value>,
    /// Commands by the server's log.
    server_log_command_histogram: Histogram,
    /// Commands on the wire, where the log differs from it.
    wire_command_histogram: Option<Histogram>,
}

/// What became of signing in, or that somebody signed off.
#[derive(Clone, Debug, Deserialize)]
pub struct Login {
    /// Whose account.
    pub account: String,
    /// `ok`, or what a program says otherwise.
    pub result: String,
}

/// One end's view of a text message.
#[derive(Clone, Debug, Deserialize)]
pub struct Chat {
    /// `sent` or `received`.
    pub dir: String,
    /// Author.
    pub from: String,
    /// Reader.
    #[serde(default)]
    pub to: String,
    /// The text; line ends may have changed on the way.
    pub text: String,
}

/// Somebody saw something of somebody.
#[derive(Clone, Debug, Deserialize)]
pub struct Sighting {
    /// Account that saw it.
    #[serde(default)]
    pub seen_by: String,
    /// Account it is about.
    #[serde(default)]
    pub who: String,
    /// What happened, in the program's words.
    #[serde(default)]
    pub event: String,
}

/// What a program was told to do.
#[derive(Clone, Debug, Deserialize)]
pub struct DriverCommand {
    /// Its account.
    #[serde(default)]
    pub account: String,
    /// In the driver's words.
    #[serde(default)]
    pub driver_command: String,
}

/// Somebody saw a status, a name or a personal message.
#[derive(Clone, Debug, Deserialize)]
pub struct Presence {
    /// Account that saw it.
    #[serde(default)]
    pub seen_by: String,
    /// Account it is about.
    #[serde(default)]
    pub who: String,
    /// Name, as one kind of program tells it.
    #[serde(default)]
    pub alias: String,
    /// Name, as another kind tells it.
    #[serde(default)]
    pub name: String,
    /// Personal message; some programs leave its references as they are.
    #[serde(default)]
    pub message: String,
    /// Current media, as sent.
    #[serde(default)]
    pub media: String,
}

/// A nudge.
#[derive(Clone, Debug, Deserialize)]
pub struct Nudge {
    /// Author.
    pub from: String,
    /// Receiver, when the author's program tells.
    #[serde(default)]
    pub to: String,
    /// Receiver, when the receiver's program tells.
    #[serde(default)]
    pub seen_by: String,
}

/// An object that was offered or has arrived.
#[derive(Clone, Debug, Deserialize)]
pub struct Object {
    /// What it is and whether it arrived.
    pub kind: String,
    /// Its name, where it has one.
    #[serde(default)]
    pub name: String,
    /// Account that got it, where the program tells.
    #[serde(default)]
    pub received_by: String,
    /// SHA-1 of the contents, hexadecimal.
    #[serde(default)]
    pub sha1: String,
    /// Size in bytes.
    #[serde(default)]
    pub size: Option<u64>,
}

impl Object {
    /// Whether it came over the wire whole, as its receiver or its sender says.
    pub fn is_whole(&self) -> bool {
        !self.received_by.is_empty() || self.kind.contains("received") || self.kind.contains("completed")
    }
}

impl Truth {
    /// Reads the truth about a capture, from beside it.
    ///
    /// # Errors
    /// When there is none, or it has another form.
    pub fn of(capture: &Path) -> Result<Truth> {
        let path = capture.with_extension("truth.json");
        let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("cannot understand {}", path.display()))
    }

    /// How often each command is on the wire.
    pub fn histogram(&self) -> &Histogram {
        self.wire_command_histogram.as_ref().unwrap_or(&self.server_log_command_histogram)
    }
}

/// Captures whose segments arrive out of order, which Wireshark puts right only when asked to.
pub const OUT_OF_ORDER: [&str; 1] = ["msnp12-reordered-pecan-escargot"];

/// How tshark is to read a real capture.
pub fn options(capture: &Path) -> Options {
    match OUT_OF_ORDER.contains(&stem(capture).as_str()) {
        true => Options::default().in_order(),
        false => Options::default(),
    }
}

/// The folder with the real captures.
pub fn capture_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")
}

/// All real captures, by name.
///
/// # Errors
/// When the folder cannot be read.
pub fn captures() -> Result<Vec<PathBuf>> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(capture_folder())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "pcap") {
            found.insert(path);
        }
    }
    Ok(found.into_iter().collect())
}

/// Counts commands the way the truth does: a dispatch server is a notification server. What has no server kind,
/// direction or word is counted under the text that says so.
pub fn histogram(pdus: &[Pdu]) -> Histogram {
    let mut counts = Histogram::new();
    for pdu in pdus.iter().filter(|pdu| pdu.is_command_protocol()) {
        let server = match pdu.all("msn.server").first().map(|field| field.text()) {
            Some("Dispatch server" | "Notification server") => "NS",
            Some("Switchboard") => "SB",
            _ => "unknown server",
        };
        let direction = match pdu.side() {
            Some(Side::Client) => "C>S",
            Some(Side::Server) => "S>C",
            None => "unknown direction",
        };
        let word = pdu.word().unwrap_or("no command");
        *counts.entry(format!("{server} {direction} {word}")).or_default() += 1;
    }
    counts
}

/// Lines that say where two histograms differ; empty when they agree.
pub fn differences(expected: &Histogram, found: &Histogram) -> Vec<String> {
    let keys: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let count = |histogram: &Histogram, key: &String| histogram.get(key).copied().unwrap_or(0);
    let mut out = Vec::new();
    for key in keys {
        let (expected, found) = (count(expected, key), count(found, key));
        if expected != found {
            out.push(format!("{key}: {expected} on the wire, {found} dissected"));
        }
    }
    out
}
