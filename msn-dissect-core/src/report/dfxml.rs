// SPDX-License-Identifier: GPL-2.0-or-later
//! `files.dfxml`: the files in the form that forensic tools exchange (Digital Forensics XML).

use super::{
    folder::{Folder, Growing, Result},
    record::File,
};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use std::io;

const FILE: &str = "files.dfxml";
/// Names of the form.
const DFXML: [(&str, &str); 3] = [
    ("xmlns", "http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("version", "1.0"),
];

/// The file of a report.
#[derive(Debug)]
pub struct Dfxml {
    file: Growing,
}

impl Dfxml {
    /// Begins the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(folder: &Folder) -> Result<Dfxml> {
        let mut dfxml = Dfxml { file: folder.create(FILE)? };
        dfxml.write(folder, |writer| {
            writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
            writer.write_event(Event::Start(BytesStart::new("dfxml").with_attributes(DFXML)))?;
            writer.create_element("metadata").write_inner_content(|writer| text(writer, "dc:type", "Carve Report"))?;
            writer
                .create_element("creator")
                .write_inner_content(|writer| text(writer, "program", env!("CARGO_PKG_NAME")))?;
            Ok(())
        })?;
        Ok(dfxml)
    }

    fn write(&mut self, folder: &Folder, made: impl FnOnce(&mut Writer<&mut Vec<u8>>) -> io::Result<()>) -> Result<()> {
        let mut bytes = Vec::new();
        // Nothing fails that is written to memory.
        let _ = made(&mut Writer::new(&mut bytes));
        bytes.push(b'\n');
        folder.put(&mut self.file, FILE, &bytes)
    }

    /// Adds a file that came.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn take(&mut self, folder: &Folder, file: &File) -> Result<()> {
        if file.path.is_empty() {
            return Ok(());
        }
        self.write(folder, |writer| {
            writer.create_element("fileobject").write_inner_content(|writer| {
                text(writer, "filename", &file.path)?;
                text(writer, "filesize", &file.size.unwrap_or_default().to_string())?;
                text(writer, "mtime", &file.seen.time.to_string())?;
                for (kind, digest) in [("sha1", &file.sha1), ("sha256", &file.sha256)] {
                    writer
                        .create_element("hashdigest")
                        .with_attribute(("type", kind))
                        .write_text_content(BytesText::new(digest))?;
                }
                Ok(())
            })?;
            Ok(())
        })
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, folder: &Folder) -> Result<()> {
        self.write(folder, |writer| writer.write_event(Event::End(BytesEnd::new("dfxml"))))?;
        folder.close(self.file, FILE)
    }
}

fn text<W: io::Write>(writer: &mut Writer<W>, name: &str, text: &str) -> io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(text)).map(drop)
}
