// SPDX-License-Identifier: GPL-2.0-or-later
//! What is lost when a table is full, and the one place that all tables of a session report to.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// Lists what can be lost: for each kind its name, whether the oldest goes or the new one is not taken, whether its entries
/// end (then each loss is told, else only the first: from then on something old goes for everything new), and what it is.
macro_rules! losses {
    ($($id:ident $what:ident $entries:ident $name:literal;)*) => {
        /// What is lost when a table is full.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Loss { $(#[doc = $name] $id,)* }

        /// All of them, in their order.
        static LOSSES: &[(Loss, Goes, Entries, &str)] =
            &[$((Loss::$id, Goes::$what, Entries::$entries, $name),)*];
    };
}

/// What goes when a table is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goes {
    Oldest,
    New,
}

/// Whether entries of a table are removed when they are done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entries {
    End,
    Stay,
}

losses! {
    Connection New Stay "connections";
    Name New Stay "different names, or one that is too long";
    Ticket Oldest Stay "switchboard cookies";
    TicketLength New End "bytes in a switchboard cookie";
    Chat Oldest Stay "chats";
    ChatSide New End "connections to one chat";
    SignedIn New Stay "accounts";
    Referral Oldest End "referrals without account";
    Server New Stay "servers and clients at their own addresses";
    Contact New Stay "contacts, or one whose account is too long";
    SplitMessage Oldest End "split messages under way";
    Drawing Oldest Stay "drawings";
    GatewaySession New Stay "sessions of the HTTP gateway";
    GatewayCarrier Oldest Stay "connections to the HTTP gateway";
    Transfer New Stay "transfers";
    Invitation Oldest Stay "invitations to file transfers, or their addresses";
    InvitationLength New End "letters in an invitation to a file transfer";
    FileTransfer New Stay "file transfers";
    FileConnection Oldest Stay "connections of file transfers";
    DirectConnection Oldest Stay "direct connections";
    DirectPromise New Stay "direct connections that were negotiated";
    DirectCall Oldest Stay "calls that negotiate a direct connection";
    DirectDescription New End "descriptions of one direct connection";
    Webcam Oldest Stay "webcam connections";
    WebcamPromise New Stay "webcam connections that were negotiated";
    Session Oldest Stay "peer-to-peer sessions";
    SessionLeg New End "connections on which one peer-to-peer session is offered";
    SessionRequest Oldest Stay "requests of peer-to-peer sessions";
    Message Oldest End "peer-to-peer messages under way";
    MessageBegun Oldest Stay "peer-to-peer messages that began";
    MessageWhole Oldest Stay "whole peer-to-peer messages";
    Acknowledged Oldest Stay "peer-to-peer packets that may be acknowledged";
    Sequence Oldest Stay "peer-to-peer packets with sequence numbers";
    Assembled New Stay "messages in pieces";
    WebRequest Oldest End "requests to web services without an answer";
    LoginTicket Oldest Stay "login tickets, or one that is too long";
    ContactName New Stay "names in address books";
    OfflineMessage New Stay "offline messages";
    LockKey Oldest Stay "challenges of the offline message store";
    Refusal Oldest Stay "refused logins";
    LoginChallenge Oldest Stay "accounts that were asked to prove themselves";
    PasswordTold Oldest Stay "connections with passwords in clear";
    Unfinished Oldest Stay "commands that may never be complete";
    Copy Oldest Stay "messages that may come again to their receivers";
}

impl Loss {
    /// What an analyst is told.
    pub fn wording(self) -> String {
        let Some(&(_, goes, entries, name)) = LOSSES.get(self as usize) else { return String::new() };
        match (goes, entries) {
            (Goes::Oldest, Entries::End) => format!("Too many {name}: the oldest was forgotten"),
            (Goes::Oldest, Entries::Stay) => format!("Too many {name}: from here on the oldest are forgotten"),
            (Goes::New, Entries::End) => format!("Too many {name}: this one is not remembered"),
            (Goes::New, Entries::Stay) => format!("Too many {name}: from here on new ones are not remembered"),
        }
    }

    fn bit(self) -> u64 {
        1 << self as u32
    }

    fn is_told_each_time(self) -> bool {
        LOSSES.get(self as usize).is_some_and(|row| row.2 == Entries::End)
    }
}

/// Kinds of loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossSet(u64);

impl LossSet {
    /// Each kind.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Loss> {
        LOSSES.iter().map(|row| row.0).filter(move |loss| self.0 & loss.bit() != 0)
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The one place that all tables of a session report to; its clones are the same place.
#[derive(Clone, Debug, Default)]
pub struct Losses(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    /// Reported, and not taken yet.
    fresh: AtomicU64,
    /// Ever reported.
    ever: AtomicU64,
}

impl Losses {
    /// Something was lost.
    pub fn report(&self, loss: Loss) {
        let bit = loss.bit();
        let ever = self.0.ever.fetch_or(bit, Relaxed);
        if loss.is_told_each_time() || ever & bit == 0 {
            self.0.fresh.fetch_or(bit, Relaxed);
        }
    }

    /// What is to be told, once.
    #[inline]
    pub fn take(&self) -> LossSet {
        LossSet(if self.0.fresh.load(Relaxed) == 0 { 0 } else { self.0.fresh.swap(0, Relaxed) })
    }

    /// Whether something of these kinds was lost.
    pub fn any(&self, kinds: &[Loss]) -> bool {
        let ever = self.0.ever.load(Relaxed);
        kinds.iter().any(|kind| ever & kind.bit() != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_for_everything_new_is_told_once() {
        let losses = Losses::default();
        for round in 0..3 {
            losses.report(Loss::Chat);
            losses.report(Loss::SplitMessage);
            let told: Vec<_> = losses.take().iter().collect();
            assert_eq!(told, if round == 0 { vec![Loss::Chat, Loss::SplitMessage] } else { vec![Loss::SplitMessage] });
        }
    }

    #[test]
    fn every_kind_has_its_row_and_its_bit() {
        assert!(LOSSES.len() <= 64);
        for (at, row) in LOSSES.iter().enumerate() {
            assert_eq!(row.0 as usize, at);
            assert!(row.0.wording().starts_with("Too many "));
        }
    }
}
