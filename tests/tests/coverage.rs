// SPDX-License-Identifier: GPL-2.0-or-later
//! The coverage tool sees every payload, however it was put into segments.

mod common;

use common::{Check, complete_transcripts};
use msn_tests::coverage::coverage;
use msn_tests::pcap::{Capture, Link, Segmentation, Side, TcpOptions};
use msn_tests::pdu::only_msn;
use msn_tests::transcript::{Regular, Transcript, all};
use msn_tests::tshark::{Options, Tshark};

#[test]
fn every_payload_of_the_transcripts_is_measured() -> Check {
    let tshark = Tshark::new()?;
    let names: Vec<String> = complete_transcripts()?.into_iter().map(|group| group.name).collect();
    let (mut streams, mut expected) = (Vec::new(), Vec::new());
    for path in all()? {
        if !path.file_stem().is_some_and(|stem| names.iter().any(|name| stem == name.as_str())) {
            continue;
        }
        // The payloads of commands that are not regular are not known by their lines.
        if std::fs::read_to_string(&path)?.contains("\n=odd") {
            continue;
        }
        let transcript = Transcript::read(&path)?;
        // The payload of what is meant to be odd has no length that could be expected; web services have none.
        if transcript.units.iter().any(|unit| matches!(unit.regular, None | Some(Regular::Service))) {
            continue;
        }
        for unit in transcript.units.iter().filter(|unit| unit.regular.as_ref().is_some_and(|r| r.payload() > 0)) {
            let payload = unit.regular.as_ref().map_or(0, Regular::payload);
            expected.push(unit.bytes[unit.bytes.len() - payload..].to_vec());
        }
        streams.extend(transcript.streams());
    }
    for (number, stream) in streams.iter_mut().enumerate() {
        let port = |old: std::net::SocketAddr, new: u16| std::net::SocketAddr::new(old.ip(), new);
        let (client, server) = (port(stream.client, 30000 + number as u16), port(stream.server, 1863));
        *stream = stream.relocated(client, server, std::time::Duration::from_secs(number as u64 * 5));
        assert!(!stream.bytes(Side::Client).is_empty());
    }
    expected.sort();
    assert!(expected.len() > 50);
    for segmentation in [Segmentation::AsSent, Segmentation::Merged, Segmentation::Random { seed: 1, max: 100 }] {
        let capture = Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::cut(segmentation.clone()))?;
        let stored = tshark.store(&capture)?;
        let found = coverage(&tshark.pdml(&stored, &only_msn(&Options::default()))?);
        assert_eq!(found.len(), expected.len(), "{segmentation:?}");
        // Whether the fields cover it or not: what is counted and what is left aside make up the payload.
        for pdu in &found {
            let missing: usize = pdu.missing.iter().map(|run| run.bytes.len()).sum();
            assert_eq!(pdu.covered + missing, pdu.payload, "{}", pdu.label);
            let known = |run: &msn_tests::coverage::Run| {
                expected
                    .iter()
                    .any(|payload| payload.get(run.offset..).is_some_and(|rest| rest.starts_with(&run.bytes)))
            };
            assert!(pdu.missing.iter().all(known), "{}: bytes that no payload holds", pdu.label);
        }
    }
    Ok(())
}
