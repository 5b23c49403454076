// SPDX-License-Identifier: GPL-2.0-or-later
//! Contact lists: synchronisation and changes (fact base: commands 1).

use super::*;

const PROMPT: Param = param(Code(codes::GTC, false), f::PROMPT);
const PRIVACY: Param = param(Code(codes::BLP, false), f::PRIVACY);
const CONTACTS: Param = param(Num, f::CONTACT_COUNT);
const GROUP_COUNT: Param = param(Num, f::GROUP_COUNT);
const LIST_TIME: Param = param(Stamp, f::LIST_TIME);
const SETTINGS_TIME: Param = param(Stamp, f::SETTINGS_TIME);
const N: Param = param(Prefixed(b'N', &Text), f::EMAIL);
/// An account; some servers write what it is before it.
const N_EMAIL: Param = param(MaybePrefixed, f::EMAIL);
const FLAG: Param = param(Code(codes::FLAGS, false), f::PROPERTY_FLAG);
const F: Param = param(Prefixed(b'F', &Name), f::FRIENDLY_NAME);
const CID: Param = param(Prefixed(b'C', &Text), f::CONTACT_ID);
const CONTACT: Param = param(Text, f::CONTACT_ID);
const CONTACT_EMAIL: Param = param(Email, f::CONTACT_ID);
const CONTACT_GUID: Param = param(Guid, f::CONTACT_ID);
const GROUP_GUID: Param = param(Guid, f::GROUP_ID);
const GROUP_NUMBER: Param = param(Num, f::GROUP_ID);
const FORWARD: Param = param(Lit("FL"), f::LIST);

/// What answers SYN beside itself.
const LIST_LINES: &[&str] = &["GTC", "BLP", "PRP", "LSG", "LST", "BPR"];

