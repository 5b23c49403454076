// SPDX-License-Identifier: GPL-2.0-or-later
//! What the fuzz targets run, shared with the test that replays the corpus. Each panics if a promise is broken.

#![allow(dead_code)]

use msn_dissect_core::{
    output::Dissection,
    packet::{Need, Packet},
};
#[path = "report.rs"]
mod reports;
#[path = "sessions.rs"]
mod sessions;
#[path = "soap.rs"]
mod soap_messages;

pub use reports::report;
pub use sessions::{crypto, gateway, links};
pub use soap_messages::soap;

use msn_dissect_core::{
    dissect::Channel,
    fields::{self, Field, Type},
    item::{CLOSE_KIND, GENERATED, Item, Kind, NO_RANGE, OPEN, Tree},
    session::Session,
};

/// The promises about items: ranges stay inside their source, strings are UTF-8 without NUL, subtrees are closed.
pub fn check(tree: &Tree, len: usize) {
    let mut sources = vec![len];
    let mut depth = 0;
    for item in tree.items() {
        if item.kind == Kind::Source as u8 {
            sources.push(item.text_len as usize);
            continue;
        }
        if item.kind == Kind::Message as u8 {
            sources.push(item.len as usize);
            continue;
        }
        if item.kind == CLOSE_KIND {
            assert!(depth > 0, "closes more than it opens");
            depth -= 1;
            continue;
        }
        let end = item.start as usize + item.len as usize;
        let source = *sources.get(item.source as usize).expect("source exists");
        assert!(
            item.flags & (NO_RANGE | GENERATED) != 0 || end <= source,
            "range {}+{} leaves {source}",
            item.start,
            item.len
        );
        if item.flags & OPEN != 0 {
            depth += 1;
        }
        check_text(tree, item);
    }
    assert_eq!(depth, 0, "a subtree stays open");
}

fn check_text(tree: &Tree, item: &Item) {
    let is_text = item.kind != Kind::Leaf as u8 || fields::def(Field(item.id)).is_some_and(|def| def.kind == Type::Str);
    if let Some(bytes) = tree.item_bytes(item).filter(|_| is_text) {
        let text = std::str::from_utf8(bytes).expect("text is UTF-8");
        assert!(!text.contains('\0'), "text holds NUL");
    }
}

/// Links to what comes later, of peer-to-peer packets and sessions.
const LATER: [Field; 5] = [
    fields::p2p::RESPONSE_IN,
    fields::slp::RESPONSE_IN,
    fields::slp::ENDED_IN,
    fields::reassembly::REASSEMBLED_IN,
    fields::reassembly::P2P_REASSEMBLED_IN,
];

/// Kind, number of the field, range, flags, number, text and remark of an item.
type Essence<'t> = (u8, u16, u32, u32, u8, u64, Option<&'t [u8]>, Option<&'t str>);

/// What a tree shows; links to other units, which only a later pass can know, are left out unless `links`.
fn essence(tree: &Tree, links: bool) -> impl Iterator<Item = Essence<'_>> {
    let link_fields = fields::login::END..fields::link::END;
    let link_experts = fields::login::EXPERT_END..fields::link::EXPERT_END;
    let is_link = move |item: &&Item| match item.kind {
        kind if kind == Kind::Leaf as u8 => link_fields.contains(&item.id) || LATER.contains(&Field(item.id)),
        kind if kind == Kind::Expert as u8 => {
            link_experts.contains(&item.id) || item.id == fields::ftp::TRANSFER_INCOMPLETE.0
        }
        _ => false,
    };
    let essence = move |item: &'_ Item| {
        let Item { kind, id, start, len, flags, number, .. } = *item;
        (kind, id, start, len, flags, number, tree.item_bytes(item), tree.item_note(item))
    };
    tree.items().iter().filter(move |item| links || !is_link(item)).map(essence)
}

