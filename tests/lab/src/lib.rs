// SPDX-License-Identifier: GPL-2.0-or-later
//! The lab: talks to a server, is a server, plays a conversation. What lines mean and how they are written comes from the
//! dissector's core; there is no second table of commands here.
//!
//! | module | concern |
//! |---|---|
//! | [`watch`] | explains, prints and records what is said on all connections |
//! | [`secrets`] | what of a command is nobody's business |
//! | [`record`] | capture files of what was said |
//! | [`channel`] | commands out of and into a connection, with limits |
//! | [`tls`] | certificates, and who is believed |
//! | [`http`] | requests and answers of login, address book and gateway |
//! | [`elements`] | what documents of web services hold |
//! | [`say`] | what is said, whatever the version |
//! | [`transport`] | ways to a server |
//! | [`serve`] | the server |
//! | [`talk`] | the client at a prompt |
//! | [`play`] | transcripts as conformance tests |

pub mod channel;
pub mod elements;
pub mod http;
pub mod play;
pub mod record;
pub mod say;
pub mod secrets;
pub mod serve;
pub mod talk;
pub mod tls;
pub mod transport;
pub mod watch;
