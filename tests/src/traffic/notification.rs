// SPDX-License-Identifier: GPL-2.0-or-later
//! Notification server connections: login, contact list, presence.

use super::{Person, Talk, with_payload};
use base64::{Engine, engine::general_purpose::STANDARD};
use rand::RngExt;
use sha1::{Digest, Sha1};

const CAPABILITIES: u32 = 2_788_999_228;
const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v";
const PROFILE: &str = "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsprofile; charset=UTF-8\r\nLoginTime: 1060000000\r\n\
    EmailEnabled: 1\r\nMemberIdHigh: 84736\r\nMemberIdLow: -1434729391\r\nlang_preference: 1033\r\npreferredEmail: \
    \r\ncountry: US\r\nPostalCode: 98052\r\nGender: M\r\nKid: 0\r\nAge: 22\r\nBDayPre: 2\r\nBirthday: 0\r\nWallet: 0\r\n\
    Flags: 1027\r\nsid: 507\r\nkv: 4\r\nMSPAuth: 4AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA$$\r\n\r\n";

pub(super) fn session(talk: &mut Talk) {
    login(talk);
    contacts(talk);
    presence(talk);
    while talk.busy() {
        talk.pause();
        match talk.random.random_range(0..20) {
            0..=8 => coming_and_going(talk),
            9..=12 => personal_message(talk),
            13..=15 => {
                talk.client("PNG\r\n");
                talk.server("QNG 47\r\n");
            }
            16 => change_status(talk),
            17 => ask_switchboard(talk),
            _ => invited(talk),
        }
    }
    talk.close();
}

fn login(talk: &mut Talk) {
    let version = talk.version;
    let email = talk.me.email.clone();
    let n = talk.next();
    talk.client(format!("VER {n} MSNP{version} MSNP{} CVR0\r\n", version - 1));
    talk.server(format!("VER {n} MSNP{version} CVR0\r\n"));
    let n = talk.next();
    talk.client(format!("CVR {n} 0x0409 winnt 5.1 i386 MSNMSGR 8.5.1302 msmsgs {email}\r\n"));
    talk.server(format!(
        "CVR {n} 14.0.8117 14.0.8117 8.1.0178 http://download.example.com/setup.exe http://www.example.com\r\n"
    ));
    let scheme = if version >= 15 { "SSO" } else { "TWN" };
    let n = talk.next();
    talk.client(format!("USR {n} {scheme} I {email}\r\n"));
    let ticket: String = (0..200).map(|_| char::from(talk.random.random_range(b'a'..=b'z'))).collect();
    if version >= 15 {
        talk.server(format!("USR {n} SSO S MBI_KEY_OLD {NONCE}\r\n"));
        let n = talk.next();
        let blob = STANDARD.encode(login_blob(talk));
        talk.client(format!("USR {n} SSO S t={ticket}&p= {blob}\r\n"));
        talk.server(format!("USR {n} OK {email} 1 0\r\n"));
    } else {
        talk.server(format!("USR {n} TWN S lc=1033,id=507,tw=40,ct=1062764229,kpp=1,kv=5,ver=2.1.0173.1,tpf=0a1b\r\n"));
        let n = talk.next();
        talk.client(format!("USR {n} TWN S t={ticket}&p={}\r\n", &ticket[..80]));
        let name = if version < 10 { format!(" {}", talk.me.name) } else { String::new() };
        talk.server(format!("USR {n} OK {email}{name} 1 0\r\n"));
    }
    if version >= 11 {
        talk.server("SBS 0 null\r\n");
    }
    talk.server(with_payload("MSG Hotmail Hotmail {}", PROFILE.as_bytes()));
}

/// The answer to a login challenge: sizes, then an initial vector, a hash and a cipher text that look random.
fn login_blob(talk: &mut Talk) -> Vec<u8> {
    let sizes: [u32; 7] = [28, 1, 0x6603, 0x8004, 8, 20, 72];
    let mut blob: Vec<u8> = sizes.into_iter().flat_map(u32::to_le_bytes).collect();
    blob.extend((0..8 + 20 + 72).map(|_| talk.random.random::<u8>()));
    blob
}

