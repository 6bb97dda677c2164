//! What the desk needs to know before it opens, taken from the config: one sentence when something there is wrong.

use std::path::Path;

use crate::app::keymap::{Keymap, KeymapError};
use crate::app::model::{self, Environment, SavedView};
use crate::app::reloading::Settings;
use crate::domain::filter::{Filter, FilterError};
use crate::domain::reply::Version;
use crate::gateway::{self, Via};
use crate::store::config::{self, Config};
use crate::store::{SqliteStore, StoreError};

use super::session::{POLICY_FILE, Place, Session, SessionError};
use super::terminal::NoTerminal;

/// The profile that `docket sandbox` and `docket demo` write. A loopback address alone proves nothing: it may be a
/// tunnel to production.
const SANDBOX_PROFILE: &str = "sandbox";

/// Why the desk could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nobody could see it.
    #[error(transparent)]
    NoTerminal(#[from] NoTerminal),
    /// A key of `[desk].keys` does not work.
    #[error("{place}: {error}")]
    Keys {
        /// The config, and the line where that can be told.
        place: String,
        /// What is wrong.
        error: KeymapError,
    },
    /// A filter of `[[views]]` means nothing.
    #[error("{place}: the filter of [[views]] `{title}` is wrong: {error}")]
    View {
        /// The config, and the line where that can be told.
        place: String,
        /// The view.
        title: String,
        /// What is wrong.
        error: FilterError,
    },
    /// Keys, profile or list cannot be used.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The list cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system refuses a thread, a handler or the line settings.
    #[error("the terminal cannot be taken over: {0}")]
    System(#[from] std::io::Error),
}

impl OpenError {
    /// What counts instead in a desk that opens all the same.
    pub(super) fn instead(&self) -> &'static str {
        match self {
            Self::Keys { .. } => "; the usual keys count until it is corrected",
            Self::View { .. } => "; this view is left out until it is corrected",
            _ => "",
        }
    }

    /// What the operator can do, one sentence without a full stop.
    pub fn hint(&self) -> String {
        match self {
            Self::NoTerminal(error) => error.hint().to_owned(),
            Self::Keys { .. } => "correct it in the config; the README lists the actions and keys".to_owned(),
            Self::View { .. } => "correct it in the config; `docket list --help` has the words".to_owned(),
            Self::Session(error) => error.hint(),
            Self::Store(error) => error.hint().to_owned(),
            Self::System(_) => "`docket list` works without a terminal".to_owned(),
        }
    }
}

/// `config.toml line 12`: where settings stand, each as the way to it; the file alone where none is found.
fn place(path: &Path, settings: &[Vec<&str>]) -> String {
    let mut lines: Vec<usize> = settings.iter().filter_map(|keys| config::line_of(path, keys)).collect();
    lines.sort_unstable();
    lines.dedup();
    let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
    match lines.as_slice() {
        [] => path.display().to_string(),
        [line] => format!("{} line {line}", path.display()),
        lines => format!("{} lines {}", path.display(), lines.join(" and ")),
    }
}

/// The desk's own settings.
///
/// # Errors
/// [`OpenError`] names the key or the view that does not work.
pub(super) fn desk_session(session: &Session) -> Result<model::Session, OpenError> {
    let (settings, wrong) = desk_settings(session);
    wrong.into_iter().next().map_or(Ok(settings), Err)
}

/// The same for a desk that opens all the same: where the keys do not work it has the usual ones, and it has no view whose
/// filter means nothing. What is wrong is said beside them.
pub(super) fn desk_settings(session: &Session) -> (model::Session, Vec<OpenError>) {
    let (config, profile) = (&session.config, &session.profile);
    let mut wrong = Vec::new();
    let keymap = keymap(config).unwrap_or_else(|error| {
        wrong.push(error);
        Keymap::default()
    });
    let mut saved_views = Vec::new();
    for index in 0..config.views.len() {
        match saved_view(config, index) {
            Ok(view) => saved_views.extend(view),
            Err(error) => wrong.push(error),
        }
    }
    let settings = model::Session {
        profile: session.name.clone(),
        environment: environment(profile.real_environment(), &session.name),
        proxy: proxy(session),
        read_only: read_only(session),
        operator: session.me.clone(),
        due_zone: profile.due_zone,
        soon_days: config.desk.soon_days,
        closed_refresh_days: config.desk.closed_refresh_days,
        every_minutes: config.refresh.every_minutes.into(),
        // Another version was refused when the config was read.
        reply_version: Version::from_word(&profile.versions.case_reply).unwrap_or_default(),
        refunds: session.refunds(),
        templates: config.templates.clone().into_iter().collect(),
        columns: config.desk.columns.clone(),
        saved_views,
        keymap,
        others: others(session),
        flags: flags(session),
    };
    (settings, wrong)
}

