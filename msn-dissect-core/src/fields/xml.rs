// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of XML documents and MSN objects.

use super::{Base::*, Type::*, expert::experts, fields};
use crate::values::{endpoints, lcid, numbers, objects};

fields! { super::mime::END;
    OBJECT_CREATOR = "msn.object.creator" "Creator" Str, "Account that owns the object.";
    OBJECT_TYPE = "msn.object.type" "Type" Uint(4, Dec, Some(objects::TYPES)), "What the object is.";
    OBJECT_SIZE = "msn.object.size" "Size" Uint(8, Dec, None), "Bytes of the object's data.";
    OBJECT_LOCATION = "msn.object.location" "Location" Str, "File name, 0, or an identifier.";
    OBJECT_FRIENDLY = "msn.object.friendly" "Friendly name" Str, "Name for people, decoded from base64 and UTF-16.";
    OBJECT_SHA1D = "msn.object.sha1d" "SHA-1 of the data" Str, "Hash of the object's data, base64.";
    OBJECT_SHA1C = "msn.object.sha1c" "SHA-1 of the attributes" Str, "Hash of the other attributes, base64.";
    OBJECT_SHA1C_STATUS = "msn.object.sha1c.status" "SHA1C status" Uint(1, Dec, Some(objects::CHECKS)), "Whether the hash of the attributes is right.";
    OBJECT_CONTENT_TYPE = "msn.object.content_type" "Content type" Str, "Kind of licensed content.";
    OBJECT_STAMP = "msn.object.stamp" "Stamp" Str, "Signature of licensed content, base64.";
    OBJECT_AVATAR_ID = "msn.object.avatar_id" "Avatar ID" Str, "Identifier of a dynamic display picture.";
    OBJECT_AVATAR_CONTENT_ID = "msn.object.avatar_content_id" "Avatar content ID" Str, "Identifier of the content of a dynamic display picture.";
    OBJECT_PARTNER_ID = "msn.object.partner_id" "Partner ID" Str, "Who sells the content.";
    OBJECT_URL = "msn.object.url" "Address" Str, "Where the object can be had.";
    OBJECT_URL1 = "msn.object.url1" "Second address" Str, "Where else the object can be had.";
    OBJECT_ATTRIBUTE = "msn.object.attribute" "Attribute" Str, "Name and value of an attribute that has no field of its own.";
    OBJECT_TAG = "msn.object.tag" "Markup" Str, "Brackets and name around the attributes.";

    XML_ELEMENT = "msn.xml.element" "Element" Str, "Name of an XML element.";
    XML_ATTRIBUTE = "msn.xml.attribute" "Attribute" Str, "Name and value of an XML attribute that has no field of its own.";
    XML_TEXT = "msn.xml.text" "Text" Str, "Text of an XML element that has no field of its own.";
    XML_TAG = "msn.xml.tag" "Tag" Str, "Start or end tag of an XML element.";
    XML_ENCODING = "msn.xml.encoding" "Character set" Str, "Character set of a document that is not in UTF-8.";
    XML_MARKUP = "msn.xml.markup" "Markup" Str, "XML declaration, comment or instruction.";

    INITIAL = "msn.lists.initial" "First list of the login" Uint(4, Dec, Some(numbers::NO_YES)), "Whether the lists are those given at login.";
    DOMAIN = "msn.domain" "Domain" Str, "Part of an account behind the at sign.";
    SERVICE = "msn.service" "Service" Str, "Service that the data belong to.";
    SERVICE_TIME = "msn.service.time" "Changed" Time, "When the data of the service changed last.";
    PSM = "msn.psm" "Personal message" Str, "What a user writes beside the name.";
    RICH_PSM = "msn.psm.rich" "Rich personal message" Str, "The personal message with formatting.";
    MEDIA = "msn.media" "Current media" Str, "What a user listens to or plays, as sent.";
    MEDIA_APPLICATION = "msn.media.application" "Application" Str, "Program that plays.";
    MEDIA_TYPE = "msn.media.type" "Type" Str, "Music, Games or Office.";
    MEDIA_ENABLED = "msn.media.enabled" "Enabled" Str, "1 while something is played.";
    MEDIA_FORMAT = "msn.media.format" "Format" Str, "How the arguments are put together.";
    MEDIA_ARGUMENT = "msn.media.argument" "Argument" Str, "Argument of the format.";
    MEDIA_TITLE = "msn.media.title" "Title" Str, "Title of the music.";
    MEDIA_ARTIST = "msn.media.artist" "Artist" Str, "Artist of the music.";
    MEDIA_ALBUM = "msn.media.album" "Album" Str, "Album of the music.";
    MEDIA_CONTENT_ID = "msn.media.content_id" "Content ID" Str, "Identifier of the music.";
    MEDIA_TEXT = "msn.media.text" "Shown as" Str, "The format with the arguments filled in.";
    SIGNATURE_SOUND = "msn.signature_sound" "Signature sound" Str, "Sound that announces the user.";
    DDP = "msn.ddp" "Dynamic display picture" Str, "Moving picture of the user.";
    SCENE = "msn.scene" "Scene" Str, "Picture behind the window.";
    COLOR_SCHEME = "msn.color_scheme" "Colour scheme" Int(4), "Windows COLORREF: blue, green, red from the high byte on.";
    COLOR_SCHEME_RGB = "msn.color_scheme.rgb" "Colour" Str, "The colour scheme as red, green, blue.";
    USER_TILE = "msn.user_tile" "User tile" Str, "Display picture, or 0.";
    EP_NAME = "msn.endpoint.name" "Endpoint name" Str, "Name of the computer or program.";
    EP_IDLE = "msn.endpoint.idle" "Idle" Bool, "Nobody uses this endpoint at the moment.";
    EP_CLIENT_TYPE = "msn.endpoint.client_type" "Client type" Uint(4, Dec, Some(endpoints::CLIENT_TYPES)), "Kind of program or device.";
    EP_VERSION = "msn.endpoint.version" "Program" Str, "Program and version of an endpoint.";
    EP_TYP = "msn.endpoint.typ" "Endpoint type" Str, "Kind of an endpoint.";
    RUL = "msn.rul" "RUL" Str, "Property without known meaning.";
    RLT = "msn.rlt" "RLT" Str, "Property without known meaning.";
    RID = "msn.rid" "RID" Str, "Property without known meaning.";
    SUL = "msn.sul" "SUL" Str, "Property without known meaning.";
    ASN = "msn.asn" "ASN" Str, "Property without known meaning.";
    BDG = "msn.bdg" "BDG" Str, "Property without known meaning.";
    UTL = "msn.utl" "UTL" Str, "User tile of a circle.";
    PHONE_ENABLED = "msn.phone_enabled" "Mobile phone enabled" Str, "PHMEnabled.";
    MNI_ENABLED = "msn.mni_enabled" "Mobile network enabled" Str, "MNIEnabled.";
    LAST_SPACE_UPDATE = "msn.last_space_update" "Last change of the Space" Str, "LastSpaceUpdate.";
    LAST_STORAGE_ERROR = "msn.last_storage_error" "Last storage error" Str, "LastStorageError.";
    FIR = "msn.fir" "FIR" Str, "Property without known meaning.";

    ROSTER = "msn.roster" "Roster" Str, "List of participants.";
    CIRCLE_DTYPE = "msn.circle.data_type" "Data type" Str, "Form of a circle's presence.";
    NETWORK_STATUS = "msn.network.status" "Network status" Str, "State of the link to another network.";

    POLICY_TYPE = "msn.policy.type" "Policy type" Str, "What the policy is about.";
    POLICY_CHECKSUM = "msn.policy.checksum" "Checksum" Str, "MD5 of the policy, hexadecimal.";
    POLICY_CHECKSUM_STATUS = "msn.policy.checksum.status" "Checksum status" Uint(1, Dec, Some(objects::CHECKS)), "Whether the checksum is that of the policy.";
    SHIELD_MAJOR = "msn.shield.major" "Major version" Str, "Client version that is shielded.";
    SHIELD_MINOR = "msn.shield.minor" "Minor version" Str, "Client version that is shielded.";
    SHIELD_MINIMUM = "msn.shield.minimum_build" "First build" Str, "First build that is shielded.";
    SHIELD_MAXIMUM = "msn.shield.maximum_build" "Last build" Str, "Last build that is shielded.";
    SHIELD_DENY = "msn.shield.deny" "Denied" Str, "What such clients may not do.";
    SHIELD_EXPRESSION = "msn.shield.expression" "Blocked expression" Str, "Regular expression that messages must not match, decoded from base64.";
    POLICY_SET = "msn.policy.set" "Rule set" Str, "Set of rules.";
    POLICY_SERVICE = "msn.policy.service" "Service" Str, "Service that the rules are for.";
    POLICY_PRIORITY = "msn.policy.priority" "Priority" Str, "Priority of the rules.";
    POLICY_RULE = "msn.policy.rule" "Rule" Str, "Identifier of a rule.";
    POLICY_THRESHOLD = "msn.policy.threshold" "Threshold" Str, "Threshold of a rule.";
    POLICY_TIMER = "msn.policy.timer" "Timer" Str, "Timer of a rule.";
    POLICY_TRIGGER = "msn.policy.trigger" "Trigger" Str, "Trigger of a rule.";
    POLICY_COUNTER = "msn.policy.counter" "Counter" Str, "Identifier of a number.";
    POLICY_VALUE = "msn.policy.value" "Value" Str, "Value of a number.";
    POLICY_FEATURE_TYPE = "msn.policy.feature.type" "Feature type" Str, "Kind of feature that errors are handled for.";
    POLICY_FEATURE = "msn.policy.feature" "Feature" Str, "Feature that errors are handled for.";
    POLICY_HRESULT = "msn.policy.hresult" "Error" Str, "Error that is handled.";
    POLICY_ACTION = "msn.policy.action" "Action" Str, "How the error is handled.";
    POLICY_SEND_DELAY = "msn.policy.send_delay" "Send delay" Str, "Delay of object store transfers.";

    ALERT_VERSION = "msn.alert.version" "Notification version" Str, "Version of the notification format.";
    ALERT_ID = "msn.alert.id" "Notification ID" Str, "Identifier of the notification, or transaction ID of the page that failed.";
    ALERT_SITE_URL = "msn.alert.site_url" "Site" Str, "Site that notifies.";
    ALERT_PID = "msn.alert.pid" "Passport ID" Str, "Identifier of the account, low and high half.";
    ALERT_AGENT = "msn.alert.agent" "Agent" Str, "How the notification is delivered.";
    ALERT_FROM = "msn.alert.from" "From" Str, "Who the notification is from.";
    ALERT_MESSAGE_ID = "msn.alert.message_id" "Message ID" Str, "Identifier of the message.";
    ALERT_PRIORITY = "msn.alert.priority" "Priority" Str, "Priority of the message.";
    ALERT_ACTION = "msn.alert.action" "Action address" Str, "Page that opens on a click.";
    ALERT_SUBSCRIPTION = "msn.alert.subscription" "Subscription address" Str, "Page for changing the subscription.";
    ALERT_CATEGORY = "msn.alert.category" "Category" Str, "Category of the message.";
    ALERT_LANGUAGE = "msn.alert.language" "Language" Uint(4, Dec, Some(lcid::LCIDS)), "Language of the text.";
    ALERT_ICON = "msn.alert.icon" "Icon" Str, "Picture beside the text.";
    ALERT_TEXT = "msn.alert.text" "Notification text" Str, "What the user is shown.";
    ALERT_HTML = "msn.alert.html" "Notification text (HTML)" Str, "What the user is shown, with markup.";
    ALERT_DATA = "msn.alert.data" "Notification data" Str, "Document inside the body of a notification.";
    ALERT_SERVICE = "msn.alert.service" "Notifying service" Str, "Service whose data changed.";
    CID = "msn.cid" "CID" Str, "Number of an account.";
    ALERT_MODIFIED = "msn.alert.modified" "Last modified" Time, "When the data changed.";
    ALERT_NEW_ITEM = "msn.alert.new_item" "Has new item" Bool, "Something was added.";
    CIRCLE_ID = "msn.circle.id" "Circle" Str, "Identifier of a circle.";
    CIRCLE_DOMAIN = "msn.circle.domain" "Circle's domain" Str, "Domain that hosts a circle.";
    CIRCLE_ROLE = "msn.circle.role" "Role" Str, "Role of the user in the circle.";
    SPACE_HANDLE = "msn.space.handle" "Space" Str, "Handle of a Space.";
    SPACE_COMPONENT = "msn.space.component" "Component" Str, "Handle of a part of a Space.";
    SPACE_OWNER = "msn.space.owner" "Owner CID" Str, "Number of the owner's account.";
    SPACE_SUMMARY = "msn.space.summary" "Summary" Str, "What changed in a Space.";

    TICKET_VERSION = "msn.circle.ticket.version" "Ticket version" Str, "Version of a circle ticket.";
    TICKET_KEY_VERSION = "msn.circle.ticket.key_version" "Key version" Str, "Version of the signing key.";
    TICKET_DATA = "msn.circle.ticket.data" "Ticket data" Str, "The signed document, base64.";
    TICKET_SIGNATURE = "msn.circle.ticket.signature" "Signature" Str, "Signature of the ticket, base64.";
    TICKET_TIME = "msn.circle.ticket.time" "Issued" Str, "Time stamp of the ticket.";

    SNM_OPCODE = "msn.snm.opcode" "Operation" Str, "What is said about the shared folder.";
    SNM_CSID = "msn.snm.csid" "Shared folder session" Str, "Identifier of the session.";
    SNM_PRIORITY = "msn.snm.priority" "Priority" Str, "Priority of the session.";
    SNM_REASON = "msn.snm.reason" "Reason" Str, "Why it was refused.";
    STATE_SERVICE = "msn.state.service" "Changed service" Str, "Service whose data are to be fetched again.";
    LOGOUT = "msn.uun.logout" "Log-out phrase" Str, "Makes the other endpoint sign out.";
    UUN_NUMBER = "msn.uun.number" "Number" Str, "One of the numbers of SIP metadata.";
    UUN_TEXT = "msn.uun.text" "Text" Str, "Text without known structure.";
    SIP = "msn.sip" "SIP message" Heading, "SIP message that is tunnelled.";
    SIP_TEXT = "msn.sip.text" "SIP message as text" Str, "All of the SIP message.";
    SIP_ENCODING = "msn.sip.encoding" "Encoding" Str, "How the SIP message is encoded.";
    SIP_FID = "msn.sip.fid" "Format" Str, "Number of the format.";
    SIP_CALL_ID = "msn.sip.call_id" "Call ID" Str, "Call that the SIP message belongs to.";
    SIP_DATA = "msn.sip.data" "Encoded SIP message" Str, "SIP message in base64.";

    PAGE_PRIORITY = "msn.page.priority" "Priority" Str, "Which phone comes first.";
    PAGE_LOCATION = "msn.page.location" "Kind of phone" Str, "HOME, WORK or MOBILE.";
    PAGE_NUMBER = "msn.page.number" "Phone number" Str, "Number of the phone.";
    PAGE_ENCODING = "msn.page.encoding" "Encoding" Str, "Character set of the text.";
    PAGE_TEXT = "msn.page.text" "Page" Str, "Text sent to a phone.";

    INVITATION_TEXT = "msn.invitation.text" "Invitation" Str, "Words that invite somebody by mail.";
    REPORT_TEXT = "msn.report.text" "Report" Str, "What is reported of a user.";
    ERROR_TEXT = "msn.error.text" "Error text" Str, "What the server says about the error.";
}

experts! { super::mime::EXPERT_END;
    OBJECT_HASH = "msn.expert.object_hash" Checksum Warn "Hash of the object's attributes is wrong";
    OBJECT_MALFORMED = "msn.expert.object_malformed" Malformed Warn "MSN object is malformed";
    POLICY_CHECKSUM_BAD = "msn.expert.policy_checksum" Checksum Warn "Checksum of the policy is wrong";
    XML_MALFORMED = "msn.expert.xml_malformed" Malformed Warn "XML document is malformed";
    VALUE_MALFORMED = "msn.expert.value_malformed" Malformed Note "Value is not of the expected form";
    BASE64_MALFORMED = "msn.expert.base64_malformed" Malformed Warn "Text is not valid base64";
}
