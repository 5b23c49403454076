// SPDX-License-Identifier: GPL-2.0-or-later
//! How much of the payloads lies under a named field.
//!
//! The payload of a command is the last `msn.payload_length` bytes of its `msn` node. Positions in PDML count from the
//! start of the data source that a node belongs to (the frame, or what Wireshark put together from several), and PDML
//! does not say which. A node therefore counts only when its bytes are those that stand at its position in the data
//! source of its command; so nodes of another source, such as a decoded or reassembled body, cover nothing by accident.

use crate::pdu::{Pdu, pdus};
use crate::tshark::{Dissected, Field};
use std::collections::BTreeMap;

/// Fields that hold what nobody opened.
const UNOPENED: [&str; 5] = ["msn.payload", "msn.parameter", "msn.continuation", "data", "data.data"];
/// Fields of the generic XML dissector: they show the form of a document, not what it says.
const MARKUP: &str = "xml";
/// Bytes that only separate; a run of them that no field covers does not count.
const SEPARATORS: &[u8] = b" \t\r\n:;=,\"'<>/?&()-#";
/// Longer runs are something, even if made of separators.
const LONGEST_SEPARATOR: usize = 4;

/// Coverage of one command's payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PduCoverage {
    /// Frame in which the command is shown.
    pub frame: u32,
    /// What the command is.
    pub label: String,
    /// Payload bytes, separators that no field covers left aside.
    pub payload: usize,
    /// Of these, how many lie under a named leaf field, the XML dissector's included.
    pub covered: usize,
    /// Of these, how many lie under a named leaf field that is not the XML dissector's.
    pub meant: usize,
    /// What is not covered.
    pub missing: Vec<Run>,
    /// What only the XML dissector covers.
    pub markup: Vec<Run>,
}

/// Bytes of a payload that no named field covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Offset in the payload.
    pub offset: usize,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Sums over many commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// See [`PduCoverage::payload`].
    pub payload: usize,
    /// See [`PduCoverage::covered`].
    pub covered: usize,
    /// See [`PduCoverage::meant`].
    pub meant: usize,
}

impl Total {
    /// Adds up.
    pub fn of(all: &[PduCoverage]) -> Total {
        let sum = |get: fn(&PduCoverage) -> usize| all.iter().map(get).sum();
        Total { payload: sum(|c| c.payload), covered: sum(|c| c.covered), meant: sum(|c| c.meant) }
    }

    /// Covered share in percent; 100 when there is nothing to cover.
    pub fn percent(&self) -> f64 {
        percent(self.covered, self.payload)
    }

    /// Share covered by other than the XML dissector, in percent.
    pub fn percent_meant(&self) -> f64 {
        percent(self.meant, self.payload)
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
}

/// A data source of a frame: where in it the bytes begin, and the bytes.
struct Source {
    start: usize,
    bytes: Vec<u8>,
}

impl Source {
    fn get(&self, pos: usize, size: usize) -> Option<&[u8]> {
        let from = pos.checked_sub(self.start)?;
        self.bytes.get(from..from.checked_add(size)?)
    }

