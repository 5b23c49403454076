// SPDX-License-Identifier: GPL-2.0-or-later
//! Walks a webcam connection (fact base: msnftp 6): a handshake of text lines, then pictures. But for the negotiation
//! that led here, nothing depends on what came before, so that every begin shows the same.

use super::{channel, direct_frame::u32_at};
use crate::{
    dissect::walk::frame_link,
    fields::{Proto, command, ftp as f, link},
    item::Tree,
    output::Dissection,
    packet::{Need, Packet},
    session::{Session, cam::Promise},
    text,
    wire::Span,
};

/// Bytes of a frame header.
const HEADER: usize = 24;

/// Name of the codec, and where it stands in the frame header.
const CODEC: &[u8] = b"ML20";
const CODEC_AT: usize = 12;

/// Bytes of the header of a compressed picture.
const MIMIC: usize = 20;

/// Largest picture waited for.
const MAX_FRAME: usize = 1 << 20;

/// Longest handshake line waited for.
const MAX_LINE: usize = 1024;

/// A viewer's acknowledgement, 1234 LE.
const ACK: &[u8] = &[0xd2, 4, 0, 0];

/// How the lines of the handshake begin; all end in an empty line.
static LINES: &[&[u8]] = &[b"recipientid=", b"connected\r", b"CONNECTED\r", b"PROD ", b"VIEW ", b"TSP/1.0 "];

/// What stands at the start of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Line(usize),
    /// A picture; what is there of it.
    Frame(usize),
    Ack,
    Continuation(usize),
    Incomplete(Need),
}

fn next(data: &[u8], can_desegment: bool) -> Unit {
    let wait = |need| if can_desegment { Some(Unit::Incomplete(need)) } else { None };
    if let Some(unit) = line(data, can_desegment) {
        return unit;
    }
    if data.starts_with(ACK) {
        return Unit::Ack;
    }
    if let Some(size) = frame_size(data) {
        let all = HEADER + size;
        if all <= data.len() {
            return Unit::Frame(all);
        }
        return wait(Need::Bytes(all - data.len())).unwrap_or(Unit::Frame(data.len()));
    }
    if data.len() < CODEC_AT + CODEC.len() && data.first() == Some(&(HEADER as u8)) {
        if let Some(unit) = wait(Need::Segment) {
            return unit;
        }
    }
    if data.len() < HEADER && data.get(CODEC_AT..).is_some_and(|rest| rest.starts_with(CODEC)) {
        if let Some(unit) = wait(Need::Bytes(HEADER - data.len())) {
            return unit;
        }
    }
    // A picture begins twelve bytes before the name of its codec.
    let found = memchr::memmem::find_iter(data, CODEC)
        .filter_map(|at| at.checked_sub(CODEC_AT))
        .find(|&at| at > 0 && data.get(at..).is_some_and(|rest| frame_size(rest).is_some()));
    Unit::Continuation(found.unwrap_or(data.len()))
}

fn line(data: &[u8], can_desegment: bool) -> Option<Unit> {
    let complete = LINES.iter().any(|start| data.starts_with(start));
    let partial = !data.is_empty() && LINES.iter().any(|start| start.starts_with(data));
    let end = complete.then(|| memchr::memmem::find(data.get(..MAX_LINE).unwrap_or(data), b"\r\n\r\n")).flatten();
    match end {
        Some(end) => Some(Unit::Line(end + 4)),
        None if (complete || partial) && data.len() < MAX_LINE && can_desegment => {
            Some(Unit::Incomplete(Need::Segment))
        }
        None => None,
    }
}

/// Bytes of the picture behind a frame header.
fn frame_size(data: &[u8]) -> Option<usize> {
    let header = data.get(..HEADER)?;
    let right = header.first() == Some(&(HEADER as u8))
        && header.get(1).is_some_and(|&paused| paused <= 1)
        && header.get(CODEC_AT..).is_some_and(|rest| rest.starts_with(CODEC));
    u32_at(header, 8).map(|size| size as usize).filter(|&size| right && size <= MAX_FRAME)
}

/// Whether a stream that begins with `data` is a webcam connection, whatever its port.
pub fn heuristic(data: &[u8]) -> bool {
    let reflector = |start: &[u8]| {
        let first = data.get(..MAX_LINE).unwrap_or(data).split(|&byte| byte == b'\r').next().unwrap_or_default();
        data.starts_with(start) && first.ends_with(b" TSP/1.0")
    };
    data.starts_with(b"recipientid=")
        || data.starts_with(b"TSP/1.0 ")
        || reflector(b"PROD ")
        || reflector(b"VIEW ")
        || frame_size(data).is_some()
}

