// SPDX-License-Identifier: GPL-2.0-or-later
//! Learns from text/x-msmsgsinvite bodies where a file transfer will take place (fact base: mime 8, msnftp 1).

use super::roles::{FieldValues, Role};
use crate::{
    dissect::walk::{Learn, Show, frame_link},
    packet::{AnnouncedKind, Announcement},
    session::FrameId,
};
use std::net::{IpAddr, Ipv4Addr};

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{
    command::Dir,
    fields::link,
    session::{
        NameId, Record, Session,
        ftp::{Invitation, NONE, Offer},
    },
    text,
};

/// Application-GUID of MSNFTP.
const FILE_TRANSFER: &[u8] = b"{5D3E02AB-6190-11D3-BBBB-00C04F795683}";

/// What hides PortX and PortX-Internal.
const PORT_MASK: u16 = 0x3141;

/// What an invitation says, by role.
struct Fields<'a> {
    values: &'a FieldValues,
    data: &'a [u8],
}

impl<'a> Fields<'a> {
    fn of(&self, role: Role) -> &'a [u8] {
        self.values.of(role, self.data)
    }

    /// Every address at which the listener may be reached.
    fn addresses(&self) -> Vec<(IpAddr, u16)> {
        let mut found = Vec::new();
        let mut add = |address: Option<Ipv4Addr>, port: Option<u16>| {
            if let (Some(address), Some(port)) = (address, port.filter(|&port| port != 0)) {
                let one = (IpAddr::V4(address), port);
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        };
        let unmask = |bytes| number::<u16>(bytes).map(|port| port ^ PORT_MASK);
        let (port, external, internal) =
            (number(self.of(Role::Port)), unmask(self.of(Role::PortExternal)), unmask(self.of(Role::PortInternal)));
        let (address, own_port) = split(self.of(Role::Address));
        for port in [own_port, port, external] {
            add(address, port);
        }
        let (address, own_port) = split(self.of(Role::AddressInternal));
        for port in [own_port, internal, port] {
            add(address, port);
        }
        if let Ok(decoded) = BASE64_STANDARD.decode(self.of(Role::AddressEncoded)) {
            let (address, own_port) = split(&decoded);
            add(address, own_port);
        }
        found
    }
}

fn number<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

/// An address, maybe with a port.
fn split(bytes: &[u8]) -> (Option<Ipv4Addr>, Option<u16>) {
    match memchr::memchr(b':', bytes) {
        Some(colon) => {
            (number(bytes.get(..colon).unwrap_or_default()), number(bytes.get(colon + 1..).unwrap_or_default()))
        }
        None => (number(bytes), None),
    }
}

/// Learns from an invitation whose fields stand in `data`; `sender` is the account that the line names (server to client).
pub(super) fn learn(learn: &mut Learn<'_>, values: &FieldValues, data: &[u8], sender: &[u8]) {
    let fields = Fields { values, data };
    let conn = learn.record.conn;
    let from = match learn.record.dir {
        Dir::ToClient => learn.session.names.keep(&text::utf8(sender).text),
        Dir::ToServer => learn.record.account,
    };
    let cookie = String::from_utf8_lossy(fields.of(Role::Cookie));
    let key = (learn.record.frame, learn.record.unit, 0);
    if matches!(fields.of(Role::Command), b"ACCEPT" | b"CANCEL") {
        if let Some(invitation) = learn.session.ftp.invitation(conn, &cookie) {
            let name = learn.session.names.keep(&invitation.name);
            learn.session.ftp.answered.keep(key, name);
        }
    }
    match fields.of(Role::Command) {
        b"INVITE" if fields.of(Role::Guid).eq_ignore_ascii_case(FILE_TRANSFER) => {
            let name = text::utf8(fields.of(Role::File)).text.into_owned().into();
            let invitation =
                Invitation { name, size: number(fields.of(Role::Size)), sender: from, key, ..Invitation::default() };
            learn.session.ftp.announced.keep(key, NONE);
            learn.session.ftp.invite(conn, &cookie, invitation);
        }
        b"ACCEPT" if !fields.of(Role::AuthCookie).is_empty() => accept(learn, &fields, &cookie, from),
        // Without an address: the one who takes the file agrees.
        b"ACCEPT" => learn.session.ftp.agree(conn, &cookie, from),
        _ => {}
    }
}

/// The file that an answer to an invitation is about; empty if that is not known.
pub(super) fn file<'s>(session: &'s Session, record: &Record) -> &'s str {
    let name = session.ftp.answered.get((record.frame, record.unit, 0)).copied();
    session.names.get(name.unwrap_or_default())
}

