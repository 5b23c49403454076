// SPDX-License-Identifier: GPL-2.0-or-later
//! Which packages are needed, which are missing, how they are called on which system, and how they are installed.

use std::fs;
use std::io::{IsTerminal, Write};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{self, find_program, is_root, succeeds};

/// A thing that a Debian package provides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Package name on Debian and its descendants.
    pub package: &'static str,
    /// How its presence is found without asking the package manager.
    pub probe: Probe,
}

/// How to see that something is there, whoever installed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// A program of this name.
    Program(&'static str),
    /// A library that pkg-config knows.
    Library(&'static str),
    /// A C header that the compiler finds.
    Header(&'static str),
}

const fn program(package: &'static str, name: &'static str) -> Need {
    Need { package, probe: Probe::Program(name) }
}

const COMPILER: Need = program("gcc", "cc");
const LIBC: Need = Need { package: "libc6-dev", probe: Probe::Header("stdio.h") };
const PKG_CONFIG: Need = program("pkg-config", "pkg-config");
const WIRESHARK_HEADERS: Need = Need { package: "libwireshark-dev", probe: Probe::Library("wireshark") };
/// libwireshark-dev uses GLib's headers but does not depend on them in every Debian release.
const GLIB: Need = Need { package: "libglib2.0-dev", probe: Probe::Library("glib-2.0") };
const TSHARK: Need = program("tshark", "tshark");

/// What compiling the plugin takes.
pub const BUILD: &[Need] = &[COMPILER, LIBC, PKG_CONFIG, WIRESHARK_HEADERS, GLIB];

/// What installing, showing and testing the plugin takes: tshark names the folders, decodes, and is what the tests
/// drive.
pub const INSTALL: &[Need] = &[COMPILER, LIBC, PKG_CONFIG, WIRESHARK_HEADERS, GLIB, TSHARK];

/// What packaging takes.
pub const PACKAGE: &[Need] = &[
    COMPILER,
    LIBC,
    PKG_CONFIG,
    WIRESHARK_HEADERS,
    GLIB,
    program("binutils", "objdump"),
    program("tar", "tar"),
    program("gzip", "gzip"),
];

/// What counting instructions takes.
pub const CALLGRIND: &[Need] =
    &[COMPILER, LIBC, PKG_CONFIG, WIRESHARK_HEADERS, GLIB, TSHARK, program("valgrind", "valgrind")];

/// What the Debian roots of the test matrix take.
pub const MATRIX: &[Need] = &[program("debootstrap", "debootstrap"), program("util-linux", "unshare"), COMPILER, LIBC];

impl Need {
    /// Whether it is there.
    pub fn present(&self) -> bool {
        let found = match self.probe {
            Probe::Program(name) => find_program(name).is_some(),
            Probe::Library(name) => succeeds(Command::new("pkg-config").args(["--exists", name])),
            Probe::Header(name) => {
                let source = format!("#include <{name}>\n");
                let compile = format!("printf '{source}' | cc -E -x c - -o /dev/null");
                succeeds(Command::new("sh").args(["-c", &compile]))
            }
        };
        // A library can be installed and still fail its probe, because another package that it needs is missing.
        found || package_installed(self.package)
    }
}

/// Whether dpkg lists a package as installed.
pub fn package_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status}", package]);
    command::output(&mut query).is_ok_and(|status| status == "installed")
}

/// Packages of `needs` for which `present` says no, each once, in order.
fn missing(needs: &[Need], present: impl Fn(&Need) -> bool) -> Vec<&'static str> {
    let mut packages = Vec::new();
    for need in needs {
        if !packages.contains(&need.package) && !present(need) {
            packages.push(need.package);
        }
    }
    packages
}

/// Names of packages on Debian and its descendants, on Fedora, and on Arch, where they are not the same.
const NAMES: [(&str, &str, &str); 6] = [
    ("libc6-dev", "glibc-devel", "glibc"),
    ("pkg-config", "pkgconf-pkg-config", "pkgconf"),
    ("libwireshark-dev", "wireshark-devel", "wireshark-cli"),
    ("libglib2.0-dev", "glib2-devel", "glib2"),
    ("tshark", "wireshark-cli", "wireshark-cli"),
    ("wireshark", "wireshark", "wireshark-qt"),
];

