// SPDX-License-Identifier: GPL-2.0-or-later
//! End-to-end test machinery: makes capture files, lets the real tshark dissect them with the plugin, and reads
//! back what it saw.
//!
//! | module | concern |
//! |---|---|
//! | [`pcap`] | byte streams to capture files and back: segmentation, loss, reordering, link types |
//! | [`transcript`] | the readable text format from which captures and expectations come |
//! | [`tshark`] | runs tshark and sharkd in a scratch home, reads fields, PDML and JSON trees |
//! | [`pdu`] | the MSN PDUs in a dissected capture, with their fields, in stream order |
//! | [`truth`] | the ground truth that lies beside every real capture |
//! | [`carry`] | packets of a switchboard sent over direct connections and in SDG |
//! | [`coverage`] | how many payload bytes lie under a named field |
//! | [`gateway`] | plain connections rewritten as sessions of the HTTP gateway |
//! | [`proxy`] | handshakes of proxies in front of connections |
//! | [`tls`] | conversations over real TLS, with their keys |
//! | [`traffic`] | generated traffic in realistic proportions, for benchmarks |
//! | [`trials`] | what tests with a trial for each file have in common |
//! | [`variants`] | the same conversations put on the wire in many ways |

pub mod carry;
pub mod coverage;
pub mod gateway;
pub mod pcap;
pub mod pdu;
pub mod proxy;
pub mod said;
pub mod tls;
pub mod traffic;
pub mod transcript;
pub mod trials;
pub mod truth;
pub mod tshark;
pub mod variants;
