// SPDX-License-Identifier: GPL-2.0-or-later
//! However a conversation is put into packets, the same fields come out.

mod common;

use common::{Check, complete_transcripts, contents, dissect, dissect_capture, none, real};
use msn_tests::pcap::{Capture, FileFormat, Link, Segmentation, TcpOptions, overlap, segments};
use msn_tests::pdu::{only_msn, pdus};
use msn_tests::tshark::{Options, Tshark};
use msn_tests::variants::{Batch, Cutter, Group, cutter, difference, every_byte};

/// Real captures that show every kind of server and most commands.
const REAL: [&str; 5] = [
    "msnp2-basic-synthetic-escargot",
    "msnp10-basic-synthetic-escargot",
    "msnp12-chat-amsn-escargot",
    "msnp16-basic-libpurple2.7.11-escargot",
    "msnp18-circle-msnpsharp3.1-escargot",
];

fn same(groups: &[Group], cutters: Vec<Cutter>) -> Check {
    let tshark = Tshark::new()?;
    let batch = Batch::new(groups, &cutters);
    let seen = dissect(&tshark, batch.segments.clone(), &Options::default())?;
    assert!(seen.len() > batch.len(), "{} PDUs on {} connections", seen.len(), batch.len());
    none(batch.differences(&seen))
}

/// Transfers and invitations are remembered over all connections of a capture, so a second copy of such a conversation
/// is a repetition of the first and not another one. Their variants get a capture each.
fn is_transfer(group: &Group) -> bool {
    ["p2p", "slp", "ftp", "direct", "bridging", "webcam", "invitations"].iter().any(|name| group.name.contains(name))
}

fn apart(groups: Vec<Group>) -> (Vec<Group>, Vec<Group>) {
    groups.into_iter().partition(is_transfer)
}

fn same_in_captures_of_their_own(groups: &[Group], cutters: Vec<Cutter>) -> Check {
    let tshark = Tshark::new()?;
    let mut seen = Vec::new();
    for cutter in cutters {
        let batch = Batch::new(groups, &[cutter]);
        // By sender and in the order of each sender: how the two mix depends on the segments.
        let mut pdus = dissect(&tshark, batch.segments.clone(), &Options::default())?;
        pdus.sort_by_key(|pdu| (pdu.stream, pdu.source_port));
        seen.push(contents(&pdus));
    }
    let (first, others) = seen.split_first().expect("at least one way of cutting");
    assert!(first.len() > 20, "{} PDUs", first.len());
    none(
        others
            .iter()
            .enumerate()
            .flat_map(|(n, other)| difference(first, other).map(|what| format!("way {}: {what}", n + 1)))
            .collect(),
    )
}

#[test]
fn transfers_merged_and_at_random() -> Check {
    let (transfers, _) = apart(complete_transcripts()?);
    assert!(!transfers.is_empty());
    let plans = [Segmentation::AsSent, Segmentation::Merged];
    let mut cutters: Vec<Cutter> = plans.map(cutter).into();
    cutters.extend([random(8, 40), random(9, 300)]);
    same_in_captures_of_their_own(&transfers, cutters)
}

fn random(seed: u64, max: usize) -> Cutter {
    cutter(Segmentation::Random { seed, max })
}

#[test]
fn transcripts_cut_at_every_byte() -> Check {
    let mut cutters = vec![cutter(Segmentation::AsSent)];
    cutters.extend(every_byte(23));
    same(&apart(complete_transcripts()?).1, cutters)
}

#[test]
fn transcripts_in_single_bytes_merged_and_at_random() -> Check {
    let plans = [Segmentation::AsSent, Segmentation::Bytes, Segmentation::Merged];
    let mut cutters: Vec<Cutter> = plans.map(cutter).into();
    cutters.extend([random(1, 5), random(2, 60), random(3, 400)]);
    let small = TcpOptions { mss: 536, acks: true, ..TcpOptions::cut(Segmentation::Merged) };
    cutters.push(Box::new(move |stream| segments(stream, &small)));
    cutters.push(Box::new(|stream| {
        overlap(&segments(stream, &TcpOptions::cut(Segmentation::Random { seed: 4, max: 50 })))
    }));
    same(&apart(complete_transcripts()?).1, cutters)
}

#[test]
fn real_connections_in_single_bytes_merged_and_at_random() -> Check {
    let groups = REAL.map(real).into_iter().collect::<Result<Vec<_>, _>>()?;
    let plans = [Segmentation::AsSent, Segmentation::Bytes, Segmentation::Merged];
    let mut cutters: Vec<Cutter> = plans.map(cutter).into();
    cutters.extend([random(5, 7), random(6, 300)]);
    same(&groups, cutters)
}

#[test]
fn a_real_transfer_merged_and_at_random() -> Check {
    let groups = [real("msnp9-p2p-libpurple2.0.0-escargot")?, real("msnp18-p2p-msnpsharp3.1-escargot")?];
    let cutters = vec![cutter(Segmentation::AsSent), cutter(Segmentation::Merged), random(7, 600)];
    same(&groups, cutters)
}

#[test]
fn every_link_type_and_file_format() -> Check {
    let tshark = Tshark::new()?;
    let (_, chats) = apart(complete_transcripts()?);
    let streams: Vec<_> = chats.into_iter().flat_map(|group| group.streams).take(12).collect();
    let options = Options::default();
    let expected = contents(&dissect_capture(
        &tshark,
        &Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?,
        &options,
    )?);
    assert!(expected.len() > 30);
    let mut failures = Vec::new();
    for (n, link) in Link::ALL.into_iter().enumerate() {
        let capture = Capture::of_streams(link, &streams, &TcpOptions::default())?;
        let format = if n % 2 == 0 { FileFormat::PcapNg } else { FileFormat::Pcap };
        let stored = tshark.store_as(&capture, format)?;
        let found = contents(&pdus(&tshark.pdml(&stored, &only_msn(&options))?));
        failures.extend(difference(&expected, &found).map(|what| format!("{link:?} {format:?}: {what}")));
    }
    none(failures)
}
