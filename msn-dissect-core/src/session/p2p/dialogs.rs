// SPDX-License-Identifier: GPL-2.0-or-later
//! Sessions that MSNSLP negotiates: invitations, answers, ends (fact base: p2p 5 and 8).

use super::flow::{Flow, Leg, Party};
use crate::session::{
    FrameId,
    bounded::Bounded,
    losses::{Loss, Losses},
    names::NameId,
    notes::NoteKey,
    transfers::{TransferId, TransferKind},
};

/// What the first pass learnt about a session description.
#[derive(Clone, Copy, Debug, Default)]
pub struct SlpNote {
    /// Frame and time of the request that this answers.
    pub answers: Option<(FrameId, u64)>,
    /// Frame and time of the answer.
    pub answered: Option<(FrameId, u64)>,
    /// Frame of the invitation that began the session.
    pub invited: FrameId,
    /// Frame of the BYE that ended it.
    pub ended: FrameId,
    /// Frame in which the direct connection that it negotiates begins.
    pub opened: FrameId,
    /// What the session transfers.
    pub transfer: Option<TransferId>,
    /// Bytes that had arrived when the session ended, if that was not all.
    pub interrupted: Option<u64>,
    /// What kind of session a BYE or answer belongs to.
    pub kind: SessionKind,
}

/// Kinds of session as far as the reading of later messages depends on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionKind {
    /// Not known.
    #[default]
    Unknown,
    /// Bytes of an object or file are sent.
    Bytes,
    /// Control items are sent: webcam, activity.
    Items,
}

/// A session.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// Who invited whom.
    pub flow: Flow,
    /// The chat in which that happened, if it is known.
    pub chat: Option<NameId>,
    /// The inviter gets the bytes: objects are asked for, everything else is offered.
    pub asks: bool,
    /// Number of the session.
    pub session_id: u32,
    /// What it transfers.
    pub transfer: Option<TransferId>,
    /// What is sent in it.
    pub kind: SessionKind,
    /// Invitation by leg: leg, frame.
    pub invitations: Vec<(Leg, NoteKey)>,
    /// Whether it was accepted.
    pub accepted: bool,
    /// All bytes arrived.
    pub complete: bool,
    /// Most bytes of data that had arrived of one message.
    pub arrived: u64,
    /// Somebody said BYE.
    pub ended: bool,
}

impl Dialog {
    /// Whether it was seen on a leg.
    fn is_on(&self, leg: Leg) -> bool {
        self.invitations.iter().any(|row| row.0 == leg)
    }

    /// Whether it may be what an invitation in a chat from one to another is about.
    fn is_of(&self, flow: Flow, chat: Option<NameId>) -> bool {
        let unknown = |party: Party| party.account().is_none();
        let same = |one: Party, other: Party| one == other || unknown(one) || unknown(other);
        let parties = same(self.flow.sender, flow.sender) && same(self.flow.receiver, flow.receiver);
        parties && (self.chat == chat || self.chat.is_none() || chat.is_none())
    }

    /// Whether its bytes go this way.
    fn goes(&self, flow: Flow) -> bool {
        self.flow == if self.asks { flow.reversed() } else { flow }
    }

    /// The invitation on this leg, or on any.
    pub fn invitation(&self, leg: Leg) -> Option<NoteKey> {
        let on_leg = self.invitations.iter().find(|row| row.0 == leg);
        on_leg.or(self.invitations.first()).map(|row| row.1)
    }
}

/// A request that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Where its note is.
    pub key: NoteKey,
    /// Capture time, ns.
    pub time: u64,
}

/// Number of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DialogId(u32);

/// Most sessions, requests and names of them remembered.
pub const MAX_DIALOGS: usize = 1 << 16;

/// Most legs on which an invitation is remembered.
const MAX_LEGS: usize = 8;

/// Most sessions of the same number or Call-ID that are told apart. Programs that begin with the same random numbers give
/// them again: to the session that the other side asks for, and in the next chat.
const MAX_ALIKE: usize = 8;

/// Longest Call-ID and branch remembered, in bytes.
const MAX_NAME: usize = 64;

type Pair = (Party, Party);

/// All sessions.
#[derive(Debug)]
pub struct Dialogs {
    rows: Bounded<u32, Dialog, MAX_DIALOGS>,
    made: u32,
    by_session: Bounded<(u32, Option<Pair>), Vec<DialogId>, { MAX_DIALOGS * 2 }>,
    by_call: Bounded<Box<[u8]>, Vec<DialogId>, MAX_DIALOGS>,
    requests: Bounded<(Leg, Box<[u8]>), Request, MAX_DIALOGS>,
    losses: Losses,
}

