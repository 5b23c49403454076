// SPDX-License-Identifier: GPL-2.0-or-later
//! Which header holds what: name, field and kind of value (fact base: mime 3 to 15, transports 6.1).

use super::{
    headers::{Known, Row, Value, Value::*},
    roles::Role,
};
use crate::{
    fields::{Field, command as c, mime as f},
    values::mime as values,
};

const fn row(name: &'static str, field: Field, value: Value) -> Row {
    Row { name, field, value, role: None }
}

impl Row {
    /// The same, and learning and the Info column need it.
    const fn is(self, role: Role) -> Self {
        Row { role: Some(role), ..self }
    }
}

/// Headers of any message.
pub(super) static COMMON: &[Row] = &[
    row("MIME-Version", f::MIME_VERSION, Text),
    row("Content-Type", f::CONTENT_TYPE, MediaType).is(Role::ContentType),
    row("Content-Length", f::CONTENT_LENGTH, Number).is(Role::ContentLength),
    row("Content-Transfer-Encoding", f::TRANSFER_ENCODING, Text),
    row("X-MMS-IM-Format", f::FONT, Format),
    row("TypingUser", f::TYPING, Account).is(Role::Typing),
    row("RecordingUser", f::RECORDING, Account).is(Role::Recording),
    row("P4-Context", f::DISPLAY_NAME, Text),
    row("IM-Display-Name", f::DISPLAY_NAME, Text),
    row("User-Agent", f::USER_AGENT, Text),
    row("Dest-Agent", f::DEST_AGENT, Code(values::DEST_AGENTS)),
    row("Message-ID", f::MESSAGE_ID, Text).is(Role::MessageId),
    row("Client-Message-ID", f::CLIENT_MESSAGE_ID, Text),
    row("Chunks", f::CHUNKS, Number).is(Role::Chunks),
    row("Chunk", f::CHUNK, Number).is(Role::Chunk),
    row("Original-Arrival-Time", f::ORIGINAL_ARRIVAL, Text),
    row("Roster", f::ROSTER_SESSION, Text),
    // Encryption of SimpLite.
    row("Rcpt", f::CRYPTO_RECEIVER, Account),
    row("MessageType", f::CRYPTO_MESSAGE, Text),
    row("AsymmetricCipher", f::CRYPTO_ASYMMETRIC, Text),
    row("SymmetricCipher", f::CRYPTO_SYMMETRIC, Text),
    row("KeyProviders", f::CRYPTO_KEYS, Text),
    row("P2P-Dest", f::P2P_DEST, Account).is(Role::PacketsTo),
    row("P2P-Src", f::P2P_SOURCE, Account).is(Role::PacketsFrom),
];

/// Headers of a message of its own.
pub(super) static MESSAGE: Known = &[COMMON, PROFILE];

/// Headers of text/x-msmsgsprofile.
pub(super) static PROFILE: &[Row] = &[
    row("LoginTime", f::LOGIN_TIME, UnixTime),
    row("EmailEnabled", f::EMAIL_ENABLED, Number),
    row("MemberIdHigh", f::MEMBER_HIGH, Signed),
    row("MemberIdLow", f::MEMBER_LOW, Signed),
    row("lang_preference", f::LANGUAGE, Number),
    row("preferredEmail", f::PREFERRED_EMAIL, Account),
    row("country", f::COUNTRY, Text),
    row("PostalCode", f::POSTAL_CODE, Text),
    row("Gender", f::GENDER, Text),
    row("Age", f::AGE, Text),
    row("BDayPre", f::BIRTHDAY_PRECISION, Code(values::BIRTHDAY_PRECISIONS)),
    row("Birthday", f::BIRTHDAY, Text),
    row("Wallet", f::WALLET, Text),
    row("Kid", f::KID, Number),
    row("Flags", f::PROFILE_FLAGS, Number),
    row("sid", f::PROFILE_SITE, Number),
    row("kv", f::KEY_VERSION, Number),
    row("MSPAuth", f::MSP_AUTH, Ticket),
    row("ClientIP", f::CLIENT_IP, Address(f::CLIENT_IP6, f::CLIENT_PORT)),
    row("ClientPort", f::CLIENT_PORT, SwappedPort),
    row("ABCHMigrated", f::MIGRATED, Number),
    row("Nickname", f::NICKNAME, Text),
    row("MPOPEnabled", f::MPOP_ENABLED, Number),
    row("RouteInfo", f::ROUTE_INFO, Text),
    row("BetaInvites", f::BETA_INVITES, Number),
];

