// SPDX-License-Identifier: GPL-2.0-or-later
//! Walks the bytes of one segment, or of one reassembled unit: parses, asks and teaches the session, emits items.

pub mod body;
pub mod cam;
pub mod channel;
pub mod command;
pub mod direct;
pub mod export;
pub mod framer;
pub mod framing;
pub mod ftp;
pub mod gateway;
pub mod heuristic;
mod links;
mod login;
pub(crate) mod object;
pub(crate) mod p2p;
pub(crate) mod p2p_body;
pub mod params;
pub mod probe;
pub(crate) mod reassembled;
pub(crate) mod slp;
pub(crate) mod slp_body;
mod stream;
pub mod summary;
pub(crate) mod transfer;
mod units;
mod walk;
pub(crate) mod xml;

pub use channel::Channel;
pub use heuristic::heuristic;
pub use stream::stream;
