// SPDX-License-Identifier: GPL-2.0-or-later
//! What dissectors are compared with: conversations of short messages, told by tables.

mod mail;
mod messages;
mod msn;
mod talk;

pub(super) use mail::{IMAP, SMTP};
pub(super) use messages::{HTTP, SIP};
pub(super) use msn::{CHAT, PRESENCE};
pub(super) use talk::{IRC, XMPP};

use super::{SENTENCES, Talk, notification::display_picture};
use rand::RngExt;

/// One command, reply, message or stanza, as its sender writes it.
///
/// `$me` and `$friend` are user names, `$text` is a sentence, `$id` a random number in hexadecimal, `$n` the number of the
/// exchange on its connection, `$object` the MSN object of the friend's picture, `$length` the number of bytes behind the
/// first empty line, and `$payload` that behind the first line.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Client(&'static str),
    Server(&'static str),
}

/// What is said together, and how often of all weights.
type Exchange = (u32, &'static [Turn]);

/// How the connections of a protocol go.
#[derive(Debug)]
pub(super) struct Script {
    opening: &'static [Turn],
    exchanges: &'static [Exchange],
    closing: &'static [Turn],
}

impl Script {
    /// Tells a whole connection; every turn is a unit.
    pub(super) fn tell(&self, talk: &mut Talk) {
        let exchange = |talk: &mut Talk, turns: &[Turn]| {
            talk.next();
            let words = Words::new(talk);
            for turn in turns {
                talk.units += 1;
                match turn {
                    Turn::Client(text) => talk.client(words.fill(text)),
                    Turn::Server(text) => talk.server(words.fill(text)),
                }
            }
        };
        exchange(talk, self.opening);
        let all = self.exchanges.iter().map(|(weight, _)| weight).sum();
        while talk.busy() {
            talk.pause();
            let mut at = talk.random.random_range(0..all);
            for (weight, turns) in self.exchanges {
                if at < *weight {
                    exchange(talk, turns);
                    break;
                }
                at -= weight;
            }
        }
        exchange(talk, self.closing);
        talk.fin();
    }
}

/// What the placeholders of an exchange stand for.
struct Words {
    me: String,
    friend: String,
    text: &'static str,
    id: u32,
    n: u32,
}

impl Words {
    fn new(talk: &mut Talk) -> Words {
        let user = |email: String| email.trim_end_matches("@example.com").to_owned();
        let (me, friend) = (user(talk.me.email.clone()), user(talk.friend().email));
        let text = SENTENCES[talk.random.random_range(0..SENTENCES.len())];
        Words { me, friend, text, id: talk.random.random(), n: talk.trid }
    }

    fn fill(&self, template: &str) -> String {
        let mut out = template
            .replace("$me", &self.me)
            .replace("$friend", &self.friend)
            .replace("$text", self.text)
            .replace("$id", &format!("{:08x}", self.id))
            .replace("$n", &self.n.to_string());
        if out.contains("$object") {
            out = out.replace("$object", &display_picture(&format!("{}@example.com", self.friend)));
        }
        for (placeholder, end) in [("$length", "\r\n\r\n"), ("$payload", "\r\n")] {
            if let Some((_, body)) = out.split_once(end) {
                out = out.replace(placeholder, &body.len().to_string());
            }
        }
        debug_assert!(!out.contains('$'), "{out:?} has a placeholder that nothing fills");
        out
    }
}
