// SPDX-License-Identifier: GPL-2.0-or-later
//! Whole MSNFTP connections, cut, reordered, repeated and lost in every way.

use msn_dissect_core::session::FrameId;
use msn_dissect_core::{
    dissect::Channel,
    fields::{ftp as f, reassembly},
    item::{Item, Kind, Tree},
    output::Dissection,
    packet::{Need, Packet},
    session::{
        Session,
        ftp::{Invitation, Offer},
    },
};
use proptest::prelude::*;

/// What a tree shows, but for what only a later pass knows: that nothing more of a file comes, and where it is whole.
fn shown(tree: &Tree) -> Vec<(u8, u16, u64, Option<&[u8]>)> {
    let later = |item: &&Item| match item.kind {
        kind if kind == Kind::Expert as u8 => item.id == f::TRANSFER_INCOMPLETE.0,
        kind if kind == Kind::Leaf as u8 => item.id == reassembly::REASSEMBLED_IN.0,
        _ => false,
    };
    let items = tree.items().iter().filter(|item| !later(item));
    items.map(|item| (item.kind, item.id, item.number, tree.item_bytes(item))).collect()
}

const RECEIVER: bool = false;
const SENDER: bool = true;

/// A connection under test, and the files that came of it.
struct Connection {
    session: Session,
    frame: u32,
    files: Vec<Vec<u8>>,
    last: Dissection,
}

impl Connection {
    fn new() -> Self {
        Connection { session: Session::default(), frame: 0, files: Vec::new(), last: Dissection::default() }
    }

    fn packet(&self, from: bool, sequence: u32, first_pass: bool) -> Packet {
        let mut packet = Packet { number: self.frame, sequence: Some(sequence), first_pass, ..Packet::example() };
        packet.destination.port = 6891;
        if from == SENDER {
            std::mem::swap(&mut packet.source, &mut packet.destination);
        }
        packet
    }

    /// Dissects a segment twice, and keeps the files that it makes whole.
    fn segment(&mut self, from: bool, sequence: u32, data: &[u8]) {
        self.frame += 1;
        let mut first = Dissection::default();
        first.reset(true);
        let packet = self.packet(from, sequence, true);
        Channel::FileTransfer.dissect(&mut self.session, &packet, data, &mut first);
        let mut later = Dissection::default();
        later.reset(true);
        let packet = self.packet(from, sequence, false);
        Channel::FileTransfer.dissect(&mut self.session, &packet, data, &mut later);
        assert_eq!(shown(&first.tree), shown(&later.tree), "a later pass shows something else");
        assert_eq!(first.objects, later.objects);
        self.files.extend(first.objects.iter().map(|object| object.bytes(&self.session, data).to_vec()));
        self.last = first;
    }

    fn handshake(&mut self, size: usize) -> u32 {
        self.segment(RECEIVER, 1, b"VER MSNFTP\r\nUSR bob@example.com 93301\r\n");
        let hello = format!("VER MSNFTP\r\nFIL {size}\r\n");
        self.segment(SENDER, u32::MAX - 40, hello.as_bytes());
        self.segment(RECEIVER, 40, b"TFR\r\n");
        (u32::MAX - 40).wrapping_add(hello.len() as u32)
    }

    /// The file that came last.
    fn whole(&self) -> Option<Vec<u8>> {
        self.files.last().cloned()
    }
}

fn blocks(file: &[u8], end: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in file.chunks(2045) {
        bytes.push(0);
        bytes.extend_from_slice(&(chunk.len() as u16).to_le_bytes());
        bytes.extend_from_slice(chunk);
    }
    if end {
        bytes.extend_from_slice(&[1, 0, 0]);
    }
    bytes
}

fn file(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at * 31 + at / 251) as u8).collect()
}

#[test]
fn the_constructed_dialogue_is_shown() {
    let mut connection = Connection::new();
    let [invited, announced] = [7, 9].map(|number| connection.session.frames.enter(number.into(), number, true));
    connection.frame = 9;
    let invitation =
        Invitation { name: "photo.png".into(), size: Some(4096), key: (invited, 0, 0), ..Invitation::default() };
    let offer = Offer {
        invitation,
        cookie: "93301".into(),
        frame: announced,
        sender_connects: false,
        opened_in: FrameId::NONE,
    };
    connection.session.ftp.announce(offer, &[]);
    let start = connection.handshake(4096);
    let bytes = blocks(&file(4096), true);
    connection.segment(SENDER, start, &bytes);
    assert_eq!(connection.whole(), Some(file(4096)));
    let tree = &connection.last.tree;
    assert_eq!(tree.text_of(f::FTP_FILE_NAME), Some("photo.png"));
    assert_eq!(tree.number_of(f::FTP_PROGRESS), Some(4096));
    assert_eq!(
        (tree.number_of(f::FTP_OFFERED_IN), tree.number_of(msn_dissect_core::fields::link::ANNOUNCED_IN)),
        (Some(7), Some(9))
    );
    assert_eq!(tree.number_of(reassembly::COUNT), Some(3));
    connection.segment(RECEIVER, 45, b"BYE 16777989\r\n");
    assert_eq!(connection.last.tree.number_of(f::FTP_CODE), Some(0x0100_0305));
    assert!(!connection.last.tree.has_expert(f::TRANSFER_INCOMPLETE));
}

