// SPDX-License-Identifier: GPL-2.0-or-later
//! Replays the fuzz corpus: what a fuzzer once found, or a person thought worth starting from, stays checked.

use std::{fs, path::Path};

#[path = "../fuzz/targets.rs"]
mod targets;

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        target(&fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0, "no corpus for {name}");
}

#[test]
fn stream() {
    replay("stream", targets::stream);
}

#[test]
fn resume() {
    replay("resume", targets::resume);
}

#[test]
fn message() {
    replay("message", targets::message);
}

#[test]
fn report() {
    replay("report", targets::report);
    replay("stream", targets::report);
    replay("message", targets::report);
}

/// Pieces that messages of web services are made of.
const SOAP: [&str; 34] = [
    "POST /RST.srf HTTP/1.1\r\n\r\n",
    "POST //abservice/abservice.asmx HTTP/1.1\r\nCookie: MSPAuth=t1\r\n\r\n",
    "POST /OimWS/oim.asmx HTTP/1.1\r\nSOAPAction: x/Store2\r\n\r\n",
    "POST /rsi/rsi.asmx HTTP/1.0\r\n\r\n",
    "GET /login.srf HTTP/1.1\r\nAuthorization: Passport1.4 sign-in=a%40b,pwd=x\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 401 No\r\nWWW-Authenticate: Passport1.4 da-status=failed\r\n\r\n",
    "HTTP/1.1 200 OK\r\nAuthentication-Info: Passport1.4 from-PP='t=t1&p='\r\n\r\n",
    "\0",
    "<S:Envelope xmlns:m='http://www.msn.com/webservices/x'>",
    "</S:Envelope>",
    "<Header>",
    "</Header>",
    "<S:Body>",
    "</S:Body>",
    "<TicketToken>t=t1&amp;p=</TicketToken>",
    "<PassportCookie><t>t1</t><p/></PassportCookie>",
    "<From memberName='a@b' friendlyName='=?utf-8?B?YQ==?='/><To memberName='c@d'/>",
    "<Ticket passport='t=t1' appid='msmsgs@msnmsgr.com' lockkey='00'/>",
    "<RequestSecurityTokenResponse><BinarySecurityToken>t=t1</BinarySecurityToken><BinarySecret>AAEC</BinarySecret>",
    "<RequestMultipleSecurityTokens/>",
    "<UsernameToken><Username>a@b</Username><Password>x</Password></UsernameToken>",
    "<S:Fault><faultcode>x:FailedAuthentication</faultcode><detail><LockKeyChallenge>1</LockKeyChallenge></detail>",
    "<ABFindAllResponse><Contact><contactInfo><passportName>a@b</passportName><displayName>A < B</displayName>",
    "<FindMembershipResponse><Membership><MemberRole>Allow</MemberRole><Member><PassportName>c@d</PassportName>",
    "<MessageType>text</MessageType><Content>Content-Transfer-Encoding: base64\r\n\r\naGk=</Content>",
    "<GetMetadataResponse>&lt;MD&gt;&lt;M&gt;&lt;I&gt;1-2&lt;/I&gt;&lt;/M&gt;&lt;/MD&gt;</GetMetadataResponse>",
    "<GetMetadataResponse><MD><M><I>1-2</I></M></MD></GetMetadataResponse>",
    "<GetMessage><messageId>1-2</messageId></GetMessage>",
    "<GetMessageResponse><GetMessageResult>From: x &lt;a@b&gt;\n\nhi</GetMessageResult>",
    "<DocumentStream><Data>R0lGODlhAQABAIAA</Data>",
    "<CircleTicket>&lt;T&gt;1&lt;/T&gt;</CircleTicket>",
    "<![CDATA[ x ]]>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>&b;",
];

