// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of the HTTP gateway and other carriers.

use super::{Base::*, Type::*, expert::experts, fields};

fields! { super::ftp::END;
    GATEWAY = "msn.gateway" "HTTP gateway" Heading, "What the HTTP message around the commands says to or from the gateway.";
    SESSION = "msn.gateway.session" "Gateway session" Uint(4, Dec, None), "Number of the gateway session within the capture; one session is one MSN connection, over any number of TCP connections.";
    SESSION_ID = "msn.gateway.session_id" "Session ID" Str, "Session ID in the request target or in the X-MSN-Messenger header; what follows a dot may change with every answer.";
    ACTION = "msn.gateway.action" "Action" Str, "What the client wants: open a session, poll for queued commands, or send commands.";
    SERVER = "msn.gateway.server" "Server kind" Str, "Kind of server the client wants: NS for a notification server, SB for a switchboard.";
    HOST = "msn.gateway.host" "Server host" Str, "Server to which the gateway is to connect.";
    LIFESPAN = "msn.gateway.lifespan" "Lifespan" Uint(4, Dec, None), "How long the gateway may hold a poll until there is something to answer, in seconds.";
    ADDRESS = "msn.gateway.address" "Gateway address" Str, "Address of the gateway for later requests of the session, from the X-MSN-Messenger header.";
    NEXT_HOST = "msn.gateway.next_host" "Gateway host" Str, "Host name of the gateway for later requests of the session, from the X-MSN-Host header.";
    CLOSE = "msn.gateway.close" "Session closed" Bool, "The server ended the session.";
    PART = "msn.gateway.part" "Part of a command" Heading, "Part of a command that was cut between two HTTP bodies.";
}

experts! { super::ftp::EXPERT_END;
    SESSION_CLOSED = "msn.expert.gateway.closed" Sequence Note "The gateway ended the session";
    AFTER_CLOSE = "msn.expert.gateway.after_close" Sequence Warn "Data after the gateway had ended the session";
    HTTP_ERROR = "msn.expert.gateway.error" Response Warn "The gateway answered with an HTTP error";
}
