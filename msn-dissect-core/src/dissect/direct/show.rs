// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what stands on a direct connection, but for the packets, which are shown where they are read.

use super::{
    framing::Pdu,
    state::{has_header, is_cut, nonce_of, payload},
};
use crate::{
    dissect::walk::{Show, frame_link},
    fields::{Proto, expert, ftp as f, link as links, p2p},
    item::Tree,
    session::{
        direct::{DirectState, NonceStatus},
        frames::Frames,
        p2p::expected::{Expected, hash_nonce, text_order},
    },
    values::objects::{BAD, GOOD, UNVERIFIED},
    wire::{Span, u32_at},
};

/// What all labels begin with.
const NAME: &str = "Direct connection";

/// Characters of a label.
const MAX_LABEL: usize = 120;

/// Shows what stands in front of a packet's header; tells whether there is one.
pub(super) fn begin(show: &mut Show<'_>, state: &DirectState, pdu: Option<&Pdu>, span: Span) -> bool {
    let nonce = show.session.direct.nonces.get(show.record.place());
    let label = match pdu {
        Some(Pdu::Greeting | Pdu::BareGreeting) => "Direct connection, greeting",
        Some(Pdu::KeepAlive) => "Direct connection, keep-alive",
        Some(Pdu::Packet) if nonce.is_some() => "Direct connection, nonce",
        Some(Pdu::Packet) => "Direct connection",
        None => "Direct connection, continuation",
    };
    // A frame says once that it is of a direct connection, however many packets it has.
    let begun = show.packet.info_begun || !show.out.info.is_empty();
    let short = label.strip_prefix(NAME).unwrap_or(label).trim_start_matches(", ");
    show.info(if begun { short } else { label }, MAX_LABEL);
    let tree = &mut show.out.tree;
    tree.protocol(Proto::MsnP2p, span, label);
    let payload = payload(span);
    let length = Span::new(span.start, payload.start);
    match pdu {
        Some(Pdu::Greeting) => {
            tree.number(f::DIRECT_LENGTH, length, 4);
            tree.text(f::DIRECT_FOO, payload, "foo");
        }
        Some(Pdu::BareGreeting) => {
            tree.text(f::DIRECT_FOO, span, "foo");
        }
        Some(Pdu::KeepAlive) => {
            tree.number(f::DIRECT_LENGTH, length, 0);
            tree.bytes(f::DIRECT_KEEP_ALIVE, length);
        }
        Some(Pdu::Packet) => {
            let announced = u32_at(show.data, span.start).unwrap_or(0);
            tree.number(f::DIRECT_LENGTH, length, u64::from(announced));
            return has_header(show.session, show.record.place(), state);
        }
        None => {
            tree.bytes(f::DIRECT_CONTINUATION, span);
            tree.expert(f::DIRECT_CONTINUED);
        }
    }
    false
}

/// Shows what is said of all of it.
pub(super) fn end(show: &mut Show<'_>, state: &DirectState, pdu: Option<&Pdu>, span: Span) {
    let tree = &mut show.out.tree;
    if pdu == Some(&Pdu::Packet) {
        if is_cut(show.data, span) {
            let cut = show.packet.reported_len > show.data.len();
            tree.expert(if cut { expert::CAPTURE_CUT } else { expert::PAYLOAD_CUT });
        }
        if let Some(&status) = show.session.direct.nonces.get(show.record.place()) {
            nonce(payload(span), payload(span).of(show.data), status, tree);
        }
    }
    if let Some(promise) = state.expected.and_then(|number| show.session.p2p.expected.get(number)) {
        origin(promise, &show.session.frames, tree);
    }
    tree.close();
}

fn nonce(payload: Span, bytes: &[u8], status: NonceStatus, tree: &mut Tree) {
    let Some((wire, version)) = nonce_of(bytes).filter(|_| tree.wanted()) else { return };
    let place = Span::new(payload.end - wire.len(), payload.end);
    if version == 2 {
        tree.raw(p2p::NONCE, place, &text_order(&wire));
    }
    let hashed = tree.raw(f::DIRECT_HASHED, place, &hash_nonce(&wire));
    tree.generated(hashed);
    let (checked, how) = match status {
        NonceStatus::Good => (GOOD, Some("the negotiation carried it")),
        NonceStatus::GoodHash => (GOOD, Some("the negotiation carried its hash")),
        NonceStatus::Bad => (BAD, None),
        NonceStatus::Unverified => (UNVERIFIED, None),
    };
    let shown = tree.number(f::DIRECT_NONCE_STATUS, place, checked);
    tree.generated(shown);
    if let Some(how) = how {
        tree.note(shown, how);
    }
    if status == NonceStatus::Bad {
        tree.expert(f::NONCE_MISMATCH);
    }
}

/// The negotiation that led here.
fn origin(promise: &Expected, frames: &Frames, tree: &mut Tree) {
    let none = Span::default();
    frame_link(tree, frames, links::ANNOUNCED_IN, promise.frame);
    let call = tree.wire(f::DIRECT_CALL_ID, none, promise.call_id.as_bytes());
    tree.generated(call);
}
