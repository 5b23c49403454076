// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows one command.

use crate::{
    command::{Choice, Dir, Fit, Line, Role},
    dissect::{
        body::{self, Body},
        framing::Command,
        links, params, parties, summary,
        walk::Show,
    },
    fields::{Proto, command as f, expert},
    item::{Handle, Handoff, Tree},
    output::MAX_INFO,
    session::records::{DIR_INFERRED, VERSION_INFERRED},
    text,
    values::{self, codes, errors, words},
    wire::Span,
};

/// What is said of a command that only the other side sends.
const fn wrong_side(sender: Dir) -> &'static str {
    match sender {
        Dir::ToServer => "Command of the other direction: servers send it, not clients",
        Dir::ToClient => "Command of the other direction: clients send it, not servers",
    }
}

/// Most bytes of what stands behind the name of the protocol: Wireshark cuts a line at 240 bytes, where it may be.
const MAX_LABEL: usize = 210;

/// Where what is shown of a command begins.
struct Mark {
    /// Bytes of the Info column.
    info: usize,
    /// Base of the tree before.
    base: usize,
    protocol: Handle,
}

/// Shows the command that starts at `at`.
pub(in crate::dissect) fn show(show: &mut Show<'_>, at: usize, body: &Body<'_>) {
    let mark = begin(show, at, body);
    end(show, body, &mark);
}

/// Shows the command up to the end of its body.
fn begin(show: &mut Show<'_>, at: usize, body: &Body<'_>) -> Mark {
    let (data, found) = (body.unit, &body.found);
    show.info_entry();
    let info = show.out.info.len();
    let full = info > MAX_INFO;
    if show.packet.want_info && (!full || show.out.tree.wanted()) {
        summary::unit(&mut show.out.info, show.session, &show.record, body);
    }
    let base = show.out.tree.rebase(at);
    let protocol = show.out.tree.protocol(Proto::Msn, Span::new(0, found.shown), "");
    if show.out.tree.wanted() {
        line(show, data, found);
    }
    body::show(show, body);
    Mark { info, base, protocol }
}

/// Shows what belongs behind the body.
fn end(show: &mut Show<'_>, body: &Body<'_>, mark: &Mark) {
    body::show_end(show, body);
    if show.out.tree.wanted() {
        parties::show(show, body);
        links::show(show, body);
        show.generated();
        // The payload may have added to the summary, so the label comes last.
        if show.packet.want_info {
            let said = show.out.info.get(mark.info..).unwrap_or_default();
            show.out.tree.set_text(mark.protocol, &text::shortened(said, MAX_LABEL));
        } else {
            let mut label = String::new();
            summary::unit(&mut label, show.session, &show.record, body);
            show.out.tree.set_text(mark.protocol, &text::shortened(&label, MAX_LABEL));
        }
    }
    if mark.info > MAX_INFO {
        show.out.info.truncate(mark.info);
    }
    show.out.tree.close();
    show.out.tree.rebase(mark.base);
}

/// Word, transaction ID, parameters.
fn line(show: &mut Show<'_>, data: &[u8], found: &Command) {
    let line = found.line;
    let tree = &mut show.out.tree;
    let word = tree.wire(f::COMMAND, Span::new(0, 3), &line.word);
    if let Some(purpose) = words::purpose(&line.word).filter(|_| tree.wanted()) {
        tree.note(word, purpose);
    }
    if found.choice.is_none() {
        tree.expert(expert::UNKNOWN_COMMAND);
        if line.error().is_none() {
            tree.handoff(Span::new(0, data.len()), Handoff::Command, &text::utf8(&line.word).text);
        }
    }
    if line.bare_line_feed {
        tree.expert(expert::BARE_LINE_FEED);
    }
    if let Some(code) = line.error() {
        tree.number(f::ERROR, Span::new(0, 3), u64::from(code));
        let (kind, meaning) = match values::name(errors::ERRORS, code) {
            Some(meaning) if errors::is_fatal(code) => (expert::FATAL_ERROR_REPLY, meaning),
            Some(meaning) => (expert::ERROR_REPLY, meaning),
            None => (expert::UNKNOWN_ERROR, "unknown error code"),
        };
        tree.expert_text(kind, &format!("Error {code}: {meaning}"));
    }
    let Some(choice) = &found.choice else {
        params::unknown(tree, data, line, 0..line.len(), expert::UNKNOWN_PARAMETER);
        return;
    };
    if let Some((span, trid)) = choice.trid(line, data) {
        tree.number(f::TRID, span, u64::from(trid));
    }
    params::all(tree, data, line, choice, found.unfinished);
    match choice.fit {
        Fit::Exact => {}
        Fit::Other => {
            if show.record.inferred & VERSION_INFERRED == 0 {
                tree.expert(expert::OTHER_LAYOUT);
            }
        }
        Fit::Loose => {
            if found.unfinished {
                let cut_by_capture = show.packet.reported_len > show.data.len();
                tree.expert(if cut_by_capture { expert::CAPTURE_CUT } else { expert::LINE_CUT });
            } else if choice.row.dir != show.record.dir && show.record.inferred & DIR_INFERRED == 0 {
                tree.expert_text(expert::WRONG_SIDE, wrong_side(show.record.dir));
            } else if choice.missing().is_some() {
                tree.expert(expert::PARAMETER_MISSING);
            }
        }
    }
    if found.early {
        short_payload(tree, found);
    }
    if found.too_long {
        tree.expert(expert::PAYLOAD_TOO_LONG);
    }
    if let Some(reason) = choice.role(line, Role::Reason).map(|span| span.of(data)) {
        let why = text::utf8(reason).text;
        let why = values::meaning(codes::OUT_REASONS, reason).unwrap_or(&why);
        tree.expert_text(expert::FORCED_OUT, &format!("Server ended the connection: {why}"));
    }
    habits(tree, data, line, choice);
}

/// Lengths that some servers write whatever the payload is, by word.
const CONSTANTS: [(&str, usize); 2] = [("MSG", 1460), ("UBX", 482)];

/// Says that a payload ended before its announced length.
fn short_payload(tree: &mut Tree, found: &Command) {
    let (announced, there) = (found.announced.unwrap_or(0), found.payload.len());
    let text = format!("{announced} bytes announced, but the payload ends after {there}: the length is too large");
    tree.expert_text(expert::PAYLOAD_SHORT, &text);
    let word = found.choice.as_ref().map_or("", |choice| choice.row.word);
    if CONSTANTS.contains(&(word, announced)) {
        tree.expert_text(expert::HABIT, &format!("Some servers write {announced} as the length of every {word}"));
    }
}

/// What clients and servers are known to do otherwise than the rest.
fn habits(tree: &mut Tree, data: &[u8], line: &Line, choice: &Choice) {
    if choice.row.word == "OUT" && choice.row.trid {
        tree.expert_text(expert::HABIT, "OUT has a transaction ID: clients that are built on papyon number it");
    }
    let told = matches!(choice.row.word, "RNG" | "CAL");
    let session = choice.role(line, Role::Session).filter(|_| told).map(|span| span.of(data)).unwrap_or_default();
    if !session.iter().all(u8::is_ascii_digit) {
        let words = "Session ID is no number: Escargot and servers like it write it in hexadecimal or as a UUID";
        tree.expert_text(expert::HABIT, words);
    }
}
