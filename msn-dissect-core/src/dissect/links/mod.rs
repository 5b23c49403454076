// SPDX-License-Identifier: GPL-2.0-or-later
//! Ties a command to others: teaches [`crate::session::links`] on the first pass, and shows it on every pass.
//!
//! What earlier units say is shown on every pass. What later units add (answers, connections opened, requests without
//! answer) is known from the second pass on only: a single pass of tshark cannot show it.

mod learn;
mod lists;
mod opening;
mod people;
mod show;
#[cfg(test)]
mod tests;

use super::{
    body::Body,
    walk::{Learn, Show},
};
pub(super) use show::failure;

/// Learns from one command.
pub(super) fn learn(learn: &mut Learn<'_>, body: &Body<'_>) {
    let key = (learn.record.frame, learn.record.unit, 0);
    if learn.session.links.enter(key) {
        learn::command(learn, body);
    }
}

/// Shows what ties one command to others.
pub(super) fn show(show: &mut Show<'_>, body: &Body<'_>) {
    show::command(show, body);
}
