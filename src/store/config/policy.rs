//! What is not allowed on this host. The administrator's file may forbid more than the operator's, never less.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

use super::explain::Document;
use super::settings::word_enum;
use super::{CONFIG_MAX_BYTES, ConfigError, words};
use crate::domain::refund::{ANY_CURRENCY, Limits, Rule};
use crate::store::plain::{self, NotPlain};

word_enum! {
    /// What happens to a refund on a case that is still open: the customer could be paid twice.
    OpenCase {
        /// The operator confirms it once more.
        Ask = "ask",
        /// It is refused.
        Block = "block",
    }
}

word_enum! {
    /// What happens to a list on a file system behind a network, whose locks cannot be trusted.
    #[derive(Default)]
    NetworkDisk {
        /// It is not opened.
        #[default]
        Refuse = "refuse",
        /// One process at a time works on it, without the write-ahead log; refunds are refused.
        NoRefunds = "no-refunds",
        /// The same, and refunds are sent.
        Allow = "allow",
    }
}

impl NetworkDisk {
    /// The stricter of two.
    fn tightened(self, other: Self) -> Self {
        let strictest = Self::ALL.iter().copied().find(|one| *one == self || *one == other);
        strictest.unwrap_or_default()
    }
}

/// Limits on what may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Whether nothing may be sent that changes anything at PayerMax.
    pub read_only: bool,
    /// What happens to a refund on an open case.
    pub refund_open_case: OpenCase,
    /// The file that blocks it; empty while none does.
    #[serde(skip)]
    pub refund_open_case_source: String,
    /// What happens to a list on a network file system. The administrator's file can only tighten it where it names it.
    pub network_disk: Option<NetworkDisk>,
    /// The largest single refund, by currency, in major units; a currency that is not named has no limit, and one with
    /// a limit of 0 cannot be refunded in.
    #[serde(deserialize_with = "limits::<_, false>")]
    pub refund_max: BTreeMap<String, Rule<Decimal>>,
    /// The most refunded in one day of the `due_zone` from one list, by currency, in major units; a currency that is not
    /// named has no limit, and one with a limit of 0 cannot be refunded in.
    #[serde(deserialize_with = "limits::<_, false>")]
    pub refund_daily_max: BTreeMap<String, Rule<Decimal>>,
    /// Above this a second person must approve a refund, by currency, in major units; `*` stands for every currency that is
    /// not named. At 0 every refund is above it.
    #[serde(deserialize_with = "limits::<_, true>")]
    pub refund_approval_above: BTreeMap<String, Rule<Decimal>>,
    /// The directory in which they wait for that: absolute. Whether it can hold them is asked when one is looked for, since
    /// nothing else needs it.
    #[serde(deserialize_with = "words::maybe_absolute")]
    pub refund_requests_dir: Option<PathBuf>,
    /// For so many minutes the desk refunds after it was unlocked; 0 when it needs no unlocking.
    #[serde(deserialize_with = "words::whole::<_, 0, 480>")]
    pub refund_unlock_minutes: u16,
}

/// Amounts by currency, [`ANY_CURRENCY`] among them or not; which file they are from is said by [`Policy::of_file`].
fn limits<'de, D: Deserializer<'de>, const ANY: bool>(
    source: D,
) -> Result<BTreeMap<String, Rule<Decimal>>, D::Error> {
    let rule = |value| Rule { value, source: String::new() };
    Ok(words::amounts::<_, ANY>(source)?
        .into_iter()
        .map(|(currency, value)| (currency, rule(value)))
        .collect())
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            read_only: false,
            refund_open_case: OpenCase::Ask,
            refund_open_case_source: String::new(),
            network_disk: None,
            refund_max: BTreeMap::new(),
            refund_daily_max: BTreeMap::new(),
            refund_approval_above: BTreeMap::new(),
            refund_requests_dir: None,
            refund_unlock_minutes: 0,
        }
    }
}

impl Policy {
    /// Says which file its rules are from: an operator who is stopped must know whom to ask.
    #[must_use]
    pub(super) fn of_file(mut self, path: &Path) -> Self {
        let file = path.display().to_string();
        let rules = self.refund_max.values_mut().chain(self.refund_daily_max.values_mut());
        for rule in rules.chain(self.refund_approval_above.values_mut()) {
            rule.source.clone_from(&file);
        }
        if self.refund_open_case == OpenCase::Block {
            self.refund_open_case_source = file;
        }
        self
    }

