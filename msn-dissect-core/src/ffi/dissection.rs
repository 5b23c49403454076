// SPDX-License-Identifier: GPL-2.0-or-later
//! Sessions and dissections behind opaque pointers.

use crate::{
    output::{Content, Dissection},
    packet::Need,
};
use std::{
    cell::RefCell,
    ffi::{CString, c_char},
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr, slice,
};

use super::{
    credentials::{Logins, MsnLogin},
    packet::{MSN_WANT_CREDENTIALS, MSN_WANT_STATISTICS, MSN_WANT_TREE, MsnPacket, events_of, flags_of, packet_of},
    statistics::{Counted, MsnTick},
    steps::{MsnStep, Steps},
};
use crate::{
    dissect::Channel,
    event::Unit,
    fields::{Proto, command as f, expert},
    item::Item,
    session::{
        Session,
        assembly::{MessageId, Whole},
    },
    tell,
    wire::Span,
};

/// What is remembered of one capture file. Opaque to C.
pub struct MsnSession(pub(super) Session);

/// A server that was announced.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MsnAnnouncement {
    /// Address bytes.
    pub address: [u8; 16],
    /// 4 or 16.
    pub address_len: u8,
    /// What it will speak: 0 = text protocol, 1 = direct connection, 2 = old file transfer.
    pub kind: u8,
    /// TCP port.
    pub port: u16,
}

/// An object that came over the wire whole.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MsnObject {
    /// File name, safe and NUL-terminated.
    pub name: *const c_char,
    /// Account that sent it, NUL-terminated.
    pub sender: *const c_char,
    /// Media type, NUL-terminated.
    pub content_type: *const c_char,
    /// The bytes, valid as long as the session; null where they stand in the data given.
    pub bytes: *const u8,
    /// Place of the bytes in the data given.
    pub start: u32,
    /// How many.
    pub len: u32,
}

/// Number of the protocol of the servers.
pub const MSN_PROTOCOL_MSN: u8 = 0;

/// Number of the protocol of web services.
pub const MSN_PROTOCOL_SOAP: u8 = 5;

/// No protocol, see [`MsnDissection::protocol`].
pub const MSN_NO_PROTOCOL: u8 = u8::MAX;

/// What the shim must do about the bytes after `consumed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MsnNeed {
    /// Nothing.
    Nothing = 0,
    /// Wait for `need_bytes` more.
    Bytes = 1,
    /// Wait for one more segment.
    Segment = 2,
}

/// Result of a dissection; valid until [`msn_dissection_free`].
#[derive(Debug)]
#[repr(C)]
pub struct MsnDissection {
    /// Items in order.
    pub items: *const Item,
    /// How many.
    pub item_count: u32,
    /// Length of `info`.
    pub info_len: u32,
    /// Strings of the items, each NUL-terminated.
    pub arena: *const u8,
    /// Text for the Info column, NUL-terminated.
    pub info: *const u8,
    /// Announced servers.
    pub announced: *const MsnAnnouncement,
    /// Frames that have pieces of messages that are whole now.
    pub depends: *const u32,
    /// How many.
    pub depend_count: u32,
    /// How many objects.
    pub object_count: u32,
    /// Objects for export.
    pub objects: *const MsnObject,
    /// What Statistics > MSN counts.
    pub ticks: *const MsnTick,
    /// How many.
    pub tick_count: u32,
    /// How many.
    pub login_count: u32,
    /// Lines in which an account proves itself.
    pub logins: *const MsnLogin,
    /// Who speaks with whom, if events are wanted.
    pub steps: *const MsnStep,
    /// How many.
    pub step_count: u32,
    /// How many servers were announced.
    pub announced_count: u32,
    /// Bodies of the HTTP gateway: key of the connection, for the rest of the body.
    pub connection: u64,
    /// Bytes dealt with.
    pub consumed: u32,
    /// Bytes missing.
    pub need_bytes: u32,
    /// Units dealt with.
    pub units: u32,
    /// [`MsnNeed`].
    pub need: u8,
    /// Number of the first protocol that is shown, whether there are items or not; [`MSN_NO_PROTOCOL`] if none is.
    pub protocol: u8,
    /// The same of the last one.
    pub last_protocol: u8,
    /// A bit for each protocol that is shown, by its number.
    pub protocols: u8,
    owner: *mut Owner,
}