fn contacts(talk: &mut Talk) {
    if talk.version >= 13 {
        let users: String = (0..talk.friends.len())
            .map(|i| format!("<c n=\"{}\" l=\"3\" t=\"1\"/>", talk.friends[i].email.trim_end_matches("@example.com")))
            .collect();
        let list = format!("<ml l=\"1\"><d n=\"example.com\">{users}</d></ml>");
        let n = talk.next();
        talk.client(with_payload(&format!("ADL {n} {{}}"), list.as_bytes()));
        talk.server(format!("ADL {n} OK\r\n"));
        return;
    }
    let n = talk.next();
    let (modern, count) = (talk.version >= 10, talk.friends.len());
    let mut answer = if modern {
        talk.client(format!("SYN {n} 0 0\r\n"));
        let stamps = "2005-04-23T18:57:44.8130000-07:00 2005-04-23T18:57:54.2070000-07:00";
        format!("SYN {n} {stamps} {count} 2\r\n")
    } else {
        talk.client(format!("SYN {n} 0\r\n"));
        format!("SYN {n} 27 {count} 2\r\n")
    };
    answer.push_str("GTC A\r\nBLP AL\r\nPRP MFN Me\r\nPRP MOB Y\r\n");
    for (id, name) in ["Friends", "Work%20place"].iter().enumerate() {
        let guid = Person::new(900_000 + id).guid;
        answer.push_str(&if modern { format!("LSG {name} {guid}\r\n") } else { format!("LSG {id} {name} 0\r\n") });
    }
    for friend in &talk.friends {
        let Person { email, name, guid } = friend;
        answer.push_str(&if modern {
            let network = if talk.version >= 12 { " 1" } else { "" };
            format!("LST N={email} F={name} C={guid} 11{network} {}\r\n", Person::new(900_000).guid)
        } else {
            format!("LST {email} {name} 11 0\r\n")
        });
        if name.len() % 3 == 0 {
            answer.push_str("BPR PHM tel:+15550100\r\n");
        }
    }
    talk.server(answer);
}

/// The fields of NLN and ILN behind the status.
fn where_and_who(talk: &Talk, friend: &Person) -> String {
    let Person { email, name, .. } = friend;
    let object = display_picture(email);
    match talk.version {
        ..=8 => format!("{email} {name} 268435456"),
        9..=13 => format!("{email} {name} {CAPABILITIES} {object}"),
        14..=15 => format!("{email} 1 {name} {CAPABILITIES} {object}"),
        16..=17 => format!("{email} 1 {name} {CAPABILITIES}:48 {object}"),
        _ => format!("1:{email} {name} {CAPABILITIES}:48 {object}"),
    }
}

/// The MSN object of a friend's display picture, percent-encoded; its hash is right, as clients make it.
pub(super) fn display_picture(email: &str) -> String {
    let sha1d = STANDARD.encode(Sha1::digest(email));
    let attributes = [
        ("Creator", email),
        ("Size", "24539"),
        ("Type", "3"),
        ("Location", "TFR2C.tmp"),
        ("Friendly", "AAA="),
        ("SHA1D", &sha1d),
    ];
    let text: String = attributes.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let sha1c = STANDARD.encode(Sha1::digest(text));
    let mut object = "<msnobj".to_owned();
    for (name, value) in attributes.iter().chain(&[("SHA1C", sha1c.as_str())]) {
        object.push_str(&format!(" {name}=\"{value}\""));
    }
    object.push_str("/>");
    let encoded = object.chars().map(|letter| match letter {
        '0'..='9' | 'A'..='Z' | 'a'..='z' | '.' | '-' | '_' => letter.to_string(),
        other => format!("%{:02X}", u32::from(other)),
    });
    encoded.collect()
}

