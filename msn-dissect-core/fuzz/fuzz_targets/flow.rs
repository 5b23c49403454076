// SPDX-License-Identifier: GPL-2.0-or-later
#![no_main]

#[path = "../flow.rs"]
mod flow;

libfuzzer_sys::fuzz_target!(|data: &[u8]| flow::flow(data));
