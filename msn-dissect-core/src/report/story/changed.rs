// SPDX-License-Identifier: GPL-2.0-or-later
//! What changed since it was asked for last. Nothing is noted unless somebody asks.

/// Most that is listed in one cell of a row that is shown again and again: accounts of a chat, groups of a contact.
pub(super) const MAX_LISTED: usize = 64;

/// A list of what changed.
#[derive(Debug)]
pub(super) struct Changed<T> {
    noted: Vec<T>,
    watched: bool,
}

impl<T> Default for Changed<T> {
    fn default() -> Self {
        Changed { noted: Vec::new(), watched: false }
    }
}

impl<T> Changed<T> {
    /// Somebody will ask.
    pub fn watch(&mut self) {
        self.watched = true;
    }

    /// Whether somebody asks.
    pub fn is_watched(&self) -> bool {
        self.watched
    }

    /// How much is noted.
    pub fn len(&self) -> usize {
        self.noted.len()
    }

    /// Something changed.
    pub fn note(&mut self, what: impl FnOnce() -> T) {
        if self.watched {
            self.noted.push(what());
        }
    }

    /// What changed.
    pub fn take(&mut self) -> Vec<T> {
        std::mem::take(&mut self.noted)
    }
}

/// A list as text, or its begin.
pub(super) fn listed<'a>(all: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut list: Vec<String> = all.take(MAX_LISTED + 1).cloned().collect();
    if list.len() > MAX_LISTED {
        list.truncate(MAX_LISTED);
        list.push("…".to_owned());
    }
    list
}
