// SPDX-License-Identifier: GPL-2.0-or-later
//! Body fields of MSNSLP, of all content types: clients mix them (fact base: p2p 5 and 6).

use super::{
    Kind, Row,
    addresses::{Form, What},
};
use crate::fields::slp as f;

/// What a body teaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// What a session is for.
    Session,
    /// Where a direct connection can be reached.
    Transport,
    /// Where one can be reached that is none of TCP.
    Udp,
    /// Nothing.
    None,
    /// Nothing that is known.
    Other,
}

/// What bodies are, by content type.
pub static CONTENT_TYPES: &[(&str, &str, Body)] = &[
    ("application/x-msnmsgr-sessionreqbody", "session", Body::Session),
    ("application/x-msnmsgr-sessionclosebody", "end of session", Body::Other),
    ("application/x-msnmsgr-session-failure-respbody", "session failure", Body::Other),
    ("application/x-msnmsgr-transreqbody", "transport offer", Body::Transport),
    ("application/x-msnmsgr-transrespbody", "transport answer", Body::Transport),
    ("application/x-msnmsgr-transdestaddrupdate", "address of the connector", Body::Other),
    ("application/x-msnmsgr-transudpswitch", "switch to UDP", Body::Udp),
    ("application/x-msnmsgr-turnsetup", "relay server", Body::Other),
    ("null", "no body", Body::None),
];

/// The row of a content type; case does not matter.
pub fn content_type(value: &[u8]) -> Option<&'static (&'static str, &'static str, Body)> {
    CONTENT_TYPES.iter().find(|row| row.0.as_bytes().eq_ignore_ascii_case(value))
}

const fn list(what: What, reversed: bool) -> Kind {
    Kind::Addresses(Form { what, reversed })
}

/// All known body fields.
pub static FIELDS: &[Row] = &[
    ("EUF-GUID", Kind::Euf),
    ("SessionID", Kind::Number(f::SESSION_ID)),
    ("SChannelState", Kind::Number(f::CHANNEL_STATE)),
    ("Capabilities-Flags", Kind::Number(f::CAPABILITIES_FLAGS)),
    ("RequestFlags", Kind::Number(f::REQUEST_FLAGS)),
    ("AppID", Kind::Number(f::APP_ID)),
    ("Context", Kind::Context),
    ("AcceptedBy", Kind::Guid(f::ACCEPTED_BY)),
    ("DeclinedBy", Kind::Guid(f::DECLINED_BY)),
    ("Bridges", Kind::Bridges(f::BRIDGES)),
    ("Bridge", Kind::Text(f::BRIDGE)),
    ("NetID", Kind::NetId),
    ("Conn-Type", Kind::Text(f::CONN_TYPE)),
    ("TCP-Conn-Type", Kind::Text(f::TCP_CONN_TYPE)),
    ("UPnPNat", Kind::Flag(f::UPNP_NAT)),
    ("ICF", Kind::Flag(f::ICF)),
    ("Listening", Kind::Flag(f::LISTENING)),
    ("NeedConnectingEndpointInfo", Kind::Flag(f::NEED_ENDPOINT)),
    ("Nonce", Kind::Guid(f::PLAIN_NONCE)),
    ("Hashed-Nonce", Kind::Guid(f::HASHED_NONCE)),
    ("Nat-Trav-Msg-Type", Kind::Text(f::NAT_TRAVERSAL)),
    ("IPv4External-Addrs", list(What::Addresses, false)),
    ("IPv4Internal-Addrs", list(What::Addresses, false)),
    ("IPv6-Addrs", list(What::Addresses, false)),
    ("IPv6-global", list(What::Addresses, false)),
    ("IPv4External-Port", list(What::Ports, false)),
    ("IPv4Internal-Port", list(What::Ports, false)),
    ("IPv6-Port", list(What::Ports, false)),
    ("IPv4ExternalAddrsAndPorts", list(What::Pairs, false)),
    ("IPv4InternalAddrsAndPorts", list(What::Pairs, false)),
    ("IPv6AddrsAndPorts", list(What::Pairs, false)),
    ("srddA-lanretxE4vPI", list(What::Addresses, true)),
    ("srddA-lanretnI4vPI", list(What::Addresses, true)),
    ("srddA-6vPI", list(What::Addresses, true)),
    ("troP-lanretxE4vPI", list(What::Ports, true)),
    ("troP-lanretnI4vPI", list(What::Ports, true)),
    ("troP-6vPI", list(What::Ports, true)),
    ("stroPdnAsrddAlanretxE4vPI", list(What::Pairs, true)),
    ("stroPdnAsrddAlanretnI4vPI", list(What::Pairs, true)),
    ("stroPdnAsrddA6vPI", list(What::Pairs, true)),
    ("ServerAddress", Kind::Text(f::TURN_SERVER)),
    ("SessionUsername", Kind::Text(f::TURN_USER)),
    ("SessionPassword", Kind::Secret(f::TURN_PASSWORD)),
];

#[cfg(test)]
mod tests {
    use super::{super::row, *};

    #[test]
    fn reversed_names_are_the_normal_ones_backwards() {
        for (name, kind) in FIELDS {
            let Kind::Addresses(Form { what, reversed: true }) = kind else { continue };
            let forward: String = name.chars().rev().collect();
            assert_eq!(row(FIELDS, forward.as_bytes()), Some(list(*what, false)), "{name}");
        }
    }

    #[test]
    fn names_are_unique_whatever_their_case() {
        for (at, (name, kind)) in FIELDS.iter().enumerate() {
            assert_eq!(row(FIELDS, name.to_lowercase().as_bytes()), Some(*kind), "{at} {name}");
        }
        assert_eq!(row(FIELDS, b"Unknown"), None);
    }
}
