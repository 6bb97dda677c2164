//! Where docket keeps its files. The environment comes in as values, so that a test can be any user.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::ConfigError;

/// The folders a user's programs keep their files in, docket's own name already added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Homes {
    /// For settings: `$XDG_CONFIG_HOME/docket`.
    pub config: PathBuf,
    /// For the list of cases: `$XDG_DATA_HOME/docket`.
    pub data: PathBuf,
    /// For the log: `$XDG_STATE_HOME/docket`.
    pub state: PathBuf,
}

impl Homes {
    /// The folders of the user who runs this process; `None` for a user without a home.
    pub fn of_this_user() -> Option<Self> {
        let base = directories::BaseDirs::new()?;
        let state = base.state_dir().unwrap_or(base.data_local_dir());
        Some(Self {
            config: base.config_dir().join("docket"),
            data: base.data_dir().join("docket"),
            state: state.join("docket"),
        })
    }
}

/// Where this run finds and keeps its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The settings file.
    pub config: PathBuf,
    /// The folder of the databases.
    pub data_dir: PathBuf,
    /// The folder of the log.
    pub state_dir: PathBuf,
}

impl Paths {
    /// Decides by flag, then environment (`DOCKET_CONFIG`, `DOCKET_DATA_DIR`; an empty one counts as not set), then the
    /// user's folders. Without those, the log goes beside the databases.
    ///
    /// # Errors
    /// [`ConfigError::NoHome`] when nothing says where the settings or the data are.
    pub fn resolve(
        config_flag: Option<&Path>,
        data_dir_flag: Option<&Path>,
        env: impl Fn(&str) -> Option<OsString>,
        homes: Option<&Homes>,
    ) -> Result<Self, ConfigError> {
        let named = |flag: Option<&Path>, variable: &str| {
            let set = || env(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
            flag.map(Path::to_owned).or_else(set)
        };
        let config = named(config_flag, "DOCKET_CONFIG")
            .or_else(|| homes.map(|homes| homes.config.join("config.toml")))
            .ok_or(ConfigError::NoHome)?;
        let data_dir = named(data_dir_flag, "DOCKET_DATA_DIR")
            .or_else(|| homes.map(|homes| homes.data.clone()))
            .ok_or(ConfigError::NoHome)?;
        let state_dir = homes.map_or_else(|| data_dir.clone(), |homes| homes.state.clone());
        Ok(Self { config, data_dir, state_dir })
    }

    /// The database of a profile.
    pub fn database(&self, profile: &str) -> PathBuf {
        self.data_dir.join(format!("{profile}.db"))
    }

    /// The log file.
    pub fn log(&self) -> PathBuf {
        self.state_dir.join("docket.log")
    }
}
