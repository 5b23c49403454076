// SPDX-License-Identifier: GPL-2.0-or-later
//! What a whole message is: a session description, the announcement of data, a control item, a drawing, or an object
//! (fact base: p2p 8).

use super::{Way, cam};
use crate::{
    dissect::{
        slp, transfer,
        walk::{Walk, guess},
    },
    fields::p2p as f,
    item::{Handoff, Tree},
    output::Dissection,
    p2p::{control, v1},
    packet::Packet,
    session::{
        FrameId, NameId, Record, Session,
        connection::ConnId,
        names::Names,
        notes::NoteKey,
        p2p::{flow::Flow, packets::PacketNote},
        transfers::{Transfer, TransferId, TransferKind},
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

/// The session in which drawings are sent without an invitation.
pub(super) const INK_SESSION: u32 = 64;

/// Four zero bytes in a session announce its data.
pub(super) fn is_preparation(data: &[u8], what: &What) -> bool {
    data == [0; 4] && what.session_id != 0 && !what.object
}

/// Where a whole message stands, and what is known of it.
struct Whole<'a> {
    way: &'a Way,
    key: NoteKey,
    what: &'a What,
    transfer: Option<TransferId>,
    repeats: Option<FrameId>,
    relayed: Option<FrameId>,
    joined: bool,
}

/// Shows a message that is one packet; `span` is its place in the packet.
pub(super) fn show(
    walk: &mut Walk<'_>,
    data: &[u8],
    span: Span,
    way: &Way,
    key: NoteKey,
    note: &PacketNote,
    what: &What,
) {
    let base = walk.out.tree.base();
    walk.out.tree.rebase(base + span.start);
    let (repeats, relayed) = (note.placed.repeats, note.placed.relayed);
    whole(walk, data, &Whole { way, key, what, transfer: note.transfer, repeats, relayed, joined: false });
    walk.out.tree.rebase(base);
}

/// Keys of notes about joined messages, apart from those about packets, which are places in the data.
const JOINED: u32 = 0x8000_0000;

/// Shows a message that was put together from the pieces `id`.
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
    let way = Way {
        leg: facts.key.leg,
        flow: facts.key.flow,
        version: facts.key.version,
        how: super::How::Handshake,
        footer: false,
        index: 0,
    };
    let key = (packet.frame, packet.unit, JOINED | id);
    let (transfer, relayed) = (facts.transfer, facts.relayed);
    whole(&mut walk, data, &Whole { way: &way, key, what: &what, transfer, repeats: None, relayed, joined: true });
}

fn whole(walk: &mut Walk<'_>, data: &[u8], whole: &Whole<'_>) {
    let span = Span::new(0, data.len());
    let what = whole.what;
    if what.session_id == 0 {
        if form::starts(data) {
            let way = slp::Way {
                leg: whole.way.leg,
                flow: whole.way.flow,
                key: whole.key,
                repeated: whole.repeats.is_some(),
                joined: whole.joined,
            };
            return slp::show(walk, data, &way);
        }
        say(walk, whole, "unknown message");
        walk.out.tree.bytes(f::DATA, span);
        return;
    }
    if is_preparation(data, what) {
        say(walk, whole, "data preparation");
        walk.out.tree.bytes(f::PREPARATION, span);
        return;
    }
    let kind =
        whole.transfer.and_then(|id| walk.session.transfers.get(id)).map_or(TransferKind::Unknown, |one| one.kind);
    let bytes_only = matches!(
        kind,
        TransferKind::File
            | TransferKind::DisplayPicture
            | TransferKind::DynamicPicture
            | TransferKind::Emoticon
            | TransferKind::Wink
            | TransferKind::Background
            | TransferKind::VoiceClip
    );
    if !bytes_only {
        if let Some(item) = control::parse(data) {
            return control_item(walk, data, &item, whole);
        }
    }
    if what.session_id == INK_SESSION {
        if let Some(ink) = ink(data) {
            return drawing(walk, data, &ink, whole);
        }
    }
    let made = transfer_of(walk, whole);
    let text = describe(&made, &walk.session.names);
    say(walk, whole, &text);
    walk.out.tree.bytes(f::DATA, span);
    transfer::completed(&mut walk.showing(), &made, span, data);
}

fn say(walk: &mut Walk<'_>, whole: &Whole<'_>, text: &str) {
    if walk.packet.want_info {
        let info = &mut walk.out.info;
        info.push_str(if whole.joined { " [" } else { " " });
        text::push_line(info, text, 120);
        if whole.joined {
            info.push(']');
        }
    }
}

/// The transfer that a message completes.
fn transfer_of(walk: &Walk<'_>, whole: &Whole<'_>) -> Transfer {
    let known = whole.transfer.and_then(|id| walk.session.transfers.get(id)).cloned();
    // Of a single packet the parties are known on the first pass only.
    let flow = if whole.joined { whole.way.flow } else { Flow::default() };
    let mut transfer = known.unwrap_or_else(|| unannounced(whole.what, flow));
    transfer.repeats = whole.repeats.or(whole.relayed);
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

fn control_item(walk: &mut Walk<'_>, data: &[u8], item: &control::Control, whole: &Whole<'_>) {
    let (shown, end) = context::utf16(data, item.text);
    let shown = text::utf8(shown.as_bytes()).text.into_owned();
    say(walk, whole, &shown);
    if walk.packet.first_pass && whole.repeats.is_none() {
        cam::learn(walk, &shown, whole.way.flow, whole.key);
    }
    let tree = &mut walk.out.tree;
    if !tree.wanted() {
        return;
    }
    tree.bytes(f::CONTROL_MARK, Span::new(0, 4));
    tree.number(f::CONTROL_TYPE, Span::new(4, 6), u64::from(item.kind));
    tree.number(f::CONTROL_LENGTH, Span::new(6, 10), u64::from(item.length));
    tree.text(f::CONTROL, Span::new(item.text.start, data.len().max(end)), &shown);
    // Producer and viewer of a webcam describe themselves in XML.
    if shown.trim_start().starts_with('<') {
        let mark = tree.enter_source(shown.as_bytes(), "Control item");
        tree.handoff(Span::new(0, shown.len()), Handoff::Name, "xml");
        tree.leave_source(mark);
    }
    cam::show(walk, whole.key);
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

fn drawing(walk: &mut Walk<'_>, data: &[u8], ink: &Ink, whole: &Whole<'_>) {
    let header = text::utf8(context::utf16(data, ink.header).0.as_bytes()).text.into_owned();
    let body = text::utf8(context::utf16(data, ink.text).0.as_bytes()).text.into_owned();
    let made = Transfer { kind: TransferKind::Ink, ..transfer_of(walk, whole) };
    say(walk, whole, &describe(&made, &walk.session.names));
    show_ink(&mut walk.out.tree, ink, &header, &body);
    if let Some(picture) = view::base64(body.strip_prefix("base64:").unwrap_or(&body).as_bytes()) {
        let mark = walk.out.tree.enter_source(&picture, "Ink");
        transfer::completed(&mut walk.showing(), &made, Span::new(0, picture.len()), &picture);
        walk.out.tree.leave_source(mark);
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
