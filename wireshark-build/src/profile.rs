// SPDX-License-Identifier: GPL-2.0-or-later
//! The profile "MSN": columns, filter buttons and colouring rules, put beside the user's other profiles.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command;
use crate::wireshark::{named_folder, tshark};

/// Its name in the window's list.
const NAME: &str = "MSN";

/// Its files, as Wireshark names them.
const FILES: [(&str, &str); 3] = [
    ("preferences", include_str!("../../plugin-c/profile/preferences")),
    ("colorfilters", include_str!("../../plugin-c/profile/colorfilters")),
    ("dfilter_buttons", include_str!("../../plugin-c/profile/dfilter_buttons")),
];

/// Where profiles of this user are; of all users for root.
fn folder(root: bool) -> Result<PathBuf> {
    let text = command::output(tshark().args(["-G", "folders"]))?;
    let name = if root { "Global configuration" } else { "Personal configuration" };
    Ok(named_folder(&text, name)?.join("profiles").join(NAME))
}

/// Installs the profile. What the user changed in it stays.
///
/// # Errors
/// When the folder is not known or cannot be written.
pub fn install(root: bool) -> Result<()> {
    let folder = folder(root)?;
    match write(&folder)? {
        0 => println!("profile \"{NAME}\" is there already: {}", folder.display()),
        _ => println!("installed the profile \"{NAME}\" (Edit > Configuration Profiles): {}", folder.display()),
    }
    Ok(())
}

/// Writes the files that are not there; says how many.
fn write(folder: &Path) -> Result<usize> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut written = 0;
    for (name, content) in FILES {
        let file = folder.join(name);
        if !file.exists() {
            fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
            written += 1;
        }
    }
    Ok(written)
}

/// Writes the profile where a package of it has it, below a folder of data.
///
/// # Errors
/// When it cannot be written.
pub fn stage(data: &Path) -> Result<()> {
    write(&data.join("profiles").join(NAME)).map(drop)
}

/// Removes the profile's files that are as they were installed.
pub fn uninstall(root: bool) {
    let asked = folder(root).ok();
    let usual = match std::env::var_os("HOME") {
        Some(home) if !root => Some(Path::new(&home).join(".config/wireshark/profiles").join(NAME)),
        _ => Some(Path::new("/usr/share/wireshark/profiles").join(NAME)),
    };
    for folder in [asked, usual].into_iter().flatten() {
        if remove(&folder) > 0 {
            println!("removed the profile {}", folder.display());
        }
    }
}

/// Removes what was not changed; says how many files.
fn remove(folder: &Path) -> usize {
    let own = |(name, content): &(&str, &str)| {
        let file = folder.join(name);
        fs::read(&file).is_ok_and(|bytes| bytes == content.as_bytes()) && fs::remove_file(file).is_ok()
    };
    let removed = FILES.iter().filter(|file| own(file)).count();
    // One that holds something else stays.
    let _ = fs::remove_dir(folder);
    removed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_changed_stays() {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("profiles/MSN");
        assert_eq!(write(&profile).unwrap(), 3);
        fs::write(profile.join("preferences"), "mine").unwrap();
        assert_eq!(write(&profile).unwrap(), 0);
        assert_eq!(remove(&profile), 2);
        assert_eq!(fs::read_to_string(profile.join("preferences")).unwrap(), "mine");
        fs::remove_file(profile.join("preferences")).unwrap();
        assert_eq!((write(&profile).unwrap(), remove(&profile)), (3, 3));
        assert!(!profile.exists());
    }
}
