// SPDX-License-Identifier: GPL-2.0-or-later
//! The archive for every Linux: the plugin, the profile, the licence, and how to install them in three lines.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{NAME, Release, write};
use crate::project::PLUGIN_FILE;
use crate::{command, profile};

/// The text of `INSTALL`.
fn instructions(version: &str) -> String {
    format!(
        "Copy epan/msn.so to FOLDER/epan/msn.so; `tshark -G folders` names FOLDER: \"Personal Plugins\" (as root: \"Global Plugins\").\n\
         Copy profiles/MSN to profiles/MSN below what it calls \"Personal configuration\", if you want the profile.\n\
         Check with `tshark -G plugins | grep msn.so`; this file is for Wireshark {version} and no other.\n"
    )
}

/// Writes the archive; its name tells version, Wireshark release and system.
pub fn make(release: &Release<'_>, out: &Path) -> Result<PathBuf> {
    let (version, wireshark) = (&release.project.version, release.headers.version.folder());
    let name = format!("{NAME}-{version}-wireshark{wireshark}-{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let scratch = tempfile::tempdir()?;
    let top = scratch.path().join(&name);
    write(&top.join("epan").join(PLUGIN_FILE), std::fs::read(&release.plugin)?)?;
    write(&top.join("LICENSE"), std::fs::read(release.project.root.join("LICENSE"))?)?;
    write(&top.join("INSTALL"), instructions(&wireshark))?;
    profile::stage(&top)?;

    let file = out.join(format!("{name}.tar.gz"));
    let tar = scratch.path().join("archive.tar");
    let mut pack = Command::new("tar");
    pack.args(["--create", "--format=ustar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner"]);
    pack.args(["--mode=u+rw,go+r-w", &format!("--mtime=@{}", release.moment), "--file"]).arg(&tar);
    command::run(pack.arg("--directory").arg(scratch.path()).arg(&name)).context("GNU tar is needed")?;
    command::run(Command::new("gzip").args(["--best", "--no-name"]).arg(&tar))?;
    let packed = std::fs::read(tar.with_extension("tar.gz"))?;
    write(&file, packed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instructions_have_three_lines() {
        let text = instructions("4.4");
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains("for Wireshark 4.4 and no other"));
    }
}
