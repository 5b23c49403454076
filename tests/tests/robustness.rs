// SPDX-License-Identifier: GPL-2.0-or-later
//! Captures as they come: damaged, incomplete, hostile. What can be seen is seen, and nothing is held for ever.

mod common;

use common::{Check, complete_transcripts, connection, contents, dissect, dissect_capture, none, real, told};
use msn_tests::pcap::{Capture, Chance, Link, Segmentation, Side, Stream, TcpOptions, overlap, restream, segments};
use msn_tests::pdu::Pdu;
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Tshark};
use msn_tests::variants::difference;

fn whole(streams: &[Stream], segmentation: Segmentation) -> anyhow::Result<Capture> {
    Capture::of_streams(Link::Ethernet, streams, &TcpOptions::cut(segmentation))
}

/// Commands of many forms, each recognisable by its account.
fn lines(count: usize) -> Vec<Vec<u8>> {
    let line = |n: usize| match n % 4 {
        0 => format!("NLN AWY user{n}@example.com Name%20{n} 268435456\r\n"),
        1 => format!("FLN user{n}@example.com\r\n"),
        2 => {
            let body = format!("<Data><PSM>message {n}</PSM><CurrentMedia></CurrentMedia></Data>");
            format!("UBX user{n}@example.com {}\r\n{body}", body.len())
        }
        _ => format!("BPR user{n}@example.com MOB Y\r\n"),
    };
    (0..count).map(|n| line(n).into_bytes()).collect()
}

/// The accounts that the server's commands name.
fn accounts(pdus: &[Pdu]) -> Vec<String> {
    let from_server = pdus.iter().filter(|pdu| pdu.side() == Some(Side::Server));
    from_server.filter_map(|pdu| pdu.show("msn.email").map(str::to_owned)).collect()
}

#[test]
fn retransmissions_add_nothing() -> Check {
    let tshark = Tshark::new()?;
    let stream = told(50000, &lines(60));
    let options = TcpOptions::cut(Segmentation::Random { seed: 1, max: 70 });
    let clean = Capture::of_streams(Link::Ethernet, std::slice::from_ref(&stream), &options)?;
    let expected = contents(&dissect_capture(&tshark, &clean, &Options::default())?);
    assert_eq!(expected.len(), 62);
    let chance = Chance { seed: 2, rate: 0.3 };
    let damaged = [
        clean.clone().with_duplicates(chance, 0),
        clean.clone().with_duplicates(chance, 4),
        Capture::of_segments(Link::Ethernet, overlap(&segments(&stream, &options)))?,
    ];
    // Wireshark keeps what it takes for a repetition to itself unless told otherwise.
    let given = Options::default().preference("tcp.no_subdissector_on_error:FALSE");
    let ways = [Options::default(), Options::default().two_passes(), given.clone(), given.two_passes()];
    let mut failures = Vec::new();
    for (n, capture) in damaged.iter().enumerate() {
        assert_ne!(*capture, clean);
        for way in &ways {
            let found = contents(&dissect_capture(&tshark, capture, way)?);
            let told = format!("capture {n} {:?} two passes: {}", way.preferences, way.two_passes);
            failures.extend(difference(&expected, &found).map(|what| format!("{told}: {what}")));
        }
    }
    none(failures)
}

/// As above, between clients, for segments that Wireshark hands over though they are repetitions.
#[test]
fn retransmissions_between_clients_add_nothing() -> Check {
    let tshark = Tshark::new()?;
    let given = Options::default().preference("tcp.no_subdissector_on_error:FALSE");
    let mut failures = Vec::new();
    for name in
        ["msnp18-directconn-libpurple2.10.9-escargot", "msnp12-msnftp-amsn-escargot", "msnp18-webcam-amsn-escargot"]
    {
        // Without acknowledgements Wireshark does not know what is a repetition.
        let streams = restream(&Capture::read(&capture_folder().join(format!("{name}.pcap")))?);
        let clean = Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?;
        let expected = contents(&dissect_capture(&tshark, &clean, &Options::default())?);
        for distance in [0, 3] {
            let damaged = clean.clone().with_duplicates(Chance { seed: 3, rate: 0.1 }, distance);
            for way in [given.clone(), given.clone().two_passes()] {
                let found = contents(&dissect_capture(&tshark, &damaged, &way)?);
                let told = format!("{name} distance {distance} two passes: {}", way.two_passes);
                failures.extend(difference(&expected, &found).map(|what| format!("{told}: {what}")));
            }
        }
    }
    none(failures)
}

