// SPDX-License-Identifier: GPL-2.0-or-later
//! Whether the crates that this is built of are known to be at fault, and may be used: cargo-deny or cargo-audit says, where
//! they are installed and reach their database.

use anyhow::{Result, bail};

use crate::command::{announce, shown, succeeds};
use crate::project::Project;

/// What a program says when the database of advisories cannot be had.
const UNREACHED: [&str; 4] = ["fetch", "clone", "resolve", "network"];

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    Bad,
    /// It could not look.
    Blind,
}

fn verdict(success: bool, messages: &str) -> Verdict {
    let error = |line: &str| line.starts_with("error") && UNREACHED.iter().any(|word| line.contains(word));
    let blind = |line: &str| error(line) || line.contains("failed to fetch advisory database");
    match success {
        true => Verdict::Good,
        false if messages.lines().any(blind) => Verdict::Blind,
        false => Verdict::Bad,
    }
}

/// Asks whichever of the two is there; says what was not looked at.
///
/// # Errors
/// When a crate is at fault or may not be used.
pub fn check(project: &Project) -> Result<()> {
    let there = |name: &str| succeeds(project.cargo().args([name, "--version"]));
    let mut looked = false;
    if there("deny") {
        run(project, &["deny", "check", "bans", "licenses", "sources"])?;
        looked = run(project, &["deny", "check", "advisories"])?;
    } else {
        println!("SKIPPED: licences and sources of crates (cargo install --locked cargo-deny)");
    }
    if !looked && there("audit") {
        run(project, &["audit", "--quiet"])?;
    } else if !looked {
        println!("SKIPPED: advisories about crates (cargo install --locked cargo-audit)");
    }
    Ok(())
}

/// Runs a check; false if it could not look.
fn run(project: &Project, arguments: &[&str]) -> Result<bool> {
    let mut cargo = project.cargo();
    cargo.args(arguments);
    announce(&cargo);
    let output = cargo.stdin(std::process::Stdio::null()).output()?;
    let messages = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    match verdict(output.status.success(), &messages) {
        Verdict::Good => Ok(true),
        Verdict::Blind => {
            println!("SKIPPED: {}: its database cannot be fetched", shown(&cargo));
            Ok(false)
        }
        Verdict::Bad => bail!("{messages}\n{} fails", shown(&cargo)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_out_of_reach_is_no_verdict() {
        let audit = "error: couldn't fetch advisory database: git operation failed: failed to lookup address\n";
        assert_eq!(verdict(false, audit), Verdict::Blind);
        assert_eq!(verdict(false, "2026 [ERROR] failed to fetch advisory database x\n"), Verdict::Blind);
        assert_eq!(verdict(false, "error: 1 vulnerability found!\n"), Verdict::Bad);
        assert_eq!(verdict(true, ""), Verdict::Good);
    }
}
