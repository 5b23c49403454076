// SPDX-License-Identifier: GPL-2.0-or-later
#![no_main]

#[path = "../targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::report(targets::short(data)));
