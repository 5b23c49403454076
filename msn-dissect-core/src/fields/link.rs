// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of requests and answers, connections that belong together, people present.

use super::{Base::*, Link, Type::*, expert::experts, fields};
use crate::values::objects::PROOFS;

fields! { super::login::END;
    RESPONSE_IN = "msn.response_in" "Response in" Frame(Link::Response), "Frame with an answer to this request.";
    RESPONSE_TO = "msn.response_to" "Response to" Frame(Link::Request), "Frame with the request that this answers.";
    REQUEST = "msn.request" "Request" Str, "Word of the request that this answers.";
    TIME = "msn.time" "Time since request" Span, "Time between the request and this answer.";
    RESPONSE_COUNT = "msn.response_count" "Answers" Uint(4, Dec, None), "Frames with answers, when there are more than are listed.";
    RESPONSE_EXPECTED = "msn.response_expected" "Answer expected" Str, "When the server answers this request.";
    ANNOUNCED_IN = "msn.announced_in" "Announced in" Frame(Link::Any), "Frame that led to this connection.";
    OPENED_IN = "msn.opened_in" "Opened in" Frame(Link::Any), "Frame in which the connection announced here begins.";
    OTHER_SIDE = "msn.chat.other_side" "Other side of the chat" Frame(Link::Any), "Frame in which another party's connection to the same chat begins.";
    EARLIER_CONNECTION = "msn.earlier_connection" "Earlier connection of this account" Frame(Link::Any), "Frame in which the account signed in before.";
    LATER_CONNECTION = "msn.later_connection" "Later connection of this account" Frame(Link::Any), "Frame in which the account signs in again.";

    CHALLENGE_STATUS = "msn.challenge.status" "Challenge response status" Uint(1, Dec, Some(PROOFS)), "Whether the answer to the challenge is right.";
    AUTH_STATUS = "msn.auth.status" "Login response status" Uint(1, Dec, Some(PROOFS)), "Whether the login proves the secret given in the preferences.";
    AUTH_CHALLENGE_IN = "msn.auth.challenge_in" "Login challenge in" Frame(Link::Request), "Frame with the challenge, nonce or key list that this login answers.";
    AUTH_RESPONSE_IN = "msn.auth.response_in" "Login response in" Frame(Link::Response), "Frame with the login that answers this challenge.";

    LOGIN_STEP_IN = "msn.login_step_in" "Last step of the login in" Frame(Link::Any), "Frame with the last step of a login that was not completed.";
    COPY_OF = "msn.message.copy_of" "Copy of" Frame(Link::Any), "Frame in which the same message was sent to the server.";

    PARTICIPANT = "msn.participant" "Participant" Str, "Account that is in the chat after this command.";
    PARTICIPANT_COUNT = "msn.participants" "Participants" Uint(4, Dec, None), "Accounts that are in the chat after this command.";
    OWN_STATUS = "msn.own.status" "Own status" Str, "Presence of the connection's owner after this command.";
    OWN_NAME = "msn.own.name" "Own name" Str, "Display name of the connection's owner after this command.";
    OWN_ENDPOINT = "msn.own.endpoint" "Own endpoint" Guid, "Endpoint at which the connection's owner is signed in.";
}

experts! { super::login::EXPERT_END;
    LOGIN_REFUSED = "msn.expert.login_refused" Response Warn "Login refused";
    LOGIN_GIVEN_UP = "msn.expert.login_given_up" Sequence Warn "Login was not completed";
    CIRCLE_REFUSED = "msn.expert.circle_refused" Response Warn "Ticket for circles refused";
    NO_ANSWER = "msn.expert.no_answer" Sequence Warn "No answer to this request in this capture";
    NO_REQUEST = "msn.expert.no_request" Sequence Note "Answers a request that was not seen (not captured, or out of order)";
    DUPLICATE_TRID = "msn.expert.duplicate_trid" Sequence Warn "Transaction ID of a request that still waits for its answer";
    CHALLENGE_FAILED = "msn.expert.challenge_failed" Response Error "Server rejects the answer to its challenge";
    CHALLENGE_BAD = "msn.expert.challenge_bad" Checksum Warn "Answer to the challenge is wrong";
    CHALLENGE_LATE = "msn.expert.challenge_late" Sequence Warn "Answer to the challenge came later than servers wait";
    LOGIN_BAD = "msn.expert.login_bad" Checksum Warn "Login does not prove the secret given in the preferences";
    LIST_COUNT = "msn.expert.list_count" Sequence Warn "SYN announced other numbers of contacts or groups than came";
    COOKIE_WRONG = "msn.expert.cookie_wrong" Security Warn "Switchboard cookie was not given to this account for this use";
    COOKIE_REUSED = "msn.expert.cookie_reused" Security Warn "Switchboard cookie was used before";
    SESSION_DIFFERS = "msn.expert.session_differs" Protocol Note "Session ID is not the first number of the switchboard cookie";
    CONTACT_ADDED = "msn.expert.contact_added" Request Chat "Somebody added this account to a contact list";
    NOT_DELIVERED = "msn.expert.not_delivered" Response Warn "Message was not delivered";
    VERSION_DOWNGRADE = "msn.expert.version_downgrade" Response Note "Lower protocol version than could be expected";
    CAPTURE_LATE = "msn.expert.capture_late" Sequence Note "First line of this connection was not seen (capture began late, or a segment is missing)";
    STATE_EVICTED = "msn.expert.state_evicted" Undecoded Note "Table full, something older was forgotten: links may be missing";
}
