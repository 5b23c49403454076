// SPDX-License-Identifier: GPL-2.0-or-later
//! What was wrong with a piece of a message, or remarkable; bits of a sum.

/// It was sent before.
pub const REPEATED: u16 = 1;
/// Some of it was sent before.
pub const OVERLAP: u16 = 2;
/// Other data was sent for the same place.
pub const CONFLICT: u16 = 4;
/// The total is not that of earlier pieces.
pub const TOTAL_CHANGED: u16 = 8;
/// The total is larger than [`super::messages::MAX_TOTAL`].
pub const TOTAL_FORGED: u16 = 16;
/// It reaches behind the total.
pub const BEYOND_TOTAL: u16 = 32;
/// There are too many pieces or gaps.
pub const TOO_MANY: u16 = 64;
/// The begin was not seen.
pub const NO_BEGIN: u16 = 128;
/// Packets are missing before this one.
pub const GAP: u16 = 256;
/// The total is not what was offered.
pub const SIZE_DIFFERS: u16 = 512;
/// The message was given up because of an earlier piece.
pub const GIVEN_UP: u16 = 2048;
/// It acknowledges a packet that was not seen.
pub const UNKNOWN_ACK: u16 = 1024;
/// It acknowledges a message of which the capture lacks something.
pub const INCOMPLETE: u16 = 4096;
/// Its header says the place and length of the piece before it.
pub const LAGS: u16 = 16384;
/// A table was full, and something older was forgotten.
pub const EVICTED: u16 = 8192;
