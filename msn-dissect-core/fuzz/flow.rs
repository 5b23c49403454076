// SPDX-License-Identifier: GPL-2.0-or-later
//! Segments that repeat bytes, leave holes and fill them: what the fuzzer runs, and what replays its corpus.

use msn_dissect_core::{
    dissect::Channel,
    output::Dissection,
    packet::{Arrival, Need, Packet},
    session::Session,
};

/// First byte: the channel. Then segments: a byte with sender, arrival and place, a byte with the length, the bytes. A
/// later pass must cut every segment as the first did.
pub fn flow(data: &[u8]) {
    let Some((&channel, mut rest)) = data.split_first() else { return };
    let channel = [Channel::Server, Channel::Direct, Channel::FileTransfer][usize::from(channel % 3)];
    let mut session = Session::default();
    let mut next = [u32::MAX - 500, 1];
    let mut packet = Packet { number: 0, ..Packet::example() };
    let ends = [(packet.source, packet.destination), (packet.destination, packet.source)];
    while let [mode, len, after @ ..] = rest {
        let (segment, after) = after.split_at(after.len().min(usize::from(*len)));
        rest = after;
        packet.number += 1;
        let end = usize::from(mode & 1);
        let start = match (mode >> 4) & 7 {
            5 => next[end].wrapping_add(40),
            6 => next[end].wrapping_sub(60),
            7 => next[end].wrapping_sub(u32::from(*len)),
            _ => next[end],
        };
        let stop = start.wrapping_add(segment.len() as u32);
        if stop.wrapping_sub(next[end]) as i32 > 0 {
            next[end] = stop;
        }
        (packet.source, packet.destination) = ends[end];
        packet.sequence = Some(start);
        packet.can_desegment = mode & 2 != 0;
        packet.arrival =
            [Arrival::Segment, Arrival::Segment, Arrival::Reassembled, Arrival::Ordered][usize::from((mode >> 2) & 3)];
        packet.reported_len = segment.len();
        let [first, later] = [true, false].map(|first_pass| {
            let mut out = Dissection::default();
            out.reset(true);
            channel.dissect(&mut session, &Packet { first_pass, ..packet }, segment, &mut out);
            assert!(out.consumed <= segment.len());
            assert!(out.need == Need::Nothing || packet.can_desegment);
            out
        });
        assert_eq!((first.consumed, first.need, first.units), (later.consumed, later.need, later.units));
    }
}
