// SPDX-License-Identifier: GPL-2.0-or-later
//! What the fuzz targets run, shared with the test that replays the corpus. Each panics if a promise is broken.

#![allow(dead_code)]

#[path = "sessions.rs"]
mod sessions;

pub use sessions::{crypto, gateway, links};

use msn_dissect_core::{
    dissect::{self, Channel, Dissection, Need, Packet},
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
const LATER: [Field; 3] = [fields::p2p::RESPONSE_IN, fields::slp::RESPONSE_IN, fields::slp::ENDED_IN];

/// Kind, number of the field, range, number and text of an item.
type Essence = (u8, u16, u32, u32, u64, Option<Vec<u8>>);

/// What a tree shows; links to other units, which only a later pass can know, are left out unless `links`.
fn essence(tree: &Tree, links: bool) -> Vec<Essence> {
    let link_fields = fields::login::END..fields::link::END;
    let link_experts = fields::login::EXPERT_END..fields::link::EXPERT_END;
    let is_link = |item: &&Item| match item.kind {
        kind if kind == Kind::Leaf as u8 => link_fields.contains(&item.id) || LATER.contains(&Field(item.id)),
        kind if kind == Kind::Expert as u8 => link_experts.contains(&item.id),
        _ => false,
    };
    tree.items()
        .iter()
        .filter(|item| links || !is_link(item))
        .map(|item| (item.kind, item.id, item.start, item.len, item.number, tree.item_bytes(item).map(<[u8]>::to_vec)))
        .collect()
}

fn run(session: &mut Session, packet: &Packet, data: &[u8]) -> Dissection {
    let mut out = Dissection::default();
    out.reset(true);
    let packet = Packet { reported_len: packet.reported_len.max(data.len()), ..*packet };
    dissect::stream(session, &packet, data, &mut out);
    check(&out.tree, data.len());
    assert!(out.consumed <= data.len());
    assert!(out.need == Need::Nothing || packet.can_desegment);
    assert!(out.need != Need::Nothing || out.consumed == data.len());
    assert!(!out.info.contains(['\r', '\n', '\0']));
    out
}

/// First byte: direction and whether bytes may be asked for. The rest: what the segment holds. A later pass over the
/// same bytes must show the same items.
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
    let first = run(&mut session, &packet, data);
    packet.first_pass = false;
    let later = run(&mut session, &packet, data);
    let again = run(&mut session, &packet, data);
    assert_eq!(essence(&later.tree, true), essence(&again.tree, true));
    assert_eq!(essence(&first.tree, false), essence(&later.tree, false));
    assert_eq!((first.consumed, first.need, first.units), (later.consumed, later.need, later.units));
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
        packet.frame += 1;
        if pending.is_empty() {
            continue;
        }
        let out = run(&mut session, &packet, &pending);
        pending.drain(..out.consumed);
    }
}

/// First byte: how peer-to-peer packets are carried, and whether their receiver is named with an endpoint. Then packets,
/// each behind a byte that says its length; or, without binary header, a session description. Both directions take
/// turns, so that acknowledgements find what they acknowledge. Later passes, with a tree and without, must cut the same
/// pieces; the pieces of a message are shown as if they were the whole, too.
pub fn packets(data: &[u8]) {
    let Some((&mode, mut rest)) = data.split_first() else { return };
    let endpoint = if mode & 1 == 0 { "" } else { ";{0f0e0d0c-0b0a-0908-0706-050403020100}" };
    let mut session = Session::default();
    let mut shown = Vec::new();
    let mut packet = Packet::example();
    while let Some((&len, after)) = rest.split_first() {
        let (body, after) = after.split_at(after.len().min(usize::from(len) * 4));
        rest = after;
        let header = format!("Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: bob@example.com{endpoint}\r\n\r\n");
        let (line, header) = match mode & 6 {
            0 if packet.frame % 2 == 0 => ("MSG bob@example.com Bob", header.as_str()),
            2 => ("UBN bob@example.com 3", ""),
            4 => ("UUN 7 bob@example.com 10", ""),
            _ => ("MSG 7 D", header.as_str()),
        };
        let unit = [format!("{line} {}\r\n{header}", header.len() + body.len()).as_bytes(), body].concat();
        let first = run(&mut session, &packet, &unit);
        shown.push((packet, unit, body.to_vec(), first));
        packet.frame += 1;
        std::mem::swap(&mut packet.source, &mut packet.destination);
    }
    for (packet, unit, body, first) in shown {
        let packet = Packet { first_pass: false, reported_len: unit.len(), ..packet };
        let later = run(&mut session, &packet, &unit);
        let mut bare = Dissection::default();
        bare.reset(false);
        dissect::stream(&mut session, &packet, &unit, &mut bare);
        assert_eq!(essence(&first.tree, false), essence(&later.tree, false));
        assert_eq!((&first.info, &first.fragments), (&bare.info, &bare.fragments));
        for fragment in &first.fragments {
            let mut whole = Dissection::default();
            whole.reset(true);
            dissect::message(&mut session, &packet, fragment.table, fragment.id, &body, &mut whole);
            check(&whole.tree, body.len());
        }
    }
}

