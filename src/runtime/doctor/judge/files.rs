//! Who else may read or change a file, and the config with its policy.

use std::path::Path;

use super::super::check::{Check, Subject, Worry};
use super::super::look::files::Entry;
use crate::app::model;
use crate::runtime::approvals::RequestError;
use crate::store::config::{Config, OpenCase, Policy, Profile};
use crate::store::keyfile::shell_word;

/// Whether somebody else could change what lies here, by the file itself or by a directory around it.
pub(in super::super) fn changeable(entries: &[Entry], me: u32) -> Option<Worry> {
    Worry::gravest(entries.iter().filter_map(|entry| changeable_entry(entry, me)))
}

fn changeable_entry(entry: &Entry, me: u32) -> Option<Worry> {
    let (shown, word) = (entry.path.display(), shell_word(&entry.path));
    // In a sticky directory everybody may only touch what is his own.
    let is_shared = entry.is_dir && entry.mode & 0o1000 != 0;
    let mode = entry.mode;
    if mode & 0o002 != 0 && !is_shared {
        let found = format!("{shown} can be changed by everybody (its mode is {mode:04o})");
        Some(Worry::error(found, format!("run `chmod go-w {word}`")))
    } else if mode & 0o020 != 0 && !is_shared {
        let found = format!("{shown} can be changed by its group (its mode is {mode:04o})");
        Some(Worry::warning(found, format!("run `chmod g-w {word}`")))
    } else if entry.owner != me && entry.owner != 0 {
        let found = format!("{shown} belongs to user {}, who can change it", entry.owner);
        Some(Worry::warning(found, "use a directory of your own, or make sure that you trust this user"))
    } else {
        None
    }
}

/// Whether somebody else may look into it.
pub(in super::super) fn readable(entry: &Entry) -> Option<Worry> {
    (entry.mode & 0o077 != 0).then(|| {
        let wanted = if entry.is_dir { "700" } else { "600" };
        Worry::warning(
            format!("{} is open to others (its mode is {:04o})", entry.path.display(), entry.mode),
            format!("run `chmod {wanted} {}`", shell_word(&entry.path)),
        )
    })
}

/// A config that could be read. `entries` are the file and what is around it.
pub(in super::super) fn config(config: &Config, entries: &[Entry], me: u32) -> Check {
    let mode = entries.first().map(|file| format!(", mode {:04o}", file.mode)).unwrap_or_default();
    let names: Vec<&str> = config.profiles.keys().map(String::as_str).collect();
    let profiles = match names[..] {
        [only] => format!("profile {only}"),
        _ => format!("profiles {}; {} unless told", names.join(", "), config.default_profile),
    };
    Subject::CONFIG.unless(changeable(entries, me), format!("{}{mode}; {profiles}", config.path.display()))
}

/// The rules in force, from the config and the administrator's file.
pub(in super::super) fn policy(policy: &Policy, file: &Path, is_there: bool) -> Check {
    let limits = |limits: &std::collections::BTreeMap<String, _>| {
        limits.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let (single, daily) = (limits(&policy.refund_max), limits(&policy.refund_daily_max));
    let rules = [
        policy.read_only.then(|| "nothing may be sent".to_owned()),
        (policy.refund_open_case == OpenCase::Block).then(|| "no refund on an open case".to_owned()),
        (!single.is_empty()).then(|| format!("a limit for one refund in {single}")),
        (!daily.is_empty()).then(|| format!("a limit for a day's refunds in {daily}")),
    ];
    let rules: Vec<String> = rules.into_iter().flatten().collect();
    let rules = if rules.is_empty() { "no limits".to_owned() } else { rules.join(", ") };
    let from = if is_there { "is in force" } else { "is not there" };
    Subject::POLICY.ok(format!("{rules}; {} {from}", file.display()))
}

/// The directory of refunds that wait for a second person, and why it cannot be used.
pub(in super::super) fn requests(
    dir: &Path,
    entry: Option<&Entry>,
    usable: &Result<(), RequestError>,
    can_write: bool,
) -> Check {
    let shown = dir.display();
    let mode = entry.map_or(0, |entry| entry.mode);
    match usable {
        Err(error) => Subject::REQUESTS.error(error.to_string(), error.hint()),
        Ok(()) if !can_write => Subject::REQUESTS.warning(
            format!(
                "{shown}, mode {mode:04o}, cannot be written by you, so that you cannot ask for a refund"
            ),
            "join its group, and log in anew",
        ),
        Ok(()) if mode & 0o1020 == 0o020 => Subject::REQUESTS.warning(
            format!("in {shown}, mode {mode:04o}, each of its group can move the requests of the others"),
            format!("run `chmod +t {}`", shell_word(dir)),
        ),
        Ok(()) => Subject::REQUESTS.ok(format!("{shown}, mode {mode:04o}")),
    }
}

/// The profile that is worked in.
pub(in super::super) fn profile(name: &str, profile: &Profile, read_only: bool) -> Check {
    let (environment, url) = (profile.environment.word(), profile.gateway_url());
    let read_only = if read_only { ", read-only" } else { "" };
    let isv = profile.sp_merchant_no.as_ref().map(|no| format!(", ISV {no}")).unwrap_or_default();
    Subject::PROFILE
        .ok(format!("{name}: {environment}, {url}, merchant {}{isv}{read_only}", profile.merchant_no))
}

/// What the desk takes from the config.
pub(in super::super) fn desk(desk: &model::Session) -> Check {
    let views = match desk.saved_views.len() {
        0 => String::new(),
        1 => ", and so can the view of your own".to_owned(),
        many => format!(", and so can the {many} views of your own"),
    };
    Subject::DESK.ok(format!("every key can be used{views}"))
}

/// The log file with its directory, the file first; empty while there is none.
pub(in super::super) fn log(path: &Path, entries: &[Entry], can_write: bool) -> Check {
    if !can_write {
        return Subject::LOG.warning(
            format!("{} cannot be written; docket works without a log", path.display()),
            "make its directory yours and writable",
        );
    }
    let found = if entries.is_empty() { " is not there yet" } else { "" };
    Subject::LOG.unless(entries.iter().find_map(readable), format!("{}{found}", path.display()))
}
