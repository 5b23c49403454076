// SPDX-License-Identifier: GPL-2.0-or-later
//! MSN itself in the shape of the others: a command in each segment, chat and presence apart (fact base: commands 3 and 4).

use super::{
    Script,
    Turn::{Client as C, Server as S},
};

/// A switchboard: text messages, a few of them announced by typing.
pub(in super::super) const CHAT: Script = Script {
    opening: &[
        C("USR 9001 $me@example.com 17262740.1050826919.32308\r\n"),
        S("USR 9001 OK $me@example.com $me%20Example\r\n"),
        C("CAL 9002 $friend@example.com\r\n"),
        S("CAL 9002 RINGING 17262740\r\n"),
        S("JOI $friend@example.com $friend%20Example 1342554172\r\n"),
    ],
    exchanges: &[
        (
            4,
            &[C("MSG $n N $payload\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\
                 X-MMS-IM-Format: FN=Segoe%20UI; EF=; CO=0; CS=1; PF=0\r\n\r\n$text")],
        ),
        (
            4,
            &[S("MSG $friend@example.com $friend%20Example $payload\r\nMIME-Version: 1.0\r\n\
                 Content-Type: text/plain; charset=UTF-8\r\n\
                 X-MMS-IM-Format: FN=Segoe%20UI; EF=; CO=0; CS=1; PF=0\r\n\r\n$text")],
        ),
        (
            1,
            &[C("MSG $n U $payload\r\nMIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\n\
                 TypingUser: $me@example.com\r\n\r\n\r\n")],
        ),
        (
            1,
            &[S("MSG $friend@example.com $friend%20Example $payload\r\nMIME-Version: 1.0\r\n\
                 Content-Type: text/x-msmsgscontrol\r\nTypingUser: $friend@example.com\r\n\r\n\r\n")],
        ),
    ],
    closing: &[S("BYE $friend@example.com\r\n"), C("OUT\r\n")],
};

/// A notification server: friends who come, go and change, with their pictures and personal messages.
pub(in super::super) const PRESENCE: Script = Script {
    opening: &[
        C("VER 9001 MSNP15 CVR0\r\n"),
        S("VER 9001 MSNP15\r\n"),
        C("USR 9002 SSO I $me@example.com\r\n"),
        S("USR 9002 SSO S MBI_KEY_OLD AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v\r\n"),
        C("CHG 9003 NLN 2788999228 0\r\n"),
        S("CHG 9003 NLN 2788999228 0\r\n"),
    ],
    exchanges: &[
        (8, &[S("NLN AWY $friend@example.com 1 $friend%20Example 2788999228 $object\r\n")]),
        (6, &[S("UBX $friend@example.com 1 $payload\r\n<Data><PSM>$text</PSM><CurrentMedia></CurrentMedia></Data>")]),
        (2, &[S("FLN $friend@example.com 1\r\n")]),
        (1, &[C("CHG $n BSY 2788999228 $object\r\n"), S("CHG $n BSY 2788999228 $object\r\n")]),
        (1, &[C("PNG\r\n"), S("QNG 47\r\n")]),
    ],
    closing: &[C("OUT\r\n")],
};
