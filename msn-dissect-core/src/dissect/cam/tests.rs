// SPDX-License-Identifier: GPL-2.0-or-later
//! Handshakes and pictures, whole and cut.

use super::{
    framing::{ACK, heuristic},
    *,
};
use crate::{fields::ftp as f, packet::Need};
use proptest::prelude::*;

/// 320x240 key frame, five bytes (fact base: msnftp 6).
const FRAME: &[u8] = b"\x18\0\x40\x01\xf0\0\x01\0\x18\0\0\0ML20\x7b\0\0\0\xa0\x86\x01\0\
    \0\x01\x94\x11\x40\x01\xf0\0\0\0\0\0\0\0\0\0\x1c\0\0\0abcd";

fn run(data: &[u8], can_desegment: bool) -> Dissection {
    let mut out = Dissection::default();
    out.reset(true);
    stream(&mut Session::default(), &Packet { can_desegment, ..Packet::example() }, data, &mut out);
    out
}

#[test]
fn handshake_and_frames_are_shown() {
    let out = run(&[b"recipientid=193&sessionid=9347\r\n\r\nconnected\r\n\r\n", FRAME, ACK].concat(), true);
    assert_eq!(out.tree.text_of(f::CAM_RECIPIENT_ID), Some("193"));
    assert_eq!(out.tree.text_of(f::CAM_SESSION_ID), Some("9347"));
    assert_eq!(out.tree.number_of(f::CAM_WIDTH), Some(320));
    assert_eq!(out.tree.number_of(f::CAM_MIMIC_QUALITY), Some(4500));
    assert_eq!(out.tree.number_of(f::CAM_MIMIC_TYPE), Some(0));
    assert_eq!(out.tree.number_of(f::CAM_ACK), Some(1234));
    assert_eq!((out.units, out.need), (4, Need::Nothing));
    assert!(out.info.ends_with("connected; Key frame, 320x240, 24 bytes; Frame acknowledgement"), "{}", out.info);
}

#[test]
fn reflector_lines_are_shown() {
    let out = run(b"PROD 42 TSP/1.0\r\n\r\nTSP/1.0 200 OK\r\n\r\nCONNECTED\r\n\r\n", true);
    assert_eq!(out.tree.text_of(f::CAM_TUNNEL_ID), Some("42"));
    assert_eq!(out.tree.number_of(f::CAM_STATUS), Some(200));
    assert_eq!(out.units, 3);
}

#[test]
fn frames_that_are_cut_are_waited_for_or_shown() {
    assert_eq!(run(&FRAME[..30], true).need, Need::Bytes(18));
    assert_eq!(run(&FRAME[..18], true).need, Need::Segment);
    assert_eq!(run(&FRAME[..5], true).need, Need::Segment);
    assert!(run(&FRAME[..30], false).tree.has_expert(f::CAM_CUT));
    let late = run(&[&FRAME[20..], FRAME].concat(), true);
    assert!(late.tree.has_expert(f::CAM_CONTINUED) && late.tree.number_of(f::CAM_WIDTH) == Some(320));
}

#[test]
fn beginnings_are_recognised_on_any_port() {
    for data in [&b"recipientid=1&sessionid=2\r\n\r\n"[..], FRAME, b"VIEW 7 TSP/1.0\r\n\r\n", b"TSP/1.0 200 OK\r\n\r\n"]
    {
        assert!(heuristic(data));
    }
    for data in [&b"connected\r\n\r\n"[..], b"PROD x\r\n", b"AMSNPING1\r\n", b""] {
        assert!(!heuristic(data));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_dealt_with(data in proptest::collection::vec(any::<u8>(), 0..200), can_desegment: bool, front in 0usize..40) {
        let data = [FRAME.get(..front).unwrap_or_default(), &data].concat();
        let out = run(&data, can_desegment);
        prop_assert!(out.consumed <= data.len());
        prop_assert!(out.need != Need::Nothing || out.consumed == data.len());
        prop_assert!(out.need == Need::Nothing || can_desegment);
    }
}