    /// Takes on whatever the administrator's policy forbids beyond this one. Where both say the same, the
    /// administrator's is named: to loosen one's own would change nothing.
    pub fn tighten(&mut self, other: &Self) {
        self.read_only |= other.read_only;
        if other.refund_open_case == OpenCase::Block {
            self.refund_open_case = OpenCase::Block;
            self.refund_open_case_source.clone_from(&other.refund_open_case_source);
        }
        if let Some(other) = other.network_disk {
            self.network_disk = Some(self.network_disk.unwrap_or_default().tightened(other));
        }
        lower(&mut self.refund_max, &other.refund_max);
        lower(&mut self.refund_daily_max, &other.refund_daily_max);
        lower(&mut self.refund_approval_above, &other.refund_approval_above);
        if other.refund_requests_dir.is_some() {
            self.refund_requests_dir.clone_from(&other.refund_requests_dir);
        }
        self.refund_unlock_minutes = match (self.refund_unlock_minutes, other.refund_unlock_minutes) {
            (0, minutes) | (minutes, 0) => minutes,
            (own, other) => own.min(other),
        };
    }

    /// What happens to a list on a network file system.
    pub fn network_disk(&self) -> NetworkDisk {
        self.network_disk.unwrap_or_default()
    }

    /// What it says about refunds, each rule with its file.
    pub fn limits(&self) -> Limits {
        let blocked = self.refund_open_case == OpenCase::Block;
        let source = self.refund_open_case_source.clone();
        Limits {
            open_case_blocked: blocked.then_some(Rule { value: (), source }),
            max: self.refund_max.clone(),
            daily_max: self.refund_daily_max.clone(),
            approval_above: self.refund_approval_above.clone(),
            requests_dir: self.refund_requests_dir.clone(),
            unlock_minutes: self.refund_unlock_minutes,
        }
    }
}

/// The smaller limit of the two holds, and the other file's where they are equal; a limit that only one of them has holds
/// too. Either may speak of every currency that it does not name: one that is named has the smaller of what both say of it.
fn lower(limits: &mut BTreeMap<String, Rule<Decimal>>, others: &BTreeMap<String, Rule<Decimal>>) {
    let own = limits.clone();
    for currency in own.keys().chain(others.keys()) {
        let of = |rules: &BTreeMap<String, Rule<Decimal>>| {
            rules.get(currency).or_else(|| rules.get(ANY_CURRENCY)).cloned()
        };
        let rule = match (of(&own), of(others)) {
            (Some(own), Some(other)) if own.value < other.value => Some(own),
            (own, other) => other.or(own),
        };
        limits.extend(rule.map(|rule| (currency.clone(), rule)));
    }
}

/// The administrator's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    policy: Policy,
}

/// Reads the administrator's file; `None` when there is none. One that is there but cannot be trusted or read stops
/// docket: its limits may be the reason why it was tampered with.
pub(super) fn load(path: &Path, owner: u32) -> Result<Option<Policy>, ConfigError> {
    let refused = |why: String| ConfigError::UnsafePolicy { path: path.to_owned(), why };
    let not_plain = |error: NotPlain| match error {
        NotPlain::Link => refused("is a symbolic link".to_owned()),
        NotPlain::Missing | NotPlain::OtherKind => refused("is no plain file".to_owned()),
        NotPlain::TooBig => refused("is larger than 1 MiB".to_owned()),
        NotPlain::Io(error) => refused(format!("cannot be read: {error}")),
    };
    let (file, metadata) = match plain::open(path) {
        Err(NotPlain::Missing) => return Ok(None),
        other => other.map_err(not_plain)?,
    };
    if metadata.uid() != owner {
        return Err(refused(format!("belongs to user {} and not to root", metadata.uid())));
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(refused(format!(
            "can be written by others (its mode is {:04o})",
            metadata.mode() & 0o7777
        )));
    }
    let bytes = plain::read(file, CONFIG_MAX_BYTES).map_err(not_plain)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| refused("is no UTF-8 text".to_owned()))?;
    let document = Document::parse(path, text)?;
    Ok(Some(document.read::<PolicyFile>()?.policy.of_file(path)))
}
