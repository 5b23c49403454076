// SPDX-License-Identifier: GPL-2.0-or-later
//! Why bytes in which no command begins stand in a connection of which nothing is missing.

use super::learning::Learn;
use crate::{command::table, fields::expert, session::links::Fact, wire::Span};

/// What is likely, by number.
pub(super) const CAUSES: [&str; 6] = [
    "Bytes that are no command, although nothing is missing before them",
    "An empty line stands where a command should begin: the length of the payload before it leaves its line end out",
    "Command word is not in upper case",
    "A tabulator stands behind the command word instead of a blank",
    "Length of the payload before is too small: it goes on here (characters counted instead of bytes?)",
    "Blank before the command word",
];

/// The cause of bytes behind a unit with or without payload.
fn cause(bytes: &[u8], behind_payload: bool) -> u32 {
    let word: Option<[u8; 3]> = bytes.get(..3).and_then(|word| word.try_into().ok());
    let known = |word: [u8; 3]| table::is_known(word.map(|byte| byte.to_ascii_uppercase()));
    let behind = bytes.get(3).copied().unwrap_or(b'\n');
    match word {
        _ if bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n')) => 1,
        Some(word) if table::is_known(word) && behind == b'\t' => 3,
        Some(word) if known(word) && !table::is_known(word) && !behind.is_ascii_alphanumeric() => 2,
        _ if bytes.first() == Some(&b' ') && bytes.get(1..4).is_some_and(|word| word.try_into().is_ok_and(known)) => 5,
        _ if behind_payload => 4,
        _ => 0,
    }
}

impl Learn<'_> {
    /// Learns why bytes stand where no command begins, if nothing of the connection is missing.
    pub(super) fn stray(&mut self, span: Span) {
        let conn = self.session.connections.of(self.packet.connection);
        if !conn.started || !conn.heard_whole() {
            return;
        }
        let Some(links) = self.session.links.conn(self.record.conn).filter(|links| links.seen && !links.late) else {
            return;
        };
        let behind_payload = std::mem::take(&mut links.payload[self.record.dir as usize]);
        let cause = cause(span.of(self.data), behind_payload);
        let key = (self.record.frame, self.record.unit, 0);
        self.session.links.fact_of(key, Fact::Remark(expert::STRAY, cause, 0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_apart() {
        for (bytes, behind_payload, expected) in [
            (&b"\r\n"[..], true, 1),
            (b"chg 5 NLN 0\r\n", false, 2),
            (b"png\r\n", false, 2),
            (b"CHG\t8 NLN 0\r\n", false, 3),
            (b"</Data>", true, 4),
            (b" CHG 8 NLN", false, 5),
            (b"\x16\x03\x01", false, 0),
        ] {
            assert_eq!(cause(bytes, behind_payload), expected, "{bytes:?}");
        }
    }
}
