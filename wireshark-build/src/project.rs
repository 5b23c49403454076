// SPDX-License-Identifier: GPL-2.0-or-later
//! The workspace: where it lies, where it builds, which version it has.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;

/// Package name of the parsing crate.
pub const CORE: &str = "msn-dissect-core";

/// File name of the plugin.
pub const PLUGIN_FILE: &str = "msn.so";

/// The workspace as cargo sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Where cargo builds; obeys `CARGO_TARGET_DIR`.
    pub target: PathBuf,
    /// Version of the workspace, which is the plugin's version.
    pub version: String,
    /// Oldest Rust that compiles the workspace, as `major.minor`.
    pub rust_version: String,
}

impl Project {
    /// Asks cargo about the workspace that holds the current folder.
    ///
    /// # Errors
    /// When the folder belongs to no workspace with the parsing crate in it.
    pub fn load() -> Result<Self> {
        let mut metadata = cargo_command();
        metadata.args(["metadata", "--no-deps", "--format-version=1"]);
        Self::from_metadata(&command::output(&mut metadata)?)
    }

    fn from_metadata(text: &str) -> Result<Self> {
        let metadata: Value = serde_json::from_str(text).context("cargo metadata is not JSON")?;
        let core = metadata["packages"]
            .as_array()
            .and_then(|packages| packages.iter().find(|package| package["name"] == CORE))
            .with_context(|| format!("run this inside the workspace of {CORE}"))?;
        let text = |value: &Value, what: &str| {
            let found = value.as_str().map(str::to_owned);
            found.with_context(|| format!("cargo metadata names no {what}"))
        };
        Ok(Self {
            root: text(&metadata["workspace_root"], "workspace root")?.into(),
            target: text(&metadata["target_directory"], "target directory")?.into(),
            version: text(&core["version"], "version")?,
            rust_version: text(&core["rust_version"], "Rust version")?,
        })
    }

    /// Cargo, to be run in the workspace. A relative `CARGO_TARGET_DIR` keeps the meaning it has for the user.
    pub fn cargo(&self) -> Command {
        let mut cargo = cargo_command();
        cargo.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        cargo
    }

    /// The folder to hand to Wireshark in `WIRESHARK_PLUGIN_DIR`.
    pub fn plugin_dir(&self) -> PathBuf {
        self.target.join("plugins")
    }

    /// Folder of the C shim's sources.
    pub fn shim_dir(&self) -> PathBuf {
        self.root.join("plugin-c")
    }

    /// A path as a user would type it: relative to the current folder where it lies below it.
    pub fn shorten(path: &Path) -> String {
        let here = std::env::current_dir().unwrap_or_default();
        path.strip_prefix(&here).unwrap_or(path).display().to_string()
    }
}

/// Cargo without what `cargo run` put into the environment for this program: build scripts of the nested run would
/// take it for their own.
fn cargo_command() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&*name);
        }
    }
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_cargo_says_about_this_workspace() {
        let project = Project::load().unwrap();
        assert!(project.root.join("wireshark-build/Cargo.toml").is_file());
        assert_eq!(project.version, env!("CARGO_PKG_VERSION"));
        assert_eq!(project.rust_version, env!("CARGO_PKG_RUST_VERSION"));
        assert!(project.plugin_dir().ends_with("plugins"));
    }

    #[test]
    fn refuses_a_foreign_workspace() {
        let text = r#"{"packages":[{"name":"other"}],"workspace_root":"/x","target_directory":"/x/target"}"#;
        assert!(Project::from_metadata(text).is_err());
        assert!(Project::from_metadata("{").is_err());
    }
}
