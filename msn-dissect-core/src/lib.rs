// SPDX-License-Identifier: GPL-2.0-or-later
//! Dissects the MSN Messenger protocol, MSNP2 to MSNP21, without knowing Wireshark.
//!
//! Bytes and a few facts about the packet go in; a flat list of typed, byte-ranged items comes out
//! (see [`item`]), together with the text of the Info column and what the caller must do next.
//! What one packet teaches about later ones is kept in a [`session::Session`].
//!
//! A conversation, from its bytes:
//!
//! ```
//! use msn_dissect_core::{command::Dir, explain::{Cut, Explainer}};
//!
//! # fn main() -> Result<(), std::net::AddrParseError> {
//! let mut explainer = Explainer::default();
//! let talk = explainer.open("192.0.2.1:50000".parse()?, "192.0.2.10:1863".parse()?);
//! let client = b"VER 1 MSNP12 CVR0\r\nCHG 9 BSY 0\r\n".as_slice();
//! let server = b"VER 1 MSNP12\r\nCHG 9 BSY 0\r\n".as_slice();
//! # let mut printed = Vec::new();
//! for (dir, mut bytes) in [(Dir::ToServer, client), (Dir::ToClient, server)] {
//!     while let Cut::Command(len) = explainer.cut(talk, dir, bytes) {
//!         let (command, rest) = bytes.split_at(len);
//!         let said = explainer.explain(talk, dir, command);
//!         println!("{}: {}", dir.name(), said.info);
//! #       printed.push(said.info);
//!         bytes = rest;
//!     }
//! }
//! # let wanted = ["VER 1 offers MSNP12, CVR0", "CHG 9 asks for Busy", "VER 1 server chooses MSNP12", "CHG 9 now Busy"];
//! # assert_eq!(printed, wanted);
//! # Ok(())
//! # }
//! ```
//!
//! The examples of the crate do the same with captures: `transcripts` prints what was said in them. Below that, whoever
//! reads packets gives their bytes to [`dissect::stream`]:
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
#![deny(missing_docs)]
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
