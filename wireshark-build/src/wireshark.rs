// SPDX-License-Identifier: GPL-2.0-or-later
//! What the installed Wireshark says about itself: version, compiler flags, plugin folders, loaded plugins.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{self, NOBODY, is_root};
use crate::place::Place;
use crate::project::PLUGIN_FILE;

/// A Wireshark release. Plugins are bound to one `major.minor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number; plugins do not depend on it.
    pub micro: u32,
}

impl Version {
    /// The name of the plugin folder of this release, `X.Y`.
    pub fn folder(self) -> String {
        format!("{}.{}", self.major, self.minor)
    }

    /// Whether a plugin that was built for `other` loads.
    pub fn loads(self, other: Self) -> bool {
        (self.major, self.minor) == (other.major, other.minor)
    }

    /// Whether the plugin is made for it.
    pub fn supported(self) -> bool {
        self.major >= 4
    }

    /// Reads the version from the text of `ws_version.h`.
    pub fn from_header(text: &str) -> Option<Self> {
        let number = |name: &str| {
            text.lines().find_map(|line| {
                let rest = line.trim_start().strip_prefix("#define")?.trim_start();
                rest.strip_prefix(name)?.trim().parse().ok()
            })
        };
        Some(Self {
            major: number("WIRESHARK_VERSION_MAJOR")?,
            minor: number("WIRESHARK_VERSION_MINOR")?,
            micro: number("WIRESHARK_VERSION_MICRO")?,
        })
    }

    /// Reads the version from the first line of `tshark --version`, such as `TShark (Wireshark) 4.0.17 (Git …).`
    pub fn from_tshark(text: &str) -> Option<Self> {
        let line = text.lines().find(|line| line.starts_with("TShark"))?;
        line.split_whitespace().find_map(|word| {
            let digits = |c: char| c.is_ascii_digit();
            let mut numbers = word.trim_end_matches('.').splitn(3, '.').map(|number| {
                let end = number.find(|c| !digits(c)).unwrap_or(number.len());
                number[..end].parse().ok()
            });
            let mut next = || numbers.next().flatten();
            Some(Self { major: next()?, minor: next()?, micro: next()? })
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

/// What is needed to compile against Wireshark's headers and link with its library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headers {
    /// Version of the headers.
    pub version: Version,
    /// `ws_version.h`, as seen from this machine.
    pub version_file: PathBuf,
    /// Compiler flags, include folders as `-isystem`.
    pub cflags: Vec<String>,
    /// Linker flags.
    pub libs: Vec<String>,
}

impl Headers {
    /// Asks pkg-config of that place.
    ///
    /// # Errors
    /// When pkg-config, Wireshark's or GLib's development files are missing.
    pub fn find(place: &Place) -> Result<Self> {
        let pkg_config = |what: &str| command::output(place.command("pkg-config").args([what, "wireshark"]));
        let cflags = words(&pkg_config("--cflags")?);
        let libs = words(&pkg_config("--libs")?);
        let version_file = cflags
            .iter()
            .filter_map(|flag| flag.strip_prefix("-I"))
            .map(|folder| place.path(folder).join("ws_version.h"))
            .find(|file| file.is_file())
            .context("Wireshark's include folder has no ws_version.h")?;
        let text = std::fs::read_to_string(&version_file)?;
        let version =
            Version::from_header(&text).with_context(|| format!("{} names no version", version_file.display()))?;
        Ok(Self { version, version_file, cflags: system_includes(&cflags), libs })
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Turns `-I` into `-isystem`: warnings inside Wireshark's and GLib's own headers are not ours.
fn system_includes(flags: &[String]) -> Vec<String> {
    let folder = |flag: &String| flag.strip_prefix("-I").map(|path| ["-isystem".into(), path.into()]);
    flags.iter().flat_map(|flag| folder(flag).map_or_else(|| vec![flag.clone()], Vec::from)).collect()
}

/// `tshark` as an installed program runs it: without a plugin folder from the environment.
pub fn tshark() -> Command {
    let mut tshark = Command::new("tshark");
    tshark.env_remove("WIRESHARK_PLUGIN_DIR");
    tshark
}

/// `tshark` with the plugins of one folder and nobody's settings.
///
/// Root's tshark ignores the folder, so it is started as another user then; everything it reads must be readable by
/// everybody.
pub fn tshark_with(plugins: &Path, home: &Path) -> Command {
    let mut tshark = Command::new("tshark");
    isolate(&mut tshark, plugins, home);
    tshark
}

/// Gives a program that starts tshark the plugins of one folder and nobody's settings; see [`tshark_with`].
pub fn isolate(command: &mut Command, plugins: &Path, home: &Path) {
    use std::os::unix::process::CommandExt;
    command.env("WIRESHARK_PLUGIN_DIR", plugins).env("HOME", home).env_remove("XDG_CONFIG_HOME");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
}

/// Version of the `tshark` in the path.
///
/// # Errors
/// When there is none, or its version line is not understood.
pub fn tshark_version() -> Result<Version> {
    let text = command::output(tshark().arg("--version"))?;
    Version::from_tshark(&text).context("tshark --version names no version")
}

/// The two folders in which Wireshark looks for plugins of its version, without the type folder `epan`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// This user's folder.
    pub personal: PathBuf,
    /// The folder of all users.
    pub global: PathBuf,
}

impl Folders {
    /// Asks tshark.
    pub fn ask() -> Result<Self> {
        Self::parse(&command::output(tshark().args(["-G", "folders"]))?)
    }

    /// Reads the output of `tshark -G folders`: a name, a colon, white space and a path on each line.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self { personal: named_folder(text, "Personal Plugins")?, global: named_folder(text, "Global Plugins")? })
    }

    /// Where `install` puts the plugin: root uses the global folder, because Wireshark started as root reads no other.
    pub fn for_user(&self, root: bool) -> PathBuf {
        let folder = if root { &self.global } else { &self.personal };
        folder.join("epan").join(PLUGIN_FILE)
    }
}

/// A folder in the output of `tshark -G folders`.
///
/// # Errors
/// When it is not named there.
pub fn named_folder(text: &str, name: &str) -> Result<PathBuf> {
    let path = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| PathBuf::from(value.trim()))
    });
    path.filter(|path| path.is_absolute()).with_context(|| format!("tshark -G folders names no \"{name}\""))
}

