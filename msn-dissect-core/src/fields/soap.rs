// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of the web services: login, address book, offline messages, storage.

use super::{Base::*, Link, Type::*, expert::experts, fields};

fields! { super::reassembly::END;
    OPERATION = "msnsoap.operation" "Operation" Str, "What is asked for, on the request and on its answer.";
    SERVICE = "msnsoap.service" "Service" Str, "The service that is asked.";
    SIDE = "msnsoap.side" "Side" Str, "Whether this is a request or a response.";
    STATUS = "msnsoap.status" "HTTP status" Uint(2, Dec, None), "Status code of the response.";
    METHOD = "msnsoap.method" "Method" Str, "Method of the request.";
    PATH = "msnsoap.path" "Path" Str, "Target of the request.";
    HOST = "msnsoap.host" "Host" Str, "Host that the request names.";
    ACTION = "msnsoap.action" "Action" Str, "SOAPAction of the request.";
    FAULT = "msnsoap.fault" "Fault code" Str, "Code of a fault.";
    FAULT_TEXT = "msnsoap.fault.text" "Fault text" Str, "What a fault says.";
    FAULT_ACTOR = "msnsoap.fault.actor" "Fault actor" Str, "Who found the fault.";
    FAULT_ERROR = "msnsoap.fault.error" "Error code" Str, "What a service calls the error.";
    FAULT_DETAIL = "msnsoap.fault.detail" "Error text" Str, "What a service says of the error.";
    AUTH_STATE = "msnsoap.fault.authstate" "Login state" Str, "State of the login.";
    REQUEST_STATUS = "msnsoap.fault.reqstatus" "Request status" Str, "Why the login service refuses a login.";
    HEADER = "msnsoap.http_header" "Header" Str, "Header line of HTTP with what concerns the login.";
    LOGIN_ADDRESS = "msnsoap.login_address" "Login address" Str, "Where to log in.";
    ELEMENT = "msnsoap.element" "Element" Str, "Element that holds others.";
    VALUE = "msnsoap.value" "Value" Str, "Value of an element or attribute without a field of its own.";
    BROKEN = "msnsoap.rest" "Not taken apart" Bytes, "Bytes behind what is taken apart.";

    TICKET_ADDRESS = "msnsoap.ticket.address" "Ticket for" Str, "Site that a ticket is for.";
    TICKET_CREATED = "msnsoap.ticket.created" "Valid from" Time, "When a ticket or message was made.";
    TICKET_EXPIRES = "msnsoap.ticket.expires" "Valid until" Time, "When a ticket or message expires.";
    SECRET = "msnsoap.ticket.secret" "Secret" Str, "Secret that proves the ticket's owner, base64.";
    CIPHER = "msnsoap.ticket.cipher" "Encrypted ticket" Str, "Ticket that only the login service can read.";
    CIRCLE_TICKET = "msnsoap.circle_ticket" "Circle ticket" Str, "Signed document that opens circles.";
    PUID = "msnsoap.puid" "PUID" Str, "Number of the account at the login service.";
    CID = "msnsoap.cid" "CID" Str, "Number of a person at the address book.";
    TICKET_COUNT = "msnsoap.ticket.count" "Tickets" Uint(4, Dec, None), "How many tickets a login gave.";
    ISSUED_IN = "msn.auth.issued_in" "Ticket issued in" Frame(Link::Any), "Frame with the answer that gave this ticket.";
    USED_IN = "msn.auth.used_in" "Ticket used in" Frame(Link::Any), "Frame in which a ticket of this answer is used.";
    USED_COUNT = "msn.auth.used" "Uses" Uint(4, Dec, None), "How many frames use a ticket of this answer.";
    SECRET_IN = "msn.auth.secret_in" "Secret in" Frame(Link::Any), "Frame with the secret that this login proves.";
    REFUSED_IN = "msn.auth.refused_in" "Login refused in" Frame(Link::Any), "Frame in which the login service refused this account.";
    REFUSAL = "msn.auth.refusal" "Reason" Str, "Why the login service refused this account.";

    FIRST_NAME = "msnsoap.first_name" "First name" Str, "First name of a person.";
    LAST_NAME = "msnsoap.last_name" "Last name" Str, "Last name of a person.";
    ADDRESS_BOOK = "msnsoap.address_book" "Address book" Str, "Identifier of an address book; that of a circle has its number.";
    ROLE_FILTER = "msnsoap.role_filter" "Role wanted" Str, "Role whose members are asked for.";
    RELATION_TYPE = "msnsoap.relationship.type" "Relationship type" Str, "Kind of relationship.";
    RELATION_NAME = "msnsoap.relationship.name" "Relationship" Str, "What one stored thing is to another.";
    RELATION_SOURCE = "msnsoap.relationship.source" "From" Str, "Identifier of the thing that has the relationship.";
    RELATION_TARGET = "msnsoap.relationship.target" "To" Str, "Identifier of the thing that it has it to.";
    RELATION_ROLE = "msnsoap.relationship.role" "Relationship role" Str, "Role within a relationship.";
    CONTACT_TYPE = "msnsoap.contact.type" "Contact type" Str, "Kind of contact; Me is the owner of the address book.";
    QUICK_NAME = "msnsoap.contact.quick_name" "Quick name" Str, "Name made for sorting.";
    MEMBER_ID = "msnsoap.member.id" "Membership ID" Str, "Identifier of a member in its role.";
    MEMBER_STATE = "msnsoap.member.state" "Member state" Str, "Whether a member was accepted.";
    ANNOTATION = "msnsoap.annotation" "Annotation" Str, "Name of a note to a contact or to the owner.";
    ANNOTATION_VALUE = "msnsoap.annotation.value" "Annotation value" Str, "What the note says.";
    CHANGED = "msnsoap.changed" "Changed" Str, "Properties that are changed.";
    BOOK_NAME = "msn.address_book_name" "Name in the address book" Str, "Name that the owner's address book gave a contact.";

    MESSAGE_ID = "msnsoap.message_id" "Offline message ID" Str, "Identifier of an offline message.";
    MESSAGE_FROM = "msn.message.from" "From" Str, "Account that wrote the message.";
    MESSAGE_TO = "msn.message.to" "To" Str, "Account that the message is for.";
    MESSAGE_HEADER = "msnsoap.message.header" "Header" Str, "Header line of an offline message.";
    MESSAGE_BODY = "msnsoap.message.body" "Body" Str, "Text of an offline message as it was sent.";
    RUN_ID = "msnsoap.message.run_id" "Run ID" Str, "Identifier of the sender's session.";
    SEQUENCE = "msnsoap.message.sequence" "Sequence number" Uint(4, Dec, None), "Number of the offline message within the sender's session.";
    MESSAGE_IN = "msnsoap.message.seen_in" "Same offline message in" Frame(Link::Any), "Frame that is about the same offline message.";
    LOCK_KEY = "msnsoap.lock_key" "Lock key" Str, "Answer to the lock key challenge.";
    LOCK_CHALLENGE = "msnsoap.lock_key.challenge" "Lock key challenge" Str, "Text that the sender's client must answer.";
    LOCK_STATUS = "msnsoap.lock_key.status" "Lock key status" Uint(1, Dec, Some(crate::values::objects::PROOFS)), "Whether the lock key is right.";
    LOCK_IN = "msnsoap.lock_key.challenge_in" "Lock key challenge in" Frame(Link::Any), "Frame with the challenge that the lock key answers.";
    TWEENER = "msnsoap.tweener_challenge" "Tweener challenge" Str, "What a ticket must be asked for with.";

    PERSONAL_STATUS = "msnsoap.personal_status" "Personal message" Str, "Personal message of a profile.";
    RESOURCE_ID = "msnsoap.resource_id" "Resource ID" Str, "Identifier of something that is stored.";
    PICTURE = "msnsoap.picture" "Picture" Bytes, "Picture that is stored.";
    DOCUMENT = "msnsoap.document" "Document" Str, "Name of a stored document.";
    MIME_TYPE = "msnsoap.mime_type" "MIME type" Str, "Type of a stored document.";
    PICTURE_URL = "msnsoap.picture.url" "Picture address" Str, "Where a picture can be had.";
}

experts! { super::transport::EXPERT_END;
    REFUSED = "msnsoap.expert.refused" Response Warn "Login refused";
    FAULTY = "msnsoap.expert.fault" Response Warn "Service reports a fault";
    HTTP_FAILED = "msnsoap.expert.http_error" Response Warn "Service answers with an HTTP error";
    NOT_WELL_FORMED = "msnsoap.expert.not_well_formed" Protocol Warn "Body is not well-formed XML; read on as far as it can be";
    TOO_LARGE = "msnsoap.expert.too_large" Undecoded Note "Too much or too deep to take apart: the rest is left as it is";
    LOCK_KEY_BAD = "msnsoap.expert.lock_key_bad" Checksum Warn "Lock key is wrong";
    PASSWORD_CLEAR = "msnsoap.expert.password" Security Note "Password in clear text inside the request";
    TICKET_EXPIRED = "msnsoap.expert.ticket_expired" Security Warn "Ticket was used after it expired";
    TICKET_FOREIGN = "msnsoap.expert.ticket_foreign" Security Warn "Ticket was given to another account";
    UNKNOWN_OPERATION = "msnsoap.expert.unknown_operation" Undecoded Note "Operation is not known";
}