/// The other profiles, which can be gone to.
fn others(session: &Session) -> Vec<(String, Environment)> {
    let profiles = session.config.profiles.iter().filter(|(name, _)| **name != session.name);
    profiles.map(|(name, profile)| (name.clone(), environment(profile.real_environment(), name))).collect()
}

/// What a command needs besides its words to look where this desk does.
fn flags(session: &Session) -> Vec<String> {
    let usual = Place::default().paths().ok();
    let differs = |usual: Option<&Path>, own: &Path| usual != Some(own);
    let [config, data_dir] = [&session.paths.config, &session.paths.data_dir];
    let mut flags = Vec::new();
    if differs(usual.as_ref().map(|paths| paths.config.as_path()), config) {
        flags.extend(["--config".to_owned(), config.display().to_string()]);
    }
    if differs(usual.as_ref().map(|paths| paths.data_dir.as_path()), data_dir) {
        flags.extend(["--data-dir".to_owned(), data_dir.display().to_string()]);
    }
    flags
}

/// The keys, with the operator's own in place of the usual ones.
fn keymap(config: &Config) -> Result<Keymap, OpenError> {
    Keymap::with_own(&config.desk.keys).map_err(|error| {
        let settings: Vec<_> =
            error.actions().into_iter().filter(|action| config.desk.keys.contains_key(*action)).collect();
        let settings: Vec<_> = settings.iter().map(|action| vec!["desk", "keys", *action]).collect();
        OpenError::Keys { place: place(&config.path, &settings), error }
    })
}

/// The config as it stands now, for a desk that is open: the settings that count at once.
///
/// # Errors
/// [`OpenError`] names what is wrong with the config; the desk goes on with the old one.
pub(super) fn read_again(session: &Session) -> Result<(Box<Settings>, config::Desk), OpenError> {
    let config =
        Config::load(&session.config.path, Some(Path::new(POLICY_FILE))).map_err(SessionError::from)?;
    let (_, profile) = config.profile(Some(&session.name)).map_err(SessionError::from)?;
    let old = &session.config;
    let waits = [
        ("[profiles]", *profile != session.profile),
        ("[policy]", config.policy != old.policy),
        ("[refresh]", config.refresh != old.refresh),
        ("[desk] mouse", config.desk.mouse != old.desk.mouse),
        ("[desk] title", config.desk.title != old.desk.title),
    ];
    let waits = waits.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect();
    let desk = config.desk.clone();
    let mut now = session.clone();
    now.config = config;
    let new = desk_session(&now)?;
    let settings = Settings {
        soon_days: new.soon_days,
        closed_refresh_days: new.closed_refresh_days,
        reasons: new.refunds.reasons,
        pause_s: new.refunds.pause_s,
        templates: new.templates,
        columns: new.columns,
        saved_views: new.saved_views,
        keymap: new.keymap,
        read_only: new.read_only,
        waits,
    };
    Ok((Box::new(settings), desk))
}

fn environment(environment: config::Environment, profile: &str) -> Environment {
    match environment {
        config::Environment::Production => Environment::Live,
        config::Environment::Uat => Environment::Uat,
        config::Environment::Custom if profile == SANDBOX_PROFILE => Environment::Sandbox,
        config::Environment::Custom => Environment::Custom,
    }
}

/// The proxy in effect. An address that leads nowhere is told when the first call is made.
fn proxy(session: &Session) -> Option<String> {
    match gateway::way(&session.profile.gateway_url(), &session.profile.proxy).ok()?.via {
        Via::Proxy { address, .. } => Some(address),
        Via::Direct | Via::Loopback => None,
    }
}

fn read_only(session: &Session) -> Option<String> {
    let by_policy = session.config.policy.read_only;
    let by = if by_policy { "[policy] read_only in the config" } else { "--read-only" };
    (by_policy || session.read_only).then(|| format!("nothing may be sent: {by}"))
}

/// Why nothing may be sent from a list, if it is one of those that can only be looked at: the desk opens all the same.
pub(super) fn unfit(store: &SqliteStore) -> Option<String> {
    store.is_fit().err().map(|error| format!("nothing may be sent: {error}; {}", error.hint()))
}

