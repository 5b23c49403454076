// SPDX-License-Identifier: GPL-2.0-or-later
//! Walks a direct connection (fact base: direct): greeting, nonces, then peer-to-peer packets behind their lengths.

pub use super::direct_frame::heuristic;
use super::{
    channel,
    direct_frame::{self, Frame, HEADER_V1, MAX_PACKET},
    p2p_body::{self, Carrier},
};
use crate::{
    command::Dir,
    dissect::walk::{Walk, frame_link, guess},
    fields::{Proto, expert, ftp as f, link as links, p2p},
    item::Tree,
    output::Dissection,
    packet::{Need, Packet},
    session::{
        FrameId, Record, Session, What,
        direct::{DirectLink, DirectNote, DirectWhat, NonceStatus},
        frames::Frames,
        p2p::expected::{Expected, hash_nonce, text_order},
    },
    values::objects::{BAD, GOOD, UNVERIFIED},
    wire::Span,
};

/// Dissects the bytes of a segment, or of a packet put together from several. Bytes with which no direct connection
/// begins are left alone (no units).
pub fn stream(session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
    let packet = &session.enter(packet);
    let mut at = 0;
    while at < data.len() {
        let unit = packet.unit + out.units;
        let rest = data.get(at..).unwrap_or_default();
        let (note, len, need) = if packet.first_pass {
            let Some(found) = learn(session, packet, rest, at, unit) else { return };
            found
        } else {
            // Without a note the first pass left the bytes alone.
            let Some(&note) = session.direct.notes.get((packet.frame, unit, 0)) else { return };
            let (len, need) = again(&note, rest, packet.can_desegment);
            (note, len, need)
        };
        out.units += 1;
        if note.what == DirectWhat::Incomplete {
            out.consumed = at;
            out.need = need;
            return;
        }
        show(session, packet, data, &note, Span::new(at, at + len), unit, out);
        at += len.max(1);
    }
    out.consumed = data.len();
    out.need = Need::Nothing;
}

/// How many bytes are of the same unit as on the first pass.
fn again(note: &DirectNote, rest: &[u8], can_desegment: bool) -> (usize, Need) {
    let (_, len, need) = measure(direct_frame::next(rest, true, can_desegment));
    let len = match note.what {
        DirectWhat::Continuation(bytes) => (bytes as usize).min(rest.len()),
        DirectWhat::BareGreeting => 4.min(rest.len()),
        _ => len,
    };
    (len, need)
}

fn measure(frame: Frame) -> (DirectWhat, usize, Need) {
    match frame {
        Frame::Greeting => (DirectWhat::Greeting, direct_frame::GREETING.len(), Need::Nothing),
        Frame::BareGreeting => (DirectWhat::BareGreeting, 4, Need::Nothing),
        Frame::KeepAlive => (DirectWhat::KeepAlive, 4, Need::Nothing),
        Frame::Packet(span) => (DirectWhat::Packet, span.end, Need::Nothing),
        Frame::Continuation(len) => (DirectWhat::Continuation(len as u32), len, Need::Nothing),
        Frame::Incomplete(need) => (DirectWhat::Incomplete, 0, need),
    }
}

