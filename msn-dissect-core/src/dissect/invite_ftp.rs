// SPDX-License-Identifier: GPL-2.0-or-later
//! Learns from text/x-msmsgsinvite bodies where a file transfer will take place (fact base: mime 8, msnftp 1).

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

/// Longest payload looked at.
const MAX_PAYLOAD: usize = 8192;

/// The fields of an invitation that matter here.
#[derive(Clone, Copy, Debug, Default)]
struct Fields<'a> {
    content_type: &'a [u8],
    command: &'a [u8],
    cookie: &'a [u8],
    guid: &'a [u8],
    file: &'a [u8],
    size: &'a [u8],
    address: &'a [u8],
    internal: &'a [u8],
    encoded: &'a [u8],
    port: &'a [u8],
    port_x: &'a [u8],
    port_x_internal: &'a [u8],
    auth_cookie: &'a [u8],
    sender_connect: &'a [u8],
}

impl<'a> Fields<'a> {
    fn parse(payload: &'a [u8]) -> Self {
        let mut fields = Fields::default();
        for line in payload.get(..MAX_PAYLOAD).unwrap_or(payload).split(|&byte| byte == b'\n') {
            let Some(colon) = memchr::memchr(b':', line) else { continue };
            let (name, value) = line.split_at(colon);
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            let slot = match name.to_ascii_lowercase().as_slice() {
                b"content-type" => &mut fields.content_type,
                b"invitation-command" => &mut fields.command,
                b"invitation-cookie" => &mut fields.cookie,
                b"application-guid" => &mut fields.guid,
                b"application-file" => &mut fields.file,
                b"application-filesize" => &mut fields.size,
                b"ip-address" => &mut fields.address,
                b"ip-address-internal" => &mut fields.internal,
                b"ip-address-enc64" => &mut fields.encoded,
                b"port" => &mut fields.port,
                b"portx" => &mut fields.port_x,
                b"portx-internal" => &mut fields.port_x_internal,
                b"authcookie" => &mut fields.auth_cookie,
                b"sender-connect" => &mut fields.sender_connect,
                _ => continue,
            };
            *slot = value;
        }
        fields
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
        let (port, external, internal) = (number(self.port), unmask(self.port_x), unmask(self.port_x_internal));
        let (address, own_port) = split(self.address);
        for port in [own_port, port, external] {
            add(address, port);
        }
        let (address, own_port) = split(self.internal);
        for port in [own_port, internal, port] {
            add(address, port);
        }
        if let Ok(decoded) = BASE64_STANDARD.decode(self.encoded) {
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

/// Learns from an invitation in the payload of a MSG; `sender` is the account that the line names (server to client).
pub(super) fn learn(learn: &mut Learn<'_>, payload: &[u8], sender: &[u8]) {
    let fields = Fields::parse(payload);
    let conn = learn.record.conn;
    let from = match learn.record.dir {
        Dir::ToClient => learn.session.names.keep(&text::utf8(sender).text),
        Dir::ToServer => learn.record.account,
    };
    let cookie = String::from_utf8_lossy(fields.cookie);
    let key = (learn.record.frame, learn.record.unit, 0);
    if matches!(fields.command, b"ACCEPT" | b"CANCEL") {
        if let Some(invitation) = learn.session.ftp.invitation(conn, &cookie) {
            let name = learn.session.names.keep(&invitation.name);
            learn.session.ftp.answered.keep(key, name);
        }
    }
    match fields.command {
        b"INVITE" if fields.guid.eq_ignore_ascii_case(FILE_TRANSFER) => {
            let name = text::utf8(fields.file).text.into_owned().into();
            let invitation = Invitation { name, size: number(fields.size), sender: from, key, ..Invitation::default() };
            learn.session.ftp.announced.keep(key, NONE);
            learn.session.ftp.invite(conn, &cookie, invitation);
        }
        b"ACCEPT" if !fields.auth_cookie.is_empty() => accept(learn, &fields, &cookie, from),
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
    let sender_connects = fields.sender_connect.eq_ignore_ascii_case(b"TRUE");
    let invitation = learn.session.ftp.invitation(conn, cookie).cloned().unwrap_or_default();
    let invitation_key = invitation.key;
    // The one who listens writes this: the sender, unless it says otherwise.
    let (sender, receiver) = match sender_connects {
        true => (invitation.sender, from),
        false => (from, invitation.receiver),
    };
    let offer = Offer {
        invitation: Invitation { sender, receiver, ..invitation },
        cookie: String::from_utf8_lossy(fields.auth_cookie).into(),
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
        learn.announced.extend(addresses.iter().map(|&(address, port)| Announcement {
            address,
            port,
            kind: AnnouncedKind::Ftp,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_address_is_found() {
        let body =
            b"Content-Type: text/x-msmsgsinvite\r\n\r\nIP-Address: 192.0.2.10\r\nIP-Address-Internal: 192.168.1.2\r\n\
            Port: 6891\r\nPortX: 11178\r\nPortX-Internal: 11179\r\nIP-Address-Enc64: MTk4LjUxLjEwMC43OjY5MDA=\r\n";
        let at = |address: [u8; 4], port| (IpAddr::from(address), port);
        assert_eq!(
            Fields::parse(body).addresses(),
            [
                at([192, 0, 2, 10], 6891),
                at([192, 168, 1, 2], 6890),
                at([192, 168, 1, 2], 6891),
                at([198, 51, 100, 7], 6900),
            ]
        );
        let with_port = Fields { address: b"192.0.2.1:7000", ..Fields::default() };
        assert_eq!(with_port.addresses(), [at([192, 0, 2, 1], 7000)]);
        assert!(Fields { address: b"x", port: b"1", encoded: b"!", ..Fields::default() }.addresses().is_empty());
    }
}
