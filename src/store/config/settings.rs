//! The settings themselves. Their names are the names in the file; config.example.toml explains them to the operator.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use time::UtcOffset;

use super::signer::{self, Signer};
use super::words;
use crate::domain::column::Column;
use crate::domain::proxy::Proxy;

/// An enum whose variants are words in the file.
macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every value, in the order in which they are offered.
            pub const ALL: &'static [$name] = &[$(Self::$variant,)*];

            /// The word in the file.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The value of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let known: Vec<String> = Self::ALL.iter().map(|one| format!("\"{}\"", one.word())).collect();
                $crate::store::config::words::text(source, known.join(" or "), Self::from_word)
            }
        }
    };
}
pub(super) use word_enum;

word_enum! {
    /// Which gateway a profile talks to.
    Environment {
        /// The real one: money moves.
        Production = "production",
        /// PayerMax's test environment.
        Uat = "uat",
        /// An address of the operator's own, such as the sandbox.
        Custom = "custom",
    }
}

impl Environment {
    /// The address every endpoint hangs under, without a slash at its end (protocol.md section 3); `None` where the
    /// profile names its own.
    pub const fn gateway_url(self) -> Option<&'static str> {
        match self {
            Self::Production => Some("https://pay-gate.payermax.com/aggregate-pay/api/gateway"),
            Self::Uat => Some("https://pay-gate-uat.payermax.com/aggregate-pay/api/gateway"),
            Self::Custom => None,
        }
    }
}

word_enum! {
    /// How legacy requests are signed.
    LegacySign {
        /// RSA over SHA-256 in the `sign` header.
        RsaHeader = "rsa-header",
        /// MD5 with a shared secret in the body.
        Md5Body = "md5-body",
    }
}

word_enum! {
    /// The colours of the desk.
    ThemeName {
        /// The terminal's sixteen colours, for a dark background.
        Dark = "dark",
        /// The same for a light background.
        Light = "light",
        /// Black, white and few strong colours.
        HighContrast = "high-contrast",
        /// No colour at all.
        Mono = "mono",
    }
}

/// One account at PayerMax.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Which gateway.
    pub environment: Environment,
    /// The gateway's address, for [`Environment::Custom`] alone; without a slash at its end.
    #[serde(default, deserialize_with = "words::maybe_address")]
    pub base_url: Option<String>,
    /// `appId`, at most 64 characters.
    #[serde(deserialize_with = "words::short::<_, 64>")]
    pub app_id: String,
    /// `merchantNo`, at most 32 characters.
    #[serde(deserialize_with = "words::short::<_, 32>")]
    pub merchant_no: String,
    /// `spMerchantNo` of an ISV, at most 15 characters.
    #[serde(default, deserialize_with = "words::maybe_short::<_, 15>")]
    pub sp_merchant_no: Option<String>,
    /// The file with the token that the merchant gave the ISV; set exactly when `sp_merchant_no` is.
    #[serde(default, deserialize_with = "words::maybe_file")]
    pub merchant_auth_token_file: Option<PathBuf>,
    /// The header that carries the token.
    #[serde(default = "default_token_header", deserialize_with = "words::header_name")]
    pub merchant_auth_token_header: String,
    /// Who signs requests.
    #[serde(default = "default_signer")]
    pub signer: Signer,
    /// The file with the private key; needed for [`Signer::File`] alone.
    #[serde(default, deserialize_with = "words::maybe_file")]
    pub private_key_file: Option<PathBuf>,
    /// The fingerprint of the key in the ssh agent, for [`Signer::SshAgent`] alone.
    #[serde(default, deserialize_with = "signer::maybe_fingerprint")]
    pub agent_key: Option<String>,
    /// The program that signs and its arguments, for [`Signer::Command`] alone.
    #[serde(default, deserialize_with = "signer::command")]
    pub sign_command: Vec<String>,
    /// The file with the public key that its signatures must fit, for [`Signer::Command`] alone.
    #[serde(default, deserialize_with = "words::maybe_file")]
    pub public_key_file: Option<PathBuf>,
    /// The file with PayerMax's public key.
    #[serde(deserialize_with = "words::file")]
    pub gateway_public_key_file: PathBuf,
    /// The file with certificate authorities to believe besides the system's.
    #[serde(default, deserialize_with = "words::maybe_file")]
    pub ca_bundle: Option<PathBuf>,
    /// The proxy between docket and the gateway.
    #[serde(default, deserialize_with = "words::proxy")]
    pub proxy: Proxy,
    /// The zone in which a bare due date ends.
    #[serde(default = "default_due_zone", deserialize_with = "words::zone")]
    pub due_zone: UtcOffset,
    /// The `version` sent to each endpoint.
    #[serde(default)]
    pub versions: Versions,
    /// The old interface, where the operator asked for it.
    #[serde(default)]
    pub legacy: Option<Legacy>,
}