/// Tells what stands here and learns from it; nothing if no direct connection begins so.
fn learn(
    session: &mut Session,
    packet: &Packet,
    rest: &[u8],
    at: usize,
    unit: u32,
) -> Option<(DirectNote, usize, Need)> {
    let mut link = session.direct.links.get(&packet.connection).copied().unwrap_or_default();
    if !link.started {
        find_promise(session, packet, &mut link);
    }
    let end = end_of(packet, &link);
    let sequence = packet.sequence.map(|sequence| sequence.wrapping_add(at as u32));
    let expected = link.next_sequence.get(usize::from(end)).copied().flatten();
    let in_order = sequence.is_none() || expected.is_none() || sequence == expected;
    // The first bytes of an end are in order; so is what follows a packet in the same segment.
    let synced = at > 0 || (in_order && (link.started || (link.expected.is_some() && likely(rest))));
    let frame = direct_frame::next(rest, synced, packet.can_desegment);
    let (mut what, len, need) = measure(frame);
    if !link.started && matches!(what, DirectWhat::Continuation(_) | DirectWhat::KeepAlive) {
        return None;
    }
    link.started = true;
    if link.began.is_none() && what != DirectWhat::Incomplete {
        link.began = packet.frame;
    }
    match what {
        DirectWhat::Greeting | DirectWhat::BareGreeting => link.connector = Some(packet.source),
        DirectWhat::Packet => {
            let bytes = rest.get(4..len).unwrap_or_default();
            if let Some(status) = handshake(session, packet, bytes, &mut link) {
                what = DirectWhat::Handshake(status);
            }
        }
        _ => {}
    }
    let end = end_of(packet, &link);
    if let (Some(slot), Some(sequence)) = (link.next_sequence.get_mut(usize::from(end)), sequence) {
        *slot = Some(sequence.wrapping_add(len as u32));
    }
    let (mut sender, mut receiver) = Default::default();
    if let Some(promise) = link.expected.and_then(|number| session.p2p.expected.get(number)) {
        (sender, receiver) = match end {
            0 => (promise.connector, promise.listener),
            _ => (promise.listener, promise.connector),
        };
    }
    if !link.began.is_none() && link.told != link.expected {
        link.told = link.expected;
        opened(session, link.began, link.expected);
    }
    let note = DirectNote { what, version: link.version, end, sender, receiver, expected: link.expected };
    session.direct.links.insert(packet.connection, link);
    session.direct.notes.keep((packet.frame, unit, 0), note);
    let conn = session.connections.of(packet.connection).id;
    session.records.push(Record { unit, conn, what: What::Command, frame: packet.frame, ..guess(packet) });
    Some((note, len, need))
}

/// Tells the descriptions that led here where the connection begins.
fn opened(session: &mut Session, frame: FrameId, expected: Option<u32>) {
    let p2p = &mut session.p2p;
    let Some(promise) = expected.and_then(|number| p2p.expected.get(number)) else { return };
    for &key in p2p.expected.descriptions(&promise.call_id) {
        if let Some(note) = p2p.slp_notes.get_mut(key).filter(|note| note.opened.is_none()) {
            note.opened = frame;
        }
    }
}

/// Whether a first packet can be one, going by its lengths alone.
fn likely(rest: &[u8]) -> bool {
    match direct_frame::u32_at(rest, 0) {
        Some(len) => matches!(len as usize, 4 | 16 | HEADER_V1..=MAX_PACKET) || direct_frame::v2_len(rest).is_some(),
        None => direct_frame::GREETING.starts_with(rest),
    }
}

/// The end that sent the packet: 0 = the one that connected.
fn end_of(packet: &Packet, link: &DirectLink) -> u8 {
    match link.connector {
        Some(connector) => u8::from(connector != packet.source),
        // Listeners have the lower port, as a rule.
        None => u8::from(packet.source.port < packet.destination.port),
    }
}

/// The promise that named one end of the connection.
fn find_promise(session: &Session, packet: &Packet, link: &mut DirectLink) {
    for (listener, connector) in [(packet.destination, packet.source), (packet.source, packet.destination)] {
        if let Some(number) = session.p2p.expected.at(channel::ip(&listener), listener.port) {
            link.expected = Some(number);
            link.connector = Some(connector);
            return;
        }
    }
}

/// The nonce of a packet that may carry one, and the header version that it stands for.
fn nonce_of(bytes: &[u8]) -> Option<([u8; 16], u8)> {
    match bytes.len() {
        HEADER_V1 => Some((bytes.get(32..)?.try_into().ok()?, 1)),
        16 => Some((bytes.try_into().ok()?, 2)),
        _ => None,
    }
}

