// SPDX-License-Identifier: GPL-2.0-or-later
//! What a session description teaches: the session, what it transfers, and where a direct connection will be
//! (fact base: p2p 5 and 6, direct 7).

use crate::{
    dissect::walk::Walk,
    packet::{AnnouncedKind, Announcement},
    session::FrameId,
};
use std::net::IpAddr;

use super::Way;
use crate::{
    object,
    session::{
        notes::NoteKey,
        p2p::{
            dialogs::{DialogId, Request, SessionKind, SlpNote, kind_of},
            expected::{Expected, MAX_ADDRESSES},
            flow::Flow,
        },
        transfers::{Transfer, TransferId, TransferKind},
    },
    slp::{
        Kind,
        addresses::{self, Form, What},
        bodies::FIELDS,
        context, headers,
        message::{Message, Start, decimal},
        nonce::guid,
        row,
    },
    values::slp as tables,
    view,
    wire::Span,
};

/// Learns from a session description; first pass only.
pub(super) fn learn(walk: &mut Walk<'_>, data: &[u8], message: &Message, way: &Way) -> SlpNote {
    let mut note = SlpNote::default();
    let call_id = message.header(data, "Call-ID").unwrap_or_default();
    let branch = branch(data, message);
    let flow = flow(walk, data, message, way);
    let session_id = message.field(data, "SessionID").and_then(decimal).unwrap_or(0) as u32;
    let content = message.header(data, "Content-Type").unwrap_or_default();
    match message.start {
        Start::Request { method, .. } => {
            let method = method.of(data).to_ascii_uppercase();
            let session = ends_with(content, b"-sessionreqbody");
            if method == b"INVITE" && session {
                invitation(walk, data, message, way, flow, &mut note, (call_id, session_id));
            }
            if method == b"INVITE" {
                let request = Request { key: way.key, time: walk.packet.time };
                walk.session.p2p.dialogs.request(way.leg, call_id, branch, request);
            }
            if let Some(id) = dialog(walk, call_id, session_id, flow) {
                follows(walk, id, way, &mut note);
                if method == b"BYE" {
                    end(walk, id, way, &mut note);
                }
            }
        }
        Start::Status { code, .. } => {
            answer(walk, way, call_id, branch, &mut note);
            if let Some(id) = dialog(walk, call_id, session_id, flow) {
                follows(walk, id, way, &mut note);
                if let Some(dialog) = walk.session.p2p.dialogs.get_mut(id) {
                    dialog.accepted |= code.of(data) == b"200" && ends_with(content, b"-sessionreqbody");
                }
            }
        }
        Start::Other => {}
    }
    connection(walk, data, message, flow, (call_id, session_id), &note, way.key, content);
    note
}

/// What is known of a session description that came before; first pass only.
pub(super) fn known(walk: &mut Walk<'_>, data: &[u8], message: &Message, way: &Way) -> SlpNote {
    let mut note = SlpNote::default();
    let call_id = message.header(data, "Call-ID").unwrap_or_default();
    let session_id = message.field(data, "SessionID").and_then(decimal).unwrap_or(0) as u32;
    let flow = flow(walk, data, message, way);
    if let Some(id) = dialog(walk, call_id, session_id, flow) {
        follows(walk, id, way, &mut note);
    }
    note
}

fn ends_with(text: &[u8], end: &[u8]) -> bool {
    text.len().checked_sub(end.len()).and_then(|at| text.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

fn branch<'a>(data: &'a [u8], message: &Message) -> &'a [u8] {
    let via = message.headers.iter().find(|line| line.name.of(data).eq_ignore_ascii_case(b"Via"));
    via.and_then(|line| headers::branch(data, line.value)).map(|span| span.of(data)).unwrap_or_default()
}

/// Who writes to whom: the headers know it even where the carrier does not.
fn flow(walk: &mut Walk<'_>, data: &[u8], message: &Message, way: &Way) -> Flow {
    let mut flow = way.flow;
    let mut party = |name: &[u8]| {
        let line = message.headers.iter().find(|line| line.name.of(data).eq_ignore_ascii_case(name))?;
        let found = headers::party(data, line.value)?;
        let account = found.account.of(data).to_ascii_lowercase();
        let account = walk.session.names.keep(&crate::text::utf8(&account).text);
        (!account.is_none()).then(|| crate::session::p2p::flow::Party::new(account, 0, 0))
    };
    if let Some(sender) = party(b"From") {
        flow.sender = sender;
    }
    if let Some(receiver) = party(b"To") {
        flow.receiver = receiver;
    }
    flow
}

