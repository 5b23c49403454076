// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs every transcript: makes its capture, lets tshark dissect it, checks what the transcript claims.

use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::transcript::{Transcript, all, check};
use msn_tests::tshark::Tshark;
use std::path::Path;

fn run(path: &Path) -> Result<(), Failed> {
    let transcript = Transcript::read(path)?;
    let failures = check(&transcript, &Tshark::new()?)?;
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = all().expect("the folder of transcripts is in the package");
    assert!(!paths.is_empty(), "no transcripts");
    let trial = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = path.clone();
        Trial::test(name, move || run(&path))
    };
    libtest_mimic::run(&arguments, paths.iter().map(trial).collect()).exit();
}