fn presence(talk: &mut Talk) {
    let n = talk.next();
    let line = match talk.version {
        ..=8 => format!("CHG {n} NLN 268435456\r\n"),
        9..=15 => format!("CHG {n} NLN {CAPABILITIES} 0\r\n"),
        _ => format!("CHG {n} NLN {CAPABILITIES}:48 0\r\n"),
    };
    talk.client(line.clone());
    let mut storm = line.into_bytes();
    for friend in talk.friends.clone().iter().step_by(2) {
        let status = talk.status();
        let rest = where_and_who(talk, friend);
        let word = if talk.version >= 18 { "NLN".to_owned() } else { format!("ILN {n}") };
        storm.extend(format!("{word} {status} {rest}\r\n").bytes());
        storm.extend(personal(talk, friend));
    }
    talk.server(storm);
    talk.server("CHL 0 15570131571988941333\r\n");
    let n = talk.next();
    talk.client(format!("QRY {n} msmsgs@msnmsgr.com 32\r\n8f2f5a91b72102cd28355e9fc9000d6e"));
    talk.server(format!("QRY {n}\r\n"));
}

fn coming_and_going(talk: &mut Talk) {
    let mut lines = String::new();
    for _ in 0..talk.random.random_range(1..4) {
        let friend = talk.friend();
        let status = talk.status();
        let rest = where_and_who(talk, &friend);
        lines.push_str(&format!("NLN {status} {rest}\r\n"));
    }
    if talk.random.random_bool(0.3) {
        let Person { email, .. } = talk.friend();
        lines.push_str(&match talk.version {
            ..=13 => format!("FLN {email}\r\n"),
            14..=15 => format!("FLN {email} 1\r\n"),
            16..=17 => format!("FLN {email} 1 0:0\r\n"),
            _ => format!("FLN 1:{email} 0:0\r\n"),
        });
    }
    talk.server(lines);
}

/// A UBX with the friend's personal message; nothing before MSNP11.
fn personal(talk: &mut Talk, friend: &Person) -> Vec<u8> {
    let email = &friend.email;
    let line = match talk.version {
        ..=10 => return Vec::new(),
        11..=13 => format!("UBX {email} {{}}"),
        14..=17 => format!("UBX {email} 1 {{}}"),
        _ => format!("UBX 1:{email} {{}}"),
    };
    let number: u16 = talk.random.random();
    let media = if number.is_multiple_of(4) {
        format!("\\0Music\\01\\0{{0}} - {{1}}\\0Song {number}\\0The Examples\\0\\0")
    } else {
        String::new()
    };
    let body = format!("<Data><PSM>message {number}</PSM><CurrentMedia>{media}</CurrentMedia></Data>");
    with_payload(&line, body.as_bytes())
}

fn personal_message(talk: &mut Talk) {
    let friend = talk.friend();
    let bytes = personal(talk, &friend);
    if bytes.is_empty() {
        coming_and_going(talk);
    } else {
        talk.server(bytes);
    }
}

fn change_status(talk: &mut Talk) {
    let (n, status) = (talk.next(), talk.status());
    let line = match talk.version {
        ..=8 => format!("CHG {n} {status} 268435456\r\n"),
        9..=15 => format!("CHG {n} {status} {CAPABILITIES} 0\r\n"),
        _ => format!("CHG {n} {status} {CAPABILITIES}:48 0\r\n"),
    };
    talk.client(line.clone());
    talk.server(line);
}

fn ask_switchboard(talk: &mut Talk) {
    let n = talk.next();
    talk.client(format!("XFR {n} SB\r\n"));
    let session: u32 = talk.random.random_range(10_000_000..99_999_999);
    let more = if talk.version >= 13 { " U messenger.msn.com 1" } else { "" };
    talk.server(format!("XFR {n} SB 192.0.2.20:1863 CKI {session}.1050826919.32308{more}\r\n"));
}

fn invited(talk: &mut Talk) {
    let Person { email, name, .. } = talk.friend();
    let session: u32 = talk.random.random_range(10_000_000..99_999_999);
    let more = if talk.version >= 13 { " U messenger.msn.com 1" } else { "" };
    let cookie: u32 = talk.random.random_range(100_000_000..999_999_999);
    talk.server(format!("RNG {session} 192.0.2.20:1863 CKI {cookie}.520491113 {email} {name}{more}\r\n"));
}
