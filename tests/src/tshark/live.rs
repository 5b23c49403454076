// SPDX-License-Identifier: GPL-2.0-or-later
//! tshark dissecting a capture while it is being made.

use super::{Tshark, process};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Longest wait for a line, and for the end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A tshark that reads a capture from a pipe, as it comes.
#[derive(Debug)]
pub struct Live {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    complaints: Option<JoinHandle<String>>,
}

impl Tshark {
    /// Starts a live capture from a pipe that prints these fields of each packet, each packet as soon as it is dissected.
    ///
    /// # Errors
    /// When tshark cannot be run.
    pub fn live(&self, fields: &[&str]) -> Result<Live> {
        let mut command = self.home.command(&self.program);
        // Where it keeps what it captures, until it ends.
        command.env("TMPDIR", self.home.path("cache"));
        command.args(["-n", "-l", "-i", "-", "-T", "fields", "-E", "occurrence=a"]);
        for field in fields {
            command.args(["-e", field]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take().context("no output")?);
        let mut errors = child.stderr.take().context("no errors")?;
        let (sender, lines) = channel();
        thread::spawn(move || {
            BufReader::new(output)
                .lines()
                .map_while(Result::ok)
                .take_while(|line| sender.send(line.clone()).is_ok())
                .count()
        });
        let complaints = thread::spawn(move || {
            let mut text = Vec::new();
            // What could be read counts.
            let _ = errors.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok(Live { child, input, lines, complaints: Some(complaints) })
    }
}

impl Live {
    /// Gives bytes of the capture file.
    ///
    /// # Errors
    /// When tshark has ended.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<()> {
        let input = self.input.as_mut().context("the capture has ended")?;
        input.write_all(bytes)?;
        Ok(input.flush()?)
    }

    /// The next line, as soon as there is one.
    ///
    /// # Errors
    /// When none comes.
    pub fn line(&mut self) -> Result<String> {
        self.lines.recv_timeout(PATIENCE).context("tshark shows nothing")
    }

    /// The next line, if there is one within this time.
    pub fn line_within(&mut self, time: Duration) -> Option<String> {
        self.lines.recv_timeout(time).ok()
    }

    /// Ends the capture, and gives the lines that are left.
    ///
    /// # Errors
    /// When tshark complains.
    pub fn finish(mut self) -> Result<Vec<String>> {
        drop(self.input.take());
        let rest: Vec<String> = self.lines.iter().collect();
        let status = self.child.wait()?;
        let text = self.complaints.take().and_then(|reader| reader.join().ok()).unwrap_or_default();
        // It always says that it captures, into which file, and how many packets.
        let usual = ["Capturing on", " -- Capture", " -- File:", " packet"];
        let told = |line: &&str| line.trim() != "tshark:" && !usual.iter().any(|words| line.contains(words));
        let complaints = process::complaints(&text.lines().filter(told).collect::<Vec<_>>().join("\n"));
        if !status.success() || !complaints.is_empty() {
            bail!("the live tshark ended with {status}:\n{complaints}");
        }
        Ok(rest)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // It has ended by itself unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
