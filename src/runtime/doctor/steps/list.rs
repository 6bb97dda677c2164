//! Where the list lies, the list itself, its journal, and the log.

use std::path::Path;

use super::super::check::{Check, Subject};
use super::super::judge;
use super::super::judge::list::Directory;
use super::super::look::files;
use super::set_up::{Ground, NO_PROFILE};
use crate::domain::ids::CaseId;
use crate::store::config::NetworkDisk;
use crate::store::{check_place, check_up};

/// Looks at the directory, the database and the log; returns a case that can be asked for.
pub(in super::super) fn look_over(ground: &Ground, tell: &mut impl FnMut(Check)) -> Option<CaseId> {
    let Some(paths) = &ground.paths else {
        for subject in [Subject::DATA, Subject::DISK, Subject::DATABASE, Subject::JOURNAL, Subject::LOG] {
            tell(subject.skipped("no directory is known"));
        }
        return None;
    };
    let network = ground.session.as_ref().map(|session| session.config.policy.network_disk());
    let is_local = data(&paths.data_dir, network.unwrap_or_default(), tell);
    let name = ground.session.as_ref().map(|session| session.name.as_str()).or(ground.name.as_deref());
    let case = match name.map(|name| paths.database(name)) {
        Some(file) if is_local => database(&file, tell),
        other => {
            let why = if other.is_none() { NO_PROFILE } else { "its directory cannot hold it" };
            tell(Subject::DATABASE.skipped(why));
            tell(Subject::JOURNAL.skipped(why));
            None
        }
    };
    log(&paths.log(), tell);
    case
}

/// Whether the directory lies where a database can be.
fn data(path: &Path, network: NetworkDisk, tell: &mut impl FnMut(Check)) -> bool {
    let nearest = files::nearest(path);
    if let (Err(error), true) = (check_place(nearest), network != NetworkDisk::Refuse) {
        let remedy = "one docket at a time works there; keep the list on a local disk with --data-dir";
        tell(Subject::DATA.warning(error.to_string(), remedy));
        tell(judge::list::disk(files::free_bytes(path)));
        return true;
    }
    let directory = Directory {
        path,
        entries: &files::with_around(nearest),
        is_there: nearest == path,
        can_write: nearest.is_dir() && files::can_write(nearest),
        place: check_place(nearest),
    };
    tell(judge::list::data(&directory, files::me()));
    tell(judge::list::disk(files::free_bytes(path)));
    directory.place.is_ok()
}

fn database(path: &Path, tell: &mut impl FnMut(Check)) -> Option<CaseId> {
    let checkup = check_up(path);
    tell(judge::list::database(path, files::Entry::at(path).as_ref(), &checkup));
    let journal = match &checkup {
        Ok(Some(checkup)) => match &checkup.contents {
            Some(contents) => judge::list::journal(contents, path),
            None => Subject::JOURNAL.skipped("the database is damaged or of an older format"),
        },
        Ok(None) => Subject::JOURNAL.ok("nothing was sent yet"),
        Err(_) => Subject::JOURNAL.skipped("the database cannot be read"),
    };
    tell(journal);
    checkup.ok()??.contents?.case
}

fn log(path: &Path, tell: &mut impl FnMut(Check)) {
    let entries: Vec<_> =
        [Some(path), path.parent()].into_iter().flatten().filter_map(files::Entry::at).collect();
    tell(judge::files::log(path, &entries, files::can_write(files::nearest(path))));
}
