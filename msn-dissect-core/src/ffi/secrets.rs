// SPDX-License-Identifier: GPL-2.0-or-later
//! What the user tells about accounts.

use std::{
    ffi::{CStr, c_char},
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::dissection::MsnSession;
use crate::session::secrets::Secrets;

/// Tells the secrets of an account, so that its logins can be verified: its password, and the binary secret of the
/// login service in base64. Both may be empty or null. False when the secret is no base64 or there are too many.
///
/// # Safety
/// `session` came from `msn_session_new`; the texts are NUL-terminated or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_session_secret(
    session: *mut MsnSession,
    account: *const c_char,
    password: *const c_char,
    secret: *const c_char,
) -> bool {
    // SAFETY: as the caller promises; the shim never calls in while a call is under way.
    let Some(session) = (unsafe { session.as_mut() }) else {
        return false;
    };
    // SAFETY: as the caller promises.
    let (account, password, secret) = unsafe { (text(account), text(password), text(secret)) };
    catch_unwind(AssertUnwindSafe(|| session.0.secrets.keep(account, password, secret))).unwrap_or(false)
}

/// Tells whether the text of messages is to stay out of the Info column and the labels that repeat it.
///
/// # Safety
/// `session` is null or came from `msn_session_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_session_hide_texts(session: *mut MsnSession, hide: bool) {
    // SAFETY: as the caller promises; the shim never calls in while a call is under way.
    if let Some(session) = unsafe { session.as_mut() } {
        session.0.hides_texts = hide;
    }
}

/// Whether a secret is base64, as [`msn_session_secret`] wants it.
///
/// # Safety
/// `secret` is NUL-terminated or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_secret_valid(secret: *const c_char) -> bool {
    // SAFETY: as the caller promises.
    let secret = unsafe { text(secret) };
    catch_unwind(|| Secrets::default().keep("a", "", secret)).unwrap_or(false)
}

/// The text; empty if it is null or no UTF-8.
///
/// # Safety
/// `text` is NUL-terminated or null, and does not change for the life of the result.
unsafe fn text<'a>(text: *const c_char) -> &'a str {
    if text.is_null() {
        return "";
    }
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::dissection::{msn_session_free, msn_session_new};

    #[test]
    fn secrets_reach_the_session() {
        let session = msn_session_new();
        // SAFETY: the session was just made, the texts are literals.
        unsafe {
            assert!(msn_session_secret(session, c"alice@example.com".as_ptr(), c"secret".as_ptr(), std::ptr::null()));
            assert!(!msn_session_secret(session, c"bob@example.com".as_ptr(), std::ptr::null(), c"?".as_ptr()));
            assert!((*session).0.secrets.of("alice@example.com").is_some());
            assert!(msn_secret_valid(c"AAEC".as_ptr()) && !msn_secret_valid(c"?".as_ptr()));
            assert!(!msn_session_secret(std::ptr::null_mut(), c"a".as_ptr(), c"".as_ptr(), c"".as_ptr()));
            msn_session_free(session);
        }
    }
}