/// Fields of mail notifications.
pub(super) static MAIL: Known = &[&[
    row("Inbox-Unread", f::INBOX_UNREAD, Number).is(Role::Unread),
    row("Folders-Unread", f::FOLDERS_UNREAD, Number),
    row("Inbox-URL", f::INBOX_URL, Text),
    row("Folders-URL", f::FOLDERS_URL, Text),
    row("Post-URL", f::POST_URL, Text),
    row("Message-URL", f::MESSAGE_URL, Text),
    row("From", f::MAIL_FROM, Words),
    row("From-Addr", f::MAIL_ADDRESS, Account).is(Role::MailFrom),
    row("Subject", f::MAIL_SUBJECT, Words).is(Role::Subject),
    row("id", f::MAIL_ID, Text),
    row("Src-Folder", f::SOURCE_FOLDER, Code(values::FOLDERS)).is(Role::FolderFrom),
    row("Dest-Folder", f::DEST_FOLDER, Code(values::FOLDERS)).is(Role::FolderTo),
    row("Message-Delta", f::MESSAGE_DELTA, Number),
    row("Mail-Data", f::MAIL_DATA, MailData).is(Role::MailData),
]];

/// Fields of a shutdown warning.
pub(super) static SHUTDOWN: Known = &[&[
    row("Type", f::SYSTEM_TYPE, Number).is(Role::SystemType),
    row("Arg1", f::SYSTEM_MINUTES, Number).is(Role::SystemArgument),
]];

/// Fields of other system messages.
pub(super) static SYSTEM: Known = &[&[
    row("Type", f::SYSTEM_TYPE, Number).is(Role::SystemType),
    row("Arg1", f::SYSTEM_ARGUMENT, Text).is(Role::SystemArgument),
    row("Arg2", f::SYSTEM_ARGUMENT, Text),
    row("Arg3", f::SYSTEM_ARGUMENT, Text),
    row("Arg4", f::SYSTEM_ARGUMENT, Text),
    row("Arg5", f::SYSTEM_ARGUMENT, Text),
    row("Arg6", f::SYSTEM_ARGUMENT, Text),
    row("Arg7", f::SYSTEM_ARGUMENT, Text),
    row("Arg8", f::SYSTEM_ARGUMENT, Text),
    row("Arg9", f::SYSTEM_ARGUMENT, Text),
]];