/// A view of the config, by its place in it.
fn saved_view(config: &Config, index: usize) -> Result<Option<SavedView>, OpenError> {
    let Some(view) = config.views.get(index) else { return Ok(None) };
    let title = view.title.clone();
    match Filter::parse(&view.filter) {
        Ok(filter) => Ok(Some(SavedView { title, filter, text: view.filter.clone() })),
        Err(error) => {
            let number = index.to_string();
            let place = place(&config.path, &[vec!["views", &number, "filter"]]);
            Err(OpenError::View { place, title, error })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::column::Column;
    use crate::runtime::session::system_clock;

    fn session(name: &str, environment: &str, more: &str) -> Result<model::Session, OpenError> {
        let (_dir, session) = opened(name, environment, more);
        desk_session(&session)
    }

    fn opened(name: &str, environment: &str, more: &str) -> (tempfile::TempDir, Session) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let config = format!(
            "default_profile = \"{name}\"\n[profiles.{name}]\n{environment}\napp_id = \"a\"\n\
             merchant_no = \"m\"\nprivate_key_file = \"k\"\ngateway_public_key_file = \"p\"\n{more}\n"
        );
        std::fs::write(&path, config).unwrap();
        let place = Place { config: Some(path), data_dir: Some(dir.path().into()), ..Place::default() };
        (dir, Session::open(&place, system_clock()).unwrap())
    }

    const LOOPBACK: &str = "environment = \"custom\"\nbase_url = \"http://127.0.0.1:9\"";

    #[test]
    fn the_word_on_the_screen_is_never_kinder_than_the_truth() {
        let word = |name, environment| session(name, environment, "").unwrap().environment.word();
        assert_eq!(word("live", "environment = \"production\""), "LIVE");
        assert_eq!(word("sandbox", "environment = \"production\""), "LIVE", "a name alone means nothing");
        assert_eq!(word("test", "environment = \"uat\""), "UAT");
        assert_eq!(word("tunnel", LOOPBACK), "CUSTOM");
        assert_eq!(word("sandbox", LOOPBACK), "SANDBOX");
    }

    #[test]
    fn a_wrong_view_or_key_is_named_with_its_lines() {
        let wrong = |more: &str| session("t", LOOPBACK, more).unwrap_err().to_string();
        let views = "[[views]]\ntitle = \"Fine\"\nfilter = \"\"\n[[views]]\ntitle = \"Mine\"\nfilter = \"due:someday\"";
        let error = wrong(views);
        assert!(
            error.contains("config.toml line 14:")
                && error.contains("`Mine`")
                && error.contains("due:someday"),
            "{error}"
        );
        // The word of an action may stand anywhere else before.
        let before = "[templates]\nuntrack = \"untrack\"\n[desk]\n";
        let error = wrong(&format!("{before}keys.untrack = \"a\""));
        assert!(error.contains("config.toml line 12:") && error.contains("`a`"), "{error}");
        let error =
            wrong(&format!("{before}keys.untrack = \"ctrl-k\"\nkeys.add = \"f\"\nkeys.note = \"ctrl-k\""));
        assert!(error.contains("config.toml lines 12 and 14:") && error.contains("ctrl-k"), "{error}");
        let error = wrong(&format!("{before}keys = {{ nothing = \"a\" }}"));
        assert!(error.contains("config.toml line 12:") && error.contains("`nothing`"), "{error}");
    }

    #[test]
    fn a_desk_with_wrong_keys_and_views_opens_and_says_so() {
        let more = "[desk]\nkeys = { untrack = \"a\" }\n[[views]]\ntitle = \"Mine\"\nfilter = \"due:someday\"\n\
                    [[views]]\ntitle = \"Fine\"\nfilter = \"due:today\"";
        let (settings, wrong) = desk_settings(&opened("t", LOOPBACK, more).1);
        assert_eq!(settings.keymap, Keymap::default());
        assert_eq!(settings.saved_views.iter().map(|view| view.title.as_str()).collect::<Vec<_>>(), ["Fine"]);
        let said: Vec<_> = wrong.iter().map(OpenError::instead).collect();
        assert!(said[0].contains("usual keys") && said[1].contains("left out"), "{wrong:?}");
    }

    #[test]
    fn settings_arrive_as_they_are_written() {
        let more = "legacy = { merchant_id = \"x\", url = \"https://a.example\", sign = \"rsa-header\" }\n\
                    [desk]\nsoon_days = 5\ncolumns = [\"amount\", \"due\"]\n[refresh]\nevery_minutes = 7\n\
                    [refunds]\nreasons = [\"late\"]\npause_s = 9\n\
                    [policy]\nread_only = true\nrefund_max = { USD = \"5\" }\n\
                    [[views]]\ntitle = \"Big\"\nfilter = \"amt:>100\"";
        let session = session("t", LOOPBACK, more).unwrap();
        assert_eq!((session.soon_days, session.every_minutes), (5, 7));
        assert_eq!(session.columns, [Column::Amount, Column::Due]);
        assert_eq!(session.saved_views.iter().map(|view| view.title.as_str()).collect::<Vec<_>>(), ["Big"]);
        assert!(session.read_only.is_some_and(|why| why.contains("config")));
        assert_eq!((session.flags[0].as_str(), session.flags[2].as_str()), ("--config", "--data-dir"));
        let refunds = session.refunds;
        assert_eq!((refunds.reasons, refunds.pause_s), (vec!["late".to_owned()], 9));
        assert_eq!(refunds.legacy, crate::app::refunding::LegacyUse::Offered);
        assert!(refunds.limits.max["USD"].source.ends_with("config.toml"));
    }
}