/// One line of `tshark -G plugins`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The plugin's own version.
    pub version: String,
    /// What it registers, such as `dissector`.
    pub kind: String,
    /// The file that was loaded.
    pub path: PathBuf,
}

impl Loaded {
    /// The plugin of our file name that tshark loads, if any.
    pub fn ask() -> Result<Option<Self>> {
        Ok(Self::parse(&command::output(tshark().args(["-G", "plugins"]))?))
    }

    /// Finds our file name in the output of `tshark -G plugins`: name, version, type and path, separated by tabs.
    pub fn parse(text: &str) -> Option<Self> {
        text.lines().find_map(|line| {
            let mut columns = line.split('\t').map(str::trim);
            (columns.next()? == PLUGIN_FILE).then_some(())?;
            Some(Self { version: columns.next()?.into(), kind: columns.next()?.into(), path: columns.next()?.into() })
        })
    }
}

/// Checks that what was built for `headers` is loaded by the tshark in the path.
pub fn require_same_version(headers: Version, tshark: Version) -> Result<()> {
    if !tshark.loads(headers) {
        bail!(
            "tshark is {tshark} but the development files are for Wireshark {headers}: a plugin loads only in the \
             release it was compiled for"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDERS: &str = "Temp:                \t/tmp\n\
        Personal configuration:\t/u/alice/.config/wireshark\n\
        Personal Plugins:    \t/u/alice/.local/lib/wireshark/plugins/4.0\n\
        Global Plugins:      \t/usr/lib/x86_64-linux-gnu/wireshark/plugins/4.0\n\
        Personal Lua Plugins:\t/u/alice/.local/lib/wireshark/plugins\n\
        Global Lua Plugins:  \t/usr/lib/x86_64-linux-gnu/wireshark/plugins\n";

    #[test]
    fn folders_are_read_and_chosen_by_user() {
        let folders = Folders::parse(FOLDERS).unwrap();
        assert_eq!(folders.for_user(false), Path::new("/u/alice/.local/lib/wireshark/plugins/4.0/epan/msn.so"));
        assert_eq!(folders.for_user(true), Path::new("/usr/lib/x86_64-linux-gnu/wireshark/plugins/4.0/epan/msn.so"));
    }

    #[test]
    fn folders_with_a_missing_or_empty_line_are_an_error() {
        assert!(Folders::parse("Personal Plugins:\t/a/4.0\n").is_err());
        assert!(Folders::parse("Personal Plugins:\t/a/4.0\nGlobal Plugins:\t\n").is_err());
        assert!(Folders::parse("").is_err());
    }

    #[test]
    fn versions_are_read_from_the_header_and_from_tshark() {
        let header = "#ifndef X\n#define WIRESHARK_VERSION_MAJOR 4\n#define WIRESHARK_VERSION_MINOR 6\n\
                      #define WIRESHARK_VERSION_MICRO 12\n";
        let wanted = Version { major: 4, minor: 6, micro: 12 };
        assert_eq!(Version::from_header(header), Some(wanted));
        assert_eq!(Version::from_header("#define WIRESHARK_VERSION_MAJOR 4"), None);
        for line in [
            "TShark (Wireshark) 4.6.12 (Git v4.6.12 packaged as 4.6.12-0+deb12u3).",
            "TShark (Wireshark) 4.6.12.",
            "Running as user \"root\"\nTShark (Wireshark) 4.6.12rc1 (v4.6.12rc1).\n\nCopyright 1998-2026",
        ] {
            assert_eq!(Version::from_tshark(line), Some(wanted), "{line}");
        }
        assert_eq!(Version::from_tshark("bash: tshark: command not found"), None);
        assert_eq!(wanted.folder(), "4.6");
        assert_eq!(wanted.to_string(), "4.6.12");
        assert!(wanted.loads(Version { micro: 0, ..wanted }));
        assert!(!wanted.loads(Version { minor: 4, ..wanted }));
    }

    #[test]
    fn our_plugin_is_found_in_the_list() {
        let list = "mate.so         \t1.0.1\tdissector\t/usr/lib/wireshark/plugins/4.0/epan/mate.so\n\
                    msn.so          \t0.1.0\tdissector\t/tmp/4.0/epan/msn.so\n";
        let loaded = Loaded::parse(list).unwrap();
        assert_eq!(loaded.version, "0.1.0");
        assert_eq!(loaded.kind, "dissector");
        assert_eq!(loaded.path, Path::new("/tmp/4.0/epan/msn.so"));
        assert_eq!(Loaded::parse("mate.so\t1\tdissector\t/x/mate.so\n"), None);
    }

    #[test]
    fn include_folders_become_system_folders() {
        let flags = words("-I/usr/include/wireshark -pthread -I/usr/include/glib-2.0");
        assert_eq!(
            system_includes(&flags).join(" "),
            "-isystem /usr/include/wireshark -pthread -isystem /usr/include/glib-2.0"
        );
    }
}
