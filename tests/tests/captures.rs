// SPDX-License-Identifier: GPL-2.0-or-later
//! Every real capture, compared with the ground truth beside it.

use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::pdu::{only_msn, pdus};
use msn_tests::truth::{Truth, captures, differences, histogram};
use msn_tests::tshark::{Options, Tshark};
use std::path::Path;

/// Captures whose segments arrive out of order, which Wireshark puts right only when asked to.
const OUT_OF_ORDER: [&str; 1] = ["msnp12-reordered-pecan-escargot"];

/// Fields that a capture of real programs gives no cause for.
const NEVER: [&str; 10] = [
    "msn.parameter",
    "msn.continuation",
    "msn.expert.unknown_command",
    "msn.expert.malformed_line",
    "msn.expert.parameter_count",
    "msn.expert.parameter_missing",
    "msn.expert.other_layout",
    "msn.expert.unknown_error",
    "msn.expert.internal_error",
    "_ws.malformed",
];

fn run(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let mut options = Options::default();
    if path.file_stem().is_some_and(|stem| OUT_OF_ORDER.iter().any(|name| stem == *name)) {
        options = options.preference("tcp.reassemble_out_of_order:TRUE");
    }
    let packets = tshark.pdml(&stored, &only_msn(&options))?;
    let pdus = pdus(&packets);
    let mut failures = differences(Truth::of(path)?.histogram(), &histogram(&pdus));
    for pdu in &pdus {
        for field in NEVER.iter().flat_map(|name| pdu.all(name)) {
            failures.push(format!("{}: {} {:?}", pdu.label(), field.name, field.show));
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

fn trial(path: &Path) -> Trial {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let path = path.to_owned();
    Trial::test(name, move || run(&path))
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = captures().expect("the folder of captures is in the package");
    assert!(!paths.is_empty(), "no captures");
    for name in OUT_OF_ORDER {
        assert!(paths.iter().any(|p| p.file_stem().is_some_and(|stem| *stem == *name)), "there is no {name}");
    }
    libtest_mimic::run(&arguments, paths.iter().map(|path| trial(path)).collect()).exit();
}
