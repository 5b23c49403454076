// SPDX-License-Identifier: GPL-2.0-or-later
//! What a whole message is: a session description, the announcement of data, a control item, a drawing, or an object
//! (fact base: p2p 8).

use super::cam;
use crate::{
    dissect::{
        slp, transfer,
        walk::{Learn, Show, Walk, guess},
    },
    fields::p2p as f,
    item::{Handoff, Tree},
    output::Dissection,
    p2p::{
        control::{self, Control},
        v1,
    },
    packet::Packet,
    session::{
        FrameId, NameId, Record, Session,
        connection::ConnId,
        names::Names,
        notes::NoteKey,
        p2p::flow::{Flow, Route},
        transfers::{Transfer, TransferId, TransferKind, Transfers},
    },
    slp::{context, message as form},
    text, view,
    wire::Span,
};

/// What the header says of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct What {
    /// Session, 0 = negotiation.
    pub session_id: u32,
    /// It is marked as data of an object or file.
    pub object: bool,
    /// It is marked as data of a file.
    pub file: bool,
}

/// What is known of a whole message beside its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole {
    /// Where its notes are.
    pub key: NoteKey,
    /// What the header says of it.
    pub what: What,
    /// What its session transfers.
    pub transfer: Option<TransferId>,
    /// The same was seen before on this leg: nothing new can be learnt.
    pub repeated: bool,
}

/// The session in which drawings are sent without an invitation.
pub(super) const INK_SESSION: u32 = 64;

/// Four zero bytes in a session announce its data.
pub(super) fn is_preparation(data: &[u8], what: &What) -> bool {
    data == [0; 4] && what.session_id != 0 && !what.object
}

/// What a message is.
enum Message {
    /// A session description.
    Description(slp::Message),
    /// A negotiation in words that are not known.
    Strange,
    /// The announcement of data.
    Preparation,
    /// A control item, and its text.
    Item(Control, String),
    /// A drawing.
    Drawing(Ink),
    /// Data of an object, of a file, or of something that is not known.
    Data,
}

/// Sessions of these kinds carry bytes and no control items.
fn is_bytes(kind: TransferKind) -> bool {
    matches!(
        kind,
        TransferKind::File
            | TransferKind::DisplayPicture
            | TransferKind::DynamicPicture
            | TransferKind::Emoticon
            | TransferKind::Wink
            | TransferKind::Background
            | TransferKind::VoiceClip
    )
}

impl Message {
    /// Takes a whole message apart.
    fn parse(data: &[u8], whole: &Whole, transfers: &Transfers) -> Self {
        let what = &whole.what;
        if what.session_id == 0 {
            return match form::starts(data) {
                true => Message::Description(slp::Message::parse(data)),
                false => Message::Strange,
            };
        }
        if is_preparation(data, what) {
            return Message::Preparation;
        }
        let kind = whole.transfer.and_then(|id| transfers.get(id)).map_or(TransferKind::Unknown, |one| one.kind);
        let item = if is_bytes(kind) { None } else { control::parse(data) };
        if let Some(item) = item {
            let (text, _) = context::utf16(data, item.text);
            return Message::Item(item, text::utf8(text.as_bytes()).text.into_owned());
        }
        let ink = if what.session_id == INK_SESSION { ink(data) } else { None };
        ink.map_or(Message::Data, Message::Drawing)
    }
}

/// Learns what a whole message teaches.
pub(super) fn learn(learn: &mut Learn<'_>, data: &[u8], route: &Route, whole: &Whole) {
    match Message::parse(data, whole, &learn.session.transfers) {
        Message::Description(message) => slp::learn(learn, data, &message, route, whole.key, whole.repeated),
        Message::Item(_, text) if !whole.repeated => cam::learn(learn, &text, route.flow, whole.key),
        _ => {}
    }
}

/// How a message came that is shown: as one packet, or put together from pieces of this flow.
pub(super) type Joined = Option<Flow>;

