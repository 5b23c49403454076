// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks of a linked plugin: which symbols it exports, how large it is.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use object::{Object, ObjectSymbol};

/// Largest plugin file, in bytes (exclusive).
pub const SIZE_LIMIT: u64 = 2_500_000;

/// A filter name that every version of the plugin registers, because filter names are promises to users.
const MARK: &[u8] = b"msn.command";

/// What Wireshark looks up when it loads a plugin.
const ENTRY_POINTS: [&str; 4] = ["plugin_version", "plugin_want_major", "plugin_want_minor", "plugin_register"];

/// What a plugin that passed the checks is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Size of the file in bytes.
    pub size: u64,
    /// Names of the exported symbols.
    pub exports: BTreeSet<String>,
}

impl fmt::Display for Facts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exports = self.exports.len();
        write!(out, "{} kB, {exports} exported symbols", self.size / 1000)
    }
}

/// Checks a plugin file.
///
/// # Errors
/// When the file is no shared library, exports a symbol that does not begin with `plugin_`, lacks an entry point,
/// carries symbols that stripping removes, or does not register the fields of this plugin.
pub fn check(file: &Path) -> Result<Facts> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let facts = examine(&bytes).with_context(|| format!("{} is no usable plugin", file.display()))?;
    Ok(facts)
}

/// Whether a file is this plugin, in whatever version.
pub fn is_our_plugin(file: &Path) -> bool {
    fs::read(file).is_ok_and(|bytes| bytes.starts_with(b"\x7fELF") && carries_mark(&bytes))
}

fn carries_mark(bytes: &[u8]) -> bool {
    bytes.windows(MARK.len()).any(|part| part == MARK)
}

fn examine(bytes: &[u8]) -> Result<Facts> {
    let parsed = object::File::parse(bytes)?;
    let exports: BTreeSet<String> = parsed
        .dynamic_symbols()
        .filter(|symbol| symbol.is_definition() && !symbol.is_local())
        .map(|symbol| symbol.name().map(str::to_owned))
        .collect::<Result<_, _>>()?;
    if !carries_mark(bytes) {
        bail!("it does not register msn.command, by which `uninstall` knows it");
    }
    judge(&exports, parsed.symbols().next().is_some())?;
    Ok(Facts { size: bytes.len() as u64, exports })
}

fn judge(exports: &BTreeSet<String>, has_symbol_table: bool) -> Result<()> {
    let foreign: Vec<&str> = exports.iter().map(String::as_str).filter(|name| !name.starts_with("plugin_")).collect();
    if !foreign.is_empty() {
        bail!("it exports symbols that are not plugin_*: {}", foreign.join(", "));
    }
    let missing: Vec<&str> = ENTRY_POINTS.into_iter().filter(|name| !exports.contains(*name)).collect();
    if !missing.is_empty() {
        bail!("it lacks the entry points {}", missing.join(", "));
    }
    if has_symbol_table {
        bail!("it is not stripped");
    }
    Ok(())
}

/// Whether the plugin keeps to the size that this project sets itself; users may build larger ones.
pub fn within_limit(size: u64) -> Result<()> {
    if size >= SIZE_LIMIT {
        bail!("the plugin has {size} bytes; the limit is {SIZE_LIMIT}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::process::Command;

    fn names(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn judges_symbols_and_size() {
        let good = names(&ENTRY_POINTS);
        assert!(within_limit(SIZE_LIMIT - 1).is_ok());
        assert!(within_limit(SIZE_LIMIT).is_err());
        assert!(judge(&good, false).is_ok());
        assert!(judge(&good, true).is_err());

        let mut leaking = good.clone();
        leaking.insert("rust_eh_personality".into());
        let error = judge(&leaking, false).unwrap_err().to_string();
        assert!(error.contains("rust_eh_personality"), "{error}");

        let error = judge(&names(&ENTRY_POINTS[..3]), false).unwrap_err().to_string();
        assert!(error.contains("plugin_register"), "{error}");
    }

    /// Links a real shared library, as the build does, and returns it.
    fn shared_library(folder: &Path, source: &str, flags: &[&str]) -> PathBuf {
        let c = folder.join("plugin.c");
        let so = folder.join("plugin.so");
        fs::write(&c, source).unwrap();
        let status = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&so).arg(&c).args(flags).status();
        assert!(status.unwrap().success());
        so
    }

    #[test]
    fn reads_symbols_of_a_real_library() {
        const SOURCE: &str = "const char plugin_version[] = \"1\"; const int plugin_want_major = 4;\n\
            const int plugin_want_minor = 0; void plugin_register(void) {}\n\
            __attribute__((visibility(\"hidden\"))) void inner(void) {}\n\
            const char *plugin_mark(void) { return \"msn.command\"; }\n";
        let folder = tempfile::tempdir().unwrap();
        let stripped = shared_library(folder.path(), SOURCE, &["-Wl,-s"]);
        let facts = check(&stripped).unwrap();
        let mut wanted = names(&ENTRY_POINTS);
        wanted.insert("plugin_mark".into());
        assert_eq!(facts.exports, wanted);
        assert_eq!(facts.size, stripped.metadata().unwrap().len());

        let unstripped = shared_library(folder.path(), SOURCE, &[]);
        assert!(format!("{:#}", check(&unstripped).unwrap_err()).contains("not stripped"));

        let leaking = shared_library(folder.path(), &format!("{SOURCE}void leak(void) {{}}"), &["-Wl,-s"]);
        assert!(format!("{:#}", check(&leaking).unwrap_err()).contains("leak"));
    }

    #[test]
    fn other_files_are_not_our_plugin() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("msn.so");
        assert!(!is_our_plugin(&file));
        fs::write(&file, b"\x7fELF some other dissector").unwrap();
        assert!(!is_our_plugin(&file));
        fs::write(&file, b"\x7fELF\0\0msn.command\0msn.trid").unwrap();
        assert!(is_our_plugin(&file));
    }

    #[test]
    fn refuses_what_is_no_library() {
        assert!(examine(b"#!/bin/sh\n").is_err());
        assert!(examine(b"").is_err());
    }
}