pub(super) const ROWS: &[Row] = &[
    row("SYN", C, NS, 10, 12, &[LIST_TIME, SETTINGS_TIME], "asks for lists").answered_by(LIST_LINES),
    row("SYN", C, NS, 2, 9, &[LVER], "asks for lists, has version {0}").answered_by(LIST_LINES),
    row("SYN", S, NS, 10, 12, &[LIST_TIME, SETTINGS_TIME, CONTACTS, GROUP_COUNT], "{2} contacts, {3} groups")
        .teaches(&[Sync]),
    row("SYN", S, NS, 10, 12, &[LIST_TIME, SETTINGS_TIME], "lists unchanged").teaches(&[Sync]),
    row("SYN", S, NS, 8, 9, &[LVER, CONTACTS, GROUP_COUNT], "version {0}, {1} contacts, {2} groups").teaches(&[Sync]),
    row("SYN", S, NS, 2, 7, &[LVER], "version {0}").teaches(&[Sync]),
    row("SYN", S, NS, 8, 9, &[LVER], "version {0}, lists unchanged").teaches(&[Sync]),
    row("GTC", C, NS, 2, 12, &[PROMPT], "asks for: {0:lower}"),
    row("GTC", S, NS, 2, 12, &[LVER, PROMPT], "now: {1:lower}"),
    row("GTC", S, NS, 10, 12, &[PROMPT], "now: {0:lower}"),
    bare("GTC", S, NS, 8, 12, &[PROMPT], "{0:lower}").teaches(&[SettingLine]),
    row("BLP", C, NS, 2, 18, &[PRIVACY], "asks for: {0:lower}"),
    row("BLP", S, NS, 2, 12, &[LVER, PRIVACY], "now: {1:lower}"),
    row("BLP", S, NS, 10, 18, &[PRIVACY], "now: {0:lower}"),
    bare("BLP", S, NS, 8, 12, &[PRIVACY], "{0:lower}").teaches(&[SettingLine]),
    row("LSG", C, NS, 7, 12, &[], "asks for groups"),
    row("LSG", S, NS, 7, 9, &[LVER, INDEX, TOTAL, GROUP_NUMBER, GROUP_NAME, ZERO], "group {4}")
        .teaches(&[GroupLine, GroupId]),
    bare("LSG", S, NS, 8, 9, &[GROUP_NUMBER, GROUP_NAME, ZERO], "group {1}").teaches(&[GroupLine, GroupId]),
    bare("LSG", S, NS, 10, 12, &[GROUP_NAME, GROUP], "group {0}").teaches(&[GroupLine, GroupId]),
    row("LST", C, NS, 2, 12, &[LIST], "asks for {0:name}"),
    row("LST", S, NS, 7, 7, &[LIST, LVER, INDEX, TOTAL, EMAIL, NAME, GROUPS], "{4} on {0:name} ({2}/{3})")
        .teaches(&[ContactLine]),
    row("LST", S, NS, 2, 7, &[LIST, LVER, INDEX, TOTAL, EMAIL, NAME], "{4} on {0:name} ({2}/{3})")
        .teaches(&[ContactLine]),
    row("LST", S, NS, 2, 7, &[LIST, LVER, INDEX, TOTAL], "{0:name} ({2}/{3})").teaches(&[ContactLine]),
    bare("LST", S, NS, 12, 12, &[N, F.opt(), CID.opt(), LISTS, NID, GROUPS.opt()], "{0} on {3:bits}")
        .teaches(&[ContactLine, ContactId]),
    bare("LST", S, NS, 10, 11, &[N, F.opt(), CID.opt(), LISTS, GROUPS.opt()], "{0} on {3:bits}")
        .teaches(&[ContactLine, ContactId]),
    bare("LST", S, NS, 8, 9, &[EMAIL, NAME, LISTS, GROUPS.opt()], "{0} on {2:bits}").teaches(&[ContactLine]),
    row("PRP", C, NS, 5, 18, &[PROP, VALUE.opt(), FLAG.opt()], "asks for {0:lower} {1:value}"),
    row("PRP", S, NS, 5, 12, &[LVER, PROP, VALUE.opt(), FLAG.opt()], "now {1:lower} {2:value}").teaches(&[OwnProperty]),
    row("PRP", S, NS, 10, 18, &[PROP, VALUE.opt(), FLAG.opt()], "now {0:lower} {1:value}").teaches(&[OwnProperty]),
    bare("PRP", S, NS, 5, 7, &[LVER, PROP, VALUE.opt(), FLAG.opt()], "{1:lower} {2:value}")
        .teaches(&[SettingLine, OwnProperty]),
    bare("PRP", S, NS, 8, 18, &[PROP, VALUE.opt(), FLAG.opt()], "{0:lower} {1:value}")
        .teaches(&[SettingLine, OwnProperty]),
    bare("BPR", S, NS, 5, 12, &[LVER, EMAIL, PROP, VALUE.opt(), FLAG.opt()], "{1} {2} {3}").teaches(&[SettingLine]),
    bare("BPR", S, NS, 10, 12, &[EMAIL, PROP, VALUE.opt(), FLAG.opt()], PLAIN).teaches(&[SettingLine]),
    bare("BPR", S, NS, 5, 7, &[LVER, PROP, VALUE.opt(), FLAG.opt()], "{1} {2}").teaches(&[ContactSetting]),
    bare("BPR", S, NS, 8, 12, &[PROP, VALUE.opt(), FLAG.opt()], PLAIN).teaches(&[ContactSetting]),
    // List changes
    row("ADD", C, NS, 2, 9, &[LIST, EMAIL, NAME, GROUP_NUMBER.opt()], "{1} to {0:name}")
        .teaches(&[GroupId])
        .answered_by(&["ILN"]),
    row("ADD", S, NS, 2, 9, &[LIST, LVER, EMAIL, NAME, GROUP_NUMBER.opt()], "{2} to {0:name}")
        .teaches(&[Added, GroupId]),
    row("ADC", C, NS, 10, 12, &[LIST, N, F.opt()], "{1} to {0:name}").answered_by(&["ILN"]),
    row("ADC", C, NS, 10, 12, &[FORWARD, CID, GROUPS], "{1:contact} to group {2:group}")
        .teaches(&[ContactId, GroupId])
        .answered_by(&["ILN"]),
    row("ADC", S, NS, 10, 12, &[LIST, N, F.opt(), CID.opt()], "{1} to {0:name}").teaches(&[ContactId, Added]),
    row("ADC", S, NS, 10, 12, &[FORWARD, CID, GROUPS], "{1:contact} to group {2:group}").teaches(&[ContactId, GroupId]),
    row("REM", C, NS, 10, 12, &[FORWARD, CONTACT_GUID], "{1:contact} from {0:name}").teaches(&[ContactId]),
    row("REM", C, NS, 10, 12, &[FORWARD, CONTACT_GUID, GROUPS], "{1:contact} from group {2:group}")
        .teaches(&[ContactId, GroupId]),
    row("REM", C, NS, 2, 12, &[LIST, N_EMAIL], "{1} from {0:name}"),
    row("REM", C, NS, 2, 12, &[LIST, N_EMAIL, GROUPS], "{1} from group {2:group}").teaches(&[GroupId]),
    row("REM", S, NS, 10, 12, &[FORWARD, CONTACT_GUID], "{1:contact} from {0:name}").teaches(&[ContactId]),
    row("REM", S, NS, 10, 12, &[FORWARD, CONTACT_GUID, GROUPS], "{1:contact} from group {2:group}")
        .teaches(&[ContactId, GroupId]),
    row("REM", S, NS, 2, 9, &[LIST, LVER, EMAIL], "{2} from {0:name}"),
    row("REM", S, NS, 2, 9, &[LIST, LVER, EMAIL, GROUP_NUMBER], "{2} from group {3:group}").teaches(&[GroupId]),
    row("REM", S, NS, 10, 12, &[LIST, N_EMAIL], "{1} from {0:name}"),
    row("REM", S, NS, 10, 12, &[LIST, N_EMAIL, GROUPS], "{1} from group {2:group}").teaches(&[GroupId]),
    row("REA", C, NS, 2, 9, &[EMAIL, NAME], "{0} is called {1}"),
    row("REA", S, NS, 2, 9, &[LVER, EMAIL, NAME], "{1} is called {2}").teaches(&[Presence]),
    row("SBP", C, NS, 10, 12, &[CONTACT_EMAIL, PROP, VALUE.opt(), FLAG.opt()], PLAIN).teaches(&[ContactId]),
    row("SBP", C, NS, 10, 12, &[CONTACT, PROP, VALUE.opt(), FLAG.opt()], "{0:contact} {1} {2}").teaches(&[ContactId]),
    row("SBP", S, NS, 10, 12, &[CONTACT_EMAIL, PROP, VALUE.opt(), FLAG.opt()], PLAIN).teaches(&[ContactId]),
    row("SBP", S, NS, 10, 12, &[CONTACT, PROP, VALUE.opt(), FLAG.opt()], "{0:contact} {1} {2}").teaches(&[ContactId]),
    row("ADG", C, NS, 7, 12, &[GROUP_NAME, ZERO.opt()], "group {0}"),
    row("ADG", S, NS, 7, 9, &[LVER, GROUP_NAME, GROUP_NUMBER, ZERO], "group {1}").teaches(&[GroupId]),
    row("ADG", S, NS, 10, 12, &[LVER, GROUP_NAME, GROUP_GUID], "group {1}").teaches(&[GroupId]),
    row("ADG", S, NS, 10, 12, &[GROUP_NAME, GROUP, ZERO.opt()], "group {0}").teaches(&[GroupId]),
    row("RMG", C, NS, 7, 12, &[GROUP], "removes group {0:group}").teaches(&[GroupId]),
    row("RMG", S, NS, 7, 9, &[LVER, GROUP_NUMBER], "removes group {1:group}").teaches(&[GroupId]),
    row("RMG", S, NS, 10, 12, &[GROUP], "removes group {0:group}").teaches(&[GroupId]),
    row("RMG", S, NS, 10, 12, &[ONE, GROUP], "removes group {1:group}").teaches(&[GroupId]),
    row("REG", C, NS, 7, 12, &[GROUP, GROUP_NAME, ZERO.opt()], "renames group {0:group} to {1}").teaches(&[GroupId]),
    row("REG", S, NS, 7, 12, &[LVER, GROUP_NUMBER, GROUP_NAME, ZERO], "group {1:group} is now {2}").teaches(&[GroupId]),
    row("REG", S, NS, 10, 12, &[GROUP, GROUP_NAME, ZERO.opt()], "group {0:group} is now {1}").teaches(&[GroupId]),
    row("REG", S, NS, 10, 12, &[ONE, GROUP_NAME, GROUP, ZERO], "group {2:group} is now {1}").teaches(&[GroupId]),
    row("ADL", C, NS, 13, 21, &[CONTACTS_XML], " ").answered_by(&["ILN"]),
    row("ADL", S, NS, 13, 21, &[OK], "OK"),
    row("ADL", S, NS, 13, 21, &[CONTACTS_XML], " ").teaches(&[Added]),
    row("RML", C, NS, 13, 21, &[CONTACTS_XML], " "),
    row("RML", S, NS, 13, 21, &[OK], "OK"),
    row("RML", S, NS, 13, 21, &[CONTACTS_XML], " "),
    row("FQY", C, NS, 13, 21, &[CONTACTS_XML], " "),
    row("FQY", S, NS, 13, 21, &[CONTACTS_XML], " "),
    bare("RFS", S, NS, 13, 18, &[param(Bits, f::REFRESH)], "asks the client: {0:bits}"),
];
