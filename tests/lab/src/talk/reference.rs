// SPDX-License-Identifier: GPL-2.0-or-later
//! Help and completion, from the command table.

use msn_dissect_core::command::{Dir, Kind, Param, Row, layout::Known, rows_of, table};
use msn_dissect_core::fields;
use std::fmt::Write;

use super::input::OWN;

/// Something that may be typed, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is typed.
    pub text: String,
    /// What it means.
    pub meaning: String,
}

/// Rows of a word that the client may say now.
fn rows(word: &str, known: Known) -> impl Iterator<Item = &'static Row> {
    let rows = <[u8; 3]>::try_from(word.as_bytes()).map(rows_of).unwrap_or_default();
    rows.iter()
        .filter(move |row| row.dir == Dir::ToServer && row.on_server(known.server) && row.in_version(known.version))
}

fn label(param: &Param) -> &'static str {
    fields::def(param.field).map_or("?", |def| def.label)
}

/// A layout as one line.
fn layout(row: &Row) -> String {
    let mut text = row.word.to_owned();
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

/// Help about a word, or about everything.
pub fn help(word: &str, known: Known) -> String {
    let mut text = String::new();
    if word.is_empty() {
        for word in table::words() {
            for row in rows(word, known) {
                let _ = writeln!(text, "{}", layout(row));
            }
        }
        for (word, meaning) in OWN {
            let _ = writeln!(text, "{word:8} {meaning}");
        }
        text += "A line that announces a payload takes the lines behind it as that, up to one with a dot alone.";
        return text;
    }
    for row in rows(word, known) {
        let (first, last) = row.versions;
        let _ = writeln!(text, "{}    MSNP{first} to MSNP{last}", layout(row));
        for param in row.params {
            if let Kind::Code(codes, _) = param.kind {
                for (code, meaning) in codes {
                    let _ = writeln!(text, "    {}: {code} {meaning}", label(param));
                }
            }
        }
    }
    if text.is_empty() {
        text = format!("{word} is nothing that a client says here");
    }
    text.trim_end().to_owned()
}

/// What may stand at the end of a line that is being typed, and where that begins.
pub fn complete(line: &str, known: Known, channels: &[String]) -> (usize, Vec<Candidate>) {
    let start = line.rfind(' ').map_or(0, |at| at + 1);
    let (before, typed) = line.split_at(start);
    let mut found: Vec<Candidate> = Vec::new();
    let mut add = |text: &str, meaning: &str| {
        if text.starts_with(typed) && !found.iter().any(|one| one.text == text) {
            found.push(Candidate { text: text.to_owned(), meaning: meaning.to_owned() });
        }
    };
    let mut words = before.split_whitespace();
    match words.next() {
        None => {
            for word in table::words() {
                if let Some(row) = rows(word, known).next() {
                    add(word, &layout(row));
                }
            }
            OWN.iter().for_each(|(word, meaning)| add(word, meaning));
            channels.iter().for_each(|name| add(&format!("@{name}"), "connection"));
        }
        Some("/use") => channels.iter().for_each(|name| add(name, "connection")),
        Some("/help" | "/wait") => table::words().for_each(|word| add(word, "")),
        Some(word) => {
            let at = words.count();
            for row in rows(word, known) {
                if row.trid && at == 0 {
                    add("{trid}", "Transaction ID");
                    continue;
                }
                let Some(param) = row.params.get(at - usize::from(row.trid)) else { continue };
                match param.kind {
                    Kind::Lit(word) => add(word, label(param)),
                    Kind::Code(codes, _) => codes.iter().for_each(|(code, meaning)| add(code, meaning)),
                    Kind::Len(_) => add("{len}", "Payload length"),
                    _ => add("", label(param)),
                }
            }
            found.retain(|one| !one.text.is_empty() || typed.is_empty());
        }
    }
    (start, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(version: u8) -> Known {
        Known { dir: Some(Dir::ToServer), server: None, version }
    }

    #[test]
    fn status_codes_come_with_their_meanings() {
        let (start, found) = complete("CHG {trid} ", known(12), &[]);
        assert_eq!(start, 11);
        assert!(found.contains(&Candidate { text: "AWY".into(), meaning: "Away".into() }));
        let (_, found) = complete("CHG {trid} B", known(12), &[]);
        assert_eq!(found.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["BSY", "BRB"]);
    }

    #[test]
    fn words_are_those_of_the_version() {
        let words = |version| {
            complete("", known(version), &["ns".into()]).1.into_iter().map(|one| one.text).collect::<Vec<_>>()
        };
        assert!(words(2).contains(&"SYN".to_owned()) && !words(2).contains(&"ADL".to_owned()));
        assert!(words(15).contains(&"ADL".to_owned()) && !words(15).contains(&"SYN".to_owned()));
        assert!(words(15).contains(&"@ns".to_owned()) && words(15).contains(&"/help".to_owned()));
        assert_eq!(complete("CH", known(9), &[]).1.len(), 2);
        assert_eq!(complete("CHG ", known(9), &[]).1[0].text, "{trid}");
    }

    #[test]
    fn help_tells_layouts_and_codes() {
        let text = help("CHG", known(12));
        assert!(
            text.contains("CHG {trid} <Presence> <Capabilities> [<MSN object>]") || text.contains("<Status>"),
            "{text}"
        );
        assert!(text.contains("AWY Away"), "{text}");
        assert!(help("XYZ", known(12)).contains("nothing"));
        assert!(help("", known(12)).contains("/quit"));
    }
}
