// SPDX-License-Identifier: GPL-2.0-or-later
//! What a dissection adds to Statistics > MSN, in a form that C can read.

use std::ffi::c_char;

use crate::{
    item::Tree,
    statistics::{Statistics, Tick},
};

/// Something to count in a branch of the statistics (see `MsnBranch`).
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MsnTick {
    /// The time of which the value is milliseconds, ns.
    pub time: u64,
    /// The labels that lead to it from the branch, each NUL-terminated.
    pub labels: *const c_char,
    /// How many.
    pub depth: u32,
    /// The value, for a branch of averages.
    pub value: f32,
    /// Number of the branch in the catalogue.
    pub branch: u8,
}

/// What was counted, and what C reads of it.
#[derive(Debug, Default)]
pub(super) struct Counted {
    statistics: Statistics,
    ticks: Vec<MsnTick>,
}

impl Counted {
    /// Counts what a tree shows, or nothing, in place of what was counted before.
    pub fn count(&mut self, tree: &Tree, wanted: bool) {
        self.ticks.clear();
        if !wanted {
            return;
        }
        self.statistics.count(tree);
        let labels = &self.statistics.labels;
        let ticks = self.statistics.ticks.iter().map(|&Tick { branch, labels: at, depth, value, time }| MsnTick {
            time,
            labels: labels.get(at as usize..).unwrap_or_default().as_ptr().cast(),
            depth,
            value,
            branch: branch as u8,
        });
        self.ticks.extend(ticks);
    }

    /// What was counted; its labels stay where they are until the next count.
    pub fn ticks(&self) -> &[MsnTick] {
        &self.ticks
    }
}
