// SPDX-License-Identifier: GPL-2.0-or-later
//! Writes a generated capture for benchmarks.

use anyhow::Result;
use clap::Parser;
use msn_tests::pcap::FileFormat;
use msn_tests::traffic::{Traffic, Web};
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
    /// Web traffic without MSN instead.
    #[arg(long)]
    web: bool,
}

fn main() -> Result<()> {
    let Arguments { file, packets, seed, web } = Arguments::parse();
    let capture = if web { Web { packets, seed }.capture() } else { Traffic { packets, seed }.capture() };
    capture?.write(&file, FileFormat::Pcap)
}
