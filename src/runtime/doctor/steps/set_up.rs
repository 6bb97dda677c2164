//! The config, the administrator's policy, the profile, and what the desk takes from them.

use std::path::Path;

use super::super::check::{Check, Subject};
use super::super::judge;
use super::super::look::files;
use crate::gateway::Clock;
use crate::runtime::approvals;
use crate::runtime::session::{POLICY_FILE, Place, Session};
use crate::runtime::start;
use crate::store::config::{Config, Paths};

/// Why so much is skipped without a config.
pub(super) const NO_PROFILE: &str = "there is no usable profile";

/// What everything else stands on, as far as it is there.
pub(in super::super) struct Ground {
    pub(super) paths: Option<Paths>,
    /// The profile asked for, also where the config is broken.
    pub(super) name: Option<String>,
    pub(super) session: Option<Session>,
}

/// Reads config, policy and profile.
pub(in super::super) fn look_over(place: &Place, clock: Clock, tell: &mut impl FnMut(Check)) -> Ground {
    let mut ground = Ground { paths: None, name: place.profile_name(), session: None };
    let config = match place.paths() {
        Err(error) => Err((error.to_string(), error.hint())),
        Ok(paths) => {
            let config = Config::load(&paths.config, None);
            ground.paths = Some(paths);
            config.map_err(|error| (error.to_string(), error.hint().to_owned()))
        }
    };
    match (config, ground.paths.clone()) {
        (Ok(config), Some(paths)) => {
            let entries = files::with_around(&config.path);
            tell(judge::files::config(&config, &entries, files::me()));
            let config = policy(config, tell);
            requests(config.policy.refund_requests_dir.as_deref(), tell);
            ground.session = profile(config, paths, place, clock, tell);
        }
        (Ok(_), None) => {}
        (Err((found, remedy)), _) => {
            tell(Subject::CONFIG.error(found, remedy));
            for subject in [Subject::POLICY, Subject::PROFILE, Subject::DESK] {
                tell(subject.skipped("there is no usable config"));
            }
        }
    }
    ground
}

/// The config with the administrator's rules; without them where they cannot be read.
fn policy(config: Config, tell: &mut impl FnMut(Check)) -> Config {
    let file = Path::new(POLICY_FILE);
    match Config::load(&config.path, Some(file)) {
        Ok(tightened) => {
            tell(judge::files::policy(&tightened.policy, file, file.exists()));
            tightened
        }
        Err(error) => {
            tell(Subject::POLICY.error(error.to_string(), error.hint()));
            config
        }
    }
}

/// Where refunds wait for a second person, if they do; nothing else asks before one has to.
fn requests(dir: Option<&Path>, tell: &mut impl FnMut(Check)) {
    let Some(dir) = dir else { return };
    let entry = files::Entry::at(dir);
    tell(judge::files::requests(dir, entry.as_ref(), &approvals::check(dir), files::can_write(dir)));
}

fn profile(
    config: Config,
    paths: Paths,
    place: &Place,
    clock: Clock,
    tell: &mut impl FnMut(Check),
) -> Option<Session> {
    let session = match Session::with(config, paths, place, clock) {
        Ok(session) => session,
        Err(error) => {
            tell(Subject::PROFILE.error(error.to_string(), error.hint()));
            tell(Subject::DESK.skipped(NO_PROFILE));
            return None;
        }
    };
    tell(judge::files::profile(&session.name, &session.profile, session.read_only));
    tell(match start::desk_session(&session) {
        Ok(desk) => judge::files::desk(&desk),
        Err(error) => Subject::DESK.error(error.to_string(), error.hint()),
    });
    Some(session)
}