    /// Whether a node's bytes stand here. Bit fields have masked values and are told by their parent.
    fn holds(&self, field: &Field) -> bool {
        unhex(&field.value).is_some_and(|bytes| self.get(field.pos, field.size) == Some(&bytes))
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(pair).collect()
}

/// The coverage of every payload in a dissected capture. The PDML must hold the `tcp` protocol with its payload, and
/// the MSN protocols.
pub fn coverage(packets: &[Dissected]) -> Vec<PduCoverage> {
    let mut sources: BTreeMap<u32, Vec<Source>> = BTreeMap::new();
    for packet in packets {
        let mut found = Vec::new();
        for proto in &packet.protos {
            proto.walk(&mut |field| {
                if field.name == "tcp.payload" || field.name.ends_with("reassembled.data") {
                    found.extend(unhex(&field.value).map(|bytes| Source { start: field.pos, bytes }));
                }
            });
        }
        sources.insert(packet.frame(), found);
    }
    let none = Vec::new();
    pdus(packets).iter().filter_map(|pdu| of_pdu(pdu, sources.get(&pdu.frame).unwrap_or(&none))).collect()
}

fn of_pdu(pdu: &Pdu, sources: &[Source]) -> Option<PduCoverage> {
    let declared = *pdu.all("msn.payload_length").first()?;
    let length: usize = declared.show.parse().ok().filter(|&length| length > 0)?;
    let node = pdu.protos.first()?;
    // The source that agrees with most of the command's own fields is the one that it was read from.
    let score = |source: &&Source| {
        let mut agreed = 0;
        node.walk(&mut |field| agreed += usize::from(field.size > 0 && source.holds(field)));
        agreed
    };
    let source = sources.iter().filter(|source| source.get(node.pos, node.size).is_some()).max_by_key(score)?;
    // The end of the payload may be missing, so it is found by the end of the line before it.
    let rest = source.get(declared.end(), node.end().checked_sub(declared.end())?)?;
    let start = declared.end() + rest.iter().position(|&byte| byte == b'\n')? + 1;
    let length = length.min(node.end().checked_sub(start)?);
    let payload = source.get(start, length)?;
    let mut marks = Marks { start, source, covered: vec![false; length], meant: vec![false; length] };
    for proto in &pdu.protos {
        marks.mark(proto);
    }
    let counts = |run: &&Run| run.bytes.len() > LONGEST_SEPARATOR || !run.bytes.iter().all(|b| SEPARATORS.contains(b));
    let missing: Vec<Run> = runs(payload, &marks.covered, false).iter().filter(counts).cloned().collect();
    let only_markup: Vec<bool> =
        marks.covered.iter().zip(&marks.meant).map(|(&by_any, &ours)| by_any && !ours).collect();
    let covered = marks.covered.iter().filter(|&&covered| covered).count();
    Some(PduCoverage {
        frame: pdu.frame,
        label: pdu.label(),
        payload: covered + missing.iter().map(|run| run.bytes.len()).sum::<usize>(),
        covered,
        meant: marks.meant.iter().filter(|&&meant| meant).count(),
        missing,
        markup: runs(payload, &only_markup, true),
    })
}

/// The longest runs of bytes that have the mark, or lack it.
fn runs(bytes: &[u8], marks: &[bool], marked: bool) -> Vec<Run> {
    let mut at = 0;
    let mut found = Vec::new();
    for group in marks.chunk_by(|a, b| a == b) {
        if group.first() == Some(&marked) {
            found.push(Run { offset: at, bytes: bytes[at..at + group.len()].to_vec() });
        }
        at += group.len();
    }
    found
}

struct Marks<'a> {
    /// Position of the payload in the source.
    start: usize,
    source: &'a Source,
    covered: Vec<bool>,
    meant: Vec<bool>,
}

impl Marks<'_> {
    /// Marks what the leaves below a node cover.
    fn mark(&mut self, node: &Field) {
        let has_parts = node.children.iter().any(|child| self.is_part(node, child));
        if has_parts {
            // Bits of a number are masked: the number speaks for them when they lie where it lies.
            let parts = node.children.iter().filter(|child| self.is_part(node, child));
            let bits = parts.clone().all(|c| (c.pos, c.size) == (node.pos, node.size) && c.children.is_empty());
            if bits && !node.proto {
                self.leaf(node);
            }
            for child in &node.children {
                self.mark(child);
            }
        } else if !node.proto {
            self.leaf(node);
        }
    }

    /// Whether a node below another stands for some of its bytes. One of another data source does not.
    fn is_part(&self, node: &Field, child: &Field) -> bool {
        let inside = child.size > 0 && child.pos >= node.pos && child.end() <= node.end();
        let same = (child.pos, child.size) == (node.pos, node.size);
        // Protocols and headings have no value to compare.
        let here = same || child.proto || child.name.is_empty() || self.source.holds(child);
        inside && here && !child.name.starts_with("_ws.")
    }

