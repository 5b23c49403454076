// SPDX-License-Identifier: GPL-2.0-or-later
//! Chat and presence elsewhere: IRC (RFC 2812) and XMPP (RFC 6121).

use super::{
    Script,
    Turn::{Client as C, Server as S},
};

/// Talk in a channel, coming and going.
pub(in super::super) const IRC: Script = Script {
    opening: &[
        C("NICK $me\r\n"),
        C("USER $me 0 * :$me\r\n"),
        S(":irc.example.com 001 $me :Welcome to the network $me!$me@client.example.com\r\n"),
        S(":irc.example.com 002 $me :Your host is irc.example.com, running version 2.11\r\n"),
        S(":irc.example.com 375 $me :- irc.example.com message of the day\r\n"),
        S(":irc.example.com 372 $me :- be kind\r\n"),
        S(":irc.example.com 376 $me :End of MOTD command\r\n"),
        C("JOIN #friends\r\n"),
        S(":$me!$me@client.example.com JOIN #friends\r\n"),
        S(":irc.example.com 353 $me = #friends :$me $friend @owner\r\n"),
        S(":irc.example.com 366 $me #friends :End of NAMES list\r\n"),
    ],
    exchanges: &[
        (6, &[C("PRIVMSG #friends :$text\r\n")]),
        (6, &[S(":$friend!$friend@host.example.com PRIVMSG #friends :$text\r\n")]),
        (1, &[S(":$friend!$friend@host.example.com NOTICE $me :$text\r\n")]),
        (1, &[S(":$friend!$friend@host.example.com PART #friends :$text\r\n")]),
        (1, &[S(":$friend!$friend@host.example.com JOIN #friends\r\n")]),
        (1, &[S(":$friend!$friend@host.example.com QUIT :$text\r\n")]),
        (1, &[C("AWAY :$text\r\n"), S(":irc.example.com 306 $me :You have been marked as being away\r\n")]),
        (1, &[C("PING irc.example.com\r\n"), S(":irc.example.com PONG irc.example.com :$me\r\n")]),
    ],
    closing: &[C("QUIT :bye\r\n"), S("ERROR :Closing Link: $me (bye)\r\n")],
};

/// Messages with typing notifications, presence, keep-alive queries.
pub(in super::super) const XMPP: Script = Script {
    opening: &[
        C(
            "<?xml version='1.0'?><stream:stream to='example.com' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
        ),
        S(
            "<?xml version='1.0'?><stream:stream from='example.com' id='$id' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
        ),
        C("<iq type='get' id='r$n'><query xmlns='jabber:iq:roster'/></iq>"),
        S(
            "<iq type='result' id='r$n' to='$me@example.com/home'><query xmlns='jabber:iq:roster'><item jid='$friend@example.com' name='$friend' subscription='both'><group>Friends</group></item></query></iq>",
        ),
        C("<presence><show>chat</show></presence>"),
    ],
    exchanges: &[
        (
            3,
            &[C(
                "<message to='$friend@example.com' from='$me@example.com/home' type='chat' id='m$n'><body>$text</body></message>",
            )],
        ),
        (
            3,
            &[S(
                "<message to='$me@example.com/home' from='$friend@example.com/work' type='chat' id='$id'><body>$text</body></message>",
            )],
        ),
        (
            2,
            &[C(
                "<message to='$friend@example.com' from='$me@example.com/home' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
            )],
        ),
        (
            2,
            &[S(
                "<message to='$me@example.com/home' from='$friend@example.com/work' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
            )],
        ),
        (
            4,
            &[S(
                "<presence from='$friend@example.com/work' to='$me@example.com/home'><show>away</show><status>$text</status><priority>5</priority></presence>",
            )],
        ),
        (1, &[S("<presence from='$friend@example.com/work' to='$me@example.com/home' type='unavailable'/>")]),
        (
            1,
            &[
                C("<iq type='get' id='p$n' to='example.com'><ping xmlns='urn:xmpp:ping'/></iq>"),
                S("<iq type='result' id='p$n' from='example.com' to='$me@example.com/home'/>"),
            ],
        ),
    ],
    closing: &[C("<presence type='unavailable'/>")],
};
