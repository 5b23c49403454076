// SPDX-License-Identifier: GPL-2.0-or-later
//! Textual codes on command lines.

use super::Codes;

/// Presence (fact base: values 1).
pub static STATUSES: &Codes = &[
    ("NLN", "Online"),
    ("BSY", "Busy"),
    ("IDL", "Idle"),
    ("BRB", "Be right back"),
    ("AWY", "Away"),
    ("PHN", "On the phone"),
    ("LUN", "Out to lunch"),
    ("HDN", "Appear offline"),
    ("FLN", "Offline"),
];

/// Contact lists (fact base: values 2).
pub static LISTS: &Codes = &[
    ("FL", "Forward list"),
    ("AL", "Allow list"),
    ("BL", "Block list"),
    ("RL", "Reverse list"),
    ("PL", "Pending list"),
];

/// GTC (fact base: values 3).
pub static GTC: &Codes = &[("A", "Ask when somebody adds me"), ("N", "Add silently")];

/// BLP (fact base: values 3).
pub static BLP: &Codes = &[("AL", "Users on neither list are allowed"), ("BL", "Users on neither list are blocked")];

/// What may stand behind the value of a property.
pub static FLAGS: &Codes = &[("0", "Off"), ("1", "On")];

/// The property that is a display name.
pub const DISPLAY_NAME: &[u8] = b"MFN";

/// What is said of properties that nobody describes.
pub const UNVERIFIED: &str = "Unverified property";

/// Properties of PRP, BPR and SBP (fact base: values 4).
pub static PROPERTIES: &Codes = &[
    ("PHH", "Home phone"),
    ("PHW", "Work phone"),
    ("PHM", "Mobile phone"),
    ("MOB", "Others may page my mobile"),
    ("MBE", "Mobile device enabled"),
    ("MFN", "Friendly name"),
    ("WWE", "MSN Direct enabled"),
    ("HSB", "Has a Space"),
    ("HAB", UNVERIFIED),
    ("UTL", UNVERIFIED),
    ("WPL", UNVERIFIED),
    ("CID", UNVERIFIED),
    ("RES", UNVERIFIED),
    ("NSD", UNVERIFIED),
    ("UAC", UNVERIFIED),
    ("MNI", UNVERIFIED),
];

/// Why the server ended the connection (fact base: values 8).
pub static OUT_REASONS: &Codes = &[
    ("OTH", "Signed in elsewhere"),
    ("SSD", "Server shutting down"),
    ("MIG", "Address book migrated, reconnect"),
    ("TOU", "Terms of use must be accepted"),
    ("RCT", "Reconnect later"),
];

/// Security packages of INF and USR (fact base: values 7).
pub static PACKAGES: &Codes = &[
    ("CTP", "Clear text password"),
    ("MD5", "MD5 challenge"),
    ("TWN", "Tweener (Passport)"),
    ("SSO", "Single sign-on"),
    ("SHA", "Circle ticket"),
];

/// Step of a login.
pub static PHASES: &Codes = &[("I", "Initial"), ("S", "Subsequent"), ("A", "Authenticate")];

/// SSO policies (fact base: values 7).
pub static POLICIES: &Codes = &[
    ("MBI_KEY_OLD", "Compact ticket with key, old form"),
    ("MBI_KEY", "Compact ticket with key"),
    ("MBI_SSL", "Compact ticket over TLS"),
    ("MBI", "Compact ticket"),
    ("LBI", "Long-lived ticket"),
    ("LBI_KEY", "Long-lived ticket with key"),
];

/// Acknowledgement a sender of MSG asks for (fact base: commands 2, mime 1).
pub static ACKS: &Codes =
    &[("U", "None"), ("N", "Only if it fails"), ("A", "Always"), ("D", "Always, data"), ("S", "Only if it succeeds")];

/// Why the address book changed.
pub static CHANGE_REASONS: &Codes = &[("1", "Contact added, deleted or blocked"), ("3", "Favourites changed")];

/// IMS.
pub static SWITCH: &Codes = &[("ON", "On"), ("OFF", "Off")];

/// How the next server is reached (fact base: commands 1.1.2).
pub static TRANSPORTS: &Codes = &[("U", "Direct"), ("G", "HTTP gateway")];

/// URL services (fact base: values 15).
pub static URL_SERVICES: &Codes = &[
    ("INBOX", "Mail inbox"),
    ("FOLDERS", "Mail folders"),
    ("COMPOSE", "Write a mail"),
    ("CHGMOB", "Mobile settings"),
    ("PROFILE", "Edit own profile"),
    ("PERSON", "Account settings"),
    ("CHAT", "Chat rooms"),
    ("MOBILE", "Mobile services"),
    ("ADDRBOOK", "Address book"),
    ("ADVSEARCH", "Advanced search"),
    ("INTSEARCH", "Search by interest"),
    ("MESSAGE", "Mail message"),
    ("N2PACCOUNT", "Net2Phone account"),
    ("N2PFUND", "Net2Phone credit"),
    ("PASSWORD", "Change password"),
];

/// NFY operations.
pub static NFY: &Codes = &[("PUT", "Published"), ("DEL", "Withdrawn")];

/// Servers a referral names.
pub static REFERRALS: &Codes = &[("NS", "Notification server"), ("SB", "Switchboard")];

/// Operating systems in CVR.
pub static OS_TYPES: &Codes = &[
    ("winnt", "Windows NT family"),
    ("win", "Windows 95/98/Me"),
    ("mac", "Mac OS"),
    ("macosx", "Mac OS X"),
    ("webtv", "MSN TV"),
    ("linux", "Linux"),
    ("unix", "Unix"),
    ("beos", "BeOS"),
    ("wince", "Windows CE"),
];

/// Three-letter domain words.
pub static CKI: &Codes = &[("CKI", "Cookie")];
