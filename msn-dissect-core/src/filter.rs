// SPDX-License-Identifier: GPL-2.0-or-later
//! What a packet has in common with others, to be filtered on: all of its chat, all of its account.

use crate::{
    fields::{Field, command as f},
    session::{FrameId, Place, Session, connection::ConnId},
};

/// What packets have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Conversation {
    /// Both sides of a switchboard session, and its invitation.
    Chat = 0,
    /// All connections of an account.
    Account = 1,
}

/// Their names, in their order.
pub static CONVERSATIONS: &[&str] = &["MSN Chat", "MSN Account"];

impl Conversation {
    /// The conversation with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Conversation::Chat, Conversation::Account].into_iter().find(|one| *one as u8 == number)
    }

    /// The field and its value that the packets of this conversation share with a frame that was dissected; `None` when it
    /// has no such conversation.
    pub fn of_frame(self, session: &Session, frame: FrameId) -> Option<(Field, &str)> {
        let text_of = |(place, conn): (Place, ConnId)| match self {
            Conversation::Chat => {
                let chat = session.links.known(conn)?.chat?.1;
                Some((f::SESSION_ID, session.links.names.get(chat)))
            }
            Conversation::Account => {
                let [_, state] = session.connections.around(conn, place);
                Some((f::ACCOUNT, session.names.get(state.account)))
            }
        };
        session.records.of_frame(frame).filter_map(text_of).find(|(_, text)| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dissect, output::Dissection, packet::Packet};

    #[test]
    fn a_chat_and_its_account_are_found_again() {
        let (mut session, mut out) = (Session::default(), Dissection::default());
        let there = Packet::example();
        let back = Packet { source: there.destination, destination: there.source, number: 2, ..there };
        let last = Packet { number: 3, ..there };
        for (packet, line) in [
            (there, &b"USR 1 alice@example.com 17262740.1050826919.32308\r\nCAL 2 bob@example.com\r\n"[..]),
            (back, b"USR 1 OK alice@example.com Alice\r\nCAL 2 RINGING 17262740\r\n"),
            (last, b"OUT\r\n"),
        ] {
            out.reset(true);
            dissect::stream(&mut session, &packet, line, &mut out);
        }
        for frame in 1..=3 {
            assert_eq!(Conversation::Chat.of_frame(&session, FrameId::nth(frame)), Some((f::SESSION_ID, "17262740")));
            assert_eq!(
                Conversation::Account.of_frame(&session, FrameId::nth(frame)),
                Some((f::ACCOUNT, "alice@example.com"))
            );
        }
        assert_eq!(Conversation::Chat.of_frame(&session, FrameId::nth(4)), None);
    }

    #[test]
    fn every_conversation_has_its_name() {
        let all = (0..u8::MAX).map_while(Conversation::from_number);
        assert_eq!(all.count(), CONVERSATIONS.len());
    }
}
