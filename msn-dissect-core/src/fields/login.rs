// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of login tickets, blobs, locale and version details.

use super::{Base::*, Type::*, expert::experts, fields};
use crate::values::programs;

fields! { super::xml::END;
    VERSION_MAJOR = "msn.client.version.major" "Major version" Uint(4, Dec, None), "First number of the client version.";
    VERSION_MINOR = "msn.client.version.minor" "Minor version" Uint(4, Dec, None), "Second number of the client version.";
    VERSION_BUILD = "msn.client.version.build" "Build" Uint(4, Dec, None), "Third number of the client version.";
    VERSION_REVISION = "msn.client.version.revision" "Revision" Uint(4, Dec, None), "Fourth number of the client version.";

    TICKET_T = "msn.auth.ticket.t" "Ticket (t)" Str, "First part of the ticket.";
    TICKET_P = "msn.auth.ticket.p" "Profile (p)" Str, "Second part of the ticket, often empty.";
    TICKET_OTHER = "msn.auth.ticket.other" "Other part" Str, "Part of the ticket without known name.";

    KEY_LC = "msn.auth.key.lc" "Locale (lc)" Str, "Locale of the site.";
    KEY_ID = "msn.auth.key.id" "Site ID (id)" Str, "Number of the site; 507 is Messenger.";
    KEY_TW = "msn.auth.key.tw" "Time window (tw)" Str, "Seconds that the sign-in may be old.";
    KEY_FS = "msn.auth.key.fs" "Force sign-in (fs)" Str, "Whether the password must be typed again.";
    KEY_RU = "msn.auth.key.ru" "Return address (ru)" Str, "Page to return to, decoded.";
    KEY_CT = "msn.auth.key.ct" "Current time (ct)" Time, "Time of the server.";
    KEY_KPP = "msn.auth.key.kpp" "Kids passport (kpp)" Str, "Rules for children.";
    KEY_KV = "msn.auth.key.kv" "Key version (kv)" Str, "Version of the site's key.";
    KEY_VER = "msn.auth.key.ver" "Passport version (ver)" Str, "Version of the Passport software.";
    KEY_RVER = "msn.auth.key.rver" "Passport version (rver)" Str, "Version of the Passport software, later form.";
    KEY_WP = "msn.auth.key.wp" "Policy (wp)" Str, "Kind of ticket that is wanted.";
    KEY_RN = "msn.auth.key.rn" "Random (rn)" Str, "Random text.";
    KEY_TPF = "msn.auth.key.tpf" "Tamper check (tpf)" Str, "Hash of the other keys.";
    KEY_OTHER = "msn.auth.key.other" "Key" Str, "Key without known meaning, and its value.";

    CHALLENGE_TIME = "msn.auth.challenge.time" "Challenge time" Time, "Time that the login challenge begins with.";
    CHALLENGE_RANDOM = "msn.auth.challenge.random" "Challenge random" Str, "Rest of the login challenge.";

    BLOB_HEADER = "msn.auth.blob.header_size" "Header size" Uint(4, Dec, None), "Bytes of the header; 28.";
    BLOB_MODE = "msn.auth.blob.crypt_mode" "Crypt mode" Uint(4, Dec, Some(programs::CRYPT_MODES)), "How blocks are chained.";
    BLOB_CIPHER = "msn.auth.blob.cipher" "Cipher" Uint(4, Hex, Some(programs::CIPHERS)), "How the nonce is encrypted.";
    BLOB_HASH = "msn.auth.blob.hash" "Hash" Uint(4, Hex, Some(programs::HASHES)), "How the nonce is hashed.";
    BLOB_IV_LENGTH = "msn.auth.blob.iv_length" "Initialization vector length" Uint(4, Dec, None), "Bytes of the initialization vector.";
    BLOB_HASH_LENGTH = "msn.auth.blob.hash_length" "Hash length" Uint(4, Dec, None), "Bytes of the hash.";
    BLOB_CIPHER_LENGTH = "msn.auth.blob.cipher_length" "Cipher text length" Uint(4, Dec, None), "Bytes of the encrypted nonce.";
    BLOB_IV = "msn.auth.blob.iv" "Initialization vector" Bytes, "Random bytes that the encryption starts from.";
    BLOB_HMAC = "msn.auth.blob.hmac" "Keyed hash of the nonce" Bytes, "HMAC-SHA1 of the nonce.";
    BLOB_CIPHER_TEXT = "msn.auth.blob.cipher_text" "Encrypted nonce" Bytes, "The nonce, encrypted.";
    BLOB_REST = "msn.auth.blob.rest" "Rest" Bytes, "Bytes behind what the header announces.";

    HOP_VERSION = "msn.hop.version" "Hop data version" Str, "Version of the hop data.";
    HOP_COUNT = "msn.hop.count" "Referrals" Str, "How often the client was referred.";
    HOP_OTHER = "msn.hop.other" "Hop data line" Str, "Line of the hop data without known meaning.";

    LIST_TIME = "msn.list_time.time" "List time" Time, "Time of the last change of the contact list.";
    SETTINGS_TIME = "msn.settings_time.time" "Settings time" Time, "Time of the last change of the settings.";
    COOKIE_SESSION = "msn.cookie.session" "Session in the cookie" Str, "Number of the session that the cookie opens.";
    COOKIE_PART = "msn.cookie.part" "Cookie part" Str, "One of the numbers of a switchboard cookie.";
}

experts! { super::xml::EXPERT_END;
    BLOB_MALFORMED = "msn.expert.auth_blob" Malformed Warn "Login blob is not of the known form";
}
