// SPDX-License-Identifier: GPL-2.0-or-later
//! Mail: SMTP (RFC 5321) and IMAP (RFC 3501).

use super::{
    Script,
    Turn::{Client as C, Server as S},
};

/// Senders, recipients and questions. No mail itself: its text belongs to another dissector.
pub(in super::super) const SMTP: Script = Script {
    opening: &[
        S("220 mail.example.com ESMTP ready\r\n"),
        C("EHLO $me.example.com\r\n"),
        S("250-mail.example.com\r\n250-SIZE 10240000\r\n250-PIPELINING\r\n250 8BITMIME\r\n"),
    ],
    exchanges: &[
        (
            3,
            &[
                C("MAIL FROM:<$me@example.com>\r\n"),
                S("250 2.1.0 Ok\r\n"),
                C("RCPT TO:<$friend@example.com>\r\n"),
                S("250 2.1.5 Ok\r\n"),
            ],
        ),
        (1, &[C("RSET\r\n"), S("250 2.0.0 Ok\r\n")]),
        (1, &[C("NOOP\r\n"), S("250 2.0.0 Ok\r\n")]),
        (1, &[C("VRFY $friend\r\n"), S("252 2.0.0 $friend\r\n")]),
    ],
    closing: &[C("QUIT\r\n"), S("221 2.0.0 Bye\r\n")],
};

/// A mailbox that is watched, and short mails that are read.
pub(in super::super) const IMAP: Script = Script {
    opening: &[
        S("* OK IMAP4rev1 ready\r\n"),
        C("a1 LOGIN $me secret\r\n"),
        S("a1 OK LOGIN completed\r\n"),
        C("b1 SELECT INBOX\r\n"),
        S("* 17 EXISTS\r\n"),
        S("* 0 RECENT\r\n"),
        S("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n"),
        S("b1 OK [READ-WRITE] SELECT completed\r\n"),
    ],
    exchanges: &[
        (
            3,
            &[
                C("a$n UID FETCH $n (FLAGS BODY[TEXT])\r\n"),
                S("* $n FETCH (UID $n FLAGS (\\Seen) BODY[TEXT] \"$text\")\r\n"),
                S("a$n OK FETCH completed\r\n"),
            ],
        ),
        (
            2,
            &[
                C("a$n FETCH $n ENVELOPE\r\n"),
                S(
                    "* $n FETCH (ENVELOPE (\"Mon, 04 Aug 2003 12:26:40 +0000\" \"number $n\" ((NIL NIL \"$friend\" \"example.com\")) NIL NIL ((NIL NIL \"$me\" \"example.com\")) NIL NIL NIL \"<$id@example.com>\"))\r\n",
                ),
                S("a$n OK FETCH completed\r\n"),
            ],
        ),
        (2, &[C("a$n NOOP\r\n"), S("* $n EXISTS\r\n"), S("a$n OK NOOP completed\r\n")]),
        (
            1,
            &[
                C("a$n STORE $n +FLAGS (\\Deleted)\r\n"),
                S("* $n FETCH (FLAGS (\\Deleted \\Seen))\r\n"),
                S("a$n OK STORE completed\r\n"),
            ],
        ),
    ],
    closing: &[C("z1 LOGOUT\r\n"), S("* BYE logging out\r\n"), S("z1 OK LOGOUT completed\r\n")],
};