/// Dissects the bytes of a segment. Bytes with which nothing of a webcam begins are left alone (no units).
pub fn stream(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    let mut at = 0;
    if packet.first_pass {
        let ends = [packet.destination, packet.source].map(|end| (channel::ip(&end), end.port));
        if let Some(promise) = session.cam.open(packet.connection, ends, packet.frame) {
            session.cam.notes.keep((packet.frame, packet.unit, 0), promise);
        } else if let Some(numbers) = numbers(data) {
            if let Some(promise) = session.cam.name(packet.connection, numbers, packet.frame) {
                session.cam.notes.keep((packet.frame, packet.unit, 0), promise);
            }
        }
    }
    let promise = session.cam.notes.get((packet.frame, packet.unit, 0)).and_then(|&number| session.cam.get(number));
    while at < data.len() {
        let rest = data.get(at..).unwrap_or_default();
        let unit = next(rest, packet.can_desegment);
        let len = match unit {
            Unit::Incomplete(need) => {
                out.consumed = at;
                out.need = need;
                out.units += 1;
                return;
            }
            Unit::Line(len) | Unit::Frame(len) | Unit::Continuation(len) => len,
            Unit::Ack => ACK.len(),
        };
        out.units += 1;
        let base = out.tree.rebase(at);
        show(session, packet, rest.get(..len).unwrap_or_default(), unit, out, promise);
        out.tree.rebase(base);
        at += len.max(1);
    }
    out.consumed = data.len();
    out.need = Need::Nothing;
}

