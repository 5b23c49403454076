// SPDX-License-Identifier: GPL-2.0-or-later
//! Peer-to-peer packets in the bodies of MSG and SDG, and on direct connections (fact base: p2p 1 and 2).

use super::p2p::{self, Way};
use crate::{
    command::Dir,
    dissect::walk::Walk,
    fields::p2p as f,
    session::{
        names::NameId,
        p2p::{
            flow::{Flow, Leg, Party},
            packets::How,
        },
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
}

/// Shows the packets in `span` of `data`, with footers. Runs on every pass, with and without a tree.
pub(crate) fn show(walk: &mut Walk<'_>, data: &[u8], span: Span, context: &P2pContext) {
    let mut way = way(walk, data, context);
    let mut starts = Vec::new();
    for &offset in &context.bridging_offsets {
        let start = span.start.saturating_add(offset as usize);
        if start < span.end && starts.last().is_none_or(|&last| start > last) {
            starts.push(start);
        }
    }
    let Some(&first) = starts.first() else {
        return p2p::packet(walk, data, span, &way);
    };
    if first > span.start {
        walk.out.tree.bytes(f::TRAILING, Span::new(span.start, first));
    }
    each(walk, data, &starts, span.end, &mut way);
}

fn each(walk: &mut Walk<'_>, data: &[u8], starts: &[usize], end: usize, way: &mut Way) {
    for (index, &start) in starts.iter().enumerate() {
        way.index = index;
        let end = starts.get(index + 1).copied().unwrap_or(end);
        p2p::packet(walk, data, Span::new(start, end), way);
    }
}

/// Shows one packet of a direct connection, without footer and without the length before it.
pub(crate) fn packet(walk: &mut Walk<'_>, span: Span, carrier: Carrier) {
    let connection = walk.record.conn.0;
    let party = |name, end| Party::new(name, connection, end);
    let (mut sender, mut receiver) = (carrier.sender, carrier.receiver);
    if walk.packet.first_pass {
        sender = folded(walk, sender);
        receiver = folded(walk, receiver);
    }
    let way = Way {
        leg: Leg(connection),
        flow: Flow { sender: party(sender, carrier.end), receiver: party(receiver, 1 - carrier.end.min(1)) },
        version: carrier.version,
        how: How::Handshake,
        footer: false,
        index: 0,
    };
    let data = walk.data.get(walk.out.tree.base()..).unwrap_or_default();
    p2p::packet(walk, data, span, &way);
}

/// The number of a name in lower case: clients differ in how they write an account.
fn folded(walk: &mut Walk<'_>, name: NameId) -> NameId {
    let text = walk.session.names.get(name);
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let text = text.to_ascii_lowercase();
        return walk.session.names.keep(&text);
    }
    name
}

/// The number of an account in lower case.
fn keep_folded(walk: &mut Walk<'_>, account: &[u8]) -> NameId {
    let names = &mut walk.session.names;
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

/// Who sends to whom, and in which version.
fn way(walk: &mut Walk<'_>, data: &[u8], context: &P2pContext) -> Way {
    let value = |span: Option<Span>| span.map(|span| span.of(data).trim_ascii()).unwrap_or_default();
    let (dest, source) = (value(context.dest), value(context.source));
    let (version, how) = if has_endpoint(dest) || has_endpoint(source) {
        (2, How::Endpoint)
    } else if !dest.is_empty() && memchr::memchr(b'@', dest).is_some() {
        (1, How::PlainAccount)
    } else {
        (0, How::Unknown)
    };
    let connection = walk.record.conn.0;
    let (client, server) = match walk.record.dir {
        Dir::ToServer => (0, 1),
        Dir::ToClient => (1, 0),
    };
    let mut flow = Flow::default();
    if walk.packet.first_pass {
        let from = match (account(source), walk.record.dir) {
            (b"", Dir::ToServer) => folded(walk, walk.record.account),
            (b"", Dir::ToClient) => keep_folded(walk, line_account(data)),
            (source, _) => keep_folded(walk, source),
        };
        let to = keep_folded(walk, account(dest));
        flow = Flow { sender: Party::new(from, connection, client), receiver: Party::new(to, connection, server) };
    }
    Way { leg: Leg(connection), flow, version, how, footer: true, index: 0 }
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