#[test]
fn reordered_segments_are_complete_when_wireshark_orders_them() -> Check {
    let tshark = Tshark::new()?;
    let stream = told(50000, &lines(60));
    let clean = whole(&[stream], Segmentation::Random { seed: 3, max: 70 })?;
    let expected = contents(&dissect_capture(&tshark, &clean, &Options::default())?);
    // Not the first ones: where a direction begins, Wireshark cannot tell that something is missing.
    let mut mixed = clean.clone();
    for index in clean.data_packets().into_iter().skip(4).step_by(7) {
        mixed.delay(index, 3);
    }
    let options = Options::default().in_order();
    let found = contents(&dissect_capture(&tshark, &mixed, &options)?);
    none(difference(&expected, &found).into_iter().collect())
}

/// Nothing of a connection is taken for another one's that uses its addresses and ports later.
#[test]
fn ports_are_used_again() -> Check {
    let tshark = Tshark::new()?;
    let login = |version: u8, account: &str| {
        let mut stream = connection(50000, 1863);
        stream.send(Side::Client, format!("VER 1 MSNP{version} CVR0\r\n"));
        stream.send(Side::Server, format!("VER 1 MSNP{version} CVR0\r\n"));
        stream.send(Side::Client, format!("USR 2 TWN I {account}\r\n")).send(Side::Client, "PNG\r\n");
        stream
    };
    let (first, second) = (login(8, "alice@example.com"), login(18, "bob@example.com"));
    let after = |port: u16| {
        let mut client = second.client;
        client.set_port(port);
        let second = second.relocated(client, second.server, std::time::Duration::from_secs(60));
        let options = TcpOptions::default();
        let mut all = segments(&first, &options);
        // Wireshark knows a new connection by its other initial sequence numbers.
        all.extend(segments(&second, &options).into_iter().map(|mut segment| {
            segment.seq = segment.seq.wrapping_add(1 << 30);
            if segment.ack != 0 {
                segment.ack = segment.ack.wrapping_add(1 << 30);
            }
            segment
        }));
        Capture::of_segments(Link::Ethernet, all)
    };
    for options in [Options::default(), Options::default().two_passes()] {
        let apart = dissect_capture(&tshark, &after(50001)?, &options)?;
        let again = dissect_capture(&tshark, &after(50000)?, &options)?;
        let said = |pdus: &[Pdu], field: &str| -> Vec<String> {
            pdus.iter().map(|pdu| pdu.show(field).unwrap_or_default().to_owned()).collect()
        };
        assert_eq!(said(&again, "msn.version"), ["", "8", "8", "8", "", "18", "18", "18"]);
        assert_eq!(said(&again, "msn.account")[7], "bob@example.com");
        none(difference(&contents(&apart), &contents(&again)).into_iter().collect())?;
    }
    Ok(())
}

