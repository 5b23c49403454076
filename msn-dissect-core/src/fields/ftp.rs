// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of connections between two clients: MSNFTP, direct connections, webcam; and of the files
//! that come out of them.

use super::{Base::*, Link, Type::*, expert::experts, fields};
use crate::values::{ftp as values, objects};

fields! { super::slp::END;
    // MSNFTP (fact base: msnftp 2 to 4).
    FTP_COMMAND = "msnftp.command" "Command" Str, "Command word.";
    FTP_VERSION = "msnftp.version" "Version" Str, "Protocol name that VER carries, with whatever stands before it.";
    FTP_EMAIL = "msnftp.email" "Receiver" Str, "Account of the file's receiver.";
    FTP_COOKIE = "msnftp.cookie" "Cookie" Str, "AuthCookie of the invitation.";
    FTP_COOKIE_STATUS = "msnftp.cookie.status" "Cookie status" Uint(1, Dec, Some(objects::CHECKS)), "Whether the cookie is the one of the invitation.";
    FTP_FILE_SIZE = "msnftp.file_size" "File size" Uint(8, Dec, None), "Bytes of the file.";
    FTP_CODE = "msnftp.code" "Code" Uint(4, Hex, Some(values::BYE_CODES)), "How the transfer ended.";
    FTP_PARAMETER = "msnftp.parameter" "Parameter" Str, "Parameter that the command is not known to have.";
    FTP_BLOCK = "msnftp.block" "Data block" Heading, "Data block: header and bytes of the file.";
    FTP_BLOCK_TYPE = "msnftp.block.type" "Block type" Uint(1, Dec, Some(values::BLOCK_TYPES)), "Whether file bytes follow.";
    FTP_BLOCK_LENGTH = "msnftp.block.length" "Block length" Uint(2, Dec, None), "Bytes of the file in this block.";
    FTP_DATA = "msnftp.data" "File data" Bytes, "Bytes of the file.";
    FTP_OFFSET = "msnftp.offset" "Offset in the file" Uint(8, Dec, None), "Place of these bytes in the file.";
    FTP_PROGRESS = "msnftp.progress" "Bytes so far" Uint(8, Dec, None), "Bytes of the file that have arrived, these included.";
    FTP_CONTINUATION = "msnftp.continuation" "Continuation data" Bytes, "Bytes that belong to no known command or block.";
    FTP_FILE_NAME = "msnftp.file_name" "File name" Str, "Name of the file, from the invitation.";
    FTP_SENDER = "msnftp.sender" "Sender" Str, "Account of the file's sender, from the invitation.";
    FTP_RECEIVER = "msnftp.receiver" "Receiver (by invitation)" Str, "Account of the file's receiver, from the invitation.";
    FTP_OFFERED_IN = "msnftp.offered_in" "Offered in" Frame(Link::Any), "Frame of the invitation that offered the file.";
    FTP_DIRECTION = "msnftp.direction" "Direction" Str, "Whether the file's sender or its receiver speaks.";

    // Direct connections (fact base: direct).
    DIRECT_LENGTH = "msnp2p.direct.length" "Packet length" Uint(4, Dec, None), "Bytes of the packet on a direct connection.";
    DIRECT_FOO = "msnp2p.direct.greeting" "Greeting" Str, "The word foo, with which the connecting side begins.";
    DIRECT_KEEP_ALIVE = "msnp2p.direct.keep_alive" "Keep-alive" Heading, "Packet without content.";
    DIRECT_HASHED = "msnp2p.nonce.hashed" "Hashed nonce" Guid, "First 16 bytes of the SHA-1 of the nonce, as the negotiation carries it.";
    DIRECT_NONCE_STATUS = "msnp2p.nonce.status" "Nonce status" Uint(1, Dec, Some(objects::CHECKS)), "Whether the negotiation carried this nonce or its hash.";
    DIRECT_CALL_ID = "msnp2p.direct.call_id" "Call-ID" Str, "Call-ID of the negotiation that led to this connection.";
    DIRECT_CONTINUATION = "msnp2p.direct.continuation" "Continuation data" Bytes, "Bytes in which no packet begins.";

    // Transfers and objects.
    TRANSFER = "msn.transfer" "Received whole" Heading, "What was transferred.";
    TRANSFER_FILE = "msn.transfer.file" "Exported as" Str, "Name that Export Objects gives it.";
    TRANSFER_TYPE = "msn.transfer.content_type" "Content type" Str, "Type of the content, by its bytes.";
    TRANSFER_SIZE = "msn.transfer.size" "Size" Uint(8, Dec, None), "Bytes that arrived.";
    SHA1 = "msn.object.sha1" "SHA-1" Str, "Hash of the bytes that arrived, hexadecimal.";
    SHA256 = "msn.object.sha256" "SHA-256" Str, "Hash of the bytes that arrived, hexadecimal.";
    SHA1D_COMPUTED = "msn.object.sha1d.computed" "SHA1D computed" Str, "Base64 of the SHA-1 of the bytes that arrived.";
    SHA1D_STATUS = "msn.object.sha1d.status" "SHA1D status" Uint(1, Dec, Some(objects::CHECKS)), "Whether the bytes have the SHA-1 that the object announced.";

    // Webcam (fact base: msnftp 6).
    CAM_PRODUCER = "msncam.producer" "Sends pictures" Str, "Account whose webcam it is.";
    CAM_VIEWER = "msncam.viewer" "Watches" Str, "Account that sees the pictures.";
    CAM_LINE = "msncam.line" "Line" Str, "Text line of the handshake.";
    CAM_RECIPIENT_ID = "msncam.recipient_id" "Recipient ID" Str, "Number of the recipient, from the negotiation.";
    CAM_SESSION_ID = "msncam.session_id" "Session ID" Str, "Number of the session, from the negotiation.";
    CAM_COMMAND = "msncam.command" "Reflector command" Str, "PROD (send) or VIEW (receive).";
    CAM_TUNNEL_ID = "msncam.tunnel_id" "Tunnel ID" Str, "Number of the tunnel through the reflector.";
    CAM_STATUS = "msncam.status" "Reflector status" Uint(2, Dec, None), "Status code of the reflector.";
    CAM_FRAME = "msncam.frame" "Frame" Heading, "One picture.";
    CAM_HEADER_LENGTH = "msncam.frame.header_length" "Header length" Uint(1, Dec, None), "Bytes of the frame header, 24.";
    CAM_PAUSED = "msncam.frame.paused" "Paused" Bool, "The sender has paused.";
    CAM_WIDTH = "msncam.frame.width" "Width" Uint(2, Dec, None), "Width in pixels.";
    CAM_HEIGHT = "msncam.frame.height" "Height" Uint(2, Dec, None), "Height in pixels.";
    CAM_FLAGS = "msncam.frame.flags" "Flags" Bits(2, values::CAM_FLAGS, None), "Flags of the frame; some clients never set the key frame bit.";
    CAM_LENGTH = "msncam.frame.length" "Payload length" Uint(4, Dec, None), "Bytes of the compressed picture.";
    CAM_FOURCC = "msncam.frame.codec" "Codec" Str, "Name of the codec, ML20.";
    CAM_STREAM = "msncam.frame.stream_id" "Stream ID" Uint(4, Hex, None), "Random number, constant for a stream.";
    CAM_TIME = "msncam.frame.timestamp" "Timestamp" Uint(4, Dec, None), "Time stamp in ms.";
    CAM_MIMIC = "msncam.mimic" "Mimic" Heading, "Compressed picture.";
    CAM_MIMIC_VERSION = "msncam.mimic.version" "Version" Uint(2, Dec, None), "Version of the codec, 256.";
    CAM_MIMIC_QUALITY = "msncam.mimic.quality" "Quality" Uint(2, Dec, None), "Quality of the compression.";
    CAM_MIMIC_WIDTH = "msncam.mimic.width" "Width" Uint(2, Dec, None), "Width in pixels.";
    CAM_MIMIC_HEIGHT = "msncam.mimic.height" "Height" Uint(2, Dec, None), "Height in pixels.";
    CAM_MIMIC_UNKNOWN = "msncam.mimic.unknown" "Unknown" Uint(4, Hex, None), "Zero.";
    CAM_MIMIC_TYPE = "msncam.mimic.frame_type" "Frame type" Uint(4, Dec, Some(values::MIMIC_FRAMES)), "Key frame or delta.";
    CAM_MIMIC_COEFFICIENTS = "msncam.mimic.coefficients" "Coefficients" Uint(1, Dec, None), "Coefficients for each block.";
    CAM_MIMIC_RESERVED = "msncam.mimic.reserved" "Reserved" Bytes, "Zero.";
    CAM_MIMIC_DATA = "msncam.mimic.data" "Bit stream" Bytes, "Compressed picture.";
    CAM_ACK = "msncam.ack" "Frame acknowledgement" Uint(4, Dec, None), "The viewer has got a frame, 1234.";
    CAM_CONTINUATION = "msncam.continuation" "Continuation data" Bytes, "Bytes in which neither line nor frame begins.";

    // NAT probe (fact base: direct 8).
    PROBE_VERSION = "msnp2p.probe.version" "Version" Uint(1, Dec, None), "Version of the NAT probe, 2.";
    PROBE_SERVICE = "msnp2p.probe.service" "Service" Uint(1, Dec, Some(values::PROBE_SERVICES)), "What is asked for.";
    PROBE_CLIENT_PORT = "msnp2p.probe.client_port" "Client port" Uint(2, Dec, None), "Port of the client as the server sees it.";
    PROBE_CLIENT_ADDRESS = "msnp2p.probe.client_address" "Client address" Ipv4, "Address of the client as the server sees it.";
    PROBE_DISCARD_PORT = "msnp2p.probe.discard_port" "Discard port" Uint(2, Dec, None), "Port that never answers.";
    PROBE_TEST_PORT = "msnp2p.probe.test_port" "Test port" Uint(2, Dec, None), "Port of the other server.";
    PROBE_TEST_ADDRESS = "msnp2p.probe.test_address" "Test address" Ipv4, "Address of the other server.";
    PROBE_TRANSACTION = "msnp2p.probe.transaction" "Transaction ID" Uint(4, Hex, None), "Number that the answer repeats.";
}

