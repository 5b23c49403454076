// SPDX-License-Identifier: GPL-2.0-or-later
//! The lab's command line.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match cli::run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("msn-lab: {error:#}");
            ExitCode::FAILURE
        }
    }
}
