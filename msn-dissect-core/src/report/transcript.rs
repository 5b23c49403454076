// SPDX-License-Identifier: GPL-2.0-or-later
//! Chats as text: a line for each message, and for who comes and goes.

use super::{
    record::{Delivered, Message, Record},
    story::Story,
};
use crate::event::Unit;

/// The transcript of a capture, in the order of time.
#[derive(Debug, Default)]
pub struct Transcript {
    story: Story,
    date: String,
}

impl Transcript {
    /// Takes a PDU; appends the lines that are known now.
    pub fn take(&mut self, unit: &Unit, out: &mut String) {
        let Transcript { story, date } = self;
        story.take(unit, &mut |record| push(out, date, record));
    }

    /// The capture has ended: appends the rest.
    pub fn finish(&mut self, out: &mut String) {
        let Transcript { story, date } = self;
        story.finish(&mut |record| push(out, date, record));
    }
}

/// Appends the lines of a record; a new day has a line of its own.
fn push(out: &mut String, date: &mut String, record: &Record) {
    let Some(line) = line(record) else { return };
    let Some(seen) = record.seen() else { return };
    let today = seen.time.date();
    if *date != today {
        let time = seen.time.to_string();
        let offset = time.get(time.len().saturating_sub(6)..).unwrap_or_default();
        out.push_str(&format!("--- {today} (UTC{offset}) ---\n"));
        *date = today;
    }
    out.push_str(&seen.time.clock());
    out.push(' ');
    out.push_str(&line);
    out.push('\n');
}

fn line(record: &Record) -> Option<String> {
    Some(match record {
        Record::Message(message) => said(message),
        Record::Join(one) => format!("* {} joins [{}]", plain(&one.account), plain(&one.chat)),
        Record::Leave(one) => format!("* {} leaves [{}]", plain(&one.account), plain(&one.chat)),
        Record::Fetched(one) => {
            format!("* {} fetches the offline message of frame {}", plain(&one.to), one.message_frame)
        }
        _ => return None,
    })
}

fn said(message: &Message) -> String {
    let from = if message.from.is_empty() { "somebody".into() } else { plain(&message.from) };
    let to = message.to.iter().map(|one| plain(one)).collect::<Vec<_>>().join(", ");
    let failed = if message.delivered == Delivered::No { " (not delivered)" } else { "" };
    let what = match message.kind {
        "text" => plain(&message.text),
        "action" => format!("* {}", plain(&message.text)),
        kind if message.text.is_empty() => format!("[{kind}]"),
        kind => format!("[{kind}] {}", plain(&message.text)),
    };
    if to.is_empty() { format!("{from}: {what}{failed}") } else { format!("{from} → {to}: {what}{failed}") }
}

/// Text that stays on its line and in its direction: further lines are indented, other control characters and those that
/// change the direction are written as their code.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for letter in text.trim_end_matches('\n').chars() {
        match letter {
            '\n' => out.push_str("\n         "),
            '\t' => out.push('\t'),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
                out.push_str(&format!("<U+{:04X}>", u32::from(letter)));
            }
            letter if letter.is_control() => out.push_str(&format!("<U+{:04X}>", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_on_their_lines() {
        assert_eq!(plain("one\r\ntwo\rthree\n"), "one\n         two\n         three");
        assert_eq!(plain("a\u{202e}b\u{1b}[2Jc"), "a<U+202E>b<U+001B>[2Jc");
    }
}
