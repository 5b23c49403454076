// SPDX-License-Identifier: GPL-2.0-or-later
//! Pages and tables of hostile captures: text stays text, and whatever it is, it comes back as it was.

use msn_dissect_core::{
    event::{At, Chat, ChatKey, Detail, Fact, Format, Kind, Message, Person, Rank, Remark, Side, Token, Unit},
    packet::{Endpoint, Packet},
    report::write::Report,
};
use proptest::prelude::*;
use scraper::{Html, Selector};
use std::{fs, path::Path};

/// A PDU in which every text is this one.
fn unit(text: &str, frame: u32) -> Unit {
    let text = || text.to_owned();
    let chat = Chat { key: ChatKey::Session("17262740".to_owned()), present: Vec::new() };
    let said = Message {
        chat: chat.clone(),
        kind: Kind::Text,
        from: text(),
        to: vec![text()],
        text: text(),
        format: Format { font: text(), color: Some(0xff_0000), ..Format::default() },
        delivers: true,
        echo: false,
        trid: None,
        id: text(),
        written: None,
    };
    let token = Token { text: text(), field: "msn.email", label: "Account", value: text(), blurb: "An account." };
    let detail = Detail { depth: 0, field: "msn.email", label: text(), value: text(), inferred: false };
    let ends: [Endpoint; 2] = [Packet::example().source, Packet::example().destination];
    Unit {
        at: At { frame, unit: 0, time: u64::from(frame) * 1_000_000_000, offset: 0, connection: 0 },
        protocol: "MSNP",
        side: Side::Server,
        ends,
        server: "Switchboard",
        version: 12,
        account: text(),
        word: "MSG".to_owned(),
        summary: text(),
        line: vec![token],
        payload: text(),
        details: vec![detail],
        links: Vec::new(),
        remarks: vec![Remark { rank: Rank::Warning, name: "msn.expert.line_cut", text: text() }],
        facts: vec![
            Fact::Said(said),
            Fact::Came { chat, who: text(), endpoint: String::new() },
            Fact::Person(Person { account: text(), name: Some(text()), ..Person::default() }),
        ],
    }
}

fn written(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut report = Report::create(folder.path()).unwrap();
    for frame in 1..=2 {
        report.take(&unit(text, frame)).unwrap();
    }
    report.finish().unwrap();
    folder
}

fn page(folder: &Path, name: &str) -> Html {
    let page = Html::parse_document(&fs::read_to_string(folder.join(name)).unwrap());
    assert!(page.errors.is_empty(), "{name}: {:?}", page.errors);
    page
}

/// The texts of what a selector finds.
fn texts(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).map(|element| element.text().collect()).collect()
}

/// Names of elements and attributes, in order.
fn shape(page: &Html) -> Vec<String> {
    let all = page.tree.nodes().filter_map(|node| node.value().as_element());
    all.map(|element| {
        let names: Vec<&str> = element.attrs().map(|(name, _)| name).filter(|name| *name != "dir").collect();
        format!("{} {}", element.name(), names.join(" "))
    })
    .collect()
}

/// As [`written`] shows a text: what HTML does not allow is shown as a picture or as U+FFFD, line ends are line feeds.
fn shown(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let letter = |letter: char| match letter {
        '\n' | '\t' => letter,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)).unwrap(),
        '\u{7f}' => '\u{2421}',
        letter if letter.is_control() => '\u{fffd}',
        letter if u32::from(letter) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&letter) => '\u{fffd}',
        letter => letter,
    };
    text.chars().map(letter).collect()
}

fn check(text: &str) {
    let (hostile, tame) = (written(text), written("tame"));
    let chat = page(hostile.path(), "chats/1.html");
    let wanted = shown(text);
    assert_eq!(texts(&chat, ".said"), [wanted.as_str(), &wanted]);
    assert_eq!(texts(&chat, ".from"), [wanted.as_str(), &wanted]);
    let stream = page(hostile.path(), "streams/1.html");
    for selector in [".summary bdi", ".parameters dd", ".opened .value", ".remark bdi"] {
        assert_eq!(texts(&stream, selector), [wanted.as_str(), &wanted], "{selector}");
    }
    assert_eq!(texts(&stream, ".token"), [wanted.as_str(), &wanted]);
    for name in ["index.html", "chats/1.html", "streams/1.html", "persons/1.html"] {
        assert_eq!(shape(&page(hostile.path(), name)), shape(&page(tame.path(), name)), "{name}");
    }
    let mut reader = csv::Reader::from_path(hostile.path().join("messages.csv")).unwrap();
    let row = reader.records().next().unwrap().unwrap();
    let cell = &row[5];
    assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    assert_eq!(cell.strip_prefix('\'').unwrap_or(cell), text);
}

#[test]
fn markup_formulas_and_directions_stay_text() {
    for text in [
        "<script>alert(1)</script>",
        "</p></article><h1>x",
        "\" onmouseover=\"alert(1)",
        "' style='x",
        "&lt;b&gt; &amp;",
        "=HYPERLINK(\"http://example.com\")",
        "\u{202e}gpj.exe\u{202c}",
        "a\u{0}b\u{1b}[2Jc\r\nd",
        "<!--",
        "]]>",
        "javascript:alert(1)",
        "\n\nx",
    ] {
        check(text);
    }
}

#[test]
fn nothing_leaves_the_folder() {
    let folder = written("../../x");
    let mut found: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    found.sort();
    let wanted = "chats connections.csv contacts.csv emoticons.css files files.csv files.dfxml index.html logins.csv \
                  messages.csv persons persons.csv report.jsonl streams style.css timeline.csv";
    assert_eq!(found.join(" "), wanted);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_text_comes_back(text in "[a-z<>&\"'=\\-\\PC]{1,40}") {
        check(&text);
    }
}
