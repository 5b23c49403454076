// SPDX-License-Identifier: GPL-2.0-or-later
//! What a session description teaches: the session, what it transfers, and where a direct connection will be
//! (fact base: p2p 5 and 6, direct 7).

use std::net::IpAddr;

use crate::{
    dissect::{p2p_body::keep_folded, walk::Learn},
    object,
    packet::{AnnouncedKind, Announcement},
    session::{
        FrameId,
        connection::ConnId,
        notes::NoteKey,
        p2p::{
            dialogs::{DialogId, Request, SessionKind, SlpNote, kind_of},
            expected::{Expected, MAX_ADDRESSES},
            flow::{Flow, Leg, Party, Route},
        },
        transfers::{Transfer, TransferId, TransferKind},
    },
    slp::{
        Description, Kind,
        addresses::{self, Form, What},
        bodies::Body,
        context,
        description::lines,
        headers,
        message::{Start, decimal},
        nonce::guid,
    },
    values::slp as tables,
    view,
    wire::Span,
};

/// What a session description says, and how it came.
struct Said<'a> {
    data: &'a [u8],
    message: &'a Description,
    leg: Leg,
    /// From whom to whom: the headers know it even where the carrier does not.
    flow: Flow,
    key: NoteKey,
    call_id: &'a [u8],
    branch: &'a [u8],
    session_id: u32,
}

