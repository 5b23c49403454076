// SPDX-License-Identifier: GPL-2.0-or-later
//! The first pass may be given a PDU in steps of one frame: first less than all of it, then all. Later passes are given all
//! at once, and must show the same, and what follows it.

use msn_dissect_core::{
    dissect::Channel,
    item::Tree,
    output::Dissection,
    packet::{Need, Packet},
    session::Session,
};

/// What a tree shows.
fn shown(tree: &Tree) -> Vec<(u8, u16, u64, Option<&[u8]>)> {
    tree.items().iter().map(|item| (item.kind, item.id, item.number, tree.item_bytes(item))).collect()
}

/// A packet of version 1 without data, behind its length.
fn packet() -> Vec<u8> {
    let mut bytes = vec![48, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0];
    bytes.resize(4 + 48, 0);
    bytes
}

/// A picture of no bytes behind its header.
fn picture() -> Vec<u8> {
    let mut bytes = vec![24, 0, 64, 1, 240, 0, 1, 0, 0, 0, 0, 0];
    bytes.extend(b"ML20\x01\0\0\0\x02\0\0\0");
    bytes
}

/// A channel, what its client and its server say, and where the PDUs end.
type Conversation = (Channel, Vec<u8>, Vec<u8>, Vec<usize>);

/// What a conversation begins with, a PDU, and where it is cut on the first pass.
fn conversations() -> Vec<Conversation> {
    let line = b"MSG alice@example.com Alice 5\r\n\r\nabc".to_vec();
    vec![
        (Channel::Server, b"VER 1 MSNP8 CVR0\r\n".to_vec(), line, vec![3, 20, 33]),
        (Channel::Direct, b"\x04\0\0\0foo\0".to_vec(), packet(), vec![1, 3, 4, 20]),
        (Channel::FileTransfer, b"VER MSNFTP\r\n".to_vec(), b"USR bob@example.com 33267\r\n".to_vec(), vec![2, 3, 10]),
        (Channel::Webcam, b"recipientid=1&sessionid=2\r\n\r\n".to_vec(), picture(), vec![1, 11, 18]),
    ]
}

#[test]
fn a_pdu_that_came_in_steps_is_shown_on_later_passes() {
    for (channel, begin, pdu, cuts) in conversations() {
        let mut session = Session::default();
        let mut dissect = |packet: &Packet, data: &[u8]| {
            let mut out = Dissection::default();
            out.reset(true);
            channel.dissect(&mut session, &Packet { reported_len: data.len(), ..*packet }, data, &mut out);
            out
        };
        let first = Packet { sequence: Some(1000), ..Packet::example() };
        assert_eq!(dissect(&first, &begin).consumed, begin.len());
        let mut packet = Packet { number: 2, sequence: Some(1000 + begin.len() as u32), ..first };
        for cut in &cuts {
            let out = dissect(&packet, &pdu[..*cut]);
            assert!(out.need != Need::Nothing && out.units == 1, "{channel:?} cut at {cut}");
            packet.unit += out.units;
        }
        let all = [pdu.clone(), pdu].concat();
        let whole = dissect(&packet, &all);
        assert_eq!((whole.units, whole.consumed), (2, all.len()), "{channel:?}");
        let later = dissect(&Packet { unit: 0, first_pass: false, ..packet }, &all);
        assert_eq!(shown(&whole.tree), shown(&later.tree), "{channel:?}");
        assert_eq!((later.units, later.need), (packet.unit + 2, Need::Nothing), "{channel:?}");
    }
}
