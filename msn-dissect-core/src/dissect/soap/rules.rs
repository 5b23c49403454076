// SPDX-License-Identifier: GPL-2.0-or-later
//! What elements and attributes of SOAP bodies mean (fact base: soap, where things stand). A new one is a row.

use crate::fields::{Field, command as f, soap as s, xml as x};

/// What a value is, and where it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rule {
    /// Text.
    Text(Field),
    /// Text without a field of its own, whatever it is elsewhere.
    Plain,
    /// Number.
    Number(Field),
    /// Time.
    Time(Field),
    /// An account.
    Account,
    /// An account that writes, or that is written to, with its field.
    Party(Field),
    /// Text in RFC 2047 words.
    Words(Field),
    /// A ticket.
    Ticket,
    /// A password.
    Password,
    /// An offline message's identifier.
    MessageId,
    /// An offline message.
    Mail,
    /// Mail data, escaped or not.
    MailData,
    /// A document that is escaped.
    Document(Field),
    /// A picture in base64.
    Picture,
    /// The answer to a lock key challenge.
    LockKey,
    /// Identifier of something that has a name in the address book.
    Named(Field),
    /// An address book, which may be a circle's.
    Book,
}

use Rule::*;

/// Element around ("*" for any), element (attributes with an at sign), what it is.
static RULES: &[(&str, &str, Rule)] = &[
    // Login
    ("UsernameToken", "Username", Account),
    ("UsernameToken", "Password", Password),
    ("EndpointReference", "Address", Text(s::TICKET_ADDRESS)),
    ("PolicyReference", "@URI", Text(f::POLICY)),
    ("LifeTime", "Created", Time(s::TICKET_CREATED)),
    ("LifeTime", "Expires", Time(s::TICKET_EXPIRES)),
    ("Lifetime", "Created", Time(s::TICKET_CREATED)),
    ("Lifetime", "Expires", Time(s::TICKET_EXPIRES)),
    ("Timestamp", "Created", Time(s::TICKET_CREATED)),
    ("Timestamp", "Expires", Time(s::TICKET_EXPIRES)),
    ("*", "BinarySecurityToken", Ticket),
    ("*", "BinarySecret", Text(s::SECRET)),
    ("*", "CipherValue", Text(s::CIPHER)),
    ("pp", "PUID", Text(s::PUID)),
    ("pp", "authstate", Text(s::AUTH_STATE)),
    ("pp", "reqstatus", Text(s::REQUEST_STATUS)),
    // Headers with tickets
    ("*", "TicketToken", Ticket),
    ("PassportCookie", "t", Ticket),
    ("Ticket", "@passport", Ticket),
    ("Ticket", "@appid", Text(f::CHALLENGE_PRODUCT)),
    ("Ticket", "@lockkey", LockKey),
    ("StorageUserHeader", "Puid", Text(s::PUID)),
    ("StorageUserHeader", "Cid", Text(s::CID)),
    // Faults
    ("*", "faultcode", Text(s::FAULT)),
    ("*", "faultstring", Text(s::FAULT_TEXT)),
    ("*", "faultactor", Text(s::FAULT_ACTOR)),
    ("Code", "Value", Text(s::FAULT)),
    ("Reason", "Text", Text(s::FAULT_TEXT)),
    ("detail", "errorcode", Text(s::FAULT_ERROR)),
    ("Detail", "errorcode", Text(s::FAULT_ERROR)),
    ("detail", "errorstring", Text(s::FAULT_DETAIL)),
    ("*", "originalExceptionErrorMessage", Text(s::FAULT_DETAIL)),
    ("*", "LockKeyChallenge", Text(s::LOCK_CHALLENGE)),
    ("*", "TweenerChallenge", Text(s::TWEENER)),
    // Sharing
    ("*", "MemberRole", Text(f::LIST)),
    ("*", "PassportName", Account),
    ("*", "CreatorPassportName", Account),
    ("Member", "Email", Account),
    ("Member", "PhoneNumber", Account),
    ("*", "CircleId", Text(x::CIRCLE_ID)),
    ("*", "roleFilter", Text(s::ROLE_FILTER)),
    ("Member", "DomainName", Account),
    ("Member", "DisplayName", Text(f::FRIENDLY_NAME)),
    ("Member", "MembershipId", Text(s::MEMBER_ID)),
    ("Member", "State", Text(s::MEMBER_STATE)),
    ("*", "CID", Text(s::CID)),
    ("*", "OwnerCID", Text(s::CID)),
    ("*", "CreatorCID", Text(s::CID)),
    // Address book
    ("*", "abId", Book),
    ("*", "ABId", Book),
    ("*", "contactId", Named(f::CONTACT_ID)),
    ("*", "contactType", Text(s::CONTACT_TYPE)),
    ("*", "passportName", Account),
    ("*", "ownerEmail", Account),
    ("*", "email", Account),
    ("*", "displayName", Text(f::FRIENDLY_NAME)),
    ("*", "quickName", Text(s::QUICK_NAME)),
    ("MessengerMemberInfo", "DisplayName", Text(f::FRIENDLY_NAME)),
    ("*", "firstName", Text(s::FIRST_NAME)),
    ("*", "lastName", Text(s::LAST_NAME)),
    ("*", "groupId", Named(f::GROUP_ID)),
    ("groupIds", "guid", Named(f::GROUP_ID)),
    ("ABGroupAddResult", "guid", Named(f::GROUP_ID)),
    ("*", "guid", Named(f::CONTACT_ID)),
    ("groupInfo", "name", Text(f::GROUP_NAME)),
    ("GroupInfo", "name", Text(f::GROUP_NAME)),
    ("Annotation", "Name", Text(s::ANNOTATION)),
    ("Annotation", "Value", Text(s::ANNOTATION_VALUE)),
    ("*", "propertiesChanged", Text(s::CHANGED)),
    ("Content/Handle", "Id", Text(x::CIRCLE_ID)),
    ("CreateCircleResult", "Id", Text(x::CIRCLE_ID)),
    ("*", "HostedDomain", Text(x::CIRCLE_DOMAIN)),
    ("Info", "DisplayName", Text(f::FRIENDLY_NAME)),
    ("properties", "DisplayName", Text(f::FRIENDLY_NAME)),
    ("CirclePersonalMembership", "Role", Text(x::CIRCLE_ROLE)),
    ("contactHandle", "Email", Account),
    ("*", "relationshipType", Text(s::RELATION_TYPE)),
    ("*", "relationshipRole", Text(s::RELATION_ROLE)),
    ("*", "CircleTicket", Document(s::CIRCLE_TICKET)),
    ("*", "SignedTicket", Document(s::CIRCLE_TICKET)),
    // Offline messages
    ("From", "@memberName", Party(s::MESSAGE_FROM)),
    ("From", "@friendlyName", Words(f::FRIENDLY_NAME)),
    ("To", "@memberName", Party(s::MESSAGE_TO)),
    ("Sequence", "MessageNumber", Number(s::SEQUENCE)),
    ("Body", "Content", Mail),
    ("*", "GetMessageResult", Mail),
    ("*", "messageId", MessageId),
    ("*", "GetMetadataResponse", MailData),
    // Storage
    ("ExpressionProfile", "DisplayName", Text(f::FRIENDLY_NAME)),
    ("ExpressionProfile", "PersonalStatus", Text(s::PERSONAL_STATUS)),
    ("*", "RelationshipName", Text(s::RELATION_NAME)),
    ("*", "relationshipName", Text(s::RELATION_NAME)),
    ("profileHandle/Alias", "Name", Text(s::CID)),
    ("Relationship", "SourceID", Text(s::RELATION_SOURCE)),
    ("Relationship", "TargetID", Text(s::RELATION_TARGET)),
    ("Document", "Name", Text(s::DOCUMENT)),
    ("document", "Name", Text(s::DOCUMENT)),
    ("DocumentStream", "MimeType", Text(s::MIME_TYPE)),
    ("*", "cid", Text(s::CID)),
    ("*", "resourceID", Text(s::RESOURCE_ID)),
    ("profileAttributes", "ResourceID", Plain),
    ("documentAttributes", "ResourceID", Plain),
    ("*", "ResourceID", Text(s::RESOURCE_ID)),
    ("*", "CreateDocumentResult", Text(s::RESOURCE_ID)),
    ("*", "PreAuthURL", Text(s::PICTURE_URL)),
    ("*", "StaticUserTilePublicURL", Text(s::PICTURE_URL)),
    ("DocumentStream", "Data", Picture),
];

