// SPDX-License-Identifier: GPL-2.0-or-later
//! What a row of the command table says, and the rows of each command word.

use super::{
    params::{Form, Kind, Param},
    roles::Roles,
    rows,
    template::Template,
    verbs::{Answers, Failure, Need, Verb},
};

/// Who sends a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dir {
    /// Client to server.
    ToServer,
    /// Server to client.
    ToClient,
}

impl Dir {
    /// The other direction.
    pub const fn reverse(self) -> Self {
        match self {
            Dir::ToServer => Dir::ToClient,
            Dir::ToClient => Dir::ToServer,
        }
    }

    /// As `msn.direction` shows it.
    pub const fn name(self) -> &'static str {
        match self {
            Dir::ToServer => "Client to server",
            Dir::ToClient => "Server to client",
        }
    }
}

/// Kind of server at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerKind {
    /// Refers clients to a notification server.
    Dispatch,
    /// Presence, lists, and from MSNP21 everything.
    Notification,
    /// One chat.
    Switchboard,
}

impl ServerKind {
    /// As `msn.server` shows it.
    pub const fn name(self) -> &'static str {
        match self {
            ServerKind::Dispatch => "Dispatch server",
            ServerKind::Notification => "Notification server",
            ServerKind::Switchboard => "Switchboard",
        }
    }
}

/// Servers on which a row occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Dispatch and notification servers.
    Ns,
    /// Switchboards.
    Sb,
    /// All.
    Any,
}

/// One layout of one command in one direction.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Command word.
    pub word: &'static str,
    /// Who sends it.
    pub dir: Dir,
    /// Where it occurs.
    pub on: On,
    /// First and last protocol version of this layout.
    pub versions: (u8, u8),
    /// Whether the first token is a transaction ID.
    pub trid: bool,
    /// What follows.
    pub params: &'static [Param],
    /// Info column behind word and transaction ID; `{n}` is parameter n. Empty: all parameters as they are.
    pub summary: Template,
    /// Which parameter is for what.
    pub roles: Roles,
    /// What the line teaches, in this order.
    pub teaches: &'static [Verb],
    /// What answers a request by its transaction ID.
    pub answers: Answers,
}

impl Row {
    /// A row with transaction ID that teaches nothing; as a request it must be answered with its own word.
    pub const fn new(
        word: &'static str,
        dir: Dir,
        on: On,
        versions: (u8, u8),
        params: &'static [Param],
        summary: &'static str,
    ) -> Self {
        let asks = matches!(dir, Dir::ToServer);
        let need = if asks { Need::Always } else { Need::Unknown };
        let answers = Answers { own: asks, others: &[], need, failure: Failure::Other };
        let (summary, roles) = (Template::new(summary), Roles::of(params));
        Row { word, dir, on, versions, trid: true, params, summary, roles, teaches: &[], answers }
    }

    /// The same without transaction ID.
    pub const fn without_trid(self) -> Self {
        Row { trid: false, ..self }
    }

    /// The same, and it teaches this.
    pub const fn teaches(self, teaches: &'static [Verb]) -> Self {
        Row { teaches, ..self }
    }

    /// The same, and these words answer it too.
    pub const fn answered_by(self, others: &'static [&'static str]) -> Self {
        Row { answers: Answers { others, ..self.answers }, ..self }
    }

    /// The same, and these words and no others answer it.
    pub const fn answered_only_by(self, others: &'static [&'static str], need: Need) -> Self {
        Row { answers: Answers { own: false, others, need, ..self.answers }, ..self }
    }

    /// The same with another need of an answer.
    pub const fn need(self, need: Need) -> Self {
        Row { answers: Answers { need, ..self.answers }, ..self }
    }

    /// The same, and an error means this.
    pub const fn fails(self, failure: Failure) -> Self {
        Row { answers: Answers { failure, ..self.answers }, ..self }
    }

    /// The form of the payload that follows the line.
    pub fn payload(&self) -> Option<Form> {
        match self.params.last()?.kind {
            Kind::Len(form) => Some(form),
            _ => None,
        }
    }

    /// Whether a payload follows the line.
    pub fn has_payload(&self) -> bool {
        self.payload().is_some()
    }

    /// Whether a line with this word answers the request by its transaction ID.
    pub fn is_answered_by(&self, word: &[u8; 3]) -> bool {
        (self.answers.own && self.word.as_bytes() == word)
            || self.answers.others.iter().any(|other| other.as_bytes() == word)
    }

    /// This row, or if it is of the other direction, the first one of the word for this direction.
    pub fn in_direction(&'static self, dir: Dir) -> &'static Row {
        if self.dir == dir {
            return self;
        }
        let rows = <[u8; 3]>::try_from(self.word.as_bytes()).map(rows_of).unwrap_or_default();
        rows.iter().find(|row| row.dir == dir && row.on == self.on).unwrap_or(self)
    }

    /// Whether this layout belongs to the protocol version (0 = unknown).
    pub fn in_version(&self, version: u8) -> bool {
        version == 0 || (self.versions.0..=self.versions.1).contains(&version)
    }

    /// Whether this layout occurs on the kind of server.
    pub fn on_server(&self, kind: Option<ServerKind>) -> bool {
        match (self.on, kind) {
            (On::Any, _) | (_, None) => true,
            (On::Sb, Some(kind)) => kind == ServerKind::Switchboard,
            (On::Ns, Some(kind)) => kind != ServerKind::Switchboard,
        }
    }
}

/// Rows of a command word; empty for unknown words. Every line asks, so this is one look into a small table.
pub fn rows_of(word: [u8; 3]) -> &'static [Row] {
    let &(start, len) = INDEX.1.get(slot(word, INDEX.0)).unwrap_or(&(0, 0));
    let rows = rows::ROWS.get(usize::from(start)..usize::from(start) + usize::from(len)).unwrap_or_default();
    match rows.first() {
        Some(row) if row.word.as_bytes() == word => rows,
        _ => &[],
    }
}

