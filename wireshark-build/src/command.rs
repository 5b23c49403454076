// SPDX-License-Identifier: GPL-2.0-or-later
//! Starting other programs, with errors that name what was started.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};

static VERBOSE: AtomicBool = AtomicBool::new(false);

/// The user and group that tshark gets when the build tool runs as root (Debian's `nobody` and `nogroup`).
pub const NOBODY: u32 = 65534;

/// Whether every started program is printed first.
pub fn set_verbose(on: bool) {
    VERBOSE.store(on, Ordering::Relaxed);
}

/// A program with its arguments, written so that it can be pasted into a shell.
pub fn shown(command: &Command) -> String {
    std::iter::once(command.get_program()).chain(command.get_args()).map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./,:@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Prints the program when `--verbose` was given.
pub fn announce(command: &Command) {
    if VERBOSE.load(Ordering::Relaxed) {
        eprintln!("+ {}", shown(command));
    }
}

/// Runs a program with the terminal's own input and output; an error unless it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    announce(command);
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a program and returns what it wrote to standard output; an error, with its messages, unless it succeeds.
pub fn output(command: &mut Command) -> Result<String> {
    announce(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{} failed ({})\n{}", shown(command), output.status, String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program can be started and succeeds; its output is thrown away.
pub fn succeeds(command: &mut Command) -> bool {
    announce(command);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Where a program is found: in `PATH`, or in the system folders that an ordinary user's `PATH` leaves out.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// Whether the build tool runs as root.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_quotes_what_a_shell_would_change() {
        let mut command = Command::new("tshark");
        command.args(["-Y", "msn.command == \"USR\"", "it's", "", "-r", "a/b.pcap"]);
        assert_eq!(shown(&command), r#"tshark -Y 'msn.command == "USR"' 'it'\''s' '' -r a/b.pcap"#);
    }

    #[test]
    fn output_reports_messages_of_a_failed_program() {
        let error = output(Command::new("sh").args(["-c", "echo oops >&2; exit 3"])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("oops") && text.contains('3'), "{text}");
        assert_eq!(output(Command::new("echo").arg("fine")).unwrap(), "fine\n");
    }

    #[test]
    fn programs_are_found_in_the_path() {
        assert!(find_program("sh").is_some());
        assert!(find_program("no-such-program-here").is_none());
    }
}
