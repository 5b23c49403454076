// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs every transcript: makes its capture, lets tshark dissect it, checks what the transcript claims.

use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::transcript::{Claim, Transcript, all, check};
use msn_tests::trials::{each, verdict};
use msn_tests::tshark::{Options, Tshark};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn run(path: &Path) -> Result<(), Failed> {
    let transcript = Transcript::read(path)?;
    let failures = check(&transcript, &Tshark::new()?)?;
    verdict(failures)
}

/// Protocols all of whose fields and expert infos must be claimed by some transcript.
const COMPLETE: [&str; 9] = [
    "msnp2p.",
    "msnslp.",
    "msnftp.",
    "msncam.",
    "msn.invite.",
    "msn.transfer.",
    "msn.expert.p2p_",
    "msn.expert.slp_",
    "msn.expert.ftp_",
];

/// What no transcript can bring about, and where it is shown instead.
const ELSEWHERE: [(&str, &str); 6] = [
    ("msnp2p.probe.", "UDP: the test of datagrams in the core"),
    ("msnp2p.fragment.error", "Wireshark's own, for reassembly that it rejects"),
    ("msnp2p.fragment.multiple_tails", "Wireshark's own: the core gives no second end"),
    ("msnp2p.fragment.too_long", "Wireshark's own: the core gives no piece behind the end"),
    ("msn.expert.p2p_too_many_pieces", "thousands of packets: the test of tiny pieces"),
    ("msn.expert.ftp_duplicate", "retransmission: the test of damaged transfers"),
];

fn claimed(paths: &[PathBuf]) -> Result<BTreeSet<String>, Failed> {
    let mut names = BTreeSet::new();
    for path in paths {
        for unit in Transcript::read(path)?.units {
            for expectation in unit.expectations {
                match expectation.claim {
                    Claim::Count(_, 0) | Claim::Info(_) => {}
                    Claim::Value(name, _) | Claim::Shown(name, _) | Claim::Count(name, _) => {
                        names.insert(name);
                    }
                }
            }
        }
    }
    Ok(names)
}

/// A field that no transcript speaks of could be wrong without anybody noticing.
fn every_field(paths: &[PathBuf]) -> Result<(), Failed> {
    let output = Tshark::new()?.run(&["-G", "fields"], &Options::default())?;
    let output = String::from_utf8_lossy(&output.stdout);
    let listed = output.lines().filter_map(|line| line.strip_prefix("F\t")?.split('\t').nth(1));
    let ours: BTreeSet<&str> = listed.filter(|name| COMPLETE.iter().any(|start| name.starts_with(start))).collect();
    assert!(ours.len() > 200, "only {} fields", ours.len());
    let claimed = claimed(paths)?;
    let missing = ours.into_iter().filter(|name| !claimed.contains(*name));
    let missing: Vec<_> = missing.filter(|name| !ELSEWHERE.iter().any(|row| name.starts_with(row.0))).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("no transcript claims {}", missing.join(", ")).into()) }
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = all().expect("the folder of transcripts is in the package");
    assert!(!paths.is_empty(), "no transcripts");
    let mut trials = each(&paths, run);
    trials.push(Trial::test("every field is claimed", move || every_field(&paths)));
    libtest_mimic::run(&arguments, trials).exit();
}
