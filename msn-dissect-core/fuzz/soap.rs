// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages of web services.

use msn_dissect_core::{dissect::soap, output::Dissection, packet::Packet, session::Session, soap::Head};

/// Stands between messages.
const END: u8 = 0;

fn shown(session: &mut Session, packet: &Packet, message: &[u8], want_tree: bool) -> (String, usize, u32) {
    let mut out = Dissection::default();
    out.reset(want_tree);
    let body = Head::at_start(message)
        .and_then(|_| message.windows(4).position(|four| four == b"\r\n\r\n"))
        .map_or(0, |at| at + 4);
    let body = &message[body..];
    soap::message(session, packet, Head::at_start(message), body, &mut out);
    super::check(&out.tree, body.len());
    assert_eq!(out.consumed, body.len());
    (out.info.clone(), out.tree.items().len(), out.units)
}

/// HTTP messages of web services, with a NUL between them, on two connections by turns. Later passes, in the opposite
/// order, show the same as one another, and without a tree the same in the Info column.
pub fn soap(data: &[u8]) {
    let mut session = Session::default();
    let mut told = Vec::new();
    for (at, message) in data.split(|&byte| byte == END).enumerate() {
        let packet = Packet { number: at as u32 + 1, connection: at as u64 / 2 % 2 + 1, ..Packet::example() };
        let (info, _, units) = shown(&mut session, &packet, message, true);
        told.push((packet, message, info, units));
    }
    for (packet, message, info, units) in told.iter().rev() {
        let packet = Packet { first_pass: false, connection: 0, ..*packet };
        let later = shown(&mut session, &packet, message, true);
        assert_eq!((&later.0, later.2), (info, *units));
        assert_eq!(shown(&mut session, &packet, message, true), later);
        assert_eq!(shown(&mut session, &packet, message, false).0, *info);
    }
}