/// What values are that are told apart by an attribute `Name`: element, name, what it is.
static PROPERTIES: &[(&str, &str, Rule)] = &[
    ("credProperty", "AuthMembername", Account),
    ("credProperty", "CID", Text(s::CID)),
    ("credProperty", "FirstName", Text(s::FIRST_NAME)),
    ("credProperty", "LastName", Text(s::LAST_NAME)),
];

/// Whether what stands around an element is what a row wants: anything, an element, or one within another.
fn fits(wanted: &str, around: &[u8], further: &[u8]) -> bool {
    match wanted.split_once('/') {
        Some((outer, inner)) => inner.as_bytes() == around && outer.as_bytes() == further,
        None => wanted == "*" || wanted.as_bytes() == around,
    }
}

/// What an element is, which stands in another (`around`), and that in another.
pub(super) fn element(further: &[u8], around: &[u8], name: &[u8]) -> Option<&'static Rule> {
    let is = |row: &&(&str, &str, Rule)| row.1.as_bytes() == name && fits(row.0, around, further);
    RULES.iter().find(is).map(|row| &row.2)
}

/// What an element is that has this attribute `Name`.
pub(super) fn property(element: &[u8], name: &[u8]) -> Option<&'static Rule> {
    let is = |row: &&(&str, &str, Rule)| row.0.as_bytes() == element && row.1.as_bytes() == name;
    PROPERTIES.iter().find(is).map(|row| &row.2)
}

