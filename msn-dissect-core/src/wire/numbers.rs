// SPDX-License-Identifier: GPL-2.0-or-later
//! Little-endian numbers at offsets, as the connections between clients have them.

/// A u32 at an offset; nothing where the bytes end before.
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    four.try_into().ok().map(u32::from_le_bytes)
}

/// A u16 at an offset; nothing where the bytes end before.
pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    two.try_into().ok().map(u16::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lie_within_the_bytes() {
        let bytes = [1, 2, 3, 4, 5];
        assert_eq!((u32_at(&bytes, 1), u16_at(&bytes, 3)), (Some(0x0504_0302), Some(0x0504)));
        assert_eq!((u32_at(&bytes, 2), u16_at(&bytes, 4), u32_at(&bytes, usize::MAX)), (None, None, None));
    }
}
