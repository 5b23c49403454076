// SPDX-License-Identifier: GPL-2.0-or-later
//! Sums of bits in words.

use crate::fields::{Field, Type, command as f, def};

/// The names of the bits that are set.
pub(super) fn push_bits(info: &mut String, field: Field, value: u32) {
    let Some(Type::Bits(_, bits, _)) = def(field).map(|def| def.kind) else { return };
    let mut names = bits.iter().filter(|bit| value & bit.0 != 0).map(|bit| bit.2).peekable();
    if names.peek().is_none() {
        info.push_str(if field == f::LISTS { "no list" } else { "nothing" });
    }
    while let Some(name) = names.next() {
        info.push_str(name);
        if names.peek().is_some() {
            info.push_str(", ");
        }
    }
}
