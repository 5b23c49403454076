// SPDX-License-Identifier: GPL-2.0-or-later
//! What the documents say is so: commands print what stands below them, links lead somewhere, filters are filters.

use msn_tests::tshark::{Options, Tshark};
use std::fs;
use std::path::{Path, PathBuf};

/// Most bytes of the front page.
const FRONT_PAGE: usize = 8 * 1024;

/// Stands for any lines, or within a line for any text.
const GAP: &str = "…";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every document of the repository.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && name != "target" && name != "corpus" {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Words of a command line; quotes of either kind keep blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote, mut begun) = (String::new(), None, false);
    for letter in line.chars() {
        match (letter, quote) {
            (' ', None) if begun => {
                words.push(std::mem::take(&mut word));
                begun = false;
            }
            (' ', None) => {}
            ('"' | '\'', None) => (quote, begun) = (Some(letter), true),
            (_, Some(end)) if letter == end => quote = None,
            _ => {
                word.push(letter);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// Whether a line is as told.
fn line_fits(told: &str, line: &str) -> bool {
    let mut parts = told.split(GAP);
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return rest.trim_end().is_empty() };
    for part in between {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.trim_end().ends_with(last.trim_end())
}

/// The first told line that the output does not go on with.
fn first_difference<'a>(told: &[&'a str], output: &[&str]) -> Option<&'a str> {
    let (mut at, mut anywhere) = (0, false);
    for part in told.split_inclusive(|line| line.trim() == GAP) {
        let open = part.last().is_some_and(|line| line.trim() == GAP);
        let lines = &part[..part.len() - usize::from(open)];
        let fit = |start: usize| {
            lines.iter().zip(output.get(start..).unwrap_or_default()).take_while(|(t, o)| line_fits(t, o)).count()
        };
        let starts = if anywhere { at..=output.len() } else { at..=at };
        let (best, start) =
            starts.map(|start| (fit(start), start)).max_by_key(|&(fit, start)| (fit, usize::MAX - start))?;
        if best < lines.len() {
            return Some(lines[best]);
        }
        (at, anywhere) = (start + lines.len(), open);
    }
    (at < output.len() && !anywhere).then_some("(nothing more)")
}

/// A command in a document, and what is told of its output.
struct Command {
    place: String,
    words: Vec<String>,
    told: Vec<String>,
}

fn commands() -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for path in documents() {
        let mut within = false;
        for (number, line) in text(&path).lines().enumerate() {
            if line.starts_with("```") {
                within = false;
            } else if let Some(command) = line.strip_prefix("$ tshark ") {
                within = true;
                let place = format!("{}:{}", path.display(), number + 1);
                commands.push(Command { place, words: words(command), told: Vec::new() });
            } else if line.starts_with("$ ") {
                within = false;
            } else if within {
                commands.last_mut().unwrap().told.push(line.to_owned());
            }
        }
    }
    commands
}

#[test]
fn commands_print_what_stands_below_them() {
    let tshark = Tshark::new().unwrap();
    let mut wrong = Vec::new();
    let commands = commands();
    for Command { place, words, told } in &commands {
        let Some(("-r", file)) = words.first().map(String::as_str).zip(words.get(1)) else {
            panic!("{place}: a capture is read first");
        };
        let capture = tshark.store_file(&root().join(file)).unwrap();
        let mut arguments = words.clone();
        arguments[1] = capture.path().display().to_string();
        let output = tshark.run(&arguments, &Options::default()).unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = output.trim_end().lines().collect();
        let told: Vec<&str> = told.iter().map(String::as_str).collect();
        assert!(!told.is_empty(), "{place}: nothing is told");
        if let Some(line) = first_difference(&told, &lines) {
            wrong.push(format!("{place}: not printed: {line}\n{output}"));
        }
    }
    assert!(commands.len() >= 3, "only {}", commands.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a heading is called in links.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn anchors(path: &Path) -> Vec<String> {
    text(path).lines().filter(|line| line.starts_with('#')).map(|line| anchor(line.trim_start_matches('#'))).collect()
}

#[test]
fn links_lead_somewhere() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for path in documents() {
        for link in text(&path).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("https://") {
                continue;
            }
            count += 1;
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let target = if target.is_dir() && !place.is_empty() { target.join("README.md") } else { target };
            let there = target.exists() && (place.is_empty() || anchors(&target).iter().any(|one| one == place));
            if !there {
                wrong.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(count > 60, "only {count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn filters_are_filters() {
    let tshark = Tshark::new().unwrap();
    let guide = text(&root().join("wireshark-build/guide/README.md"));
    let (_, table) = guide.split_once("## Filters to start with").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let capture = tshark.store_file(&root().join("tests/captures/msnp2-basic-synthetic-escargot.pcap")).unwrap();
    let mut count = 0;
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let told = row.replace("\\|", "\u{1}");
        let cell = told.split('|').nth(2).unwrap_or_default().replace('\u{1}', "|");
        for filter in
            cell.split('`').skip(1).step_by(2).filter(|filter| !filter.contains([GAP.chars().next().unwrap(), '*']))
        {
            tshark.fields(&capture, &["frame.number"], &Options::filter(filter)).unwrap();
            count += 1;
        }
    }
    assert!(count >= 12, "only {count}");
}

#[test]
fn the_front_page_is_short() {
    let bytes = text(&root().join("README.md")).len();
    assert!(bytes <= FRONT_PAGE, "{bytes} bytes");
}

#[test]
fn differences_are_found() {
    let output = ["a 1", "b 2 end", "c", "d"];
    let fits = |told: &[&str]| first_difference(told, &output).is_none();
    assert!(fits(&["a 1", "b … end", "c", "d"]) && fits(&["…", "c", "d"]) && fits(&["a …", "…", "d"]));
    assert!(fits(&["a 1", "…"]) && fits(&["…", "c", "…"]));
    assert_eq!(first_difference(&["…", "c", "e"], &output), Some("e"));
    assert_eq!(first_difference(&["b 2 end", "…"], &output), Some("b 2 end"));
    assert_eq!(first_difference(&["a 1", "b … 2"], &output), Some("b … 2"));
    assert_eq!(first_difference(&["a 1"], &output), Some("(nothing more)"));
    assert_eq!(words("-Y \"a == 'b'\" -q ''"), ["-Y", "a == 'b'", "-q", ""]);
    assert_eq!(anchor(" Bench: what decoding costs"), "bench-what-decoding-costs");
}
