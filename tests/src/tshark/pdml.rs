// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads PDML, Wireshark's XML form of dissected packets.

use anyhow::{Context, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// A node of a protocol tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Filter name; empty for text-only nodes.
    pub name: String,
    /// The line shown in the tree; empty when PDML has none.
    pub showname: String,
    /// The value as display filters write it.
    pub show: String,
    /// The bytes, in hexadecimal.
    pub value: String,
    /// First byte, counted from the start of the data source.
    pub pos: usize,
    /// Number of bytes, 0 for generated items.
    pub size: usize,
    /// Whether the item is hidden in the tree.
    pub hide: bool,
    /// Whether this is a protocol, not a field.
    pub proto: bool,
    /// The nodes below.
    pub children: Vec<Field>,
}

/// A packet with its tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dissected {
    /// The protocols, outermost first.
    pub protos: Vec<Field>,
}

impl Field {
    /// This node and all below it, in tree order.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Field)) {
        visit(self);
        for child in &self.children {
            child.walk(visit);
        }
    }

    /// All nodes with this filter name, in tree order, this one included.
    pub fn all<'a>(&'a self, name: &str) -> Vec<&'a Field> {
        let mut found = Vec::new();
        self.walk(&mut |field| {
            if field.name == name {
                found.push(field);
            }
        });
        found
    }

    /// The bytes behind the last one.
    pub fn end(&self) -> usize {
        self.pos + self.size
    }
}

impl Dissected {
    /// The `show` of every node with this filter name, in tree order.
    pub fn shows(&self, name: &str) -> Vec<&str> {
        self.protos.iter().flat_map(|proto| proto.all(name)).map(|field| field.show.as_str()).collect()
    }

    /// Value of a field that every packet has, such as `frame.number`.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.shows(name).first()?.parse().ok()
    }

    /// Frame number; 0 when the packet has none, which tshark never lets happen.
    pub fn frame(&self) -> u32 {
        self.number("frame.number").and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
    }
}

/// The packets of a PDML document.
pub(super) fn parse(text: &str) -> Result<Vec<Dissected>> {
    let mut reader = Reader::from_str(text);
    let mut packets = Vec::new();
    // Open nodes, outermost first; the packet itself is a node without name.
    let mut open: Vec<Field> = Vec::new();
    loop {
        let event = reader.read_event().with_context(|| format!("PDML, byte {}", reader.buffer_position()))?;
        match event {
            Event::Start(start) => match start.name().as_ref() {
                b"packet" => open = vec![Field::default()],
                b"proto" | b"field" => open.push(field(&start)?),
                _ => {}
            },
            Event::Empty(start) => {
                if let (b"proto" | b"field", Some(parent)) = (start.name().as_ref(), open.last_mut()) {
                    parent.children.push(field(&start)?);
                }
            }
            Event::End(end) => match end.name().as_ref() {
                b"packet" => {
                    let packet = open.pop().context("end of no packet")?;
                    packets.push(Dissected { protos: packet.children });
                }
                b"proto" | b"field" => {
                    let done = open.pop().context("end of no node")?;
                    open.last_mut().context("node outside of a packet")?.children.push(done);
                }
                _ => {}
            },
            Event::Eof => return Ok(packets),
            _ => {}
        }
    }
}

fn field(start: &BytesStart<'_>) -> Result<Field> {
    let mut field = Field { proto: start.name().as_ref() == b"proto", ..Field::default() };
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute?;
        let text = || {
            let raw = std::str::from_utf8(&attribute.value)?;
            anyhow::Ok(quick_xml::escape::unescape(raw)?.into_owned())
        };
        match attribute.key.as_ref() {
            b"name" => field.name = text()?,
            b"showname" => field.showname = text()?,
            b"show" => field.show = text()?,
            b"value" => field.value = text()?,
            b"pos" => field.pos = text()?.parse()?,
            b"size" => field.size = text()?.parse()?,
            b"hide" => field.hide = text()? == "yes",
            // `unmaskedvalue`, and what later releases may add.
            _ => {}
        }
    }
    Ok(field)
}
