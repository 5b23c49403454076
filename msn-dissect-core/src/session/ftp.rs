// SPDX-License-Identifier: GPL-2.0-or-later
//! MSNFTP: invitations, the connections that they lead to, and how much of each file has arrived.

use crate::session::FrameId;
use std::net::IpAddr;

use super::{
    Ledger, NameId, Notes, Place, Timeline,
    assembly::MessageId,
    bounded::Bounded,
    connection::ConnId,
    losses::{Loss, Losses},
    map::Map,
    notes::NoteKey,
};
use crate::{packet::Endpoint, wire::ftp_blocks::Position};

/// Most invitations, addresses, cookies and connections remembered, of each.
pub const MAX_REMEMBERED: usize = 1 << 14;

/// Most offers and transfers remembered; later ones are shown without their names.
pub const MAX_OFFERS: usize = 1 << 18;

/// Longest file name and cookie remembered, in bytes.
pub const MAX_TEXT: usize = 1024;

/// Number of nothing: no offer, no transfer.
pub const NONE: u32 = u32::MAX;

/// An invitation to a file transfer, of one switchboard connection.
#[derive(Clone, Debug, Default)]
pub struct Invitation {
    /// File name.
    pub name: Box<str>,
    /// Size offered.
    pub size: Option<u64>,
    /// Account that offers the file.
    pub sender: NameId,
    /// Account that agreed to take it; may be no name.
    pub receiver: NameId,
    /// Where it stands.
    pub key: NoteKey,
}

/// What an invitation that was accepted says about the connection to come.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The invitation.
    pub invitation: Invitation,
    /// AuthCookie.
    pub cookie: Box<str>,
    /// Frame that named the address.
    pub frame: FrameId,
    /// The receiver listens and the sender connects.
    pub sender_connects: bool,
    /// Frame in which the connection began, 0 = not yet.
    pub opened_in: FrameId,
}

/// A file on its way.
#[derive(Debug)]
pub struct Transfer {
    /// The offer, or [`NONE`].
    pub offer: u32,
    /// Size that FIL gave.
    pub size: u64,
    /// Bytes that have arrived: each once while they are put together, else up to the last one.
    pub arrived: u64,
    /// Its bytes, once some have come, unless it is too large to be put together.
    pub message: Option<MessageId>,
    /// Where the next byte belongs that comes in order.
    pub next: Position,
    /// TCP sequence number of that byte.
    pub next_sequence: Option<u32>,
    /// Sequence number and file offset of a block's header, from which places are reckoned.
    pub anchor: Option<(u32, u64)>,
    /// Usual length of a block.
    pub block: u16,
    /// All bytes have arrived.
    pub complete: bool,
    /// The last unit with blocks.
    pub last: Place,
}

/// What is known of a connection, which its lines change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FtpState {
    /// The file sender's end, once a line or an offer told.
    pub sender_end: Option<Endpoint>,
    /// The offer that led here, or [`NONE`].
    pub offer: u32,
    /// The transfer under way, or [`NONE`].
    pub transfer: u32,
}

impl Default for FtpState {
    fn default() -> Self {
        FtpState { sender_end: None, offer: NONE, transfer: NONE }
    }
}

/// What is remembered of a connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Link {
    /// What is known of it now.
    pub state: FtpState,
    /// The sender's next bytes are blocks.
    pub in_data: bool,
    /// A line of the protocol was seen.
    pub started: bool,
}

/// How far a transfer was with a unit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// Where the unit's blocks begin in the file, if it is blocks.
    pub blocks: Option<Position>,
    /// Bytes of the file that had arrived with this unit.
    pub arrived: u64,
    /// The file was whole before this unit.
    pub was_complete: bool,
    /// A block contradicts an earlier one, so that the file is not put together.
    pub conflict: bool,
}

/// Everything remembered about MSNFTP.
#[derive(Debug)]
pub struct Ftp {
    invitations: Bounded<(ConnId, Box<str>), Invitation, MAX_REMEMBERED>,
    offers: Vec<Offer>,
    by_address: Bounded<(IpAddr, u16), u32, MAX_REMEMBERED>,
    by_cookie: Bounded<Box<str>, u32, MAX_REMEMBERED>,
    links: Bounded<u64, Link, MAX_REMEMBERED>,
    transfers: Vec<Transfer>,
    /// How far transfers were, by unit.
    pub progress: Ledger<Progress>,
    histories: Map<ConnId, Timeline<FtpState>>,
    /// The offer that a unit of a switchboard connection announced, or that its invitation led to; [`NONE`] = not yet.
    pub announced: Notes<u32>,
    /// Name of the file that an answer to an invitation is about.
    pub answered: Notes<NameId>,
    losses: Losses,
}

