// SPDX-License-Identifier: GPL-2.0-or-later
//! The reference of commands, made from the command table and its examples.

use std::fmt::Write;

use msn_dissect_core::{
    command::{
        Dir, Kind, Param, Row,
        params::Form,
        rows, rows_of,
        table::{self, On},
        verbs::{Failure, Need},
    },
    fields,
    values::{Codes, errors::ERRORS},
};

use super::{cell, examples::Example};

const HEAD: &str = "\
# Commands

Every command of the protocol, made from the command table (`src/command/rows/`) and its examples (`tests/commands.txt`).
Of each layout: who says it, to which servers, in which versions; the line, `[…]` around what may be missing and `…` behind
what repeats; what the parameters are, under which field one finds them; what answers a request; an example, with the
payload behind `|`; and what the Info column says of that example.

Versions are those in which the layout was seen or documented. Numbers in place of a word are error replies, at the end.

";

fn label(param: &Param) -> &'static str {
    fields::def(param.field).map_or("?", |def| def.label)
}

fn line(row: &Row) -> String {
    let mut text = if row.word.is_empty() { "<error>".to_owned() } else { row.word.to_owned() };
    if row.trid {
        text += " {trid}";
    }
    for param in row.params {
        let one = match param.kind {
            Kind::Lit(word) => word.to_owned(),
            Kind::Len(_) => "{len}".to_owned(),
            _ => format!("<{}>", label(param)),
        };
        let one = if param.repeats { format!("{one}…") } else { one };
        let _ = if param.optional { write!(text, " [{one}]") } else { write!(text, " {one}") };
    }
    text
}

fn codes(codes: &Codes) -> String {
    let each = codes.iter().map(|(code, meaning)| format!("`{code}` {meaning}"));
    each.collect::<Vec<_>>().join(", ")
}

fn payload(form: Form) -> String {
    match form {
        Form::Message => "a MIME message".into(),
        Form::Blocks => "header blocks, and what they describe".into(),
        Form::Notification => "a user notification".into(),
        Form::UserData => "user data".into(),
        Form::Lists => "contact lists".into(),
        Form::Alert => "an alert or a page".into(),
        Form::Document => "a document".into(),
        Form::Digest => "the answer to a challenge".into(),
        Form::Words(field) => format!("text, `{}`", fields::def(field).map_or("?", |def| def.filter)),
        Form::Refused => "what was refused".into(),
        Form::Unknown => "not known".into(),
    }
}

/// What a token looks like, in words.
fn shape(kind: Kind) -> String {
    match kind {
        Kind::Lit(word) => format!("always `{word}`"),
        Kind::Code(table, false) => format!("one of {}", codes(table)),
        Kind::Code(table, true) => format!("{}, or another word", codes(table)),
        Kind::Num => "number".into(),
        Kind::Hex => "`0x` and hexadecimal digits".into(),
        Kind::Bits => "sum of bits".into(),
        Kind::Email => "account, `tel:` and a number, or a GUID".into(),
        Kind::Handle => "account, perhaps with `;{GUID}` of its endpoint".into(),
        Kind::Naddr => "network, colon, account; perhaps `;via=` and another such".into(),
        Kind::Name => "text, percent-encoded".into(),
        Kind::Caps => "one sum of bits, or two with a colon".into(),
        Kind::Guid => "GUID, braces or not".into(),
        Kind::Group => "number or GUID of a group".into(),
        Kind::Groups => "groups with commas".into(),
        Kind::HostPort(_) => "host, perhaps with colon and port".into(),
        Kind::Object => "`0`, or an `<msnobj …/>`, percent-encoded".into(),
        Kind::Stamp => "time as ISO 8601 writes it, or a number".into(),
        Kind::Version => "`MSNP` and a number, `CVR0`, or `0`".into(),
        Kind::Ticket => "`t=…&p=…`, encoded".into(),
        Kind::Pass => "`t=…&p=…`, or a ticket of another form".into(),
        Kind::Keys => "`key=value` with commas".into(),
        Kind::Md5 => "32 hexadecimal digits".into(),
        Kind::Base64 => "base64".into(),
        Kind::Prefixed(letter, inner) => format!("`{}=`, then {}", char::from(letter), shape(*inner)),
        Kind::MaybePrefixed => "account, perhaps behind `N=`".into(),
        Kind::Session => "number, or another token".into(),
        Kind::Pair => "`key=value`".into(),
        Kind::Len(form) => format!("bytes of the payload: {}", payload(form)),
        Kind::Word => "a word".into(),
        Kind::Text => "anything".into(),
    }
}

