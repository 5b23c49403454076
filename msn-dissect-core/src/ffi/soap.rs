// SPDX-License-Identifier: GPL-2.0-or-later
//! HTTP messages of the web services.

use std::panic::catch_unwind;

use super::{
    dissection::{MsnDissection, MsnSession, bytes, guarded},
    packet::{MsnPacket, packet_of},
};
use crate::{dissect::soap, soap::Head};

/// The head of an HTTP message ends where the bytes end, see [`MsnSoapHead::place`].
pub const MSN_HEAD_END: u8 = 0;
/// It is the first one of an encoded body in them.
pub const MSN_HEAD_WITHIN: u8 = 1;
/// It begins where they begin.
pub const MSN_HEAD_START: u8 = 2;

/// Bytes with the head of an HTTP message.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MsnSoapHead {
    /// The bytes.
    pub data: *const u8,
    /// How many.
    pub len: u32,
    /// Where in them: [`MSN_HEAD_END`], [`MSN_HEAD_WITHIN`] or [`MSN_HEAD_START`].
    pub place: u8,
}

/// # Safety
/// The bytes of `head` are readable for the life of the result.
unsafe fn head_of<'a>(head: &MsnSoapHead) -> Option<Head<'a>> {
    // SAFETY: as the caller promises.
    let data = unsafe { bytes(head.data, head.len) };
    match head.place {
        MSN_HEAD_END => Head::before(data),
        MSN_HEAD_WITHIN => Head::within(data),
        _ => Head::at_start(data),
    }
}

/// Whether a connection that begins with these bytes asks a web service for something.
///
/// # Safety
/// `data` points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_asks_soap(data: *const u8, len: u32) -> bool {
    // SAFETY: as the caller promises.
    let data = unsafe { bytes(data, len) };
    catch_unwind(|| crate::soap::head::asks(data)).unwrap_or(false)
}

/// Dissects an HTTP message with this head and body if it is one of a web service. Null if it cannot be one, if the session
/// is null, or if memory ran out; without units if it is none.
///
/// # Safety
/// `session` came from `msn_session_new`; `packet`, `head` and its bytes are readable; `data` points to `len` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_dissect_soap(
    session: *mut MsnSession,
    packet: *const MsnPacket,
    head: *const MsnSoapHead,
    data: *const u8,
    len: u32,
) -> *const MsnDissection {
    // SAFETY: as the caller promises; the shim never calls in while a call is under way.
    let refs = unsafe { (session.as_mut(), packet.as_ref(), head.as_ref()) };
    let (Some(session), Some(packet), Some(head)) = refs else { return std::ptr::null() };
    // SAFETY: as the caller promises.
    let (data, head) = unsafe { (bytes(data, len), head_of(head)) };
    guarded(&mut session.0, packet, data, |session, out| {
        soap::message(session, &packet_of(packet), head, data, out);
    })
}

/// Whether [`msn_dissect_soap`] is worth the trouble: a cheap look, for web traffic is much and mostly not ours.
///
/// # Safety
/// As for [`msn_dissect_soap`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_may_be_soap(
    session: *mut MsnSession,
    head: *const MsnSoapHead,
    data: *const u8,
    len: u32,
) -> bool {
    // SAFETY: as the caller promises.
    let (Some(session), Some(head)) = (unsafe { session.as_ref() }, unsafe { head.as_ref() }) else { return false };
    // SAFETY: as the caller promises.
    let (data, head) = unsafe { (bytes(data, len), head_of(head)) };
    let look = std::panic::AssertUnwindSafe(|| soap::may_be_ours(&session.0, head.as_ref(), data));
    catch_unwind(look).unwrap_or(false)
}
