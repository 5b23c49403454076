// SPDX-License-Identifier: GPL-2.0-or-later
//! The header blocks and the body of SDG, NFY, PUT and DEL (fact base: mime 15, transports 6).

use super::{
    Body,
    contents::Content,
    head::Head,
    header_tables::{COMMON, CONTENT, DATACAST, RELIABILITY, ROUTING},
    headers::{self, Known},
    mime,
    roles::{FieldValues, Role},
    types::{self, Row},
};
use crate::{
    command::Dir,
    dissect::{
        framing::Command,
        walk::{Learn, Show},
    },
    fields::mime as f,
    mime::{Line, Lines, address, media_type::essence},
    session::{Record, Session},
    text,
    wire::Span,
};

/// Header blocks, and the body that they describe.
pub(super) struct Blocks {
    /// The blocks that are there, and how each is shown.
    blocks: [(Span, Block); MAX_BLOCKS],
    count: usize,
    /// One of them describes the body.
    described: bool,
    /// The headers that matter.
    head: Head,
    /// The body.
    span: Span,
    /// The body ends before its declared length.
    short: bool,
    /// What the body is.
    row: &'static Row,
}

/// A block: label, known headers, whether a body follows.
type Block = (&'static str, Known, bool);

/// First header of a block: label, known headers, whether a body follows.
static BLOCKS: &[Block] = &[
    ("Routing", &[ROUTING], false),
    ("Reliability", &[RELIABILITY], false),
    ("Messaging", &[CONTENT, COMMON], true),
    ("Publication", &[CONTENT, COMMON], true),
    ("Notification", &[CONTENT, COMMON], true),
    ("Registration", &[CONTENT, COMMON], false),
];

/// Headers of a block that begins with none of these.
static OTHER: Known = &[COMMON, CONTENT, ROUTING];

/// Most blocks of a message: three, and one more in MSNP24.
const MAX_BLOCKS: usize = 4;

/// Name of the first header of a block.
fn first_name(data: &[u8], span: Span) -> &[u8] {
    let mut lines = Lines::new(data, span).take_while(|line| !matches!(line, Line::Blank(_)));
    let first = lines.find_map(|line| if let Line::Header(header) = line { Some(header.name) } else { None });
    first.unwrap_or_default().of(data)
}

/// Reads the payload.
pub(super) fn read(unit: &[u8], found: &Command) -> Blocks {
    let Span { start, end } = found.payload;
    let mut head = Head::before(start);
    let mut blocks = [(Span::default(), ("", OTHER, false)); MAX_BLOCKS];
    let mut count = 0;
    let mut described = false;
    for slot in &mut blocks {
        if head.body >= end || described {
            break;
        }
        let span = Span::new(head.body, end);
        head.read(unit, span);
        let first = first_name(unit, span);
        let row = BLOCKS.iter().find(|row| row.0.as_bytes().eq_ignore_ascii_case(first));
        let block = row.copied().unwrap_or(("Other", OTHER, count >= 2));
        *slot = (span, block);
        described = block.2;
        count += 1;
    }
    let rest = Span::new(head.body, end);
    let declared = head.number(Role::ContentLength, unit).map(|length| length as usize);
    let span = Span::new(rest.start, rest.start + declared.unwrap_or(rest.len()).min(rest.len()));
    let media = head.get(Role::ContentType).unwrap_or_default();
    let row = types::by_message(
        head.of(Role::MessageType, unit),
        head.of(Role::MessageSubtype, unit),
        essence(unit, media).of(unit),
        || FieldValues::read(unit, span, DATACAST).get(Role::CastId).is_some(),
    );
    let short = declared.is_some_and(|declared| declared > rest.len()) && found.missing == 0;
    Blocks { blocks, count, described, head, span, short, row }
}

impl Blocks {
    /// Place of the body.
    pub fn body(&self) -> Span {
        self.span
    }

    /// Whom the message is from and to.
    pub fn routing(&self, data: &[u8]) -> Option<(Span, Span)> {
        let (from, to) = (self.head.get(Role::From)?, self.head.get(Role::To)?);
        Some((person(data, from).0, person(data, to).0))
    }

    /// Whether it holds peer-to-peer packets.
    pub fn has_packets(&self) -> bool {
        self.row.teaches == types::Lesson::Packets
    }

    fn content<'a>(&'a self, body: &Body<'a>) -> Content<'a> {
        let head = &self.head;
        let sender = head.get(Role::From).map(|at| at.of(body.unit)).unwrap_or_default();
        let parties =
            (head.get(Role::PacketsTo).or(head.get(Role::To)), head.get(Role::PacketsFrom).or(head.get(Role::From)));
        mime::content(body, self.span, head, self.row, sender, parties)
    }
}

/// Learns from the payload.
pub(super) fn learn(learn: &mut Learn<'_>, body: &Body<'_>, blocks: &Blocks) {
    mime::learn_body(learn, &blocks.content(body));
}

/// Tells in the Info column what the payload says: what it is about, whom it is from or to, and the body.
pub(super) fn say(info: &mut String, session: &Session, record: &Record, body: &Body<'_>, blocks: &Blocks) {
    let (data, head) = (body.unit, &blocks.head);
    let (word, at) = match record.dir {
        Dir::ToClient => (" from ", head.get(Role::From)),
        Dir::ToServer => (" to ", head.get(Role::To)),
    };
    if let Some(uri) = head.get(Role::Uri) {
        info.push(' ');
        text::push_line(info, &text::utf8(uri.of(data)).text, 64);
    }
    if let Some(at) = at {
        info.push_str(word);
        let (who, way) = person(data, at);
        text::push_line(info, &text::utf8(who.of(data)).text, 64);
        if let Some(way) = way {
            info.push_str(" via ");
            text::push_line(info, &text::utf8(way.of(data)).text, 64);
        }
    }
    mime::say_body(info, session, record, &blocks.content(body));
}

/// Shows the payload.
pub(super) fn show(show: &mut Show<'_>, body: &Body<'_>, blocks: &Blocks) {
    let (data, end) = (body.unit, body.span().end);
    let tree = &mut show.out.tree;
    if tree.wanted() {
        for (span, (label, known, _)) in blocks.blocks.iter().take(blocks.count) {
            headers::block(tree, data, *span, label, known);
        }
    }
    // An answer says only that it arrived.
    let answer = show.record.dir == Dir::ToClient && blocks.count == 2 && blocks.head.body >= end;
    if !blocks.described && !answer {
        tree.expert(f::BLOCK_MISSING);
    }
    if blocks.short {
        tree.expert(f::CONTENT_SHORT);
    }
    mime::show_body(show, &blocks.content(body));
}

/// Shows what stands behind the body.
pub(super) fn show_surplus(show: &mut Show<'_>, body: &Body<'_>, blocks: &Blocks) {
    let surplus = Span::new(blocks.span.end, body.span().end);
    if !surplus.is_empty() {
        show.out.tree.bytes(f::SURPLUS, surplus);
        show.out.tree.expert(f::CONTENT_SURPLUS);
    }
}

/// Kinds of address that are groups of people: circles and temporary groups (fact base: values 6).
const GROUPS: [&[u8]; 2] = [b"9", b"10"];

/// Whom an address names, and through what. A message from a group names the group first and who wrote it as the way.
fn person(data: &[u8], at: Span) -> (Span, Option<Span>) {
    let found = address::parse(data, at);
    let is_group = |network: Option<Span>| network.is_some_and(|at| GROUPS.contains(&at.of(data)));
    let via = found.parameters.iter().find_map(|parameter| match *parameter {
        address::Parameter::Via(at) => Some(address::network(data, at)),
        _ => None,
    });
    match via {
        Some((network, account)) if is_group(found.network) && !is_group(network) => (account, Some(found.address)),
        via => (found.address, via.map(|(_, account)| account)),
    }
}
