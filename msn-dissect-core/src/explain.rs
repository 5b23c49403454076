// SPDX-License-Identifier: GPL-2.0-or-later
//! Says what commands mean, for a program that holds a conversation itself. In: the bytes of each side. Out: one by one the
//! commands, each with the text of the Info column, its parameters by name and the remarks on it.

use std::net::SocketAddr;

use crate::{
    command::{Dir, layout::Known},
    dissect::{
        self,
        framer::{Framer, Step},
        framing::{Context, TextFramer},
    },
    fields::{self, Base, Field, Type, expert},
    item::{GENERATED, HIDDEN, Item, Kind, OPEN, Tree, WITH_BITS},
    output::Dissection,
    packet::{Endpoint, Packet},
    session::{Session, secrets::Secrets},
    values,
};

/// A conversation between a client and a server.
#[derive(Clone, Copy, Debug)]
pub struct Conversation {
    key: u64,
    client: Endpoint,
    server: Endpoint,
}

/// What stands at the start of bytes that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A command of so many bytes, payload included.
    Command(usize),
    /// So many bytes that are no command.
    Noise(usize),
    /// The beginning of a command.
    Partial,
}

/// A field of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The field.
    pub field: Field,
    /// How deep it stands below others.
    pub depth: usize,
    /// Filter name.
    pub filter: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// Value for people; empty for a heading.
    pub value: String,
    /// What the value means.
    pub meaning: Option<String>,
    /// Inferred, not read from the bytes.
    pub generated: bool,
    /// Only there to be found.
    pub hidden: bool,
}

/// Something that an expert would point out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Filter name.
    pub filter: &'static str,
    /// How much it matters.
    pub severity: expert::Severity,
    /// What is said.
    pub text: String,
}

/// What a command means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// As the Info column says it.
    pub info: String,
    /// What it consists of.
    pub named: Vec<Named>,
    /// What is to be said about it.
    pub remarks: Vec<Remark>,
}

impl Explained {
    /// What a dissection of `bytes` says.
    pub fn of(out: &Dissection, bytes: &[u8]) -> Explained {
        let tree = &out.tree;
        let mut explained = Explained { info: out.info.clone(), ..Explained::default() };
        let mut depth = 0usize;
        for item in tree.items() {
            match item.kind {
                kind if kind == Kind::Close as u8 => depth = depth.saturating_sub(1),
                kind if kind == Kind::Leaf as u8 => explained.named.extend(Named::of(tree, item, depth, bytes)),
                kind if kind == Kind::Expert as u8 => {
                    let Some(def) = expert::expert(fields::Expert(item.id)) else { continue };
                    let text = tree.item_text(item).unwrap_or(def.text).to_owned();
                    explained.remarks.push(Remark { filter: def.filter, severity: def.severity, text });
                }
                _ => {}
            }
            depth += usize::from(item.kind != Kind::Close as u8 && item.flags & OPEN != 0);
        }
        explained
    }

    /// The value of the first field with this filter name.
    pub fn get(&self, filter: &str) -> Option<&str> {
        self.named.iter().find(|one| one.filter == filter).map(|one| one.value.as_str())
    }

    /// The values of all fields with this filter name.
    pub fn all<'a>(&'a self, filter: &'a str) -> impl Iterator<Item = &'a str> {
        self.named.iter().filter(move |one| one.filter == filter).map(|one| one.value.as_str())
    }
}

/// Remembers the conversations of a program, and explains what is said there.
#[derive(Debug, Default)]
pub struct Explainer {
    session: Session,
    framer: TextFramer,
    out: Dissection,
    frames: u32,
    conversations: u64,
}

impl Explainer {
    /// Makes a conversation known.
    pub fn open(&mut self, client: SocketAddr, server: SocketAddr) -> Conversation {
        let [client, server] = [client, server].map(|end| Endpoint::new(end.ip(), end.port()));
        let key = self.conversations;
        self.conversations += 1;
        self.session.connections.of(key).server_end = Some(server);
        Conversation { key, client, server }
    }

