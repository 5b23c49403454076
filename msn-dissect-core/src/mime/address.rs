// SPDX-License-Identifier: GPL-2.0-or-later
//! Addresses of three-part messages: `type:address[;epid={guid}][;path=IM][;via=type:address]`
//! (fact base: mime 15, transports 6.1).

use super::media_type::{pair, split};
use crate::wire::Span;

/// An address with its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// Kind of address, decimal.
    pub network: Option<Span>,
    /// The address itself.
    pub address: Span,
    /// Parameters in their order.
    pub parameters: Vec<Parameter>,
}

/// A parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// `epid=`: endpoint, with braces.
    Endpoint(Span),
    /// `path=`: for instance `IM`.
    Path(Span),
    /// `via=`: circle or network, with its type.
    Via(Span),
    /// A bare `{guid}`, as in P2P-Dest and P2P-Src.
    Guid(Span),
    /// Anything else, with its name.
    Unknown(Span),
}

/// Most parameters looked at.
const MAX_PARAMETERS: usize = 16;

/// Takes a value apart.
pub fn parse(data: &[u8], value: Span) -> Address {
    let mut parts = split(data, value, b';');
    let (network, address) = network(data, parts.next().unwrap_or_default());
    let parameters = parts
        .filter(|part| !part.is_empty())
        .take(MAX_PARAMETERS)
        .map(|part| {
            let (name, value) = pair(data, part);
            match name.of(data).to_ascii_lowercase().as_slice() {
                b"epid" => Parameter::Endpoint(value),
                b"path" => Parameter::Path(value),
                b"via" => Parameter::Via(value),
                [b'{', .., b'}'] => Parameter::Guid(part),
                _ => Parameter::Unknown(part),
            }
        })
        .collect();
    Address { network, address, parameters }
}

/// `type:address`; without a number and colon all is the address.
pub fn network(data: &[u8], part: Span) -> (Option<Span>, Span) {
    let bytes = part.of(data);
    match memchr::memchr(b':', bytes) {
        Some(at) if (1..=3).contains(&at) && bytes.iter().take(at).all(u8::is_ascii_digit) => {
            (Some(Span::new(part.start, part.start + at)), Span::new(part.start + at + 1, part.end))
        }
        _ => (None, part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_parameters_in_any_order() {
        let data = b"9:circle@live.com;path=IM;EPID={0f0e0d0c-0b0a-0908-0706-050403020100};via=14:fb;x";
        let found = parse(data, Span::new(0, data.len()));
        assert_eq!(found.network.unwrap().of(data), b"9");
        assert_eq!(found.address.of(data), b"circle@live.com");
        assert!(matches!(
            found.parameters[..],
            [Parameter::Path(_), Parameter::Endpoint(_), Parameter::Via(_), Parameter::Unknown(_)]
        ));
    }

    #[test]
    fn plain_addresses_and_telephones() {
        let data = b"bob@example.com;{0f0e0d0c-0b0a-0908-0706-050403020100}";
        let found = parse(data, Span::new(0, data.len()));
        assert_eq!((found.network, found.address.of(data)), (None, &b"bob@example.com"[..]));
        assert!(matches!(found.parameters[..], [Parameter::Guid(_)]));
        let phone = b"4:tel:+15550100";
        let found = parse(phone, Span::new(0, phone.len()));
        assert_eq!((found.network.unwrap().of(phone), found.address.of(phone)), (&b"4"[..], &b"tel:+15550100"[..]));
    }
}
