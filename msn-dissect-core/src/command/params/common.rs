// SPDX-License-Identifier: GPL-2.0-or-later
//! Parameters that rows of several words share.

use super::{Form, Kind, Param};
use crate::{
    fields::{Field, command as f, xml as x},
    values::codes,
};

const fn length(form: Form) -> Param {
    p(Kind::Len(form), f::PAYLOAD_LENGTH)
}

const fn p(kind: Kind, field: Field) -> Param {
    Param::new(kind, field)
}

/// Presence.
pub const STATUS: Param = p(Kind::Code(codes::STATUSES, true), f::STATUS);
/// Account.
pub const EMAIL: Param = p(Kind::Email, f::EMAIL);
/// Account, perhaps with endpoint.
pub const HANDLE: Param = p(Kind::Handle, f::EMAIL);
/// Account with network.
pub const NADDR: Param = p(Kind::Naddr, f::EMAIL);
/// Display name.
pub const NAME: Param = p(Kind::Name, f::FRIENDLY_NAME);
/// Capabilities.
pub const CAPS: Param = p(Kind::Caps, f::CAPABILITIES);
/// MSN object or 0.
pub const OBJECT: Param = p(Kind::Object, f::OBJECT);
/// Network of an account.
pub const NID: Param = p(Kind::Num, f::NETWORK_ID);
/// Length of a payload of which nothing is known.
pub const LEN: Param = length(Form::Unknown);
/// Length of a MIME message.
pub const MESSAGE: Param = length(Form::Message);
/// Length of header blocks with what they describe.
pub const BLOCKS: Param = length(Form::Blocks);
/// Length of a user notification.
pub const NOTICE: Param = length(Form::Notification);
/// Length of user data.
pub const USER_DATA: Param = length(Form::UserData);
/// Length of contact lists.
pub const CONTACTS_XML: Param = length(Form::Lists);
/// Length of an alert or a page.
pub const ALERT: Param = length(Form::Alert);
/// Length of another document.
pub const DOCUMENT: Param = length(Form::Document);
/// Length of the answer to a challenge.
pub const DIGEST: Param = length(Form::Digest);
/// Length of the text of an invitation.
pub const INVITATION: Param = length(Form::Words(x::INVITATION_TEXT));
/// Length of the text of a report.
pub const REPORT: Param = length(Form::Words(x::REPORT_TEXT));
/// Length of what an error reply carries.
pub const REFUSED: Param = length(Form::Refused);
/// `OK`.
pub const OK: Param = p(Kind::Lit("OK"), f::RESULT);
/// A trailing 0 of no known use.
pub const ZERO: Param = p(Kind::Lit("0"), f::UNKNOWN_ZERO);
/// A leading 1 that a server keeps.
pub const ONE: Param = p(Kind::Lit("1"), f::UNKNOWN_ZERO);
/// List name.
pub const LIST: Param = p(Kind::Code(codes::LISTS, false), f::LIST);
/// List bits.
pub const LISTS: Param = p(Kind::Bits, f::LISTS);
/// List version.
pub const LVER: Param = p(Kind::Num, f::LIST_VERSION);
/// Place in a list.
pub const INDEX: Param = p(Kind::Num, f::LIST_INDEX);
/// Length of a list.
pub const TOTAL: Param = p(Kind::Num, f::LIST_TOTAL);
/// Group.
pub const GROUP: Param = p(Kind::Group, f::GROUP_ID);
/// Groups.
pub const GROUPS: Param = p(Kind::Groups, f::GROUP_ID);
/// Group name.
pub const GROUP_NAME: Param = p(Kind::Name, f::GROUP_NAME);
/// Property.
pub const PROP: Param = p(Kind::Code(codes::PROPERTIES, true), f::PROPERTY);
/// Value of a property.
pub const VALUE: Param = p(Kind::Name, f::PROPERTY_VALUE);
/// Server address.
pub const HOST: Param = p(Kind::HostPort(f::SERVER_PORT), f::SERVER_ADDRESS);
/// Own address of a dispatch server.
pub const CURRENT_HOST: Param = p(Kind::HostPort(f::CURRENT_PORT), f::CURRENT_ADDRESS);
/// `CKI`.
pub const CKI: Param = p(Kind::Lit("CKI"), f::COOKIE_KIND);
/// Switchboard cookie.
pub const COOKIE: Param = p(Kind::Text, f::COOKIE);
/// Switchboard session.
pub const SESSION: Param = p(Kind::Session, f::SESSION_ID);
/// Domain of a switchboard.
pub const DOMAIN: Param = p(Kind::Text, f::TRANSPORT_D);
/// Whether TCP is possible.
pub const DIRECT: Param = p(Kind::Num, f::DIRECT);
/// Icon address.
pub const ICON: Param = p(Kind::Text, f::ICON_URL);
/// Locale.
pub const LCID: Param = p(Kind::Hex, f::LCID);
/// Client program.
pub const CLIENT: Param = p(Kind::Text, f::CLIENT_NAME);
/// Brand of the client program.
pub const BRAND: Param = p(Kind::Text, f::CLIENT_BRAND);
/// Protocol version that the client offers.
pub const VERSION: Param = p(Kind::Version, f::OFFERED_VERSION);
/// Protocol version that the server chooses.
pub const CHOSEN: Param = p(Kind::Version, f::CHOSEN_VERSION);
/// `I`.
pub const PHASE_I: Param = p(Kind::Lit("I"), f::AUTH_PHASE);
/// `S`.
pub const PHASE_S: Param = p(Kind::Lit("S"), f::AUTH_PHASE);

/// A security package by name.
pub const fn scheme(name: &'static str) -> Param {
    p(Kind::Lit(name), f::AUTH_SCHEME)
}

/// A parameter of this kind and field.
pub const fn param(kind: Kind, field: Field) -> Param {
    p(kind, field)
}
