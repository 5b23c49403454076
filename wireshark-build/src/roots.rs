// SPDX-License-Identifier: GPL-2.0-or-later
//! Debian root folders: made once, used again, removed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::place::Place;

/// What the roots need beyond a minimal Debian: to compile the shim, to run the tests, and, for the tests of decrypted
/// connections, openssl.
const PACKAGES: [&str; 7] =
    ["tshark", "libwireshark-dev", "libglib2.0-dev", "gcc", "libc6-dev", "pkg-config", "openssl"];

const DEFAULT_MIRROR: &str = "http://deb.debian.org/debian";

/// The file that says that a root is complete.
fn ready_file(root: &Path) -> PathBuf {
    root.with_extension("ready")
}

/// Makes a root with everything in it, unless an earlier run did.
///
/// # Errors
/// When debootstrap or apt fails in it; the messages are in a log file beside the root.
pub fn make(root: &Path, codename: &str, mirror: &str) -> Result<()> {
    let packages = PACKAGES.join(" ");
    if fs::read_to_string(ready_file(root)).is_ok_and(|ready| ready == packages) {
        return Ok(());
    }
    remove(root)?;
    fs::create_dir_all(root)?;
    println!("making a Debian {} root from {mirror}", codename);
    let log_file = root.with_extension("log");
    let log = fs::File::create(&log_file)?;
    let mut bootstrap = Place::here().command("unshare");
    bootstrap.args(["--mount", "--propagation=private", "debootstrap", "--variant=minbase", codename]);
    bootstrap.arg(root).arg(mirror);

    let place = Place::root(root, &[]);
    // The Release file of a snapshot of sid may have expired.
    let apt_get = || {
        let mut apt_get = place.command("env");
        apt_get.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
        apt_get.args(["-o", "Acquire::Check-Valid-Until=false", "-o", "Dpkg::Use-Pty=0"]);
        apt_get
    };
    let mut update = apt_get();
    update.arg("update");
    let mut install = apt_get();
    install.args(["install", "-y", "--no-install-recommends"]).args(PACKAGES);
    let mut clean = apt_get();
    clean.arg("clean");

    for mut step in [bootstrap, update, install, clean] {
        step.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log.try_clone()?);
        if let Err(error) = command::run(&mut step) {
            let text = fs::read_to_string(&log_file).unwrap_or_default();
            let skipped = text.lines().count().saturating_sub(15);
            text.lines().skip(skipped).for_each(|line| eprintln!("    {line}"));
            return Err(error.context(format!("the root cannot be made; see {}", log_file.display())));
        }
    }
    Ok(fs::write(ready_file(root), packages)?)
}

/// Removes a root, unless something is mounted in it: that would be removed with it.
pub fn remove(root: &Path) -> Result<()> {
    let mounts = fs::read_to_string("/proc/mounts")?;
    if let Some(point) = mounted_in(&mounts, root) {
        bail!("something is mounted in the root: {point}");
    }
    if root.exists() {
        fs::remove_dir_all(root).with_context(|| format!("cannot remove {}", root.display()))?;
    }
    if ready_file(root).exists() {
        fs::remove_file(ready_file(root))?;
    }
    Ok(())
}

/// A mount point in a folder, by the text of `/proc/mounts`, which writes a space as `\040`.
fn mounted_in<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let folder = folder.to_string_lossy().replace(' ', "\\040");
    let mut points = mounts.lines().filter_map(|line| line.split(' ').nth(1));
    points.find(|point| Path::new(point).starts_with(&folder))
}

/// The texts of this machine's apt sources.
pub fn apt_sources() -> Vec<String> {
    let files = fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = files.map(|entry| entry.path()).collect();
    files.push("/etc/apt/sources.list".into());
    files.sort();
    files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect()
}

/// The first Debian archive in apt sources of either format; archives of another name are not Debian's own.
pub fn mirror(sources: &[String]) -> String {
    let urls = sources.iter().flat_map(|text| text.lines()).filter(|line| {
        let line = line.trim_start();
        line.starts_with("deb ") || line.starts_with("URIs:")
    });
    let archive = |word: &&str| {
        let path = word.trim_end_matches('/');
        (word.starts_with("http://") || word.starts_with("https://")) && path.ends_with("/debian")
    };
    let found = urls.flat_map(str::split_whitespace).find(archive);
    found.unwrap_or(DEFAULT_MIRROR).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirror_is_taken_from_either_format() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(mirror(&[]), DEFAULT_MIRROR);
        let deb822 =
            "Types: deb\n# http://commented.example/debian\nURIs: http://ftp.example.org/debian/\nSuites: sid\n";
        assert_eq!(mirror(&texts(&[deb822])), "http://ftp.example.org/debian");
        let old = "# deb http://commented.example/debian sid main\n\
                   deb http://security.example.org/debian-security bookworm-security main\n\
                   deb [signed-by=/k.gpg] https://mirror.example.net/debian bookworm main\n";
        assert_eq!(mirror(&texts(&[old])), "https://mirror.example.net/debian");
        let other = "deb https://packages.example.com/apt cloud main\n";
        assert_eq!(mirror(&texts(&[other])), DEFAULT_MIRROR);
    }

    #[test]
    fn a_root_is_removed_with_its_mark() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("trixie");
        fs::create_dir_all(root.join("usr/bin")).unwrap();
        fs::write(ready_file(&root), "packages").unwrap();
        remove(&root).unwrap();
        remove(&root).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn mounts_in_a_root_are_seen() {
        let mounts = "proc /proc proc rw 0 0\ntmpfs /out/my\\040roots/sid/tmp tmpfs rw 0 0\n";
        let inside = |folder: &str| mounted_in(mounts, Path::new(folder));
        assert_eq!(inside("/out/my roots/sid"), Some("/out/my\\040roots/sid/tmp"));
        assert_eq!(inside("/out/my roots/si"), None);
        assert_eq!(inside("/out/trixie"), None);
    }
}
