// SPDX-License-Identifier: GPL-2.0-or-later
//! Values of fields in words, as people read them.

use super::items::Items;
use crate::{
    crypto::hex,
    fields::{Base, Def, Type},
    item::Item,
    values::{self, capabilities::Bit},
};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Most bytes of a value without text that are written out.
const MAX_BYTES: usize = 32;

/// Nanoseconds of a second.
const SECOND: u64 = 1_000_000_000;

/// The value of a leaf; empty for headings.
pub(super) fn value(items: &Items<'_>, item: &Item, def: &Def) -> String {
    let shown = match def.kind {
        Type::Heading => String::new(),
        Type::Str => items.string(item).into_owned(),
        Type::Bytes => bytes(items.tree.item_bytes(item).unwrap_or_else(|| items.sources.bytes(item))),
        Type::Uint(width, base, names) => number(item.number, width, base, names),
        Type::Bits(width, bits, upper) => set(item.number, width, bits, upper),
        Type::Int(8) => (item.number as i64).to_string(),
        Type::Int(_) => (item.number as u32 as i32).to_string(),
        Type::Bool => if item.number == 0 { "no" } else { "yes" }.to_owned(),
        Type::Guid => guid(items.tree.item_bytes(item).unwrap_or_else(|| items.sources.bytes(item))),
        Type::Ipv4 => Ipv4Addr::from(item.number as u32).to_string(),
        Type::Ipv6 => {
            let bytes = items.tree.item_bytes(item).unwrap_or_else(|| items.sources.bytes(item));
            <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).to_string()).unwrap_or_default()
        }
        Type::Time => time(item.number),
        Type::Span => seconds(item.number),
        Type::Frame(_) => item.number.to_string(),
    };
    // A number may have a wording of its own.
    let own = items.tree.item_text(item).filter(|_| matches!(def.kind, Type::Uint(..) | Type::Heading));
    let mut shown = own.map_or(shown, str::to_owned);
    if let Some(note) = items.note(item) {
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.push('(');
        shown.push_str(note);
        shown.push(')');
    }
    shown
}

fn number(value: u64, width: u8, base: Base, names: Option<&'static values::Names>) -> String {
    let digits = 2 * usize::from(width);
    let plain = match base {
        Base::Dec => value.to_string(),
        Base::Hex => format!("0x{value:0digits$x}"),
        Base::DecHex => format!("{value} (0x{value:0digits$x})"),
    };
    let name = names.and_then(|names| values::name(names, u32::try_from(value).ok()?));
    name.map_or(plain.clone(), |name| format!("{name} ({plain})"))
}

/// The names of the bits that are set, and that of the upper bits.
pub(super) fn bits(value: u32, bits: &[Bit], upper: Option<(u32, &str, &'static values::Names)>) -> Vec<String> {
    let version = upper.and_then(|(mask, _, names)| values::name(names, (value & mask) >> mask.trailing_zeros()));
    let set = bits.iter().filter(|bit| value & bit.0 != 0).map(|bit| bit.2);
    version.into_iter().chain(set).map(str::to_owned).collect()
}

fn set(value: u64, width: u8, all: &[Bit], upper: Option<(u32, &str, &'static values::Names)>) -> String {
    let names = bits(value as u32, all, upper);
    let digits = 2 * usize::from(width);
    if names.is_empty() {
        format!("0x{value:0digits$x}")
    } else {
        format!("{} (0x{value:0digits$x})", names.join(", "))
    }
}

fn bytes(bytes: &[u8]) -> String {
    let shown = hex(bytes.get(..bytes.len().min(MAX_BYTES)).unwrap_or_default());
    match bytes.len() {
        0 => "no bytes".to_owned(),
        1 => format!("{shown} (1 byte)"),
        len if len > MAX_BYTES => format!("{shown}… ({len} bytes)"),
        len => format!("{shown} ({len} bytes)"),
    }
}

/// A GUID that stands in text order.
pub(super) fn guid(bytes: &[u8]) -> String {
    let all = hex(bytes);
    match (all.get(..8), all.get(8..12), all.get(12..16), all.get(16..20), all.get(20..32)) {
        (Some(a), Some(b), Some(c), Some(d), Some(e)) => format!("{a}-{b}-{c}-{d}-{e}"),
        _ => all,
    }
}

fn time(ns: u64) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(ns as i64));
    moment.map_or_else(
        |_| ns.to_string(),
        |moment| {
            let (date, clock) = (moment.date(), moment.time());
            let (hour, minute, second, milli) = clock.as_hms_milli();
            format!("{date} {hour:02}:{minute:02}:{second:02}.{milli:03} UTC")
        },
    )
}

/// A length of time, with as many digits as it needs.
fn seconds(ns: u64) -> String {
    let text = format!("{}.{:09}", ns / SECOND, ns % SECOND);
    format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{capabilities, numbers};

    #[test]
    fn values_are_written_for_people() {
        assert_eq!(number(1, 4, Base::Dec, Some(numbers::NETWORKS)), "Windows Live (1)");
        assert_eq!(number(255, 4, Base::DecHex, None), "255 (0x000000ff)");
        let upper = Some((0xf000_0000, "msnc", numbers::MSNC));
        assert_eq!(
            set(0x5000_0024, 4, capabilities::FIRST, upper),
            "MSNC5 (7.5), Ink as GIF, Multi-packet messages (0x50000024)"
        );
        assert_eq!((seconds(1_500_000_000), seconds(2_000_000_000)), ("1.5 s".to_owned(), "2 s".to_owned()));
        assert_eq!(bytes(&[0xab; 40]).len(), 64 + "… (40 bytes)".len());
        assert_eq!(guid(&[0x11; 16]), "11111111-1111-1111-1111-111111111111");
        assert_eq!(time(1_000_000_000), "1970-01-01 00:00:01.000 UTC");
    }
}
