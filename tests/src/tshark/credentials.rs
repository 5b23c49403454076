// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads the table that `-z credentials` prints.

use anyhow::{Context, Result};

/// A login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Frame with the proof.
    pub frame: u32,
    /// Protocol.
    pub protocol: String,
    /// Account.
    pub username: String,
    /// Security package.
    pub info: String,
}

/// Rows between two rules of equals signs, below a heading and what underlines it.
pub(super) fn parse(text: &str) -> Result<Vec<Credential>> {
    let rule = |line: &&str| line.starts_with("====");
    let rows = text.lines().skip_while(|line| !rule(line)).skip(3).take_while(|line| !rule(line));
    let parse = |row: &str| {
        let mut columns = row.split_whitespace();
        let frame = columns.next()?.parse().ok()?;
        let mut text = || columns.next().map(str::to_owned);
        Some(Credential { frame, protocol: text()?, username: text()?, info: text().unwrap_or_default() })
    };
    rows.map(|row| parse(row).with_context(|| format!("unexpected row {row:?}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read() {
        let text = "=====\nPacket Protocol Username Info\n------ ------ ------ ------\n\
                    28     MSNP     alice@example.com SSO   \n=====\n";
        let row =
            Credential { frame: 28, protocol: "MSNP".into(), username: "alice@example.com".into(), info: "SSO".into() };
        assert_eq!(parse(text).expect("a table"), [row]);
        assert!(parse("=====\na\nb\nno row\n=====\n").is_err());
    }
}
