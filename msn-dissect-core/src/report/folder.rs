// SPDX-License-Identifier: GPL-2.0-or-later
//! The folder of a report: new, empty, or of an earlier report; nothing outside of it is written.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

/// Folders inside.
const FOLDERS: [&str; 4] = ["chats", "files", "persons", "streams"];
/// The file by which an earlier report is known.
const MARK: &str = "report.jsonl";
/// Most bytes of its first line.
const MAX_MARK: u64 = 4096;
/// How that line begins.
const MARKED: &str = "{\"event\":\"report\",\"schema\":\"msn-report\"";
/// Files inside that are pages, or belong to pages.
const PAGES: [&str; 3] = ["index.html", "style.css", "emoticons.css"];
/// Files inside with the same as data.
pub const DATA: [&str; 9] = [
    "messages.csv",
    "persons.csv",
    "contacts.csv",
    "files.csv",
    "logins.csv",
    "connections.csv",
    "timeline.csv",
    MARK,
    "files.dfxml",
];

/// A file or folder that could not be written.
#[derive(Debug)]
pub struct Error {
    /// Its path.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path.display(), self.source)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// What comes of writing.
pub type Result<T> = std::result::Result<T, Error>;

/// The folder of a report.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

/// A file that grows.
pub type Growing = BufWriter<File>;

fn at<T>(path: &Path, result: io::Result<T>) -> Result<T> {
    result.map_err(|source| Error { path: path.to_owned(), source })
}

impl Folder {
    /// Makes the folder, or empties that of an earlier report.
    ///
    /// # Errors
    /// When it cannot be written, or holds anything else.
    pub fn open(root: &Path) -> Result<Folder> {
        let folder = Folder { root: root.to_owned() };
        match fs::symlink_metadata(root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => at(root, fs::create_dir_all(root))?,
            _ => folder.empty()?,
        }
        for name in FOLDERS {
            let path = root.join(name);
            at(&path, fs::create_dir(&path))?;
        }
        Ok(folder)
    }

    fn empty(&self) -> Result<()> {
        let entries = at(&self.root, fs::read_dir(&self.root))?;
        let entries: Vec<_> = at(&self.root, entries.collect::<io::Result<_>>())?;
        if entries.is_empty() {
            return Ok(());
        }
        let made = [&FOLDERS[..], &PAGES, &DATA].concat();
        let is_made = |entry: &fs::DirEntry| made.iter().any(|&name| entry.file_name() == name);
        if !self.is_report() || !entries.iter().all(is_made) {
            let text = "holds something that is no report; give a new or empty folder";
            return at(&self.root, Err(io::Error::new(io::ErrorKind::AlreadyExists, text)));
        }
        // The mark goes last: what was emptied in part is still known.
        for path in entries.iter().filter(|entry| entry.file_name() != MARK).map(fs::DirEntry::path) {
            // A link is removed, and what it leads to stays.
            let is_folder = at(&path, fs::symlink_metadata(&path))?.is_dir();
            at(&path, if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) })?;
        }
        let mark = self.root.join(MARK);
        at(&mark, fs::remove_file(&mark))
    }

    /// Whether an earlier report made it.
    fn is_report(&self) -> bool {
        let Ok(file) = File::open(self.root.join(MARK)) else { return false };
        let mut line = String::new();
        let read = BufReader::new(file.take(MAX_MARK)).read_line(&mut line);
        read.is_ok() && line.starts_with(MARKED)
    }

    /// The path of a file inside.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// A new file inside.
    ///
    /// # Errors
    /// When it cannot be made, or is there.
    pub fn create(&self, name: &str) -> Result<Growing> {
        let path = self.path(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        Ok(BufWriter::new(at(&path, file)?))
    }

    /// More for a file inside that was made before.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn append(&self, name: &str) -> Result<Growing> {
        let path = self.path(name);
        Ok(BufWriter::new(at(&path, OpenOptions::new().append(true).open(&path))?))
    }

    /// Writes a whole file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut file = self.create(name)?;
        self.put(&mut file, name, bytes)?;
        self.close(file, name)
    }

    /// Writes to a file that grows.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, file: &mut Growing, name: &str, bytes: &[u8]) -> Result<()> {
        let result = file.write_all(bytes);
        result.map_err(|source| Error { path: self.path(name), source })
    }

    /// Brings what was put to a file that grows to the disk.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&self, file: &mut Growing, name: &str) -> Result<()> {
        let result = file.flush();
        result.map_err(|source| Error { path: self.path(name), source })
    }

    /// Ends a file.
    ///
    /// # Errors
    /// When the last of it cannot be written.
    pub fn close(&self, mut file: Growing, name: &str) -> Result<()> {
        self.flush(&mut file, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn only_new_empty_and_own_folders_are_taken() {
        let scratch = scratch();
        let root = scratch.path().join("new");
        let folder = Folder::open(&root).expect("a new folder");
        folder.write(MARK, format!("{MARKED}}}\n").as_bytes()).expect("written");
        folder.write("files/a", b"x").expect("written");
        Folder::open(&root).expect("that of an earlier report");
        assert!(!root.join("files/a").exists() && root.join("files").is_dir());
        // What somebody laid beside it stays, and so does all else.
        folder.write(MARK, format!("{MARKED}}}\n").as_bytes()).expect("written");
        fs::write(root.join("notes.txt"), b"x").expect("written");
        Folder::open(&root).expect_err("not only a report");
        assert!(root.join("notes.txt").exists() && root.join(MARK).exists());
        let other = scratch.path().join("other");
        fs::create_dir(&other).expect("made");
        Folder::open(&other).expect("an empty folder");
        // Its own folders stand there now, but no mark of a report that was written.
        let error = Folder::open(&other).expect_err("no report").to_string();
        assert!(error.starts_with(&other.display().to_string()), "{error}");
        assert!(other.join("files").is_dir(), "nothing was removed");
    }

    #[test]
    fn links_are_not_followed() {
        let scratch = scratch();
        let (root, outside) = (scratch.path().join("report"), scratch.path().join("outside"));
        fs::create_dir(&outside).expect("made");
        fs::write(outside.join("kept"), b"x").expect("written");
        let folder = Folder::open(&root).expect("new");
        folder.write(MARK, format!("{MARKED}}}\n").as_bytes()).expect("written");
        fs::remove_dir(root.join("chats")).expect("removed");
        std::os::unix::fs::symlink(&outside, root.join("chats")).expect("linked");
        Folder::open(&root).expect("emptied");
        assert!(outside.join("kept").exists() && !root.join("chats").is_symlink() && root.join("chats").is_dir());
        std::os::unix::fs::symlink(outside.join("kept"), root.join("files.csv")).expect("linked");
        let error = folder.create("files.csv").expect_err("a link").to_string();
        assert!(error.contains("files.csv"), "{error}");
    }
}
