// SPDX-License-Identifier: GPL-2.0-or-later
//! The catalogue in a form that C can read. Built once, never freed: Wireshark keeps pointers into it for good.

use std::{
    ffi::{CString, c_char},
    ptr,
    sync::OnceLock,
};

use crate::{
    fields::{self, Base, Def, Link, Type, expert},
    filter::CONVERSATIONS,
    report::board::{BOARDS, Table},
    statistics::BRANCHES,
    values::{Names, capabilities::Bit},
};

/// Type of a field, for the shim to map to `FT_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MsnType {
    /// No value.
    None = 0,
    /// UTF-8 string.
    String = 1,
    /// Bytes of the packet, or decoded bytes.
    Bytes = 2,
    /// Unsigned of `width` bytes.
    Uint = 3,
    /// Signed of `width` bytes.
    Int = 4,
    /// True or false; with a mask, one bit of `width` bytes.
    Bool = 5,
    /// GUID, 16 bytes in text order.
    Guid = 6,
    /// IPv4 address as a number.
    Ipv4 = 7,
    /// IPv6 address, 16 bytes.
    Ipv6 = 8,
    /// Point in time, ns.
    Time = 9,
    /// Length of time, ns.
    Span = 10,
    /// Frame number.
    Frame = 11,
}

/// How a number is shown, or what a frame number links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MsnDisplay {
    /// Nothing special.
    None = 0,
    /// Decimal.
    Dec = 1,
    /// Hexadecimal.
    Hex = 2,
    /// Decimal, then hexadecimal.
    DecHex = 3,
    /// Frame of the request.
    Request = 4,
    /// Frame of the answer.
    Response = 5,
    /// Frame of the acknowledgement.
    Ack = 6,
}

/// A value and its meaning; laid out like Wireshark's `value_string`.
#[derive(Debug)]
#[repr(C)]
pub struct MsnValue {
    /// The value.
    pub value: u32,
    /// Its meaning; null ends the table.
    pub meaning: *const c_char,
}

/// A field.
#[derive(Debug)]
#[repr(C)]
pub struct MsnField {
    /// Label.
    pub name: *const c_char,
    /// Filter name.
    pub filter: *const c_char,
    /// One sentence on what it is.
    pub blurb: *const c_char,
    /// Meanings, ended by a null meaning; null if there are none.
    pub values: *const MsnValue,
    /// Bits of the number that this field is; 0 = all.
    pub mask: u64,
    /// First of the fields that are bits of this one.
    pub bits_first: u16,
    /// How many there are.
    pub bits_count: u16,
    /// Protocol.
    pub protocol: u16,
    /// [`MsnType`].
    pub kind: u8,
    /// [`MsnDisplay`].
    pub display: u8,
    /// Bytes of a number.
    pub width: u8,
}

/// A protocol.
#[derive(Debug)]
#[repr(C)]
pub struct MsnProtocol {
    /// Long name.
    pub name: *const c_char,
    /// Name for the Protocol column.
    pub short_name: *const c_char,
    /// Filter name.
    pub filter: *const c_char,
    /// Number of the protocol that carries it where it has no connection of its own.
    pub carrier: u8,
}

/// An expert info.
#[derive(Debug)]
#[repr(C)]
pub struct MsnExpert {
    /// Filter name.
    pub filter: *const c_char,
    /// Standard wording.
    pub text: *const c_char,
    /// Number of [`fields::expert::Group`].
    pub group: u8,
    /// Number of [`fields::expert::Severity`].
    pub severity: u8,
}

/// A branch of Statistics > MSN.
#[derive(Debug)]
#[repr(C)]
pub struct MsnBranch {
    /// Its name.
    pub name: *const c_char,
    /// Its values are averaged, not only counted.
    pub averages: bool,
}

