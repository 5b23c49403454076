// SPDX-License-Identifier: GPL-2.0-or-later
//! The arithmetic of challenges and logins: pure functions, no state (fact base: state 4).

pub mod challenge;
pub mod login;

/// Whether two hexadecimal texts say the same.
pub fn same_hex(left: &[u8], right: &[u8]) -> bool {
    left.eq_ignore_ascii_case(right)
}

/// Lower hexadecimal digits of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' - 10 + value });
    let mut text = String::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}
