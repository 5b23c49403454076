// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of binary peer-to-peer headers and direct connections.

use super::{Base::*, Link, Type::*, expert::experts, fields};
use crate::values::slp;

fields! { super::link::END;
    VERSION = "msnp2p.version" "Version" Uint(1, Dec, None), "Version of the binary header.";
    SESSION_ID = "msnp2p.session_id" "Session ID" Uint(4, DecHex, None), "Number of the session; 0 negotiates sessions.";
    IDENTIFIER = "msnp2p.identifier" "Identifier" Uint(4, Hex, None), "Number of the message, the same for all its packets.";
    OFFSET = "msnp2p.offset" "Offset" Uint(8, Dec, None), "Place of the data in the message.";
    TOTAL_SIZE = "msnp2p.total_size" "Total size" Uint(8, Dec, None), "Bytes of the whole message.";
    LENGTH = "msnp2p.length" "Data length" Uint(4, Dec, None), "Bytes of data in this packet, as the header says.";
    FLAGS = "msnp2p.flags" "Flags" Bits(4, slp::FLAGS, None), "What the packet is for.";
    ACK_ID = "msnp2p.ack_id" "Acknowledgement session ID" Uint(4, Hex, None), "Random number of the message; in an acknowledgement the identifier of the acknowledged message.";
    ACK_UNIQUE_ID = "msnp2p.ack_unique_id" "Acknowledgement unique ID" Uint(4, Hex, None), "In an acknowledgement the random number of the acknowledged message.";
    ACK_SIZE = "msnp2p.ack_size" "Acknowledged data size" Uint(8, Dec, None), "Size of the acknowledged message, or where to resume.";
    NONCE = "msnp2p.nonce" "Nonce" Guid, "Nonce that ties a direct connection to its invitation.";
    APP_ID = "msnp2p.app_id" "AppID (application)" Uint(4, Dec, Some(slp::APPLICATIONS)), "Application that the packet belongs to (footer).";

    HEADER_LENGTH = "msnp2p.header_length" "Transport header length" Uint(1, Dec, None), "Bytes of the transport header with options and padding.";
    OPCODE = "msnp2p.opcode" "Operation" Bits(1, slp::OPCODES, None), "What the packet asks for.";
    MESSAGE_LENGTH = "msnp2p.message_length" "Message length" Uint(2, Dec, None), "Bytes of data header and data.";
    SEQUENCE = "msnp2p.sequence" "Sequence number" Uint(4, Hex, None), "Sequence number (BaseID); the next packet's is larger by the message length.";
    NEXT_SEQUENCE = "msnp2p.next_sequence" "Next sequence number" Uint(4, Hex, None), "Sequence number of the sender's next packet, and what acknowledges this one.";
    TLV = "msnp2p.tlv" "Option" Heading, "Option of a header.";
    TLV_TYPE = "msnp2p.tlv.type" "Type" Uint(1, Dec, Some(slp::TRANSPORT_OPTIONS)), "Type of an option of the transport header.";
    TLV_DATA_TYPE = "msnp2p.tlv.data_type" "Type" Uint(1, Dec, Some(slp::DATA_OPTIONS)), "Type of an option of the data header.";
    TLV_LENGTH = "msnp2p.tlv.length" "Length" Uint(1, Dec, None), "Bytes of the option's value.";
    TLV_VALUE = "msnp2p.tlv.value" "Value" Bytes, "Value of the option as it is on the wire.";
    TLV_PADDING = "msnp2p.tlv.padding" "Padding" Bytes, "Bytes that fill the header up.";
    TLV_CUT = "msnp2p.tlv.cut" "Option cut short" Bytes, "Option that is longer than its header.";
    PEER_ORDER = "msnp2p.peer.byte_order" "Byte order" Str, "Byte order of the peer information, by its first two bytes.";
    PEER_PROTOCOL = "msnp2p.peer.protocol_version" "Peer protocol version" Uint(2, Hex, None), "Version of the peer-to-peer protocol.";
    PEER_IMPLEMENTATION = "msnp2p.peer.implementation" "Peer implementation" Uint(2, Hex, None), "Number of the peer's implementation.";
    PEER_VERSION = "msnp2p.peer.version" "Peer implementation version" Uint(2, Hex, None), "Version of the peer's implementation.";
    PEER_RESERVED = "msnp2p.peer.reserved" "Reserved" Uint(2, Hex, None), "Reserved.";
    PEER_CAPABILITIES = "msnp2p.peer.capabilities" "Peer capabilities" Uint(4, Hex, None), "What the peer's implementation can do.";
    ACK_SEQUENCE = "msnp2p.ack_sequence" "Acknowledged up to" Uint(4, Hex, None), "Sequence number after the acknowledged packet.";
    NAK_SEQUENCE = "msnp2p.nak_sequence" "Missing from" Uint(4, Hex, None), "Sequence number of what is missing.";
    DATA_HEADER_LENGTH = "msnp2p.data_header_length" "Data header length" Uint(1, Dec, None), "Bytes of the data header with options and padding.";
    TF = "msnp2p.tf" "Type and first" Bits(1, slp::TF, None), "Kind of data, and whether a message begins (TFCombination).";
    TF_KIND = "msnp2p.tf.kind" "Kind of data" Uint(1, Dec, Some(slp::TF_KINDS)), "Kind of data: the upper bits of type and first.";
    PACKAGE_NUMBER = "msnp2p.package_number" "Package number" Uint(2, Dec, None), "Number of the message, the same for all its packets.";
    REMAINING = "msnp2p.remaining" "Bytes remaining" Uint(8, Dec, None), "Bytes of the message after this packet.";

    DATA = "msnp2p.data" "Data" Bytes, "Data of a peer-to-peer packet that nothing opens further.";
    TRAILING = "msnp2p.trailing" "Trailing bytes" Bytes, "Bytes behind the data that the header does not account for.";
    PREPARATION = "msnp2p.data_preparation" "Data preparation" Bytes, "Four zero bytes: the data of the session follows.";
    CONTROL = "msnp2p.control" "Control item" Str, "Text item of a webcam or activity session.";
    CONTROL_MARK = "msnp2p.control.mark" "Mark" Bytes, "0x80 and three bytes without known meaning.";
    CONTROL_TYPE = "msnp2p.control.type" "Type" Uint(2, Dec, None), "Type of the item; 8 is text.";
    CONTROL_LENGTH = "msnp2p.control.length" "Length" Uint(4, Dec, None), "Bytes of the text with its final NUL, or letters without it.";
    INK_HEADER = "msnp2p.ink.header" "Ink header" Str, "Header of a drawing.";
    INK = "msnp2p.ink" "Ink" Str, "Drawing, base64 in UTF-16.";

    RESPONSE_TO = "msnp2p.response_to" "Acknowledges" Frame(Link::Ack), "Frame of the packet that this one acknowledges.";
    RESPONSE_IN = "msnp2p.response_in" "Acknowledged in" Frame(Link::Ack), "Frame of the acknowledgement.";
    TIME = "msnp2p.time" "Time to acknowledgement" Span, "Time between a packet and its acknowledgement.";
    REPEATS = "msnp2p.repeats" "Repeats" Frame(Link::Any), "Frame in which the same packet was seen before.";
    RELAYED = "msnp2p.same_message_in" "Same message in" Frame(Link::Any), "Frame in which the same message was whole before, on the other side of a switchboard.";
    TRANSFER = "msnp2p.transfer" "Transfer" Str, "What the session of this packet transfers, from whom to whom.";
    TRANSFER_KIND = "msnp2p.transfer.kind" "Kind" Str, "What is transferred.";
    TRANSFER_SENDER = "msnp2p.transfer.sender" "Sender" Str, "Account that sends the data.";
    TRANSFER_RECEIVER = "msnp2p.transfer.receiver" "Receiver" Str, "Account that receives the data.";
    TRANSFER_NAME = "msnp2p.transfer.name" "Name" Str, "Name of the file or object.";
    TRANSFER_SIZE = "msnp2p.transfer.size" "Offered size" Uint(8, Dec, None), "Bytes that the invitation promises.";
    OFFERED_IN = "msnp2p.offered_in" "Offered in" Frame(Link::Request), "Frame of the invitation.";
    RECEIVED = "msnp2p.received" "Bytes so far" Uint(8, Dec, None), "Bytes of the message that arrived, with this packet.";
}

