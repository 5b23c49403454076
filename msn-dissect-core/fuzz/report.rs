// SPDX-License-Identifier: GPL-2.0-or-later
//! What is told of any bytes: its lines stay lines, and nothing in them moves anything.

use msn_dissect_core::{
    dissect, event::Wanted, output::Dissection, packet::Packet, report::transcript::Transcript, session::Session, tell,
};

/// The transcript of a stream. Each line begins with its time or day, or is indented; control characters and those that
/// change the direction are written as their code.
pub fn report(data: &[u8]) {
    let (mut session, mut out, mut made) = (Session::default(), Dissection::default(), Transcript::default());
    let packet = Packet { want_units: true, can_desegment: false, reported_len: data.len(), ..Packet::example() };
    out.reset(true);
    dissect::stream(&mut session, &packet, data, &mut out);
    let mut text = String::new();
    for unit in tell::units(&session, &packet, data, &out, Wanted { facts: true, details: true }) {
        assert!(unit.details.len() <= out.tree.items().len(), "details come from items");
        made.take(&unit, &mut text);
    }
    made.finish(&mut text);
    for line in text.lines() {
        let is_time = |line: &str| line.len() > 8 && line.get(2..3) == Some(":") && line.get(5..6) == Some(":");
        assert!(line.starts_with("--- ") || line.starts_with("         ") || is_time(line), "{line:?}");
        let odd = |c: char| c.is_control() && c != '\t' || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!line.chars().any(odd), "{line:?}");
    }
}