/// What a [`MsnDissection`] points into.
#[derive(Default)]
struct Owner {
    out: Dissection,
    announced: Vec<MsnAnnouncement>,
    texts: Vec<CString>,
    objects: Vec<MsnObject>,
    counted: Counted,
    logins: Logins,
    told: Vec<Unit>,
    steps: Steps,
    view: Option<Box<MsnDissection>>,
}

thread_local! {
    /// Dissections that were given back, with their buffers. Those of a frame are in use until it is done.
    // Boxes, because C holds their addresses.
    #[allow(clippy::vec_box)]
    static SPARE: RefCell<Vec<Box<Owner>>> = const { RefCell::new(Vec::new()) };
}

/// Spare dissections kept, and the largest arena that one may keep.
const MAX_SPARE: usize = 8;
const MAX_SPARE_BYTES: usize = 1 << 20;

/// A new, empty session.
#[unsafe(no_mangle)]
pub extern "C" fn msn_session_new() -> *mut MsnSession {
    catch_unwind(|| Box::into_raw(Box::new(MsnSession(Session::default())))).unwrap_or(ptr::null_mut())
}

/// Ends a session.
///
/// # Safety
/// `session` is null or came from [`msn_session_new`] and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_session_free(session: *mut MsnSession) {
    if !session.is_null() {
        // SAFETY: the caller gives back what `Box::into_raw` handed out.
        let session = unsafe { Box::from_raw(session) };
        let _ = catch_unwind(AssertUnwindSafe(|| drop(session)));
    }
}

/// Whether a stream that begins with these bytes is of this channel (see `Channel`), whatever its port.
///
/// # Safety
/// `data` points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_heuristic(channel: u8, data: *const u8, len: u32) -> bool {
    // SAFETY: as the caller promises.
    let data = unsafe { bytes(data, len) };
    catch_unwind(|| Channel::from_number(channel).is_some_and(|channel| channel.heuristic(data))).unwrap_or(false)
}

/// No channel, see [`msn_proven_channel`].
pub const MSN_NO_CHANNEL: u8 = u8::MAX;

/// The channel (see `Channel`) that the first bytes of a TCP stream prove, on a port that belongs to another protocol;
/// [`MSN_NO_CHANNEL`] if none.
///
/// # Safety
/// `data` points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_proven_channel(data: *const u8, len: u32) -> u8 {
    // SAFETY: as the caller promises.
    let data = unsafe { bytes(data, len) };
    let proven = catch_unwind(|| Channel::proven_by(data)).unwrap_or(None);
    proven.map_or(MSN_NO_CHANNEL, |channel| channel as u8)
}

/// Dissects bytes of a connection of this channel (see `Channel`). Null if the session is null, the channel unknown or
/// memory ran out. A dissection without units that needs nothing says that the bytes are of another channel.
///
/// # Safety
/// `session` came from [`msn_session_new`]; `packet` is readable; `data` points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_dissect(
    session: *mut MsnSession,
    packet: *const MsnPacket,
    channel: u8,
    data: *const u8,
    len: u32,
) -> *const MsnDissection {
    // SAFETY: as the caller promises; the shim never calls in while a call is under way.
    let (Some(session), Some(packet)) = (unsafe { session.as_mut() }, unsafe { packet.as_ref() }) else {
        return ptr::null();
    };
    let Some(channel) = Channel::from_number(channel) else { return ptr::null() };
    // SAFETY: as the caller promises.
    let data = unsafe { bytes(data, len) };
    guarded(&mut session.0, packet, data, |session, out| {
        channel.dissect(session, &packet_of(packet), data, out);
    })
}