experts! { super::link::EXPERT_END;
    HEADER_CUT = "msn.expert.p2p_header_cut" Malformed Error "Packet is shorter than its header";
    LENGTH_LIES = "msn.expert.p2p_length" Protocol Warn "A length in the header does not fit the packet";
    SIZE_ZERO = "msn.expert.p2p_size_zero" Protocol Note "Header says that there is no data, but data follows";
    VERSION_INFERRED = "msn.expert.p2p_version_inferred" Assumption Note "Header version is inferred from the shape of the packet";
    VERSION_ODD = "msn.expert.p2p_version_odd" Assumption Warn "Packet does not have the shape of the expected header version";
    VERSION_UNKNOWN = "msn.expert.p2p_version_unknown" Undecoded Warn "Packet has the shape of neither header version";
    OPTION_CUT = "msn.expert.p2p_option" Malformed Warn "Option has the wrong length";
    UNKNOWN_OPTION = "msn.expert.p2p_unknown_option" Undecoded Note "Unknown option";
    NAK = "msn.expert.p2p_nak" Sequence Note "Asks for data again";
    RAK = "msn.expert.p2p_rak" Request Chat "Waits for a reply";
    RESET = "msn.expert.p2p_reset" Response Warn "Error in the binary protocol: the session is reset";
    CANCELLED = "msn.expert.p2p_cancelled" Response Warn "Transfer is cancelled";
    ENCRYPTED = "msn.expert.p2p_encrypted" Decryption Note "Flag of encrypted data";
    REPEATED = "msn.expert.p2p_repeated" Sequence Note "Packet was sent before";
    GAP = "msn.expert.p2p_gap" Sequence Warn "Packets are missing before this one";
    OVERLAP = "msn.expert.p2p_overlap" Reassemble Warn "Data overlaps data that was sent before";
    CONFLICT = "msn.expert.p2p_conflict" Reassemble Error "Other data at the same place of the message: the message cannot be put together";
    TOTAL_CHANGED = "msn.expert.p2p_total_changed" Reassemble Error "Total size is another than in earlier packets of the message";
    TOTAL_FORGED = "msn.expert.p2p_total_forged" Reassemble Error "Total size is larger than any message: not put together";
    BEYOND_TOTAL = "msn.expert.p2p_beyond_total" Reassemble Error "Data lies beyond the total size of the message";
    TOO_MANY_PIECES = "msn.expert.p2p_too_many_pieces" Reassemble Warn "Too many pieces, or too many that overlap: the message is not put together";
    GIVEN_UP = "msn.expert.p2p_given_up" Reassemble Note "Message is not put together because of an earlier piece";
    NO_BEGIN = "msn.expert.p2p_no_begin" Reassemble Note "Begin of the message was not seen";
    UNKNOWN_ACK = "msn.expert.p2p_unknown_ack" Sequence Note "Acknowledges a packet that was not seen";
    SIZE_DIFFERS = "msn.expert.p2p_size_differs" Protocol Warn "Size differs from the offer";
}
