// SPDX-License-Identifier: GPL-2.0-or-later
//! The command table (fact base: commands 1 to 3). One row for each layout; rows of a word stand together.
//! Within a word the layout that is harder to take for another comes first: that order decides when the
//! protocol version is not known.

use super::{
    params::*,
    table::{Dir, On, Row},
    template::Template,
};
use crate::{
    fields::command as f,
    values::codes::{self},
};
use Kind::*;

const C: Dir = Dir::ToServer;
const S: Dir = Dir::ToClient;
const NS: On = On::Ns;
const SB: On = On::Sb;
const ANY: On = On::Any;

const fn row(
    word: &'static str,
    dir: Dir,
    on: On,
    first: u8,
    last: u8,
    params: &'static [Param],
    summary: &'static str,
) -> Row {
    Row { word, dir, on, versions: (first, last), trid: true, params, summary: Template::new(summary) }
}

/// A row whose line carries no transaction ID.
const fn bare(
    word: &'static str,
    dir: Dir,
    on: On,
    first: u8,
    last: u8,
    params: &'static [Param],
    summary: &'static str,
) -> Row {
    Row { trid: false, ..row(word, dir, on, first, last, params, summary) }
}

const PLAIN: &str = "";
const DIRECT_WAY: Param = param(Lit("U"), f::TRANSPORT);
const GATEWAY_WAY: Param = param(Lit("G"), f::TRANSPORT);
const D: Param = param(Lit("D"), f::TRANSPORT_D);
const HOP: Param = param(Base64, f::HOP);
const TO_NS: Param = param(Lit("NS"), f::REFERRAL);
const TO_SB: Param = param(Lit("SB"), f::REFERRAL);
const VERIFIED: Param = param(Num, f::VERIFIED);
const RESTRICTED: Param = param(Num, f::RESTRICTED);
const PROMPT: Param = param(Code(codes::GTC, false), f::PROMPT);
const PRIVACY: Param = param(Code(codes::BLP, false), f::PRIVACY);
const CONTACTS: Param = param(Num, f::CONTACT_COUNT);
const GROUP_COUNT: Param = param(Num, f::GROUP_COUNT);
const OUT_REASON: Param = param(Code(codes::OUT_REASONS, true), f::OUT_REASON);
const LIST_TIME: Param = param(Stamp, f::LIST_TIME);
const SETTINGS_TIME: Param = param(Stamp, f::SETTINGS_TIME);
const N: Param = param(Prefixed(b'N', &Text), f::EMAIL);
const F: Param = param(Prefixed(b'F', &Name), f::FRIENDLY_NAME);
const CID: Param = param(Prefixed(b'C', &Text), f::CONTACT_ID);
const CONTACT: Param = param(Text, f::CONTACT_ID);
const CONTACT_EMAIL: Param = param(Email, f::CONTACT_ID);
const CONTACT_GUID: Param = param(Guid, f::CONTACT_ID);
const GROUP_GUID: Param = param(Guid, f::GROUP_ID);
const GROUP_NUMBER: Param = param(Num, f::GROUP_ID);
const FORWARD: Param = param(Lit("FL"), f::LIST);
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
const SEARCH_INDEX: Param = param(Num, f::CONTACT_INDEX);
const X: Param = param(Text, f::RESERVED);
const UUN: Param = param(Num, f::UUN_TYPE);
const UUM: Param = param(Num, f::UUM_TYPE);
const ACK: Param = param(Code(codes::ACKS, false), f::ACK_MODE);
const HOTMAIL: Param = param(Lit("Hotmail"), f::EMAIL);

