// SPDX-License-Identifier: GPL-2.0-or-later
//! The files of the core stand in layers, and each needs only what is below it. The tables here say which layer a module
//! belongs to, and what does not keep to the order yet; those lists only shrink.

mod arrows;

use std::path::Path;

use arrows::{Crate, Rules};

/// wire ← protocol ← event ← pdu ← state ← show, summary, report ← tell ← dissect ← ffi.
const CORE: Rules = Rules {
    ranks: &[
        &[(
            "wire",
            &[
                "command::line",
                "crypto",
                "dissect::framer",
                "dissect::xml::encoding",
                "gateway",
                "mime",
                "object",
                "p2p",
                "packet",
                "slp",
                "soap",
                "text",
                "view",
                "wire",
                "xml",
            ],
        )],
        &[(
            "protocol",
            &[
                "command",
                "dissect::bits",
                "dissect::body::header_tables",
                "dissect::body::roles",
                "dissect::xml::table",
                "fields",
                "slp::bodies",
                "slp::headers",
                "values",
            ],
        )],
        &[("event", &["event"])],
        &[(
            "pdu",
            &[
                "dissect::body::head",
                "dissect::cam::framing",
                "dissect::direct::framing",
                "dissect::early",
                "dissect::framing",
                "dissect::ftp::framing",
                "dissect::gateway::framing",
                "slp::description",
            ],
        )],
        &[(
            "state",
            &[
                "dissect::command::learn",
                "dissect::command::shape",
                "dissect::direct::learn",
                "dissect::direct::state",
                "dissect::ftp::learn",
                "dissect::gateway::learn",
                "dissect::learning",
                "dissect::links::learn",
                "dissect::links::lists",
                "dissect::links::opening",
                "dissect::links::people",
                "dissect::people",
                "dissect::p2p::place",
                "dissect::slp::learn",
                "dissect::soap::learn",
                "dissect::soap::login",
                "dissect::stray",
                "session",
            ],
        )],
        &[
            (
                "show",
                &[
                    "dissect::body",
                    "dissect::cam::show",
                    "dissect::command::show",
                    "dissect::direct::show",
                    "dissect::export",
                    "dissect::ftp::show",
                    "dissect::gateway::show",
                    "dissect::links",
                    "dissect::login",
                    "dissect::object",
                    "dissect::p2p",
                    "dissect::p2p_body",
                    "dissect::params",
                    "dissect::parties",
                    "dissect::reassembled",
                    "dissect::slp",
                    "dissect::slp_body",
                    "dissect::soap::body",
                    "dissect::soap::rules",
                    "dissect::soap::show",
                    "dissect::soap::summary",
                    "dissect::soap::values",
                    "dissect::transfer",
                    "dissect::walk",
                    "dissect::xml",
                    "item",
                    "output",
                ],
            ),
            ("summary", &["dissect::summary"]),
            ("report", &["credentials", "filter", "report", "statistics"]),
        ],
        &[("tell", &["tell"])],
        &[("dissect", &["dissect", "explain"])],
        &[("ffi", &["crate", "ffi"])],
    ],
    exceptions: &[
        ("credentials.rs", "item.rs"),
        ("dissect/body/head.rs", "session/messages.rs"),
        ("dissect/body/header_tables.rs", "dissect/body/headers.rs"),
        ("dissect/body/roles.rs", "dissect/body/headers.rs"),
        ("dissect/command/learn.rs", "dissect/body/mod.rs"),
        ("dissect/command/learn.rs", "dissect/links/mod.rs"),
        ("dissect/command/learn.rs", "dissect/params.rs"),
        ("dissect/command/show.rs", "dissect/summary.rs"),
        ("dissect/direct/state.rs", "dissect/p2p_body.rs"),
        ("dissect/ftp/show.rs", "dissect/ftp/mod.rs"),
        ("dissect/gateway/framing.rs", "session/gateway.rs"),
        ("dissect/gateway/learn.rs", "dissect/gateway/mod.rs"),
        ("dissect/gateway/show.rs", "dissect/gateway/mod.rs"),
        ("dissect/links/learn.rs", "dissect/body/mod.rs"),
        ("dissect/links/opening.rs", "dissect/params.rs"),
        ("dissect/p2p/place.rs", "dissect/p2p/content.rs"),
        ("dissect/slp/learn.rs", "dissect/p2p_body.rs"),
        ("dissect/summary.rs", "dissect/body/mod.rs"),
        ("dissect/summary.rs", "dissect/links/mod.rs"),
        ("session/mod.rs", "item/limit.rs"),
        ("session/mod.rs", "item/memo.rs"),
        ("slp/mod.rs", "fields/mod.rs"),
        ("statistics.rs", "item.rs"),
    ],
    circles: &[
        &[
            "command/rows.rs",
            "command/rows/alerts.rs",
            "command/rows/lists.rs",
            "command/rows/login.rs",
            "command/rows/messages.rs",
            "command/rows/presence.rs",
            "command/table.rs",
        ],
        &[
            "dissect/body/challenge.rs",
            "dissect/body/contents.rs",
            "dissect/body/error.rs",
            "dissect/body/fields_body.rs",
            "dissect/body/media.rs",
            "dissect/body/mime.rs",
            "dissect/body/mod.rs",
            "dissect/body/notification.rs",
            "dissect/body/parts.rs",
            "dissect/body/signals.rs",
            "dissect/body/types.rs",
            "dissect/body/xml.rs",
        ],
        &[
            "dissect/body/header_tables.rs",
            "dissect/body/headers.rs",
            "dissect/body/mail_data.rs",
            "dissect/body/roles.rs",
        ],
        &["dissect/ftp/mod.rs", "dissect/ftp/show.rs"],
        &["dissect/gateway/learn.rs", "dissect/gateway/mod.rs", "dissect/gateway/show.rs"],
        &["dissect/links/learn.rs", "dissect/links/lists.rs", "dissect/links/opening.rs", "dissect/links/people.rs"],
        &[
            "dissect/p2p/content.rs",
            "dissect/p2p/first.rs",
            "dissect/p2p/mod.rs",
            "dissect/p2p/place.rs",
            "dissect/p2p/second.rs",
            "dissect/slp/line.rs",
            "dissect/slp/mod.rs",
        ],
        &["dissect/xml/mod.rs", "dissect/xml/value.rs"],
        &[
            "fields/command.rs",
            "fields/expert.rs",
            "fields/ftp.rs",
            "fields/link.rs",
            "fields/login.rs",
            "fields/mime.rs",
            "fields/mod.rs",
            "fields/p2p.rs",
            "fields/reassembly.rs",
            "fields/slp.rs",
            "fields/soap.rs",
            "fields/transport.rs",
            "fields/xml.rs",
        ],
        &["item.rs", "item/limit.rs", "item/memo.rs"],
        &["p2p/mod.rs", "p2p/v1.rs", "p2p/v2.rs"],
        &["session/assembly.rs", "session/assembly/pieces.rs"],
    ],
};

