// SPDX-License-Identifier: GPL-2.0-or-later
//! Beginnings of commands whose ends have not come. In: bytes that wait for more, and the end of a connection. Out: what
//! is never completed, by the frame in which that is known.

use super::{
    FrameId,
    bounded::Bounded,
    connection::ConnId,
    losses::{Loss, Losses},
    map::Map,
};
use crate::packet::{Endpoint, Packet};
use std::sync::Arc;

/// Most connections' ends whose beginnings are kept, each of [`MAX_BYTES`] at most.
const MAX_WAITING: usize = 1024;

/// Most bytes of a beginning that are kept.
pub const MAX_BYTES: usize = 32 * 1024;

/// Most bytes of beginnings that are kept because they will never be complete; of more nothing is shown.
const MAX_ENDED_BYTES: usize = 16 << 20;

/// The beginning of a command.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Who sends them.
    pub source: Endpoint,
    /// To whom.
    pub destination: Endpoint,
    /// Number of the unit, in the frame in which the connection ends.
    pub unit: u32,
    /// Sequence number behind them.
    end: u32,
}

/// The end of what one end of a connection sends, or both.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// The sender of the packet sends nothing more: sequence numbers behind its last byte, and the end itself; the
    /// consumer may count from the handshake or not.
    Of([u32; 2]),
    /// The connection was reset.
    Both,
}

/// All of them.
#[derive(Debug)]
pub struct Unfinished {
    waiting: Bounded<(ConnId, bool), Begun, MAX_WAITING>,
    ended: Map<FrameId, Begun>,
    /// Bytes of those that ended.
    kept: usize,
    losses: Losses,
    any: bool,
}

/// Whether the sender of a packet is the end with the lower port and address.
fn is_lower(packet: &Packet) -> bool {
    (packet.source.port, &packet.source.address) < (packet.destination.port, &packet.destination.address)
}

impl Unfinished {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        let waiting = Bounded::new(Loss::Unfinished, losses);
        Unfinished { waiting, ended: Map::default(), kept: 0, losses: losses.clone(), any: false }
    }

    /// Whether nothing ever waited, so that no end of a connection matters.
    pub fn is_empty(&self) -> bool {
        !self.any
    }

    /// The bytes at the end of a packet's data wait for more.
    pub fn wait(&mut self, conn: ConnId, packet: &Packet, sequence: u32, bytes: &[u8]) {
        if bytes.len() > MAX_BYTES {
            return self.complete(conn, packet);
        }
        let end = sequence.wrapping_add(bytes.len() as u32);
        let (source, destination) = (packet.source, packet.destination);
        self.any = true;
        self.waiting.insert((conn, is_lower(packet)), Begun { bytes: bytes.into(), source, destination, unit: 0, end });
    }

    /// What the sender of a packet had begun is complete.
    pub fn complete(&mut self, conn: ConnId, packet: &Packet) {
        if self.any {
            self.waiting.remove(&(conn, is_lower(packet)));
        }
    }

    /// A connection ends with a packet.
    pub fn end(&mut self, conn: ConnId, packet: &Packet, ending: Ending) {
        let sender = (conn, is_lower(packet));
        let found = match ending {
            Ending::Both => self.waiting.remove(&sender).or_else(|| self.waiting.remove(&(conn, !sender.1))),
            Ending::Of(ends) => {
                let over = self.waiting.get(&sender).is_some_and(|one| ends.contains(&one.end.wrapping_add(1)));
                over.then(|| self.waiting.remove(&sender)).flatten()
            }
        };
        let Some(begun) = found else { return };
        // What is kept stays: a later pass shows what the first one showed.
        let kept = self.kept + begun.bytes.len();
        if kept > MAX_ENDED_BYTES {
            return self.losses.report(Loss::Unfinished);
        }
        self.kept = kept;
        self.ended.insert(packet.frame, Begun { unit: packet.unit, ..begun });
    }

    /// What will never be complete, as a frame tells.
    pub fn ended_in(&self, frame: FrameId) -> Option<&Begun> {
        self.ended.get(&frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_ends_with_what_its_sender_sends() {
        let mut all = Unfinished::new(&Losses::default());
        let packet = Packet { frame: FrameId::nth(3), ..Packet::example() };
        let other = Packet { source: packet.destination, destination: packet.source, ..packet };
        assert!(all.is_empty());
        all.wait(ConnId(1), &packet, 100, b"MSG 1 N 9\r\n");
        all.end(ConnId(1), &packet, Ending::Of([111, 111]));
        all.end(ConnId(1), &other, Ending::Of([112, 112]));
        all.end(ConnId(2), &packet, Ending::Both);
        assert!(!all.is_empty() && all.ended_in(packet.frame).is_none());
        all.end(ConnId(1), &packet, Ending::Of([7, 112]));
        assert_eq!(all.ended_in(packet.frame).map(|begun| &*begun.bytes), Some(&b"MSG 1 N 9\r\n"[..]));
        all.wait(ConnId(1), &packet, 100, b"MSG");
        all.complete(ConnId(1), &packet);
        let later = Packet { frame: FrameId::nth(4), ..other };
        all.end(ConnId(1), &later, Ending::Both);
        assert!(all.ended_in(later.frame).is_none());
        all.wait(ConnId(1), &packet, 100, b"MSG");
        all.end(ConnId(1), &later, Ending::Both);
        assert_eq!(all.ended_in(later.frame).map(|begun| begun.source), Some(packet.source));
    }

    #[test]
    fn what_is_kept_has_its_limit_and_a_loss_is_told() {
        let losses = Losses::default();
        let mut all = Unfinished::new(&losses);
        let most = MAX_ENDED_BYTES / MAX_BYTES;
        let bytes = vec![b'x'; MAX_BYTES];
        for at in 1..=most + 10 {
            let packet = Packet { frame: FrameId::nth(at as u32), ..Packet::example() };
            all.wait(ConnId(at as u32), &packet, 0, &bytes);
            all.end(ConnId(at as u32), &packet, Ending::Both);
        }
        assert_eq!((all.ended.len(), all.kept), (most, MAX_ENDED_BYTES));
        assert!(losses.any(&[Loss::Unfinished]));
    }
}
