// SPDX-License-Identifier: GPL-2.0-or-later
//! Peer-to-peer packets in the bodies of MSG and SDG, and on direct connections (fact base: p2p 1 and 2).

use super::p2p;
use crate::{
    command::Dir,
    dissect::walk::{Learn, Show},
    fields::p2p as f,
    p2p::{How, Told},
    session::{
        Record,
        names::{NameId, Names},
        p2p::flow::{Flow, Leg, Party, Route},
    },
    text,
    wire::Span,
};

/// What the headers of the carrying message say about its packets. Spans count like the one of the packets does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct P2pContext {
    /// Value of `P2P-Dest`, or of `To` in a three-part message.
    pub dest: Option<Span>,
    /// Value of `P2P-Src`, or of `From` in a three-part message.
    pub source: Option<Span>,
    /// Where each packet begins, counted from the first byte of the body, ascending; empty for a single packet.
    pub bridging_offsets: Vec<u32>,
    /// The end of the body is missing.
    pub cut: bool,
}

/// What is known of a direct connection's packet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Carrier {
    /// Header version that the handshake told (1 or 2), 0 = the handshake was not seen.
    pub version: u8,
    /// Who sent the packet; may be no name.
    pub sender: NameId,
    /// Who receives it; may be no name.
    pub receiver: NameId,
    /// Which end of the connection sent it: 0 = the one that connected, 1 = the one that listened.
    pub end: u8,
    /// The end of the packet is missing.
    pub cut: bool,
}

/// Learns from the packets in `span` of `data`, with footers.
pub(crate) fn learn(learn: &mut Learn<'_>, data: &[u8], span: Span, context: &P2pContext) {
    let told = told(data, context);
    let route = route(learn, data, context);
    for (index, place) in places(span, &context.bridging_offsets).enumerate() {
        let packet = p2p::Packet::parse(place.of(data), &told, context.cut);
        let key = (learn.record.frame, learn.record.unit, index as u32);
        p2p::learn(learn, &packet, &route, key);
    }
}

/// Shows the packets in `span` of `data`, with footers.
pub(crate) fn show(show: &mut Show<'_>, data: &[u8], span: Span, context: &P2pContext) {
    let told = told(data, context);
    for (index, place) in places(span, &context.bridging_offsets).enumerate() {
        if index == 0 && place.start > span.start {
            show.out.tree.bytes(f::TRAILING, Span::new(span.start, place.start));
        }
        let packet = p2p::Packet::parse(place.of(data), &told, context.cut);
        let key = (show.record.frame, show.record.unit, index as u32);
        p2p::show(show, &packet, place.start, key);
    }
}

/// Learns from one packet of a direct connection, without footer and without the length before it.
pub(crate) fn learn_packet(learn: &mut Learn<'_>, span: Span, carrier: Carrier) {
    let connection = learn.record.conn.0;
    let names = &mut learn.session.names;
    let (sender, receiver) = (folded(names, carrier.sender), folded(names, carrier.receiver));
    let party = |name, end| Party::new(name, connection, end);
    let flow = Flow { sender: party(sender, carrier.end), receiver: party(receiver, 1 - carrier.end.min(1)) };
    let route = Route { leg: Leg(connection), flow, direct: true };
    let packet = direct(span.of(learn.data), carrier);
    p2p::learn(learn, &packet, &route, (learn.record.frame, learn.record.unit, 0));
}

/// Shows one packet of a direct connection.
pub(crate) fn show_packet(show: &mut Show<'_>, span: Span, carrier: Carrier) {
    let packet = direct(span.of(show.data), carrier);
    let key = (show.record.frame, show.record.unit, 0);
    p2p::show(show, &packet, span.start, key);
}

fn direct(bytes: &[u8], carrier: Carrier) -> p2p::Packet<'_> {
    let told = Told { version: carrier.version, how: How::Handshake, footer: false };
    p2p::Packet::parse(bytes, &told, carrier.cut)
}

