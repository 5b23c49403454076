// SPDX-License-Identifier: GPL-2.0-or-later
//! What a whole message is: a session description, the announcement of data, a control item, a drawing, or an object
//! (fact base: p2p 8).

use super::cam;
use crate::{
    crypto::hex,
    dissect::{
        slp, transfer,
        walk::{Learn, Show},
    },
    fields::p2p as f,
    item::{Handoff, Tree},
    p2p::{
        Purpose,
        control::{self, Control},
    },
    session::{
        FrameId, NameId,
        assembly::MessageId,
        names::Names,
        notes::NoteKey,
        p2p::{
            flow::{Flow, Route},
            messages::Facts,
            packets::{PacketLinks, PacketNote},
        },
        transfers::{Transfer, TransferId, TransferKind, Transfers},
    },
    slp::{context, message as form},
    text, view,
    wire::Span,
};

/// What is known of a whole message beside its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole {
    /// Where its notes are.
    key: NoteKey,
    /// What the header says of it.
    purpose: Purpose,
    /// What its session transfers.
    transfer: Option<TransferId>,
    /// The same was seen before on this leg: nothing new can be learnt.
    repeated: bool,
    /// Frame in which the same was whole before, on any leg.
    before: FrameId,
    /// The message, if it was put together from pieces.
    joined: Option<MessageId>,
}

/// Keys of notes about joined messages, apart from those about packets, which are counted from 0.
const JOINED: u32 = 0x8000_0000;

impl Whole {
    /// A message that is one packet.
    pub fn single(key: NoteKey, purpose: Purpose, note: &PacketNote, links: &PacketLinks) -> Self {
        Whole {
            key,
            purpose,
            transfer: note.transfer,
            repeated: !links.repeats.is_none(),
            before: links.repeats.known().unwrap_or(links.relayed),
            joined: None,
        }
    }

    /// A message that the packet whose note is at `key` made whole.
    pub fn joined(key: NoteKey, message: MessageId, facts: &Facts) -> Self {
        Whole {
            key: (key.0, key.1, JOINED | message.number()),
            purpose: facts.purpose,
            transfer: facts.transfer,
            repeated: false,
            before: facts.relayed,
            joined: Some(message),
        }
    }
}

/// The session in which drawings are sent without an invitation.
pub(super) const INK_SESSION: u32 = 64;

/// Four zero bytes in a session announce its data.
pub(super) fn is_preparation(data: &[u8], purpose: Purpose) -> bool {
    data == [0; 4] && purpose.session_id != 0 && !purpose.object
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
        let purpose = whole.purpose;
        if purpose.session_id == 0 {
            return match form::starts(data) {
                true => Message::Description(slp::Message::parse(data)),
                false => Message::Strange,
            };
        }
        if is_preparation(data, purpose) {
            return Message::Preparation;
        }
        let kind = whole.transfer.and_then(|id| transfers.get(id)).map_or(TransferKind::Unknown, |one| one.kind);
        let item = if is_bytes(kind) { None } else { control::parse(data) };
        if let Some(item) = item {
            let (text, _) = context::utf16(data, item.text);
            return Message::Item(item, text::utf8(text.as_bytes()).text.into_owned());
        }
        let ink = if purpose.session_id == INK_SESSION { ink(data) } else { None };
        ink.map_or(Message::Data, Message::Drawing)
    }
}

/// Learns what a whole message teaches. Gives the transfer of data that began like an item and is none.
pub(super) fn learn(learn: &mut Learn<'_>, data: &[u8], route: &Route, whole: &Whole) -> Option<TransferId> {
    match Message::parse(data, whole, &learn.session.transfers) {
        Message::Description(message) => slp::learn(learn, data, &message, route, whole.key, whole.repeated),
        Message::Item(_, text) if !whole.repeated => cam::learn(learn, &text, route.flow, whole.key),
        Message::Data | Message::Drawing(_) if whole.transfer.is_none() && whole.joined.is_some() => {
            return learn.session.transfers.add(unannounced(whole.purpose, route.flow));
        }
        _ => {}
    }
    None
}

/// Shows a whole message.
pub(super) fn show(show: &mut Show<'_>, data: &[u8], whole: &Whole) {
    let span = Span::new(0, data.len());
    let joined = whole.joined.is_some();
    match Message::parse(data, whole, &show.session.transfers) {
        Message::Description(message) => slp::show(show, data, &message, whole.key, joined),
        Message::Strange => {
            say(show, "unknown message", joined);
            show.out.tree.bytes(f::DATA, span);
        }
        Message::Preparation => {
            say(show, "data preparation", joined);
            show.out.tree.bytes(f::PREPARATION, span);
        }
        Message::Item(item, text) => {
            say(show, &text, joined);
            control_item(show, data, &item, &text, whole.key);
        }
        Message::Drawing(ink) => {
            let made = Transfer { kind: TransferKind::Ink, ..transfer_of(show, whole) };
            say(show, &describe(&made, &show.session.names), joined);
            drawing(show, data, &ink, &made);
        }
        Message::Data => {
            let made = transfer_of(show, whole);
            say(show, &describe(&made, &show.session.names), joined);
            show.out.tree.bytes(f::DATA, span);
            if let Some(euf) = made.euf {
                show.out.tree.handoff(span, Handoff::EufGuid, &guid_text(&euf));
            }
            transfer::completed_in(show, &made, span, data, whole.joined);
        }
    }
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
fn transfer_of(show: &Show<'_>, whole: &Whole) -> Transfer {
    let known = whole.transfer.and_then(|id| show.session.transfers.get(id)).cloned();
    let mut transfer = known.unwrap_or_else(|| unannounced(whole.purpose, Flow::default()));
    transfer.repeats = whole.before.known();
    transfer
}

/// A transfer whose invitation was not seen.
pub(super) fn unannounced(purpose: Purpose, flow: Flow) -> Transfer {
    let kind = match (purpose.session_id, purpose.file, purpose.object) {
        (INK_SESSION, ..) => TransferKind::Ink,
        (_, true, _) => TransferKind::File,
        (_, false, true) => TransferKind::Object,
        _ => TransferKind::Unknown,
    };
    Transfer {
        kind,
        sender: flow.sender.account(),
        receiver: flow.receiver.account(),
        session_id: purpose.session_id,
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

/// A GUID in lower case, without braces.
fn guid_text(guid: &[u8; 16]) -> String {
    let hex = hex(guid);
    let part = |from, to| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
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
        let purpose = Purpose { session_id: 7, object: false, file: false };
        assert!(is_preparation(&[0; 4], purpose));
        assert!(!is_preparation(&[0; 4], Purpose { object: true, ..purpose }));
        assert!(!is_preparation(&[0; 4], Purpose { session_id: 0, ..purpose }));
        assert!(!is_preparation(&[0; 5], purpose));
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
