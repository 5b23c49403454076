// SPDX-License-Identifier: GPL-2.0-or-later
//! Reports of every real capture, compared with the ground truth beside it: messages, files, logins and contacts in the
//! tables and in `report.jsonl`, and pages whose links lead somewhere.

use anyhow::{Context, Result};
use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::said::{Said, differences};
use msn_tests::trials::{assert_known, each, stem, verdict};
use msn_tests::truth::{Truth, captures, options};
use msn_tests::tshark::{Options, Tshark};
use serde_json::Value;
use sha1::{Digest, Sha1};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Columns that scripts read by name, by table.
const COLUMNS: [(&str, &str); 6] = [
    ("messages.csv", "time,frame,chat,from,to,text,kind,delivered"),
    ("files.csv", "time,frame,name,kind,from,to,size,sha1,sha256,complete,verified,path"),
    ("contacts.csv", "owner,email,friendly_name,lists,groups"),
    ("logins.csv", "time,frame,account,version,client,scheme,result,reason"),
    ("persons.csv", "account,names,first_seen,last_seen,messages_sent,messages_received,files_sent,files_received"),
    ("connections.csv", "id,kind,version,account,client,server,first_frame,last_frame,commands"),
];

/// Contacts that a program keeps although the server refused them.
const REFUSED: [(&str, &str); 1] = [("msnp15-lists-libpurple2.5.9-escargot", "nobody@nowhere.test")];

/// Captures whose program tells of a login again for each circle that it enters.
const CIRCLES: [&str; 1] = ["msnp18-circle-msnpsharp3.1-escargot"];

/// A row of a table by the names of its columns.
type Row = BTreeMap<String, String>;

fn rows(folder: &Path, table: &str) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_path(folder.join(table)).with_context(|| format!("no {table}"))?;
    let names = reader.headers()?.clone();
    reader
        .records()
        .map(|record| {
            let record = record?;
            let plain = |cell: &str| cell.strip_prefix('\'').unwrap_or(cell).to_owned();
            Ok(names.iter().zip(record.iter()).map(|(name, cell)| (name.to_owned(), plain(cell))).collect())
        })
        .collect()
}

fn report(tshark: &Tshark, path: &Path, filter: &str, options: &Options) -> Result<TempDir> {
    let stored = tshark.store_file(path)?;
    let folder = tshark.folder()?;
    let which = format!("msn,report,{}{filter}", folder.path().display());
    let file = stored.path().to_string_lossy().into_owned();
    tshark.run(&["-n", "-r", &file, "-q", "-z", &which], options)?;
    Ok(folder)
}

fn said(rows: &[Row]) -> Vec<Said> {
    let said = |row: &Row| Said {
        from: row["from"].clone(),
        to: row["to"].split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
        text: if row["kind"] == "nudge" { "[nudge]".to_owned() } else { row["text"].clone() },
    };
    rows.iter().filter(|row| ["text", "nudge"].contains(&row["kind"].as_str())).map(said).collect()
}

/// `report.jsonl` says the same as the table, and that nothing is missing.
fn lines(folder: &Path, messages: &[Row], failures: &mut Vec<String>) -> Result<()> {
    let text = fs::read_to_string(folder.join("report.jsonl"))?;
    let lines = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let (first, last) = (lines.first().context("no lines")?, lines.last().context("no lines")?);
    assert_eq!((&first["event"], &first["version"]), (&Value::from("report"), &Value::from(1)));
    assert_eq!((&last["event"], &last["records"]), (&Value::from("end"), &Value::from(lines.len() - 2)));
    let told = lines.iter().filter(|line| line["event"] == "message");
    let told: Vec<_> = told.map(|line| (line["from"].clone(), line["text"].clone(), line["time"].clone())).collect();
    let rows: Vec<_> = messages
        .iter()
        .map(|row| [&row["from"], &row["text"], &row["time"]].map(|cell| Value::from(cell.as_str())))
        .map(|[from, text, time]| (from, text, time))
        .collect();
    if told != rows {
        failures.push(format!("report.jsonl has {told:?}, messages.csv {rows:?}"));
    }
    Ok(())
}

