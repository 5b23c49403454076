// SPDX-License-Identifier: GPL-2.0-or-later
//! Twice the input is twice the work: of whatever shape it is, whoever made it. What is counted is the bytes that are
//! looked at and decoded, and the rows and strings of the tree (see [`work`]), not time.

use crate::{dissect::stream, output::Dissection, packet::Packet, session::Session, wire::work};

/// How a unit looks: what stands around, and the piece that it is made of, over and over.
type Shape = (&'static str, &'static str, &'static str);

/// Payloads, by what stands before them; the length is filled in for `{}`.
const PAYLOADS: [Shape; 46] = [
    // Documents
    ("UBX a@example.com 1 {}\r\n<Data><PSM>", "x", "</PSM></Data>"),
    ("UBX a@example.com 1 {}\r\n<Data><PSM>", "&amp;&", "</PSM></Data>"),
    ("UBX a@example.com 1 {}\r\n<Data><PSM>", "<![CDATA[x]]>", "</PSM></Data>"),
    ("UBX a@example.com 1 {}\r\n", "<Data>", ""),
    ("UBX a@example.com 1 {}\r\n", "<PSM>x</PSM> ", ""),
    ("UBX a@example.com 1 {}\r\n<Data><CurrentMedia>", "{", "</CurrentMedia></Data>"),
    ("UBX a@example.com 1 {}\r\n<Data><CurrentMedia>\\0Music\\01\\0", "{0", "\\0a\\0b</CurrentMedia></Data>"),
    ("UBX a@example.com 1 {}\r\n<Data><CurrentMedia>\\0Music\\01\\0{0}", "\\0", "</CurrentMedia></Data>"),
    ("ADL 0 {}\r\n<ml><d n='example.com'>", "<c n='b' t='1'/>", "</d></ml>"),
    ("ADL 0 {}\r\n<ml>", "<d n='example.com'><c n='b' t='1'/></d>", "</ml>"),
    ("ADL 0 {}\r\n<ml><d n='", "d", "'><c n='b' t='1'/><c n='c' t='1'/></d></ml>"),
    ("ADL 0 {}\r\n<ml><d ", "a='' ", "n='e'><c n='b' t='1'/><c n='c' t='1'/></d></ml>"),
    ("NOT {}\r\n<", "N", "><MSG><BODY><TEXT>hi</TEXT></BODY></MSG>"),
    ("NOT {}\r\n<!--", "--", ""),
    ("NOT {}\r\n", "&", ""),
    ("NOT {}\r\n", "<", ""),
    ("NOT {}\r\n<a ", "b='", ""),
    ("NOT {}\r\n", "<!DOCTYPE a [<!ENTITY b 'c'>]>", ""),
    ("GCF 0 {}\r\n<Policies><Policy ", "checksum='A' ", ">x</Policy></Policies>"),
    ("GCF 0 {}\r\n<Policies><Policy checksum='A'>", "<a/>", "</Policy></Policies>"),
    // Blocks of headers
    ("MSG Hotmail Hotmail {}\r\n", "A: b\r\n", "\r\n"),
    ("MSG Hotmail Hotmail {}\r\n", "a\r\n", "\r\n"),
    ("MSG Hotmail Hotmail {}\r\nA: b", "\r\n c", "\r\n\r\n"),
    ("MSG Hotmail Hotmail {}\r\n", "Content-Type: text/plain; charset=x\r\n", "\r\nhi"),
    ("MSG Hotmail Hotmail {}\r\nContent-Type: text/plain", ";a=b", "\r\n\r\nhi"),
    ("MSG Hotmail Hotmail {}\r\nX-MMS-IM-Format: FN=a", "; EF=B", "\r\n\r\nhi"),
    // Bodies
    ("MSG b@example.com B {}\r\nContent-Type: text/plain\r\n\r\n", "\u{e4} ", ""),
    ("MSG b@example.com B {}\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n", "a\0", ""),
    ("MSG b@example.com B {}\r\nContent-Type: text/x-mms-emoticon\r\n\r\n", ":)\t<msnobj Size='1'/>\t", ""),
    ("MSG b@example.com B {}\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\n", "ID: 1\r\n", ""),
    ("MSG b@example.com B {}\r\nContent-Type: text/x-msmsgsinvite\r\n\r\n", "Application-Name: x\r\n", ""),
    ("MSG b@example.com B {}\r\nContent-Type: image/gif\r\n\r\nbase64:", "QUFB", ""),
    (
        "MSG Hotmail Hotmail {}\r\nContent-Type: text/x-msmsgsemailnotification\r\n\r\nFrom-Addr: a\r\nSubject: ",
        "=?a?b? ",
        "\r\n",
    ),
    (
        "MSG Hotmail Hotmail {}\r\nContent-Type: text/x-msmsgsemailnotification\r\n\r\nFrom-Addr: a\r\nSubject: ",
        "=?utf-8?q?a?= ",
        "\r\n",
    ),
    (
        "MSG Hotmail Hotmail {}\r\nContent-Type: text/x-msmsgsinitialmdatanotification\r\n\r\nMail-Data: <MD>",
        "<M><E>a@b</E><SU>=?utf-8?b?QQ==?=</SU></M>",
        "</MD>\r\n",
    ),
    (
        "SDG 0 {}\r\nRouting: 1.0\r\nTo: 1:b@example.com",
        ";epid={1}",
        "\r\n\r\nReliability: 1.0\r\n\r\nMessaging: 2.0\r\n\r\nhi",
    ),
    ("SDG 0 {}\r\n", "Routing: 1.0\r\n\r\n", ""),
    // Session descriptions
    ("UBN a@example.com 3 {}\r\nINVITE MSNMSGR:b MSNSLP/1.0\r\n", "To: <msnmsgr:b>\r\n", "\r\n\r\n\0"),
    ("UBN a@example.com 3 {}\r\nINVITE MSNMSGR:b MSNSLP/1.0\r\n\r\n", "Context: QUFB\r\n", "\r\n\0"),
    ("UBN a@example.com 3 {}\r\nINVITE MSNMSGR:b MSNSLP/1.0\r\n\r\n", "a: b\n", "\r\n\0"),
    ("UBN a@example.com 3 {}\r\nINVITE MSNMSGR:b MSNSLP/1.0\r\n\r\nIPv4Internal-Addrs: ", "192.0.2.1 ", "\r\n\r\n\0"),
    ("UBN a@example.com 11 {}\r\n", "12 ", ""),
    // Objects
    (
        "MSG b@example.com B {}\r\nContent-Type: text/x-mms-emoticon\r\n\r\n:)\t<msnobj ",
        "SHA1C='QQ==' ",
        "Creator='a' Size='1' Type='2' Location='l' Friendly='AA==' SHA1D='x'/>",
    ),
    ("MSG b@example.com B {}\r\nContent-Type: text/x-mms-emoticon\r\n\r\n:)\t<msnobj ", "a='b' ", "/>"),
    ("MSG b@example.com B {}\r\nContent-Type: text/x-mms-emoticon\r\n\r\n:)\t%3Cmsnobj%20", "a%3D'b'%20", "/%3E"),
    // Unknown
    ("MSG b@example.com B {}\r\nContent-Type: a/b\r\n\r\n", "x\0", ""),
];

/// Units without payload, and bytes that are none.
const UNITS: [Shape; 12] = [
    ("", "PNG\r\n", ""),
    ("", "JOI b@example.com B\r\n", ""),
    ("", "BYE b@example.com\r\n", ""),
    ("", "NLN NLN b@example.com 1 B%20b 0\r\n", ""),
    ("", "ILN 1 NLN b@example.com 1 B 0 %3Cmsnobj%20Size%3D%221%22%2F%3E\r\n", ""),
    ("", "LST N=b@example.com F=B C={44bfd5a4-7450-4bba-ba6e-2a3d5f3c8e21} 11 1\r\n", ""),
    ("", "XXX x\r\n", ""),
    ("", "x", ""),
    ("", "\r\n", ""),
    ("", "MSG b@example.com B 0\r\n", ""),
    ("NLN NLN b@example.com 1 ", "%20", " 0\r\n"),
    ("VER 1 ", "MSNP8 ", "CVR0\r\n"),
];

fn filled((before, piece, behind): Shape, count: usize) -> Vec<u8> {
    let middle = piece.repeat(count);
    let Some((line, payload)) = before.split_once("\r\n").filter(|_| before.contains("{}")) else {
        return [before, &middle, behind].concat().into_bytes();
    };
    let len = payload.len() + middle.len() + behind.len();
    [&line.replacen("{}", &len.to_string(), 1), "\r\n", payload, &middle, behind].concat().into_bytes()
}

/// Dissects from the server, on a first pass and on a later one.
fn dissected(bytes: &[u8]) {
    let mut session = Session::default();
    for first_pass in [true, false] {
        let mut packet = Packet { first_pass, can_desegment: false, reported_len: bytes.len(), ..Packet::example() };
        std::mem::swap(&mut packet.source, &mut packet.destination);
        let mut out = Dissection::default();
        out.reset(true);
        stream(&mut session, &packet, bytes, &mut out);
        assert!(out.consumed == bytes.len() && !out.tree.items().is_empty());
    }
}

#[test]
fn twice_the_payload_is_twice_the_work() {
    for shape in PAYLOADS {
        work::grows_like(|parts| {
            let bytes = filled(shape, parts * 1500 / shape.1.len().max(3));
            dissected(&bytes);
            bytes.len()
        });
    }
}

#[test]
fn twice_the_units_are_twice_the_work() {
    for shape in UNITS {
        work::grows_like(|parts| {
            let bytes = filled(shape, parts * 1500 / shape.1.len().max(3));
            dissected(&bytes);
            bytes.len()
        });
    }
}