/// Whether the word is in the table.
pub fn is_known(word: [u8; 3]) -> bool {
    !rows_of(word).is_empty()
}

const SLOT_BITS: u32 = 10;
const SLOTS: usize = 1 << SLOT_BITS;

/// First row and number of rows of each word, in a slot of its own.
type Index = [(u16, u8); SLOTS];

const fn slot(word: [u8; 3], factor: u32) -> usize {
    let number = u32::from_le_bytes([word[0], word[1], word[2], 0]);
    (number.wrapping_mul(factor) >> (u32::BITS - SLOT_BITS)) as usize
}

/// The first factor that gives each word of the table a slot of its own, and the slots; made at compile time.
static INDEX: (u32, Index) = index();

const fn index() -> (u32, Index) {
    let mut factor = 0x9e37_79b1;
    loop {
        if let Some(index) = index_with(factor) {
            return (factor, index);
        }
        factor += 2;
    }
}

const fn index_with(factor: u32) -> Option<Index> {
    let mut index = [(0, 0); SLOTS];
    let mut row = 0;
    while row < rows::ROWS.len() {
        let word = rows::ROWS[row].word.as_bytes();
        let slot = slot([word[0], word[1], word[2]], factor);
        if index[slot].1 == 0 {
            index[slot] = (row as u16, 0);
        }
        let first = rows::ROWS[index[slot].0 as usize].word.as_bytes();
        if first[0] != word[0] || first[1] != word[1] || first[2] != word[2] {
            return None;
        }
        index[slot].1 += 1;
        row += 1;
    }
    Some(index)
}

/// Whether the word can be an answer by transaction ID.
pub fn is_answer(word: &[u8; 3]) -> bool {
    rows::ROWS.iter().any(|row| row.dir == Dir::ToServer && row.trid && row.is_answered_by(word))
}

/// The words of the table, each once.
pub fn words() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    rows::ROWS.iter().filter_map(move |row| {
        let new = row.word != last;
        last = row.word;
        new.then_some(row.word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every word of the fact base, commands 0.2 to 3, with documented layout or without.
    const WORDS: &str = "VER INF CVR CVQ USR XFR GCF SBS MSG OUT SYN GTC BLP LSG LST PRP BPR ADD ADC REM REA SBP ADG RMG \
        REG ADL RML FQY RFS CHG ILN NLN FLN UUX UBX PNG QNG CHL QRY URL PAG PGD IPG NOT SND SDC FND IMS LKP GSB VAS UUN UBN \
        UUM UBM NFY PUT DEL SDG RNG ANS IRO CAL JOI BYE ACK NAK GET FSL";

    #[test]
    fn every_word_of_the_fact_base_has_rows_and_no_other() {
        let mut expected: Vec<_> = WORDS.split_whitespace().collect();
        let mut found: Vec<_> = words().collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected);
        for word in expected {
            assert!(is_known(word.as_bytes().try_into().unwrap()), "{word}");
        }
    }

    #[test]
    fn rows_of_a_word_stand_together() {
        for word in words() {
            let rows = rows_of(word.as_bytes().try_into().unwrap());
            assert_eq!(rows.len(), rows::ROWS.iter().filter(|row| row.word == word).count(), "{word}");
            assert!(rows.iter().all(|row| row.word == word));
        }
        assert!(rows_of(*b"XYZ").is_empty() && rows_of(*b"217").is_empty());
    }

    #[test]
    fn answers_are_known_words() {
        let known = |word: &str| is_known(word.as_bytes().try_into().unwrap());
        assert!(rows::ROWS.iter().all(|row| row.answers.others.iter().all(|word| known(word))));
        let row = |word: &[u8; 3]| rows_of(*word).iter().find(|row| row.dir == Dir::ToServer).unwrap();
        assert!(row(b"USR").is_answered_by(b"XFR") && !row(b"XFR").is_answered_by(b"USR"));
        assert!(row(b"MSG").is_answered_by(b"NAK") && !row(b"MSG").is_answered_by(b"MSG"));
        assert!(is_answer(b"ILN") && is_answer(b"ACK") && !is_answer(b"NLN") && !is_answer(b"MSG"));
    }

    #[test]
    fn all_layouts_of_a_request_have_the_same_answers() {
        for word in words() {
            let rows = rows_of(word.as_bytes().try_into().unwrap());
            let asks = rows.iter().filter(|row| row.dir == Dir::ToServer && row.trid);
            let mut answers = asks.map(|row| (row.answers.own, row.answers.others, row.answers.need));
            let first = answers.next();
            assert!(answers.all(|other| Some(other) == first), "{word}");
        }
    }

    #[test]
    fn the_acknowledgement_mode_decides() {
        let need = |mode: &[u8]| rows_of(*b"MSG").last().unwrap().answers.need.of_mode(mode);
        assert_eq!((need(b"A"), need(b"D")), (Need::Always, Need::Always));
        assert_eq!((need(b"N"), need(b"U"), need(b"S")), (Need::Failure, Need::Failure, Need::Unknown));
        assert_eq!(Need::Failure.of_mode(b"A"), Need::Failure);
    }

    #[test]
    fn only_the_last_parameter_repeats_or_gives_a_length() {
        for row in rows::ROWS {
            let all_but_last = row.params.split_last().map_or(&[][..], |(_, rest)| rest);
            assert!(
                all_but_last.iter().all(|param| !param.repeats && !matches!(param.kind, Kind::Len(_))),
                "{}",
                row.word
            );
            assert!(row.versions.0 <= row.versions.1);
        }
    }
}
