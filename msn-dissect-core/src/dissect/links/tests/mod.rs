// SPDX-License-Identifier: GPL-2.0-or-later
//! Conversations: what each line shows on the first pass, and on later ones.

use crate::{
    output::Dissection,
    packet::{Arrival, Endpoint, Packet},
};
mod connections;
mod contacts;
mod pairs;
mod remarks;

use crate::{
    command::Dir,
    dissect::stream,
    fields::{Expert, Field, command as f, expert, link as x},
    item::Kind,
    session::{Session, challenge::Status},
};
use proptest::prelude::*;

/// A packet that was said.
#[derive(Clone)]
struct Said {
    packet: Packet,
    bytes: Vec<u8>,
}

/// A capture in the making, one packet for each call.
#[derive(Default)]
struct Talk {
    session: Session,
    said: Vec<Said>,
    time: u64,
}

use Dir::{ToClient, ToServer};

impl Talk {
    /// Says lines (separated by `|`, each ends in CRLF) on a connection; what the first pass shows.
    fn say(&mut self, connection: u64, dir: Dir, lines: &str) -> Dissection {
        let bytes = lines.split('|').flat_map(|line| [line, "\r\n"]).collect::<String>();
        self.bytes(connection, dir, bytes.as_bytes())
    }

    fn bytes(&mut self, connection: u64, dir: Dir, bytes: &[u8]) -> Dissection {
        let said = self.placed(connection, dir, bytes);
        let out = dissect(&mut self.session, &said, true);
        self.said.push(said);
        out
    }

    /// The next packet, not said yet.
    fn placed(&mut self, connection: u64, dir: Dir, bytes: &[u8]) -> Said {
        self.time += 1_000_000;
        let [client, server] = [40000 + connection as u16, 1863].map(|port| Endpoint::new([0; 4].into(), port));
        let (source, destination) = if dir == ToServer { (client, server) } else { (server, client) };
        let frame = self.said.len() as u32 + 1;
        let packet = Packet { number: frame, connection, source, destination, time: self.time, ..Packet::example() };
        Said { packet, bytes: bytes.to_vec() }
    }

    fn client(&mut self, line: &str) -> Dissection {
        self.say(1, ToServer, line)
    }

    fn server(&mut self, line: &str) -> Dissection {
        self.say(1, ToClient, line)
    }

    /// What a later pass shows of a frame.
    fn again(&mut self, frame: u32) -> Dissection {
        let said = self.said[frame as usize - 1].clone();
        dissect(&mut self.session, &said, false)
    }

    fn last(&self) -> u32 {
        self.said.len() as u32
    }

    /// Signs an account in, in the given version.
    fn sign_in(&mut self, connection: u64, version: u8, account: &str) {
        self.say(connection, ToServer, &format!("VER 1 MSNP{version}"));
        self.say(connection, ToClient, &format!("VER 1 MSNP{version}"));
        self.say(connection, ToServer, &format!("USR 2 TWN I {account}"));
        self.say(connection, ToClient, &format!("USR 2 OK {account} 1 0"));
    }
}

fn dissect(session: &mut Session, said: &Said, first_pass: bool) -> Dissection {
    let mut out = Dissection::default();
    out.reset(true);
    stream(session, &Packet { first_pass, ..said.packet }, &said.bytes, &mut out);
    assert_eq!(out.consumed, said.bytes.len());
    out
}

fn numbers(out: &Dissection, field: Field) -> Vec<u64> {
    let leaf = |item: &&crate::item::Item| item.kind == Kind::Leaf as u8 && item.id == field.0;
    out.tree.items().iter().filter(leaf).map(|item| item.number).collect()
}

fn texts(out: &Dissection, field: Field) -> Vec<String> {
    let leaf = |item: &&crate::item::Item| item.kind == Kind::Leaf as u8 && item.id == field.0;
    let text = |item| out.tree.item_text(item).unwrap_or_default().to_owned();
    out.tree.items().iter().filter(leaf).map(text).collect()
}

fn expert_texts(out: &Dissection, expert: Expert) -> Vec<String> {
    let ours = |item: &&crate::item::Item| item.kind == Kind::Expert as u8 && item.id == expert.0;
    let text = |item| out.tree.item_text(item).unwrap_or_default().to_owned();
    out.tree.items().iter().filter(ours).map(text).collect()
}

/// What an item is, without what only later passes know.
fn shown(out: &Dissection) -> Vec<String> {
    let later: Vec<u16> = [
        x::RESPONSE_IN,
        x::OPENED_IN,
        x::OTHER_SIDE,
        x::LATER_CONNECTION,
        x::AUTH_RESPONSE_IN,
        x::RESPONSE_COUNT,
        x::LOGIN_STEP_IN,
    ]
    .iter()
    .map(|field| field.0)
    .collect();
    let items = out.tree.items().iter().filter(|item| {
        let link = item.kind == Kind::Leaf as u8 && later.contains(&item.id);
        let remark = item.kind == Kind::Expert as u8 && (item.id == x::NO_ANSWER.0 || item.id == x::LOGIN_GIVEN_UP.0);
        !link && !remark
    });
    items
        .map(|item| {
            format!(
                "{} {} {} {}+{} {} {:?} {:?}",
                item.kind,
                item.id,
                item.number,
                item.start,
                item.len,
                item.flags,
                out.tree.item_bytes(item),
                out.tree.item_note(item)
            )
        })
        .collect()
}

