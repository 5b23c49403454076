// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields of command lines, and those inferred for every command.

use super::{Base::*, Type::*, fields};
use crate::values::{capabilities, errors, lcid, numbers};

/// List membership bits: forward, allow, block, reverse, pending, and two of MSNP21 (fact base: values 2).
pub static LIST_BITS: &[crate::values::capabilities::Bit] = &[
    (0x01, "forward", "Forward list"),
    (0x02, "allow", "Allow list"),
    (0x04, "block", "Block list"),
    (0x08, "reverse", "Reverse list"),
    (0x10, "pending", "Pending list"),
    (0x20, "application", "Application contact"),
    (0x40, "hide", "Appear offline to this contact"),
];

/// What RFS asks for (fact base: commands 1.4).
pub static REFRESH_BITS: &[crate::values::capabilities::Bit] =
    &[(0x01, "lists", "Send the lists again"), (0x02, "user_data", "Send the user data again")];

fields! { 0;
    COMMAND = "msn.command" "Command" Str, "Command word, or the number of an error reply.";
    TRID = "msn.trid" "Transaction ID" Uint(4, Dec, None), "Number the client chose; the server repeats it in its answers.";
    DIRECTION = "msn.direction" "Direction" Str, "Who sent the command.";
    SERVER = "msn.server" "Server" Str, "Kind of server at the other end of this connection.";
    STREAM = "msn.stream" "Conversation" Uint(4, Dec, None), "Number of the conversation in this capture; sessions of the gateway are one each.";
    VERSION = "msn.version" "Protocol version" Uint(4, Dec, None), "Protocol version of this connection: negotiated, or the only one that its commands allow.";
    VERSION_RANGE = "msn.version_range" "Protocol version" Str, "Versions that the shapes of commands allow where none was negotiated.";
    ACCOUNT = "msn.account" "Connection owner" Str, "Account that owns this connection.";
    PARAMETER = "msn.parameter" "Parameter" Str, "Parameter that no known layout explains.";
    PAYLOAD_LENGTH = "msn.payload_length" "Payload length" Uint(4, Dec, None), "Bytes that follow the line.";
    PAYLOAD = "msn.payload" "Payload" Bytes, "Payload that nothing opens further.";
    CONTINUATION = "msn.continuation" "Continuation data" Bytes, "Bytes that belong to no known command.";
    WIRE_TEXT = "msn.wire_text" "As sent" Str, "The token as it was on the wire, before decoding.";
    RESULT = "msn.result" "Result" Str, "Success of a request that is answered without data.";
    ERROR = "msn.error" "Error" Uint(2, Dec, Some(errors::ERRORS)), "Numeric error reply.";

    EMAIL = "msn.email" "Account" Str, "Account or other address of a person, circle or phone.";
    FRIENDLY_NAME = "msn.friendly_name" "Friendly name" Str, "Display name, decoded.";
    CALLER = "msn.caller" "Caller" Str, "Account that calls somebody to a chat.";
    CALLEE = "msn.callee" "Callee" Str, "Account that is called to a chat.";
    CONTACT_ID = "msn.contact_id" "Contact ID" Str, "Identifier of a contact in the address book.";
    GROUP_ID = "msn.group_id" "Group ID" Str, "Number or GUID of a contact group.";
    GROUP_NAME = "msn.group_name" "Group name" Str, "Name of a contact group, decoded.";
    LIST = "msn.list" "List" Str, "List that is read or changed.";
    LISTS = "msn.lists" "Lists" Bits(4, LIST_BITS, None), "Lists that a contact is on.";
    LIST_VERSION = "msn.list_version" "List version" Uint(4, Dec, None), "Version of the list after this change.";
    LIST_INDEX = "msn.list_index" "Index" Uint(4, Dec, None), "Place of this entry in the list, from 1.";
    LIST_TOTAL = "msn.list_total" "Total" Uint(4, Dec, None), "Entries in the list.";
    CONTACT_COUNT = "msn.contact_count" "Contacts to come" Uint(4, Dec, None), "LST lines that follow.";
    GROUP_COUNT = "msn.group_count" "Groups to come" Uint(4, Dec, None), "LSG lines that follow.";
    LIST_TIME = "msn.list_time" "List time stamp" Str, "Time of the last change of the contact list, or 0.";
    SETTINGS_TIME = "msn.settings_time" "Settings time stamp" Str, "Time of the last change of the settings, or 0.";
    NETWORK_ID = "msn.network_id" "Network" Uint(4, Dec, Some(numbers::NETWORKS)), "Kind of the address.";
    VIA = "msn.via" "Via" Str, "Circle or network through which the address is reached.";
    ENDPOINT = "msn.endpoint" "Endpoint" Guid, "One of several places where an account is signed in.";
    PROMPT = "msn.prompt" "When added" Str, "What to do when somebody adds the user.";
    PRIVACY = "msn.privacy" "Users on no list" Str, "Whether users on neither the allow nor the block list may write.";
    PROPERTY = "msn.property" "Property" Str, "Property that is set.";
    PROPERTY_VALUE = "msn.property_value" "Property value" Str, "Value of the property, decoded; absent when it was cleared.";
    PROPERTY_FLAG = "msn.property_flag" "Property flag" Str, "Number behind the value of a property, without known meaning.";
    PHONE = "msn.phone" "Telephone number" Str, "Telephone number that is looked up.";
    REFRESH = "msn.refresh" "Refresh" Bits(4, REFRESH_BITS, None), "What the client is to send again.";

    STATUS = "msn.status" "Status" Str, "Presence.";
    CAPABILITIES = "msn.capabilities" "Capabilities" Bits(4, capabilities::FIRST, Some((0xf000_0000, "msnc", numbers::MSNC))), "What the client can do.";
    CAPABILITIES_EX = "msn.capabilities_ex" "Extended capabilities" Bits(4, capabilities::SECOND, None), "What the client can do, second word.";
    ICON_URL = "msn.icon_url" "Icon" Str, "Address of an icon of the contact.";
    OBJECT = "msn.object" "MSN object" Str, "Picture, emoticon or other object that a user offers.";

    OFFERED_VERSION = "msn.offered_version" "Offered version" Str, "Protocol version that the client offers.";
    CHOSEN_VERSION = "msn.chosen_version" "Chosen version" Str, "Protocol version that the server chooses; 0 if it supports none.";
    CLIENT_VERSION = "msn.client.version" "Client version" Str, "Version of the client program.";
    CLIENT_NAME = "msn.client.name" "Client" Str, "Name of the client program.";
    CLIENT_BRAND = "msn.client.brand" "Client brand" Str, "Distribution of the client program.";
    OS_TYPE = "msn.os.type" "Operating system" Str, "Operating system of the client.";
    OS_VERSION = "msn.os.version" "Operating system version" Str, "Version of the operating system.";
    LCID = "msn.lcid" "Locale" Uint(4, Hex, Some(lcid::LCIDS)), "Windows locale identifier.";
    ARCHITECTURE = "msn.architecture" "Architecture" Str, "Processor of the client.";
    RECOMMENDED_VERSION = "msn.client.recommended" "Recommended client version" Str, "Client version that the server recommends.";
    RECOMMENDED_VERSION_2 = "msn.client.recommended2" "Recommended client version (repeated)" Str, "Recommended version, given twice.";
    MINIMUM_VERSION = "msn.client.minimum" "Minimum client version" Str, "Oldest client version that is served.";
    DOWNLOAD_URL = "msn.download_url" "Download address" Str, "Where the client program can be had.";
    INFO_URL = "msn.info_url" "Information address" Str, "Where more can be read.";

    AUTH_SCHEME = "msn.auth.scheme" "Security package" Str, "How the account proves itself.";
    AUTH_PHASE = "msn.auth.phase" "Login phase" Str, "Step of the login.";
    AUTH_TICKET = "msn.auth.ticket" "Ticket" Str, "Proof of identity from the login service.";
    AUTH_CHALLENGE = "msn.auth.challenge" "Login challenge" Str, "What the login has to answer.";
    AUTH_RESPONSE = "msn.auth.response" "Login response" Str, "Answer to the login challenge.";
    PASSWORD = "msn.auth.password" "Password" Str, "Password in clear text.";
    POLICY = "msn.policy" "Ticket policy" Str, "Kind of ticket that the server wants.";
    NONCE = "msn.nonce" "Nonce" Str, "Random text that the login blob must prove.";
    MACHINE_GUID = "msn.machine_guid" "Machine GUID" Guid, "Identifier of the computer that signs in.";
    VERIFIED = "msn.verified" "Account verified" Uint(1, Dec, Some(numbers::NO_YES)), "Whether the e-mail address was verified.";
    RESTRICTED = "msn.restricted" "Restricted account" Uint(1, Dec, Some(numbers::NO_YES)), "Whether this is a child's account.";

    CHALLENGE = "msn.challenge" "Challenge" Str, "Text that the client must answer to stay connected.";
    CHALLENGE_PRODUCT = "msn.challenge.product_id" "Product ID" Str, "Identifier of the client program that answers.";
    CHALLENGE_RESPONSE = "msn.challenge.response" "Challenge response" Str, "Answer to the challenge.";

    REFERRAL = "msn.referral" "Referral" Str, "Kind of server the client is sent to, or asks for.";
    SERVER_ADDRESS = "msn.server.address" "Server address" Str, "Address or name of the server.";
    SERVER_IPV4 = "msn.server.ipv4" "Server IPv4 address" Ipv4, "IPv4 address of the server.";
    SERVER_IPV6 = "msn.server.ipv6" "Server IPv6 address" Ipv6, "IPv6 address of the server.";
    SERVER_PORT = "msn.server.port" "Server port" Uint(2, Dec, None), "TCP port of the server.";
    CURRENT_ADDRESS = "msn.server.current_address" "Current server address" Str, "Address that the dispatch server gives as its own.";
    CURRENT_PORT = "msn.server.current_port" "Current server port" Uint(2, Dec, None), "Port that the dispatch server gives as its own.";
    COOKIE = "msn.cookie" "Switchboard cookie" Str, "Ticket for one switchboard session.";
    COOKIE_KIND = "msn.cookie_kind" "Cookie kind" Str, "Security package of a switchboard session.";
    SESSION_ID = "msn.session_id" "Session ID" Str, "Identifier of a switchboard session.";
    CHAT = "msn.chat" "Chat" Str, "Session ID of the chat that this switchboard connection belongs to.";
    TRANSPORT = "msn.transport" "Transport" Str, "How the next server is reached.";
    TRANSPORT_D = "msn.transport_domain" "Server domain" Str, "Domain of the next server, or D.";
    DIRECT = "msn.direct" "Direct connection" Uint(1, Dec, Some(numbers::DIRECT)), "Whether the switchboard is reached over TCP.";
    HOP = "msn.hop" "Hop data" Str, "How often the client was referred, base64.";
    UNKNOWN_ZERO = "msn.fixed" "Fixed value" Str, "Value that is always the same.";
    RING_STATE = "msn.ring" "Call state" Str, "The callee's client has been told.";
    IDLE_BYE = "msn.bye_reason" "Reason" Uint(4, Dec, Some(numbers::BYE_REASONS)), "1 when the party was dropped for idleness.";
    ACK_MODE = "msn.ack_mode" "Acknowledgement" Str, "Acknowledgement that the sender asks for.";
    OUT_REASON = "msn.out_reason" "Reason" Str, "Why the server ends the connection.";
    OUT_MINUTES = "msn.out_minutes" "Reconnect after" Uint(4, Dec, None), "Minutes to wait before connecting again.";
    PING_SECONDS = "msn.ping_seconds" "Next ping within" Uint(4, Dec, None), "Seconds until the next PNG is due.";

    FILE_NAME = "msn.policy_file" "Policy file" Str, "Configuration file asked for.";
    URL_SERVICE = "msn.url.service" "Service" Str, "Web service to open.";
    URL_ARGUMENT = "msn.url.argument" "Argument" Str, "Locale or address for the service.";
    URL_PATH = "msn.url.path" "Path" Str, "Path or address of the service.";
    URL_LOGIN = "msn.url.login" "Login address" Str, "Page that signs in.";
    SITE_ID = "msn.site_id" "Site ID" Uint(4, Dec, None), "Number of the site.";
    DEVICE = "msn.device" "Device" Uint(4, Dec, Some(numbers::DEVICES)), "Kind of device that is paged.";
    CONTACT_INDEX = "msn.contact_index" "Contact index" Uint(4, Dec, None), "Place of the person in the last search result.";
    SEARCH_KEY = "msn.search" "Search term" Str, "One key and value of a search for people.";
    SWITCH = "msn.switch" "Setting" Str, "On or off.";
    RESERVED = "msn.reserved" "Reserved" Str, "Value without known meaning.";
    UUN_TYPE = "msn.uun_type" "User notification type" Uint(4, Dec, Some(numbers::UUN_TYPES)), "What the payload holds.";
    UUM_TYPE = "msn.uum_type" "Message type" Uint(4, Dec, Some(numbers::UUM_TYPES)), "What the message holds.";
    NFY_OPERATION = "msn.nfy_operation" "Operation" Str, "Whether data was published or withdrawn.";
}
