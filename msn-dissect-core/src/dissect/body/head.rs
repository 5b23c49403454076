// SPDX-License-Identifier: GPL-2.0-or-later
//! The head of a message: the few headers that decide how it goes on.

use super::roles::{HeadValues, Role};
use crate::{
    mime::{Lines, values::unsigned},
    session::messages::Claim,
    wire::Span,
};

/// Places of those headers' values, and of the body.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head {
    values: HeadValues,
    /// Where the body begins.
    pub body: usize,
}

impl Head {
    /// A head without headers, before a body that begins here.
    pub fn before(body: usize) -> Self {
        Head { body, ..Head::default() }
    }

    /// The value of a header.
    pub fn get(&self, role: Role) -> Option<Span> {
        self.values.get(role)
    }

    /// Its bytes; empty if there is none.
    pub fn of<'a>(&self, role: Role, data: &'a [u8]) -> &'a [u8] {
        self.get(role).map(|at| at.of(data)).unwrap_or_default()
    }

    /// Reads the block at the start of `span`; what it does not say stays as it was. Every message passes here, so only
    /// the headers that are wanted are taken apart.
    pub fn read(&mut self, data: &[u8], span: Span) {
        let mut lines = Lines::new(data, span);
        while let Some(line) = lines.whole().filter(|line| !line.is_empty()) {
            self.values.take(data, line);
        }
        self.body = lines.at();
    }

    /// A declared number.
    pub fn number(&self, role: Role, data: &[u8]) -> Option<u32> {
        self.get(role).and_then(|at| unsigned(at.of(data))).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// What makes this a part of a split message: its Message-ID and what it says about its place.
    pub fn part(&self, data: &[u8]) -> Option<(Span, Claim)> {
        let id = self.get(Role::MessageId)?;
        let total = self.number(Role::Chunks, data);
        match self.number(Role::Chunk, data) {
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
        let spaced = b"  Message-ID : {1}\r\nMessage-IDs: 4\r\nChunk : 5\r\n\r\nx";
        assert_eq!(head(spaced).part(spaced).unwrap().1, Claim { index: 5, total: None });
        let huge = b"Message-ID: {1}\r\nChunk: 99999999999\r\n\r\nx";
        assert_eq!(head(huge).part(huge).unwrap().1.index, u32::MAX);
    }
}