/// The bytes of a message that was put together, and how many they are; null if there is no such message. They stay as
/// they are and where they are until the session ends.
///
/// # Safety
/// `session` is null or came from [`msn_session_new`]; `len` is null or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_message_bytes(session: *const MsnSession, message: u32, len: *mut u32) -> *const u8 {
    // SAFETY: as the caller promises.
    let (Some(session), Some(len)) = (unsafe { (session.as_ref(), len.as_mut()) }) else { return ptr::null() };
    let find = || MessageId::of(message).and_then(|message| session.0.assembly.whole(message)).map(Whole::bytes);
    let Some(bytes) = catch_unwind(AssertUnwindSafe(find)).unwrap_or(None) else { return ptr::null() };
    *len = bytes.len() as u32;
    bytes.as_ptr()
}

/// Gives a dissection back.
///
/// # Safety
/// `dissection` is null or came from [`msn_dissect`], and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_dissection_free(dissection: *const MsnDissection) {
    // SAFETY: the view lives in the box of its owner, which came from `Box::into_raw`.
    let mut owner = unsafe {
        match dissection.as_ref() {
            Some(view) => Box::from_raw(view.owner),
            None => return,
        }
    };
    let _ = catch_unwind(AssertUnwindSafe(|| {
        SPARE.with_borrow_mut(|spare| {
            // These may hold whole files.
            owner.told = Vec::new();
            owner.out.objects = Vec::new();
            if spare.len() < MAX_SPARE && owner.out.tree.arena().len() < MAX_SPARE_BYTES {
                spare.push(owner);
            }
        });
    }));
}

/// # Safety
/// `data` points to `len` readable bytes that do not change for the life of the result.
pub(super) unsafe fn bytes<'a>(data: *const u8, len: u32) -> &'a [u8] {
    if data.is_null() || len == 0 {
        return &[];
    }
    // SAFETY: as the caller promises.
    unsafe { slice::from_raw_parts(data, len as usize) }
}

/// Runs a dissection of `data` as the flags of its packet wish; a panic becomes an expert info on the whole range.
pub(super) fn guarded(
    session: &mut Session,
    packet: &MsnPacket,
    data: &[u8],
    walk: impl FnOnce(&mut Session, &mut Dissection),
) -> *const MsnDissection {
    let (flags, len) = (flags_of(packet.flags, data), data.len());
    let want_tree = flags & MSN_WANT_TREE != 0;
    let mut owner = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
    owner.out.reset(want_tree);
    if catch_unwind(AssertUnwindSafe(|| walk(&mut *session, &mut owner.out))).is_err() {
        owner.out.reset(want_tree);
        owner.out.consumed = len;
        owner.out.units = 1;
        owner.out.info.push_str("Internal error of the dissector");
        let span = Span::new(0, len);
        owner.out.tree.protocol(Proto::Msn, span, "");
        owner.out.tree.bytes(f::PAYLOAD, span);
        owner.out.tree.expert(expert::INTERNAL);
        owner.out.tree.close();
    }
    let finish = || {
        owner.counted.count(&owner.out.tree, flags & MSN_WANT_STATISTICS != 0);
        owner.logins.read(&owner.out.tree, flags & MSN_WANT_CREDENTIALS != 0);
        owner.told = tell::units(session, &packet_of(packet), data, &owner.out, events_of(packet));
        owner.steps.make(&owner.told);
        hand_out(owner, session)
    };
    catch_unwind(AssertUnwindSafe(finish)).unwrap_or(ptr::null())
}

