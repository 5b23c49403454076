// SPDX-License-Identifier: GPL-2.0-or-later

use super::*;
use crate::{
    event::{At, LoginStep, Side, Transfer},
    packet::Packet,
};

const LOGINS: u8 = 4;
const TRANSFERS: u8 = 2;

fn unit(connection: u32, facts: Vec<Fact>) -> Unit {
    let packet = Packet::example();
    Unit {
        at: At { connection, ..At::default() },
        protocol: "MSNP",
        side: Side::Client,
        ends: [packet.source, packet.destination],
        server: "",
        version: 12,
        account: "alice@example.com".to_owned(),
        word: String::new(),
        summary: String::new(),
        line: Vec::new(),
        payload: String::new(),
        details: Vec::new(),
        links: Vec::new(),
        remarks: Vec::new(),
        facts,
    }
}

/// The first cells of the rows that a table has after these PDUs.
fn rows(table: u8, column: usize, units: impl IntoIterator<Item = Unit>) -> Vec<String> {
    let mut board = Board::new(table).unwrap();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for unit in units {
        let mut changes = Vec::new();
        board.take(&unit, &mut changes);
        for change in changes {
            match change {
                Change::Set(at, cells) if at == rows.len() => rows.push(cells),
                Change::Set(at, cells) => rows[at] = cells,
                Change::Remove(at) => drop(rows.swap_remove(at)),
            }
        }
    }
    rows.into_iter().map(|cells| cells[column].clone()).collect()
}

fn tries() -> Fact {
    Fact::Login(LoginStep::Try { scheme: "TWN".to_owned(), proves: false })
}

#[test]
fn a_login_has_one_row_that_changes() {
    let begun = unit(0, vec![tries()]);
    assert_eq!(rows(LOGINS, 6, [begun.clone()]), ["no answer"]);
    assert_eq!(rows(LOGINS, 6, [begun.clone(), unit(0, vec![Fact::Login(LoginStep::Welcome)])]), ["ok"]);
    let elsewhere = unit(0, vec![Fact::Login(LoginStep::Referred)]);
    assert!(rows(LOGINS, 6, [begun, elsewhere]).is_empty());
}

#[test]
fn a_row_that_goes_is_followed_by_the_last() {
    let units = [
        unit(0, vec![tries()]),
        unit(1, vec![Fact::Login(LoginStep::Refused("wrong".to_owned()))]),
        unit(0, vec![Fact::Login(LoginStep::Referred)]),
        unit(2, vec![tries()]),
        unit(2, vec![Fact::Login(LoginStep::Welcome)]),
    ];
    assert_eq!(rows(LOGINS, 6, units), ["refused", "ok"]);
}

#[test]
fn an_offer_is_there_until_its_file_came() {
    let offer = Transfer { kind: "file".to_owned(), name: "a\nb.txt".to_owned(), ..Transfer::default() };
    let units = [unit(0, vec![Fact::Transfer(offer.clone())]), unit(0, vec![Fact::Transfer(offer)])];
    assert_eq!(rows(TRANSFERS, 2, units), ["a ⏎ b.txt"]);
}

#[test]
fn there_are_not_more_rows_than_are_shown() {
    let offer = |at: usize| Transfer { kind: "file".to_owned(), name: at.to_string(), ..Transfer::default() };
    let units = (0..MAX_ROWS + 10).map(|at| unit(0, vec![Fact::Transfer(offer(at))]));
    assert_eq!(rows(TRANSFERS, 2, units).len(), MAX_ROWS);
}

#[test]
fn every_table_has_cells_for_its_columns() {
    for (number, table) in BOARDS.iter().enumerate() {
        assert!(Board::new(number as u8).is_some());
        assert!(table.columns().count() >= 5, "{}", table.title);
    }
    assert!(Board::new(BOARDS.len() as u8).is_none());
}
