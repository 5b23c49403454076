// SPDX-License-Identifier: GPL-2.0-or-later
//! Values of single headers (fact base: mime 3, 5, 8).

use std::net::{IpAddr, Ipv4Addr};

/// What `PortX` is XORed with (fact base: mime 8).
pub const PORT_KEY: u16 = 0x3141;

/// An unsigned decimal number of at most 20 digits.
pub fn unsigned(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// A decimal number of 32 bits, which some writers give with a sign and some without: −2³¹ to 2³²−1, as it stands.
pub fn signed(value: &[u8]) -> Option<i64> {
    match value {
        [b'-', digits @ ..] => unsigned(digits).filter(|&value| value <= 1 << 31).map(|value| -(value as i64)),
        digits => unsigned(digits).and_then(|value| u32::try_from(value).ok()).map(i64::from),
    }
}

/// A hexadecimal number of at most `digits` digits.
pub fn hexadecimal(value: &[u8], digits: usize) -> Option<u32> {
    if value.is_empty() || value.len() > digits {
        return None;
    }
    value.iter().try_fold(0, |sum, &byte| Some(sum << 4 | char::from(byte).to_digit(16)?))
}

/// A TCP or UDP port.
pub fn port(value: &[u8]) -> Option<u16> {
    unsigned(value).and_then(|value| u16::try_from(value).ok())
}

/// `ClientPort`: the two bytes of the port are swapped.
pub fn swapped_port(value: &[u8]) -> Option<u16> {
    port(value).map(u16::swap_bytes)
}

/// `PortX`: the port XOR [`PORT_KEY`].
pub fn xored_port(value: &[u8]) -> Option<u16> {
    port(value).map(|value| value ^ PORT_KEY)
}

/// `address` or `address:port`; length of the address in bytes, the address, and the port.
pub fn address(value: &[u8]) -> Option<(usize, IpAddr, Option<u16>)> {
    let text = std::str::from_utf8(value).ok()?;
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some((text.len(), address, None));
    }
    let (host, behind) = text.rsplit_once(':')?;
    let address = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(inner) => inner.parse().ok()?,
        None => IpAddr::V4(host.parse::<Ipv4Addr>().ok()?),
    };
    Some((host.len(), address, Some(port(behind.as_bytes())?)))
}

/// A point in time `yyyy-mm-ddThh:mm:ss[.fraction][Z]`, as ns since 1970; without zone it is taken as UTC.
pub fn iso_time(value: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(value).ok()?;
    let (date, clock) = text.split_once(['T', ' '])?;
    let (clock, shift) = zone(clock)?;
    let mut date = date.splitn(3, '-').map(digits);
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut clock = whole.splitn(3, ':').map(digits);
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    if !(1970..=2200).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 60 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - shift;
    let nanos = fraction
        .bytes()
        .take(9)
        .fold((0u64, 100_000_000u64), |(sum, unit), digit| (sum + u64::from(digit - b'0') * unit, unit / 10));
    u64::try_from(seconds).ok().map(|seconds| seconds * 1_000_000_000 + nanos.0)
}

/// The clock without its zone, and the zone in seconds east.
fn zone(clock: &str) -> Option<(&str, i64)> {
    if let Some(clock) = clock.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = clock.rfind(['+', '-']) else {
        return Some((clock, 0));
    };
    let (clock, zone) = clock.split_at(at);
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let shift = digits(hours)? * 3600 + digits(minutes)? * 60;
    (shift <= 86400).then_some((clock, if zone.starts_with('-') { -shift } else { shift }))
}

fn digits(text: &str) -> Option<i64> {
    (text.len() <= 4).then(|| unsigned(text.as_bytes())).flatten().map(|value| value as i64)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(signed(b"-1234567890"), Some(-1234567890));
        assert_eq!(signed(b"4294967295"), Some(4_294_967_295));
        assert_eq!((signed(b"-2147483648"), signed(b"-2147483649")), (Some(-1 << 31), None));
        assert_eq!((signed(b"-"), signed(b"4294967296"), unsigned(b"+1"), unsigned(b"")), (None, None, None, None));
        assert_eq!(unsigned(b"18446744073709551616"), None);
    }

    #[test]
    fn ports_of_the_fact_base() {
        assert_eq!(swapped_port(b"18183"), Some(1863));
        assert_eq!(xored_port(b"11178"), Some(6891));
        assert_eq!(port(b"65536"), None);
    }

    #[test]
    fn addresses() {
        assert_eq!(address(b"192.0.2.10"), Some((10, "192.0.2.10".parse().unwrap(), None)));
        assert_eq!(address(b"192.0.2.10:6891"), Some((10, "192.0.2.10".parse().unwrap(), Some(6891))));
        assert_eq!(address(b"[2001:db8::1]:80"), Some((13, "2001:db8::1".parse().unwrap(), Some(80))));
        assert_eq!(address(b"2001:db8::1").unwrap().2, None);
        assert_eq!(address(b"host:80"), None);
    }

    #[test]
    fn times() {
        assert_eq!(iso_time(b"1970-01-01T00:00:01Z"), Some(1_000_000_000));
        assert_eq!(iso_time(b"2009-05-01T10:00:00.250Z"), Some(1_241_172_000_250_000_000));
        assert_eq!(iso_time(b"2009-05-01T10:00:00-07:00"), Some(1_241_197_200_000_000_000));
        assert_eq!(iso_time(b"2009-13-01T10:00:00Z"), None);
        assert_eq!(iso_time(b"soon"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(value in "[-+0-9T:.Z ]{0,40}") {
            let bytes = value.as_bytes();
            let _ = (iso_time(bytes), address(bytes), signed(bytes), unsigned(bytes), hexadecimal(bytes, 8));
        }
    }
}
