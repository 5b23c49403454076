// SPDX-License-Identifier: GPL-2.0-or-later
//! The Debian package: what debhelper would lay out for these few files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{NAME, Release, libraries, moment, write};
use crate::command;
use crate::profile;
use crate::project::PLUGIN_FILE;

const MAINTAINER: &str = "Authors of the MSN dissector <msn-dissector@packages.example.com>";

const DESCRIPTION: &str = "\
MSN Messenger dissector for Wireshark
 A plugin that decodes the MSN Messenger protocol, MSNP2 to MSNP21, in
 Wireshark and tshark: servers, the messages and documents they carry,
 peer-to-peer and file transfers, webcams, web services and the HTTP
 gateway. It writes chats and reports of captures, and brings a profile.";

/// Version of the package: that of the plugin, and which Wireshark it is for.
fn version(release: &Release<'_>) -> String {
    format!("{}-1+ws{}", release.project.version, release.headers.version.folder())
}

/// Makes the package; its name is the one that Debian would give it.
pub fn make(release: &Release<'_>, out: &Path) -> Result<PathBuf> {
    make_as(release, &version(release), out)
}

/// The same with another version.
pub fn make_as(release: &Release<'_>, version: &str, out: &Path) -> Result<PathBuf> {
    let scratch = tempfile::tempdir()?;
    let root = scratch.path().join(NAME);
    let below = |path: &Path| root.join(path.strip_prefix("/").unwrap_or(path));
    write(&below(&release.variable("plugindir")?).join("epan").join(PLUGIN_FILE), fs::read(&release.plugin)?)?;
    profile::stage(&below(&release.variable("prefix")?.join("share/wireshark")))?;

    let documents = root.join("usr/share/doc").join(NAME);
    write(&documents.join("copyright"), copyright(moment::year(release.moment)))?;
    let changelog = changelog(version, &moment::mail(release.moment));
    compressed(&documents.join("changelog.Debian"), &changelog)?;
    compressed(
        &documents.join("changelog"),
        &fs::read_to_string(release.project.root.join("wireshark-build/CHANGES.md"))?,
    )?;

    let architecture = command::output(release.place.command("dpkg").arg("--print-architecture"))?;
    let depends = libraries::depends(&release.place, &release.plugin, release.headers.version)?;
    let files = files(&root)?;
    let size: u64 = files.iter().map(|file| file.metadata().map_or(0, |data| data.len().div_ceil(1024))).sum();
    let control = control(version, architecture.trim(), size, &depends);
    let sums = sums(&root, &files)?;
    write(&root.join("DEBIAN/control"), control)?;
    write(&root.join("DEBIAN/md5sums"), sums)?;

    let file = out.join(format!("{NAME}_{version}_{}.deb", architecture.trim()));
    let mut pack = Command::new("dpkg-deb");
    pack.env("SOURCE_DATE_EPOCH", release.moment.to_string()).args(["--root-owner-group", "-Zxz", "--build"]);
    command::output(pack.arg(&root).arg(&file)).context("dpkg-deb makes no package")?;
    Ok(file)
}

fn control(version: &str, architecture: &str, size: u64, depends: &str) -> String {
    format!(
        "Package: {NAME}\nVersion: {version}\nSection: net\nPriority: optional\nArchitecture: {architecture}\n\
         Maintainer: {MAINTAINER}\nInstalled-Size: {size}\nDepends: {depends}\nEnhances: tshark, wireshark\n\
         Description: {DESCRIPTION}\n"
    )
}

fn copyright(year: u64) -> String {
    format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n\
     Files: *\nCopyright: © {year} authors of the MSN dissector\nLicense: GPL-2.0-or-later\n\
     \x20On Debian systems, the full text of the GNU General Public License\n\
     \x20version 2 is in /usr/share/common-licenses/GPL-2. The list of components\n\
     \x20that comes with a release names the crates in the plugin, with their licences.\n"
    )
}

fn changelog(version: &str, time: &str) -> String {
    format!("{NAME} ({version}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- {MAINTAINER}  {time}\n")
}

/// Writes a text as Debian keeps long ones.
fn compressed(file: &Path, text: &str) -> Result<()> {
    write(file, text)?;
    command::run(Command::new("gzip").args(["--best", "--no-name"]).arg(file))
}

/// Every file below a folder, in order.
fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

fn sums(root: &Path, files: &[PathBuf]) -> Result<String> {
    let mut md5sum = Command::new("md5sum");
    md5sum.current_dir(root).args(files.iter().filter_map(|file| file.strip_prefix(root).ok()));
    command::output(&mut md5sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_file_is_in_order() {
        let control = control("0.1.0-1+ws4.0", "amd64", 2300, "libc6 (>= 2.34), libwireshark16 (>= 4.0)");
        let names: Vec<_> =
            control.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(':').next()).collect();
        let first =
            ["Package", "Version", "Section", "Priority", "Architecture", "Maintainer", "Installed-Size", "Depends"];
        assert_eq!(names[..8], first);
        assert!(control.ends_with("brings a profile.\n") && control.contains("Depends: libc6 (>= 2.34), "));
        assert!(control.lines().all(|line| line.len() <= 80 || line.starts_with("Depends")));
    }
}
