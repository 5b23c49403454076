// SPDX-License-Identifier: GPL-2.0-or-later
//! Requests and answers with headers: HTTP (RFC 9112) and SIP (RFC 3261, 3428, 3856) over TCP.

use super::{
    Script,
    Turn::{Client as C, Server as S},
};

/// A chat that a web page polls.
pub(in super::super) const HTTP: Script = Script {
    opening: &[
        C("GET /chat HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\
           Accept: text/plain\r\nConnection: keep-alive\r\n\r\n"),
        S("HTTP/1.1 200 OK\r\nServer: Example/1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\
           Content-Length: $length\r\n\r\nwelcome $me"),
    ],
    exchanges: &[
        (
            2,
            &[
                C("GET /chat/$me?after=$n HTTP/1.1\r\nHost: www.example.com\r\n\
                   User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/plain\r\nConnection: keep-alive\r\n\
                   Cookie: session=$id\r\n\r\n"),
                S("HTTP/1.1 200 OK\r\nDate: Mon, 04 Aug 2003 12:26:40 GMT\r\nServer: Example/1.0\r\n\
                   Content-Type: text/plain; charset=UTF-8\r\nCache-Control: private\r\n\
                   Content-Length: $length\r\n\r\n$friend: $text"),
            ],
        ),
        (
            1,
            &[
                C("POST /chat/$friend HTTP/1.1\r\nHost: www.example.com\r\n\
                   User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nConnection: keep-alive\r\nCookie: session=$id\r\n\
                   Content-Type: text/plain; charset=UTF-8\r\nContent-Length: $length\r\n\r\n$text"),
                S("HTTP/1.1 204 No Content\r\nDate: Mon, 04 Aug 2003 12:26:40 GMT\r\nServer: Example/1.0\r\n\r\n"),
            ],
        ),
    ],
    closing: &[],
};

/// Messages and presence between user agents.
pub(in super::super) const SIP: Script = Script {
    opening: &[
        C("REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP client.example.com:5060;branch=z9hG4bK$id\r\n\
           Max-Forwards: 70\r\nFrom: <sip:$me@example.com>;tag=$id\r\nTo: <sip:$me@example.com>\r\n\
           Call-ID: $id@client.example.com\r\nCSeq: $n REGISTER\r\nContact: <sip:$me@client.example.com>\r\n\
           Content-Length: 0\r\n\r\n"),
        S("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP client.example.com:5060;branch=z9hG4bK$id\r\n\
           From: <sip:$me@example.com>;tag=$id\r\nTo: <sip:$me@example.com>;tag=8321\r\n\
           Call-ID: $id@client.example.com\r\nCSeq: $n REGISTER\r\nContact: <sip:$me@client.example.com>\r\n\
           Content-Length: 0\r\n\r\n"),
    ],
    exchanges: &[
        (
            2,
            &[
                C("MESSAGE sip:$friend@example.com SIP/2.0\r\n\
                   Via: SIP/2.0/TCP client.example.com:5060;branch=z9hG4bK$id\r\nMax-Forwards: 70\r\n\
                   From: <sip:$me@example.com>;tag=$id\r\nTo: <sip:$friend@example.com>\r\n\
                   Call-ID: $id@client.example.com\r\nCSeq: $n MESSAGE\r\nContent-Type: text/plain\r\n\
                   Content-Length: $length\r\n\r\n$text"),
                S("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP client.example.com:5060;branch=z9hG4bK$id\r\n\
                   From: <sip:$me@example.com>;tag=$id\r\nTo: <sip:$friend@example.com>;tag=8321\r\n\
                   Call-ID: $id@client.example.com\r\nCSeq: $n MESSAGE\r\nContent-Length: 0\r\n\r\n"),
            ],
        ),
        (
            1,
            &[
                S("NOTIFY sip:$me@client.example.com SIP/2.0\r\n\
                   Via: SIP/2.0/TCP server.example.com:5060;branch=z9hG4bK$id\r\nMax-Forwards: 70\r\n\
                   From: <sip:$friend@example.com>;tag=4402\r\nTo: <sip:$me@example.com>;tag=$id\r\n\
                   Call-ID: $id@server.example.com\r\nCSeq: $n NOTIFY\r\nEvent: presence\r\n\
                   Subscription-State: active;expires=599\r\nContent-Type: text/plain\r\n\
                   Content-Length: $length\r\n\r\nopen: $text"),
                C("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP server.example.com:5060;branch=z9hG4bK$id\r\n\
                   From: <sip:$friend@example.com>;tag=4402\r\nTo: <sip:$me@example.com>;tag=$id\r\n\
                   Call-ID: $id@server.example.com\r\nCSeq: $n NOTIFY\r\nContent-Length: 0\r\n\r\n"),
            ],
        ),
    ],
    closing: &[],
};
