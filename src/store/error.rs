//! Why the list could not be read or written, in one sentence that names the file, and what to do about it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::domain::action::State;
use crate::domain::ids::CaseId;
use crate::domain::record::ActionId;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No database of docket can be read from the file.
    #[error("{} cannot be read as a docket database: {detail}", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A sound database, but another program's.
    #[error("{} is the database of another program", path.display())]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// Written by a later docket.
    #[error(
        "{} was written by a newer docket (its format is {found}, this docket reads up to {known})",
        path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its format number.
        found: u64,
        /// The highest format number this docket reads.
        known: u64,
    },
    /// On a file system on which SQLite cannot keep its word.
    #[error("{} lies on {what}, where several processes cannot share a database", path.display())]
    Remote {
        /// The database or its directory.
        path: PathBuf,
        /// The file system, with its article.
        what: &'static str,
    },
    /// On such a file system refunds need a word of the config.
    #[error("{} lies on {what}, and no refund is sent from there", path.display())]
    NetworkRefund {
        /// The database.
        path: PathBuf,
        /// The file system, with its article.
        what: &'static str,
    },
    /// On such a file system one process at a time may have it.
    #[error("another docket has {} open, and on {what} only one at a time may", path.display())]
    Alone {
        /// The database.
        path: PathBuf,
        /// The file system, with its article.
        what: &'static str,
    },
    /// Open for reading alone.
    #[error("{} can be read and not written: {why}", path.display())]
    ReadOnly {
        /// The database.
        path: PathBuf,
        /// The file or directory, and what the system says of it.
        why: String,
    },
    /// Somebody else can change it or has it.
    #[error("{found}; run `{command}`")]
    Exposed {
        /// What is wrong with which file.
        found: String,
        /// What mends it.
        command: String,
    },
    /// Too little room to begin something new.
    #[error("only {free_mib} MiB are free beside {}, so nothing new is sent", path.display())]
    Low {
        /// The database.
        path: PathBuf,
        /// What is free.
        free_mib: u64,
    },
    /// The disk did not do as it was told.
    #[error("the disk failed under {}: {detail}", path.display())]
    Disk {
        /// The database.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// Something went wrong earlier that this process cannot mend.
    #[error("nothing new is sent from {}: {why}", path.display())]
    Halted {
        /// The database.
        path: PathBuf,
        /// What it was.
        why: &'static str,
    },
    /// The journal is not what was written.
    #[error("the journal in {} is broken at entry {entry} ({why}), so nothing is sent", path.display())]
    Broken {
        /// The database.
        path: PathBuf,
        /// The entry, from 1.
        entry: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A file of an older format could not be copied before it is changed.
    #[error("{} has an older format and could not be copied before it is brought up to date: {detail}", path.display())]
    NoCopy {
        /// The database.
        path: PathBuf,
        /// Why not.
        detail: String,
    },
    /// The file or its directory does not let itself be written.
    #[error("{} cannot be opened for writing: {detail}", path.display())]
    Unwritable {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// Another process held it longer than ten seconds.
    #[error("{} was held by another process for more than 10 seconds", path.display())]
    Busy {
        /// The database.
        path: PathBuf,
    },
    /// No room left on the disk.
    #[error("the disk is full, so {} was left as it was", path.display())]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// The case was never on the list.
    #[error("{id} is not on the list")]
    NotTracked {
        /// The case.
        id: CaseId,
    },
    /// Another action holds the case, the batch, or the order or number of the refund.
    #[error("{} is in the way: {state} since {}", by.0, minute(*since))]
    Occupied {
        /// The action that does.
        by: ActionId,
        /// Since when (UTC): when it was sent, or confirmed if it was not sent yet.
        since: OffsetDateTime,
        /// Where it stands.
        state: State,
    },
    /// No action of this name was ever confirmed here.
    #[error("the journal has no action {}", id.0)]
    NoSuchAction {
        /// The name.
        id: ActionId,
    },
    /// The action is no longer where it would have to be.
    #[error("{} is {from}, which does not become {to}", id.0)]
    Barred {
        /// The action.
        id: ActionId,
        /// Where it stands.
        from: State,
        /// Where it was to go.
        to: State,
    },
    /// The action does not say what it acts on.
    #[error("{} names nothing to act on", id.0)]
    NoTarget {
        /// The action.
        id: ActionId,
    },
    /// Anything else the system reports.
    #[error("{} could not be used: {detail}", path.display())]
    Other {
        /// The database.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
}

impl StoreError {
    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => {
                "restore a backup over it, or move it away and track the cases again: the gateway still has them"
            }
            Self::Foreign { .. } => "give docket a directory of its own with --data-dir",
            Self::Newer { .. } => "upgrade docket on this host; nothing was changed",
            Self::Remote { .. } => {
                "name a directory on a local disk with --data-dir or DOCKET_DATA_DIR; [policy] network_disk in the config is the other way"
            }
            Self::NetworkRefund { .. } => {
                "keep the list on a local disk with --data-dir, or set `network_disk = \"allow\"` in [policy]"
            }
            Self::Alone { .. } => "end the other docket, or keep the list on a local disk with --data-dir",
            Self::Exposed { .. } => {
                "then look whether somebody else has changed anything: `docket journal --verify` checks the journal"
            }
            Self::Low { .. } => {
                "free at least 64 MiB; the answers of what is on its way are still written down"
            }
            Self::Disk { .. } => {
                "look at the disk, its quota and limits on the size of files; nothing new is sent until docket is started again"
            }
            Self::Halted { .. } => {
                "end docket, run `docket doctor`, and see the README on restoring a backup"
            }
            Self::Broken { .. } => {
                "keep the file, run `docket journal --verify`, and see the README on restoring a backup"
            }
            Self::NoCopy { .. } => {
                "make room and the directory writable, then start docket again; nothing was changed"
            }
            Self::ReadOnly { .. } | Self::Unwritable { .. } => {
                "make the directory and the files in it belong to you and writable, or name another with --data-dir"
            }
            Self::Busy { .. } => "look for a stopped docket or a running backup, end it, and try again",
            Self::Full { .. } => "free some space and try again; what was stored before is safe",
            Self::NotTracked { .. } => "put it on the list with `docket track`",
            Self::Occupied { .. } => {
                "see how it ends first: `docket settle` asks PayerMax about what nobody can be sure of"
            }
            Self::NoSuchAction { .. } | Self::NoTarget { .. } => {
                "look at `docket journal` for what was confirmed here"
            }
            Self::Barred { .. } => "someone else has moved it; look at it again",
            Self::Other { .. } => "check the disk and the directory's rights, then try again",
        }
    }

    /// Sorts what SQLite reports by what the operator can do about it.
    pub(super) fn from_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let (path, detail) = (path.to_owned(), error.to_string());
        match error {
            rusqlite::Error::SqliteFailure(cause, _) => match cause.code {
                ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => Self::Damaged { path, detail },
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy { path },
                ErrorCode::DiskFull => Self::Full { path },
                ErrorCode::SystemIoFailure => Self::Disk { path, detail },
                ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
                    Self::Unwritable { path, detail }
                }
                _ => Self::Other { path, detail },
            },
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => Self::Damaged { path, detail },
            _ => Self::Other { path, detail },
        }
    }

    /// Sorts what the file system reports in the same way.
    pub(super) fn from_io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let (path, detail) = (path.to_owned(), error.to_string());
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full { path },
            _ => Self::Unwritable { path, detail },
        }
    }
}

/// An instant in a sentence, in UTC to the minute.
fn minute(at: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    at.to_offset(time::UtcOffset::UTC).format(&form).unwrap_or_default()
}
