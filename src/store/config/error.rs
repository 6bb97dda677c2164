//! Why the settings cannot be used: one sentence with file, line and key, and what to do about it.

use std::path::PathBuf;

/// Why there are no settings to work with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is no such file.
    #[error("there is no config file {}", path.display())]
    Missing {
        /// The file looked for.
        path: PathBuf,
    },
    /// It is there but cannot be read as text.
    #[error("{} cannot be read: {detail}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// A line of it is wrong.
    #[error("{}{}: {what}", path.display(), line.map_or(String::new(), |line| format!(" line {line}")))]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1; `None` when something is missing from the file as a whole.
        line: Option<usize>,
        /// The key and what is wrong with it.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// The profile asked for is not in the file.
    #[error("there is no profile `{name}` in {}, which has {known}", path.display())]
    UnknownProfile {
        /// The file.
        path: PathBuf,
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The host's policy file could have been written by someone else than root.
    #[error("the policy file {} {why}", path.display())]
    UnsafePolicy {
        /// The file.
        path: PathBuf,
        /// What is wrong with its owner or rights.
        why: String,
    },
    /// No directory to keep anything in.
    #[error("no home directory is known for this user")]
    NoHome,
}

impl ConfigError {
    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> &str {
        match self {
            Self::Missing { .. } => "run `docket init` to make one, or name another with --config",
            Self::Unreadable { .. } => {
                "check that it is a text file you may read, or name another with --config"
            }
            Self::Wrong { hint, .. } => hint,
            Self::UnknownProfile { .. } => "name one of these with --profile",
            Self::UnsafePolicy { .. } => {
                "ask the administrator to run `chown root` and `chmod 644` on it; until then docket does not start"
            }
            Self::NoHome => "set HOME, or give --config and --data-dir",
        }
    }
}
