// SPDX-License-Identifier: GPL-2.0-or-later
//! Web services beside the protocol: every call in the captures, compared with what the server saw of it, and every ticket,
//! contact and offline message with what the server knows of it.

use anyhow::{Context, Result};
use libtest_mimic::{Arguments, Failed};
use msn_tests::trials::{each, verdict};
use msn_tests::tshark::{Options, Row, Stored, Tshark};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Ground truth of the calls.
#[derive(Deserialize)]
struct Truth {
    soap: Vec<Call>,
    tickets: Vec<Ticket>,
    offline_messages: Vec<Offline>,
    password_checks: Vec<Check>,
    contacts: BTreeMap<String, Owner>,
}

#[derive(Deserialize)]
struct Call {
    account: Option<String>,
    path: String,
    action: Option<String>,
    status: u16,
    fault: Option<String>,
}

#[derive(Deserialize)]
struct Ticket {
    token: String,
    used_in_usr: usize,
}

#[derive(Deserialize)]
struct Offline {
    event: String,
    id: String,
    sender: Option<String>,
    recipient: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Check {
    account: String,
    result: String,
}

#[derive(Deserialize)]
struct Owner {
    groups: Vec<Group>,
    contacts: Vec<Contact>,
}

#[derive(Deserialize)]
struct Group {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Contact {
    address: String,
    contact_id: String,
    display_name: String,
    lists: Vec<String>,
    pending: bool,
    groups: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/soap")
}

fn truth(path: &Path) -> Result<Truth> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).context("a name")?;
    let text = std::fs::read_to_string(path.with_file_name(format!("{name}.truth.json")))?;
    Ok(serde_json::from_str(&text)?)
}

impl Call {
    /// What `msnsoap.operation` must say.
    fn operation(&self) -> String {
        match &self.action {
            Some(action) => action.clone(),
            None if self.path.contains("pprdr") => "Nexus".into(),
            None => "Login".into(),
        }
    }
}

fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort();
    values
}

fn rows(tshark: &Tshark, stored: &Stored, filter: &str, fields: &[&str]) -> Result<Vec<Row>> {
    tshark.fields(stored, fields, &Options::filter(filter).in_order().two_passes())
}

/// Operations, statuses, faults and accounts are those that the server saw, on requests and on answers.
fn calls(tshark: &Tshark, stored: &Stored, truth: &Truth, failures: &mut Vec<String>) -> Result<()> {
    let side = |side: &str| format!("msnsoap.side == \"{side}\"");
    let asked = rows(tshark, stored, &side("Request"), &["msnsoap.operation", "frame.protocols", "msnsoap.side"])?;
    let requests: Vec<String> = asked.iter().flat_map(|row| row[0].clone()).collect();
    let wanted: Vec<String> = truth.soap.iter().map(Call::operation).collect();
    if sorted(requests.clone()) != sorted(wanted.clone()) {
        failures.push(format!("requests {requests:?}, the server saw {wanted:?}"));
    }
    if asked.iter().any(|row| !row[1].concat().ends_with(":msnsoap")) {
        failures.push("msnsoap is no layer of its own".into());
    }
    let answered = rows(tshark, stored, &side("Response"), &["msnsoap.operation", "msnsoap.status"])?;
    let answers = answered.iter().flat_map(|row| row[0].iter().cloned().zip(row[1].iter().cloned()));
    let wanted = truth.soap.iter().map(|call| (call.operation(), call.status.to_string()));
    let (answers, wanted) = (sorted(answers.collect()), sorted(wanted.collect()));
    if answers != wanted {
        failures.push(format!("answers {answers:?}, the server gave {wanted:?}"));
    }
    let faults = rows(tshark, stored, "msnsoap.fault", &["msnsoap.fault"])?.concat().concat();
    let wanted = truth.soap.iter().filter_map(|call| call.fault.clone()).collect();
    if sorted(faults.clone()) != sorted(wanted) {
        failures.push(format!("faults {faults:?}"));
    }
    // The account that asks is known on each request.
    let owners = rows(tshark, stored, &side("Request"), &["msnsoap.operation", "msn.account"])?;
    let owners = owners.iter().flat_map(|row| row[0].iter().cloned().zip(row[1].iter().cloned()));
    let wanted = truth.soap.iter().filter_map(|call| Some((call.operation(), call.account.clone()?)));
    let (owners, wanted): (BTreeSet<_>, BTreeSet<_>) = (owners.collect(), wanted.collect());
    failures.extend(wanted.difference(&owners).map(|missing| format!("no request of {missing:?}")));
    // Each answer is linked to its request.
    let lonely = rows(tshark, stored, &format!("{} && !msn.response_to", side("Response")), &["frame.number"])?;
    let waiting = rows(tshark, stored, &format!("{} && !msn.response_in", side("Request")), &["frame.number"])?;
    if !lonely.is_empty() || !waiting.is_empty() {
        failures.push(format!("answers without request {lonely:?}, requests without answer {waiting:?}"));
    }
    Ok(())
}

