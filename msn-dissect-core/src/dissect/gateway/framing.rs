// SPDX-License-Identifier: GPL-2.0-or-later
//! Where PDUs of a gateway body begin and end. In: bytes of a body, and whether they begin with a piece of a PDU. Out:
//! commands, and pieces of those that are cut between two bodies.

use crate::{
    command::line::MAX_LINE,
    dissect::{
        framer::{Framer, Step},
        framing::{Command, Context, TextFramer},
    },
    packet::Need,
    session::gateway::{Missing, Pending},
};

/// What stands in a body.
pub(super) enum Pdu<'a> {
    /// A command.
    Command(Command<'a>),
    /// The beginning of a command whose end comes in a later body, and what is missing.
    Begins(Need),
    /// A later piece of one.
    Continues(Piece),
}

/// A piece of a command that began in an earlier body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its bytes.
    pub len: usize,
    /// What is missing behind it; not known on later passes, which find it where it is kept.
    pub left: Left,
}

/// What is missing of a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing.
    #[default]
    Nothing,
    /// So many bytes.
    Bytes(usize),
    /// The end of its line.
    Line,
}

/// What framing relies on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BodyContext {
    /// The bytes begin with a piece.
    pub piece: Option<Piece>,
    /// What commands rely on.
    pub text: Context,
}

/// Finds commands and pieces of them.
#[derive(Debug, Default)]
pub(super) struct BodyFramer {
    text: TextFramer,
}

impl Framer for BodyFramer {
    type Context = BodyContext;
    type Pdu<'a> = Pdu<'a>;

    fn next<'a>(&'a mut self, bytes: &'a [u8], known: &BodyContext, more: bool) -> Step<Pdu<'a>> {
        if let Some(piece) = known.piece {
            return Step::Unit(Pdu::Continues(piece), piece.len.min(bytes.len()));
        }
        match self.text.next(bytes, &known.text, more) {
            Step::Unit(command, len) => Step::Unit(Pdu::Command(command), len),
            Step::Noise(len) => Step::Noise(len),
            Step::Partial(need) => Step::Unit(Pdu::Begins(need), bytes.len()),
        }
    }
}

/// The piece that a body begins with, going by what is missing of the command that was cut; nothing where what is missing
/// does not come in it. `more` says that a later body may bring more.
pub(super) fn piece(pending: &Pending, data: &[u8], text: Context, more: bool) -> Option<Piece> {
    match &pending.missing {
        Missing::Bytes(missing) if *missing > data.len() && !more => None,
        Missing::Bytes(missing) => {
            let len = data.len().min(*missing);
            let left = if *missing > len { Left::Bytes(*missing - len) } else { Left::Nothing };
            Some(Piece { len, left })
        }
        Missing::Line(begun) => {
            if memchr::memchr(b'\n', data).is_none() && begun.len() + data.len() <= MAX_LINE {
                return more.then_some(Piece { len: data.len(), left: Left::Line });
            }
            let joined = [begun, data].concat();
            let context = Context { skip: 0, reported: joined.len(), ..text };
            Some(match TextFramer::default().next(&joined, &context, more) {
                // No command after all: its bytes so far are shown as such, and the next command is looked for.
                Step::Unit(_, len) | Step::Noise(len) => {
                    Piece { len: len.saturating_sub(begun.len()).max(1), left: Left::Nothing }
                }
                Step::Partial(Need::Bytes(missing)) => Piece { len: data.len(), left: Left::Bytes(missing) },
                Step::Partial(_) => Piece { len: data.len(), left: Left::Nothing },
            })
        }
    }
}
