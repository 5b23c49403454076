// SPDX-License-Identifier: GPL-2.0-or-later
//! Transcripts of every real capture, compared with the ground truth beside it: each message once, whatever legs of its
//! chat were captured.

use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::said::{BY_SOAP, SPOILT, Said, differences, transcript};
use msn_tests::trials::{assert_known, each, stem, verdict};
use msn_tests::truth::{Truth, captures, options};
use msn_tests::tshark::{Options, Tshark};
use std::path::Path;

/// Kinds of messages that programs tell of in their own words.
const OTHER_KINDS: [&str; 5] = ["[wink]", "[voice]", "[ink]", "* ", "[offline]"];

fn is_other(said: &Said) -> bool {
    OTHER_KINDS.iter().any(|kind| said.text.starts_with(kind))
}

fn chat(tshark: &Tshark, path: &Path, which: &str, options: &Options) -> anyhow::Result<(Vec<Said>, Vec<String>)> {
    let stored = tshark.store_file(path)?;
    let file = stored.path().to_string_lossy().into_owned();
    let output = tshark.run(&["-n", "-r", &file, "-q", "-z", which], options)?;
    Ok(transcript(&String::from_utf8(output.stdout)?))
}

fn run(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let truth = Truth::of(path)?;
    let (mut said, moves) = chat(&tshark, path, "msn,chat", &options(path))?;
    said.retain(|said| !is_other(said));
    let mut failures = differences(&stem(path), &truth, &said);
    for sighting in truth.participants.iter().filter(|one| one.event == "chat-buddy-joined") {
        // Some programs tell the name only.
        if sighting.who.contains('@') && !moves.iter().any(|line| line.starts_with(&format!("{} joins", sighting.who)))
        {
            failures.push(format!("{} joined, and no line says so", sighting.who));
        }
    }
    verdict(failures)
}

/// A second pass changes nothing, and a filter limits what is told.
fn passes(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let once = chat(&tshark, path, "msn,chat", &options(path))?;
    assert_eq!(once, chat(&tshark, path, "msn,chat", &options(path).two_passes())?);
    let filter = "msn,chat,msn.account == \"alice@example.com\"";
    assert_eq!(once.0, chat(&tshark, path, filter, &options(path))?.0, "one leg tells all");
    let nothing = chat(&tshark, path, "msn,chat,msn.account == \"nobody@example.com\"", &options(path))?;
    assert!(nothing.0.is_empty() && nothing.1.is_empty());
    Ok(())
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = captures().expect("the folder of captures is in the package");
    assert_known(BY_SOAP.iter().map(|row| row.0).chain(SPOILT.iter().map(|row| row.0)), &paths);
    let one = paths.iter().find(|path| stem(path).starts_with("msnp12-basic")).cloned().expect("a chat");
    let mut trials = vec![Trial::test("passes_and_filter", move || passes(&one))];
    trials.extend(each(&paths, run));
    libtest_mimic::run(&arguments, trials).exit();
}
