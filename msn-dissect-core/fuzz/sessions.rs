// SPDX-License-Identifier: GPL-2.0-or-later
//! Fuzz targets about what ties connections together: bodies of gateway sessions over several TCP connections, the state
//! of several connections, and the arithmetic of challenges and logins.

use msn_dissect_core::{
    output::Dissection,
    packet::{Need, Packet},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use msn_dissect_core::{
    crypto::{challenge, login},
    dissect::{
        Channel,
        gateway::{Carrier, body},
    },
    gateway::Head,
    session::{
        Session,
        challenge::{Pending, Scheme, Status},
        gateway::Gateway,
    },
    values::products,
};

use super::{check, run, same};

/// An HTTP message of the gateway.
struct Message {
    packet: Packet,
    head: Vec<u8>,
    body: Vec<u8>,
    encoded: bool,
}

/// Dissects a message as the shim does; what its steps show.
fn steps(session: &mut Session, message: &Message, first_pass: bool) -> Vec<Dissection> {
    let mut packet = Packet { first_pass, ..message.packet };
    let mut shown = Vec::new();
    let mut at = 0;
    loop {
        let mut out = Dissection::default();
        out.reset(true);
        let data = &message.body[at..];
        let beyond = message.packet.reported_len - message.body.len();
        packet.reported_len = data.len() + beyond;
        let head = if message.encoded { Head::within(&message.head) } else { Head::before(&message.head) };
        body(session, &packet, &Carrier { head, continued: at > 0 }, data, &mut out);
        check(&out.tree, data.len());
        assert!(out.need == Need::Nothing, "a body is all there is");
        assert!(out.consumed <= data.len() && (out.consumed > 0 || data.is_empty()), "a step gets on");
        assert!(!first_pass || Gateway::number(out.connection).is_some());
        packet.connection = out.connection;
        packet.unit += out.units;
        at += out.consumed;
        shown.push(out);
        if at >= message.body.len() {
            return shown;
        }
    }
}

fn head(mode: u8, which: u8, len: usize) -> Vec<u8> {
    let id = match which % 6 {
        0 => String::new(),
        session @ (1 | 2) => format!("e7c9f0{session}-1"),
        session => format!("{session}.{}", which / 6),
    };
    let mut out = if mode & 1 == 0 {
        let query = match (id.as_str(), mode & 8) {
            ("", 0) => "Action=open&Server=NS&IP=messenger.example.com".to_owned(),
            ("", _) => "Action=open&Server=SB&IP=192.0.2.20".to_owned(),
            (id, 0) => format!("SessionID={id}"),
            (id, _) => format!("Action=poll&Lifespan=60&SessionID={id}"),
        };
        format!("POST /gateway/gateway.dll?{query} HTTP/1.1\r\n")
    } else {
        let status = if mode & 64 == 0 { "200 OK" } else { "400 Bad Request" };
        let close = if mode & 8 == 0 { "" } else { "; Session=close" };
        let told = if id.is_empty() {
            String::new()
        } else {
            format!("X-MSN-Messenger: SessionID={id}; GW-IP=192.0.2.9{close}\r\n")
        };
        format!("HTTP/1.1 {status}\r\n{told}")
    };
    if mode & 16 != 0 {
        out += "Transfer-Encoding: chunked\r\n";
    } else {
        out += &format!("Content-Length: {len}\r\n");
    }
    (out + "\r\n").into_bytes()
}

/// HTTP messages of gateway sessions over four TCP connections. Three bytes say how each looks: a mode (direction,
/// connection, close or poll, chunks, cut by the capture, refused), a session, and how many bytes of body follow.
/// Units are put together as the consumer does it. Later passes, in the opposite order, must show what the first showed.
pub fn gateway(data: &[u8]) {
    let mut session = Session::default();
    let mut told: Vec<(Message, Vec<Dissection>)> = Vec::new();
    let mut rest = data;
    while let [mode, which, len, after @ ..] = rest {
        let (body, after) = after.split_at(after.len().min(usize::from(*len)));
        rest = after;
        let missing = if mode & 32 == 0 { 0 } else { 7 };
        let mut packet = Packet {
            number: told.len() as u32 + 1,
            connection: u64::from(mode >> 1 & 3) + 1,
            reported_len: body.len() + missing,
            time: told.len() as u64 * 1_000_000,
            ..Packet::example()
        };
        packet.source.port += u16::from(mode >> 1 & 3);
        packet.destination.port = 80;
        if mode & 1 != 0 {
            std::mem::swap(&mut packet.source, &mut packet.destination);
        }
        let head = if mode & 128 == 0 { head(*mode, *which, body.len() + missing) } else { Vec::new() };
        let message = Message { packet, head, body: body.to_vec(), encoded: mode & 16 != 0 };
        let shown = steps(&mut session, &message, true);
        told.push((message, shown));
    }
    for (message, first) in told.iter().rev() {
        let message = Message {
            packet: Packet { connection: 0, ..message.packet },
            head: message.head.clone(),
            body: message.body.clone(),
            ..*message
        };
        let [later, again] = [(); 2].map(|()| steps(&mut session, &message, false));
        assert!(first.len() == later.len() && later.len() == again.len());
        for ((first, later), again) in first.iter().zip(&later).zip(&again) {
            same(&first.tree, &later.tree, false);
            same(&later.tree, &again.tree, true);
        }
    }
}

/// What is said on connections that have to do with each other. `@`, `#`, `$` and `%` stand for an account, a TrID, a
/// cookie and a session number of a few.
const LINES: [&str; 46] = [
    "VER # MSNP8 CVR0",
    "VER # MSNP12 MSNP11",
    "VER # MSNP18",
    "VER # 0",
    "CVR # 0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS @",
    "INF #",
    "USR # MD5 I @",
    "USR # MD5 S 1013928519.693957190",
    "USR # MD5 S 0dc38e0c96e5ef37eb9451a0b2d5aaf9",
    "USR # TWN I @",
    "USR # TWN S lc=1033,ct=1062764229",
    "USR # TWN S t=1&p=2",
    "USR # SSO S MBI_KEY_OLD AAAA",
    "USR # SSO S t=1&p= HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAAA",
    "USR # OK @ Alice 1 0",
    "XFR # NS 192.0.2.10:1863 0 192.0.2.1:1863",
    "XFR # NS 192.0.2.10:1863 U D",
    "XFR # SB",
    "XFR # SB 192.0.2.20:1863 CKI $",
    "RNG % 192.0.2.20:1863 CKI $ @ Name",
    "USR # @ $",
    "USR # @;{44bfd5a4-7450-4bba-ba6e-2a3d5f3c8e21} $",
    "ANS # @ $ %",
    "ANS # OK",
    "CAL # @",
    "CAL # RINGING %",
    "IRO # 1 1 @ Name",
    "JOI @ Name",
    "BYE @",
    "MSG # A 0",
    "MSG # N 0",
    "MSG # U 0",
    "MSG @ Name 0",
    "ACK #",
    "NAK #",
    "SYN # 0 0",
    "SYN # 1 2 1 1",
    "LST N=@ F=Name 11",
    "CHG # NLN",
    "ILN # NLN @ Name",
    "CHL 0 22210219642164014968",
    "QRY # PROD0090YUAUV{2B 32",
    "PNG",
    "QNG 41",
    "911 #",
    "OUT OTH",
];

/// What `@`, `#`, `$` or `%` stands for.
fn filled(line: &str, pick: u8) -> String {
    let pick = usize::from(pick);
    line.replace('@', ["alice@example.com", "bob@example.com", "carol@example.com", "x@example.com"][pick & 3])
        .replace('#', ["1", "2", "3", "0"][pick >> 2 & 3])
        .replace('$', ["1.2.3", "11.2.3", "9.9", "11"][pick >> 4 & 3])
        .replace('%', ["1", "11", "9", "0"][pick >> 6 & 3])
}

/// Lines on eight connections. Three bytes for each: direction and connection, which line (beyond the table: so many raw
/// bytes follow), and what stands for its placeholders. Later passes in any order must show what the first showed, but
/// for links to what came later.
pub fn links(data: &[u8]) {
    let mut session = Session::default();
    session.secrets.keep("alice@example.com", "secret", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX");
    let mut said = Vec::new();
    let mut rest = data;
    while let [mode, which, pick, after @ ..] = rest {
        let (bytes, after) = match LINES.get(usize::from(*which)) {
            Some(line) => ((filled(line, *pick) + "\r\n").into_bytes(), after),
            None => {
                let (raw, after) = after.split_at(after.len().min(usize::from(*pick)));
                (raw.to_vec(), after)
            }
        };
        rest = after;
        let connection = mode >> 1 & 7;
        let mut packet = Packet {
            number: said.len() as u32 + 1,
            connection: u64::from(connection),
            can_desegment: false,
            time: said.len() as u64 * 1_000_000,
            reported_len: bytes.len(),
            ..Packet::example()
        };
        packet.source.port += u16::from(connection);
        if mode & 1 != 0 {
            std::mem::swap(&mut packet.source, &mut packet.destination);
        }
        let first = run(Channel::Server, &mut session, &packet, &bytes, true);
        said.push((Packet { first_pass: false, ..packet }, bytes, first));
    }
    let mut all = Vec::new();
    for (packet, bytes, first) in said.iter().rev() {
        let later = run(Channel::Server, &mut session, packet, bytes, true);
        same(&later.tree, &first.tree, false);
        all.push(later);
    }
    for ((packet, bytes, _), later) in said.iter().zip(all.iter().rev()) {
        same(&run(Channel::Server, &mut session, packet, bytes, true).tree, &later.tree, true);
    }
}

/// Three texts, the first two behind a byte that says their length: challenge or nonce, product or secret, and what is
/// offered as the answer. Whatever they are, the right answer proves itself and no other does.
pub fn crypto(data: &[u8]) {
    let mut rest = data;
    let [text, key] = [(); 2].map(|()| {
        let Some((&len, after)) = rest.split_first() else { return &rest[..0] };
        let (part, after) = after.split_at(after.len().min(usize::from(len)));
        rest = after;
        part
    });
    let answers = [challenge::old(text, key), challenge::new(text, key, key), login::md5(text, key)];
    for answer in &answers {
        assert!(answer.len() == 32 && answer.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
    }
    assert!(login::md5_proves(answers[2].to_ascii_uppercase().as_bytes(), text, key));
    assert_eq!(login::md5_proves(rest, text, key), rest.eq_ignore_ascii_case(answers[2].as_bytes()));

    let asked = Pending::new((msn_dissect_core::session::FrameId::nth(1), 0, 0), 0, text);
    if products::find(key).is_none_or(|product| product.key.is_none()) {
        assert_eq!(asked.verify_client(key, rest), Status::Unverified);
    }
    for scheme in [b"MD5".as_slice(), b"SSO", b"TWN"].into_iter().filter_map(Scheme::of) {
        assert_eq!(asked.verify_login(scheme, rest, None), Status::Unverified);
    }

    // A blob with the right hash over a cipher text that is not the nonce's is no proof.
    let mut blob: Vec<u8> = [28u32, 1, 0x6603, 0x8004, 8, 20, 72].iter().flat_map(|word| word.to_le_bytes()).collect();
    blob.extend([0; 8]);
    blob.extend(login::sso_hash(key, text));
    blob.extend_from_slice(rest);
    let proof = login::sso_proves(STANDARD.encode(&blob).as_bytes(), text, key);
    assert!(proof != Some(true) || rest.len() == text.len() + 8);
    blob[40] ^= 1;
    assert_eq!(login::sso_proves(STANDARD.encode(&blob).as_bytes(), text, key), Some(false));
    let _ = login::sso_proves(rest, text, key);
}
