//! The secrets that lie in files, and what may be said of a name behind which there is none. Whoever takes a setting for
//! the secret's own place has written the secret there, and no error may carry it on.

use std::path::Path;

use super::KeyFileError;

/// So many characters of a name are repeated at most: fewer than any line of a key has.
const NAME_SHOWN_MAX: usize = 24;

/// What a file should have in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// The merchant's private key.
    PrivateKey,
    /// The token that the merchant gave an ISV.
    Token,
    /// The shared secret of the legacy interface.
    Legacy,
    /// The passphrase of the private key.
    Passphrase,
}

impl Secret {
    /// The setting or variable that names the file.
    pub const fn setting(self) -> &'static str {
        match self {
            Self::PrivateKey => "private_key_file",
            Self::Token => "merchant_auth_token_file",
            Self::Legacy => "[legacy] secret_file",
            Self::Passphrase => "DOCKET_PASSPHRASE_FILE",
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::PrivateKey => "the private key",
            Self::Token => "the merchant's token",
            Self::Legacy => "the shared secret",
            Self::Passphrase => "the passphrase",
        }
    }

    /// The error for a name behind which there is no file. Only a directory that is there is certainly no secret, and
    /// only a private key is too long for a name.
    pub(super) fn absent(self, path: &Path) -> KeyFileError {
        let name = (self == Self::PrivateKey).then(|| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let shown: String = name.chars().take(NAME_SHOWN_MAX).collect();
            let cut = if shown.len() < name.len() { "…" } else { "" };
            let folder = path.parent().filter(|folder| folder.is_dir());
            let folder = folder.map_or(String::new(), |folder| format!(" in {}", folder.display()));
            format!("{shown}{cut}{folder}")
        });
        KeyFileError::Absent { secret: self, name }
    }

    /// Which file is missing.
    pub(super) fn missing(self, name: Option<&str>) -> String {
        let (what, setting) = (self.what(), self.setting());
        match name {
            Some(name) => format!("{name}, where {setting} has {what}"),
            None => format!("with {what} where {setting} says"),
        }
    }

    /// What to do when there is no file.
    pub(super) fn remedy(self) -> String {
        let (what, setting) = (self.what(), self.setting());
        match self {
            Self::PrivateKey => format!("put the key file there, or correct {setting} in the config"),
            Self::Token | Self::Legacy => {
                format!("save {what} in a file (mode 0600) and give its name as {setting}, not {what} itself")
            }
            Self::Passphrase => format!("{setting} takes the name of a file with {what}, not {what} itself"),
        }
    }
}
