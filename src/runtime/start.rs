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

use super::session::{POLICY_FILE, Session, SessionError};
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
    /// What the operator can do, one sentence without a full stop.
    pub fn hint(&self) -> String {
        match self {
            Self::NoTerminal(error) => error.hint().to_owned(),
            Self::Keys { .. } => "correct it in the config; the README lists the actions and keys".to_owned(),
            Self::View { .. } => "correct it in the config; `?` on the filter lists the words".to_owned(),
            Self::Session(error) => error.hint(),
            Self::Store(error) => error.hint().to_owned(),
            Self::System(_) => "`docket list` works without a terminal".to_owned(),
        }
    }
}

/// `config.toml line 12`: the first line of a config outside its comments that has a word; the file alone where none has.
fn place(path: &std::path::Path, word: &str) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let has = |line: &str| !line.trim_start().starts_with('#') && line.contains(word);
    let line = text.lines().position(has).map(|index| format!(" line {}", index + 1));
    format!("{}{}", path.display(), line.unwrap_or_default())
}

/// The desk's own settings.
///
/// # Errors
/// [`OpenError`] names the key or the view that does not work.
pub(super) fn desk_session(session: &Session) -> Result<model::Session, OpenError> {
    let (config, profile) = (&session.config, &session.profile);
    let keymap = Keymap::with_own(&config.desk.keys)
        .map_err(|error| OpenError::Keys { place: place(&config.path, error.word()), error })?;
    Ok(model::Session {
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
        saved_views: config.views.iter().map(|view| saved_view(view, config)).collect::<Result<_, _>>()?,
        keymap,
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
    let waits = *profile != session.profile || config.policy != old.policy || config.refresh != old.refresh;
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
    let by = if session.config.policy.read_only { "[policy] read_only in the config" } else { "--read-only" };
    session.read_only.then(|| format!("nothing may be sent: {by}"))
}

/// Why nothing may be sent from a list, if it is one of those that can only be looked at: the desk opens all the same.
pub(super) fn unfit(store: &SqliteStore) -> Option<String> {
    store.is_fit().err().map(|error| format!("nothing may be sent: {error}; {}", error.hint()))
}

fn saved_view(view: &config::SavedView, config: &config::Config) -> Result<SavedView, OpenError> {
    let title = view.title.clone();
    match Filter::parse(&view.filter) {
        Ok(filter) => Ok(SavedView { title, filter, text: view.filter.clone() }),
        Err(error) => Err(OpenError::View { place: place(&config.path, &view.filter), title, error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::column::Column;
    use crate::runtime::session::{Place, system_clock};

    fn session(name: &str, environment: &str, more: &str) -> Result<model::Session, OpenError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let config = format!(
            "default_profile = \"{name}\"\n[profiles.{name}]\n{environment}\napp_id = \"a\"\n\
             merchant_no = \"m\"\nprivate_key_file = \"k\"\ngateway_public_key_file = \"p\"\n{more}\n"
        );
        std::fs::write(&path, config).unwrap();
        let place = Place { config: Some(path), data_dir: Some(dir.path().into()), ..Place::default() };
        desk_session(&Session::open(&place, system_clock()).unwrap())
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
    fn a_wrong_view_or_key_is_named_with_the_file() {
        let view = "[[views]]\ntitle = \"Mine\"\nfilter = \"due:someday\"";
        let error = session("t", LOOPBACK, view).unwrap_err().to_string();
        assert!(
            error.contains("config.toml line 11")
                && error.contains("`Mine`")
                && error.contains("due:someday"),
            "{error}"
        );
        let keys = "[desk]\nkeys = { untrack = \"a\" }";
        let error = session("t", LOOPBACK, keys).unwrap_err().to_string();
        assert!(error.contains("config.toml line 10") && error.contains("`a`"), "{error}");
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
        let refunds = session.refunds;
        assert_eq!((refunds.reasons, refunds.pause_s), (vec!["late".to_owned()], 9));
        assert_eq!(refunds.legacy, crate::app::refunding::LegacyUse::Offered);
        assert!(refunds.limits.max["USD"].source.ends_with("config.toml"));
    }
}