/// Makes the view that C reads.
fn hand_out(mut owner: Box<Owner>, session: &Session) -> *const MsnDissection {
    owner.announced.clear();
    let announced = owner.out.announced.iter().map(|one| {
        let (address, address_len) = match one.address {
            IpAddr::V4(four) => {
                let mut bytes = [0; 16];
                bytes[..4].copy_from_slice(&four.octets());
                (bytes, 4)
            }
            IpAddr::V6(six) => (six.octets(), 16),
        };
        MsnAnnouncement { address, address_len, kind: one.kind as u8, port: one.port }
    });
    owner.announced.extend(announced);
    owner.hand_out_objects(session);
    let info_len = owner.out.info.len() as u32;
    owner.out.info.push('\0');
    let (need, need_bytes) = match owner.out.need {
        Need::Nothing => (MsnNeed::Nothing, 0),
        Need::Bytes(bytes) => (MsnNeed::Bytes, bytes as u32),
        Need::Segment => (MsnNeed::Segment, 0),
    };
    let view = MsnDissection {
        items: owner.out.tree.items().as_ptr(),
        item_count: owner.out.tree.items().len() as u32,
        info_len,
        arena: owner.out.tree.arena().as_ptr(),
        info: owner.out.info.as_ptr(),
        announced: owner.announced.as_ptr(),
        depends: owner.out.depends.as_ptr(),
        depend_count: owner.out.depends.len() as u32,
        objects: owner.objects.as_ptr(),
        object_count: owner.objects.len() as u32,
        ticks: owner.counted.ticks().as_ptr(),
        tick_count: owner.counted.ticks().len() as u32,
        login_count: owner.logins.all().len() as u32,
        logins: owner.logins.all().as_ptr(),
        steps: owner.steps.all().as_ptr(),
        step_count: owner.steps.all().len() as u32,
        announced_count: owner.announced.len() as u32,
        connection: owner.out.connection,
        consumed: owner.out.consumed as u32,
        need_bytes,
        units: owner.out.units,
        need: need as u8,
        protocol: owner.out.tree.first_protocol().map_or(MSN_NO_PROTOCOL, |protocol| protocol as u8),
        last_protocol: owner.out.tree.last_protocol().map_or(MSN_NO_PROTOCOL, |protocol| protocol as u8),
        protocols: owner.out.tree.implied(),
        owner: ptr::null_mut(),
    };
    let owner = Box::into_raw(owner);
    // SAFETY: just made from a box, and nobody else has it.
    let slot = unsafe { &mut (*owner).view };
    let slot = match slot {
        Some(slot) => {
            **slot = view;
            slot
        }
        None => slot.insert(Box::new(view)),
    };
    slot.owner = owner;
    ptr::from_ref(&**slot)
}

/// What the PDUs of a dissection mean, if that was wanted.
///
/// # Safety
/// `dissection` is null or came from [`msn_dissect`], and was not given back.
pub(super) unsafe fn told<'a>(dissection: *const MsnDissection) -> &'a [Unit] {
    // SAFETY: the view lives in the box of its owner, which lives until it is given back.
    match unsafe { dissection.as_ref() } {
        // SAFETY: as above; nobody changes an owner that was handed out.
        Some(view) => unsafe { &(*view.owner).told },
        None => &[],
    }
}

impl Owner {
    /// Makes the C strings of the objects; each string stays where it is while the list of strings grows.
    fn hand_out_objects(&mut self, session: &Session) {
        self.texts.clear();
        self.objects.clear();
        for object in &self.out.objects {
            let mut string = |text: &str| {
                let text = CString::new(text).unwrap_or_default();
                let start = text.as_ptr();
                self.texts.push(text);
                start
            };
            let (span, held) = match &object.content {
                Content::Given(span) => (*span, None),
                Content::Message(_) | Content::Own(_) => (Span::default(), Some(object.bytes(session, &[]))),
            };
            self.objects.push(MsnObject {
                name: string(&object.name),
                sender: string(&object.sender),
                content_type: string(object.content_type),
                bytes: held.map_or(ptr::null(), |bytes| bytes.as_ptr()),
                start: span.start as u32,
                len: held.map_or(span.len(), |bytes| bytes.len()) as u32,
            });
        }
    }
}