/// Every command that lies in whole segments of its own is seen, whatever is lost or late around it.
#[test]
fn a_missing_piece_costs_only_itself() -> Check {
    let tshark = Tshark::new()?;
    let sent = lines(120);
    let clean = whole(&[told(50000, &sent)], Segmentation::AsSent)?;
    let named: Vec<String> = (0..120).map(|n| format!("user{n}@example.com")).collect();
    let (lossy, lost) = clean.clone().with_loss(Chance { seed: 5, rate: 0.15 });
    // The first commands go with the third and fourth data packet: the first two are the VER lines.
    let data = clean.data_packets();
    let kept = named.iter().zip(&data[2..]).filter(|(_, packet)| !lost.contains(packet));
    let kept: Vec<String> = kept.map(|(name, _)| name.clone()).collect();
    assert!(kept.len() < 115 && kept.len() > 60);
    let seen = |capture: &Capture, options: &Options| -> anyhow::Result<Vec<String>> {
        let mut found = accounts(&dissect_capture(&tshark, capture, options)?);
        found.sort();
        Ok(found)
    };
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(seen(&lossy, &Options::default())?, sorted(kept));

    // Wireshark before 4.6 gives late segments to no dissector unless told so; since then it gives those that it does not
    // take for repetitions. What came in time must not suffer, and what is given must be seen once.
    let mut late = clean.clone();
    let delayed: Vec<usize> = (4..110).step_by(9).collect();
    for at in &delayed {
        late.delay(data[2 + at], 3);
    }
    let stored = tshark.store(&late)?;
    let repetition = tshark.fields(&stored, &["tcp.analysis.retransmission"], &Options::default())?;
    let kept_back = |at: &usize| repetition.get(data[2 + at] + 3).is_some_and(|row| !row[0].is_empty());
    let given: Vec<usize> = delayed.iter().copied().filter(|at| !kept_back(at)).collect();
    assert!(!given.is_empty(), "Wireshark takes all late segments for repetitions");
    let those = |wanted: &dyn Fn(&usize) -> bool| {
        let chosen = named.iter().enumerate().filter(|(at, _)| wanted(at));
        sorted(chosen.map(|(_, name)| name.clone()).collect())
    };
    let in_time = those(&|at| !delayed.contains(at));
    let all = those(&|at| !delayed.contains(at) || given.contains(at));
    let found = seen(&late, &Options::default())?;
    assert!(found == in_time || found == all, "{found:?}");
    let told_so = Options::default().preference("tcp.no_subdissector_on_error:FALSE");
    assert_eq!(seen(&late, &told_so)?, all);
    assert_eq!(seen(&late, &told_so.two_passes())?, all);
    Ok(())
}

/// Segments that were cut anywhere are lost: what is whole and not next to a hole is still found.
#[test]
fn a_lost_part_of_a_command_costs_its_neighbours_at_most() -> Check {
    let tshark = Tshark::new()?;
    let sent = lines(200);
    let clean = whole(&[told(50000, &sent)], Segmentation::Random { seed: 7, max: 90 })?;
    let all = accounts(&dissect_capture(&tshark, &clean, &Options::default())?);
    assert_eq!(all.len(), 200);
    let (lossy, lost) = clean.clone().with_loss(Chance { seed: 8, rate: 0.03 });
    let found = accounts(&dissect_capture(&tshark, &lossy, &Options::default())?);
    let missing: Vec<_> = all.iter().filter(|name| !found.contains(name)).collect();
    // A lost segment of up to 90 bytes touches up to four short lines; its neighbours up to as many again.
    assert!(!missing.is_empty() && missing.len() <= 8 * lost.len(), "{} lost: {missing:?}", lost.len());
    let doubled = found.iter().enumerate().filter(|(at, name)| found[..*at].contains(name)).count();
    assert_eq!(doubled, 0, "{found:?}");
    Ok(())
}

#[test]
fn without_reassembly_whole_commands_are_seen() -> Check {
    let tshark = Tshark::new()?;
    let off = Options::default().preference("tcp.desegment_tcp_streams:FALSE");
    let streams = [told(50000, &lines(40))];
    let clean = whole(&streams, Segmentation::AsSent)?;
    let expected = contents(&dissect_capture(&tshark, &clean, &Options::default())?);
    let found = contents(&dissect_capture(&tshark, &clean, &off)?);
    none(difference(&expected, &found).into_iter().collect())?;
    // Cut anywhere, at least lines that begin a segment and end in it are seen, and no run fails.
    let cut = whole(&streams, Segmentation::Random { seed: 9, max: 200 })?;
    let found = accounts(&dissect_capture(&tshark, &cut, &off)?);
    assert!(found.len() > 15, "{found:?}");
    Ok(())
}

