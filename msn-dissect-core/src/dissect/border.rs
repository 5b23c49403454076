// SPDX-License-Identifier: GPL-2.0-or-later
//! TEMPORARY, to be removed with the one line in `command.rs` that calls [`finish`]: packets and session descriptions
//! inside bodies are still learnt from and shown in one step, which needs the whole walk. What is asked for here is done
//! when the body has been shown.

use std::cell::RefCell;

use super::{p2p_body::P2pContext, walk::Walk};
use crate::wire::Span;

enum Later {
    Packets(Span, P2pContext),
    Description(Span),
}

thread_local! {
    static LATER: RefCell<Option<Later>> = const { RefCell::new(None) };
}

pub mod p2p_body {
    use super::{LATER, Later};
    use crate::{
        dissect::{
            p2p_body::P2pContext,
            walk::{Learn, Show},
        },
        wire::Span,
    };

    pub fn learn(_: &mut Learn<'_>, _: &[u8], span: Span, context: &P2pContext) {
        LATER.set(Some(Later::Packets(span, context.clone())));
    }

    pub fn show(_: &mut Show<'_>, _: &[u8], span: Span, context: &P2pContext) {
        LATER.set(Some(Later::Packets(span, context.clone())));
    }
}

pub mod slp_body {
    use super::{LATER, Later};
    use crate::{
        dissect::walk::{Learn, Show},
        wire::Span,
    };

    pub fn learn(learn: &mut Learn<'_>, _: &[u8], span: Span) {
        let _ = learn.data; // What is read of it once packets are learnt from.
        LATER.set(Some(Later::Description(span)));
    }

    pub fn show(_: &mut Show<'_>, _: &[u8], span: Span) {
        LATER.set(Some(Later::Description(span)));
    }
}

/// Does what was asked for since the last call.
pub fn finish(walk: &mut Walk<'_>, unit: &[u8]) {
    match LATER.take() {
        Some(Later::Packets(span, context)) => super::p2p_body::show(walk, unit, span, &context),
        Some(Later::Description(span)) => super::slp_body::show(walk, span),
        None => {}
    }
}
