// SPDX-License-Identifier: GPL-2.0-or-later
//! Numbers of MSNFTP, webcam connections and NAT probes.

use super::{Names, capabilities::Bit};

/// End of a transfer (fact base: msnftp 4).
pub static BYE_CODES: &Names = super::hresults::HRESULTS;

/// The codes that say success.
pub const SUCCESS: [u32; 2] = [0x0100_0303, 0x0100_0305];

/// The codes that say that somebody cancelled.
pub const CANCELLED: [u32; 2] = [0x8100_0332, 0x8100_0333];

/// First byte of a data block (fact base: msnftp 3).
pub static BLOCK_TYPES: &Names = &[(0, "Data"), (1, "End, or cancelled by the sender")];

/// Flags of a webcam frame (fact base: msnftp 6).
pub static CAM_FLAGS: &[Bit] = &[(1, "key", "Key frame")];

/// Frame types of the Mimic codec (fact base: msnftp 6).
pub static MIMIC_FRAMES: &Names = &[(0, "Key frame"), (1, "Delta")];

/// Services of the NAT probe (fact base: direct 8).
pub static PROBE_SERVICES: &Names = &[(1, "Echo"), (3, "Reply from the other server"), (4, "Detect own address")];
