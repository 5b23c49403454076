// SPDX-License-Identifier: GPL-2.0-or-later
//! Plugin folders, generated captures and runs of tshark, in a scratch folder that every user can read.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command;
use crate::compile::{self, Plugin};
use crate::measure::{Cost, cost};
use crate::project::{PLUGIN_FILE, Project};
use crate::wireshark::tshark_with;

/// The floor: claims the port and decodes nothing.
pub const NULL_PLUGIN: &str = include_str!("null_plugin.c");
/// File name of the floor beside the plugin.
const NULL_FILE: &str = "floor.so";

/// The plugins that tshark loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plugins {
    /// None: Wireshark's own dissectors.
    None,
    /// This plugin.
    Ours,
    /// The floor, under the plugin's name.
    Floor,
    /// This plugin and the floor, which decodes only what it is told to.
    Both,
}

impl Plugins {
    const ALL: [Self; 4] = [Self::None, Self::Ours, Self::Floor, Self::Both];

    fn folder(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ours => "ours",
            Self::Floor => "floor",
            Self::Both => "both",
        }
    }
}

/// The scratch folder; removed with the value.
pub struct Stage<'a> {
    folder: tempfile::TempDir,
    project: &'a Project,
}

impl<'a> Stage<'a> {
    /// Lays out the folders of plugins and compiles the floor.
    ///
    /// # Errors
    /// When a file cannot be written or the floor does not compile.
    pub fn set(project: &'a Project, plugin: &Plugin) -> Result<Self> {
        let everybody = fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("msn-bench-").permissions(everybody).tempdir()?;
        let stage = Self { folder, project };
        fs::create_dir_all(stage.home())?;
        fs::create_dir_all(stage.profiles())?;
        fs::set_permissions(stage.profiles(), fs::Permissions::from_mode(0o777))?;

        let source = stage.file("null_plugin.c");
        fs::write(&source, NULL_PLUGIN)?;
        let floor = stage.file(NULL_FILE);
        let compiler = compile::compiler(project)?;
        command::run(&mut compile::command_line(compiler, project, &plugin.headers, &[source], &floor))?;

        for plugins in Plugins::ALL {
            let folder = stage.plugins(plugins).join(plugin.headers.version.folder()).join("epan");
            fs::create_dir_all(&folder)?;
            if matches!(plugins, Plugins::Ours | Plugins::Both) {
                fs::copy(&plugin.file, folder.join(PLUGIN_FILE))?;
            }
            match plugins {
                Plugins::Floor => drop(fs::copy(&floor, folder.join(PLUGIN_FILE))?),
                Plugins::Both => drop(fs::copy(&floor, folder.join(NULL_FILE))?),
                Plugins::None | Plugins::Ours => {}
            }
        }
        Ok(stage)
    }

    /// A file of the scratch folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The plugin folder for `WIRESHARK_PLUGIN_DIR`.
    pub fn plugins(&self, plugins: Plugins) -> PathBuf {
        self.file(plugins.folder())
    }

    /// An empty home.
    pub fn home(&self) -> PathBuf {
        self.file("home")
    }

    /// A folder into which every user can write.
    pub fn profiles(&self) -> PathBuf {
        self.file("profiles")
    }

    /// Copies a capture to where every user can read it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn copy_capture(&self, from: &Path, name: &str) -> Result<PathBuf> {
        let file = self.file(name);
        fs::copy(from, &file).with_context(|| format!("cannot read {}", from.display()))?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644))?;
        Ok(file)
    }

    /// Generates a capture; returns it, with what the generator says of it.
    ///
    /// # Errors
    /// When the generator does not compile or fails.
    pub fn generate(&self, name: &str, packets: u32, options: &[&str]) -> Result<(PathBuf, String)> {
        let file = self.file(name);
        let mut generate = self.project.cargo();
        generate.args(["run", "--quiet", "--release", "--package", "msn-tests", "--bin", "bench-capture", "--"]);
        generate.arg(&file).arg("--packets").arg(packets.to_string()).args(options);
        let said = command::output(&mut generate).context("the capture cannot be generated")?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644))?;
        Ok((file, said))
    }

    /// What tshark prints with these plugins.
    ///
    /// # Errors
    /// When it fails.
    pub fn output(&self, plugins: Plugins, arguments: &[String]) -> Result<String> {
        command::output(tshark_with(&self.plugins(plugins), &self.home()).args(arguments))
    }

    /// What a run of tshark with these plugins takes.
    ///
    /// # Errors
    /// When it fails.
    pub fn cost(&self, plugins: Plugins, arguments: &[String]) -> Result<Cost> {
        cost(tshark_with(&self.plugins(plugins), &self.home()).args(arguments))
    }

    /// How many packets of a capture a filter finds; `more` are arguments for tshark.
    ///
    /// # Errors
    /// When tshark fails.
    pub fn count(&self, plugins: Plugins, capture: &Path, filter: &str, more: &[String]) -> Result<u64> {
        let mut arguments = reading(capture);
        arguments.extend(["-Y", filter, "-T", "fields", "-e", "frame.number"].map(str::to_owned));
        arguments.extend_from_slice(more);
        Ok(self.output(plugins, &arguments)?.lines().count() as u64)
    }
}

/// The arguments of tshark for reading a capture without asking for names.
pub fn reading(capture: &Path) -> Vec<String> {
    vec!["-n".into(), "-r".into(), capture.display().to_string()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_null_plugin_is_what_the_measurements_load() {
        assert!(NULL_PLUGIN.contains("plugin_register") && NULL_PLUGIN.contains("1863"));
    }

    #[test]
    fn captures_are_read_without_names() {
        assert_eq!(reading(Path::new("/tmp/x.pcap")).join(" "), "-n -r /tmp/x.pcap");
    }
}
