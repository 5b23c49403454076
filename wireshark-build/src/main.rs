// SPDX-License-Identifier: GPL-2.0-or-later
//! Builds, installs, tests and measures the MSN dissector plugin for Wireshark.
//!
//! Reached as `cargo plugin <subcommand>`; `cargo plugin --help` lists the subcommands.

mod bench;
mod check;
mod cli;
mod command;
mod compile;
mod demo;
mod doctor;
mod faults;
mod fuzz;
mod install;
mod matrix;
mod measure;
mod mutate;
mod package;
mod packages;
mod paths;
mod place;
mod profile;
mod programs;
mod project;
mod roots;
mod supply;
mod test_run;
mod wireshark;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
