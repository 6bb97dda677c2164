//! Commands of the operator's: shell scripts that sign, and all that scripts do instead.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::super::command::SignCommand;
use super::fake::{KEY, OTHER};
use crate::gateway::{Signer, SignerError};

const BODY: &[u8] = br#"{"version":"1.5"}"#;
const SCRIPT: [&str; 2] = ["sh", "sign"];
/// Ample for a script that does nothing slow, on a loaded machine.
const AMPLE: Duration = Duration::from_secs(60);

/// A folder with the signature of [`BODY`] in it and a script named `sign`, which is run by name of its shell: a file
/// that this process has just written cannot be started while another test does the same.
fn folder(script: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let sign = KEY.sign(BODY).unwrap();
    std::fs::write(dir.path().join("signature"), &sign).unwrap();
    std::fs::write(dir.path().join("other"), OTHER.sign(BODY).unwrap()).unwrap();
    std::fs::write(dir.path().join("sign"), script).unwrap();
    dir
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn signer(dir: &Path, command: &[&str], within: Duration) -> Signer {
    Signer::elsewhere(SignCommand::new(&words(command), dir).within(within), KEY.public())
}

fn run(script: &str) -> Result<String, SignerError> {
    let dir = folder(script);
    signer(dir.path(), &SCRIPT, AMPLE).sign(BODY)
}

fn refused(script: &str) -> SignerError {
    let error = run(script).unwrap_err();
    assert!(!error.hint.is_empty(), "{error:?}");
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    error
}

#[test]
fn a_command_gets_the_bytes_and_its_signature_is_used() {
    let sign = KEY.sign(BODY).unwrap();
    assert_eq!(run("cat > seen; cat signature").unwrap(), sign);
    assert_eq!(
        run("cat > /dev/null; fold -w 64 signature; echo; echo").unwrap(),
        sign,
        "wrapped, as openssl does"
    );
    assert_eq!(run("tr -d = < signature").unwrap(), sign, "without padding, and without reading the bytes");
    let dir = folder("cat > seen; cat signature");
    signer(dir.path(), &SCRIPT, AMPLE).sign(BODY).unwrap();
    assert_eq!(std::fs::read(dir.path().join("seen")).unwrap(), BODY);
}

#[test]
fn words_are_handed_over_as_they_are_without_a_shell() {
    let dir = folder("printf '%s|' \"$@\" > words; cat signature");
    let command = ["sh", "sign", "$HOME", "a b", "; rm -rf x", ""];
    signer(dir.path(), &command, AMPLE).sign(BODY).unwrap();
    assert_eq!(std::fs::read_to_string(dir.path().join("words")).unwrap(), "$HOME|a b|; rm -rf x||");
    // A name without a slash is looked for along PATH, never in the folder.
    assert!(signer(dir.path(), &["sign-canary-nowhere"], AMPLE).sign(BODY).is_err());
    let cat = signer(dir.path(), &["cat", "signature"], AMPLE);
    assert_eq!(cat.sign(BODY).unwrap(), KEY.sign(BODY).unwrap(), "it runs in the folder");
    std::os::unix::fs::symlink("/bin/cat", dir.path().join("own-cat")).unwrap();
    let own = signer(dir.path(), &["./own-cat", "signature"], AMPLE);
    assert_eq!(own.sign(BODY).unwrap(), KEY.sign(BODY).unwrap(), "and is found there");
}

#[test]
fn more_than_a_pipe_holds_goes_in() {
    let body = vec![b'x'; 1 << 20];
    let dir = folder("wc -c > seen; cat long");
    std::fs::write(dir.path().join("long"), KEY.sign(&body).unwrap()).unwrap();
    let signer = signer(dir.path(), &SCRIPT, AMPLE);
    assert_eq!(signer.sign(&body).unwrap(), KEY.sign(&body).unwrap());
    assert_eq!(std::fs::read_to_string(dir.path().join("seen")).unwrap().trim(), "1048576");
}

#[test]
fn what_it_prints_is_checked_whatever_it_says() {
    let wrong = refused("cat other").what;
    assert!(wrong.contains("gave is no signature of the configured key"), "{wrong}");
    assert!(refused("true").what.ends_with("printed nothing"));
    assert!(refused("echo canary canary!").what.ends_with("printed something else than base64"));
    assert!(refused("cat signature; echo AAAA").what.contains("base64"));
    assert!(refused("yes canary").what.ends_with("printed far more than a signature"));
}

#[test]
fn a_bad_end_is_told_and_nothing_it_says_is_repeated() {
    let code = refused("cat signature; echo canary >&2; exit 7");
    assert!(code.what.ends_with("signed nothing and ended with code 7"), "{code:?}");
    assert!(code.hint.contains("by hand"), "{code:?}");
    assert!(refused("kill -9 $$").what.ends_with("ended by signal 9"));
}

#[test]
fn a_program_that_is_not_there_or_cannot_be_run_is_named() {
    let dir = folder("cat signature");
    let missing = signer(dir.path(), &["./none"], AMPLE).sign(BODY).unwrap_err();
    assert!(
        missing.what.starts_with("there is no program /") && missing.what.contains("none"),
        "{missing:?}"
    );
    std::fs::set_permissions(dir.path().join("sign"), Permissions::from_mode(0o600)).unwrap();
    let closed = signer(dir.path(), &["./sign"], AMPLE).sign(BODY).unwrap_err();
    assert!(closed.what.ends_with("cannot be run"), "{closed:?}");
    std::fs::write(dir.path().join("sign"), [0x7f, b'E', b'L', b'F', 0]).unwrap();
    std::fs::set_permissions(dir.path().join("sign"), Permissions::from_mode(0o700)).unwrap();
    let broken = signer(dir.path(), &["./sign"], AMPLE).sign(BODY).unwrap_err();
    assert!(broken.what.contains("cannot be"), "{broken:?}");
}

#[test]
fn a_command_that_hangs_ends_with_everything_it_started() {
    let short = Duration::from_millis(300);
    let dir = folder("sleep 1000 & echo $! > child; cat signature; wait");
    let started = Instant::now();
    let error = signer(dir.path(), &SCRIPT, short).sign(BODY).unwrap_err();
    assert!(error.what.contains("had not signed within"), "{error:?}");
    assert!(started.elapsed() >= short, "it was ended before its time");
    gone(dir.path());
}

/// Waits until the process that a script left its number of is no more.
fn gone(dir: &Path) {
    let child = std::fs::read_to_string(dir.join("child")).unwrap();
    let stat = Path::new("/proc").join(child.trim()).join("stat");
    let deadline = Instant::now() + AMPLE;
    // Dead, or dead and not yet buried by whoever inherits it.
    while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
        assert!(Instant::now() < deadline, "it lives on");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

#[test]
fn what_it_leaves_behind_does_not_hold_up_the_answer() {
    let dir = folder("sleep 1000 & echo $! > child; cat signature");
    let sign = signer(dir.path(), &SCRIPT, AMPLE).sign(BODY);
    assert_eq!(sign.unwrap(), KEY.sign(BODY).unwrap());
    gone(dir.path());
}

#[test]
fn a_program_that_others_could_exchange_is_not_run() {
    let dir = folder("touch ran; cat signature");
    std::os::unix::fs::symlink("/bin/sh", dir.path().join("own-sh")).unwrap();
    let own = signer(dir.path(), &["./own-sh", "sign"], AMPLE);
    assert_eq!(own.sign(BODY).unwrap(), KEY.sign(BODY).unwrap());
    std::fs::remove_file(dir.path().join("ran")).unwrap();
    let open = |mode| std::fs::set_permissions(dir.path(), Permissions::from_mode(mode)).unwrap();
    open(0o777);
    let error = own.sign(BODY).unwrap_err();
    assert!(error.what.contains("lies where others may change it"), "{error:?}");
    assert!(error.hint.starts_with("run `chmod go-w "), "{error:?}");
    open(0o700);
    std::fs::remove_file(dir.path().join("own-sh")).unwrap();
    std::fs::write(dir.path().join("own-sh"), "").unwrap();
    std::fs::set_permissions(dir.path().join("own-sh"), Permissions::from_mode(0o722)).unwrap();
    let error = own.sign(BODY).unwrap_err();
    assert!(error.what.contains("can be changed by others: its mode is 0722"), "{error:?}");
    assert!(!dir.path().join("ran").exists());
}
