// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields of messages that are put together from pieces: one set for each protocol whose messages are.

use super::{Base::Dec, Field, Link, Type::*, fields};

/// The fields of one set.
#[derive(Debug)]
pub struct Reassembly {
    /// Heading of the pieces.
    pub fragments: Field,
    /// Frame of a piece.
    pub fragment: Field,
    /// A piece has bytes that were there before.
    pub overlap: Field,
    /// They were others.
    pub conflict: Field,
    /// Frame of a piece that contradicts others.
    pub error: Field,
    /// How many pieces there are.
    pub count: Field,
    /// Frame in which the message is whole.
    pub reassembled_in: Field,
    /// Bytes of the message.
    pub length: Field,
    /// The message.
    pub data: Field,
}

fields! { super::transport::END;
    FRAGMENTS = "msn.fragments" "Fragments" Heading, "Pieces that a message was put together from.";
    FRAGMENT = "msn.fragment" "Fragment" Frame(Link::Any), "Frame of a piece.";
    OVERLAP = "msn.fragment.overlap" "Fragment overlap" Bool, "Some bytes of the piece were there before.";
    CONFLICT = "msn.fragment.overlap.conflicts" "Conflicting data in overlap" Bool, "Bytes that were there before were others.";
    MULTIPLE_TAILS = "msn.fragment.multiple_tails" "More than one last fragment" Bool, "Several pieces end the message; such a piece is shown and not added.";
    TOO_LONG = "msn.fragment.too_long" "Fragment too long" Bool, "The piece reaches behind the end of the message; such a piece is shown and not added.";
    ERROR = "msn.fragment.error" "Reassembly error" Frame(Link::Any), "Frame of a piece that contradicts others.";
    COUNT = "msn.fragment.count" "Fragment count" Uint(4, Dec, None), "How many pieces the message came in.";
    REASSEMBLED_IN = "msn.reassembled_in" "Reassembled in" Frame(Link::Any), "Frame in which the message is whole.";
    LENGTH = "msn.reassembled_length" "Reassembled length" Uint(4, Dec, None), "Bytes of the message.";
    DATA = "msn.reassembled_data" "Reassembled data" Bytes, "The message.";

    P2P_FRAGMENTS = "msnp2p.fragments" "Fragments" Heading, "Pieces that a message was put together from.";
    P2P_FRAGMENT = "msnp2p.fragment" "Fragment" Frame(Link::Any), "Frame of a piece.";
    P2P_OVERLAP = "msnp2p.fragment.overlap" "Fragment overlap" Bool, "Some bytes of the piece were there before.";
    P2P_CONFLICT = "msnp2p.fragment.overlap.conflicts" "Conflicting data in overlap" Bool, "Bytes that were there before were others.";
    P2P_MULTIPLE_TAILS = "msnp2p.fragment.multiple_tails" "More than one last fragment" Bool, "Several pieces end the message; such a piece is shown and not added.";
    P2P_TOO_LONG = "msnp2p.fragment.too_long" "Fragment too long" Bool, "The piece reaches behind the end of the message; such a piece is shown and not added.";
    P2P_ERROR = "msnp2p.fragment.error" "Reassembly error" Frame(Link::Any), "Frame of a piece that contradicts others.";
    P2P_COUNT = "msnp2p.fragment.count" "Fragment count" Uint(4, Dec, None), "How many pieces the message came in.";
    P2P_REASSEMBLED_IN = "msnp2p.reassembled_in" "Reassembled in" Frame(Link::Any), "Frame in which the message is whole.";
    P2P_LENGTH = "msnp2p.reassembled_length" "Reassembled length" Uint(4, Dec, None), "Bytes of the message.";
    P2P_DATA = "msnp2p.reassembled_data" "Reassembled data" Bytes, "The message.";
}

/// Of text messages, units that were cut, and files.
pub static MSN: Reassembly = Reassembly {
    fragments: FRAGMENTS,
    fragment: FRAGMENT,
    overlap: OVERLAP,
    conflict: CONFLICT,
    error: ERROR,
    count: COUNT,
    reassembled_in: REASSEMBLED_IN,
    length: LENGTH,
    data: DATA,
};

/// Of peer-to-peer messages.
pub static P2P: Reassembly = Reassembly {
    fragments: P2P_FRAGMENTS,
    fragment: P2P_FRAGMENT,
    overlap: P2P_OVERLAP,
    conflict: P2P_CONFLICT,
    error: P2P_ERROR,
    count: P2P_COUNT,
    reassembled_in: P2P_REASSEMBLED_IN,
    length: P2P_LENGTH,
    data: P2P_DATA,
};
