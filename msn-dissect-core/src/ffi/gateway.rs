// SPDX-License-Identifier: GPL-2.0-or-later
//! Bodies of HTTP gateway messages.

use std::panic::catch_unwind;

use super::{
    dissection::{MsnDissection, MsnSession, bytes, guarded},
    packet::{MsnPacket, packet_of},
};
use crate::{
    dissect::gateway::{self, Carrier},
    gateway::{Head, Start, may_be_gateway},
};

/// Bytes in which the head of an HTTP message is found ([`msn_dissect_gateway`]).
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MsnHead {
    /// The bytes.
    pub data: *const u8,
    /// How many.
    pub len: u32,
    /// The head ends where these bytes end; otherwise it is the first one in them.
    pub at_end: bool,
    /// The head belongs to a body whose beginning was dissected before.
    pub continued: bool,
}

/// # Safety
/// The bytes of `head` are readable for the life of the result.
unsafe fn head_of<'a>(head: &MsnHead) -> Option<Head<'a>> {
    // SAFETY: as the caller promises.
    let data = unsafe { bytes(head.data, head.len) };
    if head.at_end { Head::before(data) } else { Head::within(data) }
}

/// Whether a body that follows this head belongs to the gateway.
///
/// # Safety
/// `head` is null or readable, and so are its bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_is_gateway(head: *const MsnHead) -> bool {
    // SAFETY: as the caller promises.
    let Some(head) = (unsafe { head.as_ref() }) else { return false };
    // SAFETY: as the caller promises.
    let found =
        || unsafe { may_be_gateway(bytes(head.data, head.len)) && head_of(head).is_some_and(|head| head.is_gateway()) };
    catch_unwind(found).unwrap_or(false)
}

/// Whether this is the head of a request.
///
/// # Safety
/// `head` is null or readable, and so are its bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_is_request(head: *const MsnHead) -> bool {
    // SAFETY: as the caller promises.
    let Some(head) = (unsafe { head.as_ref() }) else { return false };
    let request = |head: Head<'_>| matches!(head.start, Start::Request(_));
    // SAFETY: as the caller promises.
    catch_unwind(|| unsafe { head_of(head) }.is_some_and(request)).unwrap_or(false)
}

/// Dissects the body of a gateway message, or the first bytes of it: the rest after `consumed` wants another call, with
/// `continued` set and the `connection` of the result. Null if the session is null or memory ran out.
///
/// # Safety
/// `session` came from `msn_session_new`; `packet`, `head` and its bytes are readable; `data` points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_dissect_gateway(
    session: *mut MsnSession,
    packet: *const MsnPacket,
    head: *const MsnHead,
    data: *const u8,
    len: u32,
) -> *const MsnDissection {
    // SAFETY: as the caller promises; the shim never calls in while a call is under way.
    let refs = unsafe { (session.as_mut(), packet.as_ref(), head.as_ref()) };
    let (Some(session), Some(packet), Some(head)) = refs else {
        return std::ptr::null();
    };
    // SAFETY: as the caller promises.
    let data = unsafe { bytes(data, len) };
    guarded(&mut session.0, packet, data, |session, out| {
        // SAFETY: as the caller promises.
        let carrier = Carrier { head: unsafe { head_of(head) }, continued: head.continued };
        gateway::body(session, &packet_of(packet), &carrier, data, out);
    })
}

/// Looks at an HTTP message on a connection that carries gateway sessions, and shows what it means for them if it is the
/// answer to a request of a session and does not say so itself; `data` begins with its head. Null if there is nothing.
///
/// # Safety
/// `session` came from `msn_session_new`; `packet` is readable; `data` points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_dissect_gateway_answer(
    session: *mut MsnSession,
    packet: *const MsnPacket,
    data: *const u8,
    len: u32,
) -> *const MsnDissection {
    // SAFETY: as the caller promises; the shim never calls in while a call is under way.
    let (Some(session), Some(packet)) = (unsafe { (session.as_mut(), packet.as_ref()) }) else {
        return std::ptr::null();
    };
    // SAFETY: as the caller promises.
    let data = unsafe { bytes(data, len) };
    let head = || Head::before(data.get(..Head::len_at_start(data)?)?).filter(|head| !head.is_gateway());
    let Some(head) = catch_unwind(head).unwrap_or(None) else { return std::ptr::null() };
    guarded(&mut session.0, packet, &[], |session, out| {
        gateway::answer(session, &packet_of(packet), head, out);
    })
}
