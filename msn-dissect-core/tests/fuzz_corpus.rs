// SPDX-License-Identifier: GPL-2.0-or-later
//! Replays the fuzz corpus: what a fuzzer once found, or a person thought worth starting from, stays checked.

use std::{fs, path::Path};

#[path = "../fuzz/targets.rs"]
mod targets;

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        target(&fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0, "no corpus for {name}");
}

#[test]
fn stream() {
    replay("stream", targets::stream);
}

#[test]
fn resume() {
    replay("resume", targets::resume);
}

#[test]
fn document() {
    replay("document", targets::document);
}
