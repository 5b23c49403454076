// SPDX-License-Identifier: GPL-2.0-or-later
//! Bytes to spans: the lowest layer, which uses nothing else of the crate.

pub mod ftp_blocks;
mod numbers;
mod span;
pub(crate) mod work;

pub use numbers::{u16_at, u32_at};
pub use span::Span;