#[test]
fn every_file_of_the_core_needs_only_what_is_below_it() {
    let sources = Crate::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))).expect("the sources");
    let complaints = CORE.complaints(&sources);
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// A small crate in order: `show` needs `state`, which needs `wire`.
const SMALL: Rules = Rules {
    ranks: &[
        &[("wire", &["wire"])],
        &[("state", &["state"])],
        &[("show", &["show"]), ("summary", &["summary"])],
        &[("top", &["crate"])],
    ],
    exceptions: &[],
    circles: &[],
};

const IN_ORDER: [(&str, &str); 6] = [
    ("lib.rs", "mod show; mod state; mod summary; mod wire;"),
    ("wire/mod.rs", "mod span; pub use span::Span; pub mod line;"),
    ("wire/span.rs", "pub struct Span; impl Span { pub fn len(self) -> usize { 0 } }"),
    ("wire/line.rs", "use super::Span; pub fn line() -> Span { Span }"),
    ("state.rs", "use crate::wire::{self, Span, line::line}; pub struct Session(Span);"),
    (
        "show.rs",
        "use crate::{state::Session, wire::Span as Range}; pub fn show(_: &Session) -> Range { crate::wire::line::line() }",
    ),
];
const SUMMARY: (&str, &str) = ("summary.rs", "fn summary(_: &crate::state::Session) {}");

/// The complaints about that crate with these files in place of its own or beside them.
fn with(rules: &Rules, files: &[(&'static str, &'static str)]) -> Vec<String> {
    let mut sources = IN_ORDER.to_vec();
    sources.push(SUMMARY);
    sources.retain(|(name, _)| files.iter().all(|(file, _)| file != name));
    sources.extend(files);
    rules.complaints(&Crate::of(&sources))
}

