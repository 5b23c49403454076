// SPDX-License-Identifier: GPL-2.0-or-later
//! Enumerations of peer-to-peer sessions (fact base: p2p 3 to 8).

use super::{Names, capabilities::Bit, transfers::TransferKind};

/// Flags of version 1.
pub static FLAGS: &[Bit] = &[
    (0x01, "nak", "Negative acknowledgement"),
    (0x02, "ack", "Acknowledgement"),
    (0x04, "rak", "Waiting for a reply"),
    (0x08, "rst", "Reset, error in the binary protocol"),
    (0x10, "file", "File"),
    (0x20, "data", "Object data"),
    (0x40, "cancel", "Cancelled by the sender"),
    (0x80, "error", "Cancelled by the receiver"),
    (0x100, "key", "Direct connection handshake"),
    (0x200, "crypt", "Encrypted"),
    (0x0100_0000, "wlm", "Newer client"),
];

/// Op-codes of version 2.
pub static OPCODES: &[Bit] = &[(0x01, "syn", "Opens a link"), (0x02, "rak", "Acknowledgement requested")];

/// Kind of data in version 2, bit 0.
pub static TF: &[Bit] = &[(0x01, "first", "First packet of a message")];

/// Kind of data in version 2, the other bits.
pub static TF_KINDS: &Names =
    &[(0, "Session description or unspecified"), (1, "Unknown"), (2, "MSN object"), (3, "File")];

/// Options of the transport header.
pub static TRANSPORT_OPTIONS: &Names =
    &[(0, "Padding"), (1, "Peer information"), (2, "Acknowledgement"), (3, "Negative acknowledgement")];

/// Options of the data header.
pub static DATA_OPTIONS: &Names = &[(0, "Padding"), (1, "Bytes remaining"), (2, "Unknown")];

/// Applications of footers and invitations.
pub static APPLICATIONS: &Names = &[
    (0, "Session negotiation, or not told"),
    (1, "MSN object"),
    (2, "File transfer"),
    (4, "Webcam or media session"),
    (11, "Custom emoticon"),
    (12, "Display picture"),
    (33, "Image"),
    (35, "Photo sharing"),
];

/// Status codes of answers.
pub static STATUSES: &Names = &[
    (200, "Accepted"),
    (400, "Bad request"),
    (403, "Forbidden"),
    (404, "User not available"),
    (405, "Method not allowed"),
    (408, "Timed out"),
    (480, "Temporarily not available"),
    (481, "Unknown call"),
    (482, "Loop detected"),
    (486, "Busy here"),
    (487, "Request cancelled"),
    (488, "Not acceptable here"),
    (500, "Internal error: unsupported kind of session, bad content or lost object"),
    (503, "Service unavailable"),
    (600, "Busy everywhere"),
    (603, "Declined"),
    (606, "Transport not acceptable"),
];

/// What a session is for: GUID in text order, name, kind of transfer.
pub static SESSION_KINDS: &[([u8; 16], &str, TransferKind)] = &[
    (
        [0xa4, 0x26, 0x8e, 0xec, 0xfe, 0xc5, 0x49, 0xe5, 0x95, 0xc3, 0xf1, 0x26, 0x69, 0x6b, 0xdb, 0xf6],
        "MSN object",
        TransferKind::Object,
    ),
    (
        [0x5d, 0x3e, 0x02, 0xab, 0x61, 0x90, 0x11, 0xd3, 0xbb, 0xbb, 0x00, 0xc0, 0x4f, 0x79, 0x56, 0x83],
        "File transfer",
        TransferKind::File,
    ),
    (
        [0x1c, 0x9a, 0xa9, 0x7e, 0x9c, 0x05, 0x45, 0x83, 0xa3, 0xbd, 0x90, 0x8a, 0x19, 0x6f, 0x1e, 0x92],
        "Webcam of the other party",
        TransferKind::Webcam,
    ),
    (
        [0x4b, 0xd9, 0x6f, 0xc0, 0xab, 0x17, 0x44, 0x25, 0xa1, 0x4a, 0x43, 0x91, 0x85, 0x96, 0x2d, 0xc8],
        "Media session",
        TransferKind::Webcam,
    ),
    (
        [0x6a, 0x13, 0xaf, 0x9c, 0x53, 0x08, 0x4f, 0x35, 0x92, 0x3a, 0x67, 0xe8, 0xdd, 0xa4, 0x0c, 0x2f],
        "Activity or game",
        TransferKind::Activity,
    ),
    (
        [0x41, 0xd3, 0xe7, 0x4e, 0x04, 0xa2, 0x4b, 0x37, 0x96, 0xf8, 0x08, 0xac, 0xdb, 0x61, 0x08, 0x74],
        "Photo sharing",
        TransferKind::PhotoSharing,
    ),
    (
        [0xe0, 0x73, 0xb0, 0x6b, 0x63, 0x6e, 0x45, 0xb7, 0xac, 0xa4, 0x6d, 0x4b, 0x59, 0x78, 0xc9, 0x3c],
        "Wink",
        TransferKind::Wink,
    ),
    (
        [0x53, 0x41, 0x42, 0xd5, 0x1f, 0x2a, 0x43, 0x1f, 0xa6, 0x0c, 0xb0, 0xcf, 0x72, 0x3f, 0xdf, 0x7d],
        "Shared folder",
        TransferKind::SharedFolder,
    ),
];

/// GUIDs in the Context of webcam and media sessions, in text order.
pub static MEDIA_KINDS: &[([u8; 16], &str, TransferKind)] = &[
    (
        [0xb8, 0xbe, 0x70, 0xde, 0xe2, 0xca, 0x44, 0x00, 0xae, 0x03, 0x88, 0xff, 0x85, 0xb9, 0xf4, 0xe8],
        "Webcam",
        TransferKind::Webcam,
    ),
    (
        [0x04, 0x25, 0xe7, 0x97, 0x49, 0xf1, 0x4d, 0x37, 0x90, 0x9a, 0x03, 0x11, 0x16, 0x11, 0x9d, 0x9b],
        "Video conference",
        TransferKind::VideoConference,
    ),
];

/// Status codes in the Context of a BYE.
pub static BYE_CODES: &Names = super::hresults::HRESULTS;

/// Type in the Context of a file transfer.
pub static FILE_TYPES: &Names =
    &[(0, "File with preview"), (1, "File without preview"), (4, "Background sharing"), (8, "Unknown")];

/// The entry of a GUID in one of the tables above.
pub fn kind_of(
    table: &'static [([u8; 16], &'static str, TransferKind)],
    guid: &[u8; 16],
) -> Option<(&'static str, TransferKind)> {
    table.iter().find(|row| row.0 == *guid).map(|row| (row.1, row.2))
}
