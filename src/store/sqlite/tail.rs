//! Where the journal ended, kept beside the database. A lost write-ahead log or an old copy put over the file leaves a sound
//! database in which the newest actions never happened; this file remembers that they did.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};

use super::journal;
use crate::store::JournalBreak;

/// The number and the seal of an entry.
pub(super) type End = (i64, Vec<u8>);

/// What the file begins with.
const MARK: &str = "docket journal tail";

/// The file beside a database.
#[derive(Debug)]
pub(super) struct Tail {
    /// `None` for a list in memory.
    path: Option<PathBuf>,
    /// What this process wrote last.
    written: RefCell<Option<End>>,
}

impl Tail {
    pub(super) fn beside(database: &Path) -> Self {
        let mut name = database.as_os_str().to_owned();
        name.push(".tail");
        Self { path: Some(PathBuf::from(name)), written: RefCell::default() }
    }

    pub(super) fn nowhere() -> Self {
        Self { path: None, written: RefCell::default() }
    }

    /// Remembers where the journal ends now that it is on disk. One that cannot be written is as old as the last one that
    /// could, which notices less and never too much; it is not synced for the same reason.
    pub(super) fn note(&self, end: Option<End>) {
        let (Some(path), Some(end)) = (&self.path, end) else { return };
        if self.written.borrow().as_ref() == Some(&end) {
            return;
        }
        let hex = end.1.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a String cannot fail.
            _ = write!(hex, "{byte:02x}");
            hex
        });
        // Always as long, so that it is written over in place: that needs no room.
        let line = format!("{MARK} {:020} {hex}\n", end.0);
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
        if file.and_then(|file| file.write_all_at(line.as_bytes(), 0)).is_ok() {
            *self.written.borrow_mut() = Some(end);
        }
    }

    /// Remembers nothing any more.
    pub(super) fn forget(&self) -> std::io::Result<()> {
        match self.path.as_ref().map_or(Ok(()), fs::remove_file) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    /// Holds the journal against what was remembered; the break, if it has lost or exchanged entries.
    pub(super) fn compare(&self, conn: &Connection) -> rusqlite::Result<Option<JournalBreak>> {
        let Some((seq, hash)) = self.read() else { return Ok(None) };
        let found = journal::seal_of(conn, seq)?;
        let why = match found {
            Some(found) if found == hash => return Ok(None),
            Some(_) => "it is another one than was written",
            None => "it was written, and is gone with all that came after it",
        };
        Ok(Some(JournalBreak { entry: u64::try_from(seq).unwrap_or_default(), why: why.to_owned() }))
    }

    /// What was remembered. A file that a power cut left without its contents remembers nothing.
    fn read(&self) -> Option<End> {
        let text = fs::read_to_string(self.path.as_ref()?).ok()?;
        let (seq, hex) = text.strip_prefix(MARK)?.trim().split_once(' ')?;
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let hash = hex.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>()?;
        Some((seq.parse().ok()?, hash))
    }
}

/// Where the journal ends.
pub(super) fn end(conn: &Connection) -> rusqlite::Result<Option<End>> {
    conn.prepare_cached("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}
