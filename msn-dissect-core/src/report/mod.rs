// SPDX-License-Identifier: GPL-2.0-or-later
//! Reports: what a person takes away. In: events, which know nothing of trees or Wireshark. Out: text and files.

pub mod board;
mod dfxml;
mod files;
pub mod folder;
mod lines;
pub mod moment;
mod pages;
pub mod record;
pub mod steps;
pub mod story;
mod tables;
pub mod transcript;
pub mod write;
