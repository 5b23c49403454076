// SPDX-License-Identifier: GPL-2.0-or-later
//! From whom a message is, and to whom it goes.

use super::{
    body::Body,
    people::others,
    walk::{Learn, Show},
};
use crate::{
    command::{
        Dir, Kind, ServerKind,
        params::{split_handle, split_naddr},
    },
    fields::soap,
    session::{NameId, Record, Session, copies::Key, links::Fact},
    text,
    wire::Span,
};

/// Accounts that wrote a message, and that it is for; the first is empty where it is not known.
type Parties = (String, Vec<String>);

/// An account as a line or header names it, without network and endpoint.
fn account(token: &[u8]) -> String {
    let address = split_naddr(token).map_or(token, |parts| parts.1);
    let address = split_handle(address).map_or(address, |parts| parts.0);
    text::percent(address).text.into_owned()
}

/// Who writes to whom; nothing where the command is no message of a person.
fn parties(session: &Session, record: &Record, body: &Body<'_>) -> Option<Parties> {
    let found = &body.found;
    let choice = found.choice.as_ref().filter(|_| !found.unfinished)?;
    let own = session.names.get(record.account);
    let token = |at| choice.place(found.line, at).map(|span| span.of(body.unit));
    let to_server = record.dir == Dir::ToServer;
    let one = |account: String| if account.is_empty() { Vec::new() } else { vec![account] };
    match choice.row.word {
        "MSG" if to_server => {
            let others = others(session, record, own).into_iter().map(str::to_owned).collect();
            Some((own.to_owned(), others))
        }
        "MSG" if record.server == Some(ServerKind::Switchboard) => {
            let from = account(token(0)?);
            let mut to: Vec<_> = others(session, record, &from).into_iter().map(str::to_owned).collect();
            if !own.is_empty() && !to.iter().any(|one| one.eq_ignore_ascii_case(own)) {
                to.insert(0, own.to_owned());
            }
            Some((from, to))
        }
        "UUM" | "PAG" | "PGD" if to_server => Some((own.to_owned(), one(account(token(0)?)))),
        "UBM" => {
            let named = choice.row.params.get(2).filter(|param| matches!(param.kind, Kind::Email));
            let to = named.and_then(|_| token(2)).map_or_else(|| own.to_owned(), account);
            Some((account(token(0)?), one(to)))
        }
        "SDG" => {
            let (from, to) = body.routing()?;
            let who = |span: Span| account(span.of(body.unit));
            Some((who(from), one(who(to))))
        }
        _ => None,
    }
}

/// Learns which message comes again to a receiver.
pub(super) fn learn(learn: &mut Learn<'_>, body: &Body<'_>) {
    let payload = body.whole();
    if payload.is_empty() || body.has_packets() {
        return;
    }
    let record = learn.record;
    let Some((from, _)) = parties(learn.session, &record, body) else { return };
    let conn = learn.session.links.known(record.conn);
    let chat = conn.and_then(|conn| conn.chat.or(conn.foretold)).map_or_else(NameId::default, |chat| chat.1);
    let key = Key::new(&from, chat, payload);
    if record.dir == Dir::ToServer {
        learn.session.copies.send(key, record.frame);
    } else if let Some(frame) = learn.session.copies.come(key, record.conn) {
        learn.session.links.fact_of((record.frame, record.unit, 0), Fact::CopyOf(frame));
    }
}

/// Shows who writes to whom.
pub(super) fn show(show: &mut Show<'_>, body: &Body<'_>) {
    let Some((from, to)) = parties(show.session, &show.record, body) else { return };
    let tree = &mut show.out.tree;
    let from = [(soap::MESSAGE_FROM, from)].into_iter().filter(|row| !row.1.is_empty());
    for (field, account) in from.chain(to.into_iter().map(|account| (soap::MESSAGE_TO, account))) {
        let handle = tree.text(field, Span::default(), &account);
        tree.generated(handle);
    }
}
