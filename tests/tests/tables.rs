// SPDX-License-Identifier: GPL-2.0-or-later
//! Statistics > MSN > Chats, Messages …: of every real capture the same rows as the report's tables, in sharkd and tshark.

use anyhow::{Context, Result};
use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::trials::{each, verdict};
use msn_tests::truth::captures;
use msn_tests::tshark::{Options, Tshark};
use std::path::Path;

/// Tables that a report has, too: its option, its file, and the columns there that it leaves out.
const TABLES: [(&str, &str, &[&str]); 4] = [
    ("messages", "messages.csv", &[]),
    ("transfers", "files.csv", &["path"]),
    ("contacts", "contacts.csv", &[]),
    ("logins", "logins.csv", &[]),
];

/// The cells of a row.
type Row = Vec<String>;

/// A cell as tables show it: on one line.
fn on_one_line(cell: &str) -> String {
    let cell = cell.strip_prefix('\'').unwrap_or(cell);
    cell.replace("\r\n", "\n").replace('\r', "\n").trim_end_matches('\n').replace('\n', " ⏎ ")
}

fn file_rows(folder: &Path, file: &str, without: &[&str]) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_path(folder.join(file)).with_context(|| format!("no {file}"))?;
    let names = reader.headers()?.clone();
    let shown = |record: csv::StringRecord| {
        let cells = names.iter().zip(record.iter()).filter(|cell| !without.contains(&cell.0));
        cells.map(|cell| on_one_line(cell.1)).collect()
    };
    reader.records().map(|record| Ok(shown(record?))).collect()
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}

fn same_as_report(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let folder = tshark.folder()?;
    let which = format!("msn,report,{}", folder.path().display());
    let file = stored.path().to_string_lossy().into_owned();
    tshark.run(&["-n", "-r", &file, "-q", "-z", &which], &Options::default())?;
    let mut sharkd = tshark.sharkd(&stored)?;
    let mut failures = Vec::new();
    for (option, file, without) in TABLES {
        let shown = sharkd.table(&format!("msn,{option}"))?;
        let wanted = sorted(file_rows(folder.path(), file, without)?);
        let shown = sorted(shown);
        failures.extend(wanted.iter().filter(|row| !shown.contains(row)).map(|row| format!("{option}: no {row:?}")));
        failures.extend(shown.iter().filter(|row| !wanted.contains(row)).map(|row| format!("{option}: {row:?}?")));
        if shown.len() != wanted.len() {
            failures.push(format!("{option}: {} rows instead of {}", shown.len(), wanted.len()));
        }
    }
    let messages: usize = file_rows(folder.path(), "messages.csv", &[])?.len();
    let chats = sharkd.table("msn,chats")?;
    let told: usize = chats.iter().map(|row| row[4].parse::<usize>()).sum::<Result<usize, _>>()?;
    if told != messages {
        failures.push(format!("chats: {told} messages instead of {messages}"));
    }
    sharkd.finish()?;
    verdict(failures)
}

/// In tshark: columns by name, a filter, two passes, and several tables at once.
fn printed(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let table = |which: &str, options: &Options| -> Result<String> { tshark.table(&stored, which, options) };
    let all = table("msn,messages", &Options::default())?;
    assert!(all.contains("Time |Frame |Chat |From |To |Text |Kind |Delivered |"), "{all}");
    assert!(all.contains("|bob@example.com |alice@example.com |héllo back 雪 ☺ |text |yes |"), "{all}");
    assert!(all.contains("|line one ⏎ line two ⏎ line three |text |yes |"), "{all}");
    assert_eq!(all, table("msn,messages", &Options::default().two_passes())?);
    let some = table("msn,messages,msn.message.text contains \"orange\"", &Options::default())?;
    assert_eq!(some.lines().filter(|line| line.contains("|text |")).count(), 1, "{some}");
    let both = table("msn,messages", &Options::default().arg("-z").arg("msn,chats"))?;
    assert!(both.contains("|alice@example.com bob@example.com |") && both.contains("héllo back"), "{both}");
    Ok(())
}

/// A table is made anew for each file that is opened, and each time that it is asked for.
fn again(path: &Path, other: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let (stored, second) = (tshark.store_file(path)?, tshark.store_file(other)?);
    let mut sharkd = tshark.sharkd(&stored)?;
    let first = sharkd.table("msn,messages")?;
    assert!(!first.is_empty());
    assert_eq!(first, sharkd.table("msn,messages")?);
    sharkd.load(&second)?;
    let another = sharkd.table("msn,messages")?;
    assert!(!another.is_empty() && another != first);
    sharkd.load(&stored)?;
    assert_eq!(first, sharkd.table("msn,messages")?);
    Ok(sharkd.finish()?)
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = captures().expect("the folder of captures is in the package");
    let named = |name: &str| {
        let found = paths.iter().find(|path| path.to_string_lossy().contains(name));
        found.cloned().expect("a capture of this name")
    };
    let (chat, other) = (named("msnp12-chat-amsn"), named("msnp18-multiparty"));
    let one = chat.clone();
    let mut trials =
        vec![Trial::test("printed", move || printed(&one)), Trial::test("again", move || again(&chat, &other))];
    trials.extend(each(&paths, same_as_report));
    libtest_mimic::run(&arguments, trials).exit();
}