fn dialog(walk: &Walk<'_>, call_id: &[u8], session_id: u32, flow: Flow) -> Option<DialogId> {
    let dialogs = &walk.session.p2p.dialogs;
    dialogs.of_call(call_id).or_else(|| dialogs.of_session(session_id, flow))
}

/// Links a message with the session it belongs to.
fn follows(walk: &Walk<'_>, id: DialogId, way: &Way, note: &mut SlpNote) {
    let Some(dialog) = walk.session.p2p.dialogs.get(id) else { return };
    note.transfer = dialog.transfer;
    note.kind = dialog.kind;
    note.invited = dialog.invitation(way.leg).map_or(FrameId::NONE, |key| key.0);
}

fn answer(walk: &mut Walk<'_>, way: &Way, call_id: &[u8], branch: &[u8], note: &mut SlpNote) {
    let Some(request) = walk.session.p2p.dialogs.answered(way.leg, call_id, branch) else { return };
    note.answers = Some((request.key.0, request.time));
    if let Some(other) = walk.session.p2p.slp_notes.get_mut(request.key) {
        if other.answered.is_none() {
            other.answered = Some((walk.packet.frame, walk.packet.time));
        }
    }
}

/// A BYE: was everything there?
fn end(walk: &mut Walk<'_>, id: DialogId, way: &Way, note: &mut SlpNote) {
    let Some(dialog) = walk.session.p2p.dialogs.get_mut(id) else { return };
    let invitation = dialog.invitation(way.leg);
    if dialog.kind == SessionKind::Bytes && dialog.accepted && !dialog.complete && !dialog.ended {
        note.interrupted = Some(dialog.arrived);
    }
    dialog.ended = true;
    let ended = invitation.and_then(|key| walk.session.p2p.slp_notes.get_mut(key));
    if let Some(other) = ended.filter(|other| other.ended.is_none()) {
        other.ended = walk.packet.frame;
    }
}

/// An invitation to a session: remembers what it is for.
fn invitation(
    walk: &mut Walk<'_>,
    data: &[u8],
    message: &Message,
    way: &Way,
    flow: Flow,
    note: &mut SlpNote,
    (call_id, session_id): (&[u8], u32),
) {
    let id = walk.session.p2p.dialogs.invite(way.leg, flow, call_id, session_id, way.key);
    let known = walk.session.p2p.dialogs.get(id).and_then(|dialog| dialog.transfer);
    let transfer = known.or_else(|| offer(walk, data, message, flow, session_id));
    let kind =
        transfer.and_then(|id| walk.session.transfers.get(id)).map_or(SessionKind::Unknown, |one| kind_of(one.kind));
    if let Some(dialog) = walk.session.p2p.dialogs.get_mut(id) {
        dialog.transfer = transfer;
        dialog.kind = kind;
    }
    note.transfer = transfer;
    note.kind = kind;
}

/// What an invitation offers or asks for.
fn offer(walk: &mut Walk<'_>, data: &[u8], message: &Message, flow: Flow, session_id: u32) -> Option<TransferId> {
    let euf = message.field(data, "EUF-GUID").and_then(guid);
    let kind =
        euf.and_then(|euf| tables::kind_of(tables::SESSION_KINDS, &euf)).map_or(TransferKind::Unknown, |row| row.1);
    let bytes = message.field(data, "Context").and_then(context::decode).unwrap_or_default();
    let (inviter, invited) = (flow.sender.account(), flow.receiver.account());
    // Objects are asked for, everything else is offered.
    let (sender, receiver) = match kind {
        TransferKind::Object | TransferKind::Wink => (invited, inviter),
        _ => (inviter, invited),
    };
    let mut transfer =
        Transfer { kind, sender, receiver, session_id, offered: walk.packet.frame, ..Transfer::default() };
    match kind {
        TransferKind::File => {
            if let Some(found) = context::file_context(&bytes) {
                transfer.name = crate::text::utf8(found.name.as_bytes()).text.as_ref().into();
                transfer.size = Some(found.size);
                if found.kind == 4 {
                    transfer.kind = TransferKind::Background;
                }
            }
        }
        TransferKind::Webcam => {
            let media = guid(context::utf16(&bytes, Span::new(0, bytes.len())).0.as_bytes());
            let media = media.and_then(|media| tables::kind_of(tables::MEDIA_KINDS, &media));
            transfer.kind = media.map_or(kind, |row| row.1);
        }
        TransferKind::Activity => {
            let text = context::utf16(&bytes, Span::new(0, bytes.len())).0;
            transfer.name = context::activity(&text).map_or("", |parts| parts.2).into();
        }
        _ => describe_object(&bytes, &mut transfer),
    }
    walk.session.transfers.add(transfer)
}

