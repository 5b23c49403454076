// SPDX-License-Identifier: GPL-2.0-or-later
//! Every real capture, compared with the ground truth beside it.

use libtest_mimic::{Arguments, Failed};
use msn_tests::pdu::{only_msn, pdus};
use msn_tests::trials::{assert_known, each, verdict};
use msn_tests::truth::{OUT_OF_ORDER, Truth, captures, differences, histogram, options};
use msn_tests::tshark::Tshark;
use std::path::Path;

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
    let packets = tshark.pdml(&stored, &only_msn(&options(path)))?;
    let pdus = pdus(&packets);
    let mut failures = differences(Truth::of(path)?.histogram(), &histogram(&pdus));
    for pdu in &pdus {
        for field in NEVER.iter().flat_map(|name| pdu.all(name)) {
            failures.push(format!("{}: {} {:?}", pdu.label(), field.name, field.show));
        }
    }
    verdict(failures)
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = captures().expect("the folder of captures is in the package");
    assert!(!paths.is_empty(), "no captures");
    assert_known(OUT_OF_ORDER, &paths);
    libtest_mimic::run(&arguments, each(&paths, run)).exit();
}
