// SPDX-License-Identifier: GPL-2.0-or-later
//! Whether the same sources give the same plugin in another folder.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command;
use crate::compile::{self, Plugin, Strictness};
use crate::project::Project;

/// Builds a copy of the sources elsewhere, with nothing of earlier builds, and compares the plugins.
///
/// # Errors
/// When it does not compile, or differs.
pub fn compare(project: &Project, plugin: &Plugin) -> Result<()> {
    let scratch = tempfile::Builder::new().prefix("msn-again-").tempdir()?;
    let root = scratch.path().join("another folder").join("sources");
    fs::create_dir_all(&root)?;
    println!("building once more, in {}", root.display());
    let mut copy = Command::new("cp");
    copy.arg("-R");
    for part in ["Cargo.toml", "Cargo.lock", "LICENSE", "msn-dissect-core", "plugin-c", "wireshark-build", "tests"] {
        copy.arg(project.root.join(part));
    }
    command::run(copy.arg(&root))?;
    let copied = Project { root, target: scratch.path().join("out"), ..project.clone() };
    let other = compile::build(&copied, Strictness::Usable)?;
    if fs::read(&plugin.file)? != fs::read(&other.file)? {
        bail!("the same sources give another plugin in another folder: {}", scratch.keep().display());
    }
    println!("built twice, in two folders: the same bytes");
    Ok(())
}