#[test]
fn bad_cookies_and_other_sizes_are_told() {
    let mut connection = Connection::new();
    let invitation = Invitation { size: Some(5), ..Invitation::default() };
    let offer = Offer {
        invitation,
        cookie: "1".into(),
        frame: FrameId::nth(9),
        sender_connects: false,
        opened_in: FrameId::NONE,
    };
    // Packet::example has no address: the unspecified one.
    connection.session.ftp.announce(offer, &[(std::net::IpAddr::from([0u16; 8]), 6891)]);
    connection.segment(RECEIVER, 1, b"VER MSNFTP\r\nUSR bob@example.com 93301\r\n");
    assert_eq!(connection.last.tree.number_of(f::FTP_COOKIE_STATUS), Some(0));
    assert!(connection.last.tree.has_expert(f::FTP_COOKIE_BAD));
    connection.segment(SENDER, 1, b"FIL 6\r\n");
    assert!(connection.last.tree.has_expert(f::SIZE_DIFFERS));
}

#[test]
fn cancelled_and_failed_transfers_are_incomplete() {
    for (from, line, expert) in [
        (RECEIVER, &b"CCL\n"[..], f::FTP_CANCELLED),
        (RECEIVER, b"BYE 2164261682\r\n", f::FTP_CANCELLED),
        (SENDER, b"BYE 2164261683\r\n", f::FTP_CANCELLED),
        (RECEIVER, b"BYE 2147942405\r\n", f::FTP_FAILED),
        (SENDER, b"\x01\0\0", f::FTP_CANCELLED),
    ] {
        let mut connection = Connection::new();
        let start = connection.handshake(5000);
        connection.segment(SENDER, start, &blocks(&file(5000), false)[..2048]);
        let next = if from == SENDER { start.wrapping_add(2048) } else { 45 };
        connection.segment(from, next, line);
        assert!(connection.last.tree.has_expert(expert), "{line:?}");
        assert!(connection.last.tree.has_expert(f::TRANSFER_INCOMPLETE), "{line:?}");
        assert!(connection.last.objects.is_empty());
    }
}

#[test]
fn other_connections_on_the_port_are_left_alone() {
    let mut connection = Connection::new();
    connection.segment(SENDER, 1, b"AMSNPING93739\r\n");
    assert_eq!((connection.last.units, connection.last.need), (0, Need::Nothing));
}

#[test]
fn several_files_and_an_empty_one_follow_each_other() {
    let mut connection = Connection::new();
    let start = connection.handshake(100);
    connection.segment(SENDER, start, &blocks(&file(100), true));
    assert_eq!(connection.whole(), Some(file(100)));
    connection.segment(SENDER, start.wrapping_add(106), b"FIL 0\r\n");
    assert_eq!(connection.last.objects.len(), 1);
    assert!(connection.last.objects[0].bytes(&connection.session, &[]).is_empty());
}

#[test]
fn claimed_sizes_cost_nothing() {
    let mut connection = Connection::new();
    connection.segment(SENDER, 1, b"VER MSNFTP\r\nFIL 9223372036854775807\r\n");
    connection.segment(SENDER, 38, b"\0\x03\0abc\0\x03\0def");
    assert_eq!(connection.last.tree.number_of(f::FTP_PROGRESS), Some(6));
    assert!(connection.session.ftp.transfer(0).is_some_and(|transfer| transfer.message.is_none()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn files_survive_any_cut_order_and_repetition(
        size in 1usize..20_000, cuts in proptest::collection::vec(1usize..3000, 1..20), end: bool,
        swaps in proptest::collection::vec((0usize..64, 0usize..64), 0..20),
        repeats in proptest::collection::vec(0usize..64, 0..5),
        lost in proptest::option::of(0usize..64),
    ) {
        let mut connection = Connection::new();
        let start = connection.handshake(size);
        let bytes = blocks(&file(size), end);
        let (mut segments, mut at) = (Vec::new(), 0);
        for cut in cuts.iter().cycle() {
            let to = (at + cut).min(bytes.len());
            segments.push((at, to));
            at = to;
            if at == bytes.len() {
                break;
            }
        }
        let count = segments.len();
        let gone = lost.map(|lost| segments[lost % count]);
        for repeat in repeats {
            segments.push(segments[repeat % count]);
        }
        for (a, b) in swaps {
            let count = segments.len();
            segments.swap(a % count, b % count);
        }
        for (from, to) in segments {
            if Some((from, to)) != gone {
                connection.segment(SENDER, start.wrapping_add(from as u32), &bytes[from..to]);
            }
        }
        connection.segment(RECEIVER, 45, b"BYE 16777989\r\n");
        let holds_file = gone.is_some_and(|(from, to)| (from..to).any(|at| at % 2048 > 2 && at < size + 3 * size.div_ceil(2045)));
        if holds_file {
            prop_assert_eq!(connection.whole(), None);
            prop_assert!(connection.last.tree.has_expert(f::TRANSFER_INCOMPLETE));
        } else {
            prop_assert_eq!(&connection.files, &[file(size)]);
            prop_assert!(!connection.last.tree.has_expert(f::TRANSFER_INCOMPLETE));
        }
    }

    #[test]
    fn any_bytes_are_dealt_with(
        segments in proptest::collection::vec((any::<bool>(), any::<u32>(), proptest::collection::vec(any::<u8>(), 0..300)), 1..8),
        size in any::<u64>(),
    ) {
        let mut connection = Connection::new();
        connection.segment(SENDER, 1, format!("VER MSNFTP\r\nFIL {size}\r\n").as_bytes());
        for (from, sequence, data) in segments {
            // Random bytes may claim any place in the file; only the walk is under test here.
            connection.frame += 1;
            let packet = connection.packet(from, sequence, true);
            let mut out = Dissection::default();
            out.reset(true);
            Channel::FileTransfer.dissect(&mut connection.session, &packet, &data, &mut out);
            prop_assert!(out.consumed <= data.len());
        }
    }
}
