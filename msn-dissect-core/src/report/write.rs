// SPDX-License-Identifier: GPL-2.0-or-later
//! A report in a folder: tables, lines, files and pages, which grow as the capture goes by; `index.html` comes last.

use super::{
    dfxml::Dfxml,
    files::Files,
    folder::{Error, Folder, Result},
    lines::Lines,
    pages::Pages,
    record::Record,
    story::{Story, seen},
    tables::Tables,
};
use crate::event::{Fact, Unit};
use std::path::{Path, PathBuf};

/// A report under way.
#[derive(Debug)]
pub struct Report {
    story: Story,
    files: Files,
    out: Out,
}

/// Where records go.
#[derive(Debug)]
struct Out {
    folder: Folder,
    tables: Tables,
    lines: Lines,
    dfxml: Dfxml,
    pages: Pages,
}

impl Report {
    /// Begins a report in a folder that is new, empty or of an earlier report.
    ///
    /// # Errors
    /// When it cannot be written, or holds anything else.
    pub fn create(root: &Path) -> Result<Report> {
        let folder = Folder::open(root)?;
        let lines = Lines::create(&folder)?;
        let (tables, dfxml, pages) = (Tables::create(&folder)?, Dfxml::create(&folder)?, Pages::create(&folder)?);
        let out = Out { folder, tables, lines, dfxml, pages };
        Ok(Report { story: Story::default(), files: Files::default(), out })
    }

    /// Takes a PDU.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn take(&mut self, unit: &Unit) -> Result<()> {
        let Report { story, files, out } = self;
        for fact in &unit.facts {
            match fact {
                Fact::Object(object) => story.files.push(files.write(&out.folder, object, seen(&unit.at))?),
                Fact::Transfer(transfer) => {
                    files.offer(transfer, seen(&unit.at));
                }
                _ => {}
            }
        }
        out.pages.unit(&out.folder, unit)?;
        let mut result = Ok(());
        story.take(unit, &mut |record| out.take(record, &mut result));
        result
    }

    /// The capture has ended; gives the path of the first page.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn finish(mut self) -> Result<PathBuf> {
        let mut result = Ok(());
        let (files, out) = (&mut self.files, &mut self.out);
        for file in files.missing() {
            out.take(&Record::File(file), &mut result);
        }
        self.story.finish(&mut |record| out.take(record, &mut result));
        result?;
        let Out { folder, mut tables, lines, dfxml, mut pages } = self.out;
        tables.finish(&folder)?;
        dfxml.finish(&folder)?;
        lines.finish(&folder)?;
        pages.finish(&folder)?;
        Ok(folder.path("index.html"))
    }
}

impl Out {
    /// Adds a record everywhere, unless something failed before.
    fn take(&mut self, record: &Record, result: &mut std::result::Result<(), Error>) {
        if result.is_ok() {
            *result = self.write(record);
        }
    }

    fn write(&mut self, record: &Record) -> Result<()> {
        let Out { folder, tables, lines, dfxml, pages } = self;
        tables.take(folder, record)?;
        lines.take(folder, record)?;
        if let Record::File(file) = record {
            dfxml.take(folder, file)?;
        }
        pages.record(folder, record)
    }
}
