// SPDX-License-Identifier: GPL-2.0-or-later
//! The headers and fields that learning, the Info column and the choice of what a body is rely on: the tables of headers
//! give each its role, and the values are read by role.

use super::{
    header_tables::{COMMON, CONTENT, ROUTING},
    headers::{Known, Row},
};
use crate::{
    mime::{Line, Lines, headers::trim},
    wire::Span,
};

/// What a header or a field is for. Those of heads stand first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Role {
    /// Media type of the body.
    ContentType,
    /// Length of the body.
    ContentLength,
    /// Number of a message, the same in all its parts.
    MessageId,
    /// Place of a part.
    Chunk,
    /// How many parts there are.
    Chunks,
    /// Whom packets are for.
    PacketsTo,
    /// Who sends packets.
    PacketsFrom,
    /// Who types.
    Typing,
    /// Who records a voice clip.
    Recording,
    /// Receiver.
    To,
    /// Sender.
    From,
    /// What the body is.
    MessageType,
    /// The same, closer.
    MessageSubtype,
    /// Where packets begin.
    Offsets,
    /// What a publication is about.
    Uri,
    /// Mails not read in the inbox.
    Unread,
    /// Who sent a mail.
    MailFrom,
    /// What a mail is about.
    Subject,
    /// Folder that a mail is moved from.
    FolderFrom,
    /// Folder that a mail is moved to.
    FolderTo,
    /// Mail data.
    MailData,
    /// Command of an invitation.
    Command,
    /// Number of an invitation.
    Cookie,
    /// Name of the application that is invited to.
    Application,
    /// Its GUID.
    Guid,
    /// Name of a file.
    File,
    /// Size of a file.
    Size,
    /// Where the listener may be reached.
    Address,
    /// The same, in its own network.
    AddressInternal,
    /// The same, in base64.
    AddressEncoded,
    /// Port of the listener.
    Port,
    /// The same from outside, hidden.
    PortExternal,
    /// The same from inside, hidden.
    PortInternal,
    /// What the one who connects must present.
    AuthCookie,
    /// Whether the sender of a file connects.
    SenderConnects,
    /// Why an invitation is cancelled.
    CancelCode,
    /// Kind of a datacast.
    CastId,
    /// What a datacast carries.
    CastData,
    /// Type of a system message.
    SystemType,
    /// Its first argument.
    SystemArgument,
    /// Name of a client program.
    ClientName,
}

/// How many roles heads have.
const HEADS: usize = Role::Uri as usize + 1;

/// How many roles there are.
const ALL: usize = Role::ClientName as usize + 1;

/// Places of values by role. Those of heads are read for every message, so a place takes no more than it must.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<const N: usize>([(u32, u32); N]);

/// Of the headers of a message.
pub(super) type HeadValues = Values<HEADS>;

/// Of the fields of a body.
pub(super) type FieldValues = Values<ALL>;

impl<const N: usize> Default for Values<N> {
    fn default() -> Self {
        Values([(0, 0); N])
    }
}

impl<const N: usize> Values<N> {
    /// The value that has a role. (None begins with the first byte: there stands a name.)
    pub fn get(&self, role: Role) -> Option<Span> {
        let &(start, end) = self.0.get(role as usize).filter(|place| place.1 > 0)?;
        Some(Span::new(start as usize, end as usize))
    }

    fn set(&mut self, role: Role, value: Span) {
        if let Some(place) = self.0.get_mut(role as usize) {
            *place = (value.start as u32, value.end as u32);
        }
    }
}

impl FieldValues {
    /// Reads the fields in `span`; of several with one name the first counts.
    pub fn read(data: &[u8], span: Span, known: Known) -> Self {
        let mut values = FieldValues::default();
        for line in Lines::new(data, span) {
            let Line::Header(header) = line else { continue };
            let name = header.name.of(data);
            let mut rows = known.iter().flat_map(|rows| rows.iter());
            let row = rows.find(|row| row.name.as_bytes().eq_ignore_ascii_case(name));
            if let Some(role) = row.and_then(|row| row.role).filter(|&role| values.get(role).is_none()) {
                values.set(role, header.value);
            }
        }
        values
    }

    /// The bytes of a value; empty if there is none.
    pub fn of<'a>(&self, role: Role, data: &'a [u8]) -> &'a [u8] {
        self.get(role).map(|at| at.of(data)).unwrap_or_default()
    }
}

impl HeadValues {
    /// Takes the value of a header line, if it is one of these headers.
    #[inline]
    pub fn take(&mut self, data: &[u8], line: Span) {
        let bytes = line.of(data).trim_ascii_start();
        if let Some((role, colon)) = role_of(bytes) {
            self.set(role, trim(data, Span::new(line.end - bytes.len() + colon + 1, line.end)));
        }
    }
}

/// The headers of heads.
static NAMES: [(&str, Role); HEADS] = {
    let mut names = [("", Role::ContentType); HEADS];
    let tables: [&[Row]; 3] = [COMMON, ROUTING, CONTENT];
    let mut table = 0;
    while table < tables.len() {
        let mut at = 0;
        while at < tables[table].len() {
            let row = &tables[table][at];
            if let Some(role) = row.role {
                names[role as usize] = (row.name, role);
            }
            at += 1;
        }
        table += 1;
    }
    names
};

/// Which of them begin with this letter: every header of every message is looked up.
static BY_LETTER: [u16; 26] = {
    let mut masks = [0; 26];
    let mut at = 0;
    while at < HEADS {
        masks[(NAMES[at].0.as_bytes()[0] - b'A') as usize] |= 1 << at;
        at += 1;
    }
    masks
};

/// The role of a header line, and where its colon stands.
#[inline]
fn role_of(line: &[u8]) -> Option<(Role, usize)> {
    let letter = line.first()?.to_ascii_uppercase().wrapping_sub(b'A');
    let mut mask = BY_LETTER.get(usize::from(letter)).copied()?;
    while mask != 0 {
        let &(name, role) = NAMES.get(mask.trailing_zeros() as usize)?;
        // The byte behind the name decides nearly always.
        if let Some(colon) = colon_behind(line, name.len()).filter(|_| starts_with(line, name)) {
            return Some((role, colon));
        }
        mask &= mask - 1;
    }
    None
}

/// Where the colon stands behind a name of this length; blanks may stand between them.
#[inline]
fn colon_behind(line: &[u8], len: usize) -> Option<usize> {
    match line.get(len)? {
        b':' => Some(len),
        b' ' | b'\t' => {
            let blanks = line.get(len..)?.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            line.get(len + blanks).filter(|byte| **byte == b':').map(|_| len + blanks)
        }
        _ => None,
    }
}

#[cold]
fn is_named(head: &[u8], name: &str) -> bool {
    head.eq_ignore_ascii_case(name.as_bytes())
}

#[inline]
fn starts_with(line: &[u8], name: &str) -> bool {
    // Nearly all programs write names alike.
    line.starts_with(name.as_bytes()) || line.get(..name.len()).is_some_and(|head| is_named(head, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_of_heads_has_its_header() {
        for (at, (name, role)) in NAMES.iter().enumerate() {
            assert_eq!(*role as usize, at, "{name}");
            let line = format!("{} \t: x", name.to_ascii_lowercase());
            assert_eq!(role_of(line.as_bytes()), Some((*role, name.len() + 2)));
        }
        for line in ["Message-IDs: 1", "Message-ID", "Message-ID;", "", "1: 2", "é: 1"] {
            assert_eq!(role_of(line.as_bytes()), None, "{line}");
        }
    }
}