/// Tickets lead to the logins that use them, and these are proved by what came with the ticket.
fn tickets(tshark: &Tshark, stored: &Stored, truth: &Truth, failures: &mut Vec<String>) -> Result<()> {
    let fields = ["msn.auth.ticket.t", "msn.auth.issued_in", "msn.auth.status", "msn.auth.scheme", "frame.number"];
    let uses = rows(tshark, stored, "msn.auth.phase == \"S\" && msn.auth.ticket", &fields)?;
    for ticket in truth.tickets.iter().filter(|ticket| ticket.used_in_usr > 0) {
        let found: Vec<&Row> =
            uses.iter().filter(|row| row[0].iter().any(|token| token.starts_with(&ticket.token))).collect();
        let proved = found.iter().filter(|row| row[1].len() == 1 && row[2] == ["1"]).count();
        if proved < 1 || proved != found.len() {
            failures.push(format!("ticket {}: {} uses, {proved} proved", ticket.token, found.len()));
        }
        for row in found {
            let (issued, used) = (row[1].concat(), row[4].concat());
            let filter =
                format!("frame.number == {issued} && msn.auth.used_in == {used} && msnsoap.service == \"Login\"");
            if rows(tshark, stored, &filter, &["frame.number"])?.is_empty() {
                failures.push(format!("frame {issued} does not lead to its use in {used}"));
            }
        }
    }
    let refused = rows(tshark, stored, "msnsoap.expert.refused", &["msn.account"])?.concat().concat();
    let wrong = truth.password_checks.iter().filter(|check| check.result != "ok").map(|check| check.account.clone());
    if sorted(refused.clone()) != sorted(wrong.collect()) {
        failures.push(format!("refused {refused:?}"));
    }
    Ok(())
}

/// Offline messages say who wrote what to whom, and where else they are.
fn offline(tshark: &Tshark, stored: &Stored, truth: &Truth, failures: &mut Vec<String>) -> Result<()> {
    let fields = ["msn.message.from", "msn.message.to", "msn.message.text", "msnsoap.message_id", "msnsoap.side"];
    let shown = rows(tshark, stored, "msnsoap && msn.message.text", &fields)?;
    // The lines of -T fields have no line ends inside.
    let plain = |text: &str| text.replace("\\r\\n", "\n").replace("\\n", "\n").trim_end().to_owned();
    for message in &truth.offline_messages {
        let (Some(sender), Some(recipient), Some(text)) = (&message.sender, &message.recipient, &message.text) else {
            continue;
        };
        let fetched = message.event == "fetched";
        let text = text.replace("\r\n", "\n");
        let found = shown.iter().any(|row| {
            let same = row[0] == [sender.as_str()] && row[1] == [recipient.as_str()];
            let id = !fetched || row[3].iter().any(|id| id.eq_ignore_ascii_case(&message.id));
            same && id && plain(&row[2].concat()) == text.trim_end()
        });
        if !found {
            failures.push(format!("{} {} from {sender}: {text:?} is not shown", message.event, message.id));
        }
    }
    let bad = rows(tshark, stored, "msnsoap.lock_key.status == 0", &["frame.number"])?;
    let good = rows(tshark, stored, "msnsoap.lock_key.status == 1", &["frame.number"])?;
    let stored_some = truth.offline_messages.iter().any(|message| message.event == "stored");
    if !bad.is_empty() || (stored_some && good.is_empty()) {
        failures.push(format!("lock keys: good in {good:?}, bad in {bad:?}"));
    }
    Ok(())
}

