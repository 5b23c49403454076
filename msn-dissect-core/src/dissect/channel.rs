// SPDX-License-Identifier: GPL-2.0-or-later
//! What kind of connection bytes come from: one walk for each.

use super::ftp;
use crate::{output::Dissection, packet::Packet, session::Session};

/// A kind of connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Channel {
    /// Between a client and a server: the text protocol.
    #[default]
    Server = 0,
    /// Direct connection between two clients: peer-to-peer packets.
    Direct = 1,
    /// File transfer between two clients: MSNFTP.
    FileTransfer = 2,
    /// Webcam pictures between two clients, or through a reflector.
    Webcam = 3,
    /// NAT probe over UDP.
    NatProbe = 4,
}

impl Channel {
    /// The channel of a number, see [`Channel`].
    pub fn from_number(number: u8) -> Option<Self> {
        let all = [Channel::Server, Channel::Direct, Channel::FileTransfer, Channel::Webcam, Channel::NatProbe];
        all.get(usize::from(number)).copied()
    }

    /// Dissects the bytes of a segment. A channel that was chosen wrongly deals with no unit and asks for nothing.
    pub fn dissect(self, session: &mut Session, packet: &Packet, data: &[u8], out: &mut Dissection) {
        let packet = &session.enter(packet);
        out.tree.lend(&mut session.memo);
        super::bounded(session, packet, packet.unit == 0, out, |session, out| match self {
            Channel::Server => super::stream(session, packet, data, out),
            Channel::Direct => super::direct::stream(session, packet, data, out),
            Channel::FileTransfer => ftp::stream(session, packet, data, out),
            Channel::Webcam => super::cam::stream(session, packet, data, out),
            Channel::NatProbe => super::probe::datagram(packet, data, out),
        });
        out.tree.give_back(&mut session.memo);
    }

    /// The channel that the first bytes of a TCP stream prove, on a port that belongs to another protocol.
    pub fn proven_by(data: &[u8]) -> Option<Self> {
        // Nearly every stream on such a port is its owner's, so the first byte must decide.
        let Some(b'\x04' | b'A' | b'P' | b'T' | b'U' | b'V' | b'r') = data.first() else { return None };
        let streams = [Channel::Server, Channel::Direct, Channel::FileTransfer, Channel::Webcam];
        streams.into_iter().find(|channel| channel.heuristic(data))
    }

    /// Whether a stream (or datagram) that begins with `data` is of this kind, whatever its port.
    pub fn heuristic(self, data: &[u8]) -> bool {
        match self {
            Channel::Server => super::heuristic(data),
            Channel::Direct => super::direct::heuristic(data),
            Channel::FileTransfer => ftp::heuristic(data),
            Channel::Webcam => super::cam::heuristic(data),
            Channel::NatProbe => super::probe::heuristic(data),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_prove_every_kind_of_stream() {
        for (data, channel) in [
            (&b"VER 1 MSNP18 CVR0\r\n"[..], Channel::Server),
            (b"USR 1 a@example.com 1.2.3\r\n", Channel::Server),
            (b"ANS 1 a@example.com 1.2 11752013\r\n", Channel::Server),
            (b"\x04\0\0\0foo\0", Channel::Direct),
            (b"VER MSNFTP\r\n", Channel::FileTransfer),
            (b"recipientid=1&sessionid=2\r\n\r\n", Channel::Webcam),
            (b"PROD /1 TSP/1.0\r\n", Channel::Webcam),
            (b"VIEW /1 TSP/1.0\r\n", Channel::Webcam),
            (b"TSP/1.0 200 OK\r\n", Channel::Webcam),
        ] {
            assert!(channel.heuristic(data), "{channel:?}");
            assert_eq!(Channel::proven_by(data), Some(channel));
        }
        for data in
            [&b""[..], b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\n", b"TRACE / HTTP/1.1\r\n", b"\x04\x01\0\x50"]
        {
            assert_eq!(Channel::proven_by(data), None);
        }
    }
}
