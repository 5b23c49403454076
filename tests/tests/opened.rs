// SPDX-License-Identifier: GPL-2.0-or-later
//! Real captures: every connection between clients says in which frame it was announced, and what announced it says in
//! which frame the connection begins, as soon as that can be known.

mod common;

use common::Check;
use msn_tests::pcap::Capture;
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Tshark};
use std::collections::BTreeMap;

/// Frame, connection, what is announced in it, where it was announced.
type Links = Vec<(u32, u32, Vec<u32>, Vec<u32>)>;

fn links(tshark: &Tshark, name: &str, options: &Options) -> Result<Links, Box<dyn std::error::Error>> {
    let capture = Capture::read(&capture_folder().join(format!("{name}-escargot.pcap")))?;
    let names = ["frame.number", "tcp.stream", "msn.opened_in", "msn.announced_in"];
    let rows = tshark.fields(&tshark.store(&capture)?, &names, options)?;
    let numbers = |column: &Vec<String>| column.iter().filter_map(|text| text.parse().ok()).collect::<Vec<u32>>();
    let one = |column: &Vec<String>| numbers(column).first().copied().unwrap_or(u32::MAX);
    Ok(rows.iter().map(|row| (one(&row[0]), one(&row[1]), numbers(&row[2]), numbers(&row[3]))).collect())
}

/// `protocol` is that of the connection, `carrier` that of what announces it.
fn both_ways(name: &str, protocol: &str, carrier: &str) -> Check {
    let tshark = Tshark::new()?;
    let twice = links(&tshark, name, &Options::filter(&format!("{protocol} && !msn")).two_passes())?;
    let mut begins: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    for (frame, stream, _, announced) in &twice {
        assert!(!announced.is_empty(), "{name}: frame {frame} does not say where its connection was announced");
        begins.entry(*stream).or_insert((*frame, announced[0]));
    }
    assert!(!begins.is_empty(), "{name}: no connection");
    let announcing = links(&tshark, name, &Options::filter(carrier).two_passes())?;
    for (frame, announced) in begins.values() {
        let row = announcing.iter().find(|row| row.0 == *announced);
        let opened = row.map(|row| &row.2).ok_or_else(|| format!("{name}: frame {announced} announces nothing"))?;
        // A second connection to the same address does not replace the first.
        let first = opened.iter().all(|opened| opened <= frame) && !opened.is_empty();
        assert!(first, "{name}: frame {announced} says {opened:?}, and frame {frame} begins a connection");
    }
    for (frame, _, opened, _) in announcing.iter().filter(|row| !row.2.is_empty()) {
        let known = begins.values().any(|begin| opened.contains(&begin.0));
        assert!(known, "{name}: frame {frame} says that {opened:?} begins a connection");
    }
    // A single pass knows what was, not what will be.
    let once = links(&tshark, name, &Options::filter(&format!("({protocol} && !msn) || ({carrier})")))?;
    let of = |rows: &Links| rows.iter().map(|row| (row.0, row.3.clone())).collect::<BTreeMap<_, _>>();
    let connections: Links = once.iter().filter(|row| twice.iter().any(|other| other.0 == row.0)).cloned().collect();
    assert_eq!(of(&connections), of(&twice), "{name}: one pass announces other connections than two");
    assert!(once.iter().all(|row| row.2.is_empty()), "{name}: one pass knows what comes later");
    Ok(())
}

#[test]
fn direct_connections() -> Check {
    both_ways("msnp18-directconn-libpurple2.10.9", "msnp2p.direct.length", "msnslp")
}

#[test]
fn old_file_transfers() -> Check {
    both_ways("msnp12-msnftp-amsn", "msnftp", "msn.invite.command")
}

#[test]
fn webcams() -> Check {
    both_ways("msnp18-webcam-amsn", "msncam", "msnp2p.control")
}
