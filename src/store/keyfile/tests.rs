//! Files that may be a key and files that may not.

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
