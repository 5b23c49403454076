// SPDX-License-Identifier: GPL-2.0-or-later
//! Which dissectors are compared, on which traffic, and what is to be reached.

/// A dissector with traffic of its own.
#[derive(Debug)]
pub struct Subject {
    /// Kind of traffic, as the program that generates it calls it.
    pub shape: &'static str,
    /// The dissector, as Decode As and display filters call it.
    pub dissector: &'static str,
    /// What `-T fields` prints.
    pub fields: [&'static str; 2],
}

/// The order is that of the report; those of this plugin come first.
pub const SUBJECTS: [Subject; 8] = [
    Subject { shape: "chat", dissector: OURS, fields: ["msn.command", "msn.trid"] },
    Subject { shape: "presence", dissector: OURS, fields: ["msn.command", "msn.trid"] },
    Subject { shape: "irc", dissector: "irc", fields: ["irc.request.command", "irc.response.command"] },
    Subject { shape: "smtp", dissector: "smtp", fields: ["smtp.req.command", "smtp.response.code"] },
    Subject { shape: "imap", dissector: "imap", fields: ["imap.request.command", "imap.response.status"] },
    Subject { shape: "http", dissector: "http", fields: ["http.request.method", "http.response.code"] },
    Subject { shape: "sip", dissector: "sip", fields: ["sip.Method", "sip.Status-Code"] },
    Subject { shape: "xmpp", dissector: "xmpp", fields: ["xmpp.id", "xmpp.type"] },
];

/// This plugin's protocol.
pub const OURS: &str = "msn";

/// A number that is to be reached, for this plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Instructions in a way of reading: for each unit in a summary, else for each line shown.
    Instructions(&'static str),
    /// Misses of the instruction cache within the plugin, for each frame that it decodes, in a summary.
    CodeMisses,
    /// Megabytes above msnms for [`MEMORY_PACKETS`] packets.
    Memory,
    /// Bytes above msnms for each peer-to-peer packet of many small ones.
    SmallPackets,
}

/// The goals: largest numbers.
const GOALS: [(Figure, f64); 6] = [
    (Figure::Instructions("summary"), 4000.0),
    (Figure::Instructions("tree"), 2500.0),
    (Figure::Instructions("fields"), 1800.0),
    (Figure::CodeMisses, 200.0),
    (Figure::Memory, 15.0),
    (Figure::SmallPackets, 100.0),
];

/// Packets of the capture whose memory is measured.
pub const MEMORY_PACKETS: u32 = 100_000;

impl Figure {
    /// The largest number that reaches the goal.
    pub fn goal(self) -> Option<f64> {
        GOALS.iter().find(|(figure, _)| *figure == self).map(|(_, most)| *most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_found() {
        assert_eq!(Figure::Instructions("tree").goal(), Some(2500.0));
        assert_eq!(Figure::Instructions("two-pass").goal(), None);
        assert_eq!(Figure::SmallPackets.goal(), Some(100.0));
    }

    #[test]
    fn fields_are_those_of_their_dissector() {
        for subject in &SUBJECTS {
            assert!(subject.fields.iter().all(|field| field.starts_with(subject.dissector)), "{subject:?}");
        }
    }
}
