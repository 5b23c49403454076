// SPDX-License-Identifier: GPL-2.0-or-later
//! Putting the plugin into Wireshark's plugin folder, and taking it out again.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::check::is_our_plugin;
use crate::command::{self, is_root};
use crate::compile::{self, Strictness};
use crate::profile;
use crate::project::{PLUGIN_FILE, Project};
use crate::wireshark::{Folders, Loaded, require_same_version, tshark_version};

/// Builds and installs the plugin, and checks that tshark loads it. Returns the installed file.
///
/// # Errors
/// When the folder cannot be written, or tshark does not load what was installed; then everything is as before.
pub fn install(project: &Project) -> Result<PathBuf> {
    let plugin = compile::build(project, Strictness::Usable)?;
    require_same_version(plugin.headers.version, tshark_version()?)?;
    let folders = Folders::ask()?;
    let destination = folders.for_user(is_root());
    refuse_foreign(&destination)?;
    let before = fs::read(&destination).ok();
    let made = missing_folders(&destination);
    let done = place(&plugin.file, &destination).and_then(|()| verify(project, &destination));
    if let Err(error) = done {
        undo(&destination, before.as_deref(), &made);
        return Err(error.context("nothing was installed"));
    }
    let other = folders.for_user(!is_root());
    if other != destination && other.exists() {
        println!("warning: {} has the same name; Wireshark loads only one of them", other.display());
    }
    // Without it the plugin works as well.
    if let Err(error) = profile::install(is_root()) {
        println!("warning: the profile is not installed: {error:#}");
    }
    println!("check at any time: tshark -G plugins | grep msn.so");
    Ok(destination)
}

/// What somebody else's plugin of this name does is not known, so it is not overwritten.
fn refuse_foreign(destination: &Path) -> Result<()> {
    if fs::symlink_metadata(destination).is_ok() && !is_our_plugin(destination) {
        bail!("{} is not this plugin; it stays, and nothing was installed", destination.display());
    }
    Ok(())
}

