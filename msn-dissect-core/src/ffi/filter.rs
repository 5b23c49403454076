// SPDX-License-Identifier: GPL-2.0-or-later
//! What the packets of a conversation share.

use std::{
    ffi::c_char,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
};

use super::dissection::MsnSession;
use crate::filter::Conversation;

/// Most bytes of a value, with its NUL.
pub const MSN_MAX_SHARED: u32 = 1024;

/// Tells which field, by its number in the catalogue, has which value in all packets of a conversation of the frame
/// at `place` of the capture file (see
/// `Conversation`). False if there is no such conversation.
///
/// # Safety
/// `session` is null or came from `msn_session_new`; `field` is writable, and `value` has room for [`MSN_MAX_SHARED`] bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_shared(
    session: *const MsnSession,
    conversation: u8,
    place: u64,
    field: *mut u16,
    value: *mut c_char,
) -> bool {
    // SAFETY: as the caller promises; the shim never calls in while a call is under way.
    let Some(session) = (unsafe { session.as_ref() }) else { return false };
    let found = catch_unwind(AssertUnwindSafe(|| {
        Conversation::from_number(conversation)?.of_frame(&session.0, session.0.frames.at(place))
    }));
    let found = found.unwrap_or(None).filter(|(_, text)| text.len() < MSN_MAX_SHARED as usize);
    let Some((shared, text)) = found else { return false };
    // SAFETY: the text is shorter than the room, so that its NUL fits too.
    unsafe {
        field.write(shared.0);
        ptr::copy_nonoverlapping(text.as_ptr(), value.cast(), text.len());
        value.add(text.len()).write(0);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dissect,
        ffi::dissection::{msn_session_free, msn_session_new},
        output::Dissection,
        packet::Packet,
    };
    use std::ffi::CStr;

    #[test]
    fn values_are_written_with_their_end() {
        let session = msn_session_new();
        let mut room = [0x7f; MSN_MAX_SHARED as usize];
        let (value, mut field) = (room.as_mut_ptr(), 0);
        // SAFETY: the session was just made, and the room is as large as is asked for.
        unsafe {
            let line = b"USR 1 TWN I alice@example.com\r\n";
            dissect::stream(&mut (*session).0, &Packet::example(), line, &mut Dissection::default());
            assert!(!msn_shared(session, 1, 7, &mut field, value) && !msn_shared(session, 9, 1, &mut field, value));
            assert!(!msn_shared(ptr::null(), 1, 1, &mut field, value));
            assert!(msn_shared(session, 1, 1, &mut field, value));
            assert_eq!(CStr::from_ptr(value).to_str(), Ok("alice@example.com"));
            assert_eq!(field, crate::fields::command::ACCOUNT.0);
            msn_session_free(session);
        }
    }
}