fn files(folder: &Path, truth: &Truth, failures: &mut Vec<String>) -> Result<()> {
    let rows = rows(folder, "files.csv")?;
    let came: BTreeSet<String> =
        rows.iter().filter(|row| row["complete"] == "yes").map(|row| row["sha1"].clone()).collect();
    for row in rows.iter().filter(|row| row["complete"] == "yes") {
        let bytes = fs::read(folder.join(&row["path"])).with_context(|| format!("{row:?}"))?;
        let sha1: String = Sha1::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if sha1 != row["sha1"] || bytes.len().to_string() != row["size"] || row["sha256"].len() != 64 {
            failures.push(format!("{row:?} is not what lies there"));
        }
        if row["from"].is_empty() {
            failures.push(format!("nobody sent {row:?}"));
        }
    }
    let drawn = truth.other_content.iter().filter(|value| value["event"] == "sendink");
    let drawn = drawn.filter_map(|value| value["sha1"].as_str().map(str::to_owned));
    let arrived = truth.objects.iter().filter(|object| object.is_whole()).map(|object| object.sha1.clone());
    let arrived: BTreeSet<String> = arrived.chain(drawn).filter(|sha1| !sha1.is_empty()).collect();
    failures.extend(arrived.difference(&came).map(|sha1| format!("{sha1} arrived and is not in files.csv")));
    Ok(())
}

/// Emoticons that came stand as pictures where they are used, and files in the chat through which they came.
fn pictures(folder: &Path, truth: &Truth, failures: &mut Vec<String>) -> Result<()> {
    let came = truth.objects.iter().filter(|object| object.kind == "custom emoticon" && object.is_whole());
    let style = fs::read_to_string(folder.join("emoticons.css"))?;
    let mut chats = String::new();
    for entry in fs::read_dir(folder.join("chats"))? {
        chats.push_str(&fs::read_to_string(entry?.path())?);
    }
    for sha1 in came.map(|object| &object.sha1).filter(|sha1| !sha1.is_empty()) {
        let class = format!("e-{sha1}");
        if !style.contains(&class) || !chats.contains(&class) || !chats.contains("<img src=\"../files/") {
            failures.push(format!("emoticon {sha1} is shown in no chat"));
        }
    }
    Ok(())
}

fn logins(name: &str, folder: &Path, truth: &Truth, failures: &mut Vec<String>) -> Result<()> {
    let rows = rows(folder, "logins.csv")?;
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["result"] == "ok") {
        *told.entry(&row["account"]).or_default() += 1;
    }
    let mut real: BTreeMap<&str, usize> = BTreeMap::new();
    for login in truth.logins.iter().filter(|login| login.result == "ok") {
        let count = real.entry(&login.account).or_default();
        *count = if CIRCLES.contains(&name) { 1 } else { *count + 1 };
    }
    if told != real {
        failures.push(format!("logins {real:?}, told are {told:?}"));
    }
    Ok(())
}

/// Names and lists of contacts, wherever the capture tells them.
fn contacts(capture: &str, folder: &Path, truth: &Truth, failures: &mut Vec<String>) -> Result<()> {
    let persons = rows(folder, "persons.csv")?;
    let called = |email: &str, name: &str| {
        persons.iter().any(|row| row["account"] == email && row["names"].split(" | ").any(|one| one == name))
    };
    let rows = rows(folder, "contacts.csv")?;
    let told: BTreeMap<(&str, &str), &Row> =
        rows.iter().map(|row| ((row["owner"].as_str(), row["email"].as_str()), row)).collect();
    for (owner, contacts) in &truth.contact_lists {
        // Some programs list what is no contact, or their own user.
        let real = |email: &str| email.contains('@') && email != owner && !REFUSED.contains(&(capture, email));
        let listed = told.keys().any(|key| key.0 == owner);
        for (email, contact) in contacts.iter().filter(|(email, _)| listed && real(email)) {
            let Some(row) = told.get(&(owner.as_str(), email.as_str())) else {
                failures.push(format!("{owner} has {email}, and contacts.csv does not say so"));
                continue;
            };
            let name = contact["alias"].as_str().unwrap_or_default();
            // Programs show the name that the contact chose since.
            let known = name == row["friendly_name"] || name == email || called(email, name);
            if !row["friendly_name"].is_empty() && !name.is_empty() && !known {
                failures.push(format!("{owner} calls {email} {name:?}, told is {row:?}"));
            }
        }
    }
    Ok(())
}

