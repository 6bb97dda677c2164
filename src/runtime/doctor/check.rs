//! One line of the doctor's: what was looked at, how it is, and what to do about it.

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// As it should be.
    Ok,
    /// Works, or could not be looked at; worth a glance.
    Warning,
    /// Does not work, or must not be trusted.
    Error,
}

impl Grade {
    /// The word in tables and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where the remedy lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// On this host: the config, a key, the list, the terminal.
    Host,
    /// On the way to the gateway, or there.
    Gateway,
}

/// What was found out about one thing. Paths and foreign texts are in it as they are; show it through
/// [`crate::domain::shown`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// Where the remedy lies.
    pub area: Area,
    /// How it is.
    pub grade: Grade,
    /// What was found, without a full stop.
    pub found: String,
    /// What to do about it, without a full stop; empty where all is well.
    pub remedy: String,
}

/// Something to look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    name: &'static str,
    area: Area,
}

impl Subject {
    pub(super) const CONFIG: Self = Self::host("config");
    pub(super) const POLICY: Self = Self::host("policy");
    pub(super) const REQUESTS: Self = Self::host("requests");
    pub(super) const PROFILE: Self = Self::host("profile");
    pub(super) const DESK: Self = Self::host("desk");
    pub(super) const DATA: Self = Self::host("data");
    pub(super) const DISK: Self = Self::host("disk");
    pub(super) const DATABASE: Self = Self::host("database");
    pub(super) const JOURNAL: Self = Self::host("journal");
    pub(super) const LOG: Self = Self::host("log");
    pub(super) const PRIVATE_KEY: Self = Self::host("private key");
    pub(super) const GATEWAY_KEY: Self = Self::host("gateway key");
    pub(super) const KEY_PAIR: Self = Self::host("key pair");
    pub(super) const TOKEN: Self = Self::host("isv token");
    pub(super) const PROXY: Self = Self::gateway("proxy");
    pub(super) const GATEWAY: Self = Self::gateway("gateway");
    pub(super) const CLOCK: Self = Self::gateway("clock");
    pub(super) const SIGNED_CALL: Self = Self::gateway("signed call");
    pub(super) const LEGACY_GATEWAY: Self = Self::gateway("legacy gateway");
    pub(super) const LEGACY_SECRET: Self = Self::host("legacy secret");
    pub(super) const TERMINAL: Self = Self::host("terminal");
    pub(super) const LOCALE: Self = Self::host("locale");
    pub(super) const CLIPBOARD: Self = Self::host("clipboard");

    const fn host(name: &'static str) -> Self {
        Self { name, area: Area::Host }
    }

    const fn gateway(name: &'static str) -> Self {
        Self { name, area: Area::Gateway }
    }

    pub(super) fn ok(self, found: impl Into<String>) -> Check {
        self.of(Grade::Ok, found, "")
    }

    pub(super) fn warning(self, found: impl Into<String>, remedy: impl Into<String>) -> Check {
        self.of(Grade::Warning, found, remedy)
    }

    pub(super) fn error(self, found: impl Into<String>, remedy: impl Into<String>) -> Check {
        self.of(Grade::Error, found, remedy)
    }

    /// What could not be looked at because of something above it.
    pub(super) fn skipped(self, why: &str) -> Check {
        self.warning(format!("skipped: {why}"), "mend that first")
    }

    /// What somebody else found out, or else all is well.
    pub(super) fn unless(self, worry: Option<Worry>, found: impl Into<String>) -> Check {
        match worry {
            Some(Worry { grade, found, remedy }) => self.of(grade, found, remedy),
            None => self.ok(found),
        }
    }

    fn of(self, grade: Grade, found: impl Into<String>, remedy: impl Into<String>) -> Check {
        Check { name: self.name, area: self.area, grade, found: found.into(), remedy: remedy.into() }
    }
}

/// A reason for less than [`Grade::Ok`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Worry {
    pub(super) grade: Grade,
    pub(super) found: String,
    pub(super) remedy: String,
}

impl Worry {
    pub(super) fn warning(found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { grade: Grade::Warning, found: found.into(), remedy: remedy.into() }
    }

    pub(super) fn error(found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { grade: Grade::Error, found: found.into(), remedy: remedy.into() }
    }

    /// The gravest of several; of equals the first.
    pub(super) fn gravest(worries: impl IntoIterator<Item = Self>) -> Option<Self> {
        worries.into_iter().reduce(|worst, next| if next.grade > worst.grade { next } else { worst })
    }
}