/// Shows a whole message. `repeats` is the frame in which the same was whole before, on any leg.
pub(super) fn show(show: &mut Show<'_>, data: &[u8], whole: &Whole, repeats: Option<FrameId>, joined: Joined) {
    let span = Span::new(0, data.len());
    let brackets = joined.is_some();
    match Message::parse(data, whole, &show.session.transfers) {
        Message::Description(message) => slp::show(show, data, &message, whole.key, brackets),
        Message::Strange => {
            say(show, "unknown message", brackets);
            show.out.tree.bytes(f::DATA, span);
        }
        Message::Preparation => {
            say(show, "data preparation", brackets);
            show.out.tree.bytes(f::PREPARATION, span);
        }
        Message::Item(item, text) => {
            say(show, &text, brackets);
            control_item(show, data, &item, &text, whole.key);
        }
        Message::Drawing(ink) => {
            let made = Transfer { kind: TransferKind::Ink, ..transfer_of(show, whole, repeats, joined) };
            say(show, &describe(&made, &show.session.names), brackets);
            drawing(show, data, &ink, &made);
        }
        Message::Data => {
            let made = transfer_of(show, whole, repeats, joined);
            say(show, &describe(&made, &show.session.names), brackets);
            show.out.tree.bytes(f::DATA, span);
            transfer::completed(show, &made, span, data);
        }
    }
}

/// Keys of notes about joined messages, apart from those about packets, which are counted from 0.
const JOINED: u32 = 0x8000_0000;

/// Learns from and shows a message that was put together from the pieces `id`.
pub(crate) fn message(session: &mut Session, packet: &Packet, id: u32, data: &[u8], out: &mut Dissection) {
    let Some(facts) = session.p2p.messages.facts(id).copied() else {
        out.tree.bytes(f::DATA, Span::new(0, data.len()));
        return;
    };
    let record = Record { frame: packet.frame, unit: packet.unit, conn: ConnId(facts.key.leg.0), ..guess(packet) };
    let mut walk = Walk { session, packet, data, record, out };
    let (object, file) = match facts.key.version {
        1 => (facts.flags & (v1::DATA | v1::FILE) != 0, facts.flags & v1::FILE != 0),
        _ => (facts.flags & 0x06 != 0, facts.flags & 0x06 == 0x06),
    };
    let what = What { session_id: facts.key.session_id, object, file };
    let key = (packet.frame, packet.unit, JOINED | id);
    let whole = Whole { key, what, transfer: facts.transfer, repeated: false };
    if packet.first_pass {
        let route = Route { leg: facts.key.leg, flow: facts.key.flow, direct: false };
        learn(&mut walk.learning(), data, &route, &whole);
    }
    show(&mut walk.showing(), data, &whole, facts.relayed, Some(facts.key.flow));
}

/// Adds to the Info column; what was put together stands in brackets behind its last piece.
fn say(show: &mut Show<'_>, text: &str, joined: bool) {
    if show.packet.want_info {
        let info = &mut show.out.info;
        info.push_str(if joined { " [" } else { " " });
        text::push_line(info, text, 120);
        if joined {
            info.push(']');
        }
    }
}

/// The transfer that a message completes.
fn transfer_of(show: &Show<'_>, whole: &Whole, repeats: Option<FrameId>, joined: Joined) -> Transfer {
    let known = whole.transfer.and_then(|id| show.session.transfers.get(id)).cloned();
    // Of a single packet the parties are known on the first pass only.
    let mut transfer = known.unwrap_or_else(|| unannounced(&whole.what, joined.unwrap_or_default()));
    transfer.repeats = repeats;
    transfer
}

/// A transfer whose invitation was not seen.
pub(super) fn unannounced(what: &What, flow: Flow) -> Transfer {
    let kind = match (what.session_id, what.file, what.object) {
        (INK_SESSION, ..) => TransferKind::Ink,
        (_, true, _) => TransferKind::File,
        (_, false, true) => TransferKind::Object,
        _ => TransferKind::Unknown,
    };
    Transfer {
        kind,
        sender: flow.sender.account(),
        receiver: flow.receiver.account(),
        session_id: what.session_id,
        ..Transfer::default()
    }
}

/// A transfer in one line.
pub(super) fn describe(transfer: &Transfer, names: &Names) -> String {
    let mut text = transfer.kind.name().to_owned();
    if !transfer.name.is_empty() {
        text.push_str(&format!(" \"{}\"", transfer.name));
    }
    if let Some(size) = transfer.size {
        text.push_str(&format!(", {size} bytes"));
    }
    let name = |id: NameId| if id.is_none() { "?" } else { names.get(id) };
    if !(transfer.sender.is_none() && transfer.receiver.is_none()) {
        text.push_str(&format!(", from {} to {}", name(transfer.sender), name(transfer.receiver)));
    }
    text
}