/// First byte: which command carries the message. The rest: its payload. With and without a tree, and on a later pass,
/// the Info text and the fragments must be the same; each fragment is shown as if it were a whole message, too.
pub fn message(data: &[u8]) {
    let Some((&mode, payload)) = data.split_first() else { return };
    let mut packet = Packet::example();
    let line = match mode % 5 {
        0 => format!("MSG bob@example.com Bob {}\r\n", payload.len()),
        1 => format!("SDG 0 {}\r\n", payload.len()),
        2 => format!("NFY PUT {}\r\n", payload.len()),
        3 => format!("UBM bob@example.com 32 1 {}\r\n", payload.len()),
        _ => format!("MSG 7 N {}\r\n", payload.len()),
    };
    if mode % 5 != 4 {
        std::mem::swap(&mut packet.source, &mut packet.destination);
    }
    let unit = [line.as_bytes(), payload].concat();
    let mut session = Session::default();
    let first = run(&mut session, &packet, &unit);
    packet.first_pass = false;
    packet.reported_len = unit.len();
    let later = run(&mut session, &packet, &unit);
    assert_eq!(first.tree.arena(), later.tree.arena());
    let mut bare = Dissection::default();
    bare.reset(false);
    dissect::stream(&mut session, &packet, &unit, &mut bare);
    assert!(bare.tree.items().is_empty());
    assert_eq!((&first.info, &first.fragments), (&bare.info, &bare.fragments));
    for fragment in &first.fragments {
        let mut whole = Dissection::default();
        whole.reset(true);
        dissect::message(&mut session, &packet, fragment.table, fragment.id, payload, &mut whole);
        check(&whole.tree, payload.len());
        assert!(whole.fragments.is_empty(), "a whole message is put together again");
    }
}

/// Lines whose payload is a document or short text; `{}` stands for its length.
const DOCUMENTS: [&str; 9] = [
    "UBX a@example.com 1 {}",
    "NOT {}",
    "GCF 0 {}",
    "ADL 0 {}",
    "FQY 1 {}",
    "241 1 {}",
    "PGD 1 tel:+1 1 {}",
    "UBN a@example.com 5 {}",
    "UBN a@example.com 12 {}",
];

/// First byte: the command whose payload the rest is, or an object on a line.
pub fn document(data: &[u8]) {
    let Some((&which, payload)) = data.split_first() else { return };
    let mut bytes = match DOCUMENTS.get(usize::from(which)) {
        Some(line) => format!("{}\r\n", line.replace("{}", &payload.len().to_string())).into_bytes(),
        None => b"NLN NLN a@example.com 1 Alice 0 %3Cmsnobj%20".to_vec(),
    };
    bytes.extend_from_slice(payload);
    let mut packet = Packet { can_desegment: false, ..Packet::example() };
    std::mem::swap(&mut packet.source, &mut packet.destination);
    run(&mut Session::default(), &packet, &bytes);
}

/// Segments of a connection between clients: two bytes give sender and length, as the first byte of each. Every segment
/// is dissected on a first and on a later pass, which must show the same.
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
            frame,
            sequence: Some(sequence[end].wrapping_add(shift)),
            can_desegment: mode & 2 != 0,
            reported_len: segment.len(),
            ..Packet::example()
        };
        if end == 1 {
            std::mem::swap(&mut packet.source, &mut packet.destination);
        }
        sequence[end] = sequence[end].wrapping_add(segment.len() as u32);
        let mut outs = [true, false].map(|first_pass| {
            let mut out = Dissection::default();
            out.reset(true);
            channel.dissect(&mut session, &Packet { first_pass, ..packet }, segment, &mut out);
            check(&out.tree, segment.len());
            assert!(out.consumed <= segment.len());
            assert!(out.need == Need::Nothing || packet.can_desegment);
            assert!(!out.info.contains(['\r', '\n', '\0']));
            out
        });
        let (later, first) = outs.split_last_mut().expect("two passes");
        assert_eq!((first[0].consumed, first[0].need, first[0].units), (later.consumed, later.need, later.units));
        assert_eq!(first[0].fragments, later.fragments);
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
