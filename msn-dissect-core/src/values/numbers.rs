// SPDX-License-Identifier: GPL-2.0-or-later
//! Numeric enumerations.

use super::Names;

/// Kind of address (fact base: values 6).
pub static NETWORKS: &Names = &[
    (1, "Windows Live"),
    (2, "Office Communicator"),
    (4, "Telephone"),
    (8, "Mobile network interop"),
    (9, "Circle"),
    (10, "Temporary group"),
    (11, "CID"),
    (13, "Connect contact"),
    (14, "Remote network"),
    (16, "SMTP"),
    (32, "Yahoo"),
];

/// UUN and UBN (fact base: values 6).
pub static UUN_TYPES: &Names = &[
    (1, "Media sharing folder"),
    (2, "SIP invitation"),
    (3, "MSNSLP"),
    (4, "Log the other endpoint out"),
    (5, "Conversation window closed"),
    (6, "Address book changed"),
    (7, "Clear reverse list prompts"),
    (8, "Log all endpoints out"),
    (9, "Reserved"),
    (10, "TURN set-up"),
    (11, "SIP metadata"),
    (12, "Tunnelled SIP"),
];

/// UUM and UBM (fact base: values 6).
pub static UUM_TYPES: &Names = &[(1, "Text"), (2, "Typing"), (3, "Nudge"), (4, "Unknown, accepted by a server")];

/// Reasons of RFS (fact base: commands 1.4).
pub static RFS: &Names = &[(1, "Send the lists again"), (2, "Send the user data again"), (3, "Send both again")];

/// Device a page goes to (fact base: commands 1.6).
pub static DEVICES: &Names = &[(1, "Phone"), (2, "MSN Direct watch")];

/// Why a party left a switchboard (fact base: commands 2).
pub static BYE_REASONS: &Names = &[(1, "Dropped for idleness")];

/// 0 and 1.
pub static NO_YES: &Names = &[(0, "No"), (1, "Yes")];

/// Whether a switchboard is reached over TCP (fact base: commands 1.1.2).
pub static DIRECT: &Names = &[(0, "Only through the gateway"), (1, "TCP possible")];

/// Top four bits of the capabilities (fact base: values 5.1).
pub static MSNC: &Names = &[
    (0, "Before MSNC1"),
    (1, "MSNC1 (MSN Messenger 6.0)"),
    (2, "MSNC2 (6.1)"),
    (3, "MSNC3 (6.2)"),
    (4, "MSNC4 (7.0)"),
    (5, "MSNC5 (7.5)"),
    (6, "MSNC6 (WLM 8.0)"),
    (7, "MSNC7 (8.1)"),
    (8, "MSNC8 (8.5)"),
    (9, "MSNC9 (9.0 beta)"),
    (10, "MSNC10 (2009, 14.0)"),
    (11, "MSNC11 (2011, 15.x)"),
    (12, "MSNC12 (2012, 16.x)"),
    (13, "MSNC13"),
    (14, "MSNC14"),
];
