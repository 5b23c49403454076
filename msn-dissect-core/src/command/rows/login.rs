// SPDX-License-Identifier: GPL-2.0-or-later
//! Login, referrals, policies, and the plain messages (fact base: commands 1).

use super::*;

const DIRECT_WAY: Param = param(Lit("U"), f::TRANSPORT);
const GATEWAY_WAY: Param = param(Lit("G"), f::TRANSPORT);
const D: Param = param(Lit("D"), f::TRANSPORT_D);
const HOP: Param = param(Base64, f::HOP);
const TO_NS: Param = param(Lit("NS"), f::REFERRAL);
const TO_SB: Param = param(Lit("SB"), f::REFERRAL);
const VERIFIED: Param = param(Num, f::VERIFIED);
const RESTRICTED: Param = param(Num, f::RESTRICTED);
const OUT_REASON: Param = param(Code(codes::OUT_REASONS, true), f::OUT_REASON);
const OS: Param = param(Text, f::OS_TYPE);
const OS_VERSION: Param = param(Text, f::OS_VERSION);
const ARCH: Param = param(Text, f::ARCHITECTURE);
const CLIENT_VERSION: Param = param(Text, f::CLIENT_VERSION);
const BEST: Param = param(Text, f::RECOMMENDED_VERSION);
const BEST_2: Param = param(Text, f::RECOMMENDED_VERSION_2);
const OLDEST: Param = param(Text, f::MINIMUM_VERSION);
const DOWNLOAD: Param = param(Text, f::DOWNLOAD_URL);
const INFO: Param = param(Text, f::INFO_URL);
const PERSON: Param = param(Email, f::EMAIL);
const ACK: Param = param(Code(codes::ACKS, false), f::ACK_MODE);
const HOTMAIL: Param = param(Lit("Hotmail"), f::EMAIL);
const PACKAGE: Param = param(Code(codes::PACKAGES, true), f::AUTH_SCHEME);
const POLICY: Param = param(Code(codes::POLICIES, true), f::POLICY);

