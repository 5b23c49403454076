// SPDX-License-Identifier: GPL-2.0-or-later
//! Ties a command to others: teaches [`crate::session::links`] on the first pass, and shows it on every pass.
//!
//! What earlier units say is shown on every pass. What later units add (answers, connections opened, requests without
//! answer) is known from the second pass on only: a single pass of tshark cannot show it.

use crate::dissect::walk::Walk;
mod learn;
mod lists;
mod opening;
mod show;
#[cfg(test)]
mod tests;

use super::framing::Command;

impl Walk<'_> {
    /// Learns from and shows one command, the summary of which ends at `info`.
    pub(super) fn links(&mut self, data: &[u8], found: &Command, info: usize) {
        let key = (self.record.frame, self.record.unit, 0);
        if self.packet.first_pass && self.session.links.enter(key) {
            learn::command(self.session, self.packet, self.record, data, found);
        }
        if found.line.error().is_some() && self.packet.want_info {
            show::failure(&mut self.out.info, info, self.session, key);
        }
        if self.out.tree.wanted() {
            show::command(self, data, found);
        }
    }
}
