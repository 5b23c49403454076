// SPDX-License-Identifier: GPL-2.0-or-later
//! Which file of a crate needs which other, by its `use` lines and by the paths within its code.
//!
//! Sources are read as tokens, so macros and their bodies count like any other code. What stands under `#[cfg(test)]`
//! does not count. A name that a module only passes on (`pub use`) belongs to the file that defines it. A method that is
//! called belongs to the file that gives it to a type of another file, if no other has its name.

mod rules;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

pub use rules::{Rank, Rules};
use tokens::{Import, Module};

/// The path of a module, from the crate's root: `dissect::p2p`; empty for the root.
pub type ModulePath = Vec<String>;

/// The files of a crate, without those that are only compiled for tests.
#[derive(Debug, Default)]
pub struct Crate {
    /// Every module, those within a file too.
    modules: BTreeMap<ModulePath, Module>,
}

impl Crate {
    /// Reads every file of a source folder.
    pub fn read(folder: &Path) -> io::Result<Crate> {
        let mut sources = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let name = path.strip_prefix(folder).map_err(io::Error::other)?;
                    sources.push((name.to_string_lossy().into_owned(), fs::read_to_string(&path)?));
                }
            }
        }
        Ok(Crate::of(&sources))
    }

    /// A crate of these files, each with its path below the source folder and its text.
    ///
    /// # Panics
    /// When a text is not Rust.
    pub fn of<A: AsRef<str>, B: AsRef<str>>(sources: &[(A, B)]) -> Crate {
        let mut all = Crate::default();
        let mut tests = BTreeSet::new();
        for (file, text) in sources {
            tokens::read(file.as_ref(), text.as_ref(), &mut all.modules, &mut tests);
        }
        let is_test = |path: &ModulePath| (1..=path.len()).any(|length| tests.contains(&path[..length]));
        all.modules.retain(|path, _| !is_test(path));
        all
    }

    /// Every file, with the path of its module.
    pub fn files(&self) -> BTreeMap<&str, &ModulePath> {
        let own = self.modules.iter().filter(|(_, module)| !module.inline);
        own.map(|(path, module)| (module.file.as_str(), path)).collect()
    }

    /// For each file the other files that it needs.
    pub fn arrows(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (path, module) in &self.modules {
            let from = arrows.entry(&module.file).or_default();
            let used = module.imports.iter().filter(|import| !import.only_passed_on(module)).map(|import| &import.path);
            for target in used.chain(&module.paths) {
                if let Some(found) = self.find(path, target, 0) {
                    from.insert(&self.modules[&found].file);
                }
            }
        }
        let lent = self.lent_methods();
        for module in self.modules.values() {
            let lenders = module.calls.iter().filter_map(|name| lent.get(name.as_str()).copied());
            arrows.entry(&module.file).or_default().extend(lenders);
        }
        for (file, all) in &mut arrows {
            all.remove(file);
        }
        arrows
    }

    /// Methods that a file gives to the type of another, and the file: whoever calls one needs that file, though no path
    /// says so. Names that anything else has, too, are left out.
    fn lent_methods(&self) -> BTreeMap<&str, &str> {
        let defined_in = |file: &str, name: &str| {
            self.modules.values().any(|module| module.file == file && module.defines.contains(name))
        };
        let all =
            self.modules.values().flat_map(|module| module.methods.iter().map(|method| (module.file.as_str(), method)));
        let lent =
            all.filter(|(file, (kind, _))| !defined_in(file, kind)).map(|(file, (_, name))| (name.as_str(), file));
        let alone = |name: &str| self.modules.values().filter(|module| module.defines.contains(name)).count() == 1;
        lent.filter(|(name, _)| alone(name)).collect()
    }

    /// The module that defines what a path names, as it is written in another module; `None` for other crates.
    fn find(&self, from: &ModulePath, path: &[String], depth: usize) -> Option<ModulePath> {
        /// Longest chain of modules that pass a name on.
        const MAX_DEPTH: usize = 16;
        if depth > MAX_DEPTH {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => from.clone(),
            "super" => from[..from.len().checked_sub(1)?].to_vec(),
            child => child_of(from, child),
        };
        if !self.modules.contains_key(&at) {
            return None;
        }
        for (n, name) in rest.iter().enumerate() {
            if name == "super" {
                at.pop()?;
                continue;
            }
            let child = child_of(&at, name);
            if self.modules.contains_key(&child) {
                at = child;
                continue;
            }
            let module = &self.modules[&at];
            let passed_on = module.imports.iter().find(|import| import.name.as_ref() == Some(name));
            let globs = module.imports.iter().filter(|import| import.public && import.name.is_none());
            let mut ways = passed_on.into_iter().chain(globs.filter(|_| !module.defines.contains(name)));
            let onward = ways.find_map(|import: &Import| {
                let path = [&import.path, &rest[n + usize::from(import.name.is_some())..]].concat();
                self.find(&at, &path, depth + 1)
            });
            // Otherwise the name is defined here: by an item or by a macro.
            return Some(onward.unwrap_or(at));
        }
        Some(at)
    }
}

fn child_of(module: &[String], name: &str) -> ModulePath {
    [module, &[name.to_owned()]].concat()
}

/// The sets of files that need each other in a circle, each sorted (strongly connected components of more than one).
pub fn circles<'a>(arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<BTreeSet<&'a str>> {
    let reached = |from: &'a str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(next) = open.pop() {
            open.extend(arrows.get(next).into_iter().flatten().filter(|to| seen.insert(**to)));
        }
        seen
    };
    let reach: BTreeMap<&str, BTreeSet<&str>> = arrows.keys().map(|file| (*file, reached(file))).collect();
    let together = |file: &str| -> BTreeSet<&'a str> {
        let back = |other: &&'a str| reach.get(other).is_some_and(|reached| reached.contains(file));
        reach[file].iter().copied().filter(back).collect()
    };
    let all: BTreeSet<BTreeSet<&str>> = arrows.keys().map(|file| together(file)).collect();
    all.into_iter().filter(|circle| !circle.is_empty()).collect()
}
