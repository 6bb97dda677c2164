//! Key files on disk: who may read them, and how new ones come into being. The rules are ssh's, slightly stricter: a
//! private key that others can read is no longer one. What is in a key is the gateway's business.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use secrecy::{SecretBox, SecretString};

use super::plain::{self, NotPlain};

/// The most bytes a key file may have; a 16384-bit RSA key as PEM has a fifth of that.
pub const KEY_FILE_MAX_BYTES: usize = 64 * 1024;

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is none.
    #[error("there is no file {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
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
            Self::Link { .. } => "name the file itself in the profile".to_owned(),
            Self::NotAFile { .. } | Self::TooBig { .. } | Self::NotText { .. } => {
                "check the name in the profile".to_owned()
            }
            Self::Foreign { path, .. } => {
                format!("copy it to a file of your own, then run `chmod 600 {}`", shell_word(path))
            }
            Self::Open { path, .. } => format!("run `chmod 600 {}`", shell_word(path)),
            Self::Exists { .. } => "move it away first if it is no longer needed".to_owned(),
            Self::Other { .. } => "check the disk and the rights of its directory".to_owned(),
        }
    }
}

/// Reads a private key or another secret: a plain file through no link, of this user or root, closed to everyone else.
///
/// # Errors
/// [`KeyFileError`] names the file and, for wrong rights, the exact command that mends them.
pub fn read_private(path: &Path) -> Result<SecretString, KeyFileError> {
    let (file, metadata) = plain::open(path).map_err(|error| sort(path, error))?;
    let owner = metadata.uid();
    if owner != rustix::process::geteuid().as_raw() && owner != 0 {
        return Err(KeyFileError::Foreign { path: path.to_owned(), owner });
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(KeyFileError::Open { path: path.to_owned(), mode: metadata.mode() & 0o7777 });
    }
    let bytes = plain::read(file, KEY_FILE_MAX_BYTES).map_err(|error| sort(path, error))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| KeyFileError::NotText { path: path.to_owned() })?;
    // A box of exactly this size: shrinking a string would leave a copy of the key behind.
    Ok(SecretBox::new(Box::from(text)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use tempfile::TempDir;

    fn key(mode: u32) -> (TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("live.key.pem");
        write_new(&path, b"a secret", mode).unwrap();
        (directory, path)
    }

    fn mode(path: &Path) -> u32 {
        path.symlink_metadata().unwrap().mode() & 0o7777
    }

    #[test]
    fn a_private_key_is_read_and_not_shown() {
        let (_keep, path) = key(0o600);
        assert_eq!(mode(&path), 0o600);
        let secret = read_private(&path).unwrap();
        assert_eq!(secret.expose_secret(), "a secret");
        assert!(!format!("{secret:?}").contains("a secret"));
        std::fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        assert!(read_private(&path).is_ok());
    }

    #[test]
    fn a_key_open_to_others_is_refused_with_the_command() {
        for open in [0o644, 0o640, 0o604, 0o610, 0o602] {
            let (_keep, path) = key(open);
            let error = read_private(&path).unwrap_err();
            let shown = path.display();
            assert_eq!(
                error.to_string(),
                format!("{shown} is open to others: its mode is {open:04o} and must be 0600")
            );
            assert_eq!(error.hint(), format!("run `chmod 600 {shown}`"));
        }
        assert_eq!(shell_word(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }

    #[test]
    fn links_directories_and_pipes_are_no_keys() {
        let (keep, path) = key(0o600);
        let link = keep.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(read_private(&link), Err(KeyFileError::Link { .. })));
        assert_eq!(read_public(&link).unwrap(), "a secret", "a public key may be linked to");
        assert!(matches!(read_private(keep.path()), Err(KeyFileError::NotAFile { .. })));
        let pipe = keep.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::from(0o600)).unwrap();
        assert!(matches!(read_private(&pipe), Err(KeyFileError::NotAFile { .. })), "and it does not hang");
        assert!(matches!(read_public(&pipe), Err(KeyFileError::NotAFile { .. })));
        let none = keep.path().join("none");
        assert!(matches!(read_private(&none), Err(KeyFileError::Missing { .. })));
        assert!(matches!(read_public(&none), Err(KeyFileError::Missing { .. })));
    }

    #[test]
    fn sizes_and_bytes_are_checked() {
        let keep = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = keep.path().join(name);
            write_new(&path, bytes, 0o600).unwrap();
            path
        };
        assert!(read_private(&file("edge", &vec![b'x'; KEY_FILE_MAX_BYTES])).is_ok());
        let big = file("big", &vec![b'x'; KEY_FILE_MAX_BYTES + 1]);
        assert!(matches!(read_private(&big), Err(KeyFileError::TooBig { .. })));
        assert!(matches!(read_public(&big), Err(KeyFileError::TooBig { .. })));
        let binary = file("binary", b"\x30\x82\xff");
        assert!(matches!(read_private(&binary), Err(KeyFileError::NotText { .. })));
        assert!(matches!(read_public(&binary), Err(KeyFileError::NotText { .. })));
    }

    #[test]
    fn nothing_is_ever_overwritten() {
        let (keep, path) = key(0o600);
        assert!(matches!(write_new(&path, b"other", 0o600), Err(KeyFileError::Exists { .. })));
        assert_eq!(read_public(&path).unwrap(), "a secret");
        let dangling = keep.path().join("dangling");
        std::os::unix::fs::symlink(keep.path().join("elsewhere"), &dangling).unwrap();
        assert!(matches!(write_new(&dangling, b"other", 0o600), Err(KeyFileError::Exists { .. })));
        assert!(!keep.path().join("elsewhere").exists());
        let public = keep.path().join("public.pem");
        write_new(&public, b"public", 0o644).unwrap();
        assert_eq!(mode(&public), 0o644);
    }

    #[test]
    fn new_directories_are_private_and_old_ones_left_alone() {
        let keep = tempfile::tempdir().unwrap();
        let deep = keep.path().join("a/b");
        create_private_dir(&deep).unwrap();
        assert_eq!((mode(&keep.path().join("a")), mode(&deep)), (0o700, 0o700));
        std::fs::set_permissions(&deep, Permissions::from_mode(0o750)).unwrap();
        create_private_dir(&deep).unwrap();
        assert_eq!(mode(&deep), 0o750);
        let (_key, path) = key(0o600);
        assert!(create_private_dir(&path).unwrap_err().to_string().contains("live.key.pem"));
    }
}
