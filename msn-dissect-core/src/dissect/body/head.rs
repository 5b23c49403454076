// SPDX-License-Identifier: GPL-2.0-or-later
//! The few headers that decide how a message goes on.

use crate::{
    mime::{Lines, headers::trim, values::unsigned},
    session::messages::Claim,
    wire::Span,
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
    /// Where the body begins.
    pub body: usize,
}

impl Head {
    /// Reads the block at the start of `span`; what it does not say stays as it was. Every message passes here, so only
    /// the headers that are wanted are taken apart.
    pub fn read(&mut self, data: &[u8], span: Span) {
        let mut lines = Lines::new(data, span);
        while let Some(line) = lines.whole().filter(|line| !line.is_empty()) {
            let bytes = line.of(data).trim_ascii_start();
            let is = |name: &[u8]| is_named(bytes, name);
            let slot = match bytes.first().map(u8::to_ascii_uppercase) {
                Some(b'B') if is(b"Bridging-Offsets") => &mut self.offsets,
                Some(b'C') if is(b"Content-Type") => &mut self.content_type,
                Some(b'C') if is(b"Content-Length") => &mut self.content_length,
                Some(b'C') if is(b"Chunk") => &mut self.chunk,
                Some(b'C') if is(b"Chunks") => &mut self.chunks,
                Some(b'F') if is(b"From") => &mut self.from,
                Some(b'M') if is(b"Message-ID") => &mut self.message_id,
                Some(b'M') if is(b"Message-Type") => &mut self.message_type,
                Some(b'M') if is(b"Message-Subtype") => &mut self.message_subtype,
                Some(b'P') if is(b"P2P-Dest") => &mut self.p2p_dest,
                Some(b'P') if is(b"P2P-Src") => &mut self.p2p_source,
                Some(b'R') if is(b"RecordingUser") => &mut self.recording,
                Some(b'T') if is(b"To") => &mut self.to,
                Some(b'T') if is(b"TypingUser") => &mut self.typing,
                Some(b'U') if is(b"Uri") => &mut self.uri,
                _ => continue,
            };
            let colon = bytes.iter().take_while(|byte| **byte != b':').count();
            *slot = Some(trim(data, Span::new(line.end - bytes.len() + colon + 1, line.end)));
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

/// Whether a line is a header of this name, in whatever case and with blanks before the colon.
#[inline]
fn is_named(line: &[u8], name: &[u8]) -> bool {
    // The byte behind the name decides nearly always.
    match line.get(name.len()) {
        Some(b':') => {}
        Some(b' ' | b'\t') if line.get(name.len()..).unwrap_or_default().trim_ascii_start().starts_with(b":") => {}
        _ => return false,
    }
    line.iter().zip(name).all(|(one, other)| one.eq_ignore_ascii_case(other))
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
        let spaced = b"  Message-ID : {1}\r\nMessage-IDs: 4\r\nChunk : 5\r\n\r\nx";
        assert_eq!(head(spaced).part(spaced).unwrap().1, Claim { index: 5, total: None });
        let huge = b"Message-ID: {1}\r\nChunk: 99999999999\r\n\r\nx";
        assert_eq!(head(huge).part(huge).unwrap().1.index, u32::MAX);
    }
}
