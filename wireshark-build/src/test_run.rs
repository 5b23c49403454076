// SPDX-License-Identifier: GPL-2.0-or-later
//! Everything that must hold before a change is kept: formatting, lints, all tests.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{self, is_root, succeeds};
use crate::project::Project;
use crate::{compile, packages};

/// Names the plugin folder to the end-to-end tests.
const PLUGIN_DIR: &str = "MSN_PLUGIN_DIR";

/// Installs what is needed, builds the plugin, and runs every check and test; the last lines are the test runner's.
///
/// # Errors
/// At the first step that fails.
pub fn test(project: &Project) -> Result<()> {
    packages::ensure(packages::INSTALL, packages::Consent::Given)?;
    step("plugin");
    compile::build(project, compile::Strictness::Strict)?;

    if available(project, "fmt", "rustfmt") {
        step("formatting");
        command::run(project.cargo().args(["fmt", "--all", "--check"])).context("the formatting differs: cargo fmt")?;
    }
    if available(project, "clippy", "clippy") {
        step("lints");
        let mut clippy = project.cargo();
        clippy.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
        command::run(&mut clippy)?;
    }

    oldest_rust(project)?;

    // tshark ignores the plugin folder of the environment when it runs as root, so the tests start it as nobody, and
    // nobody may not be able to enter this workspace: it gets a copy.
    let shared = tempfile::Builder::new().prefix("msn-plugin-").tempdir()?;
    let plugins = if is_root() {
        share(&project.plugin_dir(), shared.path())?;
        shared.path().to_owned()
    } else {
        project.plugin_dir()
    };

    step("documentation tests");
    command::run(cargo_test(project, &plugins).args(["test", "--workspace", "--doc"]))?;

    step("tests");
    let mut tests = cargo_test(project, &plugins);
    if succeeds(project.cargo().args(["nextest", "--version"])) {
        tests.args(["nextest", "run", "--workspace"]);
    } else {
        tests.args(["test", "--workspace", "--lib", "--bins", "--tests", "--examples"]);
    }
    command::run(&mut tests)
}

/// Compiles everything with the oldest Rust that the workspace promises, where rustup has it. That no newer function of
/// the standard library is called, clippy sees from the same promise (`incompatible_msrv`).
fn oldest_rust(project: &Project) -> Result<()> {
    let wanted = &project.rust_version;
    let toolchains = command::output(Command::new("rustup").args(["toolchain", "list"])).unwrap_or_default();
    let is_oldest = |name: &&str| name.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with(['.', '-']));
    let Some(name) = toolchains.split_whitespace().find(is_oldest) else {
        println!("\nSKIPPED: Rust {wanted} is not installed (rustup toolchain install {wanted} --profile minimal)");
        return Ok(());
    };
    step("oldest Rust");
    let mut cargo = Command::new("rustup");
    cargo.args(["run", name, "cargo", "check", "--workspace", "--all-targets", "--quiet"]).current_dir(&project.root);
    cargo
        .env("CARGO_TARGET_DIR", project.target.join("oldest-rust"))
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN");
    command::run(&mut cargo).with_context(|| format!("Rust {wanted} does not compile the workspace"))
}

fn cargo_test(project: &Project, plugins: &Path) -> Command {
    let mut cargo = project.cargo();
    cargo.env(PLUGIN_DIR, plugins);
    cargo
}

fn step(name: &str) {
    println!("\n== {name} ==");
}

/// Whether a cargo subcommand of the Rust toolchain is installed; says so when it is not.
fn available(project: &Project, subcommand: &str, component: &str) -> bool {
    let found = succeeds(project.cargo().args([subcommand, "--version"]));
    if !found {
        println!("\nSKIPPED: cargo {subcommand} is not installed (rustup component add {component})");
    }
    found
}

/// Copies a folder so that every user can read it.
fn share(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            share(&entry.path(), &copy)?;
        } else {
            fs::copy(entry.path(), &copy)?;
            fs::set_permissions(&copy, fs::Permissions::from_mode(0o644))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_copy_is_readable_by_everybody() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("plugins");
        let file = from.join("4.0/epan/msn.so");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, b"plugin").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::set_permissions(&from, fs::Permissions::from_mode(0o700)).unwrap();

        let to = folder.path().join("copy");
        share(&from, &to).unwrap();
        let mode = |path: &str| to.join(path).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(""), 0o755);
        assert_eq!(mode("4.0/epan"), 0o755);
        assert_eq!(mode("4.0/epan/msn.so"), 0o644);
        assert_eq!(fs::read(to.join("4.0/epan/msn.so")).unwrap(), b"plugin");
    }
}
