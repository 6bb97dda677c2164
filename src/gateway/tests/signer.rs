//! Signers outside this process: what they give is checked before it is used, whatever it is.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::{Gateway, KeyHolder, PublicKey, Signer, SignerError};
use super::stub::{NOW, Stub, settings, signed};
use super::{GATEWAY_KEY, VECTOR, merchant_key, merchant_public};
use crate::domain::fault::Fault;
use crate::domain::ids::CaseId;

type Answer = Result<Vec<u8>, SignerError>;
type Forger = fn(&[u8]) -> Vec<u8>;

/// A holder that answers as a test says.
struct Holder<F>(F);

impl<F: Fn(&[u8]) -> Answer + Send + Sync> KeyHolder for Holder<F> {
    fn name(&self) -> String {
        "the safe".to_owned()
    }

    fn sign(&self, body: &[u8]) -> Answer {
        (self.0)(body)
    }
}

fn signer(answer: impl Fn(&[u8]) -> Answer + Send + Sync + 'static) -> Signer {
    Signer::elsewhere(Holder(answer), merchant_public())
}

fn right(body: &[u8]) -> Vec<u8> {
    STANDARD.decode(merchant_key().sign(body).unwrap()).unwrap()
}

/// Both libraries give the same bytes, so that only this tells which one was asked.
#[tokio::test]
async fn what_changes_something_is_signed_blinded_and_questions_are_not() {
    let stub = Stub::start(signed("{}"));
    let signer = Signer::from(merchant_key());
    let settings = settings(&stub.base_url());
    let gateway = Gateway::new(settings, signer.clone(), GATEWAY_KEY.public(), Arc::new(|| NOW)).unwrap();
    let reply = gateway.sign_call("caseReplay", "1.5", b"{}").await.unwrap();
    assert!(reply.sign.is_some() && !signer.has_asked(), "a reply is signed by `rsa`");
    _ = gateway.case_search(&CaseId::parse("O1").unwrap()).await;
    assert!(signer.has_asked(), "a question by `ring`");
}

#[test]
fn a_right_signature_is_taken_and_no_other() {
    let body = VECTOR.body.as_bytes();
    let good = signer(|body| Ok(right(body)));
    assert_eq!(good.sign(body).unwrap(), VECTOR.signature);
    assert_eq!(good.public(), merchant_public());
    let wrong: [Forger; 6] = [
        |_| Vec::new(),
        |_| vec![0; 256],
        |_| right(b"another body"),
        |body| STANDARD.decode(GATEWAY_KEY.sign(body).unwrap()).unwrap(),
        |body| [right(body), vec![0]].concat(),
        |body| right(body)[1..].to_vec(),
    ];
    for wrong in wrong {
        let error = signer(move |body| Ok(wrong(body))).sign(body).unwrap_err();
        assert!(error.what.starts_with("what the safe gave is no signature"), "{error:?}");
        assert!(error.hint.contains("docket doctor"), "{error:?}");
    }
}

#[test]
fn a_key_of_our_own_signs_as_before_and_shows_nothing() {
    let signer = Signer::from(merchant_key());
    assert_eq!(signer.sign(VECTOR.body.as_bytes()).unwrap(), VECTOR.signature);
    assert_eq!(signer.sign_question(VECTOR.body.as_bytes()).unwrap(), VECTOR.signature);
    assert_eq!(format!("{signer:?}"), "Signer(PrivateKey(2048 bits, hidden))");
    let elsewhere = self::signer(|_| Ok(Vec::new()));
    assert_eq!(format!("{elsewhere:?}"), "Signer(the safe, PublicKey(2048 bits))");
}

#[tokio::test]
async fn a_call_is_signed_by_it_or_does_not_leave() {
    let client = |stub: &Stub, signer: Signer| {
        let settings = settings(&format!("http://{}/aggregate-pay/api/gateway", stub.address));
        Gateway::new(settings, signer, GATEWAY_KEY.public(), Arc::new(|| NOW)).unwrap()
    };
    let case = CaseId::parse("O1").unwrap();
    let stub = Stub::start(signed("{}"));
    _ = client(&stub, signer(|body| Ok(right(body)))).case_search(&case).await;
    let seen = stub.requests().remove(0);
    assert!(merchant_public().verify(&seen.body, seen.header("sign").unwrap()));

    let refusing: [fn(&[u8]) -> Answer; 2] =
        [|_| Err(SignerError::new("the safe is shut", "open the safe")), |_| Ok(right(b"another body"))];
    for refusing in refusing {
        let stub = Stub::start(signed("{}"));
        let fault = client(&stub, signer(refusing)).case_search(&case).await.unwrap_err();
        assert!(matches!(fault, Fault::Signing(_)), "{fault:?}");
        assert!(fault.concerns_every_case() && !fault.may_pass());
        assert!(fault.to_string().contains("safe"), "{fault}");
        assert_eq!((stub.connections(), stub.requests().len()), (0, 0), "nothing left");
    }
}

#[test]
fn an_agents_blob_gives_the_key_back_and_nothing_else() {
    let blob = super::super::ssh_form::write(&{
        use rsa::pkcs8::DecodePublicKey as _;
        rsa::RsaPublicKey::from_public_key_der(&STANDARD.decode(&VECTOR.public_key).unwrap()).unwrap()
    });
    assert_eq!(PublicKey::from_ssh(&blob).unwrap(), merchant_public());
    assert_eq!(super::super::ssh_fingerprint(&blob), merchant_public().fingerprint());
    for cut in 0..blob.len() {
        assert!(PublicKey::from_ssh(&blob[..cut]).is_err(), "{cut}");
    }
    let longer = [blob.clone(), vec![0]].concat();
    assert!(PublicKey::from_ssh(&longer).is_err());
    let curve = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x01x";
    assert_eq!(PublicKey::from_ssh(curve).unwrap_err(), super::super::KeyError::NotRsa);
    let endless = b"\xff\xff\xff\xffssh-rsa";
    assert!(PublicKey::from_ssh(endless).is_err());
}