/// A table of Statistics > MSN (see `msn_board_new`).
#[derive(Debug)]
#[repr(C)]
pub struct MsnTable {
    /// Its name.
    pub title: *const c_char,
    /// Its option behind `-z msn,`.
    pub option: *const c_char,
    /// Names of its columns.
    pub columns: *const *const c_char,
    /// How many.
    pub column_count: u32,
}

/// Everything to register.
#[derive(Debug)]
#[repr(C)]
pub struct MsnCatalogue {
    /// Protocols.
    pub protocols: *const MsnProtocol,
    /// How many.
    pub protocol_count: u32,
    /// Fields.
    pub fields: *const MsnField,
    /// How many.
    pub field_count: u32,
    /// Expert infos.
    pub experts: *const MsnExpert,
    /// How many.
    pub expert_count: u32,
    /// Branches of the statistics.
    pub branches: *const MsnBranch,
    /// How many.
    pub branch_count: u32,
    /// Names of the conversations that can be filtered on (see `msn_shared`).
    pub conversations: *const *const c_char,
    /// How many.
    pub conversation_count: u32,
    /// Tables.
    pub tables: *const MsnTable,
    /// How many.
    pub table_count: u32,
}

// SAFETY: the tables are built once and only read afterwards; their pointers lead to leaked memory.
unsafe impl Send for MsnCatalogue {}
// SAFETY: as above.
unsafe impl Sync for MsnCatalogue {}

static CATALOGUE: OnceLock<MsnCatalogue> = OnceLock::new();

/// The catalogue; null if it could not be built, which is a bug.
#[unsafe(no_mangle)]
pub extern "C" fn msn_catalogue() -> *const MsnCatalogue {
    std::panic::catch_unwind(|| ptr::from_ref(CATALOGUE.get_or_init(build))).unwrap_or(ptr::null())
}

fn string(text: &str) -> *const c_char {
    CString::new(text).unwrap_or_default().into_raw()
}

fn leak<T>(rows: Vec<T>) -> (*const T, u32) {
    let rows = Vec::leak(rows);
    (rows.as_ptr(), rows.len() as u32)
}

fn values(names: &Names) -> *const MsnValue {
    let mut rows: Vec<_> = names.iter().map(|&(value, name)| MsnValue { value, meaning: string(name) }).collect();
    rows.push(MsnValue { value: 0, meaning: ptr::null() });
    leak(rows).0
}

fn protocol(filter: &str) -> u16 {
    let name = filter.split('.').next().unwrap_or_default();
    fields::PROTOCOLS.iter().position(|row| row.2 == name).unwrap_or(0) as u16
}

fn display(base: Base) -> MsnDisplay {
    match base {
        Base::Dec => MsnDisplay::Dec,
        Base::Hex => MsnDisplay::Hex,
        Base::DecHex => MsnDisplay::DecHex,
    }
}

fn field(def: &Def) -> MsnField {
    let (kind, shown, width, names) = match def.kind {
        Type::Heading => (MsnType::None, MsnDisplay::None, 0, None),
        Type::Str => (MsnType::String, MsnDisplay::None, 0, None),
        Type::Bytes => (MsnType::Bytes, MsnDisplay::None, 0, None),
        Type::Uint(width, base, names) => (MsnType::Uint, display(base), width, names),
        Type::Bits(width, ..) => (MsnType::Uint, MsnDisplay::Hex, width, None),
        Type::Int(width) => (MsnType::Int, MsnDisplay::Dec, width, None),
        Type::Bool => (MsnType::Bool, MsnDisplay::None, 0, None),
        Type::Guid => (MsnType::Guid, MsnDisplay::None, 0, None),
        Type::Ipv4 => (MsnType::Ipv4, MsnDisplay::None, 0, None),
        Type::Ipv6 => (MsnType::Ipv6, MsnDisplay::None, 0, None),
        Type::Time => (MsnType::Time, MsnDisplay::None, 0, None),
        Type::Span => (MsnType::Span, MsnDisplay::None, 0, None),
        Type::Frame(link) => {
            let shown = match link {
                Link::Any => MsnDisplay::None,
                Link::Request => MsnDisplay::Request,
                Link::Response => MsnDisplay::Response,
                Link::Ack => MsnDisplay::Ack,
            };
            (MsnType::Frame, shown, 4, None)
        }
    };
    MsnField {
        name: string(def.label),
        filter: string(def.filter),
        blurb: string(def.blurb),
        values: names.map_or(ptr::null(), values),
        mask: 0,
        bits_first: 0,
        bits_count: 0,
        protocol: protocol(def.filter),
        kind: kind as u8,
        display: shown as u8,
        width,
    }
}