/// All rows, sorted by nothing but their word's place.
pub static ROWS: &[Row] = &[
    // Login
    row("VER", C, NS, 2, 21, &[VERSION.rest()], PLAIN),
    row("VER", S, NS, 2, 21, &[CHOSEN.rest()], PLAIN),
    row("INF", C, NS, 2, 7, &[], PLAIN),
    row("INF", S, NS, 2, 7, &[param(Code(codes::PACKAGES, true), f::AUTH_SCHEME).rest()], PLAIN),
    row(
        "CVR",
        C,
        NS,
        2,
        21,
        &[LCID, OS, OS_VERSION, ARCH, CLIENT, CLIENT_VERSION, BRAND.opt(), PERSON.opt(), HOP.opt()],
        "{4} {5} on {1} {2} {7}",
    ),
    row("CVR", S, NS, 2, 21, &[BEST, BEST_2, OLDEST, DOWNLOAD, INFO], "recommended {0}, minimum {2}"),
    row(
        "CVQ",
        C,
        NS,
        2,
        21,
        &[LCID, OS, OS_VERSION, ARCH, CLIENT, CLIENT_VERSION, BRAND.opt(), PERSON.opt(), HOP.opt()],
        "{4} {5} on {1} {2} {7}",
    ),
    row("CVQ", S, NS, 2, 21, &[BEST, BEST_2, OLDEST, DOWNLOAD, INFO], "recommended {0}, minimum {2}"),
    row("USR", C, SB, 2, 18, &[HANDLE, COOKIE], "{0} opens switchboard"),
    row("USR", S, SB, 2, 18, &[OK, HANDLE, NAME], "OK {1}"),
    row("USR", C, NS, 2, 2, &[scheme("CTP"), PHASE_I, EMAIL], PLAIN),
    row("USR", C, NS, 2, 2, &[scheme("CTP"), PHASE_S, param(Text, f::PASSWORD)], "CTP S (password)"),
    row("USR", S, NS, 2, 2, &[scheme("CTP"), PHASE_S], PLAIN),
    row("USR", C, NS, 2, 7, &[scheme("MD5"), PHASE_I, EMAIL], PLAIN),
    row("USR", C, NS, 2, 7, &[scheme("MD5"), PHASE_S, param(Md5, f::AUTH_RESPONSE)], "MD5 S (response)"),
    row("USR", S, NS, 2, 7, &[scheme("MD5"), PHASE_S, param(Text, f::AUTH_CHALLENGE)], PLAIN),
    row("USR", C, NS, 8, 14, &[scheme("TWN"), PHASE_I, EMAIL], PLAIN),
    row("USR", C, NS, 8, 14, &[scheme("TWN"), PHASE_S, param(Ticket, f::AUTH_TICKET)], "TWN S (ticket)"),
    row("USR", S, NS, 8, 14, &[scheme("TWN"), PHASE_S, param(Keys, f::AUTH_CHALLENGE)], "TWN S (key list)"),
    row("USR", C, NS, 15, 21, &[scheme("SSO"), PHASE_I, EMAIL], PLAIN),
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
    ),
    row(
        "USR",
        S,
        NS,
        15,
        21,
        &[scheme("SSO"), PHASE_S, param(Code(codes::POLICIES, true), f::POLICY), param(Base64, f::NONCE)],
        "SSO S {2}",
    ),
    row(
        "USR",
        C,
        NS,
        18,
        21,
        &[scheme("SHA"), param(Lit("A"), f::AUTH_PHASE), param(Base64, f::AUTH_TICKET)],
        "SHA A (circle ticket)",
    ),
    row("USR", S, NS, 10, 21, &[OK, EMAIL, VERIFIED, RESTRICTED], "OK {1}"),
    row("USR", S, NS, 8, 14, &[OK, EMAIL, NAME, VERIFIED, RESTRICTED], "OK {1}"),
    row("USR", S, NS, 6, 7, &[OK, EMAIL, NAME, VERIFIED], "OK {1}"),
    row("USR", S, NS, 2, 5, &[OK, EMAIL, NAME], "OK {1}"),
    row("XFR", C, NS, 2, 18, &[TO_SB], "asks for a switchboard"),
    row("XFR", C, NS, 2, 18, &[TO_NS], "asks for a notification server"),
    row("XFR", S, NS, 2, 21, &[TO_NS, ZERO], "restart login on this connection"),
    row("XFR", S, NS, 13, 21, &[TO_NS, HOST, DIRECT_WAY, D, HOP.opt()], "→ notification server {1}"),
    row(
        "XFR",
        S,
        NS,
        18,
        21,
        &[TO_NS, HOST, GATEWAY_WAY, D, HOP.opt()],
        "→ notification server {1} through the gateway",
    ),
    row("XFR", S, NS, 7, 12, &[TO_NS, HOST, ZERO, CURRENT_HOST], "→ notification server {1}"),
    row("XFR", S, NS, 3, 6, &[TO_NS, HOST, ZERO], "→ notification server {1}"),
    row("XFR", S, NS, 2, 2, &[TO_NS, HOST], "→ notification server {1}"),
    row("XFR", S, NS, 14, 18, &[TO_SB, HOST, CKI, COOKIE, DIRECT_WAY, DOMAIN, DIRECT], "→ switchboard {1}"),
    row("XFR", S, NS, 13, 13, &[TO_SB, HOST, CKI, COOKIE, DIRECT_WAY, DOMAIN], "→ switchboard {1}"),
    row("XFR", S, NS, 2, 12, &[TO_SB, HOST, CKI, COOKIE], "→ switchboard {1}"),
    row("GCF", C, NS, 11, 12, &[param(Word, f::FILE_NAME)], PLAIN),
    row("GCF", S, NS, 11, 12, &[param(Word, f::FILE_NAME), LEN], "{0}"),
    row("GCF", S, NS, 13, 21, &[LEN], "policies"),
    row("SBS", S, NS, 11, 21, &[param(Word, f::UNKNOWN_ZERO)], PLAIN),
    bare("MSG", S, NS, 2, 21, &[HOTMAIL, NAME, LEN], "from the server"),
    bare("MSG", S, SB, 2, 18, &[HANDLE, NAME, LEN], "from {0}"),
    row("MSG", C, SB, 2, 18, &[ACK, LEN], "ack {0}"),
    bare("OUT", C, ANY, 2, 21, &[], PLAIN),
    bare("OUT", S, NS, 2, 21, &[OUT_REASON.opt()], "{0:name}"),
    bare("OUT", S, NS, 2, 21, &[OUT_REASON, param(Num, f::OUT_MINUTES)], "{0:name}: {1} min"),
    // List synchronisation
    row("SYN", C, NS, 10, 12, &[LIST_TIME, SETTINGS_TIME], PLAIN),
    row("SYN", C, NS, 2, 9, &[LVER], PLAIN),
    row("SYN", S, NS, 10, 12, &[LIST_TIME, SETTINGS_TIME, CONTACTS, GROUP_COUNT], "{2} contacts, {3} groups"),
    row("SYN", S, NS, 10, 12, &[LIST_TIME, SETTINGS_TIME], "lists unchanged"),
    row("SYN", S, NS, 8, 9, &[LVER, CONTACTS, GROUP_COUNT], "version {0}, {1} contacts, {2} groups"),
    row("SYN", S, NS, 2, 7, &[LVER], PLAIN),
    row("SYN", S, NS, 8, 9, &[LVER], "version {0}, lists unchanged"),
    row("GTC", C, NS, 2, 12, &[PROMPT], PLAIN),
    row("GTC", S, NS, 2, 9, &[LVER, PROMPT], "{1}"),
    row("GTC", S, NS, 10, 12, &[PROMPT], PLAIN),
    bare("GTC", S, NS, 8, 12, &[PROMPT], PLAIN),
    row("BLP", C, NS, 2, 18, &[PRIVACY], PLAIN),
    row("BLP", S, NS, 2, 9, &[LVER, PRIVACY], "{1}"),
    row("BLP", S, NS, 10, 18, &[PRIVACY], PLAIN),
    bare("BLP", S, NS, 8, 12, &[PRIVACY], PLAIN),
    row("LSG", C, NS, 7, 12, &[], PLAIN),
    row("LSG", S, NS, 7, 9, &[LVER, INDEX, TOTAL, GROUP_NUMBER, GROUP_NAME, ZERO], "group {4}"),
    bare("LSG", S, NS, 8, 9, &[GROUP_NUMBER, GROUP_NAME, ZERO], "group {1}"),
    bare("LSG", S, NS, 10, 12, &[GROUP_NAME, GROUP], "group {0}"),
    row("LST", C, NS, 2, 12, &[LIST], PLAIN),
    row("LST", S, NS, 7, 7, &[LIST, LVER, INDEX, TOTAL, EMAIL, NAME, GROUPS], "{0} {2}/{3} {4}"),
    row("LST", S, NS, 2, 7, &[LIST, LVER, INDEX, TOTAL, EMAIL, NAME], "{0} {2}/{3} {4}"),
    row("LST", S, NS, 2, 7, &[LIST, LVER, INDEX, TOTAL], "{0} {2}/{3}"),
    bare("LST", S, NS, 12, 12, &[N, F.opt(), CID.opt(), LISTS, NID, GROUPS.opt()], "{0}"),
    bare("LST", S, NS, 10, 11, &[N, F.opt(), CID.opt(), LISTS, GROUPS.opt()], "{0}"),
    bare("LST", S, NS, 8, 9, &[EMAIL, NAME, LISTS, GROUPS.opt()], "{0}"),
    row("PRP", C, NS, 5, 18, &[PROP, VALUE.opt()], PLAIN),
    row("PRP", S, NS, 5, 9, &[LVER, PROP, VALUE.opt()], "{1} {2}"),
    row("PRP", S, NS, 10, 18, &[PROP, VALUE.opt()], PLAIN),
    bare("PRP", S, NS, 5, 7, &[LVER, PROP, VALUE.opt()], "{1} {2}"),
    bare("PRP", S, NS, 8, 18, &[PROP, VALUE.opt()], PLAIN),
    bare("BPR", S, NS, 5, 9, &[LVER, EMAIL, PROP, VALUE.opt()], "{1} {2} {3}"),
    bare("BPR", S, NS, 10, 12, &[EMAIL, PROP, VALUE.opt()], PLAIN),
    bare("BPR", S, NS, 5, 7, &[LVER, PROP, VALUE.opt()], "{1} {2}"),
    bare("BPR", S, NS, 8, 12, &[PROP, VALUE.opt()], PLAIN),
    // List changes
    row("ADD", C, NS, 2, 9, &[LIST, EMAIL, NAME, GROUP_NUMBER.opt()], "{1} to {0:name}"),
    row("ADD", S, NS, 2, 9, &[LIST, LVER, EMAIL, NAME, GROUP_NUMBER.opt()], "{2} to {0:name}"),
    row("ADC", C, NS, 10, 12, &[LIST, N, F.opt()], "{1} to {0:name}"),
    row("ADC", C, NS, 10, 12, &[FORWARD, CID, GROUP], "contact to group"),
    row("ADC", S, NS, 10, 12, &[LIST, N, F.opt(), CID.opt()], "{1} to {0:name}"),
    row("ADC", S, NS, 10, 12, &[FORWARD, CID, GROUP], "contact to group"),
    row("REM", C, NS, 10, 12, &[FORWARD, CONTACT_GUID, GROUP.opt()], "from {0:name}"),
    row("REM", C, NS, 2, 12, &[LIST, EMAIL, GROUP_NUMBER.opt()], "{1} from {0:name}"),
    row("REM", S, NS, 10, 12, &[FORWARD, CONTACT_GUID, GROUP.opt()], "from {0:name}"),
    row("REM", S, NS, 2, 9, &[LIST, LVER, EMAIL, GROUP_NUMBER.opt()], "{2} from {0:name}"),
    row("REM", S, NS, 10, 12, &[LIST, EMAIL, GROUP.opt()], "{1} from {0:name}"),
    row("REA", C, NS, 2, 9, &[EMAIL, NAME], "{0} is called {1}"),
    row("REA", S, NS, 2, 9, &[LVER, EMAIL, NAME], "{1} is called {2}"),
    row("SBP", C, NS, 10, 12, &[CONTACT_EMAIL, PROP, VALUE.opt(), ONE.opt()], PLAIN),
    row("SBP", C, NS, 10, 12, &[CONTACT, PROP, VALUE.opt(), ONE.opt()], "{1} {2}"),
    row("SBP", S, NS, 10, 12, &[CONTACT_EMAIL, PROP, VALUE.opt()], PLAIN),
    row("SBP", S, NS, 10, 12, &[CONTACT, PROP, VALUE.opt()], "{1} {2}"),
    row("ADG", C, NS, 7, 12, &[GROUP_NAME, ZERO.opt()], "group {0}"),
    row("ADG", S, NS, 7, 9, &[LVER, GROUP_NAME, GROUP_NUMBER, ZERO], "group {1}"),
    row("ADG", S, NS, 10, 12, &[GROUP_NAME, GROUP_GUID, ZERO.opt()], "group {0}"),
    row("RMG", C, NS, 7, 12, &[GROUP], "group {0}"),
    row("RMG", S, NS, 7, 9, &[LVER, GROUP_NUMBER], "group {1}"),
    row("RMG", S, NS, 10, 12, &[GROUP], "group {0}"),
    row("RMG", S, NS, 10, 12, &[ONE, GROUP], "group {1}"),
    row("REG", C, NS, 7, 12, &[GROUP, GROUP_NAME, ZERO.opt()], "group {1}"),
    row("REG", S, NS, 7, 9, &[LVER, GROUP_NUMBER, GROUP_NAME, ZERO], "group {2}"),
    row("REG", S, NS, 10, 12, &[GROUP_GUID, GROUP_NAME, ZERO.opt()], "group {1}"),
    row("REG", S, NS, 10, 12, &[ONE, GROUP_NAME, GROUP, ZERO], "group {1}"),
    row("ADL", C, NS, 13, 21, &[LEN], "adds to lists"),
    row("ADL", S, NS, 13, 21, &[OK], PLAIN),
    row("ADL", S, NS, 13, 21, &[LEN], "added to lists"),
    row("RML", C, NS, 13, 21, &[LEN], "removes from lists"),
    row("RML", S, NS, 13, 21, &[OK], PLAIN),
    row("RML", S, NS, 13, 21, &[LEN], "removed from lists"),
    row("FQY", C, NS, 13, 21, &[LEN], "asks for networks"),
    row("FQY", S, NS, 13, 21, &[LEN], "networks"),
    bare("RFS", S, NS, 13, 18, &[param(Bits, f::REFRESH)], PLAIN),
    // Presence and user data
    row("CHG", C, NS, 2, 7, &[STATUS], "to {0:name}"),
    row("CHG", C, NS, 8, 18, &[STATUS, CAPS, OBJECT.opt()], "to {0:name}"),
    row("CHG", S, NS, 2, 7, &[STATUS], "to {0:name}"),
    row("CHG", S, NS, 8, 18, &[STATUS, CAPS, OBJECT.opt()], "to {0:name}"),
    row("CHG", S, NS, 8, 18, &[STATUS], "to {0:name}"),
    row("ILN", S, NS, 18, 18, &[STATUS, NADDR, NAME, CAPS, OBJECT.opt(), ICON.opt()], "{1} is {0:name}"),
    row("ILN", S, NS, 14, 17, &[STATUS, EMAIL, NID, NAME, CAPS, OBJECT.opt(), ICON.opt()], "{1} is {0:name}"),
    row("ILN", S, NS, 9, 13, &[STATUS, EMAIL, NAME, CAPS, OBJECT.opt()], "{1} is {0:name}"),
    row("ILN", S, NS, 8, 8, &[STATUS, EMAIL, NAME, CAPS], "{1} is {0:name}"),
    row("ILN", S, NS, 2, 7, &[STATUS, EMAIL, NAME], "{1} is {0:name}"),
    bare("NLN", S, NS, 18, 18, &[STATUS, NADDR, NAME, CAPS, OBJECT.opt(), ICON.opt()], "{1} is {0:name}"),
    bare("NLN", S, NS, 14, 17, &[STATUS, EMAIL, NID, NAME, CAPS, OBJECT.opt(), ICON.opt()], "{1} is {0:name}"),
    bare("NLN", S, NS, 9, 13, &[STATUS, EMAIL, NAME, CAPS, OBJECT.opt()], "{1} is {0:name}"),
    bare("NLN", S, NS, 8, 8, &[STATUS, EMAIL, NAME, CAPS], "{1} is {0:name}"),
    bare("NLN", S, NS, 2, 7, &[STATUS, EMAIL, NAME], "{1} is {0:name}"),
    bare("FLN", S, NS, 18, 18, &[NADDR, CAPS.opt(), ICON.opt()], "{0} is Offline"),
    bare("FLN", S, NS, 14, 17, &[EMAIL, NID, CAPS.opt(), ICON.opt()], "{0} is Offline"),
    bare("FLN", S, NS, 2, 13, &[EMAIL], "{0} is Offline"),
    row("UUX", C, NS, 11, 18, &[LEN], "user data"),
    row("UUX", S, NS, 8, 18, &[LEN], "OK"),
    row("UUX", S, NS, 8, 18, &[], "OK"),
    bare("UBX", S, NS, 18, 18, &[NADDR, LEN], "user data of {0}"),
    bare("UBX", S, NS, 14, 17, &[HANDLE, NID, LEN], "user data of {0}"),
    bare("UBX", S, NS, 11, 13, &[EMAIL, LEN], "user data of {0}"),
    bare("PNG", C, NS, 2, 21, &[], PLAIN),
    bare("QNG", S, NS, 2, 21, &[param(Num, f::PING_SECONDS)], "next ping within {0} s"),
    bare("QNG", S, NS, 2, 21, &[], PLAIN),
    // Challenge, pages, mobile, alerts
    row("CHL", C, NS, 6, 21, &[], "asks for a challenge"),
    row("CHL", S, NS, 6, 21, &[param(Text, f::CHALLENGE)], PLAIN),
    row("QRY", C, NS, 6, 21, &[param(Text, f::CHALLENGE_PRODUCT), LEN], "{0}"),
    row("QRY", S, NS, 6, 21, &[], "OK"),
    row("URL", C, NS, 2, 18, &[param(Lit("COMPOSE"), f::URL_SERVICE), param(Email, f::URL_ARGUMENT)], PLAIN),
    row(
        "URL",
        C,
        NS,
        2,
        18,
        &[param(Code(codes::URL_SERVICES, true), f::URL_SERVICE), param(Text, f::URL_ARGUMENT).opt()],
        PLAIN,
    ),
    row(
        "URL",
        S,
        NS,
        2,
        18,
        &[param(Text, f::URL_PATH), param(Text, f::URL_LOGIN), param(Num, f::SITE_ID).opt()],
        PLAIN,
    ),
    row("PAG", C, NS, 5, 8, &[PERSON, LEN], "pages {0}"),
    row("PGD", C, NS, 9, 18, &[PERSON, param(Num, f::DEVICE), LEN], "pages {0}"),
    bare("IPG", S, NS, 6, 18, &[LEN], "page"),
    bare("NOT", S, NS, 5, 21, &[LEN], "alert"),
    row("SND", S, NS, 2, 9, &[OK], PLAIN),
    row("SND", C, NS, 2, 9, &[PERSON, LCID.opt(), CLIENT.opt(), BRAND.opt()], "invites {0}"),
    row("SND", C, NS, 2, 9, &[SEARCH_INDEX, LCID.opt(), CLIENT.opt(), BRAND.opt()], "invites search result {0}"),
    row("SDC", S, NS, 5, 18, &[OK], PLAIN),
    row("SDC", C, NS, 5, 18, &[PERSON, LCID, CLIENT, BRAND, X, X, NAME, LEN], "invites {0}"),
    row("SDC", C, NS, 5, 18, &[SEARCH_INDEX, LCID, CLIENT, BRAND, X, X, NAME, LEN], "invites search result {0}"),
    row("FND", C, NS, 2, 9, &[param(Pair, f::SEARCH_KEY).rest()], PLAIN),
    row("FND", S, NS, 2, 9, &[INDEX, TOTAL, param(Pair, f::SEARCH_KEY).rest()], PLAIN),
    row("FND", S, NS, 2, 9, &[INDEX, TOTAL], PLAIN),
    row("IMS", C, NS, 3, 21, &[param(Code(codes::SWITCH, false), f::SWITCH)], PLAIN),
    row("IMS", S, NS, 3, 21, &[ZERO, param(Code(codes::SWITCH, false), f::SWITCH)], PLAIN),
    row("LKP", C, NS, 12, 12, &[], PLAIN),
    row("GSB", C, NS, 11, 11, &[], PLAIN),
    row("VAS", C, NS, 18, 18, &[EMAIL, X, X, LEN], "reports {0}"),
    row("GET", C, NS, 18, 21, &[LEN], PLAIN),
    row("FSL", C, NS, 21, 21, &[X.rest()], PLAIN),
    row("FSL", S, NS, 21, 21, &[], PLAIN),
    // Messages that bypass the switchboard
    row("UUN", S, NS, 13, 18, &[OK], PLAIN),
    row("UUN", S, NS, 13, 18, &[LEN], PLAIN),
    row("UUN", C, NS, 13, 18, &[HANDLE, UUN, LEN], "to {0}: {1:name}"),
    bare("UBN", S, NS, 13, 18, &[HANDLE, UUN, LEN], "from {0}: {1:name}"),
    // The payload says in the Info column what it is.
    row("UUM", C, NS, 14, 18, &[EMAIL, NID, UUM, LEN], "to {0}"),
    bare("UBM", S, ANY, 14, 18, &[EMAIL, NID, EMAIL, NID, UUM, LEN], "from {0}"),
    bare("UBM", S, ANY, 18, 18, &[NADDR, NID, EMAIL, NID, UUM, LEN], "from {0}"),
    bare("UBM", S, ANY, 18, 18, &[NADDR, NID, UUM, LEN], "from {0}"),
    bare("UBM", S, ANY, 14, 18, &[NADDR, NADDR.opt(), UUM, LEN], "from {0}"),
    bare("UBM", S, ANY, 14, 18, &[EMAIL, NID, UUM, LEN], "from {0}"),
    bare("NFY", S, NS, 18, 21, &[param(Code(codes::NFY, false), f::NFY_OPERATION), LEN], "{0}"),
    row("PUT", C, NS, 18, 21, &[LEN], "publishes"),
    row("PUT", S, NS, 18, 21, &[OK, LEN], "OK"),
    row("PUT", S, NS, 18, 21, &[OK], "OK"),
    row("DEL", C, NS, 18, 21, &[LEN], "withdraws"),
    row("DEL", S, NS, 18, 21, &[OK, LEN], "OK"),
    row("DEL", S, NS, 18, 21, &[OK], "OK"),
    row("SDG", C, NS, 18, 21, &[LEN], " "),
    row("SDG", S, NS, 18, 21, &[LEN], " "),
    bare(
        "RNG",
        S,
        NS,
        14,
        18,
        &[SESSION, HOST, CKI, COOKIE, EMAIL, NAME, DIRECT_WAY, DOMAIN, DIRECT],
        "{4} calls, switchboard {1}",
    ),
    bare(
        "RNG",
        S,
        NS,
        13,
        13,
        &[SESSION, HOST, CKI, COOKIE, EMAIL, NAME, DIRECT_WAY, DOMAIN],
        "{4} calls, switchboard {1}",
    ),
    bare("RNG", S, NS, 2, 12, &[SESSION, HOST, CKI, COOKIE, EMAIL, NAME], "{4} calls, switchboard {1}"),
    // Switchboard
    row("ANS", C, SB, 2, 18, &[HANDLE, COOKIE, SESSION], "{0} joins session {2}"),
    row("ANS", S, SB, 2, 18, &[OK], PLAIN),
    row("IRO", S, SB, 2, 18, &[INDEX, TOTAL, HANDLE, NAME, CAPS.opt()], "{2} is here ({0}/{1})"),
    row("CAL", S, SB, 2, 18, &[param(Lit("RINGING"), f::RING_STATE), SESSION], "ringing, session {1}"),
    row("CAL", C, SB, 2, 18, &[HANDLE], "calls {0}"),
    bare("JOI", S, SB, 2, 18, &[HANDLE, NAME, CAPS.opt()], "{0} joins"),
    bare("BYE", S, SB, 2, 18, &[HANDLE, param(Num, f::IDLE_BYE).opt()], "{0} leaves"),
    row("ACK", S, SB, 2, 18, &[], PLAIN),
    row("NAK", S, SB, 2, 18, &[], PLAIN),
];

/// Error replies: the number stands in place of a word.
pub static ERROR: &[Row] = &[row("", S, ANY, 2, 21, &[LEN], ""), row("", S, ANY, 2, 21, &[], "")];