/// Systems whose packages are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Debian,
    Fedora,
    Arch,
}

impl System {
    const ALL: [(Self, &str); 3] = [(Self::Debian, "Debian or Ubuntu"), (Self::Fedora, "Fedora"), (Self::Arch, "Arch")];

    /// The system that this is, by its package manager.
    fn here() -> Option<Self> {
        if has_apt() {
            return Some(Self::Debian);
        }
        let others = [("dnf", Self::Fedora), ("pacman", Self::Arch)];
        others.into_iter().find_map(|(program, system)| find_program(program).map(|_| system))
    }

    /// The name of a Debian package here.
    fn name(self, package: &str) -> &str {
        let row = NAMES.into_iter().find(|row| row.0 == package);
        row.map_or(package, |(debian, fedora, arch)| match self {
            Self::Debian => debian,
            Self::Fedora => fedora,
            Self::Arch => arch,
        })
    }

    /// The command that installs Debian packages here, each once.
    fn command(self, packages: &[&str]) -> String {
        let mut names: Vec<&str> = Vec::new();
        for package in packages {
            let name = self.name(package);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let manager = match self {
            Self::Debian => "apt-get install -y --no-install-recommends",
            Self::Fedora => "dnf install -y",
            Self::Arch => "pacman -S --needed",
        };
        format!("{manager} {}", names.join(" "))
    }
}

/// The command that installs packages, given by their Debian names, as a user of this system would type it; of each
/// known system where this is none of them.
pub fn install_command(packages: &[&str]) -> String {
    let sudo = if is_root() { "" } else { "sudo " };
    match System::here() {
        Some(system) => format!("{sudo}{}", system.command(packages)),
        None => {
            let each = System::ALL.map(|(system, name)| format!("{name}: {}", system.command(packages)));
            format!("install what carries them here; {}", each.join("; "))
        }
    }
}

/// What does not work on this system whatever is installed, in plain words.
pub fn unsupported() -> Option<&'static str> {
    cfg!(target_os = "macos").then_some(
        "macOS: Wireshark.app comes without development files, so the plugin must be built against a Wireshark that was \
         built from source; this was never tried",
    )
}

/// Whether this system installs packages with apt.
pub fn has_apt() -> bool {
    find_program("apt-get").is_some() && find_program("dpkg-query").is_some()
}

/// Whether the user agreed that packages are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// By the subcommand, which says that it does, or by `--yes`.
    Given,
    /// Not yet: a question on the terminal, or nothing is installed.
    Ask,
}

/// Asks on the terminal, if there is one.
fn agreed(consent: Consent, list: &str) -> bool {
    if consent == Consent::Given {
        return true;
    }
    if !std::io::stdin().is_terminal() {
        return false;
    }
    print!("missing: {list}. Install with apt-get now? [y/N] ");
    let mut answer = String::new();
    let read = std::io::stdout().flush().and_then(|()| std::io::stdin().read_line(&mut answer));
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// How packages can be installed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Directly.
    Root,
    /// With sudo, which may ask for a password.
    Sudo,
    /// With sudo, which must not ask: nobody is there to answer.
    SudoSilent,
    /// Not at all.
    No,
}

fn way(apt: bool, root: bool, sudo: bool, terminal: bool) -> Way {
    match (apt, root, sudo, terminal) {
        (false, ..) => Way::No,
        (_, true, ..) => Way::Root,
        (_, _, true, true) => Way::Sudo,
        (_, _, true, false) => Way::SudoSilent,
        _ => Way::No,
    }
}