const LINES: &[(u64, bool, &str)] = &[
    (1, true, "VER 1 MSNP12 MSNP11"),
    (1, false, "VER 1 MSNP12"),
    (1, true, "USR 2 TWN I alice@example.com"),
    (1, false, "USR 2 TWN S lc=1033"),
    (1, true, "USR 3 TWN S t=1&p=2"),
    (1, false, "USR 3 OK alice@example.com 1 0"),
    (1, true, "SYN 4 0 0"),
    (1, false, "SYN 4 2005-01-01 2005-01-01 1 1"),
    (1, false, "LSG Friends 6bd736b8-dc18-44c6-ad61-8cd12d641e79"),
    (1, false, "LST N=bob@example.com F=Bob 10 1"),
    (1, false, "LST N=bob@example.com C=f60efbe7-94af-4b16-b926-e4e10878d329 11 1"),
    (1, false, "ADC 0 FL N=carol@example.com C=f60efbe7-94af-4b16-b926-e4e10878d329"),
    (1, true, "REM 7 FL f60efbe7-94af-4b16-b926-e4e10878d329"),
    (1, false, "216 7"),
    (1, true, "CHG 5 NLN 0"),
    (1, false, "CHG 5 NLN 0"),
    (1, false, "ILN 5 NLN bob@example.com Bob 0 0"),
    (1, true, "XFR 6 SB"),
    (1, false, "XFR 6 SB 192.0.2.20:1863 CKI 1.2.3"),
    (1, false, "CHL 0 22210219642164014968"),
    (1, true, "PNG"),
    (1, false, "QNG 40"),
    (1, false, "CHG 5 AWY 0"),
    (1, false, "RNG 1 192.0.2.20:1863 CKI 9.9 bob@example.com Bob"),
    (2, true, "USR 1 alice@example.com 1.2.3"),
    (2, false, "USR 1 OK alice@example.com Alice"),
    (2, true, "CAL 2 bob@example.com"),
    (2, false, "CAL 2 RINGING 1"),
    (2, false, "JOI bob@example.com Bob"),
    (2, false, "BYE bob@example.com"),
    (2, true, "MSG 3 A 0"),
    (2, false, "ACK 3"),
    (2, false, "NAK 4"),
    (2, true, "MSG 4 N 0"),
    (3, true, "ANS 1 bob@example.com 9.9 1"),
    (3, false, "IRO 1 1 1 alice@example.com Alice"),
    (3, false, "ANS 1 OK"),
    (3, true, "MSG 2 D 0"),
    (4, true, "VER 1 MSNP8"),
    (4, true, "USR 2 TWN I alice@example.com"),
    (4, false, "911 2"),
    (1, false, "OUT OTH"),
    (1, true, "CHG 5 BSY 0"),
    (1, false, "XYZ 1 2 3"),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    /// Whatever is said, and in whatever order frames are visited later, they show what the first pass showed.
    #[test]
    fn any_order_of_visits_shows_the_same(picks in proptest::collection::vec(0..LINES.len(), 1..120), visits in proptest::collection::vec(any::<prop::sample::Index>(), 1..60)) {
        let mut talk = Talk::default();
        let firsts: Vec<_> = picks.iter().map(|&pick| {
            let (connection, up, line) = LINES[pick];
            talk.say(connection, if up { ToServer } else { ToClient }, line)
        }).collect();
        let seconds: Vec<_> = (1..=talk.last()).map(|frame| talk.again(frame)).collect();
        for (first, second) in firsts.iter().zip(&seconds) {
            prop_assert_eq!(shown(first), shown(second));
        }
        for visit in visits {
            let at = visit.index(firsts.len());
            let again = talk.again(at as u32 + 1);
            prop_assert_eq!(again.tree.items().len(), seconds[at].tree.items().len());
            prop_assert_eq!(shown(&again), shown(&seconds[at]));
        }
        // Every link back has its link forward.
        for (at, second) in seconds.iter().enumerate() {
            for request in numbers(second, x::RESPONSE_TO) {
                prop_assert!(numbers(&seconds[request as usize - 1], x::RESPONSE_IN).contains(&(at as u64 + 1)));
            }
            for announced in numbers(second, x::ANNOUNCED_IN) {
                prop_assert!(!numbers(&seconds[announced as usize - 1], x::OPENED_IN).is_empty());
            }
        }
    }
}
