// SPDX-License-Identifier: GPL-2.0-or-later
//! The test machinery itself, checked against dissectors that come with Wireshark.

use msn_tests::pcap::{
    Capture, Chance, Cuts, Event, FileFormat, Link, Segmentation, Side, Stream, TcpOptions, overlap, restream, segments,
};
use msn_tests::tshark::{Options, Tshark};
use std::net::SocketAddr;

type Check = Result<(), Box<dyn std::error::Error>>;

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address in the test")
}

fn chat(client: &str, server: &str) -> Stream {
    let mut stream = Stream::new(address(client), address(server));
    stream.send(Side::Client, "VER 1 MSNP8 CVR0\r\n").send(Side::Server, "VER 1 MSNP8 CVR0\r\n");
    stream.send(Side::Client, "PNG\r\n").send(Side::Client, "PNG\r\n").send(Side::Server, "QNG 41\r\nQNG 42\r\n");
    stream.push(Side::Client, Event::Fin).push(Side::Server, Event::Fin);
    stream
}

fn same_talk(a: &Stream, b: &Stream) {
    for side in [Side::Client, Side::Server] {
        let (a, b) = (a.bytes(side), b.bytes(side));
        assert_eq!(String::from_utf8_lossy(&a), String::from_utf8_lossy(&b), "{side:?}");
    }
}

#[test]
fn every_link_type_is_read_by_tshark_and_restreamed() -> Check {
    let tshark = Tshark::new()?;
    for (n, link) in Link::ALL.into_iter().enumerate() {
        let streams = [chat("192.0.2.1:50000", "192.0.2.10:9"), chat("[2001:db8::1]:50001", "[2001:db8::10]:9")];
        let capture = Capture::of_streams(link, &streams, &TcpOptions::default())?;
        let format = if n % 2 == 0 { FileFormat::Pcap } else { FileFormat::PcapNg };
        let stored = tshark.store_as(&capture, format)?;
        let options = Options::default().preference("tcp.check_checksum:TRUE").preference("ip.check_checksum:TRUE");
        let fields = ["tcp.stream", "tcp.payload", "tcp.checksum.status", "tcp.analysis.flags", "_ws.malformed"];
        let rows = tshark.fields(&stored, &fields, &options)?;
        assert_eq!(rows.len(), capture.packets.len(), "{link:?}");
        for (index, stream) in ["0", "1"].into_iter().zip(&streams) {
            let hex: String =
                rows.iter().filter(|r| r[0] == [index]).flat_map(|r| r[1].iter()).map(String::as_str).collect();
            let sent: usize = [Side::Client, Side::Server].map(|s| stream.bytes(s).len()).iter().sum();
            assert_eq!(hex.len(), sent * 2, "{link:?} {hex}");
        }
        for row in &rows {
            assert_eq!(row[2], ["1"], "{link:?}: checksum status of {row:?}");
            assert!(row[3].is_empty() && row[4].is_empty(), "{link:?}: {row:?}");
        }
        let read = Capture::read(stored.path())?;
        assert_eq!(read.packets.len(), capture.packets.len());
        assert_eq!(read.packets[5].time.as_micros(), capture.packets[5].time.as_micros(), "{link:?} {format:?}");
        let back = restream(&read);
        assert_eq!(back.len(), 2, "{link:?}");
        for (back, stream) in back.iter().zip(&streams) {
            assert_eq!((back.client, back.server), (stream.client, stream.server), "{link:?}");
            same_talk(back, stream);
            assert_eq!(back.events.iter().filter(|e| e.event == Event::Fin).count(), 2, "{link:?}");
        }
    }
    Ok(())
}

#[test]
fn every_segmentation_carries_the_same_bytes() -> Check {
    let stream = chat("192.0.2.1:50000", "192.0.2.10:9");
    let data = |options: &TcpOptions| {
        let sizes = segments(&stream, options).iter().map(|s| s.payload.len()).filter(|&n| n > 0).collect::<Vec<_>>();
        let capture = Capture::of_streams(Link::Raw, std::slice::from_ref(&stream), options).expect("fits");
        same_talk(&restream(&capture)[0], &stream);
        sizes
    };
    assert_eq!(data(&TcpOptions::default()), [18, 18, 5, 5, 16]);
    assert_eq!(data(&TcpOptions { mss: 10, ..TcpOptions::default() }), [10, 8, 10, 8, 5, 5, 10, 6]);
    assert_eq!(data(&TcpOptions::cut(Segmentation::Merged)), [18, 18, 10, 16]);
    assert_eq!(data(&TcpOptions::cut(Segmentation::Bytes)), [1; 62]);
    let cuts = Cuts { client: vec![0, 3, 18, 20], server: vec![17, 19] };
    assert_eq!(data(&TcpOptions::cut(Segmentation::Cut(cuts))), [3, 15, 17, 1, 2, 3, 5, 1, 15]);
    let random = data(&TcpOptions::cut(Segmentation::Random { seed: 7, max: 6 }));
    assert!(random.iter().all(|&n| n <= 6) && random.len() > 12, "{random:?}");
    Ok(())
}