/// Installs what is missing of `needs`, on Debian and if the user agrees.
///
/// # Errors
/// When something is missing and is not installed; the message names the packages and the command.
pub fn ensure(needs: &[Need], consent: Consent) -> Result<()> {
    let packages = missing(needs, Need::present);
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    let by_hand = || format!("missing: {list}. To install: {}", install_command(&packages));
    let way = way(has_apt(), is_root(), find_program("sudo").is_some(), std::io::stdin().is_terminal());
    let prefix: &[&str] = match way {
        Way::Root => &[],
        Way::Sudo => &["sudo"],
        Way::SudoSilent => &["sudo", "-n"],
        Way::No => bail!("{}", by_hand()),
    };
    if !agreed(consent, &list) {
        bail!("{}, or say --yes", by_hand());
    }
    let with = if prefix.is_empty() { "" } else { ", with sudo" };
    println!("installing the missing Debian packages{with}: {list}");
    install(prefix, &packages)?;
    let still = missing(needs, Need::present);
    if !still.is_empty() {
        bail!("still missing after the installation: {}", still.join(" "));
    }
    Ok(())
}

/// Installs packages; brings the package lists up to date first when there are none, and afterwards when it fails.
fn install(prefix: &[&str], packages: &[&str]) -> Result<()> {
    let update = || {
        // One unreachable third-party source fails the whole update; the install then says what really is missing.
        if let Err(error) = command::run(apt_get(prefix).arg("update")) {
            eprintln!("warning: {error:#}");
        }
    };
    let fetch = || {
        let mut install = apt_get(prefix);
        install.args(["install", "-y", "--no-install-recommends"]).args(packages);
        command::run(&mut install)
    };
    if !has_package_lists() {
        update();
        return fetch();
    }
    fetch().or_else(|_| {
        update();
        fetch()
    })
}

fn has_package_lists() -> bool {
    let Ok(mut entries) = fs::read_dir("/var/lib/apt/lists") else {
        return false;
    };
    entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().contains("_Packages")))
}

fn apt_get(prefix: &[&str]) -> Command {
    let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "Dpkg::Use-Pty=0"]].concat();
    let mut apt_get = Command::new(words[0]);
    apt_get.args(&words[1..]);
    apt_get
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_packages_are_named_once_in_order() {
        let two = [TSHARK, WIRESHARK_HEADERS, TSHARK, PKG_CONFIG];
        assert_eq!(missing(&two, |need| need.package == "pkg-config"), ["tshark", "libwireshark-dev"]);
        assert!(missing(INSTALL, |_| true).is_empty());
        assert_eq!(missing(BUILD, |_| false).len(), BUILD.len());
    }

    #[test]
    fn packages_have_their_names_on_each_system() {
        let wanted = ["gcc", "libwireshark-dev", "tshark"];
        assert_eq!(
            System::Debian.command(&wanted),
            "apt-get install -y --no-install-recommends gcc libwireshark-dev tshark"
        );
        assert_eq!(System::Fedora.command(&wanted), "dnf install -y gcc wireshark-devel wireshark-cli");
        assert_eq!(System::Arch.command(&wanted), "pacman -S --needed gcc wireshark-cli");
    }

    #[test]
    fn nobody_is_asked_where_nobody_can_answer() {
        assert!(agreed(Consent::Given, "tshark"));
        if !std::io::stdin().is_terminal() {
            assert!(!agreed(Consent::Ask, "tshark"));
        }
    }

    #[test]
    fn installing_covers_building() {
        assert!(BUILD.iter().all(|need| INSTALL.contains(need)));
        assert!(INSTALL.iter().any(|need| need.package == "tshark"));
    }

    #[test]
    fn packages_are_installed_only_where_that_can_work() {
        assert_eq!(way(true, true, false, false), Way::Root);
        assert_eq!(way(true, false, true, true), Way::Sudo);
        assert_eq!(way(true, false, true, false), Way::SudoSilent);
        assert_eq!(way(true, false, false, true), Way::No);
        assert_eq!(way(false, true, true, true), Way::No);
    }

    #[test]
    fn probes_see_what_is_there_and_what_is_not() {
        let present = |probe| {
            let package = "no-such-package-anywhere";
            Need { package, probe }.present()
        };
        assert!(present(Probe::Program("sh")));
        assert!(!present(Probe::Program("no-such-program-here")));
        assert!(present(Probe::Header("stdio.h")));
        assert!(!present(Probe::Header("no/such/header.h")));
        assert!(!present(Probe::Library("no-such-library")));
    }
}
