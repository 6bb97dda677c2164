//! Refunds, whichever interface of PayerMax they travel on: the road of the money sends, and asks, without knowing how
//! each of them spells it.

use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::client::{Answer, Gateway};
use super::envelope::unwritable;
use super::legacy::LegacyGateway;
use super::lenient::Object;
use super::one_off::{Sent, SignedCall};
use super::{legacy_refund, refund};
use crate::domain::call::{About, What};
use crate::domain::fault::Fault;
use crate::domain::money;
use crate::domain::refund::{Refund, Road};

/// The code of a number PayerMax has never heard of.
const ORDER_NOT_EXIST: &str = "ORDER_NOT_EXIST";

/// What PayerMax said to a refund it took. It is about the number that was sent; that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundAnswer {
    /// PayerMax's own number (`refundTradeNo`); the legacy interface gives none.
    pub refund_trade_no: Option<String>,
    /// `REFUND_PENDING` and the like, without spaces around it; a digit nobody documents comes as it is.
    pub status: String,
    /// Why it failed, when it did and PayerMax says so.
    pub result_msg: Option<String>,
}

/// How a refund stands at PayerMax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundFound {
    /// The number that was asked for; that was checked.
    pub out_refund_no: String,
    /// PayerMax's own number; the legacy interface gives none.
    pub refund_trade_no: Option<String>,
    /// How much, in major units; `None` when PayerMax does not say.
    pub amount: Option<Decimal>,
    /// `totalAmount`, where there is no `refundAmount`: the page's own example has it in that place, and it may be that
    /// of the whole order.
    pub total: Option<Decimal>,
    /// Its currency.
    pub currency: Option<String>,
    /// `outTradeNo`, `orderId` in the legacy interface.
    pub order: Option<String>,
    /// As in [`RefundAnswer`].
    pub status: String,
    /// Why it failed, when it did and PayerMax says so.
    pub result_msg: Option<String>,
    /// `refundFinishTime` as received; `None` until it is over, and always in the legacy interface.
    pub finished_at: Option<String>,
}

/// The refund calls of one road. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Refunds {
    kind: Kind,
    /// The order the calls are about, for whoever is told how they go.
    order: Option<String>,
}

#[derive(Clone, Debug)]
enum Kind {
    Current { gateway: Gateway, refund_version: String, query_version: String },
    Legacy(LegacyGateway),
}

impl Refunds {
    /// Refunds through the present gateway; the versions are those of `refund` and `refundQuery`.
    pub fn current(gateway: &Gateway, refund_version: &str, query_version: &str) -> Self {
        let kind = Kind::Current {
            gateway: gateway.clone(),
            refund_version: refund_version.to_owned(),
            query_version: query_version.to_owned(),
        };
        Self { kind, order: None }
    }

    /// Refunds through the legacy interface.
    pub const fn legacy(legacy: LegacyGateway) -> Self {
        Self { kind: Kind::Legacy(legacy), order: None }
    }

    /// The same calls, known to be about this order.
    #[must_use]
    pub fn of_order(mut self, order: impl Into<String>) -> Self {
        self.order = Some(order.into());
        self
    }

    /// What a refund says, whenever it is said. Written once and kept: every attempt of one action carries these bytes.
    pub fn data(&self, refund: &Refund, number: &str) -> Vec<u8> {
        match &self.kind {
            Kind::Current { .. } => refund::data(refund, number),
            Kind::Legacy(legacy) => legacy_refund::data(legacy.merchant_id(), refund, number),
        }
    }

    /// Writes and signs a refund around its `data`, and sends nothing. To be sent at once: first its bytes into the
    /// journal, then [`Refunds::send`].
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub async fn sign(&self, data: &[u8]) -> Result<SignedCall, Fault> {
        self.check_road(data)?;
        let signed = match &self.kind {
            Kind::Current { gateway, refund_version, .. } => {
                gateway.sign_call(refund::ENDPOINT, refund_version, data).await
            }
            Kind::Legacy(legacy) => legacy.sign_call(data).await,
        }?;
        Ok(signed.about(What::Refund, About::Order(order_of(data))))
    }

    /// Bytes of the other interface would be refused there at best.
    fn check_road(&self, data: &[u8]) -> Result<(), Fault> {
        let own = match &self.kind {
            Kind::Current { .. } => Road::Current,
            Kind::Legacy(_) => Road::Legacy,
        };
        let wrong = || unwritable("it was not written for this interface");
        (road_of(data) == own).then_some(()).ok_or_else(wrong)
    }