/// Both directions of a conversation have the same pair.
fn pair(flow: Flow) -> Pair {
    let (a, b) = (flow.sender, flow.receiver);
    if a <= b { (a, b) } else { (b, a) }
}

/// Puts a session behind those that are called alike.
fn add<K: Clone + Eq + std::hash::Hash, const MAX: usize>(
    rows: &mut Bounded<K, Vec<DialogId>, MAX>,
    key: K,
    id: DialogId,
) {
    match rows.get_mut(&key) {
        Some(alike) => {
            if alike.len() >= MAX_ALIKE {
                alike.remove(0);
            }
            alike.push(id);
        }
        None => {
            rows.insert(key, vec![id]);
        }
    }
}

fn name(text: &[u8]) -> Box<[u8]> {
    text.get(..text.len().min(MAX_NAME)).unwrap_or_default().to_ascii_uppercase().into()
}

impl Dialogs {
    /// No sessions; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Dialogs {
            rows: Bounded::new(Loss::Session, losses),
            made: 0,
            by_session: Bounded::new(Loss::Session, losses),
            by_call: Bounded::new(Loss::Session, losses),
            requests: Bounded::new(Loss::SessionRequest, losses),
            losses: losses.clone(),
        }
    }

    /// Remembers an invitation to a session; one from the same to the same that was seen on another leg of the chat is the
    /// same session.
    pub fn invite(
        &mut self,
        leg: Leg,
        (flow, chat): (Flow, Option<NameId>),
        call_id: &[u8],
        session_id: u32,
        key: NoteKey,
    ) -> DialogId {
        let same = |dialog: &Dialog| dialog.session_id == session_id && !dialog.ended && dialog.is_of(flow, chat);
        let alike = self.by_call.get(&name(call_id)).map(Vec::as_slice).unwrap_or_default();
        let known = alike.iter().rev().copied().find(|id| self.get(*id).is_some_and(same));
        if let Some(id) = known {
            if let Some(dialog) = self.rows.get_mut(&id.0) {
                if dialog.invitations.iter().any(|row| row.0 == leg) {
                    return id;
                }
                if dialog.invitations.len() < MAX_LEGS {
                    dialog.invitations.push((leg, key));
                } else {
                    self.losses.report(Loss::SessionLeg);
                }
            }
            return id;
        }
        let id = DialogId(self.made);
        self.made = self.made.wrapping_add(1);
        let dialog = Dialog {
            flow,
            chat,
            asks: false,
            session_id,
            transfer: None,
            kind: SessionKind::Unknown,
            invitations: vec![(leg, key)],
            accepted: false,
            complete: false,
            arrived: 0,
            ended: false,
        };
        self.rows.insert(id.0, dialog);
        add(&mut self.by_call, name(call_id), id);
        if session_id != 0 {
            add(&mut self.by_session, (session_id, Some(pair(flow))), id);
            add(&mut self.by_session, (session_id, None), id);
        }
        id
    }

    /// A session by its number.
    pub fn get(&self, id: DialogId) -> Option<&Dialog> {
        self.rows.get(&id.0)
    }

    /// A session by its number, to be changed.
    pub fn get_mut(&mut self, id: DialogId) -> Option<&mut Dialog> {
        self.rows.get_mut(&id.0)
    }

    /// The best of sessions that are called alike, the latest of several: what was seen on the leg, then what `fits`.
    fn best(&self, alike: &[DialogId], leg: Leg, fits: impl Fn(&Dialog) -> bool) -> Option<DialogId> {
        if let [only] = alike {
            return Some(*only);
        }
        let rank = |id: &&DialogId| self.get(**id).map(|dialog| (dialog.is_on(leg), fits(dialog), !dialog.ended));
        alike.iter().max_by_key(rank).copied()
    }

    /// The session of a Call-ID, for a message from one to the other.
    pub fn of_call(&self, leg: Leg, flow: Flow, call_id: &[u8]) -> Option<DialogId> {
        let alike = self.by_call.get(&name(call_id))?;
        self.best(alike, leg, |dialog| pair(dialog.flow) == pair(flow))
    }

    /// The session of a number between these two; if they are not known, whoever uses that number. Of several, the one
    /// whose bytes go this way.
    pub fn of_session(&self, leg: Leg, session_id: u32, flow: Flow) -> Option<DialogId> {
        if session_id == 0 {
            return None;
        }
        let exact = self.by_session.get(&(session_id, Some(pair(flow))));
        let alike = exact.or_else(|| self.by_session.get(&(session_id, None)))?;
        self.best(alike, leg, |dialog| dialog.goes(flow))
    }

    /// Remembers a request, by Call-ID and branch.
    pub fn request(&mut self, leg: Leg, call_id: &[u8], branch: &[u8], request: Request) {
        let key = (leg, transaction(call_id, branch));
        if self.requests.get(&key).is_none() {
            self.requests.insert(key, request);
        }
    }

    /// The request that an answer belongs to.
    pub fn answered(&self, leg: Leg, call_id: &[u8], branch: &[u8]) -> Option<Request> {
        self.requests.get(&(leg, transaction(call_id, branch))).copied()
    }
}