/// Pieces that messages are made of.
const PIECES: [&str; 40] = [
    "Content-Type: ",
    "text/plain",
    "text/x-msmsgsinvite",
    "text/x-msnmsgr-datacast",
    "text/x-mms-emoticon",
    "image/gif",
    "text/x-msmsgsinitialmdatanotification",
    "text/x-msmsgsprofile",
    "application/x-msnmsgrp2p",
    "; charset=",
    "utf-8",
    "shift_jis",
    "\r\n",
    "\n",
    "\r\n\r\n",
    "\t",
    "Message-ID: {1}",
    "Chunks: 3",
    "Chunk: 1",
    "Chunk: 99999",
    "ID: 2",
    "Data: ",
    "<msnobj Creator=\"a@example.com\" Size=\"1\"/>",
    "base64:R0lGODlh",
    "Mail-Data: <MD><M><T>11</T>",
    "</M></MD>",
    "Routing: 1.0",
    "Reliability: 1.0",
    "Messaging: 2.0",
    "Message-Type: Data",
    "Message-Type: Signal/P2P",
    "Content-Length: ",
    "Bridging-Offsets: 0,24",
    "To: 1:a@example.com;epid={",
    "X-MMS-IM-Format: FN=%C3; EF=B; CO=ff",
    "=?utf-8?B?QQ==?=",
    "7",
    "-1",
    "IP-Address-Enc64: MTkyLjAuMi4xMTo2ODkx",
    "ClientPort: 18183",
];

proptest::proptest! {
    #[test]
    fn messages_of_any_pieces(mode in 0u8..6, pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..30)) {
        let mut data = vec![mode];
        data.extend_from_slice(pieces.concat().as_bytes());
        targets::message(&data);
    }

    #[test]
    fn messages_of_any_bytes(data: Vec<u8>) {
        targets::message(&data);
    }
}

#[test]
fn document() {
    replay("document", targets::document);
}

/// Every line that a document may stand behind has a document to start from.
#[test]
fn documents_of_every_line() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/document");
    let lines: std::collections::BTreeSet<usize> =
        fs::read_dir(folder).unwrap().map(|entry| usize::from(fs::read(entry.unwrap().path()).unwrap()[0])).collect();
    for (at, line) in targets::DOCUMENTS.iter().enumerate() {
        assert!(lines.contains(&at), "{line}");
    }
}

/// Pieces that documents and tokens are made of.
const MARKUP: [&str; 32] = [
    "<Data>",
    "</Data>",
    "<PSM>",
    "</PSM>",
    "<CurrentMedia>WMP\\0Music\\01\\0{0} - {1}\\0a\\0",
    "</CurrentMedia>",
    "<DDP>&lt;msnobj Creator=\"a\" Size=\"1\"",
    "/&gt;</DDP>",
    "<ml l=\"1\"><d n=\"example.com\">",
    "<c n=\"bob\" l=\"3\" t=\"1\"/>",
    "</d></ml>",
    "<Policies><Policy type=\"P2P\" checksum=\"8",
    "\"></Policy></Policies>",
    "<NOTIFICATION id=\"1\"><MSG><BODY>",
    "</BODY></MSG></NOTIFICATION>",
    "&#x26;",
    "&lt;",
    "<![CDATA[",
    "]]>",
    "<?xml version=\"1.0\" encoding=\"shift_jis\"?>",
    "<!-- ",
    " -->",
    "\u{feff}",
    "PFRpY2tldD4=",
    "lc=1033,ct=1,",
    "14.0.",
    ";192.0.2.1:1863",
    "%20Size%3D%22",
    "\r\n",
    "=",
    "\"",
    "7",
];

proptest::proptest! {
    #[test]
    fn documents_of_any_pieces(which: u8, wide: bool, pieces in proptest::collection::vec(proptest::sample::select(&MARKUP[..]), 0..30)) {
        let text = pieces.concat();
        let mut data = vec![which];
        match wide {
            true => data.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            false => data.extend_from_slice(text.as_bytes()),
        }
        targets::document(&data);
    }

    #[test]
    fn documents_of_any_bytes(data: Vec<u8>) {
        targets::document(&data);
    }
}

