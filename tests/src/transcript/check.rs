// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares what a transcript expects with what tshark saw.

use super::{Claim, Connection, Regular, Transcript, Unit};
use crate::pcap::Side;
use crate::pdu::{Pdu, only_msn, pdus};
use crate::tshark::{Field, Options, Tshark};
use anyhow::Result;
use std::collections::BTreeMap;

/// The PDUs that tshark sees in the transcript's capture, and the Info column of each frame if it is wanted.
fn dissect(
    transcript: &Transcript,
    tshark: &Tshark,
    options: &Options,
    infos: bool,
) -> Result<(Vec<Pdu>, BTreeMap<u32, String>)> {
    let stored = tshark.store(&transcript.capture()?)?;
    let seen = pdus(&tshark.pdml(&stored, options)?);
    let infos = match infos {
        true => tshark.summary(&stored, options)?.into_iter().map(|summary| (summary.frame, summary.info)).collect(),
        false => BTreeMap::new(),
    };
    Ok((seen, infos))
}

/// What one side of a connection says, and the PDUs that are seen of it.
struct Spoken<'a> {
    connection: &'a Connection,
    side: Side,
    units: Vec<&'a Unit>,
    pdus: Vec<&'a Pdu>,
}

fn spoken<'a>(transcript: &'a Transcript, seen: &'a [Pdu]) -> Vec<Spoken<'a>> {
    let mut out = Vec::new();
    for (index, connection) in transcript.connections.iter().enumerate() {
        let (client, server) = (connection.stream.client.port(), connection.stream.server.port());
        for side in [Side::Client, Side::Server] {
            let ports = if side == Side::Client { (client, server) } else { (server, client) };
            let pdus = seen.iter().filter(|pdu| (pdu.source_port, pdu.destination_port) == ports).collect();
            out.push(Spoken { connection, side, units: transcript.units_of(index, side).collect(), pdus });
        }
    }
    out
}

/// Dissects the transcript's capture and gives each unit with the PDU that is seen of it.
///
/// # Errors
/// When tshark fails.
pub fn units(transcript: &Transcript, tshark: &Tshark) -> Result<Vec<(Unit, Pdu)>> {
    let (seen, _) = dissect(transcript, tshark, &only_msn(&transcript.options), false)?;
    let pairs = spoken(transcript, &seen).into_iter().flat_map(|one| one.units.into_iter().zip(one.pdus));
    Ok(pairs.map(|(unit, pdu)| (unit.clone(), pdu.clone())).collect())
}

/// Dissects the transcript's capture and returns one line for each claim that does not hold.
///
/// # Errors
/// When tshark fails.
pub fn check(transcript: &Transcript, tshark: &Tshark) -> Result<Vec<String>> {
    let mut claims = transcript.units.iter().flat_map(|unit| &unit.expectations);
    let infos = claims.any(|expectation| matches!(expectation.claim, Claim::Info(_)));
    let (seen, infos) = dissect(transcript, tshark, &transcript.options, infos)?;
    let mut failures = Vec::new();
    for Spoken { connection, side, units, pdus } in spoken(transcript, &seen) {
        if pdus.len() != units.len() {
            let labels: Vec<_> = pdus.iter().map(|pdu| pdu.label()).collect();
            failures.push(format!(
                "connection {} {side:?}: {} PDUs expected, {} seen:\n    {}",
                connection.name,
                units.len(),
                pdus.len(),
                labels.join("\n    ")
            ));
        }
        for (unit, pdu) in units.iter().zip(&pdus) {
            let info = infos.get(&pdu.frame).map_or("", String::as_str);
            failures.extend(unit_failures(unit, pdu, info));
            if let Some(regular) = &unit.regular {
                let irregular = irregularities(regular, unit, pdu);
                failures.extend(irregular.iter().map(|what| format!("line {}: {}: {what}", unit.line, pdu.label())));
            }
        }
    }
    Ok(failures)
}

