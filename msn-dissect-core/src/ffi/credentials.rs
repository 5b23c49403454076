// SPDX-License-Identifier: GPL-2.0-or-later
//! Logins of a dissection, in a form that C can read.

use std::ffi::c_char;

use crate::{
    credentials::{self, Login},
    item::{NO_TEXT, Tree},
};

/// A login for Wireshark's list of credentials.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MsnLogin {
    /// The account, NUL-terminated; empty if it is not known.
    pub account: *const c_char,
    /// The security package, NUL-terminated.
    pub scheme: *const c_char,
    /// Number of the field with the proof in the catalogue.
    pub field: u16,
}

/// What was read, and what C reads of it.
#[derive(Debug, Default)]
pub(super) struct Logins {
    read: Vec<Login>,
    logins: Vec<MsnLogin>,
}

impl Logins {
    /// Reads the logins of a tree, or none, in place of those that were read before.
    pub fn read(&mut self, tree: &Tree, wanted: bool) {
        self.logins.clear();
        if !wanted {
            return;
        }
        credentials::read(tree, &mut self.read);
        let text = |at: u32| match tree.arena().get(at as usize..) {
            Some(text) if at != NO_TEXT => text.as_ptr().cast(),
            _ => c"".as_ptr(),
        };
        let logins = self.read.iter();
        self.logins.extend(logins.map(|&Login { account, scheme, proof }| MsnLogin {
            account: text(account),
            scheme: text(scheme),
            field: proof.0,
        }));
    }

    /// The logins; their texts stand in the tree's arena.
    pub fn all(&self) -> &[MsnLogin] {
        &self.logins
    }
}
