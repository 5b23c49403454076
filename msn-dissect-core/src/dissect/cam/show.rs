// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what stands on a webcam connection.

use super::framing::{CODEC_AT, HEADER, Pdu};
use crate::{
    dissect::walk::{Show, frame_link},
    fields::{Proto, command, ftp as f, link},
    item::Tree,
    session::{Session, cam::Promise},
    text,
    wire::{Span, u16_at, u32_at},
};

/// Bytes of the header of a compressed picture.
const MIMIC: usize = 20;

/// Characters of a label.
const MAX_LABEL: usize = 120;

/// Shows a PDU, or bytes in which none begins.
pub(super) fn unit(show: &mut Show<'_>, pdu: Option<&Pdu>, unit: &[u8]) {
    if !show.packet.want_info && !show.out.tree.wanted() {
        return;
    }
    let label = label(unit, pdu);
    show.info(&label, MAX_LABEL);
    let all = Span::new(0, unit.len());
    let session = show.session;
    let promise = session.cam.at(show.record.conn, show.record.place()).and_then(|number| session.cam.get(number));
    let tree = &mut show.out.tree;
    tree.protocol(Proto::MsnCam, all, &label);
    match pdu {
        Some(Pdu::Line) => line(unit, tree),
        Some(Pdu::Picture) => picture(unit, tree),
        Some(Pdu::Ack) => {
            tree.number(f::CAM_ACK, all, u64::from(u32_at(unit, 0).unwrap_or(0)));
        }
        None => {
            tree.bytes(f::CAM_CONTINUATION, all);
            tree.expert(f::CAM_CONTINUED);
        }
    }
    if let Some(promise) = promise {
        origin(promise, session, tree);
    }
    tree.close();
}

/// The negotiation that led here.
fn origin(promise: &Promise, session: &Session, tree: &mut Tree) {
    let none = Span::default();
    frame_link(tree, &session.frames, link::ANNOUNCED_IN, promise.key.0);
    for account in [promise.listener, promise.connector] {
        if !account.is_none() {
            let shown = tree.text(command::EMAIL, none, session.names.get(account));
            tree.generated(shown);
        }
    }
    for (field, account) in [(f::CAM_PRODUCER, promise.producer), (f::CAM_VIEWER, promise.viewer)] {
        if !account.is_none() {
            let shown = tree.text(field, none, session.names.get(account));
            tree.generated(shown);
        }
    }
}

fn label(unit: &[u8], pdu: Option<&Pdu>) -> String {
    let mut label = String::new();
    match pdu {
        Some(Pdu::Line) => {
            let line = unit.get(..unit.len().saturating_sub(4)).unwrap_or_default();
            text::push_line(&mut label, &text::utf8(line).text, 120);
        }
        Some(Pdu::Picture) if unit.get(1) == Some(&1) => label.push_str("Paused"),
        Some(Pdu::Picture) => {
            let kind = match u32_at(unit, HEADER + 12) {
                Some(0) => "Key frame",
                _ => "Frame",
            };
            label = format!("{kind}, {}x{}, {} bytes", half(unit, 2), half(unit, 4), u32_at(unit, 8).unwrap_or(0));
        }
        Some(Pdu::Ack) => label.push_str("Frame acknowledgement"),
        None => label.push_str("Continuation"),
    }
    label
}

/// A u16 that is 0 where the bytes end before.
fn half(bytes: &[u8], at: usize) -> u16 {
    u16_at(bytes, at).unwrap_or(0)
}

/// The words of a line, split at `separator`, with their places.
fn words(line: &[u8], separator: u8) -> impl Iterator<Item = Span> + '_ {
    let mut start = 0;
    line.split(move |&byte| byte == separator).map(move |word| {
        let span = Span::new(start, start + word.len());
        start = span.end + 1;
        span
    })
}

