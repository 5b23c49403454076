// SPDX-License-Identifier: GPL-2.0-or-later
//! What answers what: the companion of the command table (fact base: commands 1 and 2, state 3).
//!
//! An answer repeats the transaction ID of its request. A numeric error reply answers any request.

use super::table::Dir;

/// Whether a request must be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Always, with success or an error.
    Always,
    /// Only if it fails.
    Failure,
    /// As its first parameter says: see [`ACK_MODES`].
    Mode,
    /// Nothing is known of an answer.
    Unknown,
}

/// A request of a client and the words that answer it by transaction ID.
#[derive(Debug)]
pub struct Pair {
    /// Word of the request.
    pub request: &'static str,
    /// Words of the answers; the first one completes the request.
    pub answers: &'static [&'static str],
    /// Whether it must be answered.
    pub need: Need,
}

const fn pair(request: &'static str, answers: &'static [&'static str], need: Need) -> Pair {
    Pair { request, answers, need }
}

/// Pairs by transaction ID, sorted by request.
pub static BY_TRID: &[Pair] = &[
    pair("ADC", &["ADC", "ILN"], Need::Always),
    pair("ADD", &["ADD", "ILN"], Need::Always),
    pair("ADG", &["ADG"], Need::Always),
    pair("ADL", &["ADL", "ILN"], Need::Always),
    pair("ANS", &["ANS", "IRO"], Need::Always),
    pair("BLP", &["BLP"], Need::Always),
    pair("CAL", &["CAL"], Need::Always),
    pair("CHG", &["CHG", "ILN"], Need::Always),
    pair("CHL", &["CHL"], Need::Unknown),
    pair("CVQ", &["CVQ"], Need::Always),
    pair("CVR", &["CVR"], Need::Always),
    pair("DEL", &["DEL"], Need::Always),
    pair("FND", &["FND"], Need::Always),
    pair("FQY", &["FQY"], Need::Always),
    pair("GCF", &["GCF"], Need::Always),
    pair("GTC", &["GTC"], Need::Always),
    pair("IMS", &["IMS"], Need::Always),
    pair("INF", &["INF"], Need::Always),
    pair("LKP", &["LKP"], Need::Unknown),
    pair("LSG", &["LSG"], Need::Always),
    pair("LST", &["LST"], Need::Always),
    pair("MSG", &["ACK", "NAK"], Need::Mode),
    pair("PAG", &["PAG"], Need::Failure),
    pair("PGD", &["PGD"], Need::Failure),
    pair("PRP", &["PRP"], Need::Always),
    pair("PUT", &["PUT"], Need::Always),
    pair("QRY", &["QRY"], Need::Always),
    pair("REA", &["REA"], Need::Always),
    pair("REG", &["REG"], Need::Always),
    pair("REM", &["REM"], Need::Always),
    pair("RMG", &["RMG"], Need::Always),
    pair("RML", &["RML"], Need::Always),
    pair("SBP", &["SBP"], Need::Always),
    pair("SDC", &["SDC"], Need::Always),
    pair("SDG", &["SDG"], Need::Failure),
    pair("SND", &["SND"], Need::Always),
    pair("SYN", &["SYN", "GTC", "BLP", "PRP", "LSG", "LST", "BPR"], Need::Always),
    pair("URL", &["URL"], Need::Always),
    pair("USR", &["USR", "XFR"], Need::Always),
    pair("UUM", &["UUM"], Need::Failure),
    pair("UUN", &["UUN"], Need::Always),
    pair("UUX", &["UUX"], Need::Always),
    pair("VAS", &["VAS"], Need::Unknown),
    pair("VER", &["VER"], Need::Always),
    pair("XFR", &["XFR"], Need::Always),
];

/// Acknowledgement that a MSG asks for, and whether it must then be answered (fact base: commands 2). With `S` only
/// success is told, so that silence means failure.
pub static ACK_MODES: &[(&str, Need)] =
    &[("U", Need::Failure), ("N", Need::Failure), ("A", Need::Always), ("D", Need::Always), ("S", Need::Unknown)];

/// How an answer without transaction ID finds its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The oldest such request of the connection that has no answer.
    Order,
    /// Through the switchboard cookie, on another connection.
    Cookie,
    /// Through the message number in the payload, which is the transaction ID of the page.
    Page,
    /// The list lines that follow a SYN, as many as it announced.
    Sync,
}

