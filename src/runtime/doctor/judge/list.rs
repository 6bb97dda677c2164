//! Where the list is kept, and whether it and its journal are whole.

use std::path::Path;

use super::super::check::{Check, Subject, Worry};
use super::super::look::files::Entry;
use super::files::{changeable, readable};
use crate::domain::action::State;
use crate::store::keyfile::shell_word;
use crate::store::{Checkup, Contents, StoreError};

/// Less room than this is too little to work with (reliability.md section 2.4).
const FREE_MIN: u64 = 64 * MIB;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// The directory of the databases.
pub(in super::super) struct Directory<'a> {
    pub(in super::super) path: &'a Path,
    /// The directory itself, then what is around it; without itself while it is not there.
    pub(in super::super) entries: &'a [Entry],
    pub(in super::super) is_there: bool,
    /// Whether files can be made in it, or it in the directory around it.
    pub(in super::super) can_write: bool,
    /// What it lies on.
    pub(in super::super) place: Result<(), StoreError>,
}

/// Where the list is kept.
pub(in super::super) fn data(directory: &Directory<'_>, me: u32) -> Check {
    let shown = directory.path.display();
    if let Err(error) = &directory.place {
        return Subject::DATA.error(error.to_string(), error.hint());
    }
    if !directory.can_write {
        return Subject::DATA.error(
            format!("{shown} cannot be written"),
            "make it yours and writable, or name another directory with --data-dir",
        );
    }
    if !directory.is_there {
        return Subject::DATA
            .ok(format!("{shown} is not there yet; the first command that needs it makes it"));
    }
    let own = directory.entries.first();
    let worries = changeable(directory.entries, me).into_iter().chain(own.and_then(readable));
    let mode = own.map(|entry| format!(", mode {:04o}", entry.mode)).unwrap_or_default();
    Subject::DATA.unless(Worry::gravest(worries), format!("{shown}{mode}"))
}

/// The room beside the list.
pub(in super::super) fn disk(free: Option<u64>) -> Check {
    match free {
        None => Subject::DISK.warning("the free space cannot be asked for", "look with `df`"),
        Some(free) if free < FREE_MIN => Subject::DISK.warning(
            format!("{} free, and the list needs some to grow", size(free)),
            "free some space, or keep the list elsewhere with --data-dir",
        ),
        Some(free) => Subject::DISK.ok(format!("{} free", size(free))),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        GIB.. => format!("{}.{} GiB", bytes / GIB, bytes % GIB * 10 / GIB),
        _ => format!("{} MiB", bytes / MIB),
    }
}

/// The database file; `file` is `None` while there is none.
pub(in super::super) fn database(
    path: &Path,
    file: Option<&Entry>,
    checkup: &Result<Option<Checkup>, StoreError>,
) -> Check {
    let (subject, shown) = (Subject::DATABASE, path.display());
    let checkup = match checkup {
        Err(error) => return subject.error(error.to_string(), error.hint()),
        Ok(None) => return subject.ok(format!("{shown} is not there yet; `docket track` makes it")),
        Ok(Some(checkup)) => checkup,
    };
    if let Some(fault) = &checkup.fault {
        return subject.error(
            format!("{shown} is damaged: {fault}"),
            "restore a backup over it, or move it away and track the cases again",
        );
    }
    let Some(contents) = &checkup.contents else {
        let (found, newest) = (checkup.format, checkup.newest);
        return subject.ok(format!("{shown}, whole; format {found}, which the next start makes {newest}"));
    };
    let Contents { cases, drafts, .. } = contents;
    let found = format!(
        "{shown}, whole, format {}; {}, {}",
        checkup.format,
        counted(*cases, "case", "cases"),
        counted(*drafts, "draft", "drafts")
    );
    subject.unless(file.and_then(readable), found)
}

/// The journal: its seals, and what nobody knows the end of.
pub(in super::super) fn journal(contents: &Contents, database: &Path) -> Check {
    let subject = Subject::JOURNAL;
    if let Some(broken) = &contents.journal.broken {
        return subject.error(
            format!("broken at entry {}: {}", broken.entry, broken.why),
            format!(
                "keep {} and compare it with a backup; the merchant portal has what really happened",
                shell_word(database)
            ),
        );
    }
    let count =
        |state| contents.actions.iter().filter(|(is, _)| *is == state).map(|(_, count)| count).sum::<u64>();
    let (unknown, sending) = (count(State::Unknown), count(State::Sending) + count(State::Intended));
    let parts = [
        Some(format!("whole, {}", counted(contents.journal.entries, "entry", "entries"))),
        (unknown > 0).then(|| format!("{} of unknown outcome", counted(unknown, "action", "actions"))),
        (sending > 0).then(|| format!("{} under way", counted(sending, "action", "actions"))),
    ];
    let found = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    match (unknown, sending) {
        (0, 0) => subject.ok(found),
        (0, _) => subject.warning(found, "if no docket is sending now, run `docket settle`"),
        _ => subject.warning(found, "run `docket settle`, which asks PayerMax what became of it"),
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