/// Checks a nonce against the negotiation (fact base: direct 5); nothing if the packet carries none.
fn handshake(session: &Session, packet: &Packet, bytes: &[u8], link: &mut DirectLink) -> Option<NonceStatus> {
    let end = usize::from(end_of(packet, link));
    let shook = link.shook.get_mut(end)?;
    let (nonce, version) = nonce_of(bytes)?;
    if *shook || (version == 1 && !is_nonce_v1(bytes)) {
        return None;
    }
    let found = session.p2p.expected.nonce(&nonce);
    // Sixteen bytes may be a short packet of version 2 as well, unless the handshake is under way.
    if version == 2 && found.is_none() && link.version == 0 && link.connector.is_none() {
        return None;
    }
    *shook = true;
    link.version = version;
    let promise = link.expected.and_then(|number| session.p2p.expected.get(number));
    Some(match found {
        Some(found) => {
            // The nonce tells more than an address does, which a NAT may have changed, or which several calls may
            // share. In hashed mode the connecting side's nonce leads to its own description, which names no address.
            let call = session.p2p.expected.get(found.expected).map(|found| &found.call_id);
            if promise.is_none_or(|promise| promise.nonce.is_none() || Some(&promise.call_id) != call) {
                link.expected = Some(found.expected);
            }
            if found.hashed { NonceStatus::GoodHash } else { NonceStatus::Good }
        }
        None => match promise.is_some_and(|promise| session.p2p.expected.gave_nonce(promise, end == 1)) {
            true => NonceStatus::Bad,
            false => NonceStatus::Unverified,
        },
    })
}

fn is_nonce_v1(bytes: &[u8]) -> bool {
    direct_frame::u32_at(bytes, 28) == Some(0x100)
}

fn show(
    session: &mut Session,
    packet: &Packet,
    data: &[u8],
    note: &DirectNote,
    span: Span,
    unit: u32,
    out: &mut Dissection,
) {
    let label = match note.what {
        DirectWhat::Greeting | DirectWhat::BareGreeting => "Direct connection, greeting",
        DirectWhat::KeepAlive => "Direct connection, keep-alive",
        DirectWhat::Handshake(_) => "Direct connection, nonce",
        DirectWhat::Continuation(_) => "Direct connection, continuation",
        _ => "Direct connection",
    };
    if packet.want_info && out.info.len() < crate::output::MAX_INFO {
        if !out.info.is_empty() {
            out.info.push_str("; ");
        }
        out.info.push_str(label);
    }
    out.tree.protocol(Proto::MsnP2p, span, label);
    let length = Span::new(span.start, (span.start + 4).min(span.end));
    let payload = Span::new(length.end, span.end);
    match note.what {
        DirectWhat::Greeting => {
            out.tree.number(f::DIRECT_LENGTH, length, 4);
            out.tree.text(f::DIRECT_FOO, payload, "foo");
        }
        DirectWhat::BareGreeting => {
            out.tree.text(f::DIRECT_FOO, span, "foo");
        }
        DirectWhat::KeepAlive => {
            out.tree.number(f::DIRECT_LENGTH, length, 0);
            out.tree.bytes(f::DIRECT_KEEP_ALIVE, length);
        }
        DirectWhat::Handshake(_) | DirectWhat::Packet => {
            let announced = direct_frame::u32_at(data, span.start).unwrap_or(0);
            out.tree.number(f::DIRECT_LENGTH, length, u64::from(announced));
            let missing = payload.len() < announced as usize;
            if note.version != 2 || note.what == DirectWhat::Packet {
                out.tree.set_cut(missing);
                inner(session, packet, data, note, payload, unit, out);
                out.tree.set_cut(false);
            }
            if missing {
                let cut = packet.reported_len > data.len();
                out.tree.expert(if cut { expert::CAPTURE_CUT } else { expert::PAYLOAD_CUT });
            }
            if let DirectWhat::Handshake(status) = note.what {
                nonce(payload, payload.of(data), status, &mut out.tree);
            }
        }
        DirectWhat::Continuation(_) | DirectWhat::Incomplete => {
            out.tree.bytes(f::DIRECT_CONTINUATION, span);
            out.tree.expert(f::DIRECT_CONTINUED);
        }
    }
    if let Some(promise) = note.expected.and_then(|number| session.p2p.expected.get(number)) {
        origin(promise, &session.frames, &mut out.tree);
    }
    out.tree.close();
}