pub(super) const ROWS: &[Row] = &[
    row("VER", C, NS, 2, 21, &[VERSION.rest()], "offers {0:list}").teaches(&[Offer]),
    row("VER", S, NS, 2, 21, &[param(Lit("0"), f::CHOSEN_VERSION)], "server supports none of the versions")
        .teaches(&[Choose]),
    row("VER", S, NS, 2, 21, &[CHOSEN.rest()], "server chooses {0}").teaches(&[Choose]),
    row("INF", C, NS, 2, 7, &[], "asks for security packages"),
    row("INF", S, NS, 2, 7, &[PACKAGE.rest()], "server takes {0:list}"),
    row(
        "CVR",
        C,
        NS,
        2,
        21,
        &[LCID, OS, OS_VERSION, ARCH, CLIENT, CLIENT_VERSION, BRAND.opt(), PERSON.opt(), HOP.opt()],
        "{4} {5} on {1} {2} {7}",
    )
    .teaches(&[Account]),
    row("CVR", S, NS, 2, 21, &[BEST, BEST_2, OLDEST, DOWNLOAD, INFO], "recommended {0}, minimum {2}"),
    row(
        "CVQ",
        C,
        NS,
        2,
        21,
        &[LCID, OS, OS_VERSION, ARCH, CLIENT, CLIENT_VERSION, BRAND.opt(), PERSON.opt(), HOP.opt()],
        "{4} {5} on {1} {2} {7}",
    )
    .teaches(&[Account]),
    row("CVQ", S, NS, 2, 21, &[BEST, BEST_2, OLDEST, DOWNLOAD, INFO], "recommended {0}, minimum {2}"),
    row("USR", C, SB, 2, 18, &[HANDLE, COOKIE], "{0} opens switchboard")
        .teaches(&[Account, Inherit, Open(Caller)])
        .answered_by(&["XFR"])
        .fails(Failure::Login),
    row("USR", S, SB, 2, 18, &[OK, HANDLE, NAME], "OK {1}").teaches(&[Account, Join]),
    row("USR", C, NS, 2, 2, &[scheme("CTP"), PHASE_I, EMAIL], PLAIN)
        .teaches(&[Account])
        .answered_by(&["XFR"])
        .fails(Failure::Login),
    row("USR", C, NS, 2, 2, &[scheme("CTP"), PHASE_S, param(Text, f::PASSWORD)], "CTP S (password)")
        .answered_by(&["XFR"])
        .fails(Failure::Login),
    row("USR", S, NS, 2, 2, &[scheme("CTP"), PHASE_S], PLAIN),
    row("USR", C, NS, 2, 7, &[scheme("MD5"), PHASE_I, EMAIL], PLAIN)
        .teaches(&[Account])
        .answered_by(&["XFR"])
        .fails(Failure::Login),
    row("USR", C, NS, 2, 7, &[scheme("MD5"), PHASE_S, param(Md5, f::AUTH_RESPONSE)], "MD5 S (response)")
        .teaches(&[Prove])
        .answered_by(&["XFR"])
        .fails(Failure::Login),
    row("USR", S, NS, 2, 7, &[scheme("MD5"), PHASE_S, param(Text, f::AUTH_CHALLENGE)], PLAIN).teaches(&[AskProof]),
    row("USR", C, NS, 8, 14, &[scheme("TWN"), PHASE_I, EMAIL], PLAIN)
        .teaches(&[Account])
        .answered_by(&["XFR"])
        .fails(Failure::Login),
    row("USR", C, NS, 8, 14, &[scheme("TWN"), PHASE_S, param(Pass, f::AUTH_TICKET)], "TWN S (ticket)")
        .teaches(&[Prove])
        .answered_by(&["XFR"])
        .fails(Failure::Login),
    row("USR", S, NS, 8, 14, &[scheme("TWN"), PHASE_S, param(Keys, f::AUTH_CHALLENGE)], "TWN S (Passport challenge)")
        .teaches(&[AskProof]),
    row("USR", C, NS, 15, 21, &[scheme("SSO"), PHASE_I, EMAIL], PLAIN)
        .teaches(&[Account])
        .answered_by(&["XFR"])
        .fails(Failure::Login),
    row(
        "USR",
        C,
        NS,
        15,
        21,
        &[
            scheme("SSO"),
            PHASE_S,
            param(Ticket, f::AUTH_TICKET),
            param(Base64, f::AUTH_RESPONSE).opt(),
            param(Guid, f::MACHINE_GUID).opt(),
        ],
        "SSO S (ticket)",
    )
    .teaches(&[Prove, Own])
    .answered_by(&["XFR"])
    .fails(Failure::Login),
    row("USR", S, NS, 15, 21, &[scheme("SSO"), PHASE_S, POLICY, param(Base64, f::NONCE)], "SSO S {2}")
        .teaches(&[AskProof]),
    row(
        "USR",
        C,
        NS,
        18,
        21,
        &[scheme("SHA"), param(Lit("A"), f::AUTH_PHASE), param(Base64, f::AUTH_TICKET)],
        "SHA A (circle ticket)",
    )
    .teaches(&[ShowTicket])
    .answered_by(&["XFR"])
    .fails(Failure::Circle),
    row("USR", S, NS, 10, 21, &[OK, EMAIL, VERIFIED, RESTRICTED], "OK {1}").teaches(&[Account]),
    row("USR", S, NS, 8, 14, &[OK, EMAIL, NAME, VERIFIED, RESTRICTED], "OK {1}").teaches(&[Account, Own]),
    row("USR", S, NS, 6, 7, &[OK, EMAIL, NAME, VERIFIED], "OK {1}").teaches(&[Account, Own]),
    row("USR", S, NS, 2, 5, &[OK, EMAIL, NAME], "OK {1}").teaches(&[Account, Own]),
    row("XFR", C, NS, 2, 18, &[TO_SB], "asks for a switchboard"),
    row("XFR", C, NS, 2, 18, &[TO_NS], "asks for a notification server"),
    row("XFR", S, NS, 2, 21, &[TO_NS, ZERO], "restart login on this connection"),
    row("XFR", S, NS, 13, 21, &[TO_NS, HOST, DIRECT_WAY, D, HOP.opt()], "→ notification server {1}")
        .teaches(&[Announce, Refer]),
    row(
        "XFR",
        S,
        NS,
        18,
        21,
        &[TO_NS, HOST, GATEWAY_WAY, D, HOP.opt()],
        "→ notification server {1} through the gateway",
    )
    .teaches(&[Announce, Refer]),
    row("XFR", S, NS, 7, 12, &[TO_NS, HOST, ZERO, CURRENT_HOST], "→ notification server {1}")
        .teaches(&[Announce, Refer]),
    row("XFR", S, NS, 3, 6, &[TO_NS, HOST, ZERO], "→ notification server {1}").teaches(&[Announce, Refer]),
    row("XFR", S, NS, 2, 2, &[TO_NS, HOST], "→ notification server {1}").teaches(&[Announce, Refer]),
    row("XFR", S, NS, 14, 18, &[TO_SB, HOST, CKI, COOKIE, DIRECT_WAY, DOMAIN, DIRECT], "→ switchboard {1}")
        .teaches(&[Announce, Cookie(Caller)]),
    row("XFR", S, NS, 13, 13, &[TO_SB, HOST, CKI, COOKIE, DIRECT_WAY, DOMAIN], "→ switchboard {1}")
        .teaches(&[Announce, Cookie(Caller)]),
    row("XFR", S, NS, 2, 12, &[TO_SB, HOST, CKI, COOKIE], "→ switchboard {1}").teaches(&[Announce, Cookie(Caller)]),
    row("GCF", C, NS, 11, 12, &[param(Word, f::FILE_NAME)], "asks for {0}"),
    row("GCF", S, NS, 11, 12, &[param(Word, f::FILE_NAME), DOCUMENT], "{0}"),
    row("GCF", S, NS, 13, 21, &[DOCUMENT], "policies"),
    row("SBS", S, NS, 11, 21, &[param(Word, f::UNKNOWN_ZERO)], "service information: {0:value}"),
    bare("MSG", S, NS, 2, 21, &[HOTMAIL, NAME, MESSAGE], "from the server"),
    bare("MSG", S, SB, 2, 18, &[HANDLE, NAME, MESSAGE], "from {0}"),
    bare("MSG", S, SB, 2, 18, &[HANDLE, MESSAGE], "from {0}"),
    row("MSG", C, SB, 2, 18, &[ACK, MESSAGE], " ")
        .answered_only_by(&["ACK", "NAK"], Need::Mode)
        .fails(Failure::Delivery),
    bare("OUT", C, ANY, 2, 21, &[], "client leaves").teaches(&[GiveUp]),
    row("OUT", C, ANY, 2, 21, &[], "client leaves").teaches(&[GiveUp]).answered_only_by(&[], Need::Unknown),
    bare("OUT", S, ANY, 2, 21, &[OUT_REASON], "{0:name}"),
    bare("OUT", S, ANY, 2, 21, &[], "server ends the connection"),
    bare("OUT", S, ANY, 2, 21, &[OUT_REASON, param(Num, f::OUT_MINUTES)], "{0:name}: {1} min"),
];
