// SPDX-License-Identifier: GPL-2.0-or-later
//! Placeholders. In: a line of a transcript and the values that are known. Out: what is sent, or what is compared with what
//! comes, and the values that it teaches.

use anyhow::{Context, Result, bail};
use msn_tests::transcript::line_bytes;
use regex::bytes::{Captures, RegexBuilder};
use std::collections::BTreeMap;

use super::parse::Payload;

/// Values by name.
pub type Values = BTreeMap<String, String>;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it stands.
    Plain(&'a str),
    /// `{name}`.
    Name(&'a str),
    /// `{name=regex}`.
    Match(&'a str, &'a str),
    /// `{function:argument:…}`.
    Call(&'a str, Vec<&'a str>),
}

/// Takes a line apart. Braces that hold no name are text, such as those of GUIDs.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let (mut rest, mut from) = (text, 0);
    while let Some(open) = rest.get(from..).and_then(|tail| tail.find('{')).map(|at| from + at) {
        let Some(len) = closing(&rest[open..]) else { break };
        let inner = &rest[open + 1..open + len];
        let end = inner.find(['=', ':']).unwrap_or(inner.len());
        let (name, tail) = inner.split_at(end);
        let is_name = name.starts_with(|letter: char| letter.is_ascii_lowercase())
            && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
        if !is_name || is_guid(inner) {
            from = open + 1;
            continue;
        }
        if open > 0 {
            all.push(Piece::Plain(&rest[..open]));
        }
        all.push(match tail.split_at_checked(1) {
            Some(("=", regex)) => Piece::Match(name, regex),
            Some((_, arguments)) => Piece::Call(name, arguments.split(':').collect()),
            None => Piece::Name(name),
        });
        rest = &rest[open + len + 1..];
        from = 0;
    }
    if !rest.is_empty() {
        all.push(Piece::Plain(rest));
    }
    all
}

fn is_guid(text: &str) -> bool {
    text.len() == 36 && text.contains('-')
}

/// Place of the brace that closes the first one.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// A text that is sent: every placeholder must have a value.
pub fn filled(text: &str, values: &Values) -> Result<String> {
    let mut out = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Plain(text) => out += text,
            Piece::Name(name) | Piece::Match(name, _) => {
                out += values.get(name).with_context(|| format!("{{{name}}} has no value"))?;
            }
            Piece::Call(name, arguments) => {
                let key = call_key(name, &arguments);
                out += values.get(&key).with_context(|| format!("{{{key}}} cannot be computed"))?;
            }
        }
    }
    Ok(out)
}

/// The name under which the value of a call is kept.
pub fn call_key(name: &str, arguments: &[&str]) -> String {
    format!("{name}:{}", arguments.join(":"))
}

/// The bytes of a payload that is sent.
pub fn payload_bytes(payload: &[Payload], values: &Values) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for line in payload {
        match line {
            Payload::Text(text) => bytes.extend(line_bytes(&filled(text, values)?)?),
            Payload::Bytes(raw) => bytes.extend(raw),
        }
    }
    Ok(bytes)
}

/// What a text that comes must look like; names of the values that it teaches stand in groups.
fn regex_of(text: &str, values: &Values, names: &mut Vec<String>) -> Result<String> {
    let mut out = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Plain(text) => out += &regex::escape(text),
            Piece::Name("any") => out += r"\S+",
            Piece::Name("rest") => out += r"[^\r\n]*",
            Piece::Name("len") => out += r"\d+",
            Piece::Name(name) => match values.get(name) {
                Some(value) => out += &regex::escape(value),
                None => {
                    names.push(name.to_owned());
                    out += &format!(r"(?P<v{}>\S+)", names.len());
                }
            },
            Piece::Match(name, regex) => {
                names.push(name.to_owned());
                out += &format!("(?P<v{}>{regex})", names.len());
            }
            Piece::Call(name, arguments) => match values.get(&call_key(name, &arguments)) {
                Some(value) => out += &regex::escape(value),
                None if matches!(name, "ticket" | "sso" | "blob") => out += r"\S+",
                None => bail!("{{{name}}} cannot be computed"),
            },
        }
    }
    Ok(out)
}