/// Fails where two trees do not show the same; links to other units count if `links`.
fn same(one: &Tree, other: &Tree, links: bool) {
    if !essence(one, links).eq(essence(other, links)) {
        let all = |tree| essence(tree, links).collect::<Vec<_>>();
        assert_eq!(all(one), all(other));
    }
}

fn run(channel: Channel, session: &mut Session, packet: &Packet, data: &[u8], want_tree: bool) -> Dissection {
    let mut out = Dissection::default();
    out.reset(want_tree);
    let packet = Packet { reported_len: packet.reported_len.max(data.len()), ..*packet };
    channel.dissect(session, &packet, data, &mut out);
    check(&out.tree, data.len());
    assert!(want_tree || out.tree.items().is_empty());
    assert!(out.consumed <= data.len());
    assert!(out.need == Need::Nothing || packet.can_desegment);
    assert!(!out.info.contains(['\r', '\n', '\0']));
    out
}

/// What the first pass over bytes showed.
struct Seen<'a> {
    channel: Channel,
    packet: Packet,
    data: &'a [u8],
    out: Dissection,
}

/// The first pass.
fn first<'a>(channel: Channel, session: &mut Session, packet: &Packet, data: &'a [u8]) -> Seen<'a> {
    let packet = Packet { first_pass: true, ..*packet };
    Seen { channel, packet, data, out: run(channel, session, &packet, data, true) }
}

impl Seen<'_> {
    /// Later passes, with a tree and without, must show what the first one showed, ask for the same bytes and cut the
    /// same pieces; twice the same, links and all.
    fn later(&self, session: &mut Session) {
        let packet = Packet { first_pass: false, ..self.packet };
        let mut pass = |tree| run(self.channel, session, &packet, self.data, tree);
        let (later, bare, again) = (pass(true), pass(false), pass(true));
        same(&self.out.tree, &later.tree, false);
        same(&later.tree, &again.tree, true);
        for out in [&later, &bare, &again] {
            assert_eq!((self.out.consumed, self.out.need, self.out.units), (out.consumed, out.need, out.units));
            assert_eq!(self.out.info, out.info);
        }
    }
}

/// As much of an input as is tried in a time that leaves enough of them: what needs more bytes than that to go wrong is
/// for the tests of properties and captures.
pub fn short(data: &[u8]) -> &[u8] {
    data.get(..1024).unwrap_or(data)
}

/// Most units of an input; a byte is enough to make one.
const MAX_UNITS: usize = 24;

/// First byte: direction and whether bytes may be asked for. The rest: what the segment holds.
pub fn stream(data: &[u8]) {
    let Some((&mode, data)) = data.split_first() else { return };
    let mut session = Session::default();
    let mut packet = Packet { can_desegment: mode & 1 != 0, sequence: Some(1), ..Packet::example() };
    if mode & 2 != 0 {
        std::mem::swap(&mut packet.source, &mut packet.destination);
    }
    if mode & 4 != 0 {
        packet.reported_len = data.len() + 100;
    }
    let seen = first(Channel::Server, &mut session, &packet, data);
    assert!(seen.out.need != Need::Nothing || seen.out.consumed == data.len());
    seen.later(&mut session);
}

/// The bytes as segments: each first byte says how many bytes follow. Segments are put together as TCP would do it.
pub fn resume(data: &[u8]) {
    let mut session = Session::default();
    let mut packet = Packet::example();
    let mut pending: Vec<u8> = Vec::new();
    let mut rest = data;
    while let Some((&len, after)) = rest.split_first() {
        let cut = after.len().min(usize::from(len));
        let (segment, after) = after.split_at(cut);
        rest = after;
        pending.extend_from_slice(segment);
        packet.number += 1;
        if pending.is_empty() {
            continue;
        }
        let consumed = first(Channel::Server, &mut session, &packet, &pending).out.consumed;
        pending.drain(..consumed);
    }
}

/// Bytes of a command with peer-to-peer content, and the content alone.
type Carried = (Packet, Vec<u8>, Vec<u8>);

