// SPDX-License-Identifier: GPL-2.0-or-later
//! The command table (fact base: commands 1 to 3). One row for each layout; rows of a word stand together.
//! Within a word the layout that is harder to take for another comes first: that order decides when the
//! protocol version is not known.

mod alerts;
mod lists;
mod login;
mod messages;
mod presence;

use super::{
    params::*,
    table::{Dir, On, Row},
    verbs::{Failure, Need, Side::*, Verb::*},
};
use crate::{
    fields::command as f,
    values::codes::{self},
};
use Kind::*;

const C: Dir = Dir::ToServer;
const S: Dir = Dir::ToClient;
const NS: On = On::Ns;
const SB: On = On::Sb;
const ANY: On = On::Any;

/// Summary of a line that shows its parameters as they are.
const PLAIN: &str = "";

const fn row(
    word: &'static str,
    dir: Dir,
    on: On,
    first: u8,
    last: u8,
    params: &'static [Param],
    summary: &'static str,
) -> Row {
    Row::new(word, dir, on, (first, last), params, summary)
}

/// A row whose line carries no transaction ID.
const fn bare(
    word: &'static str,
    dir: Dir,
    on: On,
    first: u8,
    last: u8,
    params: &'static [Param],
    summary: &'static str,
) -> Row {
    row(word, dir, on, first, last, params, summary).without_trid()
}

const ALL: &[&[Row]] = &[login::ROWS, lists::ROWS, presence::ROWS, alerts::ROWS, messages::ROWS];

const COUNT: usize = {
    let (mut count, mut part) = (0, 0);
    while part < ALL.len() {
        count += ALL[part].len();
        part += 1;
    }
    count
};

/// All rows, sorted by nothing but their word's place.
pub static ROWS: &[Row] = &joined();

const fn joined() -> [Row; COUNT] {
    let mut rows = [ERROR_ROWS[0]; COUNT];
    let (mut at, mut part) = (0, 0);
    while part < ALL.len() {
        let mut from = 0;
        while from < ALL[part].len() {
            rows[at] = ALL[part][from];
            at += 1;
            from += 1;
        }
        part += 1;
    }
    rows
}

const ERROR_ROWS: [Row; 2] = [row("", S, ANY, 2, 21, &[REFUSED], ""), row("", S, ANY, 2, 21, &[], "")];

/// Error replies: the number stands in place of a word.
pub static ERROR: &[Row] = &ERROR_ROWS;
