// SPDX-License-Identifier: GPL-2.0-or-later
//! The first look: install everything, decode a real capture, say how to go on.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{self, find_program};
use crate::project::Project;
use crate::wireshark::tshark;
use crate::{install, packages};

/// The capture that is shown, below the workspace.
const CAPTURE: &str = "tests/captures/msnp18-basic-libpurple2.10.9-escargot.pcap";

/// Columns of the summary.
const COLUMNS: &str =
    r#"gui.column.format:"No.","%m","Time","%t","Source","%s","Destination","%d","Protocol","%p","Info","%i""#;

/// How many summary lines are printed.
const LINES: usize = 30;

/// Packets worth showing in full, the first that the capture has.
const INTERESTING: [&str; 4] =
    [r#"msn.command == "NLN""#, r#"msn.command == "XFR" && msn.server.address"#, r#"msn.command == "USR""#, "msn"];

/// Installs what is needed, builds, installs, and decodes the bundled capture.
///
/// # Errors
/// When a step fails, or when the plugin decodes nothing.
pub fn demo(project: &Project) -> Result<()> {
    packages::ensure(packages::INSTALL, packages::Consent::Given)?;
    let capture = project.root.join(CAPTURE);
    if !capture.is_file() {
        bail!("the bundled capture {} is missing", capture.display());
    }
    install::install(project)?;
    let shown = Project::shorten(&capture);

    let filter = "msn";
    println!("\n$ tshark -2 -r {shown} -Y {filter}\n");
    let summary = decode(&capture, &["-o", COLUMNS, "-Y", filter])?;
    let total = summary.lines().count();
    if total == 0 {
        bail!("the plugin decoded no packet of {shown}");
    }
    for line in summary.lines().take(LINES) {
        print_line(line)?;
    }
    if total > LINES {
        println!("… and {} more packets", total - LINES);
    }

    let frame = interesting_frame(&capture)?;
    println!("\n$ tshark -2 -r {shown} -V -Y 'frame.number == {frame}'\n");
    for line in decode(&capture, &["-V", "-Y", &format!("frame.number == {frame}")])?.lines() {
        print_line(line)?;
    }

    println!("\nOpen the same capture in Wireshark, with the plugin that was just installed:\n");
    println!("    wireshark {shown}");
    if find_program("wireshark").is_none() {
        println!("\n(Wireshark's window is not installed; {})", packages::install_command(&["wireshark"]));
    }
    Ok(())
}

/// tshark's output for the capture; two passes, so that links to later packets are there.
fn decode(capture: &Path, arguments: &[&str]) -> Result<String> {
    command::output(tshark().arg("-2").arg("-r").arg(capture).args(arguments))
}

/// Number of the frame to show in full.
fn interesting_frame(capture: &Path) -> Result<u64> {
    for filter in INTERESTING {
        // A filter may name a field that this version does not register; then the next one is tried.
        let frames = decode(capture, &["-Y", filter, "-T", "fields", "-e", "frame.number"]).unwrap_or_default();
        if let Some(frame) = frames.lines().next() {
            return frame.trim().parse().context("tshark printed no frame number");
        }
    }
    bail!("the plugin decoded no packet")
}

/// Prints a line; a reader that has seen enough (`| head`) ends the program quietly.
fn print_line(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written?),
    }
}
