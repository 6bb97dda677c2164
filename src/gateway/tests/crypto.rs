//! Signatures in every form and length of key: each must be the one that a second library makes of the same bytes, and an
//! answer that was touched anywhere must not be believed.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pretty_assertions::assert_eq;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::OsRng;
use rsa::{BigUint, Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest as _, Sha256};

use super::exchange::{asked, page};
use super::keys::{private_forms, public_forms};
use super::stub::{Act, NOW, Stub, answer, settings};
use crate::domain::fault::{Fault, Signature};
use crate::gateway::keys::MAX_BITS;
use crate::gateway::{Gateway, PrivateKey, PublicKey};

/// Bodies of many lengths, empty ones and those around a block of the hash among them; the same in every run.
fn bodies(count: usize) -> Vec<Vec<u8>> {
    let mut runner = TestRunner::deterministic();
    let random = (0..count).map(|_| vec(any::<u8>(), 0..4_000).new_tree(&mut runner).unwrap().current());
    let edges = [0, 1, 55, 56, 63, 64, 65, 119, 120, 128].map(|length| vec![b'x'; length]);
    edges.into_iter().chain(random).collect()
}

/// The signature that the other library makes.
fn by_ring(key: &RsaKeyPair, body: &[u8]) -> String {
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), body, &mut signature).unwrap();
    STANDARD.encode(signature)
}

/// Whether the library that signs believes a signature.
fn by_rsa(key: &RsaPrivateKey, body: &[u8], sign: &str) -> bool {
    let signature = STANDARD.decode(sign).unwrap();
    let scheme = Pkcs1v15Sign::new::<Sha256>();
    key.to_public_key().verify(scheme, &Sha256::digest(body), &signature).is_ok()
}

#[test]
fn keys_of_every_length_sign_as_another_library_does() {
    let lengths = [2048, 3072, MAX_BITS];
    let checked: usize = std::thread::scope(|scope| {
        let each = lengths.map(|bits| scope.spawn(move || same_signatures(bits)));
        each.into_iter().map(|one| one.join().unwrap()).sum()
    });
    println!("{checked} signatures of {} lengths of key", lengths.len());
}

fn same_signatures(bits: usize) -> usize {
    let key = RsaPrivateKey::new(&mut OsRng, bits).unwrap();
    let der = key.to_pkcs8_der().unwrap();
    let ring = RsaKeyPair::from_pkcs8(der.as_bytes()).unwrap();
    let own = PrivateKey::parse(&STANDARD.encode(der.as_bytes())).unwrap();
    let bodies = bodies(20);
    for body in &bodies {
        let sign = own.sign(body).unwrap();
        assert_eq!(sign, by_ring(&ring, body), "{bits} bits, {} bytes", body.len());
        assert_eq!(sign, own.sign_question(body).unwrap());
        assert!(own.public().verify(body, &sign) && by_rsa(&key, body, &sign));
        for worthless in touched(&sign) {
            assert!(!own.public().verify(body, &worthless) && !by_rsa(&key, body, &worthless), "{worthless}");
        }
    }
    bodies.len()
}

#[test]
fn a_key_that_the_library_of_questions_does_not_take_signs_all_the_same() {
    let key = RsaPrivateKey::new_with_exp(&mut OsRng, 2048, &BigUint::from(3_u8)).unwrap();
    let der = key.to_pkcs8_der().unwrap();
    assert!(RsaKeyPair::from_pkcs8(der.as_bytes()).is_err(), "an exponent of 3 is too small for it");
    let own = PrivateKey::parse(&STANDARD.encode(der.as_bytes())).unwrap();
    let sign = own.sign_question(b"body").unwrap();
    assert_eq!(sign, own.sign(b"body").unwrap());
    assert!(by_rsa(&key, b"body", &sign));
}

/// A signature with a bit of each end turned, cut by a byte, and with a byte too many at either end.
fn touched(sign: &str) -> [String; 5] {
    let touch = |touch: fn(&mut Vec<u8>)| {
        let mut bytes = STANDARD.decode(sign).unwrap();
        touch(&mut bytes);
        STANDARD.encode(bytes)
    };
    [
        touch(|bytes| bytes[0] ^= 1),
        touch(|bytes| *bytes.last_mut().unwrap() ^= 1),
        touch(|bytes| _ = bytes.pop()),
        touch(|bytes| bytes.push(0)),
        touch(|bytes| bytes.insert(0, 0)),
    ]
}

/// One thing that is done to an answer on its way.
type Touch = fn(&mut Vec<u8>, &mut Vec<String>);

const TOUCHES: [(&str, Touch, Signature); 3] = [
    ("body", |body, _| body.push(b' '), Signature::Wrong),
    ("sign", |_, lines| lines[0] = lines[0].replacen(['A', 'b'], "c", 1), Signature::Wrong),
    ("header", |_, lines| lines[0] = lines[0].replacen("sign", "signature", 1), Signature::Absent),
];

/// Twelve forms of the key that signs, in turn with the forms of the one that checks.
#[tokio::test]
async fn an_answer_that_was_touched_is_not_believed_whatever_form_the_key_has() {
    let mut cells = 0;
    let publics = public_forms();
    let first = STANDARD.decode(&super::VECTOR.private_key).unwrap();
    let ring = RsaKeyPair::from_pkcs8(&first).unwrap();
    for (index, form) in private_forms().iter().enumerate() {
        let (key, theirs) = (PrivateKey::parse(form).unwrap(), &publics[index % publics.len()]);
        for body in bodies(8) {
            assert_eq!(key.sign(&body).unwrap(), by_ring(&ring, &body), "form {index}");
        }
        let sign = format!("sign: {}", key.sign(page().as_bytes()).unwrap());
        for (name, touch, worth) in TOUCHES {
            let (mut body, mut lines) = (page().as_bytes().to_vec(), vec![sign.clone()]);
            assert_eq!(ask(form, theirs, &body, &lines).await, Ok(()), "form {index}, untouched");
            touch(&mut body, &mut lines);
            let outcome = ask(form, theirs, &body, &lines).await;
            assert_eq!(outcome, Err(Fault::Unverified(worth)), "form {index}, {name}");
            cells += 1;
        }
        assert!(key.public() == PublicKey::parse(theirs).unwrap());
    }
    println!("{cells} cells: three touches of an answer, twelve forms of a key");
    assert_eq!(cells, 36);
}

async fn ask(own: &str, theirs: &str, body: &[u8], lines: &[String]) -> Result<(), Fault> {
    let stub = Stub::start(Act::Write(answer("200 OK", lines, body)));
    let (own, theirs) = (PrivateKey::parse(own).unwrap(), PublicKey::parse(theirs).unwrap());
    let settings = settings(&format!("http://{}", stub.address));
    let gateway = Gateway::new(settings, own, theirs, Arc::new(|| NOW)).unwrap();
    gateway.case_search(&asked()).await.map(|_| ())
}
