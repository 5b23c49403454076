// SPDX-License-Identifier: GPL-2.0-or-later
//! Presence and user data (fact base: commands 1).

use super::*;

pub(super) const ROWS: &[Row] = &[
    row("CHG", C, NS, 2, 7, &[STATUS], "asks for {0:name}").answered_by(&["ILN"]),
    row("CHG", C, NS, 8, 18, &[STATUS, CAPS, OBJECT.opt()], "asks for {0:name}").answered_by(&["ILN"]),
    row("CHG", S, NS, 2, 7, &[STATUS], "now {0:name}").teaches(&[Own]),
    row("CHG", S, NS, 8, 18, &[STATUS, CAPS, OBJECT.opt()], "now {0:name}").teaches(&[Own]),
    row("CHG", S, NS, 8, 18, &[STATUS], "now {0:name}").teaches(&[Own]),
    row("ILN", S, NS, 18, 18, &[STATUS, NADDR, NAME, CAPS, OBJECT.opt(), ICON.opt()], "{1} {0:is}"),
    row("ILN", S, NS, 14, 17, &[STATUS, EMAIL, NID, NAME, CAPS, OBJECT.opt(), ICON.opt()], "{1} {0:is}"),
    row("ILN", S, NS, 9, 13, &[STATUS, EMAIL, NAME, CAPS, OBJECT.opt()], "{1} {0:is}"),
    row("ILN", S, NS, 8, 8, &[STATUS, EMAIL, NAME, CAPS], "{1} {0:is}"),
    row("ILN", S, NS, 2, 7, &[STATUS, EMAIL, NAME], "{1} {0:is}"),
    bare("NLN", S, NS, 18, 18, &[STATUS, NADDR, NAME, CAPS, OBJECT.opt(), ICON.opt()], "{1} {0:is}")
        .teaches(&[Presence]),
    bare("NLN", S, NS, 14, 17, &[STATUS, EMAIL, NID, NAME, CAPS, OBJECT.opt(), ICON.opt()], "{1} {0:is}")
        .teaches(&[Presence]),
    bare("NLN", S, NS, 9, 13, &[STATUS, EMAIL, NAME, CAPS, OBJECT.opt()], "{1} {0:is}").teaches(&[Presence]),
    bare("NLN", S, NS, 8, 8, &[STATUS, EMAIL, NAME, CAPS], "{1} {0:is}").teaches(&[Presence]),
    bare("NLN", S, NS, 2, 7, &[STATUS, EMAIL, NAME], "{1} {0:is}").teaches(&[Presence]),
    bare("FLN", S, NS, 18, 18, &[NADDR, CAPS.opt(), ICON.opt()], "{0} is Offline"),
    bare("FLN", S, NS, 14, 17, &[EMAIL, NID, CAPS.opt(), ICON.opt()], "{0} is Offline"),
    bare("FLN", S, NS, 2, 13, &[EMAIL], "{0} is Offline"),
    row("UUX", C, NS, 11, 18, &[USER_DATA], "user data"),
    row("UUX", S, NS, 8, 18, &[USER_DATA], "OK"),
    row("UUX", S, NS, 8, 18, &[], "OK"),
    bare("UBX", S, NS, 18, 18, &[NADDR, USER_DATA], "user data of {0}"),
    bare("UBX", S, NS, 14, 17, &[HANDLE, NID, USER_DATA], "user data of {0}"),
    bare("UBX", S, NS, 11, 13, &[EMAIL, USER_DATA], "user data of {0}"),
    bare("PNG", C, NS, 2, 21, &[], "ping").teaches(&[Ping]),
    bare("QNG", S, NS, 2, 21, &[param(Num, f::PING_SECONDS)], "next ping within {0} s").teaches(&[Pong]),
    bare("QNG", S, NS, 2, 21, &[], "pong").teaches(&[Pong]),
];