fn bit(parent: &Def, width: u8, &(mask, name, label): &Bit) -> MsnField {
    MsnField {
        name: string(label),
        filter: string(&format!("{}.{name}", parent.filter)),
        blurb: ptr::null(),
        values: ptr::null(),
        mask: u64::from(mask),
        bits_first: 0,
        bits_count: 0,
        protocol: protocol(parent.filter),
        kind: MsnType::Bool as u8,
        display: MsnDisplay::None as u8,
        width,
    }
}

fn build() -> MsnCatalogue {
    let defs: Vec<&Def> = fields::groups().into_iter().flatten().collect();
    let mut rows: Vec<MsnField> = defs.iter().map(|def| field(def)).collect();
    for (at, def) in defs.iter().enumerate() {
        let Type::Bits(width, bits, number) = def.kind else {
            continue;
        };
        let first = rows.len();
        rows.extend(bits.iter().map(|one| bit(def, width, one)));
        if let Some((mask, name, names)) = number {
            let row = bit(def, width, &(mask, name, "Version"));
            rows.push(MsnField {
                values: values(names),
                kind: MsnType::Uint as u8,
                display: MsnDisplay::Dec as u8,
                ..row
            });
        }
        let count = rows.len() - first;
        if let Some(row) = rows.get_mut(at) {
            row.bits_first = first as u16;
            row.bits_count = count as u16;
        }
    }
    let protocols = fields::PROTOCOLS
        .iter()
        .zip(fields::CARRIERS)
        .map(|(&(name, short_name, filter), carrier)| MsnProtocol {
            name: string(name),
            short_name: string(short_name),
            filter: string(filter),
            carrier: carrier as u8,
        })
        .collect();
    let experts = expert::groups()
        .into_iter()
        .flatten()
        .map(|def| MsnExpert {
            filter: string(def.filter),
            text: string(def.text),
            group: def.group as u8,
            severity: def.severity as u8,
        })
        .collect();
    let (protocols, protocol_count) = leak(protocols);
    let (fields, field_count) = leak(rows);
    let (experts, expert_count) = leak(experts);
    let branches = BRANCHES.iter().map(|&(name, averages)| MsnBranch { name: string(name), averages }).collect();
    let (branches, branch_count) = leak(branches);
    let (conversations, conversation_count) = leak(CONVERSATIONS.iter().map(|name| string(name)).collect());
    let (tables, table_count) = leak(BOARDS.iter().map(table).collect());
    MsnCatalogue {
        protocols,
        protocol_count,
        fields,
        field_count,
        experts,
        expert_count,
        branches,
        branch_count,
        conversations,
        conversation_count,
        tables,
        table_count,
    }
}

fn table(table: &Table) -> MsnTable {
    let title = |name: &str| {
        if let Some(bits) = name.strip_prefix("sha") {
            return string(&format!("SHA-{bits}"));
        }
        let (first, rest) = name.split_at_checked(1).unwrap_or_default();
        string(&format!("{}{}", first.to_uppercase(), rest.replace('_', " ")))
    };
    let (columns, column_count) = leak(table.columns().map(title).collect());
    MsnTable { title: string(table.title), option: string(&format!("msn,{}", table.option)), columns, column_count }
}
