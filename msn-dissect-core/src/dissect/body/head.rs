// SPDX-License-Identifier: GPL-2.0-or-later
//! The few headers that decide how a message goes on.

use crate::{
    item::Span,
    mime::{Line, Lines, values::unsigned},
    session::messages::Claim,
};

/// Places of those headers' values, and of the body.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head {
    pub content_type: Option<Span>,
    pub content_length: Option<Span>,
    pub message_id: Option<Span>,
    pub chunk: Option<Span>,
    pub chunks: Option<Span>,
    pub p2p_dest: Option<Span>,
    pub p2p_source: Option<Span>,
    pub typing: Option<Span>,
    pub recording: Option<Span>,
    pub to: Option<Span>,
    pub from: Option<Span>,
    pub message_type: Option<Span>,
    pub message_subtype: Option<Span>,
    pub offsets: Option<Span>,
    pub uri: Option<Span>,
    /// Name of the first header.
    pub first: Option<Span>,
    /// Where the body begins.
    pub body: usize,
}

impl Head {
    /// Reads the block at the start of `span`; what it does not say stays as it was.
    pub fn read(&mut self, data: &[u8], span: Span) {
        let mut lines = Lines::new(data, span);
        self.first = None;
        for line in lines.by_ref() {
            let header = match line {
                Line::Header(header) => header,
                Line::Odd(_) => continue,
                Line::Blank(_) => break,
            };
            self.first = self.first.or(Some(header.name));
            let name = header.name.of(data);
            let slot = match name.len() {
                2 if name.eq_ignore_ascii_case(b"To") => &mut self.to,
                3 if name.eq_ignore_ascii_case(b"Uri") => &mut self.uri,
                4 if name.eq_ignore_ascii_case(b"From") => &mut self.from,
                5 if name.eq_ignore_ascii_case(b"Chunk") => &mut self.chunk,
                6 if name.eq_ignore_ascii_case(b"Chunks") => &mut self.chunks,
                7 if name.eq_ignore_ascii_case(b"P2P-Src") => &mut self.p2p_source,
                8 if name.eq_ignore_ascii_case(b"P2P-Dest") => &mut self.p2p_dest,
                10 if name.eq_ignore_ascii_case(b"TypingUser") => &mut self.typing,
                10 if name.eq_ignore_ascii_case(b"Message-ID") => &mut self.message_id,
                12 if name.eq_ignore_ascii_case(b"Content-Type") => &mut self.content_type,
                12 if name.eq_ignore_ascii_case(b"Message-Type") => &mut self.message_type,
                13 if name.eq_ignore_ascii_case(b"RecordingUser") => &mut self.recording,
                14 if name.eq_ignore_ascii_case(b"Content-Length") => &mut self.content_length,
                15 if name.eq_ignore_ascii_case(b"Message-Subtype") => &mut self.message_subtype,
                16 if name.eq_ignore_ascii_case(b"Bridging-Offsets") => &mut self.offsets,
                _ => continue,
            };
            *slot = Some(header.value);
        }
        self.body = lines.at();
    }

    /// A declared number.
    pub fn number(data: &[u8], at: Option<Span>) -> Option<u32> {
        at.and_then(|at| unsigned(at.of(data))).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// What makes this a part of a split message: its Message-ID and what it says about its place.
    pub fn part(&self, data: &[u8]) -> Option<(Span, Claim)> {
        let id = self.message_id?;
        let total = Self::number(data, self.chunks);
        match Self::number(data, self.chunk) {
            None | Some(0) => {
                total.filter(|&total| total > 1).map(|total| (id, Claim { index: 0, total: Some(total) }))
            }
            Some(index) => Some((id, Claim { index, total: None })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(data: &[u8]) -> Head {
        let mut head = Head::default();
        head.read(data, Span::new(0, data.len()));
        head
    }

    #[test]
    fn parts_are_told_from_whole_messages() {
        let whole = b"Message-ID: {1}\r\nChunks: 1\r\nContent-Type: text/plain; charset=x\r\n\r\nhi";
        let found = head(whole);
        assert_eq!((found.part(whole), found.body), (None, whole.len() - 2));
        let first = b"message-id: {1}\nCHUNKS: 3\n\n";
        assert_eq!(head(first).part(first).unwrap().1, Claim { index: 0, total: Some(3) });
        let later = b"Message-ID: {1}\r\nChunk: 2\r\n\r\nx";
        assert_eq!(head(later).part(later).unwrap().1, Claim { index: 2, total: None });
        let huge = b"Message-ID: {1}\r\nChunk: 99999999999\r\n\r\nx";
        assert_eq!(head(huge).part(huge).unwrap().1.index, u32::MAX);
    }
}
