// SPDX-License-Identifier: GPL-2.0-or-later
//! What tests with a trial for each file have in common.

use libtest_mimic::{Failed, Trial};
use std::path::{Path, PathBuf};

/// Name of a file, without folder and ending.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Fails with all lines when there are any.
///
/// # Errors
/// When there is a line.
pub fn verdict(failures: Vec<String>) -> Result<(), Failed> {
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

/// A trial for each file, named like it.
pub fn each(paths: &[PathBuf], run: fn(&Path) -> Result<(), Failed>) -> Vec<Trial> {
    let trial = |path: &PathBuf| {
        let path = path.clone();
        Trial::test(stem(&path), move || run(&path))
    };
    paths.iter().map(trial).collect()
}

/// Panics unless each of the names is that of one of the files.
pub fn assert_known<'a>(names: impl IntoIterator<Item = &'a str>, paths: &[PathBuf]) {
    for name in names {
        assert!(paths.iter().any(|path| stem(path) == name), "there is no {name}");
    }
}