#[test]
fn snapped_packets_show_what_they_hold() -> Check {
    let tshark = Tshark::new()?;
    let sent = lines(40);
    let capture = whole(&[told(50000, &sent)], Segmentation::AsSent)?.snapped(96);
    let pdus = dissect_capture(&tshark, &capture, &Options::default())?;
    let words: Vec<_> = pdus.iter().filter_map(Pdu::word).collect();
    // 54 bytes of headers leave 42 of the command: all words fit.
    for word in ["NLN", "FLN", "UBX", "BPR"] {
        assert_eq!(words.iter().filter(|&&w| w == word).count(), 10, "{word} in {words:?}");
    }
    for pdu in &pdus {
        assert!(!pdu.is_malformed(), "{}", pdu.label());
        // A number that the capture cut is no number.
        let cut = pdu.all("msn.capabilities").into_iter().find(|field| field.show != "0x10000000");
        assert_eq!(cut, None, "{}", pdu.label());
    }
    let real = real("msnp18-mpop-libpurple2.10.9-escargot")?;
    for length in [54, 60, 96, 200] {
        let capture = whole(&real.streams, Segmentation::AsSent)?.snapped(length);
        let pdus = dissect_capture(&tshark, &capture, &Options::default())?;
        let malformed = pdus.iter().filter(|pdu| pdu.is_malformed()).count();
        assert_eq!(malformed, 0, "snap length {length}");
    }
    Ok(())
}

/// Without the first packets, the commands after them are found all the same.
#[test]
fn late_starts_find_the_next_command() -> Check {
    let tshark = Tshark::new()?;
    let group = real("msnp12-basic-pecan-escargot")?;
    let capture = whole(&group.streams, Segmentation::Merged)?;
    let options = Options::default().decode_as("tcp.port==1864,msn");
    let words = |pdus: &[Pdu], from: usize| -> Vec<(u32, String)> {
        let later = pdus.iter().filter(|pdu| pdu.frame as usize > from);
        later.map(|pdu| (pdu.frame, pdu.word().unwrap_or("").to_owned())).collect()
    };
    let all = dissect_capture(&tshark, &capture, &options)?;
    for skipped in [1, 5, 12, 30, 60] {
        let pdus = dissect_capture(&tshark, &capture.clone().without_first(skipped), &options)?;
        let expected = words(&all, skipped);
        let found: Vec<_> = words(&pdus, 0).into_iter().map(|(f, w)| (f + skipped as u32, w)).collect();
        assert!(expected.len() > 20);
        assert_eq!(found, expected, "without the first {skipped} packets");
    }
    Ok(())
}

/// Memory that tshark may use beyond what it needs for the same amount of ordinary traffic, in KiB.
const SPARE: u64 = 48 * 1024;
const SEGMENT: usize = 1400;

fn flood(bytes: &[u8]) -> anyhow::Result<Capture> {
    let mut stream = connection(50000, 1863);
    stream.send(Side::Client, "VER 1 MSNP12 CVR0\r\n").send(Side::Server, "VER 1 MSNP12 CVR0\r\n");
    stream.send(Side::Server, bytes.to_vec());
    stream.send(Side::Server, "\r\nFLN bob@example.com\r\n").send(Side::Server, "FLN carol@example.com\r\n");
    Capture::of_streams(Link::Ethernet, &[stream], &TcpOptions { mss: SEGMENT, ..TcpOptions::default() })
}

