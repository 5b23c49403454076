// SPDX-License-Identifier: GPL-2.0-or-later
//! What peer-to-peer packets and session descriptions teach about later packets.

pub mod expected;

use expected::ExpectedTable;

/// Everything remembered of peer-to-peer traffic.
#[derive(Debug, Default)]
pub struct P2p {
    /// Direct connections that session descriptions promise.
    pub expected: ExpectedTable,
}