fn transaction(call_id: &[u8], branch: &[u8]) -> Box<[u8]> {
    let mut text = name(call_id).into_vec();
    text.push(b' ');
    text.extend(name(branch));
    text.into()
}

/// What is sent in a session of this transfer.
pub fn kind_of(kind: TransferKind) -> SessionKind {
    match kind {
        TransferKind::Unknown => SessionKind::Unknown,
        TransferKind::Webcam | TransferKind::VideoConference | TransferKind::Activity => SessionKind::Items,
        _ => SessionKind::Bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::names::Names;

    #[test]
    fn sessions_are_found_by_call_and_by_number_in_both_directions() {
        let mut dialogs = Dialogs::new(&Losses::default());
        let flow = Flow { sender: Party::new(NameId::default(), 1, 0), receiver: Party::new(NameId::default(), 1, 1) };
        let id = dialogs.invite(Leg(1), (flow, None), b"{a}", 77, (FrameId::nth(5), 0, 0));
        assert_eq!(dialogs.invite(Leg(2), (flow, None), b"{A}", 77, (FrameId::nth(6), 0, 0)), id);
        let of_session = |id, flow| dialogs.of_session(Leg(1), id, flow);
        assert_eq!(of_session(77, flow.reversed()), Some(id));
        assert_eq!(of_session(77, Flow::default()), Some(id));
        assert_eq!((of_session(0, flow), of_session(78, flow)), (None, None));
        assert_eq!(dialogs.of_call(Leg(1), flow, b"{A}"), Some(id));
        let dialog = dialogs.get(id).unwrap();
        assert_eq!(
            (dialog.invitation(Leg(2)), dialog.invitation(Leg(9))),
            (Some((FrameId::nth(6), 0, 0)), Some((FrameId::nth(5), 0, 0)))
        );
    }

    #[test]
    fn sessions_that_are_called_alike_are_told_by_who_invited_and_where() {
        let mut names = Names::default();
        let [alice, bob, first, second] = ["alice", "bob", "17", "18"].map(|name| names.keep(name));
        let flow = Flow { sender: Party::new(alice, 0, 0), receiver: Party::new(bob, 0, 0) };
        let mut dialogs = Dialogs::new(&Losses::default());
        let mut invite = |leg, flow, chat| dialogs.invite(Leg(leg), (flow, Some(chat)), b"{a}", 77, NoteKey::default());
        let asked = invite(1, flow, first);
        assert_eq!(invite(2, flow, first), asked, "the other leg");
        let back = invite(3, flow.reversed(), second);
        assert_ne!(back, asked);
        assert_eq!(invite(4, flow.reversed(), second), back);
        let same_chat = invite(1, flow.reversed(), first);
        let again = invite(5, flow, second);
        assert!(![asked, back].contains(&same_chat) && ![asked, back, same_chat].contains(&again));
        for id in [asked, back, same_chat, again] {
            dialogs.get_mut(id).unwrap().asks = true;
        }
        // Alice asked, so Bob sends.
        assert_eq!(dialogs.of_session(Leg(2), 77, flow.reversed()), Some(asked));
        assert_eq!(dialogs.of_session(Leg(4), 77, flow), Some(back));
        assert_eq!(dialogs.of_session(Leg(1), 77, flow), Some(same_chat));
        assert_eq!(dialogs.of_session(Leg(9), 77, flow.reversed()), Some(again), "over a direct connection");
        assert_eq!(dialogs.of_call(Leg(3), flow, b"{A}"), Some(back));
    }

    #[test]
    fn answers_find_the_request_of_their_branch() {
        let mut dialogs = Dialogs::new(&Losses::default());
        dialogs.request(Leg(1), b"{a}", b"{b}", Request { key: (FrameId::nth(1), 0, 0), time: 10 });
        assert_eq!(dialogs.answered(Leg(1), b"{A}", b"{B}").unwrap().time, 10);
        assert!(dialogs.answered(Leg(2), b"{a}", b"{b}").is_none());
        assert!(dialogs.answered(Leg(1), b"{a}", b"{c}").is_none());
    }
}
