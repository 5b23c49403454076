// SPDX-License-Identifier: GPL-2.0-or-later
//! Kinds of MSN objects, and results of checks.

use super::Names;

/// What an object is (fact base: p2p 9).
pub static TYPES: &Names = &[
    (1, "Avatar"),
    (2, "Custom emoticon"),
    (3, "Display picture"),
    (4, "Shared file"),
    (5, "Background"),
    (6, "History"),
    (7, "Dynamic display picture"),
    (8, "Wink"),
    (9, "Map file"),
    (10, "Dynamic background"),
    (11, "Voice clip"),
    (12, "Plug-in or saved state"),
    (13, "Roaming object"),
    (14, "Signature sound or location"),
    (16, "Scene"),
];

/// Result of checking a hash; the numbers are those that Wireshark uses for checksums.
pub static CHECKS: &Names = &[(0, "Bad"), (1, "Good"), (2, "Unverified"), (3, "Not present")];

/// Result of checking the answer to a challenge, with the same numbers.
pub static PROOFS: &Names = &[(0, "Bad"), (1, "Good"), (2, "Unverified")];

/// The check failed.
pub const BAD: u64 = 0;

/// The check succeeded.
pub const GOOD: u64 = 1;

/// There was nothing to check against.
pub const UNVERIFIED: u64 = 2;