fn verify(project: &Project, destination: &Path) -> Result<()> {
    match Loaded::ask()? {
        Some(loaded) if loaded.path == destination && loaded.version == project.version => {
            let folder = if is_root() { "global" } else { "personal" };
            println!("installed {} ({folder} plugin folder)", destination.display());
            println!("tshark loads it: version {}, {}", loaded.version, loaded.kind);
            Ok(())
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
}

/// Folders on the way to a file that are not there yet, the innermost first.
fn missing_folders(file: &Path) -> Vec<PathBuf> {
    file.ancestors().skip(1).take_while(|folder| !folder.exists()).map(Path::to_owned).collect()
}

/// Brings back what was there before an installation that failed.
fn undo(file: &Path, before: Option<&[u8]>, made: &[PathBuf]) {
    let restored = match before {
        Some(bytes) => fs::write(file, bytes),
        None => fs::remove_file(file),
    };
    if let Err(error) = restored
        && error.kind() != ErrorKind::NotFound
    {
        eprintln!("warning: {} is not as it was: {error}", file.display());
    }
    for folder in made {
        // One that somebody else has used in the meantime stays.
        let _ = fs::remove_dir(folder);
    }
}

/// Puts the plugin where a package of it has it, below `root`: no tshark is asked, and none must be there.
///
/// # Errors
/// When it does not compile, or the folder cannot be written.
pub fn stage(project: &Project, root: &Path) -> Result<()> {
    let plugin = compile::build(project, Strictness::Usable)?;
    let folder = plugin_folder()?;
    let below = folder.strip_prefix("/").unwrap_or(&folder);
    let destination = root.join(below).join("epan").join(PLUGIN_FILE);
    refuse_foreign(&destination)?;
    place(&plugin.file, &destination)?;
    let prefix = command::output(Command::new("pkg-config").args(["--variable=prefix", "wireshark"]))?;
    let data = Path::new(prefix.trim()).join("share/wireshark");
    profile::stage(&root.join(data.strip_prefix("/").unwrap_or(&data)))?;
    println!("installed {}", destination.display());
    Ok(())
}

/// Wireshark's own folder of plugins, from pkg-config.
fn plugin_folder() -> Result<PathBuf> {
    let text = command::output(Command::new("pkg-config").args(["--variable=plugindir", "wireshark"]))?;
    let folder = PathBuf::from(text.trim());
    if !folder.is_absolute() {
        bail!("wireshark.pc names no plugindir");
    }
    Ok(folder)
}

/// Where the plugin of this user may have been installed: where tshark says, and what lies beside, for other versions; and
/// in the usual places, in case that there is no tshark any more.
fn candidates(root: bool) -> Vec<PathBuf> {
    let mut parents: Vec<PathBuf> = Vec::new();
    let mut add = |folder: Option<&Path>| parents.extend(folder.map(Path::to_owned));
    if let Ok(folders) = Folders::ask() {
        add(if root { folders.global.parent() } else { folders.personal.parent() });
    }
    if root {
        add(plugin_folder().ok().as_deref().and_then(Path::parent));
        for library in ["/usr/lib", "/usr/lib64", "/usr/local/lib"] {
            add(Some(&Path::new(library).join("wireshark/plugins")));
        }
        let triplets = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
        triplets.for_each(|entry| add(Some(&entry.path().join("wireshark/plugins"))));
    } else if let Some(home) = std::env::var_os("HOME") {
        add(Some(&Path::new(&home).join(".local/lib/wireshark/plugins")));
    }
    below(&parents)
}

/// `<parent>/<version>/epan/msn.so` of each parent, as far as they are there, each once.
fn below(parents: &[PathBuf]) -> Vec<PathBuf> {
    let versions = parents.iter().filter_map(|parent| fs::read_dir(parent).ok()).flatten().flatten();
    let mut files: Vec<PathBuf> = versions.map(|version| version.path().join("epan").join(PLUGIN_FILE)).collect();
    files.retain(|file| fs::symlink_metadata(file).is_ok());
    files.sort();
    files.dedup();
    files
}

/// Removes the plugin from the folders that `install` uses for this user, of every Wireshark version.
///
/// # Errors
/// When a file there is not this plugin, or cannot be removed; the others are removed all the same.
pub fn uninstall() -> Result<()> {
    profile::uninstall(is_root());
    let files = candidates(is_root());
    if files.is_empty() {
        println!("nothing to remove: no {PLUGIN_FILE} in the plugin folders of this user");
    }
    let failures = remove_all(&files);
    let who = if is_root() { "that user" } else { "root" };
    for other in candidates(!is_root()).iter().filter(|file| is_our_plugin(file)) {
        println!("still installed: {} (remove it as {who}: cargo plugin uninstall)", other.display());
    }
    if !failures.is_empty() {
        let each: Vec<_> = failures.iter().map(|error| format!("{error:#}")).collect();
        bail!("{}", each.join("\n"));
    }
    Ok(())
}

/// Removes what can be removed of these; says what cannot.
fn remove_all(files: &[PathBuf]) -> Vec<anyhow::Error> {
    let remove = |file: &PathBuf| match remove(file) {
        Ok(true) => {
            println!("removed {}", file.display());
            None
        }
        Ok(false) => None,
        Err(error) => Some(error),
    };
    files.iter().filter_map(remove).collect()
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
    fn plugins_of_all_versions_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("3.6/epan/msn.so");
        let new = folder.path().join("4.4/epan/msn.so");
        for file in [&old, &new] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, b"\x7fELF msn.command").unwrap();
        }
        fs::create_dir_all(folder.path().join("4.6/epan")).unwrap();
        let parents = [folder.path().to_owned(), folder.path().to_owned(), folder.path().join("none")];
        assert_eq!(below(&parents), [old, new]);
    }

    #[test]
    fn an_installation_that_failed_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let built = folder.path().join("built.so");
        fs::write(&built, b"new").unwrap();
        let installed = folder.path().join("home/plugins/4.0/epan/msn.so");
        let made = missing_folders(&installed);
        assert_eq!(made.len(), 4);
        place(&built, &installed).unwrap();
        undo(&installed, None, &made);
        assert!(!folder.path().join("home").exists());

        place(&built, &installed).unwrap();
        assert!(missing_folders(&installed).is_empty());
        undo(&installed, Some(b"old"), &[]);
        assert_eq!(fs::read(&installed).unwrap(), b"old");
    }

    #[test]
    fn a_foreign_file_of_that_name_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("msn.so");
        fs::write(&file, b"\x7fELF somebody else's").unwrap();
        assert!(refuse_foreign(&file).is_err());
        assert!(remove(&file).is_err());
        assert!(file.exists());
        assert!(refuse_foreign(&folder.path().join("none.so")).is_ok());
    }

    #[test]
    fn one_that_cannot_be_removed_keeps_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["a.so", "b.so", "c.so"].map(|name| folder.path().join(name));
        fs::write(&files[0], b"\x7fELF somebody else's").unwrap();
        fs::write(&files[1], b"\x7fELF msn.command").unwrap();
        fs::write(&files[2], b"\x7fELF msn.command").unwrap();
        let failures = remove_all(&files);
        assert_eq!(failures.len(), 1);
        assert_eq!(files.map(|file| file.exists()), [true, false, false]);
    }
}
