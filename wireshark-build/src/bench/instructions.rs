// SPDX-License-Identifier: GPL-2.0-or-later
//! Instructions for each packet, by valgrind: of the usual capture, and of web traffic without MSN.

use anyhow::Result;

use super::{MODES, MSNMS, Mode, PLUGIN, Run, SUBJECTS, Subject, callgrind};

impl Run<'_> {
    /// Counts instructions for each packet: those for the whole capture, less those for its first packet alone, which
    /// are the cost of starting tshark.
    pub(super) fn count_instructions(&self, modes: &[&Mode]) -> Result<()> {
        println!("\ninstructions for each packet, ratio to msnms:\n");
        println!("{:<9} {:>9} {:>9} {:>9}   {:<7} null", "mode", "plugin", "msnms", "null", "plugin");
        for mode in modes {
            let mut each = [0.0; 3];
            for (subject, each) in SUBJECTS.iter().zip(&mut each) {
                let start = self.instructions(subject, mode, &["-c", "1"])?;
                let whole = self.instructions(subject, mode, &[])?;
                *each = whole.saturating_sub(start) as f64 / self.packets as f64;
            }
            let [plugin, msnms, null] = each;
            println!(
                "{:<9} {plugin:>9.0} {msnms:>9.0} {null:>9.0}   {:<7.2} {:.2}",
                mode.name,
                plugin / msnms,
                null / msnms
            );
        }
        Ok(())
    }

    /// Counts instructions for each packet of web traffic: those for the whole capture, less those for its first tenth.
    pub(super) fn count_on_web(&self) -> Result<()> {
        println!("capture: {} packets of web traffic", self.packets);
        println!("\ninstructions for each packet of web traffic, ratio to no plugin:\n");
        println!("{:<9} {:>9} {:>9}   ratio", "mode", "plugin", "none");
        let first = (self.packets / 10).max(1);
        for mode in MODES.iter().filter(|mode| !mode.fields) {
            let mut each = [0.0; 2];
            for (subject, each) in [PLUGIN, MSNMS].into_iter().zip(&mut each) {
                let subject = &SUBJECTS[subject];
                let start = self.instructions(subject, mode, &["-c", &first.to_string()])?;
                let whole = self.instructions(subject, mode, &[])?;
                *each = whole.saturating_sub(start) as f64 / self.packets.saturating_sub(first).max(1) as f64;
            }
            let [plugin, none] = each;
            println!("{:<9} {plugin:>9.0} {none:>9.0}   {:.4}", mode.name, plugin / none);
        }
        Ok(())
    }

    fn instructions(&self, subject: &Subject, mode: &Mode, more: &[&str]) -> Result<u64> {
        let mut arguments = self.arguments(subject, mode);
        arguments.extend(more.iter().map(|word| (*word).to_owned()));
        callgrind::instructions(&self.stage, subject.plugins, &arguments)
    }
}