/// Floods of bytes that are no commands, or that promise more than they hold: tshark must show them as they come, in
/// bounded memory and time, and find the next command.
#[test]
fn garbage_is_not_held() -> Check {
    let tshark = Tshark::new()?;
    let size = 4 << 20;
    let ordinary: Vec<u8> = lines(size / 60).concat();
    let baseline = {
        let stored = tshark.store(&flood(&ordinary)?)?;
        tshark.run(&["-n".as_ref(), "-r".as_ref(), stored.path().as_os_str()], &Options::default())?
    };
    let floods: [(&str, Vec<u8>); 5] = [
        ("letters without end", vec![b'A'; size]),
        ("zeros", vec![0; size]),
        ("a line without end", [b"NLN AWY ".as_slice(), &vec![b'x'; size]].concat()),
        ("a payload beyond all bounds", [b"MSG Hotmail Hotmail 4000000000\r\n".as_slice(), &vec![b'x'; size]].concat()),
        ("empty lines", b"\r\n".repeat(size / 64)),
    ];
    for (name, bytes) in floods {
        let capture = flood(&bytes)?;
        let stored = tshark.store(&capture)?;
        let output = tshark.run(&["-n".as_ref(), "-r".as_ref(), stored.path().as_os_str()], &Options::default())?;
        let (peak, base) = (output.peak_kib, baseline.peak_kib);
        assert!(peak < base + SPARE, "{name}: {peak} KiB against {base}");
        let (time, usual) = (output.elapsed, baseline.elapsed);
        assert!(time < 5 * usual + std::time::Duration::from_secs(3), "{name}: {time:?} against {usual:?}");

        let rows = tshark.fields(&stored, &["msn.continuation", "msn.email", "tcp.len"], &Options::default())?;
        let shown = rows.iter().filter(|row| !row[0].is_empty()).count();
        let floods = rows.iter().filter(|row| row[2] == [SEGMENT.to_string()]).count();
        if name != "empty lines" {
            assert!(shown * 10 > floods / 64, "{name}: continuation data in {shown} of {floods} frames");
        }
        let last: Vec<_> = rows.iter().rev().find(|row| !row[1].is_empty()).into_iter().flat_map(|r| &r[1]).collect();
        assert_eq!(last, ["carol@example.com"], "{name}");
    }
    Ok(())
}

/// Random bytes, and real traffic with random bytes changed: no complaint, no malformed packet.
#[test]
fn noise_is_survived() -> Check {
    use rand::RngExt;
    let tshark = Tshark::new()?;
    let mut random: rand_chacha::ChaCha8Rng = rand::SeedableRng::seed_from_u64(23);
    let mut streams = Vec::new();
    for (number, stream) in complete_transcripts()?.into_iter().flat_map(|g| g.streams).enumerate() {
        let mut client = stream.client;
        client.set_port(3000 + number as u16);
        let mut noisy = stream.relocated(client, stream.server, std::time::Duration::ZERO);
        for event in &mut noisy.events {
            if let msn_tests::pcap::Event::Data(bytes) = &mut event.event {
                for byte in bytes.iter_mut() {
                    if random.random_bool(0.02) {
                        *byte = random.random();
                    }
                }
            }
        }
        streams.push(noisy);
    }
    for port in 4000..4040 {
        let mut stream = connection(port, 1863);
        for _ in 0..20 {
            let side = if random.random_bool(0.5) { Side::Client } else { Side::Server };
            let bytes: Vec<u8> = (0..random.random_range(1..300)).map(|_| random.random()).collect();
            stream.send(side, bytes);
        }
        streams.push(stream);
    }
    let mut segments_of_all = Vec::new();
    for stream in &streams {
        segments_of_all.extend(segments(stream, &TcpOptions::default()));
    }
    let pdus = dissect(&tshark, segments_of_all, &Options::default())?;
    assert!(pdus.len() > 400);
    // A drawing of which a part was taken for the whole is malformed, as the dissector of images says.
    let ours = |pdu: &Pdu| pdu.is_malformed() && pdu.all("msn.message.ink").is_empty();
    let bad = |pdu: &&Pdu| ours(pdu) || !pdu.all("msn.expert.internal_error").is_empty();
    none(pdus.iter().filter(bad).map(|pdu| format!("{} {:?}", pdu.label(), pdu.content())).collect())
}
