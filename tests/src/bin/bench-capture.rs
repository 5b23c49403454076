// SPDX-License-Identifier: GPL-2.0-or-later
//! Writes a generated capture for benchmarks.

use anyhow::Result;
use clap::Parser;
use msn_tests::pcap::FileFormat;
use msn_tests::traffic::Traffic;
use std::path::PathBuf;

/// Writes a capture of generated MSN traffic: several hundred connections at the same time, sign-ins, presence, chats
/// and transfers.
#[derive(Parser)]
struct Arguments {
    /// The pcap file to write.
    file: PathBuf,
    /// Number of packets.
    #[arg(long, default_value_t = 200_000)]
    packets: usize,
    /// The same seed gives the same capture.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> Result<()> {
    let Arguments { file, packets, seed } = Arguments::parse();
    Traffic { packets, seed }.capture()?.write(&file, FileFormat::Pcap)
}
