// SPDX-License-Identifier: GPL-2.0-or-later
//! What was cut does not lie about its length.

use super::{framing::HEADER_V1, *};
use crate::fields::{expert, p2p};

/// A packet of 8 bytes of data of which `there` are there; the capture cut the rest, or a later segment has it.
fn shown(there: usize, cut: bool) -> Dissection {
    let mut bytes = framing::GREETING.to_vec();
    let mut packet = vec![0; HEADER_V1];
    for (at, byte) in [(0, 1), (4, 9), (16, 8), (24, 8), (28, 0x20)] {
        packet[at] = byte;
    }
    packet.extend(b"12345678");
    bytes.extend((packet.len() as u32).to_le_bytes());
    bytes.extend(&packet[..HEADER_V1 + there]);
    let reported_len = bytes.len() + if cut { 8 - there } else { 0 };
    let packet = Packet { can_desegment: false, reported_len, ..Packet::example() };
    let mut out = Dissection::default();
    out.reset(true);
    stream(&mut Session::default(), &packet, &bytes, &mut out);
    out
}

#[test]
fn a_packet_that_was_cut_does_not_lie_about_its_length() {
    let experts = |out: Dissection| {
        [expert::CAPTURE_CUT, expert::PAYLOAD_CUT, p2p::LENGTH_LIES].map(|expert| out.tree.has_expert(expert))
    };
    assert_eq!(experts(shown(8, false)), [false, false, false]);
    assert_eq!(experts(shown(5, true)), [true, false, false]);
    assert_eq!(experts(shown(5, false)), [false, true, false]);
}
