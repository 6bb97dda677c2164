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

fn opened(path: &Path) -> Result<SecretString, KeyFileError> {
    read_secret(path, Secret::PrivateKey)
}

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap().mode() & 0o7777
}

#[test]
fn a_private_key_is_read_and_not_shown() {
    let (_keep, path) = key(0o600);
    assert_eq!(mode(&path), 0o600);
    let secret = opened(&path).unwrap();
    assert_eq!(secret.expose_secret(), "a secret");
    assert!(!format!("{secret:?}").contains("a secret"));
    std::fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    assert!(opened(&path).is_ok());
}

#[test]
fn a_key_open_to_others_is_refused_with_the_command() {
    for open in [0o644, 0o640, 0o604, 0o610, 0o602] {
        let (_keep, path) = key(open);
        let error = opened(&path).unwrap_err();
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
    assert!(matches!(opened(&link), Err(KeyFileError::Link { .. })));
    assert_eq!(read_public(&link).unwrap(), "a secret", "a public key may be linked to");
    assert!(matches!(opened(keep.path()), Err(KeyFileError::NotAFile { .. })));
    let pipe = keep.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::from(0o600)).unwrap();
    assert!(matches!(opened(&pipe), Err(KeyFileError::NotAFile { .. })), "and it does not hang");
    assert!(matches!(read_public(&pipe), Err(KeyFileError::NotAFile { .. })));
    let none = keep.path().join("none");
    assert!(matches!(opened(&none), Err(KeyFileError::Absent { .. })));
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
    assert!(opened(&file("edge", &vec![b'x'; KEY_FILE_MAX_BYTES])).is_ok());
    let big = file("big", &vec![b'x'; KEY_FILE_MAX_BYTES + 1]);
    assert!(matches!(opened(&big), Err(KeyFileError::TooBig { .. })));
    assert!(matches!(read_public(&big), Err(KeyFileError::TooBig { .. })));
    let binary = file("binary", b"\x30\x82\xff");
    assert!(matches!(opened(&binary), Err(KeyFileError::NotText { .. })));
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

#[test]
fn a_key_in_a_directory_that_others_may_change_is_refused() {
    let keep = tempfile::tempdir().unwrap();
    let (outer, inner) = (keep.path().join("outer"), keep.path().join("outer/in ner"));
    create_private_dir(&inner).unwrap();
    let path = inner.join("live.key.pem");
    write_new(&path, b"a secret", 0o600).unwrap();
    let set = |directory: &Path, mode| {
        std::fs::set_permissions(directory, Permissions::from_mode(mode)).unwrap();
    };
    for directory in [&inner, &outer] {
        for open in [0o777, 0o757, 0o703] {
            set(directory, open);
            let error = opened(&path).unwrap_err();
            let shown = directory;
            assert_eq!(
                error.to_string(),
                format!(
                    "{} lies where others may change it: the mode of {} is {open:04o}",
                    path.display(),
                    shown.display()
                )
            );
            assert_eq!(error.hint(), format!("run `chmod go-w {}`", shell_word(shown)));
        }
        for fine in [0o700, 0o755, 0o1777] {
            set(directory, fine);
            assert!(opened(&path).is_ok(), "{fine:o} of {}", directory.display());
        }
        set(directory, 0o700);
    }
    // A link on the way lies in a directory of its own.
    let aside = keep.path().join("aside");
    create_private_dir(&aside).unwrap();
    std::os::unix::fs::symlink(&inner, aside.join("link")).unwrap();
    let through = aside.join("link/live.key.pem");
    assert!(opened(&through).is_ok());
    set(&aside, 0o777);
    assert!(matches!(opened(&through), Err(KeyFileError::Around { .. })));
}

#[test]
fn a_group_may_write_only_if_it_is_the_users_own() {
    let keep = tempfile::tempdir().unwrap();
    let me = rustix::process::geteuid().as_raw();
    let written = |mode: u32, group: u32| {
        let directory = keep.path().join(format!("{mode:o}-{group}"));
        create_private_dir(&directory).unwrap();
        std::fs::set_permissions(&directory, Permissions::from_mode(mode)).unwrap();
        rights::is_open_to_writers(&directory.metadata().unwrap())
    };
    let group = keep.path().metadata().unwrap().gid();
    assert_eq!(written(0o770, group), group != me);
    assert!(!written(0o750, group));
    assert!(written(0o702, group));
}

fn unchangeable(path: &Path) -> Result<(), KeyFileError> {
    check_unchangeable(path, &path.metadata().unwrap())
}

#[test]
fn a_config_that_decides_what_runs_must_be_ours_alone() {
    let (keep, path) = key(0o644);
    assert!(unchangeable(&path).is_ok());
    let link = keep.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(unchangeable(&link).is_ok(), "it may be a link");
    std::fs::set_permissions(&path, Permissions::from_mode(0o646)).unwrap();
    let error = unchangeable(&path).unwrap_err();
    assert!(error.to_string().ends_with("can be changed by others: its mode is 0646"), "{error}");
    assert_eq!(error.hint(), format!("run `chmod go-w {}`", path.display()));
}

#[test]
fn every_directory_on_the_way_through_links_is_looked_at() {
    let keep = tempfile::tempdir().unwrap();
    let at = |name: &str| keep.path().join(name);
    for name in ["dot", "far", "middle", "deep", "deep/er"] {
        create_private_dir(&at(name)).unwrap();
    }
    write_new(&at("deep/er/config.toml"), b"", 0o600).unwrap();
    // dot/config.toml -> far/next -> middle/dir/config.toml, and middle/dir -> ../deep/er
    std::os::unix::fs::symlink(at("far/next"), at("dot/config.toml")).unwrap();
    std::os::unix::fs::symlink("../middle/dir/config.toml", at("far/next")).unwrap();
    std::os::unix::fs::symlink("../deep/er", at("middle/dir")).unwrap();
    let config = at("dot/config.toml");
    assert!(unchangeable(&config).is_ok());
    for name in ["dot", "far", "middle", "deep", "deep/er"] {
        std::fs::set_permissions(at(name), Permissions::from_mode(0o777)).unwrap();
        let error = unchangeable(&config).unwrap_err();
        assert_eq!(error.hint(), format!("run `chmod go-w {}`", at(name).display()), "{error}");
        std::fs::set_permissions(at(name), Permissions::from_mode(0o700)).unwrap();
        // Only root may give a directory away; elsewhere this half of it stays untried.
        if std::os::unix::fs::chown(at(name), Some(12_345), None).is_ok() {
            let error = unchangeable(&config).unwrap_err();
            assert!(error.to_string().ends_with("which belongs to user 12345"), "{error}");
            std::os::unix::fs::chown(at(name), Some(0), None).unwrap();
        }
    }
    assert!(unchangeable(&config).is_ok());
}

#[test]
fn a_name_behind_which_there_is_no_file_is_hardly_repeated() {
    let keep = tempfile::tempdir().unwrap();
    let folder = keep.path().display();
    let said = |name: &str, secret| read_secret(&keep.path().join(name), secret).unwrap_err();
    let near = said("live.key.pem", Secret::PrivateKey);
    assert_eq!(
        near.to_string(),
        format!("there is no file live.key.pem in {folder}, where private_key_file has the private key")
    );
    let canary = "canary".repeat(50);
    for name in [canary.clone(), format!("{canary}/{canary}"), "a/canary-8-canary-canary-canary".to_owned()] {
        let far = said(&name, Secret::PrivateKey).to_string();
        assert!(far.matches("canary").count() <= 4 && far.contains("private_key_file"), "{far}");
        for secret in [Secret::Token, Secret::Legacy, Secret::Passphrase] {
            let error = said(&name, secret);
            assert!(error.to_string().contains(secret.setting()), "{error}");
            assert!(!error.to_string().contains("canary") && !error.hint().contains("canary"), "{error}");
            assert!(error.hint().contains(secret.setting()) && !error.hint().contains("key file"), "{error}");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }
    // Through a file that is no folder.
    let (_keep, path) = key(0o600);
    assert!(matches!(opened(&path.join("x")), Err(KeyFileError::Absent { .. })));
}
