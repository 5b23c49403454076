// SPDX-License-Identifier: GPL-2.0-or-later
//! Bytes to spans: the lowest layer, which uses nothing else of the crate.

pub mod ftp_blocks;
mod span;

pub use span::Span;
