// SPDX-License-Identifier: GPL-2.0-or-later
//! GUIDs in text: nonces, kinds of session, endpoints (fact base: p2p 5 and 6).

/// The 16 bytes of `{8-4-4-4-12}` in text order; braces may be missing.
pub fn guid(text: &[u8]) -> Option<[u8; 16]> {
    let inner = text.strip_prefix(b"{").unwrap_or(text);
    let inner = inner.strip_suffix(b"}").unwrap_or(inner);
    if inner.len() != 36 {
        return None;
    }
    let mut bytes = [0; 16];
    let mut digits = 0;
    for (at, &letter) in inner.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if letter != b'-' {
                return None;
            }
            continue;
        }
        let digit = char::from(letter).to_digit(16)? as u8;
        let byte = bytes.get_mut(digits / 2)?;
        *byte = *byte << 4 | digit;
        digits += 1;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_read_in_text_order() {
        let text = b"{A1B2C3D4-E5F6-0718-293A-4B5C6D7E8F90}";
        let bytes = [0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 7, 0x18, 0x29, 0x3a, 0x4b, 0x5c, 0x6d, 0x7e, 0x8f, 0x90];
        assert_eq!(guid(text), Some(bytes));
        assert_eq!(guid(&text[1..37]), Some(bytes));
        for wrong in [
            &b"{A1B2C3D4}"[..],
            b"{A1B2C3D4-E5F6-0718-293A-4B5C6D7E8F9G}",
            b"",
            b"{A1B2C3D4+E5F6-0718-293A-4B5C6D7E8F90}",
        ] {
            assert_eq!(guid(wrong), None);
        }
    }
}
