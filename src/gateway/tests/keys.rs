//! Keys in every form they come in, the published signature, and what a wrong file is called.

use std::fmt::Write as _;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use ring::rand::SystemRandom;
use rsa::pkcs1::{EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _, LineEnding};
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::rand_core::OsRng;
use rsa::{RsaPrivateKey, RsaPublicKey};

use super::super::{KeyError, OldLock, PrivateKey, PublicKey};
use super::{GATEWAY_KEY, VECTOR, merchant_key, merchant_public};

fn example() -> RsaPrivateKey {
    RsaPrivateKey::from_pkcs8_der(&STANDARD.decode(&VECTOR.private_key).unwrap()).unwrap()
}

/// Base64 cut into lines of a width, each with an end of its own.
fn wrapped(base64: &str, width: usize, end: &str) -> String {
    base64.as_bytes().chunks(width).fold(String::new(), |mut text, line| {
        write!(text, "{}{end}", std::str::from_utf8(line).unwrap()).unwrap();
        text
    })
}

fn armoured(label: &str, body: &str) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", body.trim_end())
}

#[test]
fn the_published_signature_comes_out_and_checks() {
    let body = VECTOR.body.as_bytes();
    let sign = merchant_key().sign(body).unwrap();
    assert_eq!(sign, VECTOR.signature);
    assert!(sign.starts_with(&VECTOR.prefix));
    assert!(merchant_public().verify(body, &VECTOR.signature));
    assert!(!merchant_public().verify(VECTOR.body.replace("val1", "val2").as_bytes(), &VECTOR.signature));
    assert!(!merchant_public().verify(body, ""));
    assert!(!merchant_public().verify(body, "!!!"));
    assert!(!merchant_public().verify(body, &VECTOR.signature.replacen('W', "X", 1)));
    assert!(!GATEWAY_KEY.public().verify(body, &VECTOR.signature), "another key");
}

/// The documentation's key in every form that a private key comes in.
pub(super) fn private_forms() -> [String; 12] {
    let pkcs8 = &VECTOR.private_key;
    let pkcs1 = STANDARD.encode(example().to_pkcs1_der().unwrap().as_bytes());
    let pem1 = example().to_pkcs1_pem(LineEnding::CRLF).unwrap().to_string();
    [
        pkcs8.clone(),
        pkcs1.clone(),
        format!("\u{feff}\n {pkcs8} \r\n"),
        wrapped(pkcs8, 76, "\r\n"),
        wrapped(&pkcs1, 64, "\n  "),
        merchant_key().to_pem().unwrap().to_string(),
        pem1.clone(),
        armoured("RSA PRIVATE KEY", pkcs8),
        armoured("RSA PRIVATE KEY", &wrapped(pkcs8, 64, "\n")),
        armoured("PRIVATE KEY", &pkcs1),
        format!("Bag Attributes\n  friendlyName: x\n{pem1}"),
        format!("{}{pem1}", armoured("CERTIFICATE", "AAAA")),
    ]
}

#[test]
fn a_private_key_is_read_in_every_form() {
    for form in private_forms() {
        let key = PrivateKey::parse(&form).unwrap_or_else(|error| panic!("{error}: {form}"));
        assert_eq!(key.public(), merchant_public());
    }
}

/// Its public half in every form.
pub(super) fn public_forms() -> [String; 7] {
    let rsa = RsaPublicKey::from(&example());
    let pkcs1 = STANDARD.encode(rsa.to_pkcs1_der().unwrap().as_bytes());
    [
        VECTOR.public_key.clone(),
        pkcs1.clone(),
        wrapped(&VECTOR.public_key, 64, "\n"),
        merchant_public().to_pem().unwrap(),
        rsa.to_pkcs1_pem(LineEnding::LF).unwrap(),
        armoured("RSA PUBLIC KEY", &VECTOR.public_key),
        armoured("PUBLIC KEY", &pkcs1),
    ]
}

#[test]
fn a_public_key_is_read_in_every_form_and_written_for_the_portal() {
    let own = merchant_public();
    assert_eq!(own.to_portal().unwrap(), VECTOR.public_key);
    for form in public_forms() {
        assert_eq!(PublicKey::parse(&form).as_ref(), Ok(&own), "{form}");
    }
}

#[test]
fn a_new_key_has_2048_bits_and_survives_its_file() {
    let key = PrivateKey::parse(&GATEWAY_KEY.to_pem().unwrap()).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey(2048 bits, hidden)");
    let sign = key.sign(b"body").unwrap();
    assert_eq!(sign.len(), 344);
    assert!(GATEWAY_KEY.public().verify(b"body", &sign));
}

/// The head of a certificate, as OpenSSL writes it.
const CERTIFICATE: [u8; 14] =
    [0x30, 0x82, 0x03, 0x0b, 0x30, 0x82, 0x01, 0xf3, 0xa0, 0x03, 0x02, 0x01, 0x02, 0x02];

/// A key that is too short, public half included.
static SHORT: LazyLock<RsaPrivateKey> = LazyLock::new(|| RsaPrivateKey::new(&mut OsRng, 1024).unwrap());

