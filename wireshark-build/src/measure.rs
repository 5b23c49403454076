// SPDX-License-Identifier: GPL-2.0-or-later
//! What a run of a program costs: processor time and memory, and the statistics over several runs.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use wait4::Wait4;

use crate::command;

/// What one run took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// User and system time of the process, all threads together, in seconds.
    pub cpu: f64,
    /// Largest resident set, in bytes.
    pub memory: u64,
}

/// Runs a program with its output thrown away and returns what it took.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn cost(command: &mut Command) -> Result<Cost> {
    command::announce(command);
    let started = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let mut child = started.with_context(|| format!("cannot start {}", command::shown(command)))?;
    let used = child.wait4()?;
    if !used.status.success() {
        bail!("{} failed ({})", command::shown(command), used.status);
    }
    Ok(Cost { cpu: Duration::as_secs_f64(&(used.rusage.utime + used.rusage.stime)), memory: used.rusage.maxrss })
}

/// The middle value; of two middle values, their mean. 0 of no values.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.get(middle) {
        None => 0.0,
        Some(&upper) if sorted.len() % 2 == 1 => upper,
        Some(&upper) => sorted.get(middle.wrapping_sub(1)).map_or(upper, |lower| f64::midpoint(*lower, upper)),
    }
}

/// Median, smallest and largest of the ratios of values measured in the same rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// Middle value.
    pub median: f64,
    /// Smallest value.
    pub least: f64,
    /// Largest value.
    pub most: f64,
}

impl Ratio {
    /// Compares round by round, so that a machine that grows slower meanwhile changes both sides alike.
    pub fn paired(values: &[f64], to: &[f64]) -> Self {
        let ratios: Vec<f64> = values.iter().zip(to).map(|(value, to)| value / to).collect();
        Self {
            median: median(&ratios),
            least: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            most: ratios.iter().copied().fold(0.0, f64::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_odd_even_and_no_values() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(&[7.0]), 7.0);
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn ratios_are_taken_within_rounds() {
        let ratio = Ratio::paired(&[1.0, 20.0, 3.0], &[2.0, 20.0, 2.0]);
        assert_eq!((ratio.median, ratio.least, ratio.most), (1.0, 0.5, 1.5));
    }

    #[test]
    fn a_run_costs_time_and_memory() {
        let busy = "i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done";
        let cost = cost(Command::new("sh").args(["-c", busy])).unwrap();
        assert!(cost.cpu > 0.0 && cost.cpu < 60.0, "{cost:?}");
        assert!(cost.memory > 100_000, "{cost:?}");
    }

    #[test]
    fn a_failed_run_is_an_error() {
        assert!(cost(Command::new("sh").args(["-c", "exit 1"])).is_err());
    }
}