#[test]
fn damage_is_what_it_says() -> Check {
    let stream = chat("192.0.2.1:50000", "192.0.2.10:9");
    let options = TcpOptions::cut(Segmentation::Random { seed: 3, max: 4 });
    let whole = Capture::of_streams(Link::Ethernet, std::slice::from_ref(&stream), &options)?;
    let half = Chance { seed: 11, rate: 0.5 };

    let (lossy, lost) = whole.clone().with_loss(half);
    assert!(!lost.is_empty() && lost.iter().all(|i| whole.data_packets().contains(i)));
    assert_eq!(lossy.packets.len() + lost.len(), whole.packets.len());
    assert!(restream(&lossy)[0].bytes(Side::Client).len() < stream.bytes(Side::Client).len());

    let doubled = whole.clone().with_duplicates(half, 3);
    assert_eq!(doubled.packets.len(), whole.packets.len() + lost.len());
    let mixed = whole.clone().with_reordering(half, 2);
    assert_ne!(mixed, whole);
    let overlapping = Capture::of_segments(Link::Ethernet, overlap(&segments(&stream, &options)))?;
    assert!(overlapping.packets.len() > whole.packets.len());
    for damaged in [doubled, mixed, overlapping] {
        assert!(damaged.packets.windows(2).all(|w| w[0].time <= w[1].time));
        same_talk(&restream(&damaged)[0], &stream);
    }
    assert!(whole.clone().snapped(60).packets.iter().all(|p| p.data.len() <= 60 && p.length as usize >= p.data.len()));
    assert_eq!(whole.clone().without_first(3).packets[..], whole.packets[3..]);
    Ok(())
}

#[test]
fn tshark_output_is_read_in_every_form() -> Check {
    let tshark = Tshark::new()?;
    let streams = [chat("192.0.2.1:50000", "192.0.2.10:1863")];
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?)?;
    let msnms = Options::default().decode_as("tcp.port==1863,msnms");

    let summary = tshark.summary(&stored, &msnms)?;
    let lines: Vec<_> = summary.iter().filter(|s| s.protocol == "MSNMS").map(|s| s.info.as_str()).collect();
    assert_eq!(lines, ["VER 1 MSNP8 CVR0", "VER 1 MSNP8 CVR0", "PNG", "PNG", "QNG 41"]);

    let filtered = Options { filter: Some("msnms".into()), ..msnms.clone() };
    let packets = tshark.pdml(&stored, &filtered)?;
    let last = packets.last().ok_or("no packets")?;
    assert_eq!(last.shows("tcp.srcport"), ["1863"]);
    let proto = last.protos.last().ok_or("no protocol")?;
    assert!(proto.proto && proto.name == "msnms" && proto.size == 16);
    assert_eq!(proto.children.iter().map(|c| c.show.as_str()).collect::<Vec<_>>(), ["QNG 41\\r\\n", "QNG 42\\r\\n"]);
    assert_eq!((proto.children[1].pos, proto.children[1].end()), (proto.pos + 8, proto.end()));
    assert!(tshark.verbose(&stored, &filtered.clone().two_passes())?.contains("MSN Messenger Service"));

    let mut sharkd = tshark.sharkd(&stored)?;
    assert_eq!(sharkd.frame_count()? as usize, summary.len());
    let backwards: Vec<_> = [6, 4].into_iter().map(|n| sharkd.frame(n)).collect::<Result<_, _>>()?;
    assert!(backwards[0].iter().any(|node| node.kind == "proto" && node.filter == "tcp"));
    assert_ne!(backwards[0], backwards[1]);
    sharkd.finish()?;
    Ok(())
}

#[test]
fn a_complaint_fails_the_run() -> Check {
    let tshark = Tshark::new()?;
    let streams = [chat("192.0.2.1:50000", "192.0.2.10:9")];
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?)?;
    let bytes = std::fs::read(stored.path())?;
    std::fs::write(stored.path(), &bytes[..bytes.len() - 7])?;
    let error = tshark.summary(&stored, &Options::default()).expect_err("the file is cut off");
    assert!(error.to_string().contains("cut short"), "{error}");
    let tolerant = Options { may_complain: true, ..Options::default() };
    assert!(!tshark.summary(&stored, &tolerant)?.is_empty());
    let hurried = Options { limit: std::time::Duration::ZERO, ..Options::default() };
    let error = tshark.summary(&stored, &hurried).expect_err("no time at all");
    assert!(format!("{error:#}").contains("killed"), "{error:#}");
    Ok(())
}
