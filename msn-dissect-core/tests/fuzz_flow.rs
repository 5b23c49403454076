// SPDX-License-Identifier: GPL-2.0-or-later
//! Replays the fuzz corpus of segments that come twice, late or never.

use std::{fs, path::Path};

#[path = "../fuzz/flow.rs"]
mod flow;

#[test]
fn corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/flow");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        flow::flow(&fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 1);
}

/// Lines, parts of lines, and payloads.
const PIECES: [&str; 10] = [
    "VER 1 MSNP12 CVR0\r\n",
    "NLN AWY bob@example.com Bob 0\r\n",
    "FLN bob@exa",
    "mple.com\r\n",
    "UBX bob@example.com 23\r\n<Data><PSM>",
    "</PSM></Data>",
    "MSG 1 N 9\r\nab",
    "\r\n\r\nMSG",
    "VER MSN_SECURE_FTP\r\n",
    "\u{10}\0\0\0",
];

proptest::proptest! {
    #[test]
    fn segments_in_any_places(
        channel in 0u8..3,
        segments in proptest::collection::vec((proptest::arbitrary::any::<u8>(), proptest::sample::select(&PIECES[..])), 1..30),
    ) {
        let mut data = vec![channel];
        for (mode, bytes) in segments {
            data.extend([mode, bytes.len() as u8]);
            data.extend(bytes.as_bytes());
        }
        flow::flow(&data);
    }
}
