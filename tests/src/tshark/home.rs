// SPDX-License-Identifier: GPL-2.0-or-later
//! The scratch folder in which Wireshark's programs run: their home, their settings, the plugin and the captures.
//!
//! Started as root, tshark ignores `WIRESHARK_PLUGIN_DIR`; so root's tests run it as an unprivileged user, who may not
//! be able to look into the folder where the project lies. Therefore all it needs is copied here.

use anyhow::{Context, Result, bail};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tempfile::TempDir;

/// User and group "nobody", as which root runs tshark.
const NOBODY: u32 = 65534;

/// A scratch folder; removed when the last user of it in this process is done.
#[derive(Debug)]
pub(super) struct Home {
    folder: TempDir,
    root: bool,
}

static SHARED: Mutex<Weak<Home>> = Mutex::new(Weak::new());

impl Home {
    /// The scratch folder that all tests of this process share while any of them runs.
    pub(super) fn shared() -> Result<Arc<Home>> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(home) = shared.upgrade() {
            return Ok(home);
        }
        let home = Arc::new(Home::create()?);
        *shared = Arc::downgrade(&home);
        Ok(home)
    }

    fn create() -> Result<Home> {
        let folder = tempfile::Builder::new().prefix("msn-tests.").tempdir()?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        // What this process creates belongs to its user.
        let root = fs::metadata(folder.path())?.uid() == 0;
        let home = Home { folder, root };
        for name in ["home", "config", "data", "cache", "plugins", "export"] {
            let path = home.path(name);
            fs::create_dir(&path)?;
            if root {
                chown(&path, Some(NOBODY), Some(NOBODY))?;
            }
        }
        if let Some(plugins) = plugin_folder()? {
            copy_tree(&plugins, &home.path("plugins"))?;
        }
        Ok(home)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new folder inside, writable for whoever tshark runs as.
    pub(super) fn subfolder(&self, prefix: &str) -> Result<TempDir> {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(self.folder.path())?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        if self.root {
            chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
        }
        Ok(folder)
    }

    /// A command that runs `program` unprivileged, with no settings but those of this folder.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = if self.root {
            let mut command = Command::new("setpriv");
            command.arg(format!("--reuid={NOBODY}")).arg(format!("--regid={NOBODY}")).arg("--clear-groups");
            command.arg("--").arg(program);
            command
        } else {
            Command::new(program)
        };
        command.env_clear();
        for kept in ["PATH", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE", "ASAN_OPTIONS"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.env("HOME", self.path("home")).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        command.env("WIRESHARK_CONFIG_DIR", self.path("config")).env("WIRESHARK_PLUGIN_DIR", self.path("plugins"));
        command.env("XDG_CONFIG_HOME", self.path("config")).env("XDG_DATA_HOME", self.path("data"));
        command.env("XDG_CACHE_HOME", self.path("cache"));
        command.current_dir(self.folder.path());
        command
    }
}

/// The folder with built plugins: `MSN_PLUGIN_DIR`, or the workspace's own. `None` when `MSN_PLUGIN_DIR` is set but
/// empty, which asks for a run without plugin.
fn plugin_folder() -> Result<Option<PathBuf>> {
    let folder = match std::env::var_os("MSN_PLUGIN_DIR") {
        Some(folder) if folder.is_empty() => return Ok(None),
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/plugins"),
    };
    if !contains_plugin(&folder) {
        bail!("no plugin in {}: run `cargo plugin build`", folder.display());
    }
    Ok(Some(folder))
}

fn contains_plugin(folder: &Path) -> bool {
    let Ok(versions) = fs::read_dir(folder) else {
        return false;
    };
    versions.flatten().any(|version| version.path().join("epan/msn.so").is_file())
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target)?;
            fs::set_permissions(&target, Permissions::from_mode(0o755))?;
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).with_context(|| format!("cannot copy {}", entry.path().display()))?;
            fs::set_permissions(&target, Permissions::from_mode(0o755))?;
        }
    }
    Ok(())
}
