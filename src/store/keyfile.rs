//! Key files on disk: who may read them, and how new ones come into being. The rules are ssh's, slightly stricter: a
//! private key that others can read is no longer one. What is in a key is the gateway's business.

mod rights;
mod secret;

#[cfg(test)]
mod tests;

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use secrecy::{SecretBox, SecretString};

pub use secret::Secret;

use super::plain::{self, NotPlain};

/// The most bytes a key file may have; a 16384-bit RSA key as PEM has a fifth of that.
pub const KEY_FILE_MAX_BYTES: usize = 64 * 1024;

/// The most bytes a bundle of certificates may have; a whole system's has a quarter of that.
const BUNDLE_MAX_BYTES: usize = 1024 * 1024;

/// Why a key file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// There is none.
    #[error("there is no file {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// There is no file with a secret where a setting says. What the setting says may be the secret itself, so that at
    /// most the end of a private key's name is repeated.
    #[error("there is no file {}", secret.missing(name.as_deref()))]
    Absent {
        /// What should be in it.
        secret: Secret,
        /// The file, as far as that may be said.
        name: Option<String>,
    },
    /// A symbolic link: whoever may change it decides which key is used.
    #[error("{} is a symbolic link, which docket does not follow to a key", path.display())]
    Link {
        /// The file.
        path: PathBuf,
    },
    /// A directory, a pipe, a device.
    #[error("{} is no plain file", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
    },
    /// Someone else's.
    #[error("{} belongs to user {owner} and not to you", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The owner's user id.
        owner: u32,
    },
    /// Others have rights to it.
    #[error("{} is open to others: its mode is {mode:04o} and must be 0600", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode bits.
        mode: u32,
    },
    /// Others could put another one in its place.
    #[error("{} lies where others may change it: the mode of {} is {mode:04o}", path.display(), directory.display())]
    Around {
        /// The file.
        path: PathBuf,
        /// A directory around it.
        directory: PathBuf,
        /// The directory's mode bits.
        mode: u32,
    },
    /// Somebody else could put another one in its place.
    #[error("{} lies in {}, which belongs to user {owner}", path.display(), directory.display())]
    AroundForeign {
        /// The file.
        path: PathBuf,
        /// A directory around it.
        directory: PathBuf,
        /// The directory's owner's user id.
        owner: u32,
    },
    /// Others could write to it.
    #[error("{} can be changed by others: its mode is {mode:04o}", path.display())]
    Changeable {
        /// The file.
        path: PathBuf,
        /// Its mode bits.
        mode: u32,
    },
    /// Too large to be a key.
    #[error("{} is larger than 64 KiB, which no key is", path.display())]
    TooBig {
        /// The file.
        path: PathBuf,
    },
    /// Bytes that are no text.
    #[error("{} is no text; keys are read as PEM or as one line of base64", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// Something is there already, and docket overwrites no key.
    #[error("{} is there already and was left as it is", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Anything else the system reports.
    #[error("{} cannot be used: {detail}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
}

impl KeyFileError {
    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> String {
        match self {
            Self::Missing { .. } => "put the key file there, or correct its name in the profile".to_owned(),
            Self::Absent { secret, .. } => secret.remedy(),
            Self::Link { .. } => "name the file itself and not a link to it".to_owned(),
            Self::NotAFile { .. } | Self::TooBig { .. } | Self::NotText { .. } => {
                "check the name that docket was given".to_owned()
            }
            Self::Foreign { path, .. } => {
                format!("copy it to a file of your own, then run `chmod 600 {}`", shell_word(path))
            }
            Self::Open { path, .. } => format!("run `chmod 600 {}`", shell_word(path)),
            Self::AroundForeign { .. } => {
                "keep it in a directory that only you and root may write to".to_owned()
            }
            Self::Around { directory, .. } => format!("run `chmod go-w {}`", shell_word(directory)),
            Self::Changeable { path, .. } => format!("run `chmod go-w {}`", shell_word(path)),
            Self::Exists { .. } => "move it away first if it is no longer needed".to_owned(),
            Self::Other { .. } => "check the disk and the rights of its directory".to_owned(),
        }
    }
}

/// Reads a private key or another secret: a plain file through no link, of this user or root, closed to everyone else, in
/// directories that nobody else may write to.
///
/// # Errors
/// [`KeyFileError`] names the file and, for wrong rights, the exact command that mends them; of a name behind which there
/// is no file it repeats next to nothing.
pub fn read_secret(path: &Path, secret: Secret) -> Result<SecretString, KeyFileError> {
    let opened = plain::open(path).map_err(|error| match error {
        error if is_no_file(&error) => secret.absent(path),
        error => sort(path, error),
    })?;
    read_private(path, opened)
}

/// Whether there is nothing behind a name, or nothing could be.
fn is_no_file(error: &NotPlain) -> bool {
    match error {
        NotPlain::Missing => true,
        NotPlain::Io(error) => {
            error.kind() != ErrorKind::PermissionDenied && error.kind() != ErrorKind::Interrupted
        }
        NotPlain::Link | NotPlain::OtherKind | NotPlain::TooBig => false,
    }
}

