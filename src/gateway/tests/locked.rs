//! The documentation's key under passphrases, as OpenSSL writes it in every scheme that is still met.

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::der::Encode as _;
use rsa::pkcs8::pkcs5::pbes2;
use rsa::pkcs8::pkcs5::scrypt::Params;
use rsa::pkcs8::{EncodePrivateKey as _, EncryptedPrivateKeyInfo, LineEnding};
use rsa::rand_core::OsRng;
use rsa::{RsaPrivateKey, pkcs8};
use secrecy::SecretString;

use super::super::{KeyError, KeyText, LockedKey, OldLock, PrivateKey};
use super::{GATEWAY_KEY, merchant_public};

const PASSPHRASE: &str = "canary-passphrase";

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/locked").join(name);
    fs::read_to_string(path).unwrap()
}

fn locked(text: &str) -> LockedKey {
    match KeyText::read(text).unwrap() {
        KeyText::Locked(key) => key,
        KeyText::Open(_) => panic!("it is open"),
    }
}

fn open(key: &LockedKey, passphrase: &str) -> Result<PrivateKey, KeyError> {
    key.open(&SecretString::from(passphrase))
}

/// The gateway's test key under a scheme of the test's own.
fn under(scheme: pbes2::Parameters<'_>) -> String {
    let key = rsa::pkcs8::DecodePrivateKey::from_pkcs8_pem(&GATEWAY_KEY.to_pem().unwrap());
    let key: RsaPrivateKey = key.unwrap();
    let der = key.to_pkcs8_der().unwrap();
    let info = pkcs8::PrivateKeyInfo::try_from(der.as_bytes()).unwrap();
    let sealed = info.encrypt_with_params(scheme, PASSPHRASE).unwrap();
    sealed.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).unwrap().to_string()
}

#[test]
fn todays_schemes_open_with_their_passphrase_alone() {
    for name in ["pbes2-aes256-sha256.pem", "pbes2-default-rounds.pem", "pbes2-scrypt.pem"] {
        let text = file(name);
        assert_eq!(PrivateKey::parse(&text).unwrap_err(), KeyError::Encrypted, "{name}");
        let key = locked(&text);
        assert_eq!(open(&key, PASSPHRASE).unwrap().public(), merchant_public(), "{name}");
        for wrong in ["", "canary", "canary-passphrase ", "\u{0}"] {
            assert_eq!(open(&key, wrong).unwrap_err(), KeyError::Passphrase, "{name} {wrong:?}");
        }
    }
}

#[test]
fn one_line_without_armour_opens_too() {
    let text = file("pbes2-scrypt.pem");
    let line: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(open(&locked(&line), PASSPHRASE).unwrap().public(), merchant_public());
    let mixed = text.replace("ENCRYPTED PRIVATE KEY", "PRIVATE KEY");
    assert_eq!(open(&locked(&mixed), PASSPHRASE).unwrap().public(), merchant_public(), "the armour's words");
}

#[test]
fn a_wrong_passphrase_never_looks_like_a_damaged_key() {
    // Of so many wrong ones, several decrypt to noise that ends as a right one would.
    let key = locked(&file("pbes2-default-rounds.pem"));
    for n in 0..600 {
        assert_eq!(open(&key, &format!("wrong {n}")).unwrap_err(), KeyError::Passphrase, "{n}");
    }
}

#[test]
fn older_schemes_are_named_with_the_command_that_converts_them() {
    const NOW: &str = "openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt";
    const LEGACY: &str = " -provider legacy -provider default";
    for (name, lock, flags) in [
        ("traditional-3des.pem", OldLock::Pem, ""),
        ("traditional-aes256.pem", OldLock::Pem, ""),
        ("pbes1-md5-des.pem", OldLock::Pbes1, LEGACY),
        ("pkcs12-sha1-3des.pem", OldLock::Pkcs12, LEGACY),
        ("pbes2-3des.pem", OldLock::Des, ""),
        ("pbes2-hmac-sha1.pem", OldLock::Sha1, ""),
    ] {
        let error = KeyText::read(&file(name)).unwrap_err();
        assert_eq!(error, KeyError::OldLock(lock), "{name}");
        let command = error.conversion("'a b.pem'", "new.pem").unwrap();
        assert_eq!(command, format!("{NOW}{flags} -in 'a b.pem' -out new.pem"), "{name}");
    }
    assert_eq!(KeyError::Passphrase.conversion("a", "b"), None);
    assert_eq!(
        KeyError::OpenSsh.conversion("a", "b").unwrap(),
        "install -m 600 a b && ssh-keygen -p -m PKCS8 -f b"
    );
}

#[test]
fn few_rounds_are_worth_a_word() {
    let weakness = |name: &str| locked(&file(name)).weakness();
    assert_eq!(weakness("pbes2-aes256-sha256.pem"), None);
    assert_eq!(weakness("pbes2-scrypt.pem"), None, "OpenSSL's own scrypt is fine");
    assert!(weakness("pbes2-default-rounds.pem").unwrap().contains("2048 rounds"));
    let scrypt = Params::new(10, 8, 1, 32).unwrap();
    let weak = under(pbes2::Parameters::scrypt_aes256cbc(scrypt, &[7; 16], &[9; 16]).unwrap());
    let key = locked(&weak);
    assert!(key.weakness().unwrap().contains("scrypt"));
    assert_eq!(open(&key, PASSPHRASE).unwrap().public(), GATEWAY_KEY.public());
}

#[test]
fn a_file_that_asks_for_endless_work_is_refused_before_any_is_done() {
    let read = |scheme: pbes2::Parameters<'_>| {
        let info = EncryptedPrivateKeyInfo { encryption_algorithm: scheme.into(), encrypted_data: &[0; 32] };
        KeyText::read(&STANDARD.encode(info.to_der().unwrap()))
    };
    let pbkdf2 = |rounds| pbes2::Parameters::pbkdf2_sha256_aes128cbc(rounds, &[7; 16], &[9; 16]).unwrap();
    let scrypt = |log_n, r, p| {
        let params = Params::new(log_n, r, p, 32).unwrap();
        pbes2::Parameters::scrypt_aes256cbc(params, &[7; 16], &[9; 16]).unwrap()
    };
    for fine in [pbkdf2(1), pbkdf2(10_000_000), scrypt(17, 8, 1), scrypt(14, 8, 16)] {
        assert!(matches!(read(fine.clone()), Ok(KeyText::Locked(_))), "{fine:?}");
    }
    for endless in [pbkdf2(30_000_000), scrypt(20, 8, 1), scrypt(14, 8, 17)] {
        assert_eq!(read(endless.clone()).unwrap_err(), KeyError::OldLock(OldLock::Endless), "{endless:?}");
    }
}

#[test]
fn what_is_inside_is_checked_as_any_key_is() {
    let short = RsaPrivateKey::new(&mut OsRng, 1024).unwrap();
    let sealed = short.to_pkcs8_encrypted_pem(&mut OsRng, PASSPHRASE, LineEnding::LF).unwrap();
    assert_eq!(open(&locked(&sealed), PASSPHRASE).unwrap_err(), KeyError::TooShort(1024));
}

#[test]
fn nothing_of_it_is_shown() {
    let text = file("pbes2-scrypt.pem");
    let key = locked(&text);
    let line = text.lines().nth(3).unwrap();
    let shown =
        format!("{key:?} {:?} {}", open(&key, "wrong").unwrap_err(), open(&key, "wrong").unwrap_err());
    assert!(!shown.contains(line) && !shown.contains("wrong"), "{shown}");
    assert!(shown.starts_with("LockedKey(hidden)"), "{shown}");
}