/// Shows where the connection begins that an invitation led to.
pub(super) fn show(show: &mut Show<'_>) {
    if !show.knows_later() {
        return;
    }
    let ftp = &show.session.ftp;
    let number = ftp.announced.get((show.record.frame, show.record.unit, 0)).copied().unwrap_or(NONE);
    if let Some(offer) = ftp.offer(number) {
        frame_link(&mut show.out.tree, &show.session.frames, link::OPENED_IN, offer.opened_in);
    }
}

/// An answer that names an address.
fn accept(learn: &mut Learn<'_>, fields: &Fields<'_>, cookie: &str, from: NameId) {
    let addresses = fields.addresses();
    let conn = learn.record.conn;
    let sender_connects = fields.of(Role::SenderConnects).eq_ignore_ascii_case(b"TRUE");
    let invitation = learn.session.ftp.invitation(conn, cookie).cloned().unwrap_or_default();
    let invitation_key = invitation.key;
    // The one who listens writes this: the sender, unless it says otherwise.
    let (sender, receiver) = match sender_connects {
        true => (invitation.sender, from),
        false => (from, invitation.receiver),
    };
    let offer = Offer {
        invitation: Invitation { sender, receiver, ..invitation },
        cookie: String::from_utf8_lossy(fields.of(Role::AuthCookie)).into(),
        frame: learn.packet.frame,
        sender_connects,
        opened_in: FrameId::NONE,
    };
    let number = learn.session.ftp.announce(offer, &addresses);
    if number != NONE {
        let invited = learn.session.ftp.offer(number).map(|offer| offer.invitation.key);
        if let Some(slot) = invited.and_then(|key| learn.session.ftp.announced.get_mut(key)) {
            *slot = number;
        }
        if let Some(slot) = learn.session.ftp.announced.get_mut(invitation_key) {
            *slot = number;
        }
        learn.session.ftp.announced.keep((learn.record.frame, learn.record.unit, 0), number);
        for &(address, port) in &addresses {
            let announcement = Announcement { address, port, kind: AnnouncedKind::Ftp };
            if learn.session.rendezvous.is_new_server(&announcement) {
                learn.announced.push(announcement);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::header_tables::INVITE;
    use super::*;
    use crate::wire::Span;

    #[test]
    fn every_form_of_address_is_found() {
        let addresses = |data: &[u8]| {
            let values = FieldValues::read(data, Span::new(0, data.len()), INVITE);
            Fields { values: &values, data }.addresses()
        };
        let body = b"IP-Address: 192.0.2.10\r\nIP-Address-Internal: 192.168.1.2\r\n\
            Port: 6891\r\nPortX: 11178\r\nPortX-Internal: 11179\r\nIP-Address-Enc64: MTk4LjUxLjEwMC43OjY5MDA=\r\n";
        let at = |address: [u8; 4], port| (IpAddr::from(address), port);
        assert_eq!(
            addresses(body),
            [
                at([192, 0, 2, 10], 6891),
                at([192, 168, 1, 2], 6890),
                at([192, 168, 1, 2], 6891),
                at([198, 51, 100, 7], 6900),
            ]
        );
        assert_eq!(addresses(b"IP-Address: 192.0.2.1:7000\r\n"), [at([192, 0, 2, 1], 7000)]);
        assert!(addresses(b"IP-Address: x\r\nPort: 1\r\nIP-Address-Enc64: !\r\n").is_empty());
    }

    #[test]
    fn addresses_are_announced_as_far_as_there_is_room() {
        use crate::{
            dissect::stream,
            output::Dissection,
            packet::Packet,
            session::{Session, rendezvous::MAX_SERVERS},
        };
        let mut session = Session::default();
        let mut number = 0;
        let mut announced = |last: usize| {
            number += 1;
            let address = std::net::Ipv4Addr::from(0x0a00_0000 + last as u32);
            let body = format!(
                "Content-Type: text/x-msmsgsinvite\r\n\r\nInvitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\n\
                 AuthCookie: 2\r\nIP-Address: {address}\r\nPort: 6891\r\n\r\n"
            );
            let unit = format!("MSG 1 N {}\r\n{body}", body.len());
            let mut out = Dissection::default();
            out.reset(false);
            stream(&mut session, &Packet { number, ..Packet::example() }, unit.as_bytes(), &mut out);
            out.announced.len()
        };
        assert_eq!([announced(1), announced(1), announced(2)], [1, 0, 1]);
        assert_eq!((3..MAX_SERVERS + 10).map(announced).sum::<usize>(), MAX_SERVERS - 2);
    }
}
