//! The one merchant the sandbox knows.

/// The merchant application whose calls are taken. It holds secrets, so it has no `Debug`.
#[derive(Clone)]
pub struct Merchant {
    /// The application id (`appId`).
    pub app_id: String,
    /// The merchant number (`merchantNo`), at most 32 characters.
    pub merchant_no: String,
    /// The number of the service provider (`spMerchantNo`); with it every call must name it.
    pub sp_merchant_no: Option<String>,
    /// The token that a service provider's calls carry in the header `merchant_auth_token`.
    pub auth_token: Option<String>,
    /// The account on the older v2.1 interface; without one that interface refuses every call.
    pub legacy: Option<LegacyAccount>,
}

/// An account on the older v2.1 interface.
#[derive(Clone)]
pub struct LegacyAccount {
    /// The merchant id (`merchantId`), at most 30 characters.
    pub merchant_id: String,
    /// How its calls are signed.
    pub sign: LegacySign,
    /// The secret of [`LegacySign::Md5Body`]; not used otherwise.
    pub secret: String,
}

/// How calls of the older interface are signed (protocol.md section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegacySign {
    /// `SHA256withRSA` over the body, in the header `sign`.
    RsaHeader,
    /// MD5 over the sorted fields and the secret, in the body's field `sign`.
    Md5Body,
}
