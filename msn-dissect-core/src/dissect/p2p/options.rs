// SPDX-License-Identifier: GPL-2.0-or-later
//! Options of the headers of version 2 (fact base: p2p 4): one row each.

use nom::number::Endianness;

use crate::{
    fields::{Expert, Field, p2p as f},
    item::Tree,
    p2p::{
        peer_info,
        tlv::{self, Piece, Tlv},
        v2,
    },
    wire::Span,
};

/// The options of a header, and the field that shows their types.
pub(super) type Options = (Field, &'static [Row]);

/// Type of an option, and what its value is.
type Row = (u8, Value);

/// What the value of an option is.
#[derive(Clone, Copy)]
pub(super) enum Value {
    /// What the implementation at the other end can do.
    Peer,
    /// A big-endian number of 32 bits, and what is to be remarked of it.
    Number32(Field, Option<Expert>),
    /// A big-endian number of 64 bits.
    Number64(Field),
}

/// Options of the transport header.
pub(super) const TRANSPORT: Options = (
    f::TLV_TYPE,
    &[
        (v2::PEER_INFO, Value::Peer),
        (v2::ACK, Value::Number32(f::ACK_SEQUENCE, None)),
        (v2::NAK, Value::Number32(f::NAK_SEQUENCE, Some(f::NAK))),
    ],
);

/// Options of the data header.
pub(super) const DATA: Options = (f::TLV_DATA_TYPE, &[(v2::REMAINING, Value::Number64(f::REMAINING))]);

/// Shows the options in `span`.
pub(super) fn show(tree: &mut Tree, bytes: &[u8], span: Span, (kind, rows): Options) {
    for piece in tlv::pieces(bytes, span) {
        match piece {
            Piece::Padding(span) => {
                tree.bytes(f::TLV_PADDING, span);
            }
            Piece::Cut(span) => {
                tree.bytes(f::TLV_CUT, span);
                tree.expert(f::OPTION_CUT);
            }
            Piece::Tlv(option) => one(tree, bytes, &option, kind, rows),
        }
    }
}

fn one(tree: &mut Tree, bytes: &[u8], option: &Tlv, kind: Field, rows: &[Row]) {
    let heading = tree.bytes(f::TLV, option.span);
    tree.open(heading);
    let at = option.span.start;
    tree.number(kind, Span::new(at, at + 1), u64::from(option.kind));
    tree.number(f::TLV_LENGTH, Span::new(at + 1, at + 2), option.value.len() as u64);
    if !option.value.is_empty() {
        tree.bytes(f::TLV_VALUE, option.value);
    }
    match rows.iter().find(|row| row.0 == option.kind) {
        Some((_, value)) => {
            if !value.show(tree, option.value.of(bytes), option.value) {
                tree.expert(f::OPTION_CUT);
            }
        }
        None => tree.expert(f::UNKNOWN_OPTION),
    }
    tree.close();
}

impl Value {
    /// Shows a value that stands at `place`; whether it has the right length.
    fn show(self, tree: &mut Tree, value: &[u8], place: Span) -> bool {
        match self {
            Value::Peer => return peer(tree, value, place),
            Value::Number32(field, remark) => {
                let Ok(number) = <[u8; 4]>::try_from(value) else { return false };
                tree.number(field, place, u64::from(u32::from_be_bytes(number)));
                if let Some(remark) = remark {
                    tree.expert(remark);
                }
            }
            Value::Number64(field) => {
                let Ok(number) = <[u8; 8]>::try_from(value) else { return false };
                tree.number(field, place, u64::from_be_bytes(number));
            }
        }
        true
    }
}

fn peer(tree: &mut Tree, value: &[u8], place: Span) -> bool {
    let Ok((rest, info)) = peer_info::parse(value) else { return false };
    let order = if info.order == Endianness::Big { "big-endian" } else { "little-endian" };
    let order = tree.text(f::PEER_ORDER, Span::new(place.start, place.start + 2), order);
    tree.generated(order);
    let at = |from: usize, to: usize| Span::new(place.start + from, place.start + to);
    tree.number(f::PEER_PROTOCOL, at(0, 2), u64::from(info.protocol_version));
    tree.number(f::PEER_IMPLEMENTATION, at(2, 4), u64::from(info.implementation));
    tree.number(f::PEER_VERSION, at(4, 6), u64::from(info.version));
    tree.number(f::PEER_RESERVED, at(6, 8), u64::from(info.reserved));
    tree.number(f::PEER_CAPABILITIES, at(8, 12), u64::from(info.capabilities));
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Header, type, value, the field that shows it and its number; one for each row.
    const EXAMPLES: &[(Options, u8, &[u8], Field, u64)] = &[
        (TRANSPORT, v2::PEER_INFO, &[0, 2, 0, 0, 14, 0, 0, 0, 15, 1, 0, 0], f::PEER_VERSION, 14),
        (TRANSPORT, v2::ACK, &[0, 0, 1, 2], f::ACK_SEQUENCE, 258),
        (TRANSPORT, v2::NAK, &[0, 0, 1, 3], f::NAK_SEQUENCE, 259),
        (DATA, v2::REMAINING, &[0, 0, 0, 0, 0, 0, 4, 0], f::REMAINING, 1024),
    ];

    fn shown(options: Options, kind: u8, value: &[u8]) -> Tree {
        let bytes = [&[kind, value.len() as u8], value].concat();
        let mut tree = Tree::default();
        tree.reset(true);
        show(&mut tree, &bytes, Span::new(0, bytes.len()), options);
        tree
    }

    #[test]
    fn every_option_has_an_example_which_is_read() {
        for (field, rows) in [TRANSPORT, DATA] {
            for (kind, _) in rows {
                assert!(EXAMPLES.iter().any(|example| example.0.0 == field && example.1 == *kind), "option {kind}");
            }
        }
        for &(options, kind, value, field, number) in EXAMPLES {
            let tree = shown(options, kind, value);
            assert_eq!(tree.find(field).map(|item| item.number), Some(number));
            assert!(!tree.has_expert(f::OPTION_CUT) && !tree.has_expert(f::UNKNOWN_OPTION));
            for wrong in [&value[1..], &[value, &[0]].concat()] {
                assert!(shown(options, kind, wrong).has_expert(f::OPTION_CUT), "option {kind} of {}", wrong.len());
            }
            assert!(shown(options, 99, value).has_expert(f::UNKNOWN_OPTION));
        }
    }
}