    /// Sends a signed refund, once. Nothing in here or below ever sends it again. `number` is the one it carries.
    pub async fn send(&self, signed: SignedCall, number: &str) -> Sent<RefundAnswer> {
        match &self.kind {
            Kind::Current { gateway, .. } => {
                gateway.send_once(signed, |data| refund::read_answer(data, number)).await
            }
            Kind::Legacy(legacy) => {
                legacy.send_once(signed, |data| legacy_refund::read_answer(data, number)).await
            }
        }
    }

    /// The exact body as it would be written now, to be shown; nothing is signed or sent.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub fn preview(&self, data: &[u8]) -> Result<Vec<u8>, Fault> {
        self.check_road(data)?;
        match &self.kind {
            Kind::Current { gateway, refund_version, .. } => gateway.preview(refund_version, data),
            Kind::Legacy(legacy) => Ok(legacy.preview(data)),
        }
    }

    /// Asks once how the refund of a number stands.
    ///
    /// # Errors
    /// Any [`Fault`]; [`Fault::Garbled`] also when the answer describes another refund or has no status.
    /// [`is_not_found`] tells a number nobody knows.
    pub async fn query(&self, number: &str) -> Result<Answer<RefundFound>, Fault> {
        let about = self.order.clone().map_or_else(|| About::Number(number.to_owned()), About::Order);
        let mut course = match &self.kind {
            Kind::Current { gateway, .. } => gateway.course(What::RefundQuery, about),
            Kind::Legacy(legacy) => legacy.course(What::RefundQuery, about),
        };
        let outcome = match &self.kind {
            Kind::Current { gateway, query_version, .. } => {
                refund::query(gateway, query_version, number, &mut course).await
            }
            Kind::Legacy(legacy) => legacy_refund::query(legacy, number, &mut course).await,
        };
        course.ended(&outcome);
        outcome
    }
}

/// The order that an action's bytes are about.
fn order_of(data: &[u8]) -> String {
    let object = std::str::from_utf8(data).ok().and_then(|text| Object::parse(text).ok());
    let text = |key| object.as_ref().and_then(|object| object.text(key).ok().flatten());
    text("outTradeNo").or_else(|| text("orderId")).unwrap_or_default()
}

/// Which road an action's bytes are for.
pub fn road_of(data: &[u8]) -> Road {
    let text = std::str::from_utf8(data).unwrap_or_default();
    let is_legacy = Object::parse(text).is_ok_and(|object| object.raw("bizType").is_some());
    if is_legacy { Road::Legacy } else { Road::Current }
}

/// Whether PayerMax says that it does not know a number. What that is worth depends on who signed it, see
/// [`Fault::Refused`]; a server in trouble does not count, and the legacy interface has no word for it.
pub fn is_not_found(fault: &Fault) -> bool {
    matches!(fault, Fault::Refused { status: 0..=407 | 409..=499, code, .. } if code.word() == ORDER_NOT_EXIST)
}

/// The object an answer carries, once it is known to be about the refund that was asked for.
pub(super) fn of_number<'a>(
    data: Option<&'a RawValue>,
    key: &str,
    number: &str,
) -> Result<Object<'a>, String> {
    let data = data.ok_or_else(|| "it carries no refund".to_owned())?;
    let object = Object::parse(data.get()).map_err(|why| format!("in the refund, {why}"))?;
    match word(&object, key)? {
        Some(echo) if echo == number => Ok(object),
        Some(_) => Err("it answers for another refund".to_owned()),
        None => Err("it does not say which refund it describes".to_owned()),
    }
}

/// The status, which every answer must have.
pub(super) fn status(object: &Object<'_>) -> Result<String, String> {
    word(object, "status")?.ok_or_else(|| "it gives the refund no status".to_owned())
}

/// A value without the spaces around it (PayerMax's own list of them holds a tab); `None` when there is nothing else.
pub(super) fn word(object: &Object<'_>, key: &str) -> Result<Option<String>, String> {
    let text = object.text(key)?.map(|text| text.trim().to_owned());
    Ok(text.filter(|text| !text.is_empty()))
}

/// A value as an amount. One that cannot be read is no answer: it could be another refund's.
pub(super) fn amount(object: &Object<'_>, key: &str) -> Result<Option<Decimal>, String> {
    let Some(text) = word(object, key)? else { return Ok(None) };
    let amount = money::parse_received(&text).or_else(|| exponential(&text));
    amount.map(Some).ok_or_else(|| format!("`{key}` is no amount"))
}

/// `1E+4`: what Java makes of a round number.
fn exponential(text: &str) -> Option<Decimal> {
    Decimal::from_scientific(text).ok().filter(|_| text.len() <= 20)
}
