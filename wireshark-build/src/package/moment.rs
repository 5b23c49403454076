// SPDX-License-Identifier: GPL-2.0-or-later
//! The time that everything in a package carries: that of the sources, not of the build.

use anyhow::{Context, Result};

use crate::command;
use crate::project::Project;

/// Seconds since 1970: `SOURCE_DATE_EPOCH`, or when the sources were committed.
///
/// # Errors
/// When neither is known.
pub fn of_sources(project: &Project) -> Result<u64> {
    if let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") {
        return text.parse().context("SOURCE_DATE_EPOCH is no number");
    }
    let mut git = std::process::Command::new("git");
    git.arg("-C").arg(&project.root).args(["log", "-1", "--format=%ct"]);
    let text = command::output(&mut git).context("the sources are in no git repository: set SOURCE_DATE_EPOCH")?;
    text.trim().parse().context("git names no time")
}

/// Year, month and day, and the seconds of that day, in UTC.
fn civil(moment: u64) -> (u64, u64, u64, u64) {
    // Howard Hinnant's days_from_civil, turned round: years begin in March, so that leap days end them.
    let (days, seconds) = (moment / 86_400 + 719_468, moment % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (number, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    (year + era * 400 + u64::from(month <= 2), month, number, seconds)
}

/// The year, in UTC.
pub fn year(moment: u64) -> u64 {
    civil(moment).0
}

/// As ISO 8601 writes it.
pub fn iso(moment: u64) -> String {
    let (year, month, day, seconds) = civil(moment);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// As mails and changelogs write it.
pub fn mail(moment: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day, seconds) = civil(moment);
    let (name, month) = (DAYS[(moment / 86_400 % 7) as usize], MONTHS[month as usize - 1]);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{name}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} +0000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_others_do() {
        for moment in [0, 951_782_400, 1_709_251_199, 1_764_288_000, 4_102_444_799] {
            let date = |format: &str| {
                let mut date = std::process::Command::new("date");
                let output = command::output(date.env("LC_ALL", "C").args(["-u", "-d", &format!("@{moment}"), format]));
                output.unwrap().trim().to_owned()
            };
            assert_eq!(iso(moment), date("+%Y-%m-%dT%H:%M:%SZ"));
            assert_eq!(mail(moment), date("+%a, %d %b %Y %H:%M:%S +0000"));
        }
    }
}
