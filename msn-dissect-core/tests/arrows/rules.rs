// SPDX-License-Identifier: GPL-2.0-or-later
//! What is allowed, and what breaks it.

use std::collections::BTreeSet;

use super::{Crate, circles};

/// Layers side by side: none of them needs another. Each has a name and the modules that belong to it, with all below them
/// that no other layer names.
pub type Rank = &'static [(&'static str, &'static [&'static str])];

/// The order of a crate, and what does not keep to it yet.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// From the lowest to the highest; a file needs only files of its own layer and of lower ranks.
    pub ranks: &'static [Rank],
    /// Arrows that point up or aside nevertheless: the file, and the file that it needs.
    pub exceptions: &'static [(&'static str, &'static str)],
    /// Files that need each other in a circle nevertheless.
    pub circles: &'static [&'static [&'static str]],
}

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    rank: usize,
    layer: &'static str,
    module: &'static str,
}

impl Place {
    fn sees(self, other: Place) -> bool {
        other.rank < self.rank || other.layer == self.layer
    }
}

impl Rules {
    /// The longest of the modules in the table to which this one belongs.
    fn place(&self, module: &[String]) -> Option<Place> {
        let path = if module.is_empty() { "crate".to_owned() } else { module.join("::") };
        let holds = |name: &str| path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
        let rows = self.ranks.iter().enumerate().flat_map(|(rank, layers)| {
            layers
                .iter()
                .flat_map(move |&(layer, modules)| modules.iter().map(move |&module| Place { rank, layer, module }))
        });
        rows.filter(|row| holds(row.module)).max_by_key(|row| row.module.len())
    }

    /// Everything that is wrong, one line for each: arrows that the order forbids, new circles, files without a layer, and
    /// rows and exceptions that nothing needs any more.
    pub fn complaints(&self, sources: &Crate) -> Vec<String> {
        let mut out = Vec::new();
        let mut used = BTreeSet::new();
        let files = sources.files();
        for (file, module) in &files {
            match self.place(module) {
                Some(place) => drop(used.insert(place.module)),
                None => out.push(format!("{file} belongs to no layer")),
            }
        }
        let rows = self.ranks.iter().copied().flatten().flat_map(|(_, modules)| modules.iter());
        out.extend(rows.filter(|row| !used.contains(*row)).map(|row| format!("no file is in {row}")));

        let arrows = sources.arrows();
        let mut needed = BTreeSet::new();
        for (from, to) in arrows.iter().flat_map(|(from, all)| all.iter().map(move |to| (*from, *to))) {
            let (Some(here), Some(there)) = (self.place(files[from]), self.place(files[to])) else { continue };
            if here.sees(there) {
                continue;
            }
            if self.exceptions.contains(&(from, to)) {
                needed.insert((from, to));
            } else {
                out.push(format!("{from} ({}) needs {to} ({})", here.layer, there.layer));
            }
        }
        let idle = self.exceptions.iter().filter(|exception| !needed.contains(*exception));
        out.extend(idle.map(|(from, to)| format!("the exception of {from} needing {to} is no longer needed")));

        let found = circles(&arrows);
        for circle in &found {
            if !self.circles.iter().any(|known| circle.iter().all(|file| known.contains(file))) {
                out.push(format!("a circle: {circle:?}"));
            }
        }
        let in_circle = |file: &str| found.iter().any(|circle| circle.contains(file));
        let free = self.circles.iter().copied().flatten().filter(|file| !in_circle(file));
        out.extend(free.map(|file| format!("{file} is no longer in a circle")));
        out
    }
}
