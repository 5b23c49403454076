// SPDX-License-Identifier: GPL-2.0-or-later
//! One command: read once, learnt from on the first pass, shown on every pass.

mod learn;
mod shape;
mod show;

pub(super) use show::show;