/// Pairs without transaction ID: request, who sends it, answer, how they find each other.
pub static WITHOUT_TRID: &[(&str, Dir, &str, By)] = &[
    ("PNG", Dir::ToServer, "QNG", By::Order),
    ("CHL", Dir::ToClient, "QRY", By::Order),
    ("RNG", Dir::ToClient, "ANS", By::Cookie),
    ("PAG", Dir::ToServer, "IPG", By::Page),
    ("PGD", Dir::ToServer, "IPG", By::Page),
    ("SYN", Dir::ToServer, "GTC", By::Sync),
    ("SYN", Dir::ToServer, "BLP", By::Sync),
    ("SYN", Dir::ToServer, "PRP", By::Sync),
    ("SYN", Dir::ToServer, "LSG", By::Sync),
    ("SYN", Dir::ToServer, "LST", By::Sync),
    ("SYN", Dir::ToServer, "BPR", By::Sync),
];

/// The pair of a request.
pub fn pair_of(request: &[u8]) -> Option<&'static Pair> {
    let at = BY_TRID.binary_search_by(|row| row.request.as_bytes().cmp(request)).ok()?;
    BY_TRID.get(at)
}

/// Whether `answer` answers `request`.
pub fn answers(request: &[u8], answer: &[u8]) -> bool {
    pair_of(request).is_some_and(|pair| pair.answers.iter().any(|word| word.as_bytes() == answer))
}

/// Whether the word can be an answer by transaction ID, and nothing else.
pub fn is_answer(word: &[u8]) -> bool {
    BY_TRID.iter().any(|pair| pair.answers.iter().any(|answer| answer.as_bytes() == word))
}

/// How a line without transaction ID is tied to an earlier one: the way, and the word of the request.
pub fn without_trid(answer: &[u8]) -> Option<By> {
    WITHOUT_TRID.iter().find(|row| row.2.as_bytes() == answer).map(|row| row.3)
}

/// Whether a request must be answered; `mode` is its first parameter.
pub fn need(request: &[u8], mode: &[u8]) -> Need {
    match pair_of(request).map_or(Need::Unknown, |pair| pair.need) {
        Need::Mode => ACK_MODES.iter().find(|row| row.0.as_bytes() == mode).map_or(Need::Unknown, |row| row.1),
        need => need,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::table::{is_known, rows_of};

    #[test]
    fn the_table_is_sorted_and_names_known_commands() {
        assert!(BY_TRID.windows(2).all(|pair| pair[0].request < pair[1].request));
        let known = |word: &str| is_known(word.as_bytes().try_into().unwrap());
        for pair in BY_TRID {
            assert!(known(pair.request) && pair.answers.iter().all(|word| known(word)), "{}", pair.request);
        }
        assert!(WITHOUT_TRID.iter().all(|row| known(row.0) && known(row.2)));
    }

    #[test]
    fn every_request_with_a_transaction_id_has_a_pair() {
        for word in crate::command::table::words() {
            let asks =
                rows_of(word.as_bytes().try_into().unwrap()).iter().any(|row| row.dir == Dir::ToServer && row.trid);
            let undocumented = ["GSB", "GET", "FSL"].contains(&word);
            assert_eq!(asks && !undocumented, pair_of(word.as_bytes()).is_some(), "{word}");
        }
    }

    #[test]
    fn the_acknowledgement_mode_decides() {
        assert_eq!(need(b"MSG", b"A"), Need::Always);
        assert_eq!(need(b"MSG", b"D"), Need::Always);
        assert_eq!(need(b"MSG", b"N"), Need::Failure);
        assert_eq!(need(b"MSG", b"U"), Need::Failure);
        assert_eq!(need(b"PAG", b"bob@example.com"), Need::Failure);
        assert!(answers(b"USR", b"XFR") && !answers(b"XFR", b"USR"));
    }
}