fn default_signer() -> Signer {
    Signer::File
}

fn default_token_header() -> String {
    "merchant_auth_token".to_owned()
}

/// PayerMax names no zone for its dates; its offices keep UTC+8.
fn default_due_zone() -> UtcOffset {
    time::macros::offset!(+8)
}

/// PayerMax's own hosts, the backup ones too (protocol.md section 3), and what is behind them.
const KNOWN_HOSTS: [(&str, Environment); 4] = [
    ("pay-gate.payermax.com", Environment::Production),
    ("pay-gate.shareitpay.in", Environment::Production),
    ("pay-gate-uat.payermax.com", Environment::Uat),
    ("pay-gate-uat.shareitpay.in", Environment::Uat),
];

impl Profile {
    /// What is really behind the profile's address: one that names PayerMax's backup host as a gateway of its own is as
    /// live as any other. A refund's number is made from it, and must be the same on every host that talks to the same
    /// gateway.
    pub fn real_environment(&self) -> Environment {
        let url = self.gateway_url().to_ascii_lowercase();
        let host = url.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or_default().trim_end_matches('.');
        let known = KNOWN_HOSTS.into_iter().find(|(known, _)| *known == host);
        known.map_or(self.environment, |(_, environment)| environment)
    }

    /// The address every endpoint hangs under, without a slash at its end.
    pub fn gateway_url(&self) -> String {
        match self.environment.gateway_url() {
            Some(fixed) => fixed.to_owned(),
            None => self.base_url.clone().unwrap_or_default(),
        }
    }

    /// Makes relative file names relative to the folder of the settings file.
    pub(super) fn anchor(&mut self, folder: &Path) {
        let anchor = |file: &mut PathBuf| *file = folder.join(&*file);
        anchor(&mut self.gateway_public_key_file);
        self.private_key_file.iter_mut().for_each(anchor);
        self.public_key_file.iter_mut().for_each(anchor);
        self.ca_bundle.iter_mut().for_each(anchor);
        self.merchant_auth_token_file.iter_mut().for_each(anchor);
        self.legacy.iter_mut().filter_map(|legacy| legacy.secret_file.as_mut()).for_each(anchor);
    }
}

/// The envelope's `version` per endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Versions {
    /// For `caseSearch`.
    #[serde(deserialize_with = "words::short::<_, 8>")]
    pub case_search: String,
    /// For `caseReplay`: `1.5`, or `1.4`, where evidence is optional.
    #[serde(deserialize_with = "reply_version")]
    pub case_reply: String,
    /// For `refund`.
    #[serde(deserialize_with = "words::short::<_, 8>")]
    pub refund: String,
    /// For `refundQuery`.
    #[serde(deserialize_with = "words::short::<_, 8>")]
    pub refund_query: String,
}

fn reply_version<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    words::text(source, "\"1.5\" or \"1.4\"", |text| ["1.5", "1.4"].contains(&text).then(|| text.to_owned()))
}

impl Default for Versions {
    fn default() -> Self {
        let documented = || "1.5".to_owned();
        Self {
            case_search: documented(),
            case_reply: documented(),
            refund: documented(),
            refund_query: documented(),
        }
    }
}

