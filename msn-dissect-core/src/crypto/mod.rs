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
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |value: u8| DIGITS.get(usize::from(value & 15)).copied().unwrap_or('0');
    bytes.iter().flat_map(|&byte| [digit(byte >> 4), digit(byte)]).collect()
}
