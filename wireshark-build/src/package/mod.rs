// SPDX-License-Identifier: GPL-2.0-or-later
//! Files for those who have no Rust: an archive and a Debian package for each Wireshark release, with checksums and a list
//! of what is in them. The same sources give the same bytes.

pub mod again;
mod archive;
mod bom;
mod debian;
mod libraries;
mod moment;
mod trial;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use sha2::{Digest, Sha256};

use crate::command::{self, is_root};
use crate::compile::{self, Strictness};
use crate::packages::Consent;
use crate::place::Place;
use crate::project::Project;
use crate::wireshark::Headers;
use crate::{matrix, packages};

/// Name of the packages.
const NAME: &str = "wireshark-plugin-msn";

/// What to package, and for whom.
#[derive(Args)]
pub struct Options {
    /// Also for the other Wireshark releases, in the Debian roots of `matrix`, where each package is then tried (root)
    #[arg(long)]
    all: bool,
    /// Build once more from a copy in another folder, and compare
    #[arg(long)]
    again: bool,
    /// Debian mirror for the roots; by default the one this machine uses
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// Where the files are put; by default target/packages
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// A plugin to be packaged, and the Wireshark that it is for.
struct Release<'a> {
    project: &'a Project,
    place: Place,
    headers: Headers,
    plugin: PathBuf,
    /// Seconds since 1970 that every file carries.
    moment: u64,
}

impl Release<'_> {
    /// What pkg-config of the place says.
    fn variable(&self, name: &str) -> Result<PathBuf> {
        let text =
            command::output(self.place.command("pkg-config").args([&format!("--variable={name}"), "wireshark"]))?;
        let path = PathBuf::from(text.trim());
        if !path.is_absolute() {
            bail!("wireshark.pc names no {name}");
        }
        Ok(path)
    }
}

/// Makes the packages, their list of components, and the checksums.
///
/// # Errors
/// When something does not compile, cannot be written, or does not work where it is tried.
pub fn package(project: &Project, options: &Options, consent: Consent) -> Result<()> {
    packages::ensure(packages::PACKAGE, consent)?;
    let out = options.out.clone().unwrap_or_else(|| project.target.join("packages"));
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let moment = moment::of_sources(project)?;
    let built = compile::build(project, Strictness::Strict)?;
    if options.again {
        again::compare(project, &built)?;
    }
    let here = Release { project, place: Place::here(), headers: built.headers, plugin: built.file, moment };
    let mut files = package_one(&here, &out)?;
    if options.all {
        if !is_root() {
            bail!("Debian roots are made and entered by root: sudo env \"PATH=$PATH\" cargo plugin package --all");
        }
        packages::ensure(packages::MATRIX, Consent::Given)?;
        for (place, headers, plugin) in matrix::plugins(project, options.mirror.as_deref())? {
            let release = Release { project, place, headers, plugin, moment };
            let made = package_one(&release, &out)?;
            trial::try_out(&release, &made)?;
            // This machine's own release may be one of them; its package is the same then.
            files.extend(made.into_iter().filter(|file| !files.contains(file)).collect::<Vec<_>>());
        }
    }
    files.push(bom::make(project, &out, moment)?);
    files.push(checksums(&out, &files)?);
    for file in &files {
        println!("made {}", Project::shorten(file));
    }
    Ok(())
}

/// The archive and, where there is dpkg, the Debian package.
fn package_one(release: &Release<'_>, out: &Path) -> Result<Vec<PathBuf>> {
    let mut files = vec![archive::make(release, out)?];
    if command::succeeds(release.place.command("dpkg-deb").arg("--version")) {
        files.push(debian::make(release, out)?);
    } else {
        println!("no Debian package: there is no dpkg-deb");
    }
    Ok(files)
}

/// Writes a file that everybody can read, and the folders above it.
fn write(file: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    let write = || -> Result<()> {
        fs::create_dir_all(file.parent().context("a file without folder")?)?;
        fs::write(file, bytes)?;
        fs::set_permissions(file, fs::Permissions::from_mode(0o644))?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", file.display()))
}

/// The SHA-256 of bytes, in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes what `sha256sum --check` reads.
fn checksums(out: &Path, files: &[PathBuf]) -> Result<PathBuf> {
    let mut lines = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        lines.push(format!("{}  {name}\n", digest(&fs::read(file)?)));
    }
    lines.sort_by(|one, other| one[64..].cmp(&other[64..]));
    let file = out.join("SHA256SUMS");
    write(&file, lines.concat())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn checksums_are_those_of_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["b.deb", "a.tar.gz"].map(|name| folder.path().join(name));
        write(&files[0], "b").unwrap();
        write(&files[1], "a").unwrap();
        let sums = fs::read_to_string(checksums(folder.path(), &files).unwrap()).unwrap();
        assert!(sums.lines().next().unwrap().ends_with("  a.tar.gz"), "{sums}");
        let check = Command::new("sha256sum").args(["--check", "--strict", "SHA256SUMS"]).current_dir(&folder).output();
        assert!(check.unwrap().status.success());
    }
}