/// Every link and anchor leads somewhere, and nothing leads out of the report.
fn pages(folder: &Path, failures: &mut Vec<String>) -> Result<usize> {
    let mut texts = BTreeMap::new();
    for place in ["", "chats", "persons", "streams"] {
        for entry in fs::read_dir(folder.join(place))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "html") {
                texts.insert(path.clone(), fs::read_to_string(path)?);
            }
        }
    }
    let exists = |path: &Path, link: &str| {
        let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
        let file = percent(file);
        let target = if file.is_empty() { path.to_owned() } else { path.parent()?.join(file) };
        let target = target.canonicalize().ok()?;
        let anchored = anchor.is_empty() || texts.get(&target)?.contains(&format!("id=\"{anchor}\""));
        (target.starts_with(folder.canonicalize().ok()?) && anchored).then_some(())
    };
    for (path, text) in &texts {
        assert!(text.starts_with("<!DOCTYPE html>") && text.trim_end().ends_with("</html>"), "{}", path.display());
        for link in text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            if exists(&path.canonicalize()?, link).is_none() {
                failures.push(format!("{}: {link} leads nowhere", path.display()));
            }
        }
    }
    Ok(texts.len())
}

/// A link without its percent signs.
fn percent(link: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = link.as_bytes();
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'%', [high, low, more @ ..]) => {
                let digits = [*high, *low];
                let code = std::str::from_utf8(&digits).ok().and_then(|code| u8::from_str_radix(code, 16).ok());
                bytes.extend(code);
                rest = more;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn run(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let truth = Truth::of(path)?;
    let made = report(&tshark, path, "", &options(path))?;
    let folder = made.path();
    let mut failures = Vec::new();
    for (table, columns) in COLUMNS {
        let text = fs::read_to_string(folder.join(table))?;
        assert!(text.starts_with(columns), "{table} begins {:?}", text.lines().next());
    }
    let messages = rows(folder, "messages.csv")?;
    failures.extend(differences(&stem(path), &truth, &said(&messages)));
    lines(folder, &messages, &mut failures)?;
    files(folder, &truth, &mut failures)?;
    pictures(folder, &truth, &mut failures)?;
    logins(&stem(path), folder, &truth, &mut failures)?;
    contacts(&stem(path), folder, &truth, &mut failures)?;
    assert!(pages(folder, &mut failures)? > 1);
    verdict(failures)
}

/// What stands in the folder is left alone unless an earlier report made it.
fn folders(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let file = stored.path().to_string_lossy().into_owned();
    let made = report(&tshark, path, "", &Options::default())?;
    let again = |folder: &Path| {
        let which = format!("msn,report,{}", folder.display());
        tshark.run(&["-n", "-r", &file, "-q", "-z", &which], &Options { may_complain: true, ..Options::default() })
    };
    let before = fs::read(made.path().join("timeline.csv"))?;
    assert!(again(made.path())?.status.success());
    assert_eq!(before, fs::read(made.path().join("timeline.csv"))?, "a report replaces an earlier one");
    let other = tshark.folder()?;
    fs::write(other.path().join("diary.txt"), "mine")?;
    let refused = again(other.path())?;
    let words = refused.stderr;
    assert!(!refused.status.success() && words.contains(&other.path().display().to_string()), "{words}");
    assert_eq!(fs::read_dir(other.path())?.count(), 1);
    Ok(())
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = captures().expect("the folder of captures is in the package");
    assert_known(REFUSED.iter().map(|row| row.0).chain(CIRCLES), &paths);
    let one = paths.iter().find(|path| stem(path).starts_with("msnp12-basic")).cloned().expect("a chat");
    let mut trials = vec![Trial::test("folders", move || folders(&one))];
    trials.extend(each(&paths, run));
    libtest_mimic::run(&arguments, trials).exit();
}
