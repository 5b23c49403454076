// SPDX-License-Identifier: GPL-2.0-or-later
//! Addresses and ports of transport negotiation, also written backwards (fact base: p2p 6).

use std::net::{IpAddr, Ipv4Addr};

use crate::wire::Span;

/// What a line lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Addresses.
    Addresses,
    /// Ports.
    Ports,
    /// Addresses with ports.
    Pairs,
}

/// How a line lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// What.
    pub what: What,
    /// Name and value are written backwards.
    pub reversed: bool,
}

/// One entry of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place on the wire.
    pub span: Span,
    /// Address, and its place.
    pub address: Option<(IpAddr, Span)>,
    /// Port, and its place.
    pub port: Option<(u16, Span)>,
}

impl Entry {
    /// Whether everything that the form promises was understood.
    pub fn is_whole(&self, what: What) -> bool {
        (what == What::Ports || self.address.is_some()) && (what == What::Addresses || self.port.is_some())
    }
}

/// The entries of `span`, separated by blanks, as they stand on the wire.
pub fn entries(data: &[u8], span: Span, form: Form) -> impl Iterator<Item = Entry> + '_ {
    let mut at = span.start;
    std::iter::from_fn(move || {
        let rest = Span::new(at, span.end).of(data);
        let skip = rest.iter().position(|&byte| byte != b' ')?;
        let token = rest.get(skip..)?;
        let len = token.iter().position(|&byte| byte == b' ').unwrap_or(token.len());
        let span = Span::new(at + skip, at + skip + len);
        at = span.end;
        Some(entry(data, span, form))
    })
}

fn entry(data: &[u8], span: Span, form: Form) -> Entry {
    let token = span.of(data);
    let mut entry = Entry { span, address: None, port: None };
    match form.what {
        What::Addresses => entry.address = address(token, form.reversed).map(|address| (address, span)),
        What::Ports => entry.port = port(token, form.reversed).map(|port| (port, span)),
        What::Pairs => {
            // IPv6 addresses contain colons, so `#` goes first, then the separator nearest to the port.
            let separator = |byte: &u8| *byte == b'#';
            let at = match (token.iter().position(separator), form.reversed) {
                (Some(at), _) => Some(at),
                (None, true) => token.iter().position(|&byte| byte == b':'),
                (None, false) => token.iter().rposition(|&byte| byte == b':'),
            };
            if let Some(at) = at {
                let (before, after) =
                    (Span::new(span.start, span.start + at), Span::new(span.start + at + 1, span.end));
                let (host, number) = if form.reversed { (after, before) } else { (before, after) };
                entry.address = address(host.of(data), form.reversed).map(|address| (address, host));
                entry.port = port(number.of(data), form.reversed).map(|port| (port, number));
            }
        }
    }
    entry
}

/// Longest text of an address: IPv6 with a scope.
const MAX_ADDRESS: usize = 64;

fn forward(token: &[u8], reversed: bool) -> Option<String> {
    if token.len() > MAX_ADDRESS {
        return None;
    }
    let bytes = if reversed { token.iter().rev().copied().collect() } else { token.to_vec() };
    String::from_utf8(bytes).ok()
}

fn address(token: &[u8], reversed: bool) -> Option<IpAddr> {
    let text = forward(token, reversed)?;
    let text = text.trim_start_matches('[').trim_end_matches(']');
    let text = text.split_once('%').map_or(text, |(address, _scope)| address);
    text.parse().ok()
}

fn port(token: &[u8], reversed: bool) -> Option<u16> {
    forward(token, reversed)?.parse().ok()
}

/// The address of a NetID: a signed number whose bytes, lowest first, are the address.
pub fn net_id(value: i32) -> Ipv4Addr {
    Ipv4Addr::from(value.to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, what: What, reversed: bool) -> Vec<(Option<String>, Option<u16>)> {
        entries(text.as_bytes(), Span::new(0, text.len()), Form { what, reversed })
            .map(|entry| (entry.address.map(|found| found.0.to_string()), entry.port.map(|found| found.0)))
            .collect()
    }

    #[test]
    fn lists_are_read_forwards_and_backwards() {
        let address = |text: &str| Some(text.to_owned());
        assert_eq!(
            read("192.0.2.10 2001:db8::1", What::Addresses, false),
            [(address("192.0.2.10"), None), (address("2001:db8::1"), None)]
        );
        assert_eq!(read("6891 6892", What::Ports, false), [(None, Some(6891)), (None, Some(6892))]);
        assert_eq!(read("9111:01.2.0.291", What::Pairs, true), [(address("192.0.2.10"), Some(1119))]);
        assert_eq!(read("01.2.0.291", What::Addresses, true), [(address("192.0.2.10"), None)]);
        assert_eq!(read("1986", What::Ports, true), [(None, Some(6891))]);
        assert_eq!(
            read("192.0.2.10:1119 2001:db8::1#7", What::Pairs, false),
            [(address("192.0.2.10"), Some(1119)), (address("2001:db8::1"), Some(7))]
        );
        assert_eq!(read("7#1::8bd:1002", What::Pairs, true), [(address("2001:db8::1"), Some(7))]);
    }

    #[test]
    fn places_are_those_of_the_wire() {
        let text = b"9111:01.2.0.291";
        let form = Form { what: What::Pairs, reversed: true };
        let entry = entries(text, Span::new(0, text.len()), form).next().unwrap();
        assert_eq!(entry.port.unwrap().1, Span::new(0, 4));
        assert_eq!(entry.address.unwrap().1, Span::new(5, 15));
        assert!(entry.is_whole(What::Pairs));
    }

    #[test]
    fn nonsense_is_not_an_address() {
        assert_eq!(read("nowhere:99999", What::Pairs, false), [(None, None)]);
        assert_eq!(read("   ", What::Ports, false), []);
    }

    #[test]
    fn net_ids_are_addresses() {
        assert_eq!(net_id(167_903_424), Ipv4Addr::new(192, 0, 2, 10));
        assert_eq!(net_id(-932_957_242), Ipv4Addr::new(198, 51, 100, 200));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..60), reversed: bool, pairs: bool) {
            let what = if pairs { What::Pairs } else { What::Addresses };
            for entry in entries(&bytes, Span::new(0, bytes.len()), Form { what, reversed }) {
                prop_assert!(entry.span.end <= bytes.len() && !entry.span.is_empty());
            }
        }
    }
}
