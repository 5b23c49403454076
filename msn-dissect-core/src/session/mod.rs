// SPDX-License-Identifier: GPL-2.0-or-later
//! What is remembered between packets.
//!
//! All of it changes on the first pass only. Whatever a later pass needs is kept by [`Place`]: what a PDU was in
//! [`records`], what changes in the course of the capture in a [`timeline`], anything else in a [`ledger`]. So any order
//! of visits shows the same tree.

pub mod assembly;
pub mod bounded;
pub mod cam;
pub mod challenge;
pub mod connection;
pub mod contacts;
pub mod copies;
pub mod direct;
pub mod drawings;
pub mod flow;
pub mod frames;
pub mod ftp;
pub mod gateway;
pub mod ledger;
pub mod links;
pub mod losses;
pub mod map;
pub mod messages;
pub mod names;
pub mod notes;
pub mod p2p;
pub mod people;
pub mod place;
pub mod records;
pub mod rendezvous;
pub mod secrets;
pub mod soap;
pub mod timeline;
pub mod transactions;
pub mod transfers;
pub mod unfinished;
pub mod versions;

pub use crate::packet::FrameId;
pub use connection::Connection;
pub use ledger::Ledger;
pub use names::NameId;
pub use notes::{NoteKey, Notes};
pub use place::Place;
pub use records::{Record, What};
pub use timeline::Timeline;

use crate::{
    item::{Memo, Used},
    packet::Packet,
};
use connection::Connections;
use direct::Direct;
use ftp::Ftp;
use gateway::Gateway;
use links::Links;
use losses::{LossSet, Losses};
use names::Names;
use p2p::P2p;
use records::Records;
use rendezvous::Rendezvous;
use secrets::Secrets;
use transfers::Transfers;

/// Everything remembered of one capture file.
#[derive(Debug)]
pub struct Session {
    /// Frames that were seen.
    pub frames: frames::Frames,
    /// Connections by key.
    pub connections: Connections,
    /// What each PDU was.
    pub records: Records,
    /// Account names, each once.
    pub names: Names,
    /// What ties connections together.
    pub rendezvous: Rendezvous,
    /// Peer-to-peer sessions, messages and promised connections.
    pub p2p: P2p,
    /// Messages that come in pieces.
    pub assembly: assembly::Assembly,
    /// Objects that were offered.
    pub transfers: Transfers,
    /// Old file transfers.
    pub ftp: Ftp,
    /// Direct connections.
    pub direct: Direct,
    /// Drawings in chat messages.
    pub drawings: drawings::Drawings,
    /// Webcam connections that were negotiated.
    pub cam: cam::Cam,
    /// Messages split over several commands.
    pub messages: messages::Messages,
    /// Messages that come again to their receivers.
    pub copies: copies::Copies,
    /// Beginnings of commands whose ends have not come.
    pub unfinished: unfinished::Unfinished,
    /// What ties units together.
    pub links: Links,
    /// What the user told about accounts.
    pub secrets: Secrets,
    /// The user wants no text of messages in the Info column.
    pub hides_texts: bool,
    /// Sessions of the HTTP gateway.
    pub gateway: Gateway,
    /// What web services taught.
    pub soap: soap::Soap,
    /// What the tables lost, until it is told.
    pub losses: Losses,
    /// What was lost with a PDU.
    pub lost: Ledger<LossSet>,
    /// Values that came before, and what they show.
    pub(crate) memo: Option<Box<Memo>>,
    /// The frame that is being shown, and how much its tree holds.
    pub(crate) shown: (u32, Used),
}

impl Default for Session {
    fn default() -> Self {
        let losses = &Losses::default();
        Session {
            frames: frames::Frames::default(),
            connections: Connections::new(losses),
            records: Records::default(),
            names: Names::new(losses),
            rendezvous: Rendezvous::new(losses),
            p2p: P2p::new(losses),
            assembly: assembly::Assembly::new(losses),
            transfers: Transfers::new(losses),
            ftp: Ftp::new(losses),
            direct: Direct::new(losses),
            drawings: drawings::Drawings::new(losses),
            cam: cam::Cam::new(losses),
            messages: messages::Messages::new(losses),
            copies: copies::Copies::new(losses),
            unfinished: unfinished::Unfinished::new(losses),
            links: Links::new(losses),
            secrets: Secrets::default(),
            hides_texts: false,
            gateway: Gateway::new(losses),
            soap: soap::Soap::new(losses),
            losses: losses.clone(),
            lost: Ledger::default(),
            memo: None,
            shown: <(u32, Used)>::default(),
        }
    }
}

impl Session {
    /// The packet with the identity of its frame.
    pub(crate) fn enter(&mut self, packet: &Packet) -> Packet {
        if !packet.frame.is_none() {
            return *packet;
        }
        let place = packet.place.unwrap_or(u64::from(packet.number));
        Packet { frame: self.frames.enter(place, packet.number, packet.first_pass), ..*packet }
    }

    /// What was known before and behind a PDU of a packet that was met on the first pass.
    pub(crate) fn known(&self, packet: &Packet, place: Place) -> Option<[Record; 2]> {
        let kept = self.records.get(place)?;
        let states = self.connections.around(kept.conn, place);
        Some(states.map(|state| Record::new(packet, place, kept, &state)))
    }

    /// What is known of the PDU that a packet begins with; what can be said without any state if it was not met.
    pub(crate) fn record(&self, packet: &Packet) -> Record {
        let place = Place::new(packet.frame, packet.unit);
        self.known(packet, place).map_or_else(|| Record::guess(packet, place), |[_, after]| after)
    }
}
