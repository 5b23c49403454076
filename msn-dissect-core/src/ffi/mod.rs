// SPDX-License-Identifier: GPL-2.0-or-later
//! The C ABI: catalogue, dissection. Nothing else in the crate is `extern "C"`.
//!
//! Every entry catches panics, so that none unwinds into C. The consumer calls from one thread.

pub mod board;
pub mod catalogue;
pub mod credentials;
pub mod dissection;
pub mod ending;
pub mod filter;
pub mod gateway;
pub mod packet;
pub mod report;
pub mod secrets;
pub mod soap;
pub mod statistics;
pub mod steps;

/// Grows with every change of the ABI; the shim compares it with the header it was compiled against.
pub const MSN_ABI_VERSION: u32 = 8;

/// The ABI version of this library.
#[unsafe(no_mangle)]
pub extern "C" fn msn_abi_version() -> u32 {
    MSN_ABI_VERSION
}