/// The contact list at login is the one in the server's database.
fn contacts(tshark: &Tshark, stored: &Stored, truth: &Truth, failures: &mut Vec<String>) -> Result<()> {
    for (owner, book) in &truth.contacts {
        let filter = |operation: &str| {
            format!("msnsoap.operation == \"{operation}\" && msnsoap.status == 200 && msn.account == \"{owner}\"")
        };
        let fields = ["msn.contact_id", "msn.friendly_name", "msn.group_name", "msn.group_id", "msn.email"];
        let Some(shown) = rows(tshark, stored, &filter("ABFindAll"), &fields)?.into_iter().next() else { continue };
        let mut missing = |what: &str, column: usize| {
            if !shown[column].iter().any(|value| value.eq_ignore_ascii_case(what)) {
                failures.push(format!("{owner}: {what:?} is not in {:?}", shown[column]));
            }
        };
        for contact in book.contacts.iter().filter(|contact| contact.lists.iter().any(|list| list == "FL")) {
            missing(&contact.contact_id, 0);
            missing(&contact.display_name, 1);
            missing(&contact.address, 4);
        }
        for group in &book.groups {
            missing(&group.name, 2);
            missing(&group.id, 3);
        }
        let Some(shown) =
            rows(tshark, stored, &filter("FindMembership"), &["msn.list", "msn.email"])?.into_iter().next()
        else {
            continue;
        };
        for contact in &book.contacts {
            let has = |list: &str| contact.lists.iter().any(|one| one == list);
            if has("AL") || has("BL") || has("PL") {
                if !shown[1].contains(&contact.address) {
                    failures.push(format!("{owner}: {} has no role", contact.address));
                }
                for (list, role) in [("AL", "Allow"), ("BL", "Block"), ("RL", "Reverse"), ("PL", "Pending")] {
                    if has(list) && !shown[0].iter().any(|shown| shown == role) {
                        failures.push(format!("{owner}: no {role}"));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Contacts that the programs change while they are captured: the truth tells how they were before.
const CHANGED: [(&str, &str, &str); 5] = [
    ("msnp15-soapmixed-bitlbee3.0.1-escargot", "alice@example.com", "carol@example.com"),
    ("msnp15-soapmixed-bitlbee3.0.1-escargot", "alice@example.com", "erin@live.com"),
    ("msnp15-soapmixed-bitlbee3.0.1-escargot", "alice@example.com", "zoe@example.com"),
    ("msnp15-soapoim-libpurple2.5.9-escargot", "alice@example.com", "zoe@example.com"),
    ("msnp15-soapoim-libpurple2.5.9-escargot", "carol@example.com", "alice@example.com"),
];

/// A report's contacts have the lists, names and groups that the web services told, and logins end as those said.
fn report(tshark: &Tshark, stored: &Stored, truth: &Truth, name: &str, failures: &mut Vec<String>) -> Result<()> {
    let folder = tshark.folder()?;
    let file = stored.path().to_string_lossy().into_owned();
    let which = format!("msn,report,{}", folder.path().display());
    tshark.run(&["-n", "-r", &file, "-q", "-z", &which], &Options::default())?;
    let mut reader = csv::Reader::from_path(folder.path().join("contacts.csv"))?;
    let told: Vec<[String; 5]> = reader.deserialize().collect::<Result<_, _>>()?;
    let mut reader = csv::Reader::from_path(folder.path().join("logins.csv"))?;
    let logins: Vec<[String; 8]> = reader.deserialize().collect::<Result<_, _>>()?;
    let refused = logins.iter().filter(|row| row[6] == "refused" && row[7] == "wrong password");
    let refused = sorted(refused.map(|row| row[2].clone()).collect());
    let wrong = truth.password_checks.iter().filter(|check| check.result != "ok");
    if refused != sorted(wrong.map(|check| check.account.clone()).collect()) {
        failures.push(format!("logins.csv says {logins:?}"));
    }
    let asked = |owner: &str| {
        let by = |call: &Call| call.account.as_deref() == Some(owner) && call.operation() == "FindMembership";
        truth.soap.iter().any(by) && told.iter().any(|row| row[0] == owner)
    };
    for (owner, book) in truth.contacts.iter().filter(|(owner, _)| asked(owner)) {
        for contact in &book.contacts {
            let address = contact.address.as_str();
            if CHANGED.contains(&(name, owner, address)) {
                continue;
            }
            // Who waits for consent is told to be that, not who has the owner on a list.
            let waits = contact.pending.then(|| "PL".to_owned());
            let lists = contact.lists.iter().filter(|list| *list != "RL" || !contact.pending).cloned();
            let wanted = (lists.chain(waits).collect::<BTreeSet<_>>(), contact.groups.iter().cloned().collect());
            let Some(row) = told.iter().find(|row| row[0] == *owner && row[1] == address) else {
                failures.push(format!("{owner}: {address} is not in contacts.csv"));
                continue;
            };
            let set = |text: &str, at: &str| text.split(at).filter(|one| !one.is_empty()).map(str::to_owned).collect();
            let found: (BTreeSet<String>, BTreeSet<String>) = (set(&row[3], " "), set(&row[4], "; "));
            let listed = contact.lists.iter().any(|list| list == "FL");
            if found != wanted || (listed && row[2] != contact.display_name) {
                failures.push(format!("{owner}: {row:?} should have {wanted:?}, {:?}", contact.display_name));
            }
        }
    }
    Ok(())
}

fn run(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let truth = truth(path)?;
    let mut failures = Vec::new();
    calls(&tshark, &stored, &truth, &mut failures)?;
    tickets(&tshark, &stored, &truth, &mut failures)?;
    offline(&tshark, &stored, &truth, &mut failures)?;
    contacts(&tshark, &stored, &truth, &mut failures)?;
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    report(&tshark, &stored, &truth, name, &mut failures)?;
    let never = rows(&tshark, &stored, "_ws.malformed && msnsoap", &["frame.number"])?;
    if !never.is_empty() {
        failures.push(format!("malformed in {never:?}"));
    }
    verdict(failures)
}

fn main() {
    let entries = std::fs::read_dir(folder()).expect("the folder of captures is in the package");
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pcapng"));
    paths.sort();
    assert!(paths.len() >= 6, "no captures");
    libtest_mimic::run(&Arguments::from_args(), each(&paths, run)).exit();
}