impl Ftp {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Ftp {
            invitations: Bounded::new(Loss::Invitation, losses),
            offers: Vec::new(),
            by_address: Bounded::new(Loss::Invitation, losses),
            by_cookie: Bounded::new(Loss::Invitation, losses),
            links: Bounded::new(Loss::FileConnection, losses),
            transfers: Vec::new(),
            progress: Ledger::default(),
            histories: Map::default(),
            announced: Notes::default(),
            answered: Notes::default(),
            losses: losses.clone(),
        }
    }

    /// Remembers an invitation of a switchboard connection.
    pub fn invite(&mut self, conn: ConnId, cookie: &str, invitation: Invitation) {
        if cookie.len() <= MAX_TEXT && invitation.name.len() <= MAX_TEXT {
            self.invitations.insert((conn, cookie.into()), invitation);
        } else {
            self.losses.report(Loss::InvitationLength);
        }
    }

    /// Remembers who agreed to an invitation.
    pub fn agree(&mut self, conn: ConnId, cookie: &str, who: NameId) {
        if let Some(invitation) = self.invitations.get_mut(&(conn, cookie.into())).filter(|one| one.sender != who) {
            invitation.receiver = who;
        }
    }

    /// The invitation that an answer belongs to.
    pub fn invitation(&self, conn: ConnId, cookie: &str) -> Option<&Invitation> {
        self.invitations.get(&(conn, cookie.into()))
    }

    /// Remembers where an accepted file will be had. The copies of one answer, as its sender and its receiver see it,
    /// make one offer. Returns its number, or [`NONE`].
    pub fn announce(&mut self, offer: Offer, addresses: &[(IpAddr, u16)]) -> u32 {
        if offer.cookie.len() > MAX_TEXT {
            self.losses.report(Loss::InvitationLength);
            return NONE;
        }
        if self.offers.len() >= MAX_OFFERS {
            self.losses.report(Loss::FileTransfer);
            return NONE;
        }
        let known = self.by_cookie.get(&offer.cookie).copied().filter(|&number| {
            self.offer(number)
                .is_some_and(|old| old.opened_in.is_none() && old.invitation.name == offer.invitation.name)
        });
        let number = known.unwrap_or(self.offers.len() as u32);
        if known.is_none() {
            self.by_cookie.insert(offer.cookie.clone(), number);
            self.offers.push(offer);
        }
        for address in addresses {
            self.by_address.insert(*address, number);
        }
        number
    }

    /// An offer by its number.
    pub fn offer(&self, number: u32) -> Option<&Offer> {
        self.offers.get(number as usize)
    }

    /// Keeps what is known of a connection behind a unit.
    pub fn set(&mut self, conn: ConnId, place: Place, state: FtpState) {
        self.histories.entry(conn).or_default().set(place, state);
    }

    /// What was known of a connection behind a unit.
    pub fn at(&self, conn: ConnId, place: Place) -> FtpState {
        self.histories.get(&conn).map(|history| history.at(place)).unwrap_or_default()
    }

    /// The connection of a key.
    pub fn link(&self, key: u64) -> Link {
        self.links.get(&key).copied().unwrap_or_default()
    }

    /// Keeps what was learnt about a connection.
    pub fn keep_link(&mut self, key: u64, link: Link) {
        self.links.insert(key, link);
    }

    /// The offer for a connection to this address, marked as opened.
    pub fn open_address(&mut self, address: (IpAddr, u16), frame: FrameId) -> u32 {
        self.by_address.get(&address).copied().map_or(NONE, |number| self.open(number, frame))
    }

    /// The offer that has this cookie, marked as opened.
    pub fn open_cookie(&mut self, cookie: &str, frame: FrameId) -> u32 {
        self.by_cookie.get(cookie).copied().map_or(NONE, |number| self.open(number, frame))
    }

    fn open(&mut self, number: u32, frame: FrameId) -> u32 {
        if let Some(offer) = self.offers.get_mut(number as usize).filter(|offer| offer.opened_in.is_none()) {
            offer.opened_in = frame;
        }
        number
    }

    /// A new transfer, whose blocks begin at this sequence number; [`NONE`] if there are too many.
    pub fn begin(&mut self, offer: u32, size: u64, sequence: Option<u32>) -> u32 {
        if self.transfers.len() >= MAX_OFFERS {
            self.losses.report(Loss::FileTransfer);
            return NONE;
        }
        let number = self.transfers.len() as u32;
        self.transfers.push(Transfer {
            offer,
            size,
            arrived: 0,
            message: None,
            next: Position::default(),
            next_sequence: sequence,
            anchor: sequence.map(|sequence| (sequence, 0)),
            block: crate::wire::ftp_blocks::USUAL_BLOCK,
            complete: false,
            last: Place::default(),
        });
        number
    }

    /// A transfer by its number.
    pub fn transfer(&self, number: u32) -> Option<&Transfer> {
        self.transfers.get(number as usize)
    }

    /// A transfer by its number, to be changed.
    pub fn transfer_mut(&mut self, number: u32) -> Option<&mut Transfer> {
        self.transfers.get_mut(number as usize)
    }
}

impl Transfer {
    /// The place in the file of the byte with this sequence number, reckoned from an earlier block (all blocks but the
    /// last are of one length).
    pub fn reckon(&self, sequence: u32) -> Option<Position> {
        let (anchor, base) = self.anchor?;
        let step = i64::from(self.block) + 3;
        // The wrapped difference, signed: bytes before the anchor count backwards.
        let distance = i64::from(sequence.wrapping_sub(anchor) as i32);
        let within = distance.rem_euclid(step) as u64;
        let offset = i64::try_from(base).ok()?.checked_add(distance.div_euclid(step) * i64::from(self.block))?;
        let offset = u64::try_from(offset).ok().filter(|&offset| offset <= self.size)?;
        let len = u64::from(self.block).min(self.size - offset);
        let head = [0, (len & 0xff) as u8, (len >> 8) as u8];
        match within {
            0..3 => Some(Position { offset, left: 0, head, have: within as u8 }),
            _ if within - 3 <= len => {
                Some(Position { offset: offset + within - 3, left: (len - (within - 3)) as u16, head: [0; 3], have: 0 })
            }
            _ => None,
        }
    }
}
