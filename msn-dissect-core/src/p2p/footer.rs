// SPDX-License-Identifier: GPL-2.0-or-later
//! The four bytes behind each packet on switchboards and in SDG: the application, big-endian (fact base: p2p 1 and 4).

use nom::{IResult, number::complete::be_u32};

/// Bytes of a footer.
pub const LEN: usize = 4;

/// The application of a footer.
pub fn parse(input: &[u8]) -> IResult<&[u8], u32> {
    be_u32(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn footers_are_big_endian() {
        assert_eq!(parse(&[0, 0, 0, 12, 9]), Ok((&[9][..], 12)));
        assert!(parse(&[0, 0, 0]).is_err());
    }
}
