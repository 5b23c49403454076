// SPDX-License-Identifier: GPL-2.0-or-later
//! Tells the first line of an MSN client from anything else, on any port (fact base: transports 2, state 1).

use crate::command::{
    params::{Kind, msnp_number},
    parse_line,
};

/// Whether a stream that begins with `data` is MSN: `VER n MSNP…`, `USR n account cookie`, `ANS n account cookie session`.
pub fn heuristic(data: &[u8]) -> bool {
    match data {
        [b'V', b'E', b'R', b' ', ..] | [b'U', b'S', b'R', b' ', ..] | [b'A', b'N', b'S', b' ', ..] => {}
        _ => return false,
    }
    let Ok(line) = parse_line(data) else {
        return false;
    };
    let token = |at: usize| line.token(at).map(|span| span.of(data)).unwrap_or_default();
    if !Kind::Num.fits(token(0)) {
        return false;
    }
    match &line.word {
        b"VER" => msnp_number(token(1)).is_some(),
        b"USR" => line.len() == 3 && Kind::Handle.fits(token(1)),
        _ => line.len() == 4 && Kind::Handle.fits(token(1)) && Kind::Session.fits(token(3)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_client_lines_are_claimed_and_nothing_else() {
        for line in ["VER 1 MSNP18 CVR0\r\n", "USR 1 a@example.com 1.2.3\r\n", "ANS 1 a@example.com 1.2 11752013\r\n"] {
            assert!(heuristic(line.as_bytes()), "{line}");
        }
        for line in [
            "",
            "V",
            "VER",
            "VER 1 MSNP",
            "GET / HTTP/1.1\r\n",
            "VER MSNFTP\r\n",
            "VER 1 HTTP\r\n",
            "USER x\r\n",
            "USR 1 bob x\r\n",
            "ANS a b c d\r\n",
            "220 mail\r\n",
            "VER 1 CVR0\r\n",
        ] {
            assert!(!heuristic(line.as_bytes()), "{line}");
        }
    }
}
