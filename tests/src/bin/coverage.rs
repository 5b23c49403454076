// SPDX-License-Identifier: GPL-2.0-or-later
//! Prints how much of the payloads in captures or transcripts lies under named fields.

use anyhow::Result;
use clap::Parser;
use msn_tests::coverage::{PduCoverage, Run, Total, coverage};
use msn_tests::pdu::only_msn;
use msn_tests::transcript::{self, Transcript};
use msn_tests::trials::stem;
use msn_tests::truth::captures;
use msn_tests::tshark::{Options, Tshark};
use std::path::{Path, PathBuf};

/// Prints, for each capture, the share of payload bytes that lie under a named field, and the share without the fields
/// of the generic XML dissector.
#[derive(Parser)]
struct Arguments {
    /// Captures, or transcripts (files that end in .txt); without any, all captures of the package.
    files: Vec<PathBuf>,
    /// All transcripts of the package instead of its captures.
    #[arg(long)]
    transcripts: bool,
    /// Also lists, by frame, what is not covered.
    #[arg(long)]
    frames: bool,
    /// Also lists, by frame, what only the generic XML dissector covers.
    #[arg(long)]
    markup: bool,
}

fn main() -> Result<()> {
    let Arguments { mut files, transcripts, frames, markup } = Arguments::parse();
    if files.is_empty() {
        files = if transcripts { transcript::all()? } else { captures()? };
    }
    let tshark = Tshark::new()?;
    for file in files {
        let all = measure(&tshark, &file)?;
        let total = Total::of(&all);
        let name = stem(&file);
        let (named, meant) = (total.percent(), total.percent_meant());
        println!("{named:6.2} % {meant:6.2} % of {:8} bytes  {name}", total.payload);
        for pdu in &all {
            if frames {
                list(pdu, &pdu.missing);
            }
            if markup {
                list(pdu, &pdu.markup);
            }
        }
    }
    Ok(())
}

fn measure(tshark: &Tshark, file: &Path) -> Result<Vec<PduCoverage>> {
    let (stored, options) = if file.extension().is_some_and(|extension| extension == "txt") {
        let transcript = Transcript::read(file)?;
        (tshark.store(&transcript.capture()?)?, transcript.options)
    } else {
        (tshark.store_file(file)?, Options::default())
    };
    Ok(coverage(&tshark.pdml(&stored, &only_msn(&options))?))
}

fn list(pdu: &PduCoverage, runs: &[Run]) {
    if !runs.is_empty() {
        println!("  {}", pdu.label);
    }
    for run in runs {
        let text = String::from_utf8_lossy(&run.bytes);
        let short: String = text.chars().take(100).collect();
        println!("    at {}, {} bytes: {short:?}", run.offset, run.bytes.len());
    }
}