    /// With what logins are checked.
    pub fn secrets(&mut self) -> &mut Secrets {
        &mut self.session.secrets
    }

    /// What is known of a conversation where `dir` speaks next.
    pub fn known(&mut self, conversation: Conversation, dir: Dir) -> Known {
        let state = self.session.connections.of(conversation.key).state();
        Known { dir: Some(dir), server: state.kind, version: state.version }
    }

    /// Lets it be known what a conversation speaks, where no line of it tells so.
    pub fn set_known(&mut self, conversation: Conversation, known: Known) {
        let connection = self.session.connections.of(conversation.key);
        connection.kind = known.server.or(connection.kind);
        if known.version != 0 {
            connection.version = known.version;
        }
    }

    /// What stands at the start of the bytes that `dir` sent and that were not explained yet.
    pub fn cut(&mut self, conversation: Conversation, dir: Dir, bytes: &[u8]) -> Cut {
        if bytes.is_empty() {
            return Cut::Partial;
        }
        let context = Context { known: self.known(conversation, dir), reported: bytes.len(), ..Context::default() };
        match self.framer.next(bytes, &context, true) {
            Step::Unit(_, len) => Cut::Command(len),
            Step::Noise(len) => Cut::Noise(len),
            Step::Partial(_) => Cut::Partial,
        }
    }

    /// What a command that `dir` sent means, and learns from it; `bytes` are what [`Explainer::cut`] found.
    pub fn explain(&mut self, conversation: Conversation, dir: Dir, bytes: &[u8]) -> Explained {
        let Conversation { key, client, server } = conversation;
        let (source, destination) = if dir == Dir::ToServer { (client, server) } else { (server, client) };
        self.frames += 1;
        let packet = Packet {
            number: self.frames,
            connection: key,
            source,
            destination,
            first_pass: true,
            want_info: true,
            reported_len: bytes.len(),
            ..Packet::default()
        };
        self.out.reset(true);
        dissect::stream(&mut self.session, &packet, bytes, &mut self.out);
        Explained::of(&self.out, bytes)
    }
}

impl Named {
    fn of(tree: &Tree, item: &Item, depth: usize, bytes: &[u8]) -> Option<Named> {
        let field = Field(item.id);
        let def = fields::def(field)?;
        let raw = || match tree.item_bytes(item) {
            Some(own) => own,
            None if item.source == 0 => {
                bytes.get(item.start as usize..(item.start as usize).saturating_add(item.len as usize)).unwrap_or(&[])
            }
            None => &[],
        };
        let mut meaning = tree.item_note(item).map(str::to_owned);
        let value = match def.kind {
            Type::Heading => tree.item_text(item).unwrap_or_default().to_owned(),
            Type::Str => tree.item_text(item).unwrap_or_default().to_owned(),
            Type::Bytes => preview(raw()),
            Type::Guid => guid(raw()),
            Type::Ipv4 => std::net::Ipv4Addr::from(item.number as u32).to_string(),
            Type::Ipv6 => raw()
                .try_into()
                .map_or_else(|_| preview(raw()), |all: [u8; 16]| std::net::Ipv6Addr::from(all).to_string()),
            Type::Int(_) => (item.number as i64).to_string(),
            Type::Bool => (item.number != 0).to_string(),
            Type::Time | Type::Span => format!("{}.{:09}", item.number / 1_000_000_000, item.number % 1_000_000_000),
            Type::Frame(_) => item.number.to_string(),
            Type::Uint(_, base, names) => {
                let name = names.and_then(|names| values::name(names, u32::try_from(item.number).ok()?));
                meaning = name.map(str::to_owned).or(meaning);
                match base {
                    Base::Hex => format!("0x{:04x}", item.number),
                    Base::Dec | Base::DecHex => item.number.to_string(),
                }
            }
            Type::Bits(_, bits, _) => {
                let set = bits.iter().filter(|bit| item.number & u64::from(bit.0) != 0);
                let set: Vec<_> = set.map(|bit| bit.2).collect();
                if item.flags & WITH_BITS != 0 && !set.is_empty() {
                    meaning = Some(set.join(", "));
                }
                item.number.to_string()
            }
        };
        let (generated, hidden) = (item.flags & GENERATED != 0, item.flags & HIDDEN != 0);
        Some(Named { field, depth, filter: def.filter, label: def.label, value, meaning, generated, hidden })
    }
}

