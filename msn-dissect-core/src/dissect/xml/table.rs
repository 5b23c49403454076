// SPDX-License-Identifier: GPL-2.0-or-later
//! What the elements and attributes of XML payloads mean (fact base: values 10 to 14, mime 14, transports 6.2).

use crate::{
    fields::{Field, command as f, xml as x},
    values::{Codes, codes, endpoints},
};

/// What a piece of text is, and where it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rule {
    /// An element that holds others; the words say what for.
    Group(&'static str),
    /// Text.
    Text(Field),
    /// Percent-encoded text.
    Percent(Field),
    /// Decimal number.
    Number(Field),
    /// Decimal sum of bits.
    Bits(Field),
    /// Capabilities, one word or two.
    Capabilities,
    /// GUID, braces optional.
    Guid(Field),
    /// `true` or `false`, 1 or 0.
    Bool(Field),
    /// A code with a meaning.
    Code(Field, &'static Codes),
    /// An address.
    Account,
    /// `network:address`.
    NetworkAddress,
    /// The part of an address before the at sign; the domain is an attribute of the element around.
    Local,
    /// An MSN object.
    Object(Field),
    /// What is played.
    Media,
    /// Signed COLORREF.
    Colour,
    /// MD5 of what the element holds, in hexadecimal digits.
    Checksum(Field),
    /// ISO 8601 time.
    Time(Field),
    /// Base64 of text.
    Base64(Field),
    /// Base64 of a document.
    Base64Document(Field),
    /// Base64 of a SIP message.
    Base64Sip(Field),
    /// An escaped document.
    Document(Field),
}

use Rule::*;

/// Element around ("" for none, "*" for any), element, what its text is.
pub(super) static ELEMENTS: &[(&str, &str, Rule)] = &[
    // Lists
    ("", "ml", Group("lists")),
    ("ml", "d", Group("domain")),
    ("d", "c", Group("contact")),
    ("ml", "t", Group("phones")),
    ("t", "c", Group("phone")),
    ("c", "s", Group("service")),
    // User data
    ("", "Data", Group("user data")),
    ("presence", "Data", Group("circle data")),
    ("*", "PSM", Text(x::PSM)),
    ("*", "RUM", Text(x::RICH_PSM)),
    ("*", "PSMUrl", Text(x::PSM_URL)),
    ("*", "PSMURL", Text(x::PSM_URL)),
    ("user", "state", Text(x::MEMBER_STATE)),
    ("*", "CurrentMedia", Media),
    ("*", "MachineGuid", Guid(f::MACHINE_GUID)),
    ("*", "SignatureSound", Object(x::SIGNATURE_SOUND)),
    ("*", "DDP", Object(x::DDP)),
    ("*", "Scene", Object(x::SCENE)),
    ("*", "ColorScheme", Colour),
    ("*", "UserTileLocation", Object(x::USER_TILE)),
    ("*", "FriendlyName", Text(f::FRIENDLY_NAME)),
    ("*", "MFN", Text(f::FRIENDLY_NAME)),
    ("*", "UTL", Object(x::UTL)),
    ("*", "RUL", Text(x::RUL)),
    ("*", "RLT", Text(x::RLT)),
    ("*", "RID", Text(x::RID)),
    ("*", "SUL", Text(x::SUL)),
    ("*", "ASN", Text(x::ASN)),
    ("*", "BDG", Text(x::BDG)),
    ("*", "FIR", Text(x::FIR)),
    ("*", "PHMEnabled", Text(x::PHONE_ENABLED)),
    ("*", "MNIEnabled", Text(x::MNI_ENABLED)),
    ("*", "LastSpaceUpdate", Text(x::LAST_SPACE_UPDATE)),
    ("*", "LastStorageError", Text(x::LAST_STORAGE_ERROR)),
    ("*", "EndpointData", Group("endpoint")),
    ("*", "PrivateEndpointData", Group("private data of an endpoint")),
    ("*", "Capabilities", Capabilities),
    ("*", "EpName", Text(x::EP_NAME)),
    ("*", "Idle", Bool(x::EP_IDLE)),
    ("*", "ClientType", Number(x::EP_CLIENT_TYPE)),
    ("*", "State", Code(f::STATUS, codes::STATUSES)),
    ("*", "Status", Code(f::STATUS, codes::STATUSES)),
    ("*", "VER", Text(x::EP_VERSION)),
    ("*", "TYP", Text(x::EP_TYP)),
    // Users, circles, networks
    ("", "user", Group("user")),
    ("user", "s", Group("data of a service")),
    ("user", "sep", Group("data of a service at an endpoint")),
    ("", "circle", Group("circle")),
    ("circle", "props", Group("properties")),
    ("props", "presence", Group("presence")),
    ("circle", "roster", Group("participants")),
    ("roster", "id", Text(x::ROSTER)),
    ("roster", "user", Group("participant")),
    ("user", "id", NetworkAddress),
    ("circle", "id", Text(x::CIRCLE_ID)),
    ("", "network", Group("other network")),
    ("network", "status", Text(x::NETWORK_STATUS)),
    ("network", "Status", Text(x::NETWORK_STATUS)),
    // Policies
    ("", "Policies", Group("policies")),
    ("Policies", "Policy", Group("policy")),
    ("*", "config", Group("shields")),
    ("config", "shield", Group("client versions")),
    ("shield", "cli", Group("client version")),
    ("config", "block", Group("blocked messages")),
    ("block", "regexp", Group("expressions")),
    ("regexp", "imtext", Group("expression")),
    ("Policy", "policy", Group("rules")),
    ("policy", "set", Group("rule set")),
    ("set", "r", Group("rule")),
    ("policy", "c", Text(x::POLICY_VALUE)),
    ("Policy", "Policy", Group("errors")),
    ("Policy", "Feature", Group("feature")),
    ("Feature", "Entry", Group("error")),
    ("Policy", "ObjStr", Group("object store")),
    // Alerts
    ("", "NOTIFICATION", Group("notification")),
    ("NOTIFICATION", "TO", Group("receiver")),
    ("TO", "VIA", Group("way")),
    ("NOTIFICATION", "FROM", Group("sender")),
    ("NOTIFICATION", "MSG", Group("message")),
    ("MSG", "ACTION", Group("action")),
    ("MSG", "SUBSCR", Group("subscription")),
    ("MSG", "CAT", Group("category")),
    ("MSG", "BODY", Document(x::ALERT_DATA)),
    ("BODY", "TEXT", Text(x::ALERT_TEXT)),
    ("BODY", "TEXTX", Text(x::ALERT_HTML)),
    ("*", "NotificationData", Group("notification data")),
    ("NotificationData", "Service", Text(x::ALERT_SERVICE)),
    ("NotificationData", "CID", Text(x::CID)),
    ("NotificationData", "LastModifiedDate", Time(x::ALERT_MODIFIED)),
    ("NotificationData", "HasNewItem", Bool(x::ALERT_NEW_ITEM)),
    ("NotificationData", "CircleId", Text(x::CIRCLE_ID)),
    ("NotificationData", "Role", Text(x::CIRCLE_ROLE)),
    ("NotificationData", "SpaceHandle", Text(x::SPACE_HANDLE)),
    ("NotificationData", "ComponentHandle", Text(x::SPACE_COMPONENT)),
    ("NotificationData", "OwnerCID", Text(x::SPACE_OWNER)),
    ("NotificationData", "ComponentSummary", Text(x::SPACE_SUMMARY)),
    // Circle tickets
    ("", "SignedTicket", Group("signed ticket")),
    ("SignedTicket", "Data", Base64Document(x::TICKET_DATA)),
    ("SignedTicket", "Sig", Text(x::TICKET_SIGNATURE)),
    ("", "Ticket", Group("ticket")),
    ("Ticket", "Circle", Group("circle")),
    ("Ticket", "TS", Text(x::TICKET_TIME)),
    ("Ticket", "CID", Text(x::CID)),
    // User notifications
    ("", "SNM", Group("shared folder")),
    ("", "State", Group("changes")),
    ("State", "Service", Group("service")),
    ("", "sip", Group("tunnelled SIP")),
    ("sip", "msg", Base64Sip(x::SIP_DATA)),
    // Pages
    ("", "PHONE", Group("phone")),
    ("PHONE", "LOC", Text(x::PAGE_LOCATION)),
    ("PHONE", "NUM", Text(x::PAGE_NUMBER)),
    ("", "TEXT", Text(x::PAGE_TEXT)),
];

/// Element around ("*" for any), element, attribute, what its value is.
pub(super) static ATTRIBUTES: &[(&str, &str, &str, Rule)] = &[
    // Lists
    ("", "ml", "l", Number(x::INITIAL)),
    ("*", "Circle", "Id", Text(x::CIRCLE_ID)),
    ("*", "Circle", "HostedDomain", Text(x::CIRCLE_DOMAIN)),
    ("State", "Service", "reason", Code(x::CHANGE_REASON, codes::CHANGE_REASONS)),
    ("ml", "d", "n", Text(x::DOMAIN)),
    ("d", "c", "n", Local),
    ("t", "c", "n", Account),
    ("*", "c", "l", Bits(f::LISTS)),
    ("*", "c", "t", Number(f::NETWORK_ID)),
    ("*", "c", "f", Percent(f::FRIENDLY_NAME)),
    ("*", "s", "n", Code(x::SERVICE, endpoints::SERVICES)),
    ("*", "s", "l", Bits(f::LISTS)),
    ("*", "s", "ts", Time(x::SERVICE_TIME)),
    ("*", "sep", "n", Code(x::SERVICE, endpoints::SERVICES)),
    ("*", "sep", "epid", Guid(f::ENDPOINT)),
    ("*", "sep", "ts", Time(x::SERVICE_TIME)),
    // User data
    ("*", "EndpointData", "id", Guid(f::ENDPOINT)),
    ("*", "PrivateEndpointData", "id", Guid(f::ENDPOINT)),
    ("*", "presence", "dtype", Text(x::CIRCLE_DTYPE)),
    // Policies
    ("*", "Policy", "type", Text(x::POLICY_TYPE)),
    ("*", "Policy", "checksum", Checksum(x::POLICY_CHECKSUM)),
    ("*", "cli", "maj", Text(x::SHIELD_MAJOR)),
    ("*", "cli", "min", Text(x::SHIELD_MINOR)),
    ("*", "cli", "minbld", Text(x::SHIELD_MINIMUM)),
    ("*", "cli", "maxbld", Text(x::SHIELD_MAXIMUM)),
    ("*", "cli", "deny", Text(x::SHIELD_DENY)),
    ("*", "imtext", "value", Base64(x::SHIELD_EXPRESSION)),
    ("policy", "set", "id", Text(x::POLICY_SET)),
    ("policy", "set", "service", Text(x::POLICY_SERVICE)),
    ("policy", "set", "priority", Text(x::POLICY_PRIORITY)),
    ("set", "r", "id", Text(x::POLICY_RULE)),
    ("set", "r", "threshold", Text(x::POLICY_THRESHOLD)),
    ("set", "r", "timer", Text(x::POLICY_TIMER)),
    ("set", "r", "trigger", Text(x::POLICY_TRIGGER)),
    ("policy", "c", "id", Text(x::POLICY_COUNTER)),
    ("Policy", "Feature", "type", Text(x::POLICY_FEATURE_TYPE)),
    ("Policy", "Feature", "name", Text(x::POLICY_FEATURE)),
    ("Feature", "Entry", "hr", Text(x::POLICY_HRESULT)),
    ("Feature", "Entry", "action", Text(x::POLICY_ACTION)),
    ("*", "ObjStr", "SndDly", Text(x::POLICY_SEND_DELAY)),
    // Alerts
    ("", "NOTIFICATION", "ver", Text(x::ALERT_VERSION)),
    ("", "NOTIFICATION", "id", Text(x::ALERT_ID)),
    ("", "NOTIFICATION", "siteid", Number(f::SITE_ID)),
    ("", "NOTIFICATION", "siteurl", Text(x::ALERT_SITE_URL)),
    ("NOTIFICATION", "TO", "pid", Text(x::ALERT_PID)),
    ("NOTIFICATION", "TO", "name", Account),
    ("NOTIFICATION", "TO", "email", Account),
    ("TO", "VIA", "agent", Text(x::ALERT_AGENT)),
    ("NOTIFICATION", "FROM", "pid", Text(x::ALERT_PID)),
    ("NOTIFICATION", "FROM", "name", Text(x::ALERT_FROM)),
    ("NOTIFICATION", "MSG", "id", Text(x::ALERT_MESSAGE_ID)),
    ("NOTIFICATION", "MSG", "pri", Text(x::ALERT_PRIORITY)),
    ("MSG", "ACTION", "url", Text(x::ALERT_ACTION)),
    ("MSG", "SUBSCR", "url", Text(x::ALERT_SUBSCRIPTION)),
    ("MSG", "CAT", "id", Text(x::ALERT_CATEGORY)),
    ("MSG", "CAT", "Id", Text(x::ALERT_CATEGORY)),
    ("MSG", "BODY", "lang", Number(x::ALERT_LANGUAGE)),
    ("MSG", "BODY", "lcid", Number(x::ALERT_LANGUAGE)),
    ("MSG", "BODY", "icon", Text(x::ALERT_ICON)),
    // Circle tickets
    ("", "SignedTicket", "ver", Text(x::TICKET_VERSION)),
    ("", "SignedTicket", "keyVer", Text(x::TICKET_KEY_VERSION)),
    // User notifications
    ("", "SNM", "opcode", Text(x::SNM_OPCODE)),
    ("", "SNM", "csid", Text(x::SNM_CSID)),
    ("", "SNM", "priority", Text(x::SNM_PRIORITY)),
    ("", "SNM", "reason", Text(x::SNM_REASON)),
    ("State", "Service", "type", Text(x::STATE_SERVICE)),
    ("", "sip", "e", Text(x::SIP_ENCODING)),
    ("", "sip", "fid", Text(x::SIP_FID)),
    ("", "sip", "i", Text(x::SIP_CALL_ID)),
    // Pages
    ("", "PHONE", "pri", Text(x::PAGE_PRIORITY)),
    ("", "TEXT", "enc", Text(x::PAGE_ENCODING)),
];

/// What the text of an element is. Rows for a certain element around come before those for any.
pub(super) fn element(around: &[u8], name: &[u8]) -> Option<&'static Rule> {
    let of = |parent: &[u8]| ELEMENTS.iter().find(|row| row.1.as_bytes() == name && row.0.as_bytes() == parent);
    of(around).or_else(|| of(b"*")).map(|row| &row.2)
}

/// What the value of an attribute is.
pub(super) fn attribute(around: &[u8], element: &[u8], name: &[u8]) -> Option<&'static Rule> {
    let of = |parent: &[u8]| {
        ATTRIBUTES
            .iter()
            .find(|row| row.2.as_bytes() == name && row.1.as_bytes() == element && row.0.as_bytes() == parent)
    };
    of(around).or_else(|| of(b"*")).map(|row| &row.3)
}

#[cfg(test)]
mod tests;