/// Fields of invitations.
pub(super) static INVITE: Known = &[&[
    row("Invitation-Command", f::INVITE_COMMAND, Code(values::INVITE_COMMANDS)).is(Role::Command),
    row("Invitation-Cookie", f::INVITE_COOKIE, Number).is(Role::Cookie),
    row("Application-Name", f::INVITE_APPLICATION, Text).is(Role::Application),
    row("Application-GUID", f::INVITE_GUID, Guid(Some(values::APPLICATIONS))).is(Role::Guid),
    row("Application-URL", f::INVITE_URL, Text),
    row("Application-File", f::INVITE_FILE, Text).is(Role::File),
    row("Application-FileSize", f::INVITE_SIZE, Number).is(Role::Size),
    row("Connectivity", f::INVITE_CONNECTIVITY, Text),
    row("Session-ID", f::INVITE_SESSION, Guid(None)),
    row("Session-Protocol", f::INVITE_PROTOCOL, Text),
    row("Context-Data", f::INVITE_CONTEXT, Text),
    row("Launch-Application", f::INVITE_LAUNCH, Text),
    row("Request-Data", f::INVITE_REQUEST, Text),
    row("IP-Address", f::INVITE_ADDRESS, Address(f::INVITE_ADDRESS6, f::INVITE_PORT)).is(Role::Address),
    row("IP-Address-Internal", f::INVITE_ADDRESS, Address(f::INVITE_ADDRESS6, f::INVITE_PORT))
        .is(Role::AddressInternal),
    row("IP-Address-Enc64", f::INVITE_ADDRESS, Encoded(f::INVITE_ADDRESS6, f::INVITE_PORT)).is(Role::AddressEncoded),
    row("Private-IP", f::INVITE_ADDRESS, Address(f::INVITE_ADDRESS6, f::INVITE_PORT)),
    row("Public-IP", f::INVITE_ADDRESS, Address(f::INVITE_ADDRESS6, f::INVITE_PORT)),
    row("Port", f::INVITE_PORT, Number).is(Role::Port),
    row("PortX", f::INVITE_PORT_EXTERNAL, XoredPort).is(Role::PortExternal),
    row("PortX-Internal", f::INVITE_PORT_INTERNAL, XoredPort).is(Role::PortInternal),
    row("AuthCookie", f::INVITE_AUTH, Text).is(Role::AuthCookie),
    row("Sender-Connect", f::INVITE_SENDER_CONNECT, Text).is(Role::SenderConnects),
    row("Conn-Type", f::INVITE_CONNECTION, Text),
    row("Sip-Capability", f::INVITE_SIP, Number),
    row("UPnP", f::INVITE_UPNP, Text),
    row("Avm-Support", f::INVITE_AV_SUPPORT, Number),
    row("Avm-Request", f::INVITE_AV_REQUEST, Number),
    row("UsingRendezvous", f::INVITE_RENDEZVOUS, Text),
    row("Cancel-Code", f::INVITE_CANCEL, Code(values::CANCEL_CODES)).is(Role::CancelCode),
]];

/// Fields of datacasts.
pub(super) static DATACAST: Known =
    &[&[row("ID", f::DATACAST, Number).is(Role::CastId), row("Data", f::DATACAST_DATA, Text).is(Role::CastData)]];

/// Fields of text/x-clientcaps and text/x-clientinfo.
pub(super) static CLIENT: Known = &[&[
    row("Client-Name", c::CLIENT_NAME, Text).is(Role::ClientName),
    row("Chat-Logging", f::CHAT_LOGGING, Code(values::YES_NO)),
    row("Operating-System", c::OS_TYPE, Text),
]];

/// Headers of the routing block.
pub(super) static ROUTING: &[Row] = &[
    row("Routing", f::ROUTING_VERSION, Text),
    row("To", f::ROUTING_TO, Account).is(Role::To),
    row("From", f::ROUTING_FROM, Account).is(Role::From),
    row("Via", c::VIA, Via),
    row("Service-Channel", f::ROUTING_CHANNEL, Code(values::CHANNELS)),
    row("Options", f::ROUTING_OPTIONS, Number),
];

/// Headers of the reliability block.
pub(super) static RELIABILITY: &[Row] = &[
    row("Reliability", f::RELIABILITY_VERSION, Text),
    row("Stream", f::STREAM, Number),
    row("Segment", f::SEGMENT, Number),
    row("Flags", f::RELIABILITY_FLAGS, Text),
];

/// Headers of the block that describes the body.
pub(super) static CONTENT: &[Row] = &[
    row("Messaging", f::MESSAGING_VERSION, Text),
    row("Publication", f::PUBLICATION_VERSION, Text),
    row("Notification", f::NOTIFICATION_VERSION, Text),
    row("Registration", f::REGISTRATION_VERSION, Text),
    row("Message-Type", f::MESSAGE_TYPE, Code(values::MESSAGE_TYPES)).is(Role::MessageType),
    row("Message-Subtype", f::MESSAGE_SUBTYPE, Text).is(Role::MessageSubtype),
    row("Bridging-Offsets", f::BRIDGING_OFFSET, Offsets).is(Role::Offsets),
    row("Pipe", f::PIPE, Number),
    row("Ack-Id", f::ACK_ID, Text),
    row("Uri", f::URI, Text).is(Role::Uri),
    row("NotifType", f::NOTIF_TYPE, Code(values::NOTIF_TYPES)),
    row("NotifNum", f::NOTIF_NUM, Number),
    row("By", f::ROUTING_BY, Account),
];

#[cfg(test)]
mod tests;
