// SPDX-License-Identifier: GPL-2.0-or-later
//! Transcripts and reports behind opaque pointers. The shim brings dissections and takes text back.

use std::{
    ffi::c_char,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
};

use super::dissection::{MsnDissection, told};
use crate::report::transcript::Transcript;

/// A transcript under way. Opaque to C.
#[derive(Default)]
pub struct MsnTranscript {
    transcript: Transcript,
    text: String,
}

/// A new, empty transcript.
#[unsafe(no_mangle)]
pub extern "C" fn msn_transcript_new() -> *mut MsnTranscript {
    catch_unwind(|| Box::into_raw(Box::default())).unwrap_or(ptr::null_mut())
}

/// Takes what a dissection tells; times are shown `offset` seconds east of UTC. Gives the lines that are known now,
/// NUL-terminated and valid until the next call.
///
/// # Safety
/// `transcript` is null or came from [`msn_transcript_new`]; `dissection` was not given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_transcript_take(
    transcript: *mut MsnTranscript,
    dissection: *const MsnDissection,
    offset: i32,
) -> *const c_char {
    // SAFETY: as the caller promises.
    let (Some(transcript), units) = (unsafe { transcript.as_mut() }, unsafe { told(dissection) }) else {
        return c"".as_ptr();
    };
    text(transcript, |transcript, text| {
        for unit in units {
            let mut unit = unit.clone();
            unit.at.offset = offset;
            transcript.take(&unit, text);
        }
    })
}

/// The capture has ended: gives the rest, as [`msn_transcript_take`].
///
/// # Safety
/// `transcript` is null or came from [`msn_transcript_new`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_transcript_finish(transcript: *mut MsnTranscript) -> *const c_char {
    // SAFETY: as the caller promises.
    let Some(transcript) = (unsafe { transcript.as_mut() }) else { return c"".as_ptr() };
    text(transcript, Transcript::finish)
}

/// Ends a transcript.
///
/// # Safety
/// `transcript` is null or came from [`msn_transcript_new`], and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_transcript_free(transcript: *mut MsnTranscript) {
    if !transcript.is_null() {
        // SAFETY: the caller gives back what `Box::into_raw` handed out.
        let transcript = unsafe { Box::from_raw(transcript) };
        let _ = catch_unwind(AssertUnwindSafe(|| drop(transcript)));
    }
}

fn text(made: &mut MsnTranscript, step: impl FnOnce(&mut Transcript, &mut String)) -> *const c_char {
    made.text.clear();
    let MsnTranscript { transcript, text } = made;
    let done = catch_unwind(AssertUnwindSafe(|| {
        step(transcript, text);
        text.push('\0');
    }));
    match done {
        Ok(()) => made.text.as_ptr().cast(),
        Err(_) => c"".as_ptr(),
    }
}
