// SPDX-License-Identifier: GPL-2.0-or-later
//! The names under which [`super::ledger`] and [`super::place`] are still asked for.

pub use super::{ledger::Notes, place::NoteKey};
