// SPDX-License-Identifier: GPL-2.0-or-later
//! Counts work in tests: bytes and rows that loops look at, so that a test can tell whether the work grows faster than the
//! input. Outside of tests nothing is counted.

/// Counts bytes or rows that were looked at.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn done(_count: usize) {}

#[cfg(test)]
pub(crate) use counted::{count, done, grows_like};

#[cfg(test)]
mod counted {
    use std::cell::Cell;

    thread_local! {
        static DONE: Cell<u64> = const { Cell::new(0) };
    }

    /// Counts bytes or rows that were looked at.
    pub(crate) fn done(count: usize) {
        DONE.with(|done| done.set(done.get() + count as u64));
    }

    /// What `work` counted.
    pub(crate) fn count(work: impl FnOnce()) -> u64 {
        let before = DONE.get();
        work();
        DONE.get() - before
    }

    /// Fails if twice the input takes more than twice the work. `work` makes an input of so many parts, does the work, and
    /// gives the bytes of the input.
    pub(crate) fn grows_like(mut work: impl FnMut(usize) -> usize) {
        let mut rows = Vec::new();
        for parts in [1, 2, 4, 8] {
            let mut bytes = 0;
            rows.push((count(|| bytes = work(parts)), bytes as u64));
        }
        for pair in rows.windows(2) {
            let [(less, bytes), (more, twice)] = pair else { continue };
            // What does not depend on the input is done twice at most, too.
            assert!(
                more * bytes <= less * twice * 5 / 4,
                "work of {less} for {bytes} bytes, {more} for {twice}: {rows:?}"
            );
        }
    }
}