/// The old refund interface (protocol.md section 7).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legacy {
    /// `merchantId`, at most 30 characters.
    #[serde(deserialize_with = "words::short::<_, 30>")]
    pub merchant_id: String,
    /// Its one address.
    #[serde(deserialize_with = "words::address")]
    pub url: String,
    /// How its requests are signed.
    pub sign: LegacySign,
    /// The file with the shared secret, for [`LegacySign::Md5Body`] alone.
    #[serde(default, deserialize_with = "words::maybe_file")]
    pub secret_file: Option<PathBuf>,
    /// Whether every refund takes this interface, and not only those for which it is chosen.
    #[serde(default)]
    pub always: bool,
}

/// How the desk looks and counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the config")]
pub struct Desk {
    /// Due in 1 to this many days is soon.
    #[serde(deserialize_with = "words::whole::<_, 0, 365>")]
    pub soon_days: u16,
    /// A settled case is refreshed for this many days after its last change.
    #[serde(deserialize_with = "words::whole::<_, 0, 3650>")]
    pub closed_refresh_days: u16,
    /// The colours.
    pub theme: ThemeName,
    /// The columns of the table of cases, left to right; none for what each view needs.
    #[serde(deserialize_with = "words::columns")]
    pub columns: Vec<Column>,
    /// Whether lines and marks are drawn in ASCII alone.
    pub ascii: bool,
    /// Whether the mouse is listened to; the terminal's own selection then needs shift.
    pub mouse: bool,
    /// Whether copies are sent to the terminal's clipboard (OSC 52); else they are shown to be selected by hand.
    pub clipboard: bool,
    /// Whether evidence addresses are marked for the terminal to open (OSC 8).
    pub links: bool,
    /// Whether the title of the terminal's window says what is due.
    pub title: bool,
    /// Whether the bell rings when cases have changed.
    pub bell: bool,
    /// Keys by action name; the keymap checks both.
    #[serde(deserialize_with = "words::keys")]
    pub keys: BTreeMap<String, Vec<String>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            soon_days: 2,
            closed_refresh_days: 30,
            theme: ThemeName::Dark,
            columns: Vec::new(),
            ascii: false,
            mouse: false,
            clipboard: true,
            links: false,
            title: false,
            bell: false,
            keys: BTreeMap::new(),
        }
    }
}

/// How hard the gateway is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Refresh {
    /// Requests in flight at once.
    #[serde(deserialize_with = "words::whole::<_, 1, 64>")]
    pub concurrency: u16,
    /// Requests started per second.
    #[serde(deserialize_with = "words::whole::<_, 1, 10000>")]
    pub per_second: u16,
    /// Seconds until an answer counts as not coming.
    #[serde(deserialize_with = "words::whole::<_, 1, 120>")]
    pub timeout_s: u16,
    /// Minutes between refreshes that an open desk makes by itself; 0 for never.
    #[serde(deserialize_with = "words::whole::<_, 0, 1440>")]
    pub every_minutes: u16,
}

impl Default for Refresh {
    fn default() -> Self {
        Self { concurrency: 16, per_second: 50, timeout_s: 15, every_minutes: 0 }
    }
}

/// How refunds are written and confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Refunds {
    /// Reasons to choose from, at most 64 characters each; the chosen one begins the comment.
    #[serde(deserialize_with = "words::shorts::<_, 64>")]
    pub reasons: Vec<String>,
    /// Seconds between the confirmation and the send, in which Esc stops it; 0 for none.
    #[serde(deserialize_with = "words::whole::<_, 0, 60>")]
    pub pause_s: u16,
}

impl Default for Refunds {
    fn default() -> Self {
        let reasons = ["duplicate", "fraudulent", "issue with item", "requested by customer", "other"];
        Self { reasons: reasons.map(str::to_owned).to_vec(), pause_s: 5 }
    }
}

/// A filter kept as a tab.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedView {
    /// The tab's title, at most 24 characters.
    #[serde(deserialize_with = "words::short::<_, 24>")]
    pub title: String,
    /// The filter as it would be typed; the desk checks it.
    pub filter: String,
}
