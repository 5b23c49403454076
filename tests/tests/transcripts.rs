// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs every transcript: makes its capture, lets tshark dissect it, checks what the transcript claims.

use libtest_mimic::{Arguments, Failed};
use msn_tests::transcript::{Transcript, all, check};
use msn_tests::trials::{each, verdict};
use msn_tests::tshark::Tshark;
use std::path::Path;

fn run(path: &Path) -> Result<(), Failed> {
    let transcript = Transcript::read(path)?;
    let failures = check(&transcript, &Tshark::new()?)?;
    verdict(failures)
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = all().expect("the folder of transcripts is in the package");
    assert!(!paths.is_empty(), "no transcripts");
    libtest_mimic::run(&arguments, each(&paths, run)).exit();
}