#[test]
fn direct() {
    replay("direct", targets::direct);
}

#[test]
fn ftp() {
    replay("ftp", targets::ftp);
}

#[test]
fn cam() {
    replay("cam", targets::cam);
}

#[test]
fn p2p_v1() {
    replay("p2p_v1", targets::p2p_v1);
}

#[test]
fn p2p_v2() {
    replay("p2p_v2", targets::p2p_v2);
}

#[test]
fn slp() {
    replay("slp", targets::slp);
}

#[test]
fn context() {
    replay("context", targets::context);
}

proptest::proptest! {
    #[test]
    fn peer_to_peer_of_any_bytes(data: Vec<u8>) {
        for target in [targets::p2p_v1, targets::p2p_v2, targets::slp, targets::context] {
            target(&data);
        }
    }
}

/// The corpus of a target, in the order of the files' names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A corpus and what it is for.
type Target = (&'static str, fn(&[u8]));

/// Targets of peer-to-peer traffic, by the names of their corpora.
const PEERS: [Target; 7] = [
    ("p2p_v1", targets::p2p_v1),
    ("p2p_v2", targets::p2p_v2),
    ("slp", targets::slp),
    ("context", targets::context),
    ("direct", targets::direct),
    ("ftp", targets::ftp),
    ("cam", targets::cam),
];

proptest::proptest! {
    #[test]
    fn peers_that_were_damaged(
        target in 0..PEERS.len(), seed: proptest::sample::Index,
        changes in proptest::collection::vec((proptest::arbitrary::any::<proptest::sample::Index>(), proptest::arbitrary::any::<u8>()), 1..12),
    ) {
        let (name, run) = PEERS[target];
        let seeds = corpus(name);
        let mut data = seeds[seed.index(seeds.len())].clone();
        for (place, byte) in changes {
            let at = place.index(data.len());
            data[at] = byte;
        }
        run(&data);
    }
}

#[test]
fn soap() {
    replay("soap", targets::soap);
}

#[test]
fn gateway() {
    replay("gateway", targets::gateway);
}

#[test]
fn links() {
    replay("links", targets::links);
}

#[test]
fn crypto() {
    replay("crypto", targets::crypto);
}

proptest::proptest! {
    #[test]
    fn soap_messages_of_any_pieces(pieces in proptest::collection::vec(0usize..SOAP.len(), 0..40)) {
        targets::soap(pieces.iter().map(|&at| SOAP[at]).collect::<String>().as_bytes());
    }

    #[test]
    fn gateway_bodies_of_any_bytes(data: Vec<u8>) {
        targets::gateway(&data);
    }

    #[test]
    fn gateway_bodies_cut_anywhere(steps in proptest::collection::vec((proptest::arbitrary::any::<u8>(), 0u8..12, 0u8..40), 1..30), seed: u8) {
        let stream = b"VER 1 MSNP12\r\nUBX b@example.com 4\r\nabcdMSG a@example.com A 5\r\n\r\n\r\nxQNG 41\r\nNLN NLN c@example.com C 0\r\n";
        let mut bytes = stream.iter().cycle().skip(usize::from(seed));
        let mut data = Vec::new();
        for (mode, which, len) in steps {
            data.extend([mode, which, len]);
            data.extend(bytes.by_ref().take(usize::from(len)));
        }
        targets::gateway(&data);
    }

    #[test]
    fn lines_on_several_connections(data in proptest::collection::vec((proptest::arbitrary::any::<u8>(), 0u8..46, proptest::arbitrary::any::<u8>()), 0..120)) {
        let data: Vec<u8> = data.into_iter().flat_map(|(mode, which, pick)| [mode, which, pick]).collect();
        targets::links(&data);
    }

    #[test]
    fn connections_of_any_bytes(data: Vec<u8>) {
        targets::links(&data);
    }

    #[test]
    fn challenges_of_any_bytes(data: Vec<u8>) {
        targets::crypto(&data);
    }
}