/// What an attribute is.
pub(super) fn attribute(element: &[u8], name: &[u8]) -> Option<&'static Rule> {
    let is = |row: &&(&str, &str, Rule)| {
        row.0.as_bytes() == element && row.1.strip_prefix('@').is_some_and(|row| row.as_bytes() == name)
    };
    RULES.iter().find(is).map(|row| &row.2)
}

/// Elements that are told apart in the tree by one inside them.
pub(super) static TITLES: &[(&str, &[&str])] = &[
    ("Contact", &["passportName", "email", "displayName", "contactType", "contactId"]),
    ("Member", &["PassportName", "Email", "PhoneNumber", "CircleId", "MembershipId"]),
    ("Membership", &["MemberRole"]),
    ("Group", &["name", "groupId"]),
    ("Service", &["Type"]),
    ("Annotation", &["Name"]),
    ("RequestSecurityToken", &["Address"]),
    ("RequestSecurityTokenResponse", &["Address"]),
    ("CircleInverseInfo", &["Id"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_element_around_counts() {
        assert_eq!(element(b"", b"groupIds", b"guid"), Some(&Named(f::GROUP_ID)));
        assert_eq!(element(b"", b"ABContactAddResult", b"guid"), Some(&Named(f::CONTACT_ID)));
        assert_eq!(element(b"", b"ExpressionProfileAttributes", b"DisplayName"), None);
        assert_eq!(element(b"Content", b"Handle", b"Id"), Some(&Text(x::CIRCLE_ID)));
        assert_eq!(element(b"Info", b"Handle", b"Id"), None);
        assert_eq!((property(b"credProperty", b"CID"), property(b"credProperty", b"x")), (Some(&Text(s::CID)), None));
        assert_eq!(attribute(b"Ticket", b"passport"), Some(&Ticket));
        assert!(attribute(b"Ticket", b"x").is_none() && element(b"", b"Ticket", b"@passport").is_some());
    }
}