/// The number of the session; 0 where there is none that fits, and so may not be taken for another.
fn session_id(data: &[u8], message: &Description) -> u32 {
    let number = message.value(data, lines::SESSION_ID).and_then(decimal);
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

/// Learns from a session description, and keeps a note of it. What was `repeated` teaches nothing new.
pub(crate) fn learn(
    learn: &mut Learn<'_>,
    data: &[u8],
    message: &Description,
    route: &Route,
    key: NoteKey,
    repeated: bool,
) {
    let via = message.line(Kind::Via).and_then(|line| headers::branch(data, line.value));
    let said = Said {
        data,
        message,
        leg: route.leg,
        flow: flow(learn, data, message, route.flow),
        key,
        call_id: message.value(data, lines::CALL_ID).unwrap_or_default(),
        branch: via.map(|span| span.of(data)).unwrap_or_default(),
        session_id: session_id(data, message),
    };
    let mut note = SlpNote::default();
    if repeated {
        if let Some(id) = dialog(learn, &said) {
            follows(learn, id, &said, &mut note);
        }
    } else {
        start(learn, &said, &mut note);
        connection(learn, &said, &note);
    }
    learn.session.p2p.slp_notes.keep(key, note);
}

/// Learns from requests and answers.
fn start(learn: &mut Learn<'_>, said: &Said<'_>, note: &mut SlpNote) {
    match said.message.form.start {
        Start::Request { method, .. } => {
            let is = |word: &[u8]| method.of(said.data).eq_ignore_ascii_case(word);
            if is(b"INVITE") && said.message.body() == Body::Session {
                invitation(learn, said, note);
            }
            if is(b"INVITE") {
                let request = Request { key: said.key, time: learn.packet.time };
                learn.session.p2p.dialogs.request(said.leg, said.call_id, said.branch, request);
            }
            if let Some(id) = dialog(learn, said) {
                follows(learn, id, said, note);
                if is(b"BYE") {
                    end(learn, id, said, note);
                }
            }
        }
        Start::Status { code, .. } => {
            answer(learn, said, note);
            if let Some(id) = dialog(learn, said) {
                follows(learn, id, said, note);
                if let Some(dialog) = learn.session.p2p.dialogs.get_mut(id) {
                    dialog.accepted |= code.of(said.data) == b"200" && said.message.body() == Body::Session;
                }
            }
        }
        Start::Other => {}
    }
}

/// Who writes to whom.
fn flow(learn: &mut Learn<'_>, data: &[u8], message: &Description, mut flow: Flow) -> Flow {
    let mut party = |kind| {
        let found = headers::party(data, message.line(kind)?.value)?;
        let account = keep_folded(&mut learn.session.names, found.account.of(data));
        (!account.is_none()).then(|| Party::new(account, 0, 0))
    };
    if let Some(sender) = party(lines::FROM) {
        flow.sender = sender;
    }
    if let Some(receiver) = party(lines::TO) {
        flow.receiver = receiver;
    }
    flow
}

fn dialog(learn: &Learn<'_>, said: &Said<'_>) -> Option<DialogId> {
    let dialogs = &learn.session.p2p.dialogs;
    let of_call = dialogs.of_call(said.leg, said.flow, said.call_id);
    of_call.or_else(|| dialogs.of_session(said.leg, said.session_id, said.flow))
}

/// Links a message with the session it belongs to.
fn follows(learn: &Learn<'_>, id: DialogId, said: &Said<'_>, note: &mut SlpNote) {
    let Some(dialog) = learn.session.p2p.dialogs.get(id) else { return };
    note.transfer = dialog.transfer;
    note.kind = dialog.kind;
    note.invited = dialog.invitation(said.leg).map_or(FrameId::NONE, |key| key.0);
}

fn answer(learn: &mut Learn<'_>, said: &Said<'_>, note: &mut SlpNote) {
    let Some(request) = learn.session.p2p.dialogs.answered(said.leg, said.call_id, said.branch) else { return };
    note.answers = Some((request.key.0, request.time));
    if let Some(other) = learn.session.p2p.slp_notes.get_mut(request.key) {
        if other.answered.is_none() {
            other.answered = Some((learn.packet.frame, learn.packet.time));
        }
    }
}

/// A BYE: was everything there?
fn end(learn: &mut Learn<'_>, id: DialogId, said: &Said<'_>, note: &mut SlpNote) {
    let Some(dialog) = learn.session.p2p.dialogs.get_mut(id) else { return };
    let invitation = dialog.invitation(said.leg);
    if dialog.kind == SessionKind::Bytes && dialog.accepted && !dialog.complete && !dialog.ended {
        note.interrupted = Some(dialog.arrived);
    }
    dialog.ended = true;
    let ended = invitation.and_then(|key| learn.session.p2p.slp_notes.get_mut(key));
    if let Some(other) = ended.filter(|other| other.ended.is_none()) {
        other.ended = learn.packet.frame;
    }
}

/// An invitation to a session: remembers what it is for.
fn invitation(learn: &mut Learn<'_>, said: &Said<'_>, note: &mut SlpNote) {
    let conn = learn.session.links.known(ConnId(said.leg.0));
    let chat = conn.and_then(|conn| conn.chat.or(conn.foretold)).map(|chat| chat.1);
    let id = learn.session.p2p.dialogs.invite(said.leg, (said.flow, chat), said.call_id, said.session_id, said.key);
    let known = learn.session.p2p.dialogs.get(id).and_then(|dialog| dialog.transfer);
    let transfer = known.or_else(|| offer(learn, said));
    let one = transfer.and_then(|id| learn.session.transfers.get(id));
    let kind = one.map_or(SessionKind::Unknown, |one| kind_of(one.kind));
    let asks = one.is_some_and(|one| one.receiver == said.flow.sender.account());
    if let Some(dialog) = learn.session.p2p.dialogs.get_mut(id) {
        dialog.transfer = transfer;
        dialog.kind = kind;
        dialog.asks = asks;
    }
    note.transfer = transfer;
    note.kind = kind;
}

/// What an invitation offers or asks for.
fn offer(learn: &mut Learn<'_>, said: &Said<'_>) -> Option<TransferId> {
    let value = |kind| said.message.value(said.data, kind);
    let euf = value(Kind::Euf).and_then(guid);
    let kind =
        euf.and_then(|euf| tables::kind_of(tables::SESSION_KINDS, &euf)).map_or(TransferKind::Unknown, |row| row.1);
    let bytes = value(Kind::Context).and_then(context::decode).unwrap_or_default();
    let (inviter, invited) = (said.flow.sender.account(), said.flow.receiver.account());
    // Objects are asked for, everything else is offered.
    let (sender, receiver) = match kind {
        TransferKind::Object | TransferKind::Wink => (invited, inviter),
        _ => (inviter, invited),
    };
    let mut transfer = Transfer {
        kind,
        sender,
        receiver,
        euf: euf.filter(|_| kind == TransferKind::Unknown),
        session_id: said.session_id,
        offered: learn.packet.frame,
        ..Transfer::default()
    };
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
    learn.session.transfers.add(transfer)
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
fn connection(learn: &mut Learn<'_>, said: &Said<'_>, note: &SlpNote) {
    let (data, message, flow) = (said.data, said.message, said.flow);
    let nonce = |kind, hashed| message.value(data, kind).and_then(guid).map(|nonce| (nonce, hashed));
    let nonce = nonce(lines::HASHED_NONCE, true).or_else(|| nonce(lines::NONCE, false));
    let addresses = if message.body() == Body::Udp { Vec::new() } else { addresses(data, message) };
    let call_id = said.call_id.get(..said.call_id.len().min(64)).unwrap_or_default();
    let call_id = crate::text::utf8(call_id).text;
    if message.body() == Body::Transport {
        let hash = nonce.filter(|nonce| nonce.1).map(|nonce| (flow.sender.account(), nonce.0));
        learn.session.p2p.expected.describe(&call_id, said.key, hash);
    }
    if addresses.is_empty() && nonce.is_none_or(|nonce| nonce.0 == [0; 16]) {
        return;
    }
    let endpoint = |kind| message.value(data, kind).is_some_and(|value| memchr::memchr(b';', value).is_some());
    let version = if endpoint(lines::TO) || endpoint(lines::FROM) { 2 } else { 1 };
    for &(address, port) in &addresses {
        let announcement = Announcement { address, port, kind: AnnouncedKind::Direct };
        if learn.session.rendezvous.is_new_server(&announcement) {
            learn.announced.push(announcement);
        }
    }
    learn.session.p2p.expected.add(Expected {
        addresses,
        call_id: call_id.as_ref().into(),
        listener: flow.sender.account(),
        connector: flow.receiver.account(),
        version,
        nonce,
        frame: learn.packet.frame,
        session_id: said.session_id,
        transfer: note.transfer,
    });
}

/// Every address with every port of the same kind, and the pairs (fact base: p2p 6).
fn addresses(data: &[u8], message: &Description) -> Vec<(IpAddr, u16)> {
    let mut found = Vec::new();
    for scope in [&b"external"[..], b"internal", b"ipv6"] {
        let (mut hosts, mut ports) = (Vec::new(), Vec::new());
        for (line, kind) in message.fields() {
            let Some(Kind::Addresses(form)) = kind else { continue };
            if is_of(line.name.of(data), scope, form) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_does_not_fit_is_no_session() {
        let number = |text: &str| {
            let text = format!("INVITE MSNMSGR:a MSNSLP/1.0\r\n\r\nSessionID: {text}\r\n\r\n\0");
            session_id(text.as_bytes(), &Description::parse(text.as_bytes()))
        };
        assert_eq!(["7", "4294967295", "4294967303", "-1", "x"].map(number), [7, u32::MAX, 0, 0, 0]);
    }
}
