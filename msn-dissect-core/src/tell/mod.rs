// SPDX-License-Identifier: GPL-2.0-or-later
//! Tells what PDUs mean, in the words of [`crate::event`], from what they show. In: the items of a dissection and where
//! each PDU begins in them. Out: events that know nothing of trees.

mod chat;
mod context;
mod details;
mod facts;
mod files;
mod items;
mod lists;
mod login;
mod people;
mod services;
mod value;

use crate::{
    command::{Dir, ServerKind},
    event::{At, Side, Unit, Wanted},
    fields::{PROTOCOLS, Proto, command as f, soap},
    item::{CARRIER, Kind},
    output::{Dissection, Mark},
    packet::Packet,
    session::Session,
};
use context::{Context, account};
use items::{Items, Sources};

/// Tells what the PDUs of a dissection mean; `data` are the bytes that were given.
pub fn units(session: &Session, packet: &Packet, data: &[u8], out: &Dissection, wanted: Wanted) -> Vec<Unit> {
    if !wanted.facts || out.marks.is_empty() {
        return Vec::new();
    }
    let sources = Sources::of(session, data, &out.tree);
    let ends = out.marks.iter().skip(1).map(Some).chain([None]);
    out.marks.iter().zip(ends).map(|(mark, next)| unit(session, packet, out, &sources, (mark, next), wanted)).collect()
}

fn unit(
    session: &Session,
    packet: &Packet,
    out: &Dissection,
    sources: &Sources<'_>,
    (mark, next): (&Mark, Option<&Mark>),
    wanted: Wanted,
) -> Unit {
    let record = &mark.record;
    let all = out.tree.items();
    let end = next.map_or(all.len(), |next| next.item).min(all.len());
    let items = Items { tree: &out.tree, sources, items: all.get(mark.item..end).unwrap_or_default() };
    let first = items.items.iter().find(|item| item.kind == Kind::Protocol as u8 && item.number != CARRIER);
    let proto = first.map_or(Proto::Msn as u16, |item| item.id);
    let proto = PROTOCOLS_IN_ORDER.get(usize::from(proto)).copied().unwrap_or(Proto::Msn);
    let summary = first.and_then(|item| out.tree.item_text(item)).unwrap_or_default().to_owned();
    let owner = match proto {
        // Whose call it is stands in the call, not in the connection.
        Proto::MsnSoap => account(&items.text(f::ACCOUNT).unwrap_or_default()),
        _ => account(session.names.get(record.account)),
    };
    let word = items.text(f::COMMAND).or_else(|| items.text(soap::OPERATION)).unwrap_or_default();
    let at = At { frame: packet.number, unit: record.unit, time: packet.time, offset: 0, connection: record.conn.0 };
    let side = match (proto, record.dir) {
        (Proto::MsnSoap, _) if items.text(soap::SIDE).as_deref() == Some("Response") => Side::Server,
        (Proto::MsnSoap, _) | (_, Dir::ToServer) => Side::Client,
        (_, Dir::ToClient) => Side::Server,
    };
    let context = Context { session, frame: packet.number, record, items, proto, word: &word, owner: &owner };
    let facts = facts::facts(&context, out, mark.object..next.map_or(out.objects.len(), |next| next.object));
    let (mut line, mut payload) = Default::default();
    let mut details = Vec::new();
    if wanted.details {
        (line, payload) = details::line(&context.items, first);
        details = details::details(&context.items);
    }
    Unit {
        at,
        protocol: PROTOCOLS.get(proto as usize).map_or("", |row| row.1),
        side,
        ends: [packet.source, packet.destination],
        server: server(&context),
        version: record.version,
        line,
        payload,
        details,
        links: details::links(&context.items),
        remarks: details::remarks(&context.items),
        facts,
        summary,
        account: owner.clone(),
        word: word.clone(),
    }
}

/// Protocols by their numbers.
const PROTOCOLS_IN_ORDER: [Proto; 6] =
    [Proto::Msn, Proto::MsnP2p, Proto::MsnSlp, Proto::MsnFtp, Proto::MsnCam, Proto::MsnSoap];

/// What stands at the other end.
fn server(context: &Context<'_>) -> &'static str {
    match context.proto {
        Proto::Msn => context.record.server.map_or("", ServerKind::name),
        Proto::MsnP2p | Proto::MsnSlp => "Direct connection",
        Proto::MsnFtp => "File transfer",
        Proto::MsnCam => "Webcam",
        Proto::MsnSoap => "Web service",
    }
}
