// SPDX-License-Identifier: GPL-2.0-or-later
//! Writes a generated capture for benchmarks.

use anyhow::{Context, Result};
use clap::Parser;
use msn_tests::pcap::FileFormat;
use msn_tests::traffic::{SHAPES, Shape, Traffic, Web};
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
    /// Traffic of this kind alone instead, in whole connections, so that there may be a few hundred packets more; prints
    /// the TCP port of its servers and the number of its commands, replies, messages or stanzas.
    #[arg(long, conflicts_with = "web", value_parser = SHAPES.each_ref().map(|shape| shape.name))]
    shape: Option<String>,
}

fn main() -> Result<()> {
    let Arguments { file, packets, seed, web, shape } = Arguments::parse();
    let capture = match shape {
        Some(name) => {
            let shape = Shape::named(&name).context("no such kind of traffic")?;
            let shaped = shape.capture(packets, seed)?;
            println!("{} {}", shape.port, shaped.units);
            shaped.capture
        }
        None if web => Web { packets, seed }.capture()?,
        None => Traffic { packets, seed }.capture()?,
    };
    capture.write(&file, FileFormat::Pcap)
}