experts! { super::slp::EXPERT_END;
    TRANSFER_INCOMPLETE = "msn.expert.transfer_incomplete" Reassemble Warn "Transfer is incomplete";
    HASH_MISMATCH = "msn.expert.hash_mismatch" Checksum Warn "SHA-1 of the bytes is not the one that the object announced";
    NONCE_MISMATCH = "msn.expert.nonce_mismatch" Security Warn "Nonce is not the one that was negotiated";
    SIZE_DIFFERS = "msn.expert.size_differs" Protocol Warn "Size is not the one that was offered";
    DIRECT_CONTINUED = "msn.expert.direct_continuation" Sequence Note "Bytes in which no packet begins (capture began late, or a segment is missing)";
    PROBE_MALFORMED = "msn.expert.nat_probe" Malformed Error "NAT probe is too short";
    FTP_MALFORMED = "msn.expert.ftp_malformed" Malformed Error "Not a command of MSNFTP";
    FTP_CANCELLED = "msn.expert.transfer_cancelled" Response Note "Transfer was cancelled";
    FTP_FAILED = "msn.expert.transfer_failed" Response Warn "Transfer failed";
    FTP_TOO_MUCH = "msn.expert.ftp_too_much" Protocol Warn "More bytes than the size of the file";
    FTP_COOKIE_BAD = "msn.expert.ftp_cookie" Security Warn "Cookie is not the one of the invitation";
    FTP_GAP = "msn.expert.ftp_continuation" Sequence Note "Bytes whose place in the file is not known (capture began late, or a segment is missing)";
    FTP_DUPLICATE = "msn.expert.ftp_duplicate" Sequence Note "Bytes of the file that had arrived before";
    CAM_CONTINUED = "msn.expert.cam_continuation" Sequence Note "Bytes in which neither line nor frame begins (capture began late, or a segment is missing)";
    CAM_CUT = "msn.expert.cam_cut" Reassemble Note "Frame is cut short";
}