#[test]
fn a_crate_in_order_is_left_alone() {
    assert_eq!(with(&SMALL, &[]), [""; 0]);
    let tests = ("wire/span.rs", "pub struct Span; #[cfg(test)] mod tests { use crate::show::show; }");
    assert_eq!(with(&SMALL, &[tests]), [""; 0]);
    let tests = [
        ("wire/span.rs", "pub struct Span; #[cfg(test)] mod tests;"),
        ("wire/span/tests.rs", "use crate::show::show;"),
    ];
    assert_eq!(with(&SMALL, &tests), [""; 0]);
}

#[test]
fn an_arrow_that_turns_round_is_found_however_it_is_written() {
    let wrong = "state.rs (state) needs show.rs (show)";
    for text in [
        "use crate::show::show;",
        "use crate::{wire::Span, show::{self as other}};",
        "use super::show::*;",
        "pub(crate) use crate::show::show; fn f() { show(); }",
        "fn f() { crate::show::show(); }",
        "fn f() { if true { table! { a => crate::show::show } } }",
        "macro_rules! shown { () => { $crate::show::show() } }",
        "mod inner { fn f() { super::super::show::show(); } }",
        "mod inner { use crate::show::show; }",
    ] {
        let text: &'static str = String::leak(format!("{text} pub struct Session;"));
        // What `show` needs of `state` makes a circle of it, too.
        let complaints = with(&SMALL, &[("state.rs", text)]);
        assert_eq!(complaints, [wrong, "a circle: {\"show.rs\", \"state.rs\"}"], "{text}");
    }
}

#[test]
fn a_method_lent_to_a_lower_type_is_an_arrow() {
    let lends = ("show.rs", "use crate::state::Session; impl<'a> Session { pub fn drawn(&self) {} fn len(&self) {} }");
    let calls = ("summary.rs", "fn summary(session: &crate::state::Session) { session.drawn(); session.len(); }");
    assert_eq!(with(&SMALL, &[lends]), [""; 0]);
    assert_eq!(with(&SMALL, &[lends, calls]), ["summary.rs (summary) needs show.rs (show)"]);
}

#[test]
fn layers_side_by_side_do_not_need_each_other() {
    let text = "use crate::show::show;";
    assert_eq!(with(&SMALL, &[("summary.rs", text)]), ["summary.rs (summary) needs show.rs (show)"]);
}

#[test]
fn a_circle_within_a_layer_is_found() {
    let span = ("wire/span.rs", "pub struct Span; use super::line::line;");
    assert_eq!(with(&SMALL, &[span]), ["a circle: {\"wire/line.rs\", \"wire/span.rs\"}"]);
    // A module that only declares others and passes names on is no part of it, one with code of its own is.
    let module = ("wire/mod.rs", "mod span; pub use span::Span; pub mod line; pub fn made() -> Span { Span }");
    assert_eq!(with(&SMALL, &[module]), [""; 0]);
    let back = ("wire/span.rs", "pub struct Span; fn f() { super::made(); }");
    assert_eq!(with(&SMALL, &[module, back]), ["a circle: {\"wire/mod.rs\", \"wire/span.rs\"}"]);
}

#[test]
fn exceptions_hold_as_long_as_they_are_needed() {
    let upward = ("wire/line.rs", "use crate::state::Session; use super::Span; pub fn line() -> Span { Span }");
    const CIRCLES: &[&[&str]] = &[&["state.rs", "wire/line.rs"]];
    let rules = Rules { exceptions: &[("wire/line.rs", "state.rs")], circles: CIRCLES, ..SMALL };
    assert_eq!(with(&rules, &[upward]), [""; 0]);
    assert_eq!(
        with(&rules, &[]),
        [
            "the exception of wire/line.rs needing state.rs is no longer needed",
            "state.rs is no longer in a circle",
            "wire/line.rs is no longer in a circle",
        ]
    );
    // What is allowed for one file is not allowed for its neighbour.
    let other = ("wire/span.rs", "use crate::state::Session; pub struct Span;");
    assert!(with(&rules, &[upward, other]).contains(&"wire/span.rs (wire) needs state.rs (state)".to_owned()));
}

#[test]
fn every_file_has_a_layer_and_every_row_a_file() {
    assert_eq!(with(&SMALL, &[("other.rs", "")]), ["other.rs belongs to no layer"]);
    let ranks: &[arrows::Rank] =
        &[&[("wire", &["wire", "wire::old"])], &[("rest", &["crate", "show", "state", "summary"])]];
    assert_eq!(with(&Rules { ranks, ..SMALL }, &[]), ["no file is in wire::old"]);
}