fn show(session: &Session, packet: &Packet, unit: &[u8], what: Unit, out: &mut Dissection, promise: Option<&Promise>) {
    if !packet.want_info && !out.tree.wanted() {
        return;
    }
    let label = label(unit, what);
    if packet.want_info && out.info.len() < crate::output::MAX_INFO {
        if !out.info.is_empty() {
            out.info.push_str("; ");
        }
        out.info.push_str(&label);
    }
    let all = Span::new(0, unit.len());
    let tree = &mut out.tree;
    tree.protocol(Proto::MsnCam, all, &label);
    match what {
        Unit::Line(_) => show_line(unit, tree),
        Unit::Frame(_) => show_frame(unit, tree),
        Unit::Ack => {
            tree.number(f::CAM_ACK, all, u64::from(u32_at(unit, 0).unwrap_or(0)));
        }
        Unit::Continuation(_) | Unit::Incomplete(_) => {
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
}

/// Recipient and session that the first line of the connecting end names.
fn numbers(data: &[u8]) -> Option<(u32, u32)> {
    let line = data.strip_prefix(b"recipientid=")?;
    let line = std::str::from_utf8(line.get(..line.len().min(64))?.split(|&byte| byte == b'\r').next()?).ok()?;
    let (recipient, session) = line.split_once("&sessionid=")?;
    Some((recipient.parse().ok()?, session.parse().ok()?))
}

fn label(unit: &[u8], what: Unit) -> String {
    let mut label = String::new();
    match what {
        Unit::Line(len) => {
            let line = unit.get(..len.saturating_sub(4)).unwrap_or_default();
            text::push_line(&mut label, &text::utf8(line).text, 120);
        }
        Unit::Frame(_) if unit.get(1) == Some(&1) => label.push_str("Paused"),
        Unit::Frame(_) => {
            let kind = match u32_at(unit, HEADER + 12) {
                Some(0) => "Key frame",
                _ => "Frame",
            };
            label = format!("{kind}, {}x{}, {} bytes", u16_at(unit, 2), u16_at(unit, 4), u32_at(unit, 8).unwrap_or(0));
        }
        Unit::Ack => label.push_str("Frame acknowledgement"),
        Unit::Continuation(_) | Unit::Incomplete(_) => label.push_str("Continuation"),
    }
    label
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    match bytes.get(at..) {
        Some([low, high, ..]) => u16::from_le_bytes([*low, *high]),
        _ => 0,
    }
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

fn show_line(unit: &[u8], tree: &mut Tree) {
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

fn show_frame(unit: &[u8], tree: &mut Tree) {
    let size = u32_at(unit, 8).unwrap_or(0);
    let at = |start: usize, len: usize| Span::new(start, start + len);
    let frame = tree.bytes(f::CAM_FRAME, Span::new(0, HEADER.min(unit.len())));
    tree.open(frame);
    tree.number(f::CAM_HEADER_LENGTH, at(0, 1), unit.first().copied().unwrap_or(0).into());
    tree.number(f::CAM_PAUSED, at(1, 1), unit.get(1).copied().unwrap_or(0).into());
    tree.number(f::CAM_WIDTH, at(2, 2), u16_at(unit, 2).into());
    tree.number(f::CAM_HEIGHT, at(4, 2), u16_at(unit, 4).into());
    tree.bits(f::CAM_FLAGS, at(6, 2), u16_at(unit, 6).into());
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
    tree.number(f::CAM_MIMIC_VERSION, at(start, 2), u16_at(unit, start).into());
    tree.number(f::CAM_MIMIC_QUALITY, at(start + 2, 2), u16_at(unit, start + 2).into());
    tree.number(f::CAM_MIMIC_WIDTH, at(start + 4, 2), u16_at(unit, start + 4).into());
    tree.number(f::CAM_MIMIC_HEIGHT, at(start + 6, 2), u16_at(unit, start + 6).into());
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 320x240 key frame, five bytes (fact base: msnftp 6).
    const FRAME: &[u8] = b"\x18\0\x40\x01\xf0\0\x01\0\x18\0\0\0ML20\x7b\0\0\0\xa0\x86\x01\0\
        \0\x01\x94\x11\x40\x01\xf0\0\0\0\0\0\0\0\0\0\x1c\0\0\0abcd";

    fn run(data: &[u8], can_desegment: bool) -> Dissection {
        let mut out = Dissection::default();
        out.reset(true);
        stream(&mut Session::default(), &Packet { can_desegment, ..Packet::example() }, data, &mut out);
        out
    }

    #[test]
    fn handshake_and_frames_are_shown() {
        let out = run(&[b"recipientid=193&sessionid=9347\r\n\r\nconnected\r\n\r\n", FRAME, ACK].concat(), true);
        assert_eq!(out.tree.text_of(f::CAM_RECIPIENT_ID), Some("193"));
        assert_eq!(out.tree.text_of(f::CAM_SESSION_ID), Some("9347"));
        assert_eq!(out.tree.number_of(f::CAM_WIDTH), Some(320));
        assert_eq!(out.tree.number_of(f::CAM_MIMIC_QUALITY), Some(4500));
        assert_eq!(out.tree.number_of(f::CAM_MIMIC_TYPE), Some(0));
        assert_eq!(out.tree.number_of(f::CAM_ACK), Some(1234));
        assert_eq!((out.units, out.need), (4, Need::Nothing));
        assert!(out.info.ends_with("connected; Key frame, 320x240, 24 bytes; Frame acknowledgement"), "{}", out.info);
    }

    #[test]
    fn reflector_lines_are_shown() {
        let out = run(b"PROD 42 TSP/1.0\r\n\r\nTSP/1.0 200 OK\r\n\r\nCONNECTED\r\n\r\n", true);
        assert_eq!(out.tree.text_of(f::CAM_TUNNEL_ID), Some("42"));
        assert_eq!(out.tree.number_of(f::CAM_STATUS), Some(200));
        assert_eq!(out.units, 3);
    }

    #[test]
    fn frames_that_are_cut_are_waited_for_or_shown() {
        assert_eq!(run(&FRAME[..30], true).need, Need::Bytes(18));
        assert_eq!(run(&FRAME[..18], true).need, Need::Bytes(6));
        assert_eq!(run(&FRAME[..5], true).need, Need::Segment);
        assert!(run(&FRAME[..30], false).tree.has_expert(f::CAM_CUT));
        let late = run(&[&FRAME[20..], FRAME].concat(), true);
        assert!(late.tree.has_expert(f::CAM_CONTINUED) && late.tree.number_of(f::CAM_WIDTH) == Some(320));
    }

    #[test]
    fn beginnings_are_recognised_on_any_port() {
        for data in
            [&b"recipientid=1&sessionid=2\r\n\r\n"[..], FRAME, b"VIEW 7 TSP/1.0\r\n\r\n", b"TSP/1.0 200 OK\r\n\r\n"]
        {
            assert!(heuristic(data));
        }
        for data in [&b"connected\r\n\r\n"[..], b"PROD x\r\n", b"AMSNPING1\r\n", b""] {
            assert!(!heuristic(data));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_dealt_with(data in proptest::collection::vec(any::<u8>(), 0..200), can_desegment: bool, front in 0usize..40) {
            let data = [FRAME.get(..front).unwrap_or_default(), &data].concat();
            let out = run(&data, can_desegment);
            prop_assert!(out.consumed <= data.len());
            prop_assert!(out.need != Need::Nothing || out.consumed == data.len());
            prop_assert!(out.need == Need::Nothing || can_desegment);
        }
    }
}
