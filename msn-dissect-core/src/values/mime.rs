// SPDX-License-Identifier: GPL-2.0-or-later
//! Enumerations of message bodies (fact base: mime, values 9).

use super::{Codes, Names};

/// Windows character sets of fonts (fact base: mime 3).
pub static FONT_CHARSETS: &Names = &[
    (0x00, "ANSI"),
    (0x01, "Default"),
    (0x02, "Symbol"),
    (0x4d, "Mac"),
    (0x80, "Shift-JIS"),
    (0x81, "Hangul"),
    (0x82, "Johab"),
    (0x86, "GB2312"),
    (0x88, "Big5"),
    (0xa1, "Greek"),
    (0xa2, "Turkish"),
    (0xa3, "Vietnamese"),
    (0xb1, "Hebrew"),
    (0xb2, "Arabic"),
    (0xba, "Baltic"),
    (0xcc, "Russian"),
    (0xde, "Thai"),
    (0xee, "East Europe"),
    (0xff, "OEM"),
];

/// Font families.
pub static FONT_FAMILIES: &Names =
    &[(0, "Any"), (1, "Roman"), (2, "Swiss"), (3, "Modern"), (4, "Script"), (5, "Decorative")];

/// Font pitches.
pub static FONT_PITCHES: &Names = &[(0, "Default"), (1, "Fixed"), (2, "Variable")];

/// Datacast messages (fact base: mime 11).
pub static DATACASTS: &Names = &[(1, "Nudge"), (2, "Wink"), (3, "Voice clip"), (4, "Action")];

/// Waiting messages (fact base: mime 6).
pub static MAIL_TYPES: &Names = &[(11, "Offline message"), (13, "Mobile or other")];

/// Where a waiting message came from.
pub static MAIL_SOURCES: &Names = &[(6, "Client"), (7, "Unknown, seen once")];

/// Messages from the server (fact base: mime 7).
pub static SYSTEM_MESSAGES: &Names = &[(1, "Server will shut down")];

/// How much of a birthday is known; one source.
pub static BIRTHDAY_PRECISIONS: &Codes = &[
    ("0", "None"),
    ("1", "Over 18, day and month not known"),
    ("2", "Over 18, full date"),
    ("3", "Under 18"),
    ("4", "Under 13"),
    ("5", "13 to 18"),
];

/// Mail folders (fact base: mime 6).
pub static FOLDERS: &Codes = &[
    ("ACTIVE", "Inbox"),
    (".!!trAsH", "Trash"),
    (".!!OIM", "Offline messages"),
    ("HM_BuLkMail_", "Junk"),
    ("00000000-0000-0000-0000-000000000009", "Offline messages"),
];

/// Commands of invitations (fact base: mime 8).
pub static INVITE_COMMANDS: &Codes = &[
    ("INVITE", "Offers"),
    ("ACCEPT", "Accepts"),
    ("CANCEL", "Declines or ends"),
    ("CONTEXT", "More about a running session"),
];

/// Why an invitation ends (fact base: mime 8).
pub static CANCEL_CODES: &Codes = &[
    ("REJECT", "The user declined"),
    ("REJECT_NOT_INSTALLED", "The application is not known"),
    ("TIMEOUT", "The inviter gave up waiting"),
    ("FTTIMEOUT", "Error during the file transfer"),
    ("OUTBANDCANCEL", "The conversation of the invitation is closing"),
    ("FAIL", "None of the session protocols is known"),
    ("USER_CANCEL", "The user cancelled"),
];

/// Applications of invitations (fact base: mime 8), in upper case.
pub static APPLICATIONS: &Codes = &[
    ("5D3E02AB-6190-11D3-BBBB-00C04F795683", "File transfer"),
    ("02D3C01F-BF30-4825-A83A-DE7AF41648AA", "Voice or video conversation"),
    ("44BBA842-CC51-11CF-AAFA-00AA00B6015C", "NetMeeting"),
    ("56B994A7-380F-410B-9985-C809D78C1BDC", "Remote Assistance"),
    ("F1B1920C-6A3C-4CE7-B18C-AFAB305FD03D", "Application sharing"),
    ("1DF57D09-637A-4CA5-91B9-2C3EDAAF62FE", "Whiteboard"),
    ("2A23868E-B45F-401D-B8B0-1E16B774A5B7", "Webcam"),
    ("8DAE4336-2B71-11D4-9A6C-006067325E47", "Baldur's Gate II"),
];

/// Yes and no of clientcaps (fact base: mime 13).
pub static YES_NO: &Codes = &[("Y", "Yes"), ("N", "No")];

/// Agents a message is sent to (fact base: mime 3).
pub static DEST_AGENTS: &Codes = &[("client", "Store as an offline message"), ("mobile", "Send to the phone")];

/// Service channels (fact base: mime 15).
pub static CHANNELS: &Codes = &[
    ("IM", "Instant message"),
    ("IM/Online", "Instant message to an online contact"),
    ("IM/Offline", "Message to be stored"),
    ("IM/Mobile", "Message to a phone"),
    ("PE", "Endpoint data"),
    ("PD", "Endpoint data"),
];

/// Notification types (fact base: transports 6.1).
pub static NOTIF_TYPES: &Codes =
    &[("Full", "All of the data"), ("Partial", "What changed"), ("Sync", "Brings the receiver up to date")];

/// Messages of MSNP21 (fact base: mime 15).
pub static MESSAGE_TYPES: &Codes = &[
    ("Text", "Text"),
    ("Nudge", "Nudge"),
    ("Control", "Control"),
    ("Control/Typing", "Somebody is typing"),
    ("Control/ClearTyping", "Nobody is typing any more"),
    ("Wink", "Wink"),
    ("CustomEmoticon", "Emoticons of the text to come"),
    ("Data", "Peer-to-peer packets"),
    ("Signal/P2P", "Direct connection set-up"),
    ("Signal/Turn", "TURN set-up"),
    ("Signal/AudioMeta", "Call data"),
    ("Signal/AudioTunnel", "Tunnelled SIP"),
    ("Signal/CloseIMWindow", "Conversation closed at another endpoint"),
    ("Signal/MarkIMWindowRead", "Conversation read at another endpoint"),
    ("Signal/ForceAbchSync", "Address book changed"),
    ("RichText", "Marked-up text"),
    ("RichText/Contacts", "Contacts"),
    ("RichText/UriObject", "Link to a shared object"),
    ("RichText/Files", "Files"),
    ("RichText/Media_GenericFile", "File"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        for table in [FONT_CHARSETS, FONT_FAMILIES, FONT_PITCHES, DATACASTS, MAIL_TYPES, MAIL_SOURCES] {
            assert!(table.windows(2).all(|pair| pair[0].0 < pair[1].0), "{table:?}");
        }
    }

    #[test]
    fn applications_are_in_upper_case() {
        assert!(APPLICATIONS.iter().all(|row| row.0.len() == 36 && row.0.to_ascii_uppercase() == row.0));
    }
}