/// Shows a control item. Producer and viewer of a webcam describe themselves in XML.
fn control_item(show: &mut Show<'_>, data: &[u8], item: &Control, text: &str, key: NoteKey) {
    let tree = &mut show.out.tree;
    if !tree.wanted() {
        return;
    }
    tree.bytes(f::CONTROL_MARK, Span::new(0, 4));
    tree.number(f::CONTROL_TYPE, Span::new(4, 6), u64::from(item.kind));
    tree.number(f::CONTROL_LENGTH, Span::new(6, 10), u64::from(item.length));
    tree.text(f::CONTROL, Span::new(item.text.start, data.len()), text);
    if text.trim_start().starts_with('<') {
        let mark = tree.enter_source(text.as_bytes(), "Control item");
        tree.handoff(Span::new(0, text.len()), Handoff::Name, "xml");
        tree.leave_source(mark);
    }
    cam::show(show, key);
}

/// A drawing: header, and picture as base64.
struct Ink {
    header: Span,
    text: Span,
}

fn ink(data: &[u8]) -> Option<Ink> {
    const START: &[u8] = b"C\0o\0n\0t\0e\0n\0t\0-\0T\0";
    if !data.starts_with(START) {
        return None;
    }
    // The header ends in a NUL of two bytes, then comes `base64:`.
    let end = data.chunks_exact(2).position(|unit| unit == [0, 0])? * 2;
    Some(Ink { header: Span::new(0, end + 2), text: Span::new(end + 2, data.len()) })
}

fn drawing(show: &mut Show<'_>, data: &[u8], ink: &Ink, made: &Transfer) {
    if !show.out.tree.wanted() && !show.packet.want_objects {
        return;
    }
    let header = text::utf8(context::utf16(data, ink.header).0.as_bytes()).text.into_owned();
    let body = text::utf8(context::utf16(data, ink.text).0.as_bytes()).text.into_owned();
    show_ink(&mut show.out.tree, ink, &header, &body);
    if let Some(picture) = view::base64(body.strip_prefix("base64:").unwrap_or(&body).as_bytes()) {
        let mark = show.out.tree.enter_source(&picture, "Ink");
        transfer::completed(show, made, Span::new(0, picture.len()), &picture);
        show.out.tree.leave_source(mark);
    }
}

fn show_ink(tree: &mut Tree, ink: &Ink, header: &str, body: &str) {
    tree.text(f::INK_HEADER, ink.header, header.trim_end());
    tree.text(f::INK, ink.text, body);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn drawings_are_taken_apart() {
        let mut data = utf16("Content-Type: image/gif\r\n\r\n\0base64:R0lG");
        let found = ink(&data).unwrap();
        assert_eq!(context::utf16(&data, found.text).0, "base64:R0lG");
        assert_eq!(found.header, Span::new(0, 56));
        data[0] = b'c';
        assert!(ink(&data).is_none());
        assert!(ink(&utf16("Content-Type")).is_none());
    }

    #[test]
    fn four_zeros_announce_data_but_are_not_always_an_announcement() {
        let what = What { session_id: 7, object: false, file: false };
        assert!(is_preparation(&[0; 4], &what));
        assert!(!is_preparation(&[0; 4], &What { object: true, ..what }));
        assert!(!is_preparation(&[0; 4], &What { session_id: 0, ..what }));
        assert!(!is_preparation(&[0; 5], &what));
    }

    #[test]
    fn transfers_are_described_in_one_line() {
        let mut names = Names::default();
        let alice = names.keep("alice@example.com");
        let transfer = Transfer {
            kind: TransferKind::File,
            name: "a.txt".into(),
            size: Some(3),
            sender: alice,
            ..Transfer::default()
        };
        assert_eq!(describe(&transfer, &names), "file \"a.txt\", 3 bytes, from alice@example.com to ?");
        assert_eq!(describe(&Transfer::default(), &names), "unknown transfer");
    }
}
