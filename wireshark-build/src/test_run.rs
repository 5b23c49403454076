// SPDX-License-Identifier: GPL-2.0-or-later
//! Everything that must hold before a change is kept: formatting, lints, all tests.

use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{self, succeeds};
use crate::project::Project;
use crate::{compile, package, packages, supply};

/// Names the plugin folder to the end-to-end tests.
const PLUGIN_DIR: &str = "MSN_PLUGIN_DIR";

/// Installs what is needed, builds the plugin, and runs every check and test; the last lines are the test runner's.
///
/// # Errors
/// At the first step that fails.
pub fn test(project: &Project) -> Result<()> {
    packages::ensure(packages::INSTALL, packages::Consent::Given)?;
    step("plugin");
    let plugin = compile::build(project, compile::Strictness::Strict)?;
    step("the same plugin in another folder");
    package::again::compare(project, &plugin)?;

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

    step("crates");
    supply::check(project)?;

    oldest_rust(project)?;

    step("documentation tests");
    command::run(cargo_test(project).args(["test", "--workspace", "--doc"]))?;

    step("tests");
    let mut tests = cargo_test(project);
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

fn cargo_test(project: &Project) -> Command {
    let mut cargo = project.cargo();
    cargo.env(PLUGIN_DIR, project.plugin_dir());
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
