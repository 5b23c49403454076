// SPDX-License-Identifier: GPL-2.0-or-later
//! Drives sharkd, which dissects the frames of a loaded capture in any order, as a user who clicks around does.

use super::process::complaints;
use super::{Stored, Summary};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};

/// Columns of sharkd's packet list, which are Wireshark's usual ones.
const PROTOCOL: usize = 4;
const INFO: usize = 6;

/// A node of the protocol tree as sharkd gives it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Node {
    /// The line shown in the tree.
    #[serde(rename = "l", default)]
    pub label: String,
    /// A display filter for this value, or the protocol's name.
    #[serde(rename = "f", default)]
    pub filter: String,
    /// Kind: `proto` for protocols, otherwise mostly absent.
    #[serde(rename = "t", default)]
    pub kind: String,
    /// Position and length in the data source.
    #[serde(rename = "h", default)]
    pub place: Vec<i64>,
    /// Index of the data source; 0 is the frame.
    #[serde(rename = "ds", default)]
    pub source: i64,
    /// Severity of an expert info.
    #[serde(rename = "s", default)]
    pub severity: String,
    /// Whether the item is generated.
    #[serde(rename = "g", default)]
    pub generated: bool,
    /// The nodes below.
    #[serde(rename = "n", default)]
    pub children: Vec<Node>,
}

/// A running sharkd with a loaded capture; ended when dropped.
#[derive(Debug)]
pub struct Sharkd {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    errors: Option<JoinHandle<String>>,
    requests: u64,
}

impl Sharkd {
    pub(super) fn start(mut command: Command, capture: &Path) -> Result<Sharkd> {
        command.arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start sharkd")?;
        let input = child.stdin.take().context("no input")?;
        let output = BufReader::new(child.stdout.take().context("no output")?);
        let errors = child.stderr.take().map(|mut pipe| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                // What came before the pipe broke is what there is to say.
                let _ = pipe.read_to_end(&mut bytes);
                String::from_utf8_lossy(&bytes).into_owned()
            })
        });
        let mut sharkd = Sharkd { child, input, output, errors, requests: 0 };
        sharkd.open(capture)?;
        Ok(sharkd)
    }

    /// Closes the capture and loads another.
    ///
    /// # Errors
    /// When sharkd cannot load it.
    pub fn load(&mut self, capture: &Stored) -> Result<()> {
        self.open(capture.path())
    }

    fn open(&mut self, path: &Path) -> Result<()> {
        let status = self.request("load", json!({ "file": path }))?;
        if status.get("status").and_then(Value::as_str) != Some("OK") {
            bail!("sharkd cannot load the capture: {status}");
        }
        Ok(())
    }

    /// Sets a preference, which has the capture dissected again.
    ///
    /// # Errors
    /// When sharkd knows none of this name, or not this value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let answer = self.request("setconf", json!({ "name": name, "value": value }))?;
        if answer.get("status").and_then(Value::as_str) != Some("OK") {
            bail!("sharkd cannot set {name}: {answer}");
        }
        Ok(())
    }

    /// The packet list: number, protocol and info of each packet.
    ///
    /// # Errors
    /// When sharkd fails.
    pub fn summary(&mut self) -> Result<Vec<Summary>> {
        let answer = self.request("frames", json!({}))?;
        let text = |row: &Value, column: usize| row["c"][column].as_str().unwrap_or_default().to_owned();
        let row = |row: &Value| {
            let frame = row["num"].as_u64().and_then(|number| u32::try_from(number).ok()).context("no frame number")?;
            Ok(Summary { frame, protocol: text(row, PROTOCOL), info: text(row, INFO) })
        };
        answer.as_array().context("no packet list")?.iter().map(row).collect()
    }

    /// The rows of a table of statistics.
    ///
    /// # Errors
    /// When sharkd has none of this name.
    pub fn table(&mut self, name: &str) -> Result<Vec<Vec<String>>> {
        let answer = self.request("tap", json!({ "tap0": format!("nstat:{name}") }))?;
        let rows = answer["taps"][0]["tables"][0]["i"].as_array().with_context(|| format!("no table in {answer}"))?;
        let cell = |cell: &Value| cell.as_str().unwrap_or_default().to_owned();
        let row = |row: &Value| row.as_array().map(|cells| cells.iter().map(cell).collect()).context("no row");
        rows.iter().map(row).collect()
    }

    fn request(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.requests += 1;
        let mut request = json!({ "jsonrpc": "2.0", "id": self.requests, "method": method });
        if !parameters.is_null() {
            request["params"] = parameters;
        }
        writeln!(self.input, "{request}").context("sharkd is gone")?;
        self.input.flush()?;
        let mut line = String::new();
        while line.trim().is_empty() {
            line.clear();
            if self.output.read_line(&mut line)? == 0 {
                bail!("sharkd ended at {request}");
            }
        }
        let mut answer: Value = serde_json::from_str(&line).with_context(|| format!("answer {line}"))?;
        match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => bail!("sharkd answers {request} with {answer}"),
        }
    }

    /// Number of frames in the capture.
    ///
    /// # Errors
    /// When sharkd fails.
    pub fn frame_count(&mut self) -> Result<u32> {
        let status = self.request("status", Value::Null)?;
        let frames = status.get("frames").and_then(Value::as_u64).context("no frame count")?;
        Ok(u32::try_from(frames)?)
    }

    /// Dissects a frame, counted from 1, and gives its tree.
    ///
    /// # Errors
    /// When sharkd fails.
    pub fn frame(&mut self, number: u32) -> Result<Vec<Node>> {
        let mut answer = self.request("frame", json!({ "frame": number, "proto": true }))?;
        let tree = answer.get_mut("tree").map(Value::take).context("no tree")?;
        Ok(serde_json::from_value(tree)?)
    }

    /// Ends sharkd.
    ///
    /// # Errors
    /// When it complained on standard error.
    pub fn finish(mut self) -> Result<()> {
        self.request("bye", Value::Null)?;
        self.child.wait()?;
        let errors = self.errors.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        // What it says of each request.
        let chatter = ["load: filename=", "sharkd_session_process_tap() count="];
        let said: Vec<_> = errors.lines().filter(|line| !chatter.iter().any(|said| line.starts_with(said))).collect();
        match complaints(&said.join("\n")).as_str() {
            "" => Ok(()),
            complaints => bail!("sharkd complains:\n{complaints}"),
        }
    }
}

impl Drop for Sharkd {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