/// The packet itself.
fn inner(
    session: &mut Session,
    packet: &Packet,
    data: &[u8],
    note: &DirectNote,
    payload: Span,
    unit: u32,
    out: &mut Dissection,
) {
    let known = session.records.get(packet.frame, unit).copied();
    let dir = if note.end == 0 { Dir::ToServer } else { Dir::ToClient };
    let record = Record { dir, ..known.unwrap_or(Record { unit, frame: packet.frame, ..guess(packet) }) };
    let mut walk = Walk { session, packet, data, record, out };
    let carrier =
        Carrier { version: note.version, sender: note.sender, receiver: note.receiver, end: note.end, cut: false };
    p2p_body::walk_packet(&mut walk, payload, carrier);
}

fn nonce(payload: Span, bytes: &[u8], status: NonceStatus, tree: &mut Tree) {
    let Some((wire, version)) = nonce_of(bytes).filter(|_| tree.wanted()) else { return };
    let place = Span::new(payload.end - wire.len(), payload.end);
    if version == 2 {
        tree.raw(p2p::NONCE, place, &text_order(&wire));
    }
    let hashed = tree.raw(f::DIRECT_HASHED, place, &hash_nonce(&wire));
    tree.generated(hashed);
    let (checked, how) = match status {
        NonceStatus::Good => (GOOD, Some("the negotiation carried it")),
        NonceStatus::GoodHash => (GOOD, Some("the negotiation carried its hash")),
        NonceStatus::Bad => (BAD, None),
        NonceStatus::Unverified => (UNVERIFIED, None),
    };
    let shown = tree.number(f::DIRECT_NONCE_STATUS, place, checked);
    tree.generated(shown);
    if let Some(how) = how {
        tree.note(shown, how);
    }
    if status == NonceStatus::Bad {
        tree.expert(f::NONCE_MISMATCH);
    }
}

/// The negotiation that led here.
fn origin(promise: &Expected, frames: &Frames, tree: &mut Tree) {
    let none = Span::default();
    frame_link(tree, frames, links::ANNOUNCED_IN, promise.frame);
    let call = tree.wire(f::DIRECT_CALL_ID, none, promise.call_id.as_bytes());
    tree.generated(call);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fields::expert, session::Session};

    /// A packet of 8 bytes of data of which `there` are there; the capture cut the rest, or a later segment has it.
    fn shown(there: usize, cut: bool) -> Dissection {
        let mut bytes = direct_frame::GREETING.to_vec();
        let mut packet = vec![0; HEADER_V1];
        for (at, byte) in [(0, 1), (4, 9), (16, 8), (24, 8), (28, 0x20)] {
            packet[at] = byte;
        }
        packet.extend(b"12345678");
        bytes.extend((packet.len() as u32).to_le_bytes());
        bytes.extend(&packet[..HEADER_V1 + there]);
        let reported_len = bytes.len() + if cut { 8 - there } else { 0 };
        let packet = Packet { can_desegment: false, reported_len, ..Packet::example() };
        let mut out = Dissection::default();
        out.reset(true);
        stream(&mut Session::default(), &packet, &bytes, &mut out);
        out
    }

    #[test]
    fn a_packet_that_was_cut_does_not_lie_about_its_length() {
        let experts = |out: Dissection| {
            [expert::CAPTURE_CUT, expert::PAYLOAD_CUT, p2p::LENGTH_LIES].map(|expert| out.tree.has_expert(expert))
        };
        assert_eq!(experts(shown(8, false)), [false, false, false]);
        assert_eq!(experts(shown(5, true)), [true, false, false]);
        assert_eq!(experts(shown(5, false)), [false, true, false]);
    }
}