/// Where the packets of a body are.
fn places(span: Span, offsets: &[u32]) -> impl Iterator<Item = Span> {
    let mut last = None;
    let mut starts = offsets.iter().filter_map(move |&offset| {
        let start = span.start.saturating_add(offset as usize);
        let fits = start < span.end && last.is_none_or(|last| start > last);
        fits.then(|| *last.insert(start))
    });
    let mut next = starts.next().or(Some(span.start));
    std::iter::from_fn(move || {
        let start = next?;
        next = starts.next();
        Some(Span::new(start, next.unwrap_or(span.end))).filter(|place| !place.is_empty())
    })
}

/// The number of a name in lower case: clients differ in how they write an account.
fn folded(names: &mut Names, name: NameId) -> NameId {
    let text = names.get(name);
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let text = text.to_ascii_lowercase();
        return names.keep(&text);
    }
    name
}

/// The number of an account in lower case.
pub(crate) fn keep_folded(names: &mut Names, account: &[u8]) -> NameId {
    if account.iter().any(u8::is_ascii_uppercase) {
        return names.keep(&text::utf8(&account.to_ascii_lowercase()).text);
    }
    names.keep(&text::utf8(account).text)
}

/// The account of an address: `account`, `account;{endpoint}` or `1:account;epid={endpoint}`.
pub(crate) fn account(address: &[u8]) -> &[u8] {
    let end = memchr::memchr(b';', address).unwrap_or(address.len());
    let address = address.get(..end).unwrap_or_default().trim_ascii();
    let network = address.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match address.get(network..) {
        Some([b':', account @ ..]) if network > 0 => account,
        _ => address,
    }
}

fn has_endpoint(address: &[u8]) -> bool {
    memchr::memmem::find(address, b"{").is_some_and(|at| memchr::memchr(b';', address).is_some_and(|mark| mark < at))
}

fn value(data: &[u8], span: Option<Span>) -> &[u8] {
    span.map(|span| span.of(data).trim_ascii()).unwrap_or_default()
}

/// The version that the addresses stand for.
fn told(data: &[u8], context: &P2pContext) -> Told {
    let (dest, source) = (value(data, context.dest), value(data, context.source));
    let (version, how) = if has_endpoint(dest) || has_endpoint(source) {
        (2, How::Endpoint)
    } else if memchr::memchr(b'@', dest).is_some() {
        (1, How::PlainAccount)
    } else {
        (0, How::Unknown)
    };
    Told { version, how, footer: true }
}

/// Who sends to whom.
fn route(learn: &mut Learn<'_>, data: &[u8], context: &P2pContext) -> Route {
    let Record { conn, dir, account: own, .. } = learn.record;
    let names = &mut learn.session.names;
    let from = match (account(value(data, context.source)), dir) {
        (b"", Dir::ToServer) => folded(names, own),
        (b"", Dir::ToClient) => keep_folded(names, line_account(data)),
        (source, _) => keep_folded(names, source),
    };
    let to = keep_folded(names, account(value(data, context.dest)));
    let (client, server) = match dir {
        Dir::ToServer => (0, 1),
        Dir::ToClient => (1, 0),
    };
    let flow = Flow { sender: Party::new(from, conn.0, client), receiver: Party::new(to, conn.0, server) };
    Route { leg: Leg(conn.0), flow, direct: false }
}

/// The account that a MSG from a switchboard names as its sender.
fn line_account(data: &[u8]) -> &[u8] {
    let mut words = data.get(..data.len().min(600)).unwrap_or_default().split(|&byte| byte == b' ');
    match (words.next(), words.next()) {
        (Some(b"MSG"), Some(account)) if account.contains(&b'@') => account,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_in_every_form_of_address() {
        for address in
            ["bob@example.com", "bob@example.com;{0f0e}", "1:bob@example.com;epid={0f0e}", "1:bob@example.com"]
        {
            assert_eq!(account(address.as_bytes()), b"bob@example.com", "{address}");
        }
        assert_eq!(account(b"4:tel:+1"), b"tel:+1");
        assert!(has_endpoint(b"bob@example.com;{0f0e}") && has_endpoint(b"1:b@example.com;epid={0f}"));
        assert!(!has_endpoint(b"bob@example.com") && !has_endpoint(b"1:b@example.com;path=IM"));
        assert_eq!(line_account(b"MSG alice@example.com Alice 12\r\n"), b"alice@example.com");
        assert_eq!(line_account(b"MSG 3 D 12\r\n"), b"");
    }
}
