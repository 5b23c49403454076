// SPDX-License-Identifier: GPL-2.0-or-later
//! Pages of connections: every command as the protocol documents of 2003 write it, with what each part means.

use super::{
    super::{moment::Moment, story::seen},
    frame::{MAX_PAGES, made},
    text::{class, fit},
};
use crate::event::{Detail, Link, Mark, Side, Unit};
use askama::Template;
use std::{borrow::Cow, collections::VecDeque};

/// Frames whose connections are remembered, to be linked to.
const MAX_PLACES: usize = 1 << 17;

/// Which connection each of the latest frames belongs to.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Frame and connection, in the order of the capture.
    all: VecDeque<(u32, u32)>,
}

impl Places {
    /// Notes a PDU; whether it is the first of its frame on its connection, which is linked to.
    pub fn enter(&mut self, frame: u32, connection: u32) -> bool {
        let known = self.all.iter().rev().take_while(|row| row.0 == frame).any(|row| row.1 == connection);
        if !known {
            self.all.push_back((frame, connection));
            if self.all.len() > MAX_PLACES {
                self.all.pop_front();
            }
        }
        !known
    }

    /// The connection of a frame, preferably this one.
    fn of(&self, frame: u32, near: u32) -> Option<u32> {
        let from = self.all.partition_point(|row| row.0 < frame);
        let mut rows = self.all.range(from..).take_while(|row| row.0 == frame).map(|row| row.1);
        let first = rows.next()?;
        if first == near || rows.any(|row| row == near) { Some(near) } else { Some(first) }
    }
}

#[derive(Template)]
#[template(path = "unit.html")]
struct Shown<'a> {
    side: &'static str,
    mark: &'static str,
    anchor: bool,
    frame: u32,
    time: String,
    clock: String,
    tokens: Vec<Token<'a>>,
    payload: Cow<'a, str>,
    summary: Cow<'a, str>,
    meanings: Vec<Meaning<'a>>,
    remarks: Vec<Remark<'a>>,
    links: Vec<Linked>,
    details: Vec<Opened<'a>>,
}

struct Token<'a> {
    text: Cow<'a, str>,
    class: String,
    title: String,
}

struct Meaning<'a> {
    class: String,
    label: &'static str,
    value: Cow<'a, str>,
}

struct Remark<'a> {
    rank: &'static str,
    text: Cow<'a, str>,
    name: &'static str,
}

struct Linked {
    class: &'static str,
    href: String,
    label: &'static str,
    frame: u32,
}

struct Opened<'a> {
    depth: u8,
    inferred: bool,
    class: String,
    label: Cow<'a, str>,
    value: Cow<'a, str>,
}

/// Deepest class of depth.
const MAX_DEPTH: u8 = 8;

/// A PDU.
pub(super) fn unit(unit: &Unit, anchor: bool, places: &Places) -> String {
    let moment = Moment { ns: unit.at.time, offset: unit.at.offset };
    let client = unit.side == Side::Client;
    let tokens = unit.line.iter().map(|token| Token {
        text: fit(&token.text),
        class: class(token.field),
        title: match token.label {
            "" => String::new(),
            label => format!("{label}: {} – {}", fit(&token.value), token.blurb),
        },
    });
    let meanings = unit.line.iter().filter(|token| !token.label.is_empty()).map(|token| Meaning {
        class: class(token.field),
        label: token.label,
        value: fit(&token.value),
    });
    let remarks = unit.remarks.iter().map(|remark| Remark {
        rank: remark.rank.name(),
        text: fit(&remark.text),
        name: remark.name,
    });
    made(&Shown {
        side: if client { "client" } else { "server" },
        mark: if client { ">>>" } else { "<<<" },
        anchor,
        frame: unit.at.frame,
        time: seen(&unit.at).time.to_string(),
        clock: moment.clock(),
        tokens: tokens.collect(),
        payload: fit(&unit.payload),
        summary: fit(&unit.summary),
        meanings: meanings.collect(),
        remarks: remarks.collect(),
        links: unit.links.iter().map(|link| linked(link, unit.at.connection + 1, places)).collect(),
        details: unit.details.iter().map(opened).collect(),
    })
}

fn linked(link: &Link, connection: u32, places: &Places) -> Linked {
    let href = match places.of(link.frame, connection) {
        Some(same) if same == connection => format!("#frame-{}", link.frame),
        Some(other) if other <= MAX_PAGES => format!("{other}.html#frame-{}", link.frame),
        _ => String::new(),
    };
    let class = match link.mark {
        Mark::Request => "request",
        Mark::Answer => "answer",
        Mark::Other => "other",
    };
    Linked { class, href, label: link.label, frame: link.frame }
}

fn opened(detail: &Detail) -> Opened<'_> {
    Opened {
        depth: detail.depth.min(MAX_DEPTH),
        inferred: detail.inferred,
        class: class(detail.field),
        label: fit(&detail.label),
        value: fit(&detail.value),
    }
}
