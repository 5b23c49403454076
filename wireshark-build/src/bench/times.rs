// SPDX-License-Identifier: GPL-2.0-or-later
//! Processor time and peak memory, in paired rounds.

use anyhow::Result;

use super::{MSNMS, Mode, NULL, PLUGIN, Run, SUBJECTS, Subject};
use crate::measure::{Cost, Ratio, median};

impl Run<'_> {
    fn cost(&self, subject: &Subject, mode: &Mode) -> Result<Cost> {
        self.stage.cost(subject.plugins, &self.arguments(subject, mode))
    }

    /// Times all subjects in all modes, prints the table, and returns how many goals are missed.
    pub(super) fn measure(&self, modes: &[&Mode], rounds: u32) -> Result<usize> {
        println!("\nprocessor time in seconds (median of {rounds} rounds), ratio to msnms (least-most):\n");
        println!(
            "{:<9} {:>7} {:>7} {:>7}   {:<20} {:<20} goal",
            "mode", SUBJECTS[PLUGIN].name, SUBJECTS[MSNMS].name, SUBJECTS[NULL].name, "plugin", "null"
        );
        let mut missed = 0;
        let mut memory = Vec::new();
        for mode in modes {
            let costs = self.rounds(mode, rounds)?;
            let times = costs.each_ref().map(|costs| costs.iter().map(|cost| cost.cpu).collect::<Vec<_>>());
            let [plugin, msnms, null] = &times;
            let ratio = Ratio::paired(plugin, msnms);
            let verdict = mode.goal.map(|goal| (goal, ratio.median <= goal));
            missed += usize::from(verdict.is_some_and(|(_, met)| !met));
            println!(
                "{:<9} {:>7.2} {:>7.2} {:>7.2}   {:<20} {:<20} {}",
                mode.name,
                median(plugin),
                median(msnms),
                median(null),
                show(ratio),
                show(Ratio::paired(null, msnms)),
                match verdict {
                    None => "-".to_owned(),
                    Some((goal, met)) => format!("<= {goal:.2} {}", if met { "met" } else { "MISSED" }),
                },
            );
            let peak = |costs: &[Cost]| costs.iter().map(|cost| cost.memory).max().unwrap_or(0) / 1_000_000;
            memory.push((mode.name, costs.each_ref().map(|costs| peak(costs))));
        }
        println!("\npeak memory in MB:\n");
        for (mode, peaks) in memory {
            println!("{mode:<9} {:>7} {:>7} {:>7}", peaks[PLUGIN], peaks[MSNMS], peaks[NULL]);
        }
        Ok(missed)
    }

    /// Runs every subject once in each round, in alternating order, after one run that fills the caches.
    fn rounds(&self, mode: &Mode, rounds: u32) -> Result<[Vec<Cost>; 3]> {
        let mut costs = [const { Vec::new() }; 3];
        self.cost(&SUBJECTS[NULL], mode)?;
        for round in 0..rounds {
            let mut order = [PLUGIN, MSNMS, NULL];
            if round % 2 == 1 {
                order.reverse();
            }
            for index in order {
                costs[index].push(self.cost(&SUBJECTS[index], mode)?);
            }
        }
        Ok(costs)
    }
}

fn show(ratio: Ratio) -> String {
    format!("{:.2} ({:.2}-{:.2})", ratio.median, ratio.least, ratio.most)
}
