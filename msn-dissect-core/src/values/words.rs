// SPDX-License-Identifier: GPL-2.0-or-later
//! What the words of commands stand for.

use super::Codes;

/// Command words and what they are for, sorted by word.
pub static WORDS: &Codes = &[
    ("ACK", "message was delivered"),
    ("ADC", "add contact"),
    ("ADD", "add contact"),
    ("ADG", "add group"),
    ("ADL", "add to lists"),
    ("ANS", "answer to an invitation"),
    ("BLP", "who may contact me"),
    ("BPR", "property of a contact"),
    ("BYE", "contact leaves the chat"),
    ("CAL", "call contact into the chat"),
    ("CHG", "change own status"),
    ("CHL", "challenge"),
    ("CVQ", "client version, without login"),
    ("CVR", "client version"),
    ("DEL", "delete endpoint data"),
    ("FLN", "contact is offline"),
    ("FND", "find people"),
    ("FQY", "network of a contact"),
    ("FSL", "purpose unknown"),
    ("GCF", "configuration file"),
    ("GET", "get endpoint data"),
    ("GSB", "purpose unknown"),
    ("GTC", "ask before somebody adds me"),
    ("ILN", "status of a contact at login"),
    ("IMS", "instant messages on or off"),
    ("INF", "security packages"),
    ("IPG", "incoming page"),
    ("IRO", "who is in the chat"),
    ("JOI", "contact joins the chat"),
    ("LKP", "purpose unknown"),
    ("LSG", "group in the list"),
    ("LST", "contact in the list"),
    ("MSG", "message"),
    ("NAK", "message was not delivered"),
    ("NFY", "notification of an endpoint"),
    ("NLN", "contact changes status"),
    ("NOT", "notification"),
    ("OUT", "end of the connection"),
    ("PAG", "page"),
    ("PGD", "page to a device"),
    ("PNG", "ping"),
    ("PRP", "own property"),
    ("PUT", "put endpoint data"),
    ("QNG", "answer to a ping"),
    ("QRY", "answer to a challenge"),
    ("REA", "rename contact"),
    ("REG", "rename group"),
    ("REM", "remove contact"),
    ("RFS", "send lists again"),
    ("RMG", "remove group"),
    ("RML", "remove from lists"),
    ("RNG", "invitation to a chat"),
    ("SBP", "set property of a contact"),
    ("SBS", "service information"),
    ("SDC", "invite by mail"),
    ("SDG", "send data to an endpoint"),
    ("SND", "invite by mail"),
    ("SYN", "synchronise contact list"),
    ("UBM", "message of another network"),
    ("UBN", "notification of a contact"),
    ("UBX", "personal data of a contact"),
    ("URL", "address of a service"),
    ("USR", "login"),
    ("UUM", "message to another network"),
    ("UUN", "notification to a contact"),
    ("UUX", "own personal data"),
    ("VAS", "report a user"),
    ("VER", "protocol versions"),
    ("XFR", "referral to a server"),
];

/// What a word stands for.
pub fn purpose(word: &[u8]) -> Option<&'static str> {
    let at = WORDS.binary_search_by(|row| row.0.as_bytes().cmp(word)).ok()?;
    WORDS.get(at).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::table;

    #[test]
    fn every_command_has_a_purpose() {
        assert!(WORDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for word in table::words() {
            assert!(purpose(word.as_bytes()).is_some(), "{word} has no purpose");
        }
        for (word, _) in WORDS {
            assert!(table::words().any(|other| other == *word), "{word} is no command");
        }
        assert_eq!(purpose(b"XYZ"), None);
    }
}
