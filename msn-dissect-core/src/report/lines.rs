// SPDX-License-Identifier: GPL-2.0-or-later
//! `report.jsonl`: one event a line, as JSON. The first line says which form it has, the last one that nothing is missing.

use super::{
    folder::{Folder, Growing, Result},
    record::{Record, SCHEMA, VERSION},
};
use serde::Serialize;

const FILE: &str = "report.jsonl";

/// The first and the last line.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Frame {
    /// What follows.
    Report { schema: &'static str, version: u32 },
    /// How many lines stood between.
    End { records: u64 },
}

/// The lines of a report.
#[derive(Debug)]
pub struct Lines {
    file: Growing,
    records: u64,
}

impl Lines {
    /// Begins the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(folder: &Folder) -> Result<Lines> {
        let mut lines = Lines { file: folder.create(FILE)?, records: 0 };
        lines.write(folder, &Frame::Report { schema: SCHEMA, version: VERSION })?;
        // By this line a report that ends here is known.
        folder.flush(&mut lines.file, FILE)?;
        Ok(lines)
    }

    fn write(&mut self, folder: &Folder, line: &impl Serialize) -> Result<()> {
        // Nothing fails that is made of texts and numbers.
        let mut text = serde_json::to_vec(line).unwrap_or_default();
        text.push(b'\n');
        folder.put(&mut self.file, FILE, &text)
    }

    /// Adds a record.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn take(&mut self, folder: &Folder, record: &Record) -> Result<()> {
        self.records += 1;
        self.write(folder, record)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, folder: &Folder) -> Result<()> {
        let records = self.records;
        self.write(folder, &Frame::End { records })?;
        folder.close(self.file, FILE)
    }
}