/// Most bytes that are shown of a value that is no text.
const MAX_PREVIEW: usize = 32;

fn preview(bytes: &[u8]) -> String {
    let head = crate::crypto::hex(bytes.get(..MAX_PREVIEW).unwrap_or(bytes));
    if bytes.len() > MAX_PREVIEW { format!("{head}… ({} bytes)", bytes.len()) } else { head }
}

fn guid(bytes: &[u8]) -> String {
    let digits = crate::crypto::hex(bytes);
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part).unwrap_or_default());
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends() -> (SocketAddr, SocketAddr) {
        ("192.0.2.1:50000".parse().unwrap(), "192.0.2.10:7000".parse().unwrap())
    }

    #[test]
    fn commands_are_cut_and_explained() {
        let mut explainer = Explainer::default();
        let (client, server) = ends();
        let talk = explainer.open(client, server);
        let bytes = b"VER 1 MSNP12 CVR0\r\nPNG\r\n";
        assert_eq!(explainer.cut(talk, Dir::ToServer, bytes), Cut::Command(19));
        let said = explainer.explain(talk, Dir::ToServer, &bytes[..19]);
        assert!(said.info.contains("MSNP12"));
        assert_eq!((said.get("msn.command"), said.get("msn.trid")), (Some("VER"), Some("1")));
        assert_eq!(said.all("msn.offered_version").collect::<Vec<_>>(), ["MSNP12", "CVR0"]);
        assert!(said.remarks.is_empty());
        explainer.explain(talk, Dir::ToClient, b"VER 1 MSNP12\r\n");
        assert_eq!(explainer.known(talk, Dir::ToClient).version, 12);
        assert_eq!(explainer.cut(talk, Dir::ToClient, b"CHG 9"), Cut::Partial);
        assert_eq!(explainer.cut(talk, Dir::ToClient, b"\0\0\0\0\0\r\n"), Cut::Noise(7));
    }

    #[test]
    fn meanings_and_remarks_are_told() {
        let mut explainer = Explainer::default();
        let (client, server) = ends();
        let talk = explainer.open(client, server);
        let said = explainer.explain(talk, Dir::ToClient, b"911 4\r\n");
        let error = said.named.iter().find(|one| one.filter == "msn.error").unwrap();
        assert_eq!((error.value.as_str(), error.meaning.as_deref()), ("911", Some("authentication failed")));
        let said = explainer.explain(talk, Dir::ToClient, b"XYZ 4\r\n");
        assert!(said.remarks.iter().any(|remark| remark.filter == "msn.expert.unknown_command"));
    }

    #[test]
    fn a_login_is_checked_with_the_password() {
        let mut explainer = Explainer::default();
        let (client, server) = ends();
        explainer.secrets().keep("alice@example.com", "secret", "");
        let talk = explainer.open(client, server);
        explainer.explain(talk, Dir::ToServer, b"USR 5 MD5 I alice@example.com\r\n");
        explainer.explain(talk, Dir::ToClient, b"USR 5 MD5 S 1013928519.693957190\r\n");
        let said = explainer.explain(talk, Dir::ToServer, b"USR 6 MD5 S 0dc38e0c96e5ef37eb9451a0b2d5aaf9\r\n");
        assert_eq!(said.get("msn.auth.status"), Some("1"), "{said:#?}");
    }
}
