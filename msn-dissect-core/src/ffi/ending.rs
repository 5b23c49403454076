// SPDX-License-Identifier: GPL-2.0-or-later
//! Commands that are never complete, because their connection ends.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
};

use super::{
    dissection::{MsnDissection, MsnSession, guarded},
    packet::{MsnPacket, packet_of},
};
use crate::{dissect, session::unfinished::Ending};

/// How a connection ends with a packet.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MsnEnding {
    /// The sender sends nothing more: sequence number behind its last byte and the end itself, counted as TCP does and
    /// from the handshake.
    pub next: [u32; 2],
    /// It does.
    pub of_sender: bool,
    /// The connection is reset.
    pub of_both: bool,
}

/// Whether anything ever waited for more bytes: otherwise no end of a connection matters.
///
/// # Safety
/// `session` is null or came from `msn_session_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_waits(session: *const MsnSession) -> bool {
    // SAFETY: as the caller promises.
    unsafe { session.as_ref() }.is_some_and(|session| !session.0.unfinished.is_empty())
}

/// Dissects what can never be complete, because its connection ends with this packet; null if there is nothing. The bytes
/// that it is about stay where they are until the session ends.
///
/// # Safety
/// `session` came from `msn_session_new`; `packet` and `ending` are readable; `data` and `len` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_dissect_ending(
    session: *mut MsnSession,
    packet: *const MsnPacket,
    ending: *const MsnEnding,
    data: *mut *const u8,
    len: *mut u32,
) -> *const MsnDissection {
    // SAFETY: as the caller promises; the shim never calls in while a call is under way.
    let refs = unsafe { (session.as_mut(), packet.as_ref(), ending.as_ref(), data.as_mut(), len.as_mut()) };
    let (Some(session), Some(packet), Some(ending), Some(data), Some(len)) = refs else {
        return ptr::null();
    };
    let how = match (ending.of_both, ending.of_sender) {
        (true, _) => Some(Ending::Both),
        (_, true) => Some(Ending::Of(ending.next)),
        _ => None,
    };
    let find = || dissect::unfinished(&mut session.0, &packet_of(packet), how);
    let Some(bytes) = catch_unwind(AssertUnwindSafe(find)).unwrap_or(None) else { return ptr::null() };
    // The session keeps them as well.
    (*data, *len) = (bytes.as_ptr(), bytes.len() as u32);
    guarded(&mut session.0, packet, &bytes, |session, out| {
        dissect::ended(session, &packet_of(packet), &bytes, out);
    })
}
