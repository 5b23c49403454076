// SPDX-License-Identifier: GPL-2.0-or-later
//! Pure parsers of MIME messages: header blocks, and the values of the headers that have a structure.
//!
//! Spans count from the start of the bytes given; nothing here keeps state.

pub mod address;
pub mod charset;
pub mod format;
pub mod headers;
pub mod media_type;
pub mod values;
pub mod words;

pub use headers::{Header, Line, Lines};
