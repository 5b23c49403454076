// SPDX-License-Identifier: GPL-2.0-or-later
//! Learns from the `<producer>`, `<viewer>` and `ReflData:` items of a webcam session where its own connection will
//! be (fact base: msnftp 6).

use crate::{
    dissect::walk::{Learn, Show, frame_link},
    packet::{AnnouncedKind, Announcement},
    session::FrameId,
};
use std::net::IpAddr;

use crate::{
    fields::link,
    session::{cam::Promise, notes::NoteKey, p2p::flow::Flow},
};

/// Longest item looked at, in characters.
const MAX_ITEM: usize = 8192;

/// Most addresses of one item.
const MAX_ADDRESSES: usize = 16;

/// What an item says about the connection.
#[derive(Debug, Default, PartialEq, Eq)]
struct Offer {
    addresses: Vec<(IpAddr, u16)>,
    numbers: Option<(u32, u32)>,
}

/// The texts of all elements that hold nothing but text, with their names.
fn elements(item: &str) -> impl Iterator<Item = (&str, &str)> {
    item.split('<').filter_map(|part| {
        let (name, text) = part.split_once('>')?;
        let text = text.trim();
        (!text.is_empty() && !name.starts_with('/')).then_some((name.trim(), text))
    })
}

fn offer(item: &str) -> Offer {
    let (mut internal, mut external) = (Vec::new(), Vec::new());
    let (mut port, mut local_port, mut external_port) = (None, None, None);
    let (mut recipient, mut session) = (None, None);
    for (name, text) in elements(item) {
        match name {
            "tcpport" => port = text.parse::<u16>().ok(),
            "tcplocalport" => local_port = text.parse().ok(),
            "tcpexternalport" => external_port = text.parse().ok(),
            "tcpexternalip" => external.extend(text.parse::<IpAddr>().ok()),
            "rid" => recipient = text.parse::<u32>().ok(),
            "session" => session = text.parse::<u32>().ok(),
            _ if name.starts_with("tcpipaddress") => internal.extend(text.parse::<IpAddr>().ok()),
            _ => {}
        }
    }
    let mut addresses = Vec::new();
    for (hosts, other) in [(internal, local_port), (external, external_port)] {
        for host in hosts {
            addresses.extend([port, other].into_iter().flatten().map(|port| (host, port)));
        }
    }
    addresses.retain(|one| one.1 != 0 && !one.0.is_unspecified());
    addresses.dedup();
    addresses.truncate(MAX_ADDRESSES);
    Offer { addresses, numbers: recipient.zip(session) }
}

/// The reflector's address, from the hexadecimal digits of `ru=http://host:port&ti=tunnel`.
fn reflector(hex: &str) -> Offer {
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    let text: Option<Vec<u8>> = hex.as_bytes().chunks(2).map(byte).collect();
    let text = String::from_utf8(text.unwrap_or_default()).unwrap_or_default();
    let host = text.split('&').find_map(|part| part.strip_prefix("ru=http://")).unwrap_or_default();
    let host = host.split('/').next().unwrap_or_default();
    let (address, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let found = address.parse::<IpAddr>().ok().zip(port.parse::<u16>().ok());
    Offer { addresses: found.into_iter().filter(|one| one.1 != 0).collect(), numbers: None }
}

/// Learns from a control item.
pub(super) fn learn(learn: &mut Learn<'_>, item: &str, flow: Flow, key: NoteKey) {
    let Some(item) = item.get(..item.len().min(MAX_ITEM)) else { return };
    let offer = match item.strip_prefix("ReflData:") {
        Some(hex) => reflector(hex.trim()),
        None if item.starts_with("<producer>") || item.starts_with("<viewer>") => offer(item),
        None => return,
    };
    for &(address, port) in &offer.addresses {
        let announcement = Announcement { address, port, kind: AnnouncedKind::Webcam };
        if learn.session.rendezvous.is_new_server(&announcement) {
            learn.announced.push(announcement);
        }
    }
    let (listener, connector) = (flow.sender.account(), flow.receiver.account());
    // Each side says what it is.
    let (producer, viewer) = match item {
        _ if item.starts_with("<producer>") => (listener, connector),
        _ if item.starts_with("<viewer>") => (connector, listener),
        _ => Default::default(),
    };
    learn.session.cam.promise(
        Promise { key, listener, connector, producer, viewer, opened: FrameId::NONE },
        &offer.addresses,
        offer.numbers,
    );
}

/// Shows where the connection begins.
pub(super) fn show(show: &mut Show<'_>, key: NoteKey) {
    let cam = &show.session.cam;
    let promise = cam.made_in.get(key).and_then(|&number| cam.get(number));
    if let Some(promise) = promise {
        frame_link(&mut show.out.tree, &show.session.frames, link::OPENED_IN, promise.opened);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reflector_has_an_address() {
        let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let at = |text: &str| reflector(&hex(text)).addresses;
        assert_eq!(at("ru=http://192.0.2.9:9010&ti=4"), [(IpAddr::from([192, 0, 2, 9]), 9010)]);
        assert_eq!(at("ti=4&ru=http://192.0.2.9/x"), [(IpAddr::from([192, 0, 2, 9]), 80)]);
        assert!(at("ru=http://example.com:80").is_empty() && reflector("7").addresses.is_empty());
        assert!(reflector("zz").addresses.is_empty() && reflector("").addresses.is_empty());
    }

    #[test]
    fn every_port_of_every_address_is_offered() {
        let item = "<producer><version>2.0</version><rid>193</rid><session>9347</session><tcp><tcpport>6891</tcpport>\
            <tcplocalport>6891</tcplocalport><tcpexternalport>0</tcpexternalport>\
            <tcpipaddress1>192.168.1.2</tcpipaddress1><tcpipaddress2>0.0.0.0</tcpipaddress2>\
            <tcpexternalip>192.0.2.10</tcpexternalip></tcp><codec></codec></producer>\r\n\r\n";
        let at = |address: [u8; 4], port| (IpAddr::from(address), port);
        let expected = Offer {
            addresses: vec![at([192, 168, 1, 2], 6891), at([192, 0, 2, 10], 6891)],
            numbers: Some((193, 9347)),
        };
        assert_eq!(offer(item), expected);
        assert_eq!(offer("<producer><tcpport>x</tcpport><rid>1</rid>"), Offer::default());
        let many: String = (0..200).map(|at| format!("<tcpipaddress{at}>192.0.2.{at}</tcpipaddress{at}>")).collect();
        assert_eq!(offer(&format!("<tcpport>1</tcpport>{many}")).addresses.len(), MAX_ADDRESSES);
    }
}
