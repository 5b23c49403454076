// SPDX-License-Identifier: GPL-2.0-or-later
//! A Debian package on its way through a system: installed, used, upgraded, removed; nothing stays.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::{NAME, Release, debian};
use crate::command;
use crate::project::PLUGIN_FILE;

/// A capture that is read with the installed package, and a word of what must be seen.
const CAPTURE: &str = "tests/captures/msnp2-basic-synthetic-escargot.pcap";
const SEEN: &str = "VER";

/// Installs the package among `made` in the root that it is for, and takes it away again.
///
/// # Errors
/// When a step fails, or something stays.
pub fn try_out(release: &Release<'_>, made: &[PathBuf]) -> Result<()> {
    let package = made.iter().find(|file| file.extension().is_some_and(|end| end == "deb"));
    let package = package.context("there is no Debian package to try")?;
    let scratch = tempfile::Builder::new().prefix("trial-").tempdir_in(&release.project.target)?;
    let newer = debian::make_as(release, "999.0-1", scratch.path())?;
    let dpkg = |arguments: &[&str]| command::output(release.place.command("dpkg").args(arguments));
    let path = |file: &PathBuf| file.display().to_string();
    // A first package of two copies, since the folder of packages may lie outside of what the root sees.
    let older = scratch.path().join("older.deb");
    fs::copy(package, &older)?;

    dpkg(&["--install", &path(&older)]).context("the package cannot be installed")?;
    let capture = release.project.root.join(CAPTURE);
    let mut tshark = release.place.command("tshark");
    let output =
        command::output(tshark.arg("-r").arg(capture).args(["-Y", "msn", "-T", "fields", "-e", "msn.command"]))?;
    if !output.lines().any(|line| line.split(',').any(|word| word == SEEN)) {
        bail!("tshark with the installed package decodes nothing");
    }
    dpkg(&["--install", &path(&newer)]).context("the package cannot be upgraded")?;
    let version = dpkg(&["--status", NAME])?;
    if !version.contains("\nVersion: 999.0-1\n") {
        bail!("the upgrade left another version");
    }
    dpkg(&["--purge", NAME]).context("the package cannot be removed")?;
    let left = release.place.path(&release.variable("plugindir")?.join("epan").join(PLUGIN_FILE).display().to_string());
    let documents = release.place.path(&format!("/usr/share/doc/{NAME}"));
    let profile = release.place.path("/usr/share/wireshark/profiles/MSN");
    if let Some(left) = [left, documents, profile].iter().find(|path| path.exists()) {
        bail!("the package leaves {} behind", left.display());
    }
    println!("tried on Wireshark {}: installed, used, upgraded, removed", release.headers.version);
    Ok(())
}
