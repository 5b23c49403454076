// SPDX-License-Identifier: GPL-2.0-or-later
//! Compilers write paths of sources into what they make, for messages of failures. Here they write others in their place:
//! the same sources then give the same bytes in whatever folder they lie, and no plugin tells whose machine made it.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::command;
use crate::project::Project;

/// Between flags in `CARGO_ENCODED_RUSTFLAGS`.
const SEPARATOR: char = '\u{1f}';

/// The flags for rustc, the user's own among them, as `CARGO_ENCODED_RUSTFLAGS` has them.
///
/// # Errors
/// When cargo cannot fetch the sources of other crates, whose folders are named.
pub fn rust_flags(project: &Project) -> Result<String> {
    command::run(project.cargo().args(["fetch", "--locked", "--quiet"]))?;
    let own = match (env::var("CARGO_ENCODED_RUSTFLAGS"), env::var("RUSTFLAGS")) {
        (Ok(encoded), _) => encoded.split(SEPARATOR).map(str::to_owned).collect(),
        (_, Ok(plain)) => plain.split_whitespace().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    Ok(encoded(own, &mapped(project, cargo_home().as_deref())))
}

/// The flag for the C compiler.
pub fn c_flag(project: &Project) -> String {
    format!("-ffile-prefix-map={}=.", project.root.display())
}

fn encoded(own: Vec<String>, mapped: &[(PathBuf, &str)]) -> String {
    let map = |(from, to): &(PathBuf, &str)| format!("--remap-path-prefix={}={to}", from.display());
    let flags = own.into_iter().filter(|flag| !flag.is_empty()).chain(mapped.iter().map(map));
    flags.collect::<Vec<_>>().join(&SEPARATOR.to_string())
}

/// Folders, and what stands for them. Where several are the beginning of a path, rustc takes the last.
fn mapped(project: &Project, cargo_home: Option<&Path>) -> Vec<(PathBuf, &'static str)> {
    let mut mapped = vec![(project.root.clone(), "."), (project.target.clone(), "target")];
    if let Some(home) = cargo_home {
        mapped.push((home.to_owned(), "cargo"));
        // Their names tell which mirror the sources came from.
        let registries = std::fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
        let mut registries: Vec<PathBuf> = registries.map(|entry| entry.path()).collect();
        registries.sort();
        mapped.extend(registries.into_iter().map(|folder| (folder, "crates")));
    }
    mapped
}

fn cargo_home() -> Option<PathBuf> {
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".cargo"));
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_machine_are_replaced() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("registry/src/mirror-1")).unwrap();
        let project = Project {
            root: "/src".into(),
            target: "/src/target".into(),
            version: "0.1.0".into(),
            rust_version: "1.88".into(),
        };
        let mapped = mapped(&project, Some(home.path()));
        assert_eq!(mapped[..2], [("/src".into(), "."), ("/src/target".into(), "target")]);
        assert_eq!(mapped[3], (home.path().join("registry/src/mirror-1"), "crates"));
        let flags = encoded(vec!["-Cfoo".into(), String::new()], &mapped[..1]);
        assert_eq!(flags, "-Cfoo\u{1f}--remap-path-prefix=/src=.");
        assert_eq!(c_flag(&project), "-ffile-prefix-map=/src=.");
    }
}
