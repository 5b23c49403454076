// SPDX-License-Identifier: GPL-2.0-or-later
//! Putting the plugin into Wireshark's plugin folder, and taking it out again.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::check::is_our_plugin;
use crate::command::is_root;
use crate::compile;
use crate::project::Project;
use crate::wireshark::{Folders, Loaded, require_same_version, tshark_version};

/// Builds and installs the plugin, and checks that tshark loads it. Returns the installed file.
///
/// # Errors
/// When the folder cannot be written, or tshark does not load what was installed.
pub fn install(project: &Project) -> Result<PathBuf> {
    let plugin = compile::build(project)?;
    require_same_version(plugin.headers.version, tshark_version()?)?;
    let folders = Folders::ask()?;
    let destination = folders.for_user(is_root());
    place(&plugin.file, &destination)?;
    let folder = if is_root() { "global" } else { "personal" };
    println!("installed {} ({folder} plugin folder)", destination.display());

    match Loaded::ask()? {
        Some(loaded) if loaded.path == destination && loaded.version == project.version => {
            println!("tshark loads it: version {}, {}", loaded.version, loaded.kind);
        }
        Some(loaded) => bail!(
            "tshark loads another file of the same name: {} ({}). Remove it: {}rm {}",
            loaded.path.display(),
            loaded.version,
            if is_root() { "" } else { "sudo " },
            loaded.path.display()
        ),
        None => bail!("tshark does not load {}; see the messages of: tshark -G plugins", destination.display()),
    }
    let other = folders.for_user(!is_root());
    if other != destination && other.exists() {
        println!("warning: {} has the same name; Wireshark loads only one of them", other.display());
    }
    println!("check at any time: tshark -G plugins | grep msn.so");
    Ok(destination)
}

/// Removes the plugin from the folder that `install` uses for this user.
///
/// # Errors
/// When the file there is not this plugin, or cannot be removed.
pub fn uninstall() -> Result<()> {
    let folders = Folders::ask()?;
    let file = folders.for_user(is_root());
    if remove(&file)? {
        println!("removed {}", file.display());
    } else {
        println!("nothing to remove: {} does not exist", file.display());
    }
    let other = folders.for_user(!is_root());
    if other != file && is_our_plugin(&other) {
        let who = if is_root() { "that user" } else { "root" };
        println!("still installed: {} (remove it as {who}: cargo plugin uninstall)", other.display());
    }
    println!("check: tshark -G plugins | grep msn.so");
    Ok(())
}

/// Copies a file to its destination in one step: a running Wireshark keeps the old one, nobody sees half a file.
fn place(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().context("the destination has no folder")?;
    let write = || -> Result<()> {
        fs::create_dir_all(folder)?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        std::io::copy(&mut fs::File::open(from)?, &mut temporary)?;
        temporary.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
        temporary.persist(to)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", to.display()))
}

/// Removes the plugin; says whether there was one.
fn remove(file: &Path) -> Result<bool> {
    match fs::symlink_metadata(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        found => found.with_context(|| format!("cannot look at {}", file.display()))?,
    };
    if !is_our_plugin(file) {
        bail!("{} is not this plugin; it stays", file.display());
    }
    fs::remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_removes_only_the_plugin() {
        let folder = tempfile::tempdir().unwrap();
        let built = folder.path().join("built.so");
        fs::write(&built, b"\x7fELF msn.command").unwrap();
        let installed = folder.path().join("4.0/epan/msn.so");

        assert!(!remove(&installed).unwrap());
        place(&built, &installed).unwrap();
        place(&built, &installed).unwrap();
        assert_eq!(fs::read(&installed).unwrap(), fs::read(&built).unwrap());
        assert_eq!(installed.metadata().unwrap().permissions().mode() & 0o777, 0o644);
        let neighbour = installed.with_file_name("other.so");
        fs::write(&neighbour, b"x").unwrap();
        assert_eq!(fs::read_dir(installed.parent().unwrap()).unwrap().count(), 2);

        assert!(remove(&installed).unwrap());
        assert!(!installed.exists() && neighbour.exists());
    }

    #[test]
    fn a_foreign_file_of_that_name_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("msn.so");
        fs::write(&file, b"\x7fELF somebody else's").unwrap();
        assert!(remove(&file).is_err());
        assert!(file.exists());
    }
}