fn read_private(path: &Path, (file, metadata): (File, Metadata)) -> Result<SecretString, KeyFileError> {
    rights::owner(path, &metadata)?;
    if metadata.mode() & 0o077 != 0 {
        return Err(KeyFileError::Open { path: path.to_owned(), mode: metadata.mode() & 0o7777 });
    }
    rights::around(path)?;
    let bytes = plain::read(file, KEY_FILE_MAX_BYTES).map_err(|error| sort(path, error))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| KeyFileError::NotText { path: path.to_owned() })?;
    // A box of exactly this size: shrinking a string would leave a copy of the key behind.
    Ok(SecretBox::new(Box::from(text)))
}

/// Checks that nobody but this user and root may change a file, by itself or by a directory on the way to it. It may be a
/// link; `metadata` is the file's own.
///
/// # Errors
/// [`KeyFileError`] names the file and the exact command that mends it.
pub fn check_unchangeable(path: &Path, metadata: &Metadata) -> Result<(), KeyFileError> {
    rights::owner(path, metadata)?;
    if rights::is_open_to_writers(metadata) {
        return Err(KeyFileError::Changeable { path: path.to_owned(), mode: metadata.mode() & 0o7777 });
    }
    rights::around(path)
}

/// Reads a public key. Its rights do not matter, but it must be a plain file; a link to one will do.
///
/// # Errors
/// [`KeyFileError`] names the file.
pub fn read_public(path: &Path) -> Result<String, KeyFileError> {
    let target = path.canonicalize().map_err(|error| from_io(path, &error))?;
    let (file, _) = plain::open(&target).map_err(|error| sort(path, error))?;
    let bytes = plain::read(file, KEY_FILE_MAX_BYTES).map_err(|error| sort(path, error))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| KeyFileError::NotText { path: path.to_owned() })?;
    Ok(text.to_owned())
}

/// Reads a bundle of certificates: a plain file that nobody but this user and root may change. A link to one will do.
///
/// # Errors
/// [`KeyFileError`] names the file.
pub fn read_bundle(path: &Path) -> Result<String, KeyFileError> {
    let other = |detail: &str| KeyFileError::Other { path: path.to_owned(), detail: detail.to_owned() };
    let target = path.canonicalize().map_err(|error| from_io(path, &error))?;
    let (file, metadata) = plain::open(&target).map_err(|error| sort(path, error))?;
    check_unchangeable(path, &metadata)?;
    let bytes = plain::read(file, BUNDLE_MAX_BYTES).map_err(|error| match error {
        NotPlain::TooBig => other("it is larger than 1 MiB"),
        error => sort(path, error),
    })?;
    String::from_utf8(bytes.to_vec()).map_err(|_| other("it is no text"))
}

/// Writes a new file with exactly these mode bits, on the disk when this returns. Whatever is there already stays,
/// a link too.
///
/// # Errors
/// [`KeyFileError::Exists`] when the name is taken; [`KeyFileError::Other`] when the system refuses. Nothing is left
/// behind then.
pub fn write_new(path: &Path, contents: &[u8], mode: u32) -> Result<(), KeyFileError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode & 0o600)
        .open(path)
        .map_err(|error| from_io(path, &error))?;
    fill(&mut file, contents, mode).and_then(|()| sync_directory(path)).map_err(|error| {
        // What could not be finished is no key; that it could not be removed either changes nothing.
        _ = std::fs::remove_file(path);
        from_io(path, &error)
    })
}

/// Makes a directory and what is missing above it, mode 0700. One that is there keeps its rights.
///
/// # Errors
/// [`KeyFileError::Other`] when the system refuses, or when the name is taken by something else.
pub fn create_private_dir(path: &Path) -> Result<(), KeyFileError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| KeyFileError::Other { path: path.to_owned(), detail: error.to_string() })
}

/// The rights are widened last, so that no one reads a half-written file.
fn fill(file: &mut File, contents: &[u8], mode: u32) -> io::Result<()> {
    file.write_all(contents)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()
}

/// A new name is only safe from a power cut once its directory is on the disk too.
fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

fn sort(path: &Path, error: NotPlain) -> KeyFileError {
    let path = path.to_owned();
    match error {
        NotPlain::Missing => KeyFileError::Missing { path },
        NotPlain::Link => KeyFileError::Link { path },
        NotPlain::OtherKind => KeyFileError::NotAFile { path },
        NotPlain::TooBig => KeyFileError::TooBig { path },
        NotPlain::Io(error) => from_io(&path, &error),
    }
}

fn from_io(path: &Path, error: &io::Error) -> KeyFileError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::NotFound => KeyFileError::Missing { path },
        ErrorKind::AlreadyExists => KeyFileError::Exists { path },
        _ => KeyFileError::Other { path, detail: error.to_string() },
    }
}

/// A path that can be pasted into a shell.
pub fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
