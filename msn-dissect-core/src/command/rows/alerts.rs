// SPDX-License-Identifier: GPL-2.0-or-later
//! Challenges, pages, mobile, alerts, search (fact base: commands 1).

use super::*;

const PERSON: Param = param(Email, f::EMAIL);
const SEARCH_INDEX: Param = param(Num, f::CONTACT_INDEX);
const X: Param = param(Text, f::RESERVED);
const URL_SERVICE: Param = param(Code(codes::URL_SERVICES, true), f::URL_SERVICE);
const SWITCH: Param = param(Code(codes::SWITCH, false), f::SWITCH);

pub(super) const ROWS: &[Row] = &[
    row("CHL", C, NS, 6, 21, &[], "asks for a challenge").need(Need::Unknown),
    row("CHL", S, NS, 6, 21, &[param(Text, f::CHALLENGE)], "server challenges with {0}").teaches(&[Challenge]),
    row("QRY", C, NS, 6, 21, &[param(Text, f::CHALLENGE_PRODUCT), DIGEST], "client answers as {0}")
        .teaches(&[Respond])
        .fails(Failure::Challenge),
    row("QRY", S, NS, 6, 21, &[], "OK"),
    row("URL", C, NS, 2, 18, &[param(Lit("COMPOSE"), f::URL_SERVICE), param(Email, f::URL_ARGUMENT)], PLAIN),
    row("URL", C, NS, 2, 18, &[URL_SERVICE, param(Text, f::URL_ARGUMENT).opt()], PLAIN),
    row(
        "URL",
        S,
        NS,
        2,
        18,
        &[param(Text, f::URL_PATH), param(Text, f::URL_LOGIN), param(Num, f::SITE_ID).opt()],
        PLAIN,
    ),
    row("PAG", C, NS, 5, 8, &[PERSON, DOCUMENT], "pages {0}").need(Need::Failure).fails(Failure::Page),
    row("PGD", C, NS, 9, 18, &[PERSON, param(Num, f::DEVICE), DOCUMENT], "pages {0}")
        .need(Need::Failure)
        .fails(Failure::Page),
    bare("IPG", S, NS, 6, 18, &[ALERT], "page").teaches(&[Page]),
    bare("NOT", S, NS, 5, 21, &[ALERT], "alert"),
    row("SND", S, NS, 2, 9, &[OK], "OK"),
    row("SND", C, NS, 2, 9, &[PERSON, LCID.opt(), CLIENT.opt(), BRAND.opt()], "invites {0}"),
    row("SND", C, NS, 2, 9, &[SEARCH_INDEX, LCID.opt(), CLIENT.opt(), BRAND.opt()], "invites search result {0}"),
    row("SDC", S, NS, 5, 18, &[OK], "OK"),
    row("SDC", C, NS, 5, 18, &[PERSON, LCID, CLIENT, BRAND, X, X, NAME, INVITATION], "invites {0}"),
    row("SDC", C, NS, 5, 18, &[SEARCH_INDEX, LCID, CLIENT, BRAND, X, X, NAME, INVITATION], "invites search result {0}"),
    row("FND", C, NS, 2, 9, &[param(Pair, f::SEARCH_KEY).rest()], PLAIN),
    row("FND", S, NS, 2, 9, &[INDEX, TOTAL, param(Pair, f::SEARCH_KEY).rest()], PLAIN),
    row("FND", S, NS, 2, 9, &[INDEX, TOTAL], PLAIN),
    row("IMS", C, NS, 3, 21, &[SWITCH], "asks for messages {0:lower}"),
    row("IMS", S, NS, 3, 21, &[ZERO, SWITCH], "messages now {1:lower}"),
    row("LKP", C, NS, 12, 12, &[param(Text, f::PHONE).opt()], "looks up {0}").need(Need::Unknown),
    row("LKP", S, NS, 12, 12, &[param(Text, f::PHONE).opt()], "{0}"),
    // Of this one the name is all that is known.
    row("GSB", C, NS, 11, 11, &[X.rest().opt()], PLAIN).need(Need::Unknown),
    row("GSB", S, NS, 11, 11, &[X.rest().opt()], PLAIN),
    row("VAS", C, NS, 18, 18, &[EMAIL, X, X, REPORT], "reports {0}").need(Need::Unknown),
    row("GET", C, NS, 18, 21, &[LEN], PLAIN).answered_only_by(&[], Need::Unknown),
    row("FSL", C, NS, 21, 21, &[X.rest()], PLAIN).answered_only_by(&[], Need::Unknown),
    row("FSL", S, NS, 21, 21, &[], "OK"),
    row("FSL", S, NS, 21, 21, &[OK, ZERO.opt()], "OK"),
];
