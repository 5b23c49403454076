// SPDX-License-Identifier: GPL-2.0-or-later
//! Sessions that MSNSLP negotiates: invitations, answers, ends (fact base: p2p 5 and 8).

use super::flow::{Flow, Leg, Party};
use crate::session::{
    FrameId,
    bounded::Bounded,
    losses::{Loss, Losses},
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

/// Longest Call-ID and branch remembered, in bytes.
const MAX_NAME: usize = 64;

type Pair = (Party, Party);

/// All sessions.
#[derive(Debug)]
pub struct Dialogs {
    rows: Bounded<u32, Dialog, MAX_DIALOGS>,
    made: u32,
    by_session: Bounded<(u32, Option<Pair>), DialogId, { MAX_DIALOGS * 2 }>,
    by_call: Bounded<Box<[u8]>, DialogId, MAX_DIALOGS>,
    requests: Bounded<(Leg, Box<[u8]>), Request, MAX_DIALOGS>,
    losses: Losses,
}

/// Both directions of a conversation have the same pair.
fn pair(flow: Flow) -> Pair {
    let (a, b) = (flow.sender, flow.receiver);
    if a <= b { (a, b) } else { (b, a) }
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

    /// Remembers an invitation to a session; one that was seen on another leg is the same session.
    pub fn invite(&mut self, leg: Leg, flow: Flow, call_id: &[u8], session_id: u32, key: NoteKey) -> DialogId {
        let known = self.by_call.get(&name(call_id)).copied();
        let known =
            known.filter(|id| self.get(*id).is_some_and(|dialog| dialog.session_id == session_id && !dialog.ended));
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
        self.by_call.insert(name(call_id), id);
        if session_id != 0 {
            self.by_session.insert((session_id, Some(pair(flow))), id);
            self.by_session.insert((session_id, None), id);
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

    /// The session of a Call-ID.
    pub fn of_call(&self, call_id: &[u8]) -> Option<DialogId> {
        self.by_call.get(&name(call_id)).copied()
    }

    /// The session of a number between these two; if they are not known, whoever uses that number.
    pub fn of_session(&self, session_id: u32, flow: Flow) -> Option<DialogId> {
        if session_id == 0 {
            return None;
        }
        let exact = self.by_session.get(&(session_id, Some(pair(flow))));
        exact.or_else(|| self.by_session.get(&(session_id, None))).copied()
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
    use crate::session::names::NameId;

    #[test]
    fn sessions_are_found_by_call_and_by_number_in_both_directions() {
        let mut dialogs = Dialogs::new(&Losses::default());
        let flow = Flow { sender: Party::new(NameId::default(), 1, 0), receiver: Party::new(NameId::default(), 1, 1) };
        let id = dialogs.invite(Leg(1), flow, b"{a}", 77, (FrameId::nth(5), 0, 0));
        assert_eq!(dialogs.invite(Leg(2), flow, b"{A}", 77, (FrameId::nth(6), 0, 0)), id);
        assert_eq!(dialogs.of_session(77, flow.reversed()), Some(id));
        assert_eq!(dialogs.of_session(77, Flow::default()), Some(id));
        assert_eq!((dialogs.of_session(0, flow), dialogs.of_session(78, flow)), (None, None));
        assert_eq!(dialogs.of_call(b"{A}"), Some(id));
        let dialog = dialogs.get(id).unwrap();
        assert_eq!(
            (dialog.invitation(Leg(2)), dialog.invitation(Leg(9))),
            (Some((FrameId::nth(6), 0, 0)), Some((FrameId::nth(5), 0, 0)))
        );
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
