// SPDX-License-Identifier: GPL-2.0-or-later
//! Which Debian packages have the libraries that a plugin is linked with, and which C library is new enough.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::place::Place;
use crate::wireshark::Version;

/// The first C library that reads packed relocations, which it calls a version of its own.
const PACKED: (&str, (u32, u32)) = ("GLIBC_ABI_DT_RELR", (2, 36));

/// What `objdump -p` says of a library.
#[derive(Debug, Default, PartialEq, Eq)]
struct Needs {
    libraries: Vec<String>,
    glibc: (u32, u32),
}

impl Needs {
    fn parse(text: &str) -> Self {
        let mut needs = Needs::default();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["NEEDED", library] => needs.libraries.push(library.to_owned()),
                [.., version] if version == PACKED.0 => needs.glibc = needs.glibc.max(PACKED.1),
                [.., version] if version.starts_with("GLIBC_") => {
                    let mut numbers = version["GLIBC_".len()..].split('.').map(|number| number.parse().unwrap_or(0));
                    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
                    needs.glibc = needs.glibc.max(version);
                }
                _ => {}
            }
        }
        needs
    }
}

/// The package in what `dpkg-query --search` says.
fn package(text: &str) -> Option<&str> {
    let is_library = |file: &str| ["/lib", "/usr/lib"].iter().any(|folder| file.starts_with(folder));
    let owner = |line: &&str| {
        !line.starts_with("diversion ") && line.split_once(": ").is_some_and(|(_, file)| is_library(file))
    };
    let line = text.lines().find(owner)?;
    line.split([':', ',']).next()
}

/// The packages that a plugin depends on, as `Depends:` lists them.
///
/// # Errors
/// When a library belongs to no package, or the plugin is linked with no Wireshark.
pub fn depends(place: &Place, plugin: &Path, wireshark: Version) -> Result<String> {
    let text = command::output(std::process::Command::new("objdump").arg("-p").arg(plugin))?;
    let needs = Needs::parse(&text);
    let mut depends: Vec<String> = Vec::new();
    for library in &needs.libraries {
        let found = command::output(place.command("dpkg-query").arg("--search").arg(format!("*/{library}")))?;
        let package = package(&found).with_context(|| format!("{library} belongs to no package"))?;
        let Version { major, minor, .. } = wireshark;
        depends.push(match package {
            "libc6" => format!("libc6 (>= {}.{})", needs.glibc.0, needs.glibc.1),
            _ if package.starts_with("libwireshark") => {
                format!("{package} (>= {major}.{minor}), {package} (<< {major}.{}~)", minor + 1)
            }
            _ => package.to_owned(),
        });
    }
    depends.sort();
    depends.dedup();
    if !depends.iter().any(|one| one.starts_with("libwireshark")) {
        bail!("{} is not linked with libwireshark", plugin.display());
    }
    Ok(depends.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_read() {
        let text = "Dynamic Section:\n  NEEDED               libwireshark.so.16\n  NEEDED               libc.so.6\n\
                    Version References:\n  required from libc.so.6:\n    0x09691a75 0x00 03 GLIBC_2.2.5\n\
                    \x20   0x069691b4 0x00 02 GLIBC_2.34\n";
        let needs = Needs::parse(text);
        assert_eq!(needs, Needs { libraries: vec!["libwireshark.so.16".into(), "libc.so.6".into()], glibc: (2, 34) });
        assert_eq!(Needs::parse("  0x0 0x00 04 GLIBC_ABI_DT_RELR\n").glibc, (2, 36));
    }

    #[test]
    fn packages_are_read() {
        assert_eq!(package("libc6:amd64: /lib/x86_64-linux-gnu/libc.so.6\n"), Some("libc6"));
        let diverted = "diversion by x from: /lib/libc.so.6\nother: /opt/libc.so.6\nlibc6: /usr/lib/libc.so.6\n";
        assert_eq!(package(diverted), Some("libc6"));
        assert_eq!(package(""), None);
    }
}
