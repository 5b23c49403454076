// SPDX-License-Identifier: GPL-2.0-or-later
//! Traffic of one kind, for comparing dissectors: as many connections with as many packets, whatever is said on them, and
//! a segment for each unit.

use super::{Talk, bridged, peers};
use crate::pcap::{Capture, Link, Segmentation};
use anyhow::Result;

/// A kind of traffic.
#[derive(Debug)]
pub struct Shape {
    /// Name on the command line; of peers, that of the protocol's dissector.
    pub name: &'static str,
    /// TCP port of the servers.
    pub port: u16,
    told: Told,
}

/// Where the conversations come from.
#[derive(Debug)]
enum Told {
    By(fn(&mut Talk)),
    Script(peers::Script),
}

use Told::{By, Script};

/// Every kind; MSN's first.
pub static SHAPES: [Shape; 9] = [
    Shape { name: "chat", port: 1863, told: Script(peers::CHAT) },
    Shape { name: "presence", port: 1863, told: Script(peers::PRESENCE) },
    Shape { name: "small-p2p", port: 1863, told: By(bridged::transfer) },
    Shape { name: "irc", port: 6667, told: Script(peers::IRC) },
    Shape { name: "smtp", port: 25, told: Script(peers::SMTP) },
    Shape { name: "imap", port: 143, told: Script(peers::IMAP) },
    Shape { name: "http", port: 80, told: Script(peers::HTTP) },
    Shape { name: "sip", port: 5060, told: Script(peers::SIP) },
    Shape { name: "xmpp", port: 5222, told: Script(peers::XMPP) },
];

/// A capture of one kind of traffic.
#[derive(Debug)]
pub struct Shaped {
    /// Packets.
    pub capture: Capture,
    /// Commands, replies, messages or stanzas in it. All are whole.
    pub units: usize,
}

impl Shape {
    /// The kind of that name.
    pub fn named(name: &str) -> Option<&'static Shape> {
        SHAPES.iter().find(|shape| shape.name == name)
    }

    /// Whole connections until there are so many packets. The same numbers give the same capture.
    ///
    /// # Errors
    /// When a segment does not fit into a packet, which does not happen.
    pub fn capture(&self, packets: usize, seed: u64) -> Result<Shaped> {
        let mut all = Vec::new();
        let mut units = 0;
        for number in 0.. {
            if all.len() >= packets {
                break;
            }
            let mut talk = Talk::new(seed, number, packets);
            talk.move_to(self.port);
            match &self.told {
                By(tell) => tell(&mut talk),
                Script(script) => script.tell(&mut talk),
            }
            units += talk.units;
            all.extend(talk.segments_cut(Segmentation::AsSent));
        }
        Ok(Shaped { capture: Capture::of_segments(Link::Ethernet, all)?, units })
    }
}