/// Where a command that should be regular is not, the fields that the transcript itself speaks of left aside.
fn irregularities(regular: &Regular, unit: &Unit, pdu: &Pdu) -> Vec<String> {
    let claimed = |name: &str| {
        unit.expectations.iter().any(|expectation| match &expectation.claim {
            Claim::Value(field, _) | Claim::Shown(field, _) | Claim::Count(field, _) => field == name,
            Claim::Info(_) => false,
        })
    };
    let mut found = Vec::new();
    if let Regular::Command { word, payload } = regular {
        if pdu.word() != Some(word) {
            found.push(format!("the word is {:?}, not {word}", pdu.word()));
        }
        let length = pdu.show("msn.payload_length").unwrap_or("0");
        if length != payload.to_string() {
            found.push(format!("the payload length is {length}, not {payload}"));
        }
    }
    if pdu.side() != Some(unit.side) {
        found.push(format!("the direction is {:?}, not {:?}", pdu.side(), unit.side));
    }
    for name in ["msn.parameter", "msn.continuation", "_ws.malformed", "msnsoap.rest"] {
        if !claimed(name) {
            found.extend(pdu.all(name).iter().map(|field| format!("{name} {:?}", field.show)));
        }
    }
    found
}

fn unit_failures(unit: &Unit, pdu: &Pdu, info: &str) -> Vec<String> {
    let unseen = pdu.unseen_experts();
    let mut failures: Vec<_> = unseen.iter().map(|text| format!("line {}: nobody sees {text:?}", unit.line)).collect();
    // Index behind the last occurrence that a claim about the same field has used up.
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    for expectation in &unit.expectations {
        let found = match &expectation.claim {
            Claim::Value(name, value) => {
                let all = pdu.all(name);
                let from = used.get(name.as_str()).copied().unwrap_or(0);
                match all.iter().skip(from).position(|field| matches(field, value)) {
                    Some(at) => {
                        used.insert(name, from + at + 1);
                        continue;
                    }
                    None => shown(&all[from.min(all.len())..]),
                }
            }
            Claim::Shown(name, text) => {
                let all = pdu.all(name);
                if all.iter().any(|field| field.showname.contains(text.as_str())) {
                    continue;
                }
                shown(&all)
            }
            Claim::Count(name, count) => {
                let all = pdu.all(name);
                if all.len() == *count {
                    continue;
                }
                format!("{} of them: {}", all.len(), shown(&all))
            }
            Claim::Info(text) => {
                if info.contains(text.as_str()) {
                    continue;
                }
                info.to_owned()
            }
        };
        let claim = &expectation.claim;
        failures.push(format!("line {}: {claim:?}, but {} has {found}", expectation.line, pdu.label()));
    }
    failures
}

fn shown(fields: &[&Field]) -> String {
    let one = |field: &&Field| format!("{:?} ({})", field.show, field.showname);
    if fields.is_empty() { "none".to_owned() } else { fields.iter().map(one).collect::<Vec<_>>().join(", ") }
}

/// Whether a field has a value: as filters write it, as the tree shows it, or as an equal number.
fn matches(field: &Field, value: &str) -> bool {
    let shown = field.showname.split_once(": ").map(|(_, text)| text);
    let number = |text: &str| match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    // Wireshark 4.2 began to write booleans as words.
    let truth = |text: &str| match text {
        "1" | "True" => Some(true),
        "0" | "False" => Some(false),
        _ => None,
    };
    // Raw bytes may be claimed as the text that they are.
    let bytes = (0..field.value.len()).step_by(2).map(|at| field.value.get(at..at + 2));
    let bytes: Option<Vec<u8>> = bytes.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
    field.show == value
        || (!value.is_empty() && bytes.as_deref() == Some(value.as_bytes()))
        || shown == Some(value)
        || field.text() == value
        || (number(value).is_some() && number(&field.show) == number(value))
        || (truth(value).is_some() && truth(&field.show) == truth(value))
}