fn line(unit: &[u8], tree: &mut Tree) {
    let line = unit.strip_suffix(b"\r\n\r\n").unwrap_or(unit);
    let shown = |span: Span| text::utf8(span.of(line)).text;
    tree.wire(f::CAM_LINE, Span::new(0, line.len()), line);
    if line.starts_with(b"recipientid=") {
        for pair in words(line, b'&') {
            let bytes = pair.of(line);
            let Some(equals) = memchr::memchr(b'=', bytes) else { continue };
            let value = Span::new(pair.start + equals + 1, pair.end);
            match bytes.get(..equals) {
                Some(b"recipientid") => tree.text(f::CAM_RECIPIENT_ID, value, &shown(value)),
                Some(b"sessionid") => tree.text(f::CAM_SESSION_ID, value, &shown(value)),
                _ => continue,
            };
        }
        return;
    }
    let mut words = words(line, b' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match first.of(line) {
        b"PROD" | b"VIEW" => {
            tree.text(f::CAM_COMMAND, first, &shown(first));
            tree.text(f::CAM_TUNNEL_ID, second, &shown(second));
        }
        b"TSP/1.0" => {
            if let Ok(code) = shown(second).parse::<u16>() {
                tree.number(f::CAM_STATUS, second, u64::from(code));
            }
        }
        _ => {}
    }
}

fn picture(unit: &[u8], tree: &mut Tree) {
    let size = u32_at(unit, 8).unwrap_or(0);
    let at = |start: usize, len: usize| Span::new(start, start + len);
    let frame = tree.bytes(f::CAM_FRAME, Span::new(0, HEADER.min(unit.len())));
    tree.open(frame);
    tree.number(f::CAM_HEADER_LENGTH, at(0, 1), unit.first().copied().unwrap_or(0).into());
    tree.number(f::CAM_PAUSED, at(1, 1), unit.get(1).copied().unwrap_or(0).into());
    tree.number(f::CAM_WIDTH, at(2, 2), half(unit, 2).into());
    tree.number(f::CAM_HEIGHT, at(4, 2), half(unit, 4).into());
    tree.bits(f::CAM_FLAGS, at(6, 2), half(unit, 6).into());
    tree.number(f::CAM_LENGTH, at(8, 4), size.into());
    tree.wire(f::CAM_FOURCC, at(CODEC_AT, 4), at(CODEC_AT, 4).of(unit));
    tree.number(f::CAM_STREAM, at(16, 4), u32_at(unit, 16).unwrap_or(0).into());
    tree.number(f::CAM_TIME, at(20, 4), u32_at(unit, 20).unwrap_or(0).into());
    tree.close();
    let picture = Span::new(HEADER.min(unit.len()), unit.len());
    if picture.len() < size as usize {
        tree.expert(f::CAM_CUT);
    }
    if picture.is_empty() {
        return;
    }
    if picture.len() < MIMIC {
        tree.bytes(f::CAM_MIMIC_DATA, picture);
        return;
    }
    let start = picture.start;
    let mimic = tree.bytes(f::CAM_MIMIC, picture);
    tree.open(mimic);
    tree.number(f::CAM_MIMIC_VERSION, at(start, 2), half(unit, start).into());
    tree.number(f::CAM_MIMIC_QUALITY, at(start + 2, 2), half(unit, start + 2).into());
    tree.number(f::CAM_MIMIC_WIDTH, at(start + 4, 2), half(unit, start + 4).into());
    tree.number(f::CAM_MIMIC_HEIGHT, at(start + 6, 2), half(unit, start + 6).into());
    tree.number(f::CAM_MIMIC_UNKNOWN, at(start + 8, 4), u32_at(unit, start + 8).unwrap_or(0).into());
    tree.number(f::CAM_MIMIC_TYPE, at(start + 12, 4), u32_at(unit, start + 12).unwrap_or(0).into());
    tree.number(f::CAM_MIMIC_COEFFICIENTS, at(start + 16, 1), unit.get(start + 16).copied().unwrap_or(0).into());
    tree.bytes(f::CAM_MIMIC_RESERVED, at(start + 17, 3));
    let data = Span::new(start + MIMIC, unit.len());
    if !data.is_empty() {
        tree.bytes(f::CAM_MIMIC_DATA, data);
    }
    tree.close();
}