    fn leaf(&mut self, field: &Field) {
        let named =
            !field.name.is_empty() && !UNOPENED.contains(&field.name.as_str()) && !field.name.starts_with("_ws.");
        if !named || field.size == 0 || !self.source.holds(field) {
            return;
        }
        let markup = field.name.split('.').next() == Some(MARKUP);
        let from = field.pos.saturating_sub(self.start);
        let to = field.end().saturating_sub(self.start).min(self.covered.len());
        for at in from..to {
            self.covered[at] = true;
            self.meant[at] |= !markup;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "MSG a b 21\r\nType: abcd; q=9\r\n\r\nhi";

    fn hex(text: &str) -> String {
        text.bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A field over the first occurrence of `text`, in a frame with 54 bytes of headers.
    fn over(name: &str, text: &str) -> Field {
        let pos = 54 + TEXT.find(text).expect("text is there");
        Field { name: name.into(), pos, size: text.len(), value: hex(text), ..Field::default() }
    }

    fn measured(payload: Vec<Field>) -> PduCoverage {
        let frame = Field { name: "frame.number".into(), show: "7".into(), ..Field::default() };
        let data = Field { name: "tcp.payload".into(), pos: 54, value: hex(TEXT), ..Field::default() };
        let length = Field { show: "21".into(), ..over("msn.payload_length", "21") };
        let children = [vec![over("msn.command", "MSG"), length], payload].concat();
        let proto = |name: &str, children| Field { name: name.into(), proto: true, children, ..Field::default() };
        let msn = Field { pos: 54, size: TEXT.len(), ..proto("msn", children) };
        let packet = Dissected { protos: vec![proto("frame", vec![frame]), proto("tcp", vec![data]), msn] };
        coverage(&[packet]).pop().expect("a command with payload")
    }

    #[test]
    fn named_leaves_cover_and_separators_do_not_count() {
        let header =
            Field { children: vec![over("msn.mime.name", "Type"), over("msn.type", "abcd")], ..over("", "Type: abcd") };
        let all = measured(vec![header, over("msn.x", "q"), over("msn.y", "9"), over("msn.message.text", "hi")]);
        assert_eq!((all.payload, all.covered, all.missing), (12, 12, vec![]));
        assert_eq!(Total { payload: 12, covered: 12, meant: 6 }.percent_meant(), 50.0);
    }

    #[test]
    fn what_nobody_opened_is_listed() {
        let some = measured(vec![over("msn.payload", "Type: abcd; q=9\r\n\r\nhi"), over("xml.cdata", "hi")]);
        assert_eq!((some.payload, some.covered, some.meant), (21, 2, 0));
        assert_eq!(some.markup, [Run { offset: 19, bytes: b"hi".to_vec() }]);
        assert_eq!(some.missing, [Run { offset: 0, bytes: b"Type: abcd; q=9\r\n\r\n".to_vec() }]);
    }

    #[test]
    fn what_was_decoded_leaves_its_source_covered() {
        let decoded = Field { pos: 0, value: hex("xy"), size: 2, ..over("msn.decoded", "hi") };
        let found = measured(vec![Field { children: vec![decoded], ..over("msn.encoded", "hi") }]);
        assert_eq!((found.covered, found.missing.len()), (2, 1));
    }

    #[test]
    fn containers_and_other_sources_cover_nothing() {
        let container = Field { children: vec![over("msn.x", "q")], ..over("msn.header", "Type: abcd; q=9") };
        let elsewhere = Field { value: hex("no"), ..over("msn.message.text", "hi") };
        let found = measured(vec![container, elsewhere]);
        assert_eq!(found.covered, 1);
        assert_eq!(found.missing.iter().map(|run| run.offset).collect::<Vec<_>>(), [0, 13]);
    }
}
