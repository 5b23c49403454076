// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages that bypass the switchboard, and the switchboard (fact base: commands 1 to 3).

use super::*;

const CALLER: Param = param(Email, f::CALLER);
const CALLEE: Param = param(Handle, f::CALLEE);
const DIRECT_WAY: Param = param(Lit("U"), f::TRANSPORT);
const UUN: Param = param(Num, f::UUN_TYPE);
const UUM: Param = param(Num, f::UUM_TYPE);
const NFY_OPERATION: Param = param(Code(codes::NFY, false), f::NFY_OPERATION);

pub(super) const ROWS: &[Row] = &[
    row("UUN", S, NS, 13, 18, &[OK], "OK"),
    row("UUN", S, NS, 13, 18, &[NOTICE], PLAIN),
    row("UUN", C, NS, 13, 18, &[HANDLE, UUN, NOTICE], "to {0}: {1:name}").fails(Failure::Delivery),
    bare("UBN", S, NS, 13, 18, &[HANDLE, UUN, NOTICE], "from {0}: {1:name}"),
    // The payload says in the Info column what it is.
    row("UUM", C, NS, 14, 18, &[EMAIL, NID, UUM, MESSAGE], "to {0}").need(Need::Failure).fails(Failure::Delivery),
    bare("UBM", S, ANY, 14, 18, &[EMAIL, NID, EMAIL, NID, UUM, MESSAGE], "from {0}"),
    bare("UBM", S, ANY, 18, 18, &[NADDR, NID, EMAIL, NID, UUM, MESSAGE], "from {0}"),
    bare("UBM", S, ANY, 18, 18, &[NADDR, NID, UUM, MESSAGE], "from {0}"),
    bare("UBM", S, ANY, 14, 18, &[NADDR, NADDR.opt(), UUM, MESSAGE], "from {0}"),
    bare("UBM", S, ANY, 14, 18, &[EMAIL, NID, UUM, MESSAGE], "from {0}"),
    bare("NFY", S, NS, 18, 21, &[NFY_OPERATION, BLOCKS], "{0}"),
    row("PUT", C, NS, 18, 21, &[BLOCKS], "publishes").teaches(&[Publish]),
    row("PUT", S, NS, 18, 21, &[OK, BLOCKS], "OK"),
    row("PUT", S, NS, 18, 21, &[OK], "OK"),
    row("DEL", C, NS, 18, 21, &[BLOCKS], "withdraws"),
    row("DEL", S, NS, 18, 21, &[OK, BLOCKS], "OK"),
    row("DEL", S, NS, 18, 21, &[OK], "OK"),
    row("SDG", C, NS, 18, 21, &[BLOCKS], " ").need(Need::Failure).fails(Failure::Delivery),
    row("SDG", S, NS, 18, 21, &[BLOCKS], " "),
    bare(
        "RNG",
        S,
        NS,
        14,
        18,
        &[SESSION, HOST, CKI, COOKIE, CALLER, NAME, DIRECT_WAY, DOMAIN, DIRECT],
        "{4} calls, switchboard {1}",
    )
    .teaches(&[Announce, Cookie(Callee)]),
    bare(
        "RNG",
        S,
        NS,
        13,
        13,
        &[SESSION, HOST, CKI, COOKIE, CALLER, NAME, DIRECT_WAY, DOMAIN],
        "{4} calls, switchboard {1}",
    )
    .teaches(&[Announce, Cookie(Callee)]),
    bare("RNG", S, NS, 2, 12, &[SESSION, HOST, CKI, COOKIE, CALLER, NAME], "{4} calls, switchboard {1}")
        .teaches(&[Announce, Cookie(Callee)]),
    // Switchboard
    row("ANS", C, SB, 2, 18, &[HANDLE, COOKIE, SESSION], "{0} joins session {2}")
        .teaches(&[Account, Inherit, Open(Callee)])
        .answered_by(&["IRO"])
        .fails(Failure::Login),
    row("ANS", S, SB, 2, 18, &[OK], "OK").teaches(&[JoinSelf]),
    row("IRO", S, SB, 2, 18, &[INDEX, TOTAL, HANDLE, NAME, CAPS.opt()], "{2} is here ({0}/{1})").teaches(&[Join]),
    row("CAL", S, SB, 2, 18, &[param(Lit("RINGING"), f::RING_STATE), SESSION], "ringing, session {1}").teaches(&[Chat]),
    row("CAL", C, SB, 2, 18, &[CALLEE], "calls {0}"),
    bare("JOI", S, SB, 2, 18, &[HANDLE, NAME, CAPS.opt()], "{0} joins").teaches(&[Join]),
    bare("BYE", S, SB, 2, 18, &[HANDLE, param(Num, f::IDLE_BYE).opt()], "{0} leaves").teaches(&[Leave]),
    row("ACK", S, SB, 2, 18, &[], "delivered"),
    row("NAK", S, SB, 2, 18, &[], "not delivered").teaches(&[Undelivered]),
];
