// SPDX-License-Identifier: GPL-2.0-or-later
//! Where lines and pictures of a webcam connection begin and end (fact base: msnftp 6). In: bytes. Out: a handshake line,
//! a picture behind its header, or an acknowledgement.

use crate::{
    dissect::framer::{Framer, Step},
    packet::Need,
    wire::u32_at,
};

/// Bytes of a frame header.
pub(super) const HEADER: usize = 24;

/// Name of the codec, and where it stands in the frame header.
const CODEC: &[u8] = b"ML20";
pub(super) const CODEC_AT: usize = 12;

/// Largest picture waited for.
const MAX_FRAME: usize = 1 << 20;

/// Longest handshake line waited for.
const MAX_LINE: usize = 1024;

/// A viewer's acknowledgement, 1234 LE.
pub(super) const ACK: &[u8] = &[0xd2, 4, 0, 0];

/// How the lines of the handshake begin; all end in an empty line.
static LINES: &[&[u8]] = &[b"recipientid=", b"connected\r", b"CONNECTED\r", b"PROD ", b"VIEW ", b"TSP/1.0 "];

/// What a webcam connection carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pdu {
    /// A line of the handshake, with the empty one behind it.
    Line,
    /// A picture; what is there of it.
    Picture,
    /// A viewer's acknowledgement.
    Ack,
}

/// Finds lines and pictures.
#[derive(Debug, Default)]
pub struct CamFramer;

impl Framer for CamFramer {
    type Context = ();
    type Pdu<'a> = Pdu;

    fn next<'a>(&'a mut self, bytes: &'a [u8], _known: &(), more: bool) -> Step<Pdu> {
        next(bytes, more)
    }
}

fn next(data: &[u8], more: bool) -> Step<Pdu> {
    if let Some(step) = line(data, more) {
        return step;
    }
    if data.starts_with(ACK) {
        return Step::Unit(Pdu::Ack, ACK.len());
    }
    if let Some(size) = picture_size(data) {
        let all = HEADER + size;
        return match more && all > data.len() {
            true => Step::Partial(Need::Bytes(all - data.len())),
            false => Step::Unit(Pdu::Picture, all.min(data.len())),
        };
    }
    // Not for the rest of the header alone: then TCP would ask twice in the next frame.
    let codec = data.get(CODEC_AT..).map(|rest| rest.get(..CODEC.len()).unwrap_or_default());
    let may_begin = match codec {
        Some(codec) if !codec.is_empty() => codec == CODEC,
        _ => data.first() == Some(&(HEADER as u8)),
    };
    if more && data.len() < HEADER && may_begin {
        return Step::Partial(Need::Segment);
    }
    // A picture begins twelve bytes before the name of its codec.
    let found = memchr::memmem::find_iter(data, CODEC)
        .filter_map(|at| at.checked_sub(CODEC_AT))
        .find(|&at| at > 0 && data.get(at..).is_some_and(|rest| picture_size(rest).is_some()));
    Step::Noise(found.unwrap_or(data.len()))
}

fn line(data: &[u8], more: bool) -> Option<Step<Pdu>> {
    let complete = LINES.iter().any(|start| data.starts_with(start));
    let partial = !data.is_empty() && LINES.iter().any(|start| start.starts_with(data));
    let end = complete.then(|| memchr::memmem::find(data.get(..MAX_LINE).unwrap_or(data), b"\r\n\r\n")).flatten();
    match end {
        Some(end) => Some(Step::Unit(Pdu::Line, end + 4)),
        None if (complete || partial) && data.len() < MAX_LINE && more => Some(Step::Partial(Need::Segment)),
        None => None,
    }
}

/// Bytes of the picture behind a frame header.
fn picture_size(data: &[u8]) -> Option<usize> {
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
        || picture_size(data).is_some()
}
