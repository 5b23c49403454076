// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of MSNSLP and transfer contexts.

use super::{Base::*, Link, Type::*, expert::experts, fields};
use crate::values::slp;

fields! { super::p2p::END;
    METHOD = "msnslp.method" "Method" Str, "What the message asks for: INVITE, ACK or BYE.";
    REQUEST_URI = "msnslp.request_uri" "Request URI" Str, "Whom the request is for.";
    PROTOCOL = "msnslp.protocol" "Protocol" Str, "Protocol and its version.";
    STATUS = "msnslp.status" "Status" Uint(2, Dec, Some(slp::STATUSES)), "Answer to a request.";
    REASON = "msnslp.reason" "Reason" Str, "Status in words.";
    START_LINE = "msnslp.start_line" "Start line" Str, "First line that is neither a request nor a status.";
    TO = "msnslp.to" "To" Str, "Receiver of the request.";
    FROM = "msnslp.from" "From" Str, "Sender of the request.";
    ENDPOINT = "msnslp.endpoint" "Endpoint" Guid, "One of several places where the account is signed in.";
    VIA = "msnslp.via" "Via" Str, "Transport and branch.";
    BRANCH = "msnslp.branch" "Branch" Str, "Number of the transaction; the answer repeats it.";
    CSEQ = "msnslp.cseq" "CSeq" Uint(4, Dec, None), "0 in requests, 1 in answers.";
    CALL_ID = "msnslp.call_id" "Call-ID" Str, "Number of the dialog.";
    MAX_FORWARDS = "msnslp.max_forwards" "Max-Forwards" Uint(4, Dec, None), "Always 0.";
    ON_BEHALF = "msnslp.on_behalf" "On-Behalf" Str, "Account for whom the request is made.";
    CONTENT_TYPE = "msnslp.content_type" "Content-Type" Str, "What the body is.";
    CONTENT_LENGTH = "msnslp.content_length" "Content-Length" Uint(4, Dec, None), "Bytes of the body, its final NUL included.";
    HEADER = "msnslp.header" "Header" Str, "Header without known meaning.";
    HEADER_NAME = "msnslp.header.name" "Name" Str, "Name of the header.";
    HEADER_VALUE = "msnslp.header.value" "Value" Str, "Value of the header.";
    BODY = "msnslp.body" "Body" Heading, "Body of the message.";
    BODY_TEXT = "msnslp.body.text" "Text" Str, "Line of the body that is no field.";
    BLANK = "msnslp.blank" "Blank line" Heading, "Ends the headers or the body.";
    TERMINATOR = "msnslp.terminator" "Final NUL" Bytes, "NUL that ends the message, counted in its length.";
    TRAILING = "msnslp.trailing" "Trailing bytes" Bytes, "Bytes behind the body.";

    EUF_GUID = "msnslp.euf_guid" "EUF-GUID (kind of session)" Guid, "What the session is for (EUF-GUID).";
    SESSION_ID = "msnslp.session_id" "Session ID" Uint(4, Dec, None), "Number of the session in binary headers.";
    CHANNEL_STATE = "msnslp.channel_state" "SChannelState" Uint(4, Dec, None), "State of the channel, 0.";
    CAPABILITIES_FLAGS = "msnslp.capabilities_flags" "Capabilities-Flags" Uint(4, Hex, None), "Capabilities, 1.";
    REQUEST_FLAGS = "msnslp.request_flags" "RequestFlags" Uint(4, Hex, None), "Flags of the request, 16 for files.";
    APP_ID = "msnslp.app_id" "AppID (application)" Uint(4, Dec, Some(slp::APPLICATIONS)), "Application of the session, also in the footers of its data.";
    ACCEPTED_BY = "msnslp.accepted_by" "Accepted by" Guid, "Endpoint at which the invitation was accepted.";
    DECLINED_BY = "msnslp.declined_by" "Declined by" Guid, "Endpoint at which the invitation was declined.";
    CONTEXT = "msnslp.context" "Context" Str, "What is offered or why the session ends, base64.";
    CONTEXT_DATA = "msnslp.context.data" "Context data" Bytes, "Decoded context that nothing opens further.";
    CONTEXT_TEXT = "msnslp.context.text" "Context text" Str, "Decoded context, UTF-16.";
    CONTEXT_CODE = "msnslp.context.code" "Status code" Uint(4, Hex, Some(slp::BYE_CODES)), "Why the session ends.";
    CONTEXT_MEDIA = "msnslp.context.media" "Media" Guid, "Kind of media session.";
    ACTIVITY_ID = "msnslp.activity.id" "Activity" Uint(4, Dec, None), "Number of the activity.";
    ACTIVITY_FLAG = "msnslp.activity.flag" "Activity flag" Str, "Second part of an activity's context, 1.";
    ACTIVITY_NAME = "msnslp.activity.name" "Activity name" Str, "Name of the activity.";
    FILE_HEADER_LENGTH = "msnslp.file.header_length" "Header length" Uint(4, Dec, None), "Bytes before the preview.";
    FILE_VERSION = "msnslp.file.version" "Context version" Uint(4, Dec, None), "Version of the file context, 2 or 3.";
    FILE_SIZE = "msnslp.file.size" "File size" Uint(8, Dec, None), "Bytes of the file.";
    FILE_TYPE = "msnslp.file.type" "Type" Uint(4, Dec, Some(slp::FILE_TYPES)), "Whether a preview follows.";
    FILE_NAME = "msnslp.file.name" "File name" Str, "Name of the file.";
    FILE_NAME_REST = "msnslp.file.name_padding" "Rest of the name field" Bytes, "Bytes behind the file name's NUL.";
    FILE_BACKGROUND = "msnslp.file.background" "Background sharing" Bytes, "Field of background sharing, otherwise zeros.";
    FILE_UNKNOWN = "msnslp.file.unknown" "Unknown" Uint(4, Hex, None), "0xffffffff, or 0xfffffffe for backgrounds.";
    FILE_RESERVED = "msnslp.file.reserved" "Reserved" Bytes, "Zeros of version 3.";
    FILE_PREVIEW = "msnslp.file.preview" "Preview" Bytes, "Small picture of the file.";

    BRIDGE = "msnslp.bridge" "Bridge" Str, "Transport that is offered or chosen.";
    BRIDGES = "msnslp.bridges" "Bridges" Str, "Transports that are offered.";
    NET_ID = "msnslp.net_id" "NetID" Int(4), "External IPv4 address as a little-endian signed number.";
    NET_ADDRESS = "msnslp.net_address" "External address" Ipv4, "Address that the NetID stands for.";
    CONN_TYPE = "msnslp.conn_type" "Connection type" Str, "How the client is connected (UDP or all).";
    TCP_CONN_TYPE = "msnslp.tcp_conn_type" "TCP connection type" Str, "How the client is connected for TCP.";
    UPNP_NAT = "msnslp.upnp_nat" "UPnP NAT" Bool, "Whether a router was set up by UPnP.";
    ICF = "msnslp.icf" "Windows firewall" Bool, "Whether the Windows firewall is on.";
    LISTENING = "msnslp.listening" "Listening" Bool, "Whether the sender waits for a connection.";
    NEED_ENDPOINT = "msnslp.need_endpoint_info" "Needs endpoint of the connector" Bool, "Whether the listener wants to know where the connection will come from.";
    PLAIN_NONCE = "msnslp.nonce" "Nonce" Guid, "Nonce that the direct connection will show.";
    HASHED_NONCE = "msnslp.hashed_nonce" "Hashed nonce" Guid, "Hash of the nonce that the sender's side of the direct connection will show.";
    NAT_TRAVERSAL = "msnslp.nat_trav_msg_type" "NAT traversal message" Str, "Kind of transport message.";
    ADDRESSES = "msnslp.addresses" "Addresses" Str, "Line of addresses or ports, as sent.";
    ADDRESS = "msnslp.address" "Address" Ipv4, "Address at which the sender can be reached.";
    ADDRESS_6 = "msnslp.address6" "IPv6 address" Ipv6, "IPv6 address at which the sender can be reached.";
    PORT = "msnslp.port" "Port" Uint(2, Dec, None), "Port at which the sender can be reached.";
    REVERSED = "msnslp.reversed" "Written backwards" Bool, "Name and value are written backwards, to hide them from address translation.";
    TURN_SERVER = "msnslp.turn.server" "TURN server" Str, "Relay server.";
    TURN_USER = "msnslp.turn.username" "TURN user name" Str, "User name for the relay server.";
    TURN_PASSWORD = "msnslp.turn.password" "TURN password" Str, "Password for the relay server.";
    FIELD = "msnslp.field" "Field" Str, "Body field without known meaning.";
    FIELD_NAME = "msnslp.field.name" "Name" Str, "Name of the field.";
    FIELD_VALUE = "msnslp.field.value" "Value" Str, "Value of the field.";

    RESPONSE_IN = "msnslp.response_in" "Answered in" Frame(Link::Response), "Frame of the answer.";
    RESPONSE_TO = "msnslp.response_to" "Answer to" Frame(Link::Request), "Frame of the request.";
    TIME = "msnslp.time" "Time to answer" Span, "Time between request and answer.";
    INVITED_IN = "msnslp.invited_in" "Invitation in" Frame(Link::Request), "Frame of the invitation that began the session.";
    ENDED_IN = "msnslp.ended_in" "Ended in" Frame(Link::Response), "Frame of the BYE that ends the session.";
}

experts! { super::p2p::EXPERT_END;
    MALFORMED = "msn.expert.slp_malformed" Malformed Warn "Line is malformed";
    UNKNOWN_EUF_GUID = "msn.expert.slp_unknown_euf_guid" Undecoded Warn "Unknown kind of session";
    UNKNOWN_STATUS = "msn.expert.slp_unknown_status" Undecoded Warn "Unknown status code";
    DECLINED = "msn.expert.slp_declined" Response Note "Invitation is declined";
    FAILED = "msn.expert.slp_failed" Response Warn "Request failed";
    BODY_LENGTH = "msn.expert.slp_content_length" Malformed Warn "Content-Length does not fit the body";
    BODY_SHORT = "msn.expert.slp_content_length_nul" Protocol Chat "Content-Length counts a final NUL that is not sent";
    BAD_CONTEXT = "msn.expert.slp_context" Malformed Warn "Context cannot be decoded";
    BAD_VALUE = "msn.expert.slp_value" Malformed Warn "Value has the wrong form";
    CONTEXT_LENGTH = "msn.expert.slp_file_header_length" Malformed Note "Header length of the file context is not that of its version";
    PASSWORD = "msn.expert.slp_password" Security Warn "Password of a relay server in clear text";
}
