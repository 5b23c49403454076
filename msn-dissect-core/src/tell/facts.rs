// SPDX-License-Identifier: GPL-2.0-or-later
//! What a PDU means: each concern adds what it finds.

use super::{chat, context::Context, files, lists, login, people, services};
use crate::{
    command::Dir,
    event::Fact,
    fields::{Proto, command as f, link},
    output::Dissection,
};
use std::ops::Range;

/// All facts of a PDU; its objects are those of this range.
pub(super) fn facts(context: &Context<'_>, out: &Dissection, objects: Range<usize>) -> Vec<Fact> {
    let mut facts = Vec::new();
    if matches!(context.proto, Proto::Msn | Proto::MsnSoap) {
        chat::tell(context, &mut facts);
    }
    if context.proto == Proto::Msn {
        people::tell(context, &mut facts);
        lists::tell(context, &mut facts);
        login::tell(context, &mut facts);
        answer(context, &mut facts);
    }
    if context.proto == Proto::MsnSoap {
        services::tell(context, &mut facts);
    }
    files::tell(context, out, objects, &mut facts);
    facts
}

/// Whether a request succeeded.
fn answer(context: &Context<'_>, facts: &mut Vec<Fact>) {
    let Some(trid) = context.trid().filter(|_| context.record.dir == Dir::ToClient) else { return };
    let good = !context.items.has(f::ERROR);
    if context.items.has(link::RESPONSE_TO) {
        facts.push(Fact::Answer { trid, good });
    }
}
