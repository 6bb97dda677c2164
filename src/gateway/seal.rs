//! How requests are signed and answers checked. The present gateway and most legacy accounts sign the bytes and carry
//! the signature in a header; older legacy accounts share a secret and sign the fields (protocol.md sections 1 and 7).

use md5::{Digest as _, Md5};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::value::RawValue;

use super::envelope::{Received, unwritable};
use super::keys::PublicKey;
use super::lenient::Object;
use super::one_off::SignedCall;
use super::signer::{KeyHolder, Signer};
use crate::domain::fault::{Fault, Signature};
use crate::domain::refund::Road;
use crate::domain::return_code::{Code, CodeClass};

/// What stands for a `sign` that is not shown.
const HIDDEN: &str = "<hidden>";

/// What a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// A call that only reads, of which a refresh makes thousands.
    Question,
    /// A call that changes something.
    Action,
}

/// A way of signing. It holds secrets, so it has no `Debug`.
pub(super) enum Seal {
    /// `SHA256withRSA` over the body, in the header `sign`.
    Header { own: Signer, theirs: Box<PublicKey> },
    /// MD5 over the sorted fields and this secret, in the field `sign`: of the body in a request, of `data` in an answer.
    Field(SecretString),
}

impl Seal {
    /// Signatures in the header.
    pub(super) fn header(own: Signer, theirs: PublicKey) -> Self {
        Self::Header { own, theirs: Box::new(theirs) }
    }

    /// Signs a body.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub(super) fn seal(&self, to: Url, body: Vec<u8>, aim: Aim) -> Result<SignedCall, Fault> {
        match self {
            Self::Header { own, .. } => {
                let sign = match aim {
                    Aim::Question => own.sign_question(&body),
                    Aim::Action => own.sign(&body),
                }
                .map_err(|error| unwritable(&format!("{}; {}", error.what, error.hint)))?;
                Ok(SignedCall { to, wire: body, kept: None, sign: Some(sign), about: None })
            }
            Self::Field(secret) => {
                let fields = std::str::from_utf8(&body).map_err(|_| unwritable("it is no text"))?;
                let fields = Object::parse(fields).map_err(|why| unwritable(&why))?;
                let sign = md5_sign(&fields, secret).map_err(|why| unwritable(&why))?;
                let (wire, kept) = (with_sign(&body, &sign), with_sign(&body, HIDDEN));
                Ok(SignedCall { to, wire, kept: Some(kept), sign: None, about: None })
            }
        }
    }

    /// Who holds the key outside this process; `None` when this process itself signs.
    pub(super) fn holder(&self) -> Option<&dyn KeyHolder> {
        match self {
            Self::Header { own, .. } => own.holder(),
            Self::Field(_) => None,
        }
    }

    /// A body as it may be shown before it is signed.
    pub(super) fn unsealed(&self, body: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Header { .. } => body,
            Self::Field(_) => with_sign(&body, HIDDEN),
        }
    }

    /// What an answer's signature is worth. One inside `data` covers nothing beside it: it vouches for a success, which
    /// is told in there, and a refusal is always an unsigned one.
    pub(super) fn check(&self, received: &Received) -> Signature {
        match self {
            Self::Header { theirs, .. } => match &received.sign {
                None => Signature::Absent,
                Some(sign) if theirs.verify(&received.body, sign) => Signature::Valid,
                Some(_) => Signature::Wrong,
            },
            Self::Field(secret) => check_field(&received.body, secret),
        }
    }
}

fn check_field(body: &[u8], secret: &SecretString) -> Signature {
    let Some(data) = success(body).and_then(|data| Object::parse(data.get()).ok()) else {
        return Signature::Absent;
    };
    match (data.text("sign"), md5_sign(&data, secret)) {
        (Ok(None), _) => Signature::Absent,
        (Ok(Some(sign)), Ok(own)) if sign.trim().eq_ignore_ascii_case(&own) => Signature::Valid,
        _ => Signature::Wrong,
    }
}

/// The `data` of an answer that says the call was taken.
fn success(body: &[u8]) -> Option<&RawValue> {
    let envelope = Object::parse(std::str::from_utf8(body).ok()?).ok()?;
    let code = Code::new(Road::Legacy, envelope.text("bizCode").ok()??);
    envelope.raw("data").filter(|_| code.class() == CodeClass::Accepted)
}

/// The rule of the legacy wikis: names in the order of their bytes, `name=value` joined with `&`, the key last, in
/// capitals. Nulls are left out and empty texts are not.
fn md5_sign(fields: &Object<'_>, secret: &SecretString) -> Result<String, String> {
    let mut digest = Md5::new();
    for (name, value) in fields.pairs()? {
        if name != "sign" {
            digest.update(format!("{name}={value}&"));
        }
    }
    digest.update("key=");
    digest.update(secret.expose_secret());
    Ok(format!("{:X}", digest.finalize()))
}

/// An object's text with `sign` as its last field; text that is no object comes back as it is.
fn with_sign(body: &[u8], sign: &str) -> Vec<u8> {
    let mut signed = body.to_vec();
    if signed.pop_if(|last| *last == b'}').is_some() {
        let comma = if signed.ends_with(b"{") { "" } else { "," };
        signed.extend_from_slice(format!(r#"{comma}"sign":"{sign}"}}"#).as_bytes());
    }
    signed
}