/// Takes from an MSN object what is known of its bytes.
fn describe_object(bytes: &[u8], transfer: &mut Transfer) {
    let Some(found) = object::parse(bytes) else { return };
    let value = |name| found.value(bytes, name);
    transfer.size = value("Size").and_then(decimal);
    transfer.sha1d = value("SHA1D").and_then(view::base64).and_then(|hash| hash.try_into().ok());
    if let Some(number) = value("Type").and_then(decimal) {
        transfer.kind = TransferKind::of_object_type(u32::try_from(number).unwrap_or(u32::MAX));
    }
    let friendly = value("Friendly").and_then(view::base64).map(|bytes| view::utf16le(&bytes)).unwrap_or_default();
    let name = match friendly.is_empty() {
        true => String::from_utf8_lossy(value("Location").unwrap_or_default()).into_owned(),
        false => friendly,
    };
    transfer.name = crate::text::utf8(name.as_bytes()).text.as_ref().into();
}

/// Remembers where a direct connection will be, and tells the consumer.
#[allow(clippy::too_many_arguments)]
fn connection(
    walk: &mut Walk<'_>,
    data: &[u8],
    message: &Message,
    flow: Flow,
    (call_id, session_id): (&[u8], u32),
    note: &SlpNote,
    key: NoteKey,
    content: &[u8],
) {
    let field = |name| message.field(data, name);
    let plain = field("Nonce").and_then(guid).map(|nonce| (nonce, false));
    let nonce = field("Hashed-Nonce").and_then(guid).map(|nonce| (nonce, true)).or(plain);
    let over_udp = ends_with(content, b"-transudpswitch");
    let addresses = if over_udp { Vec::new() } else { addresses(data, message) };
    let call_id = call_id.get(..call_id.len().min(64)).unwrap_or_default();
    let call_id = crate::text::utf8(call_id).text;
    if ends_with(content, b"-transreqbody") || ends_with(content, b"-transrespbody") {
        let hash = nonce.filter(|nonce| nonce.1).map(|nonce| (flow.sender.account(), nonce.0));
        walk.session.p2p.expected.describe(&call_id, key, hash);
    }
    if addresses.is_empty() && nonce.is_none_or(|nonce| nonce.0 == [0; 16]) {
        return;
    }
    let endpoint = |name| message.header(data, name).is_some_and(|value| memchr::memchr(b';', value).is_some());
    let version = if endpoint("To") || endpoint("From") { 2 } else { 1 };
    for &(address, port) in &addresses {
        let announcement = Announcement { address, port, kind: AnnouncedKind::Direct };
        if walk.session.rendezvous.is_new_server(&announcement) {
            walk.out.announced.push(announcement);
        }
    }
    walk.session.p2p.expected.add(Expected {
        addresses,
        call_id: call_id.as_ref().into(),
        listener: flow.sender.account(),
        connector: flow.receiver.account(),
        version,
        nonce,
        frame: walk.packet.frame,
        session_id,
        transfer: note.transfer,
    });
}

/// Every address with every port of the same kind, and the pairs (fact base: p2p 6).
fn addresses(data: &[u8], message: &Message) -> Vec<(IpAddr, u16)> {
    let mut found = Vec::new();
    for scope in [&b"external"[..], b"internal", b"ipv6"] {
        let (mut hosts, mut ports) = (Vec::new(), Vec::new());
        for line in &message.fields {
            let name = line.name.of(data);
            let Some(Kind::Addresses(form)) = row(FIELDS, name) else { continue };
            if is_of(name, scope, form) {
                for entry in addresses::entries(data, line.value, form).take(MAX_ADDRESSES) {
                    match (form.what, entry.address, entry.port) {
                        (What::Pairs, Some((address, _)), Some((port, _))) => found.push((address, port)),
                        (What::Addresses, Some((address, _)), _) => hosts.push(address),
                        (What::Ports, _, Some((port, _))) => ports.push(port),
                        _ => {}
                    }
                }
            }
        }
        let pairs = hosts.iter().flat_map(|&host| ports.iter().map(move |&port| (host, port)));
        found.extend(pairs.take(MAX_ADDRESSES));
    }
    found.retain(|pair| pair.1 != 0 && !pair.0.is_unspecified());
    found.truncate(MAX_ADDRESSES);
    found
}

fn is_of(name: &[u8], scope: &[u8], form: Form) -> bool {
    let mut name = name.to_ascii_lowercase();
    if form.reversed {
        name.reverse();
    }
    memchr::memmem::find(&name, scope).is_some() && !name.ends_with(b"global")
}
