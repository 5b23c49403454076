// SPDX-License-Identifier: GPL-2.0-or-later
//! Enumerations of the protocol: numbers and codes with their meanings (fact base: values, errors).

pub mod capabilities;
pub mod codes;
pub mod endpoints;
pub mod errors;
pub mod ftp;
pub mod hresults;
pub mod lcid;
pub mod mime;
pub mod numbers;
pub mod objects;
pub mod products;
pub mod programs;
pub mod slp;
pub mod transfers;
pub mod words;

/// Meanings of the values of a numeric field, sorted by value.
pub type Names = [(u32, &'static str)];

/// Meanings of the values of a textual field.
pub type Codes = [(&'static str, &'static str)];

/// The meaning of a number.
pub fn name(table: &Names, value: u32) -> Option<&'static str> {
    table.binary_search_by_key(&value, |row| row.0).ok().and_then(|at| table.get(at)).map(|row| row.1)
}

/// The meaning of a code; tables are short, so this walks.
pub fn meaning(table: &Codes, code: &[u8]) -> Option<&'static str> {
    table.iter().find(|row| row.0.as_bytes() == code).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_tables_are_sorted_and_free_of_doubles() {
        for table in [
            errors::ERRORS,
            hresults::HRESULTS,
            lcid::LCIDS,
            objects::TYPES,
            numbers::NETWORKS,
            numbers::UUN_TYPES,
            numbers::UUM_TYPES,
        ] {
            assert!(table.windows(2).all(|pair| pair[0].0 < pair[1].0), "{table:?}");
        }
    }

    #[test]
    fn meanings_are_found() {
        assert_eq!(name(errors::ERRORS, 911), Some("authentication failed"));
        assert_eq!(name(errors::ERRORS, 999), None);
        assert_eq!(meaning(codes::STATUSES, b"AWY"), Some("Away"));
        assert_eq!(meaning(codes::STATUSES, b"XXX"), None);
    }
}
