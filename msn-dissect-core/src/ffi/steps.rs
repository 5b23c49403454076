// SPDX-License-Identifier: GPL-2.0-or-later
//! Who speaks with whom in a dissection, in a form that C can read.

use std::ffi::{CString, c_char};

use crate::{
    event::Unit,
    report::steps::{Step, leg, parties},
};

/// A PDU as a line between two.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MsnStep {
    /// Who sends it, NUL-terminated.
    pub from: *const c_char,
    /// Who gets it, NUL-terminated.
    pub to: *const c_char,
    /// What it is, NUL-terminated; null for a line between persons, of which a PDU may have several, besides that to or
    /// from its server.
    pub text: *const c_char,
}

/// What was made, and what C reads of it.
#[derive(Debug, Default)]
pub(super) struct Steps {
    texts: Vec<CString>,
    steps: Vec<MsnStep>,
}

impl Steps {
    /// Makes the steps of PDUs, in place of those that were made before.
    pub fn make(&mut self, units: &[Unit]) {
        self.texts.clear();
        self.steps.clear();
        for unit in units {
            self.step(&leg(unit), Some(&unit.summary));
            for step in parties(unit) {
                self.step(&step, None);
            }
        }
    }

    fn step(&mut self, step: &Step, text: Option<&str>) {
        // Each string stays where it is while the list of strings grows.
        let mut string = |text: &str| {
            let text = CString::new(text.replace('\0', " ")).unwrap_or_default();
            let start = text.as_ptr();
            self.texts.push(text);
            start
        };
        let step = MsnStep {
            from: string(&step.from),
            to: string(&step.to),
            text: text.map_or(std::ptr::null(), &mut string),
        };
        self.steps.push(step);
    }

    /// The steps; their texts stay until the next ones are made.
    pub fn all(&self) -> &[MsnStep] {
        &self.steps
    }
}
