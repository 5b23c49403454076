// SPDX-License-Identifier: GPL-2.0-or-later
//! Display filters for conversations.

use std::{
    ffi::c_char,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
};

use super::dissection::MsnSession;
use crate::filter::Conversation;

/// Most bytes of a filter, with its NUL.
pub const MSN_MAX_FILTER: u32 = 2048;

/// Writes the filter for a conversation of a frame (see `Conversation`), NUL-terminated; false if there is none.
///
/// # Safety
/// `session` is null or came from `msn_session_new`; `filter` has room for [`MSN_MAX_FILTER`] bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_filter(
    session: *const MsnSession,
    conversation: u8,
    frame: u32,
    filter: *mut c_char,
) -> bool {
    // SAFETY: as the caller promises; the shim never calls in while a call is under way.
    let Some(session) = (unsafe { session.as_ref() }) else { return false };
    let made = catch_unwind(AssertUnwindSafe(|| Conversation::from_number(conversation)?.filter(&session.0, frame)));
    let Some(text) = made.unwrap_or(None).filter(|text| text.len() < MSN_MAX_FILTER as usize) else { return false };
    // SAFETY: the text is shorter than the room, so that its NUL fits too.
    unsafe {
        ptr::copy_nonoverlapping(text.as_ptr(), filter.cast(), text.len());
        filter.add(text.len()).write(0);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dissect::{self, Dissection, Packet},
        ffi::dissection::{msn_session_free, msn_session_new},
    };
    use std::ffi::CStr;

    #[test]
    fn filters_are_written_with_their_end() {
        let session = msn_session_new();
        let mut room = [0x7f; MSN_MAX_FILTER as usize];
        let filter = room.as_mut_ptr();
        // SAFETY: the session was just made, and the room is as large as is asked for.
        unsafe {
            let line = b"USR 1 TWN I alice@example.com\r\n";
            dissect::stream(&mut (*session).0, &Packet::example(), line, &mut Dissection::default());
            assert!(!msn_filter(session, 1, 7, filter) && !msn_filter(session, 9, 1, filter));
            assert!(!msn_filter(ptr::null(), 1, 1, filter));
            assert!(msn_filter(session, 1, 1, filter));
            assert_eq!(CStr::from_ptr(filter).to_str(), Ok("msn.account == \"alice@example.com\""));
            msn_session_free(session);
        }
    }
}
