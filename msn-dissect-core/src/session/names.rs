// SPDX-License-Identifier: GPL-2.0-or-later
//! Account names, kept once each and named by number.

use crate::wire::work;

use super::{
    losses::{Loss, Losses},
    map::Map,
};

/// Number of a kept name; 0 is no name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(u32);

/// Most names kept; that further ones are not is reported.
pub const MAX_NAMES: usize = 1 << 17;

/// Longest name kept, in bytes; an account has at most 129 characters (fact base: transports 1).
pub const MAX_NAME: usize = 512;

/// The table of names.
#[derive(Debug, Default)]
pub struct Names {
    by_text: Map<Box<str>, u32>,
    texts: Vec<Box<str>>,
    losses: Losses,
}

impl NameId {
    /// Its number, which is the same on every pass; 0 names nothing.
    pub fn number(self) -> u32 {
        self.0
    }

    /// Whether this names nothing.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl Names {
    /// No names; those that are not kept are reported.
    pub fn new(losses: &Losses) -> Self {
        Names { losses: losses.clone(), ..Names::default() }
    }

    /// The number of a name, kept now if it is new.
    pub fn keep(&mut self, text: &str) -> NameId {
        work::done(text.len());
        if let Some(&id) = self.by_text.get(text) {
            return NameId(id);
        }
        if text.is_empty() {
            return NameId::default();
        }
        if text.len() > MAX_NAME || self.texts.len() >= MAX_NAMES {
            self.losses.report(Loss::Name);
            return NameId::default();
        }
        self.texts.push(text.into());
        let id = self.texts.len() as u32;
        self.by_text.insert(text.into(), id);
        NameId(id)
    }

    /// The number of a name, if it was kept.
    pub fn find(&self, text: &str) -> Option<NameId> {
        self.by_text.get(text).map(|&id| NameId(id))
    }

    /// The name; empty for no name.
    pub fn get(&self, id: NameId) -> &str {
        (id.0 as usize).checked_sub(1).and_then(|at| self.texts.get(at)).map_or("", |text| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_once_and_bounded() {
        let mut names = Names::default();
        let alice = names.keep("alice@example.com");
        assert_eq!(names.keep("alice@example.com"), alice);
        assert_eq!(names.get(alice), "alice@example.com");
        assert!(names.keep(&"x".repeat(MAX_NAME + 1)).is_none());
        assert!(names.keep("").is_none());
        assert_eq!((names.losses.any(&[Loss::Name]), names.get(NameId::default())), (true, ""));
    }
}
