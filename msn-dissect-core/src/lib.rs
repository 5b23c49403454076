// SPDX-License-Identifier: GPL-2.0-or-later
//! Dissects the MSN Messenger protocol, MSNP2 to MSNP21, without knowing Wireshark.
//!
//! Bytes and a few facts about the packet go in; a flat list of typed, byte-ranged items comes out
//! (see [`item`]), together with the text of the Info column and what the caller must do next.
//! What one packet teaches about later ones is kept in a [`session::Session`].
//!
//! ```
//! use msn_dissect_core::{dissect, fields::command as field, output::Dissection, packet::Packet, session::Session};
//!
//! let mut session = Session::default();
//! let mut out = Dissection::default();
//! out.reset(true);
//! let line = b"VER 1 MSNP12 MSNP11 CVR0\r\n";
//! dissect::stream(&mut session, &Packet::example(), line, &mut out);
//! assert_eq!(out.consumed, line.len());
//! assert_eq!(out.tree.text_of(field::COMMAND), Some("VER"));
//! assert_eq!(out.info, "VER 1 offers MSNP12, MSNP11, CVR0");
//! ```
#![forbid(unsafe_op_in_unsafe_fn)]
#![deny(rustdoc::broken_intra_doc_links)]

pub mod command;
pub mod credentials;
pub mod crypto;
pub mod dissect;
pub mod event;
pub mod explain;
pub mod ffi;
pub mod fields;
pub mod filter;
pub mod gateway;
pub mod item;
pub mod mime;
pub mod object;
pub mod output;
pub mod p2p;
pub mod packet;
pub mod report;
pub mod session;
pub mod slp;
pub mod soap;
pub mod statistics;
pub mod tell;
pub mod text;
pub mod values;
pub mod view;
pub mod wire;
pub mod xml;
