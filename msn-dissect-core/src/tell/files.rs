// SPDX-License-Identifier: GPL-2.0-or-later
//! Files and objects that come out, and transfers that are offered.

use super::context::{Context, account};
use crate::{
    event::{Fact, Object, Proof, Transfer},
    fields::{command as f, mime as m, p2p},
    output::Dissection,
    session::Session,
    values::objects::{BAD, GOOD},
};
use std::ops::Range;

/// Tells of files.
pub(super) fn tell(context: &Context<'_>, out: &Dissection, objects: Range<usize>, facts: &mut Vec<Fact>) {
    facts.extend(transfer(context).map(Fact::Transfer));
    for made in out.objects.get(objects).unwrap_or_default() {
        facts.push(Fact::Object(Object {
            name: made.name.clone(),
            given: made.given.clone(),
            kind: made.kind.name(),
            from: account(&made.sender),
            to: account(&made.receiver),
            media: made.content_type,
            verified: match made.verified {
                GOOD => Proof::Good,
                BAD => Proof::Bad,
                _ => Proof::Unverified,
            },
            bytes: bytes(context.session, context, made),
        }));
    }
}

fn bytes(session: &Session, context: &Context<'_>, made: &crate::output::Object) -> Vec<u8> {
    made.bytes(session, context.items.sources.given()).to_vec()
}

/// The transfer that a PDU is about.
fn transfer(context: &Context<'_>) -> Option<Transfer> {
    let items = &context.items;
    if let Some((_, about)) = items.groups(p2p::TRANSFER).next() {
        return Some(Transfer {
            kind: about.word(p2p::TRANSFER_KIND),
            from: account(&about.word(p2p::TRANSFER_SENDER)),
            to: account(&about.word(p2p::TRANSFER_RECEIVER)),
            name: about.word(p2p::TRANSFER_NAME),
            size: about.number(p2p::TRANSFER_SIZE),
            offered: items.number(p2p::OFFERED_IN).map(|frame| frame as u32),
        });
    }
    let name = items.text(m::INVITE_FILE)?;
    let from = if context.to_server() { context.owner.to_owned() } else { context.account(f::EMAIL)? };
    let kind = "file".to_owned();
    Some(Transfer { kind, from, name, size: items.number(m::INVITE_SIZE), ..Transfer::default() })
}
