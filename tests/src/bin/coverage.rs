// SPDX-License-Identifier: GPL-2.0-or-later
//! Prints how much of the payloads in captures lies under named fields.

use anyhow::Result;
use clap::Parser;
use msn_tests::coverage::{Total, coverage};
use msn_tests::pdu::only_msn;
use msn_tests::truth::captures;
use msn_tests::tshark::{Options, Tshark};
use std::path::PathBuf;

/// Prints, for each capture, the share of payload bytes that lie under a named field, and the share without the fields
/// of the generic XML dissector.
#[derive(Parser)]
struct Arguments {
    /// Capture files; without any, all of the package.
    files: Vec<PathBuf>,
    /// Also lists, by frame, what is not covered.
    #[arg(long)]
    frames: bool,
}

fn main() -> Result<()> {
    let Arguments { files, frames } = Arguments::parse();
    let files = if files.is_empty() { captures()? } else { files };
    let tshark = Tshark::new()?;
    for file in files {
        let stored = tshark.store_file(&file)?;
        let all = coverage(&tshark.pdml(&stored, &only_msn(&Options::default()))?);
        let total = Total::of(&all);
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (named, meant) = (total.percent(), total.percent_meant());
        println!("{named:6.2} % {meant:6.2} % of {:8} bytes  {name}", total.payload);
        for pdu in all.iter().filter(|pdu| frames && !pdu.missing.is_empty()) {
            println!("  {}", pdu.label);
            for run in &pdu.missing {
                let text = String::from_utf8_lossy(&run.bytes);
                let short: String = text.chars().take(100).collect();
                println!("    at {}, {} bytes: {short:?}", run.offset, run.bytes.len());
            }
        }
    }
    Ok(())
}