fn who(row: &Row) -> String {
    let on = match row.on {
        On::Ns => "dispatch and notification servers",
        On::Sb => "switchboards",
        On::Any => "all servers",
    };
    let (first, last) = row.versions;
    format!("**{}**, {on}, MSNP{first} to MSNP{last}", row.dir.name())
}

fn answers(row: &Row) -> Option<String> {
    if row.dir != Dir::ToServer || !row.trid || row.word.is_empty() {
        return None;
    }
    let own = row.answers.own.then_some(row.word);
    let words: Vec<_> = own.into_iter().chain(row.answers.others.iter().copied()).map(|w| format!("`{w}`")).collect();
    let by = if words.is_empty() {
        "Answered by nothing but errors".to_owned()
    } else {
        format!("Answered by {}", words.join(", "))
    };
    let need = match row.answers.need {
        Need::Always => "always",
        Need::Failure => "only if it fails",
        Need::Mode => "as its acknowledgement mode says",
        Need::Unknown => "perhaps",
    };
    let failure = match row.answers.failure {
        Failure::Other => "",
        Failure::Challenge => "; an error says that the answer to a challenge was wrong",
        Failure::Login => "; an error says that the login was refused",
        Failure::Circle => "; an error says that the proof to circles was refused",
        Failure::Delivery => "; an error says that the message was not delivered",
        Failure::Page => "; an error says that the page was not delivered",
    };
    Some(format!("{by} ({need}){failure}."))
}

fn write_row(out: &mut String, row: &Row, examples: &[&Example]) {
    writeln!(out, "\n{}\n\n    {}\n", who(row), line(row)).unwrap();
    if !row.params.is_empty() {
        writeln!(out, "| parameter | field | form |\n|---|---|---|").unwrap();
        for param in row.params {
            let filter = fields::def(param.field).map_or("?", |def| def.filter);
            writeln!(out, "| {} | `{filter}` | {} |", cell(label(param)), cell(&shape(param.kind))).unwrap();
        }
        out.push('\n');
    }
    if let Some(answers) = answers(row) {
        writeln!(out, "{answers}\n").unwrap();
    }
    for example in examples {
        let bar = if example.payload.is_empty() { "" } else { "|" };
        let wire = example.payload.replace('\r', "\\r").replace('\n', "\\n");
        writeln!(out, "    {}{bar}{wire}\n    → {}", example.line, example.dissect().info).unwrap();
    }
}

/// The whole document.
pub fn document() -> String {
    let examples = super::examples::examples();
    let of = |row: &Row| -> Vec<&Example> {
        examples.iter().filter(|example| std::ptr::eq(example.choice().row, row)).collect()
    };
    let mut words: Vec<_> = table::words().collect();
    words.sort_unstable();
    let mut out = HEAD.to_owned();
    for words in words.chunks(8) {
        let links = words.iter().map(|word| format!("[{word}](#{})", word.to_lowercase()));
        writeln!(out, "{}", links.collect::<Vec<_>>().join(" ")).unwrap();
    }
    for word in words {
        writeln!(out, "\n## {word}").unwrap();
        for row in rows_of(word.as_bytes().try_into().unwrap()) {
            write_row(&mut out, row, &of(row));
        }
    }
    out.push_str("\n## Error replies\n");
    for row in rows::ERROR {
        write_row(&mut out, row, &of(row));
    }
    out.push_str("\n| number | says |\n|---|---|\n");
    for (number, meaning) in ERRORS {
        writeln!(out, "| {number} | {} |", cell(meaning)).unwrap();
    }
    out
}
