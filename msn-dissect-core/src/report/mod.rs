// SPDX-License-Identifier: GPL-2.0-or-later
//! Reports: what a person takes away. In: events, which know nothing of trees or Wireshark. Out: text and files.

pub mod moment;
pub mod record;
pub mod story;
pub mod transcript;