/// Compares what came; gives the values that it teaches.
pub fn compare(text: &str, payload: &[Payload], line: &[u8], came: &[u8], values: &Values) -> Result<Option<Values>> {
    let mut names = Vec::new();
    let mut learnt = Values::new();
    let mut learn = |names: &[String], captures: &Captures<'_>| {
        for (at, name) in names.iter().enumerate() {
            if let Some(found) = captures.name(&format!("v{}", at + 1)) {
                learnt.insert(name.clone(), String::from_utf8_lossy(found.as_bytes()).into_owned());
            }
        }
    };
    let wanted = build(&regex_of(text, values, &mut names)?)?;
    let Some(captures) = wanted.captures(line) else { return Ok(None) };
    learn(&names, &captures);
    if payload.is_empty() {
        return Ok(Some(learnt));
    }
    let (mut names, mut regex) = (Vec::new(), String::new());
    for line in payload {
        match line {
            Payload::Text(text) => {
                let cut = text.strip_suffix('\\').filter(|text| !text.ends_with('\\'));
                regex += &regex_of(cut.unwrap_or(text), values, &mut names)?;
                regex += if cut.is_some() { "" } else { r"\r\n" };
            }
            Payload::Bytes(raw) => raw.iter().for_each(|byte| regex += &format!(r"(?-u:\x{byte:02x})")),
        }
    }
    let wanted = build(&regex)?;
    let Some(captures) = wanted.captures(came) else { return Ok(None) };
    learn(&names, &captures);
    Ok(Some(learnt))
}

fn build(regex: &str) -> Result<regex::bytes::Regex> {
    RegexBuilder::new(&format!("^(?:{regex})$")).build().context("not a regular expression")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn lines_are_taken_apart() {
        assert_eq!(
            pieces("A {trid} {x=\\d{2}}"),
            [Piece::Plain("A "), Piece::Name("trid"), Piece::Plain(" "), Piece::Match("x", "\\d{2}")]
        );
        assert_eq!(pieces("{md5:c:p}"), [Piece::Call("md5", vec!["c", "p"])]);
        for plain in ["a@b;{44bfd5a4-7450-4bba-ba6e-2a3d5f3c8e21}", "PROD0090YUAUV{2B", "{", "{}", "a}{B}"] {
            assert_eq!(pieces(plain), [Piece::Plain(plain)]);
        }
    }

    #[test]
    fn what_comes_teaches_values_and_must_agree_with_them() {
        let known = values(&[("trid", "7")]);
        let compare = |text: &str, line: &str| compare(text, &[], line.as_bytes(), b"", &known).unwrap();
        assert_eq!(
            compare("XFR {trid} SB {any} CKI {cookie}", "XFR 7 SB h:1 CKI 5.6"),
            Some(values(&[("cookie", "5.6")]))
        );
        assert_eq!(compare("XFR {trid} SB", "XFR 8 SB"), None);
        assert_eq!(compare("USR {trid} OK{rest}", "USR 7 OK a 1 0"), Some(Values::new()));
        assert_eq!(compare("QNG {n=[0-9]+}", "QNG x"), None);
        assert_eq!(compare("A.C", "ABC"), None);
    }

    #[test]
    fn payloads_are_compared_as_they_are_written() {
        let payload = [Payload::Text("a {x}".into()), Payload::Bytes(vec![0, 255]), Payload::Text("end\\".into())];
        let found = compare("M {len}", &payload, b"M 9", b"a 12\r\n\x00\xffend", &Values::new()).unwrap();
        assert_eq!(found, Some(values(&[("x", "12")])));
        assert_eq!(payload_bytes(&payload, &values(&[("x", "12")])).unwrap(), b"a 12\r\n\x00\xffend");
        assert!(payload_bytes(&payload, &Values::new()).is_err());
    }
}
