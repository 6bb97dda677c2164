//! What the desk needs to know before it opens, taken from the config: one sentence when something there is wrong.

use crate::app::keymap::{Keymap, KeymapError};
use crate::app::model::{self, Environment, SavedView};
use crate::domain::filter::{Filter, FilterError};
use crate::store::StoreError;
use crate::store::config;

use super::session::{Session, SessionError};
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
    #[error("{}: {error}", path.display())]
    Keys {
        /// The config.
        path: std::path::PathBuf,
        /// What is wrong.
        error: KeymapError,
    },
    /// A filter of `[[views]]` means nothing.
    #[error("{}: the filter of [[views]] `{title}` is wrong: {error}", path.display())]
    View {
        /// The config.
        path: std::path::PathBuf,
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

/// The desk's own settings.
///
/// # Errors
/// [`OpenError`] names the key or the view that does not work.
pub(super) fn desk_session(session: &Session) -> Result<model::Session, OpenError> {
    let (config, profile) = (&session.config, &session.profile);
    let keymap = Keymap::with_own(&config.desk.keys)
        .map_err(|error| OpenError::Keys { path: config.path.clone(), error })?;
    Ok(model::Session {
        profile: session.name.clone(),
        environment: environment(profile.environment, &session.name),
        read_only: read_only(session),
        operator: session.me.clone(),
        due_zone: profile.due_zone,
        soon_days: config.desk.soon_days,
        closed_refresh_days: config.desk.closed_refresh_days,
        every_minutes: config.refresh.every_minutes.into(),
        saved_views: config.views.iter().map(|view| saved_view(view, config)).collect::<Result<_, _>>()?,
        keymap,
    })
}

fn environment(environment: config::Environment, profile: &str) -> Environment {
    match environment {
        config::Environment::Production => Environment::Live,
        config::Environment::Uat => Environment::Uat,
        config::Environment::Custom if profile == SANDBOX_PROFILE => Environment::Sandbox,
        config::Environment::Custom => Environment::Custom,
    }
}

fn read_only(session: &Session) -> Option<String> {
    let by = if session.config.policy.read_only { "[policy] read_only in the config" } else { "--read-only" };
    session.read_only.then(|| format!("nothing may be sent: {by}"))
}

fn saved_view(view: &config::SavedView, config: &config::Config) -> Result<SavedView, OpenError> {
    let title = view.title.clone();
    match Filter::parse(&view.filter) {
        Ok(filter) => Ok(SavedView { title, filter }),
        Err(error) => Err(OpenError::View { path: config.path.clone(), title, error }),
    }
}
