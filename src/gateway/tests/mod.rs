//! The client against a loopback server that can be told to misbehave, and the pieces on their own.

mod case_reply;
mod crypto;
mod envelope;
mod exchange;
mod faults;
mod keys;
mod legacy;
mod lenient;
mod limits;
mod locked;
mod once;
mod place;
mod proxies;
mod refund;
mod refund_no;
mod settings;
mod signer;
mod stub;
mod tls;
mod witness;

use std::sync::LazyLock;

use super::{PrivateKey, PublicKey};

/// PayerMax's documentation example: a key pair, a body, and the signature that belongs to them.
pub(super) struct Vector {
    pub(super) private_key: String,
    pub(super) public_key: String,
    pub(super) body: String,
    pub(super) signature: String,
    pub(super) prefix: String,
}

pub(super) static VECTOR: LazyLock<Vector> = LazyLock::new(|| {
    let text = include_str!("../../../tests/vectors/payermax-signature-example.json");
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let field = |name: &str| json[name].as_str().unwrap().to_owned();
    Vector {
        private_key: field("private_key"),
        public_key: field("public_key"),
        body: field("body"),
        signature: field("signature"),
        prefix: field("published_signature_prefix"),
    }
});

/// The key that plays PayerMax's part; made once per test process, because making one is slow.
pub(super) static GATEWAY_KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().unwrap());

pub(super) fn merchant_key() -> PrivateKey {
    PrivateKey::parse(&VECTOR.private_key).unwrap()
}

pub(super) fn merchant_public() -> PublicKey {
    PublicKey::parse(&VECTOR.public_key).unwrap()
}