#[test]
fn a_wrong_file_is_called_by_its_name() {
    let public = &VECTOR.public_key;
    let public1 = STANDARD.encode(RsaPublicKey::from(&example()).to_pkcs1_der().unwrap().as_bytes());
    // The heads of an encrypted PKCS#8, of an older one and of an elliptic-curve PKCS#8, as OpenSSL writes them.
    let encrypted = [
        &[0x30, 0x82, 0x05, 0x0e, 0x30, 0x40, 0x06, 0x09][..],
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d, 0x30, 0x33],
    ];
    let pbe = [
        &[0x30, 0x82, 0x04, 0xf4, 0x30, 0x1e, 0x06, 0x0a][..],
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x03, 0x30, 0x10],
    ];
    let curve = [
        &[0x30, 0x19, 0x02, 0x01, 0x00, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01][..],
        &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x04, 0x02, 0x30, 0x00],
    ];
    for (text, reason) in [
        (" \n".to_owned(), KeyError::Empty),
        ("no key".into(), KeyError::Unreadable),
        (VECTOR.private_key[..800].into(), KeyError::Unreadable),
        (armoured("PRIVATE KEY", "AAAA"), KeyError::Unreadable),
        (armoured("EC PARAMETERS", "AAAA"), KeyError::NotRsa),
        (armoured("X9.42 DH PARAMETERS", "AAAA"), KeyError::Unreadable),
        ("-----BEGIN PRIVATE KEY".into(), KeyError::Unreadable),
        (armoured("ENCRYPTED PRIVATE KEY", "AAAA"), KeyError::Unreadable),
        (
            armoured("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nAAAA"),
            KeyError::OldLock(OldLock::Pem),
        ),
        (STANDARD.encode(encrypted.concat()), KeyError::OldLock(OldLock::Unknown)),
        (STANDARD.encode(pbe.concat()), KeyError::OldLock(OldLock::Pkcs12)),
        (public.clone(), KeyError::PublicInPrivateSlot),
        (public1, KeyError::PublicInPrivateSlot),
        (merchant_public().to_pem().unwrap(), KeyError::PublicInPrivateSlot),
        (armoured("CERTIFICATE", "AAAA"), KeyError::Certificate),
        (STANDARD.encode(CERTIFICATE), KeyError::Certificate),
        (armoured("OPENSSH PRIVATE KEY", "AAAA"), KeyError::OpenSsh),
        ("ssh-rsa AAAA me@host".into(), KeyError::OpenSsh),
        (armoured("EC PRIVATE KEY", "AAAA"), KeyError::NotRsa),
        (STANDARD.encode(curve.concat()), KeyError::NotRsa),
        (STANDARD.encode(SHORT.to_pkcs1_der().unwrap().as_bytes()), KeyError::TooShort(1024)),
    ] {
        assert_eq!(PrivateKey::parse(&text).unwrap_err(), reason, "{text}");
    }
}

#[test]
fn a_wrong_file_in_the_place_of_a_public_key_is_called_by_its_name() {
    for (text, reason) in [
        (VECTOR.private_key.clone(), KeyError::PrivateInPublicSlot),
        (STANDARD.encode(example().to_pkcs1_der().unwrap().as_bytes()), KeyError::PrivateInPublicSlot),
        (merchant_key().to_pem().unwrap().to_string(), KeyError::PrivateInPublicSlot),
        (armoured("ENCRYPTED PRIVATE KEY", "AAAA"), KeyError::PrivateInPublicSlot),
        (armoured("CERTIFICATE", "AAAA"), KeyError::Certificate),
        (STANDARD.encode(CERTIFICATE), KeyError::Certificate),
        (VECTOR.public_key[..200].into(), KeyError::Unreadable),
        (
            STANDARD.encode(RsaPublicKey::from(&*SHORT).to_pkcs1_der().unwrap().as_bytes()),
            KeyError::TooShort(1024),
        ),
    ] {
        assert_eq!(PublicKey::parse(&text).unwrap_err(), reason, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Two libraries, one key: PKCS#1 v1.5 leaves no room for two right answers.
    #[test]
    fn a_signature_is_the_one_that_another_library_makes(body in vec(any::<u8>(), 0..2_000), at in any::<Index>()) {
        let sign = merchant_key().sign(&body).unwrap();
        let mut other = vec![0; RING.public().modulus_len()];
        RING.sign(&ring::signature::RSA_PKCS1_SHA256, &SystemRandom::new(), &body, &mut other).unwrap();
        prop_assert_eq!(&sign, &STANDARD.encode(&other));
        prop_assert!(merchant_public().verify(&body, &sign));

        let mut tampered = body.clone();
        match tampered.get_mut(at.index(body.len().max(1))) {
            Some(byte) => *byte ^= 1,
            None => tampered.push(0),
        }
        prop_assert!(!merchant_public().verify(&tampered, &sign), "another body");
        let position = at.index(other.len());
        other[position] ^= 1;
        prop_assert!(!merchant_public().verify(&body, &STANDARD.encode(&other)), "another signature");
    }
}

/// The documentation's key in ring's hands.
static RING: LazyLock<ring::signature::RsaKeyPair> = LazyLock::new(|| {
    ring::signature::RsaKeyPair::from_pkcs8(&STANDARD.decode(&VECTOR.private_key).unwrap()).unwrap()
});

#[test]
fn the_fingerprint_is_the_one_that_ssh_prints() {
    // `ssh-keygen -l` of the documentation's key.
    assert_eq!(merchant_public().fingerprint(), "SHA256:JTwhlBu6ZieRE5GomWtB3i8ScLxfDb4JBbF0pxGqNCo");
}

#[test]
fn nothing_shows_a_secret() {
    let shown = format!("{:?} {:#?} {:?}", merchant_key(), merchant_key(), merchant_public());
    assert_eq!(shown, "PrivateKey(2048 bits, hidden) PrivateKey(2048 bits, hidden) PublicKey(2048 bits)");
    let damaged = VECTOR.private_key.replacen("MII", "MIJ", 1);
    let error = PrivateKey::parse(&damaged).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(&damaged[..12]));
}
