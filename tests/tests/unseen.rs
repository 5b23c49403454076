// SPDX-License-Identifier: GPL-2.0-or-later
//! Filters and counts take trees that nobody sees, in which the plugin leaves out what nobody asks for: they find what
//! they find in trees that are shown.

use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::truth::captures;
use msn_tests::tshark::{Dissected, Options, Tshark};
use std::path::{Path, PathBuf};

/// Captures, and filters for what is in them: our fields, what parts are given to, expert infos, the list of protocols.
const FILTERS: [(&str, &[&str]); 5] = [
    ("msnp15-p2p-amsn-escargot", &["msnp2p.reassembled_in", "png || image-gif || image-jfif", "_ws.expert"]),
    ("msnp18-circle-msnpsharp3.1-escargot", &["xml.tag", "frame.protocols contains \"msn:xml\"", "msn.fragments"]),
    ("msnp9-gateway-libpurple2.0.0-escargot", &["msn.command == \"MSG\"", "msn.gateway.session"]),
    ("msnp12-msnftp-amsn-escargot", &["msnftp", "frame.protocols contains \"msnftp\""]),
    ("msnp18-directconn-libpurple2.10.9-escargot", &["msnslp.method", "_ws.expert.group == \"Checksum\""]),
];

fn found(path: &Path, filters: &[&str]) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    for filter in filters {
        let options = Options::filter(filter).in_order();
        let visible = options.clone().arg("-j").arg("frame");
        let shown: Vec<u32> = tshark.pdml(&stored, &visible)?.iter().map(Dissected::frame).collect();
        let unseen: Vec<u32> = tshark.summary(&stored, &options)?.iter().map(|packet| packet.frame).collect();
        assert_eq!(unseen, shown, "{filter}");
    }
    let options = Options::default().in_order();
    let of_others = tshark.summary(&stored, &Options::filter("frame").in_order())?;
    assert_eq!(of_others, tshark.summary(&stored, &options)?, "columns");
    Ok(())
}

/// Statistics > Protocol Hierarchy counts our packets.
fn counted(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let packets = tshark.summary(&stored, &Options::filter("msnftp").in_order())?.len();
    let output = tshark.run(
        &["-n".as_ref(), "-q".as_ref(), "-z".as_ref(), "io,phs".as_ref(), "-r".as_ref(), stored.path().as_os_str()],
        &Options::default().in_order(),
    )?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let row = text.lines().find(|line| line.trim_start().starts_with("msnftp ")).expect("a row");
    assert!(packets > 0 && row.contains(&format!("frames:{packets} ")), "{row}, {packets} packets");
    Ok(())
}

fn main() {
    let paths = captures().expect("the folder of captures is in the package");
    let named = |name: &str| -> PathBuf {
        let mut paths = paths.iter();
        paths.find(|path| path.file_stem().is_some_and(|stem| stem == name)).expect(name).clone()
    };
    let mut trials: Vec<Trial> = FILTERS
        .map(|(name, filters)| {
            let path = named(name);
            Trial::test(name, move || found(&path, filters))
        })
        .into();
    let transfers = named("msnp12-msnftp-amsn-escargot");
    trials.push(Trial::test("protocol_hierarchy", move || counted(&transfers)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