/// A command with a payload of peer-to-peer packets.
fn carrying(line: &str, endpoint: &str, body: &[u8]) -> Vec<u8> {
    let header = format!("Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: bob@example.com{endpoint}\r\n\r\n");
    [format!("{line} {}\r\n{header}", header.len() + body.len()).as_bytes(), body].concat()
}

/// A message of version 1 in two pieces; its first bytes are its session, too.
fn in_pieces(number: u32, body: &[u8]) -> [Vec<u8>; 2] {
    let half = body.len() / 2;
    [0, half].map(|offset| {
        let piece = if offset == 0 { &body[..half] } else { &body[half..] };
        let mut packet = vec![0; 48];
        let session = body.len().min(4) * (body.len() % 2);
        packet[..session].copy_from_slice(&body[..session]);
        for (at, value) in [(4, number), (8, offset as u32), (16, body.len() as u32), (24, piece.len() as u32)] {
            packet[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        packet.extend_from_slice(piece);
        packet.extend([0; 4]);
        carrying("MSG 7 D", "", &packet)
    })
}

/// Dissects on a first pass, then on later ones: the same must be shown. What is carried is a message in pieces, too.
fn on_every_pass(mut units: Vec<Carried>) {
    let mut pieces = Vec::new();
    for (number, (packet, _, body)) in (1..).zip(&units) {
        for unit in in_pieces(number, body) {
            let frame = (units.len() + pieces.len()) as u32 + 1;
            pieces.push((Packet { number: frame, connection: 2, ..*packet }, unit, Vec::new()));
        }
    }
    units.extend(pieces);
    let mut session = Session::default();
    let seen: Vec<Seen> =
        units.iter().map(|(packet, unit, _)| first(Channel::Server, &mut session, packet, unit)).collect();
    for seen in seen {
        seen.later(&mut session);
    }
}

/// Peer-to-peer packets in messages of a switchboard, each behind a byte that says a quarter of its length. Both
/// directions take turns, so that acknowledgements find what they acknowledge.
fn packets(endpoint: &str, mut rest: &[u8]) {
    let mut units = Vec::new();
    let mut packet = Packet::example();
    while let Some((&len, after)) = rest.split_first().filter(|_| units.len() < MAX_UNITS) {
        let (body, after) = after.split_at(after.len().min(usize::from(len) * 4));
        rest = after;
        let line = if packet.number.is_multiple_of(2) { "MSG bob@example.com Bob" } else { "MSG 7 D" };
        units.push((packet, carrying(line, endpoint, body), body.to_vec()));
        packet.number += 1;
        std::mem::swap(&mut packet.source, &mut packet.destination);
    }
    on_every_pass(units);
}

/// Packets of version 1.
pub fn p2p_v1(data: &[u8]) {
    packets("", data);
}

/// Packets of version 2: the receiver is named with an endpoint.
pub fn p2p_v2(data: &[u8]) {
    packets(";{0f0e0d0c-0b0a-0908-0706-050403020100}", data);
}

/// The header of a message of version 1 that is one packet.
fn single(len: usize) -> Vec<u8> {
    let mut header = vec![0; 48];
    header[4] = 9;
    for at in [16, 24] {
        header[at..at + 4].copy_from_slice(&(len as u32).to_le_bytes());
    }
    header
}

/// Command, headers, and what it carries.
type Way<'a> = (&'a str, &'a str, &'a [u8]);

/// A session description in every way in which it may come: alone, for relay servers, in a binary packet.
fn described(text: &[u8]) -> Vec<Carried> {
    let header = "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: bob@example.com\r\n\r\n";
    let packet = [&single(text.len())[..], text, &[0; 4]].concat();
    let ways: [Way<'_>; 3] =
        [("UUN 7 bob@example.com 3", "", text), ("UUN 8 bob@example.com 10", "", text), ("MSG 9 D", header, &packet)];
    let carry = |(frame, (line, header, body)): (u32, Way<'_>)| {
        let unit = [format!("{line} {}\r\n{header}", header.len() + body.len()).as_bytes(), body].concat();
        (Packet { number: frame, ..Packet::example() }, unit, body.to_vec())
    };
    (1..).zip(ways).map(carry).collect()
}

/// A session description.
pub fn slp(data: &[u8]) {
    on_every_pass(described(data));
}

/// Kinds of session whose invitation has a context, and one that nobody knows.
const SESSIONS: [&str; 6] = [
    "{5D3E02AB-6190-11D3-BBBB-00C04F795683}",
    "{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}",
    "{1C9AA97E-9C05-4583-A3BD-908A196F1E92}",
    "{4BD96FC0-AB17-4425-A14A-439185962DC8}",
    "{6A13AF9C-5308-4F35-923A-67E8DDA40C2F}",
    "{00000000-0000-0000-0000-000000000001}",
];

/// First byte: the kind of session, or its end. The rest: what the context says before it becomes base64.
pub fn context(data: &[u8]) {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let Some((&which, bytes)) = data.split_first() else { return };
    let (method, kind) = match SESSIONS.get(usize::from(which)) {
        Some(guid) => ("INVITE", format!("EUF-GUID: {guid}\r\nSessionID: 7\r\n")),
        None => ("BYE", String::new()),
    };
    let body = format!("{kind}Context: {}\r\n\r\n\0", BASE64_STANDARD.encode(bytes));
    let text = format!(
        "{method} MSNMSGR:bob@example.com MSNSLP/1.0\r\nTo: <msnmsgr:bob@example.com>\r\n\
         From: <msnmsgr:alice@example.com>\r\nCall-ID: {{1}}\r\n\
         Content-Type: application/x-msnmsgr-sessionreqbody\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    on_every_pass(described(text.as_bytes()));
}

/// First byte: which command carries the message. The rest: its payload, which is also the body of a message in two parts.
pub fn message(data: &[u8]) {
    let Some((&mode, payload)) = data.split_first() else { return };
    let mut packet = Packet::example();
    let line = match mode % 6 {
        0 => format!("MSG bob@example.com Bob {}\r\n", payload.len()),
        1 => format!("SDG 0 {}\r\n", payload.len()),
        2 => format!("NFY PUT {}\r\n", payload.len()),
        3 => format!("UBM bob@example.com 32 1 {}\r\n", payload.len()),
        4 => format!("MSG 7 N {}\r\n", payload.len()),
        _ => format!("PUT 7 {}\r\n", payload.len()),
    };
    if mode % 6 < 4 {
        std::mem::swap(&mut packet.source, &mut packet.destination);
    }
    let unit = [line.as_bytes(), payload].concat();
    let mut session = Session::default();
    let seen = first(Channel::Server, &mut session, &packet, &unit);
    seen.later(&mut session);
    let kind = ["text/plain; charset=utf-16", "image/gif", "text/x-msnmsgr-datacast", "application/x-msnmsgrp2p"];
    let (start, end) = payload.split_at(payload.len() / 2);
    let heads = [format!("Chunks: 2\r\nContent-Type: {}", kind[usize::from(mode / 6 % 4)]), "Chunk: 1".to_owned()];
    let parts: Vec<Vec<u8>> = heads
        .iter()
        .zip([start, end])
        .map(|(head, part)| {
            let head = format!("Message-ID: {{fuzz}}\r\n{head}\r\n\r\n");
            [format!("MSG 7 N {}\r\n{head}", head.len() + part.len()).as_bytes(), part].concat()
        })
        .collect();
    let packets = (2..).map(|number| Packet { number, ..Packet::example() });
    let seen: Vec<Seen> =
        packets.zip(&parts).map(|(packet, part)| first(Channel::Server, &mut session, &packet, part)).collect();
    for seen in seen {
        seen.later(&mut session);
    }
}

/// Lines whose payload is a document or short text, `{}` stands for its length; or with a token that is opened further,
/// for which `[]` stands.
pub const DOCUMENTS: [&str; 30] = [
    "UBX a@example.com 1 {}",
    "NOT {}",
    "GCF 0 {}",
    "ADL 0 {}",
    "FQY 1 {}",
    "241 1 {}",
    "PGD 1 tel:+1 1 {}",
    "UBN a@example.com 5 {}",
    "UBN a@example.com 12 {}",
    "NLN NLN a@example.com 1 Alice 0 %3Cmsnobj%20[]",
    "RML 0 {}",
    "UUX 1 {}",
    "IPG {}",
    "PAG 1 a@example.com {}",
    "QRY 1 PROD0119GSJUC$18 {}",
    "UBN a@example.com 1 {}",
    "UBN a@example.com 2 {}",
    "UBN a@example.com 3 {}",
    "UBN a@example.com 4 {}",
    "UBN a@example.com 6 {}",
    "UBN a@example.com 10 {}",
    "UBN a@example.com 11 {}",
    "SDC 1 a@example.com 0x0409 MSMSGS MSMSGS X X Alice {}",
    "VAS 1 a@example.com 1 2 {}",
    "USR 3 TWN S [] 0",
    "USR 3 SSO S t=a&p= []",
    "USR 4 SHA A []",
    "CVR 2 0x0409 winnt 5.1 i386 MSNMSGR [] msmsgs a@example.com 0",
    "XFR 3 NS 192.0.2.10:1863 U D []",
    "SYN 8 [] 2005-04-23T18:57:54.2070000-07:00 5 2",
];

/// Words that clients say.
const CLIENT: [&str; 10] = ["UUX", "PAG", "PGD", "QRY", "SDC", "VAS", "USR", "CVR", "RML", "ADL"];

/// First byte: the command whose payload, or token, the rest is.
pub fn document(data: &[u8]) {
    let Some((&which, payload)) = data.split_first() else { return };
    let line = DOCUMENTS[usize::from(which) % DOCUMENTS.len()];
    let mut bytes = Vec::new();
    match line.split_once("[]") {
        Some((before, behind)) => {
            // A token ends at the first blank.
            let token = payload.split(|byte| matches!(byte, b' ' | b'\r' | b'\n')).next().unwrap_or_default();
            bytes.extend([before.as_bytes(), token, behind.as_bytes(), b"\r\n"].concat());
        }
        None => {
            bytes.extend(line.replace("{}", &payload.len().to_string()).as_bytes());
            bytes.extend([b"\r\n", payload].concat());
        }
    }
    let mut packet = Packet { can_desegment: false, ..Packet::example() };
    if !CLIENT.iter().any(|word| line.starts_with(word)) {
        std::mem::swap(&mut packet.source, &mut packet.destination);
    }
    let mut session = Session::default();
    first(Channel::Server, &mut session, &packet, &bytes).later(&mut session);
}

/// Segments of a connection between clients: two bytes give sender and length, as the first byte of each.
fn peers(channel: Channel, data: &[u8]) {
    let mut session = Session::default();
    let mut rest = data;
    let mut sequence = [1u32; 2];
    let mut frame = 0;
    while let [mode, len, after @ ..] = rest {
        let (segment, after) = after.split_at(after.len().min(usize::from(*len)));
        rest = after;
        frame += 1;
        let end = usize::from(mode & 1);
        // Every eighth segment is out of place.
        let shift = if mode & 0x70 == 0x70 { 100 } else { 0 };
        let mut packet = Packet {
            number: frame,
            sequence: Some(sequence[end].wrapping_add(shift)),
            can_desegment: mode & 2 != 0,
            ..Packet::example()
        };
        if end == 1 {
            std::mem::swap(&mut packet.source, &mut packet.destination);
        }
        sequence[end] = sequence[end].wrapping_add(segment.len() as u32);
        first(channel, &mut session, &packet, segment).later(&mut session);
    }
}

/// Direct connections.
pub fn direct(data: &[u8]) {
    peers(Channel::Direct, data);
}

/// MSNFTP connections.
pub fn ftp(data: &[u8]) {
    peers(Channel::FileTransfer, data);
}

/// Webcam connections.
pub fn cam(data: &[u8]) {
    peers(Channel::Webcam, data);
}
