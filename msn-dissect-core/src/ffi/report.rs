// SPDX-License-Identifier: GPL-2.0-or-later
//! Transcripts and reports behind opaque pointers. The shim brings dissections and takes text back.

use std::{
    ffi::{CStr, CString, OsStr, c_char},
    os::unix::ffi::OsStrExt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    ptr,
};

use super::dissection::{MsnDissection, told};
use crate::report::{folder, transcript::Transcript, write::Report};

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

/// A report under way. Opaque to C.
pub struct MsnReport {
    report: Option<Report>,
    error: CString,
}

/// Begins a report in a folder, whose path ends with a NUL. What is wrong, if anything is, tells [`msn_report_error`].
/// Null if memory ran out.
///
/// # Safety
/// `folder` is a string that ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_report_new(folder: *const c_char) -> *mut MsnReport {
    // SAFETY: as the caller promises.
    let folder = unsafe { CStr::from_ptr(folder) };
    let begin = || {
        let mut made = MsnReport { report: None, error: CString::default() };
        match Report::create(Path::new(OsStr::from_bytes(folder.to_bytes()))) {
            Ok(report) => made.report = Some(report),
            Err(error) => made.fail(&error.to_string()),
        }
        Box::into_raw(Box::new(made))
    };
    catch_unwind(begin).unwrap_or(ptr::null_mut())
}

/// What went wrong, NUL-terminated; empty if nothing did. Nothing is written any more then.
///
/// # Safety
/// `report` is null or came from [`msn_report_new`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_report_error(report: *const MsnReport) -> *const c_char {
    // SAFETY: as the caller promises.
    unsafe { report.as_ref() }.map_or(c"out of memory".as_ptr(), |report| report.error.as_ptr())
}

/// Takes what a dissection tells; times are shown `offset` seconds east of UTC. False if that could not be written.
///
/// # Safety
/// `report` is null or came from [`msn_report_new`]; `dissection` was not given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_report_take(
    report: *mut MsnReport,
    dissection: *const MsnDissection,
    offset: i32,
) -> bool {
    // SAFETY: as the caller promises.
    let (Some(made), units) = (unsafe { report.as_mut() }, unsafe { told(dissection) }) else { return false };
    made.step(|report| {
        units.iter().try_for_each(|unit| {
            let mut unit = unit.clone();
            unit.at.offset = offset;
            report.take(&unit)
        })
    })
}

/// The capture has ended: writes the rest. False if that could not be written.
///
/// # Safety
/// `report` is null or came from [`msn_report_new`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_report_finish(report: *mut MsnReport) -> bool {
    // SAFETY: as the caller promises.
    let Some(made) = (unsafe { report.as_mut() }) else { return false };
    let Some(report) = made.report.take() else { return false };
    match catch_unwind(AssertUnwindSafe(|| report.finish().map(drop))) {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            made.fail(&error.to_string());
            false
        }
        Err(_) => {
            made.fail(INTERNAL);
            false
        }
    }
}

/// Ends a report, whether it was finished or not.
///
/// # Safety
/// `report` is null or came from [`msn_report_new`], and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msn_report_free(report: *mut MsnReport) {
    if !report.is_null() {
        // SAFETY: the caller gives back what `Box::into_raw` handed out.
        let report = unsafe { Box::from_raw(report) };
        let _ = catch_unwind(AssertUnwindSafe(|| drop(report)));
    }
}

/// What is said of a panic.
const INTERNAL: &str = "internal error, please report";

impl MsnReport {
    fn fail(&mut self, text: &str) {
        self.report = None;
        self.error = CString::new(text.replace('\0', " ")).unwrap_or_default();
    }

    /// Does something with the report, unless something failed before.
    fn step(&mut self, step: impl FnOnce(&mut Report) -> folder::Result<()>) -> bool {
        let Some(report) = &mut self.report else { return false };
        match catch_unwind(AssertUnwindSafe(|| step(report))) {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                self.fail(&error.to_string());
                false
            }
            Err(_) => {
                self.fail(INTERNAL);
                false
            }
        }
    }
}
