//! The rows, as data: they are played and they are printed.

use super::super::between::{Deed, Reply, Signer};
use crate::domain::action::State;

/// What settling makes of an action within a quarter of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settles {
    /// Nothing is left to ask.
    Refused,
    /// Its end was known at once.
    Ended,
    /// PayerMax has it, first pending, then paid.
    Paid,
    /// PayerMax signs three times that it does not know it.
    NotReceived,
    /// PayerMax has another one under its number.
    Alarm,
}

impl Settles {
    pub(super) fn states(self) -> &'static [State] {
        match self {
            Self::Refused => &[State::Refused],
            Self::Ended => &[State::Settled],
            Self::Paid => &[State::Accepted, State::Settled],
            Self::NotReceived => &[State::Unknown, State::NotReceived],
            Self::Alarm => &[State::Unknown],
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Refused | Self::Ended => "nothing left to ask",
            Self::Paid => "accepted, then settled (paid)",
            Self::NotReceived => {
                "not-received, after three signed looks 5 min apart; then the same bytes may go out again"
            }
            Self::Alarm => "stays unknown, alarm: another amount under our number",
        }
    }
}

/// One end of a refund.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) deed: Deed,
    /// The amount that another host refunds between our look and our send.
    pub(super) other: Option<&'static str>,
    pub(super) told: State,
    pub(super) code: &'static str,
    /// Whether the same refund is offered again.
    pub(super) retry: bool,
    pub(super) journal: State,
    pub(super) settles: Settles,
}

impl Row {
    /// Whether the order may be refunded again at once.
    pub(super) fn is_free(&self) -> bool {
        matches!(self.journal, State::Refused | State::Settled)
    }

    /// The row in Markdown.
    pub(super) fn print(&self) -> String {
        let executed = match (self.deed.executed, self.other) {
            (_, Some(_)) => "once, by the other host",
            (true, None) if self.code == "REFUND_FAILED" => "once, and it failed",
            (true, None) => "once",
            (false, None) => "no",
        };
        let order = match (self.is_free(), self.journal) {
            (true, State::Settled) => "free, next number",
            (true, _) => "free, same number",
            (false, _) => "blocked",
        };
        format!(
            "| {} | {executed} | {}, `{}` | {} | {order} | {} |\n",
            self.what,
            self.told,
            self.code,
            self.journal,
            self.settles.words()
        )
    }
}

const PENDING: &str = r#"{"code":"APPLY_SUCCESS","msg":"Success.","data":{"outRefundNo":"{number}","status":"REFUND_PENDING"}}"#;
const PAGE: &str = "<html><body>Something else</body></html>";

/// Doubt: settled by whether it was executed.
fn doubt(what: &str, code: &'static str, executed: bool, reply: Reply) -> Row {
    Row {
        what: what.to_owned(),
        deed: Deed { executed, reply },
        other: None,
        told: State::Unknown,
        code,
        retry: false,
        journal: State::Unknown,
        settles: if executed { Settles::Paid } else { Settles::NotReceived },
    }
}

/// Certainly not executed.
fn refusal(what: &str, code: &'static str, retry: bool, reply: Reply) -> Row {
    Row {
        told: State::Refused,
        retry,
        journal: State::Refused,
        settles: Settles::Refused,
        ..doubt(what, code, false, reply)
    }
}

fn answer(status: u16, body: &str, signer: Signer) -> Reply {
    Reply::Answer { status, body: body.to_owned(), signer, headers: "" }
}

fn page(status: u16) -> Reply {
    answer(status, PAGE, Signer::Nobody)
}

fn signed(body: &str) -> Reply {
    answer(200, body, Signer::PayerMax)
}

fn code(code: &str) -> String {
    format!(r#"{{"code":"{code}","msg":"says the gateway"}}"#)
}

/// A success with this business object.
fn success(data: &str) -> Reply {
    signed(&format!(r#"{{"code":"APPLY_SUCCESS","msg":"","data":{data}}}"#))
}

/// The rows without a return code, or with a number that was taken.
pub(super) fn answers() -> Vec<Row> {
    let mut rows = line();
    rows.extend(statuses());
    rows.extend(unreadable());
    rows.extend(successes());
    rows.extend(taken_numbers());
    rows
}

/// What happens on the line.
fn line() -> Vec<Row> {
    vec![
        refusal("name lookup, connection or TLS fails", "UNREACHABLE", true, Reply::NoConnection),
        doubt("no answer in time, request lost", "TIMED_OUT", false, Reply::Silence),
        doubt("no answer in time, request executed", "TIMED_OUT", true, Reply::Silence),
        doubt("connection breaks before execution", "DROPPED", false, Reply::Close),
        doubt("connection breaks after execution", "DROPPED", true, Reply::Close),
    ]
}

/// Answers that are no result.
fn statuses() -> Vec<Row> {
    let moved = Reply::Answer {
        status: 307,
        body: String::new(),
        signer: Signer::Nobody,
        headers: "location: http://127.0.0.1:9/\r\n",
    };
    let too_many = Reply::Answer {
        status: 429,
        body: PAGE.to_owned(),
        signer: Signer::Nobody,
        headers: "retry-after: 30\r\n",
    };
    vec![
        doubt("500 before execution", "HTTP_500", false, page(500)),
        doubt("503 after execution", "HTTP_503", true, page(503)),
        doubt("408", "HTTP_408", false, page(408)),
        doubt("502 with a proxy's page", "HTTP_502", true, page(502)),
        doubt("200 with a proxy's page", "GARBLED", true, page(200)),
        doubt("3xx (never followed)", "HTTP_307", false, moved),
        doubt("4xx without a code", "HTTP_400", false, page(400)),
        doubt(
            "4xx with a code that is none of PayerMax's",
            "HTTP_403",
            false,
            answer(403, &code("FORBIDDEN"), Signer::Nobody),
        ),
        refusal("429", "HTTP_429", true, too_many),
        refusal("429 with `TOO_MANY_REQUEST`", "TOO_MANY_REQUEST", true, {
            answer(429, &code("TOO_MANY_REQUEST"), Signer::PayerMax)
        }),
        doubt("a refusal's code with 5xx", "PARAMS_INVALID", false, {
            answer(500, &code("PARAMS_INVALID"), Signer::PayerMax)
        }),
        doubt("`APPLY_SUCCESS` with 5xx", "HTTP_500", true, answer(500, PENDING, Signer::PayerMax)),
    ]
}

/// 200, and nothing that can be believed.
fn unreadable() -> Vec<Row> {
    let twice = r#"{"code":"APPLY_SUCCESS","code":"SYSTEM_ERROR","msg":"","data":{}}"#;
    let large = format!(r#"{{"code":"APPLY_SUCCESS","msg":"{}"}}"#, "x".repeat(1 << 20));
    let number_twice = r#"{"outRefundNo":"{number}","outRefundNo":"{number}","status":"REFUND_PENDING"}"#;
    vec![
        doubt("200, no JSON", "GARBLED", true, signed("SUCCESS")),
        doubt("200, empty", "GARBLED", false, signed("")),
        doubt("200, truncated", "DROPPED", true, Reply::Cut(PENDING.to_owned())),
        doubt("200, more than 1 MiB", "GARBLED", true, signed(&large)),
        doubt("200, a key twice", "GARBLED", true, signed(twice)),
        doubt("200, a key twice in the refund", "GARBLED", true, success(number_twice)),
        doubt(
            "200, wrong types",
            "GARBLED",
            true,
            success(r#"{"outRefundNo":"{number}","status":{"is":"REFUND_PENDING"}}"#),
        ),
        doubt("200, the refund is a list", "GARBLED", true, success("[]")),
        doubt("200, no code", "GARBLED", false, signed(r#"{"msg":"","data":null}"#)),
        doubt("signed success without a refund", "GARBLED", true, success("null")),
        doubt("signed success without a status", "GARBLED", true, success(r#"{"outRefundNo":"{number}"}"#)),
        doubt("success, unsigned", "UNVERIFIED", true, answer(200, PENDING, Signer::Nobody)),
        doubt("success, wrongly signed", "UNVERIFIED", true, answer(200, PENDING, Signer::SomebodyElse)),
        doubt("signed success that echoes another number", "GARBLED", true, {
            success(r#"{"outRefundNo":"DKXX01","status":"REFUND_PENDING"}"#)
        }),
    ]
}

/// Signed successes.
fn successes() -> Vec<Row> {
    let with = |status: &str| success(&format!(r#"{{"outRefundNo":"{{number}}","status":"{status}"}}"#));
    let accepted = |what: &str, reply, journal, settles| Row {
        told: State::Accepted,
        journal,
        settles,
        ..doubt(what, "APPLY_SUCCESS", true, reply)
    };
    vec![
        accepted("`REFUND_PENDING`", Reply::AsItIs, State::Accepted, Settles::Paid),
        accepted("`REFUND_PENDING` with a tab", with("\\tREFUND_PENDING"), State::Accepted, Settles::Paid),
        accepted("`REFUND_SUCCESS`", with("REFUND_SUCCESS"), State::Settled, Settles::Ended),
        Row {
            told: State::Refused,
            code: "REFUND_FAILED",
            journal: State::Settled,
            settles: Settles::Ended,
            ..doubt("`REFUND_FAILED`", "", true, Reply::AsItIs)
        },
        doubt("a status nobody knows", "APPLY_SUCCESS", true, with("REFUND_PAUSED")),
    ]
}

/// Return codes, by their class, signed or not.
pub(super) fn codes() -> Vec<Row> {
    let of = |name: &'static str, class: &str, retry, signer| {
        let signature = if signer == Signer::PayerMax { "signed" } else { "unsigned" };
        let reply = answer(200, &code(name), signer);
        refusal(&format!("`{name}` ({class}), {signature}"), name, retry, reply)
    };
    let fix = [
        "REQ_TIME_OVER_TIME",
        "SIGN_VERIFY_FAILED",
        "PARAMS_INVALID",
        "AMOUNT_INVALID",
        "AMOUNT_LIMIT",
        "AMOUNT_LIMIT_MINIMUM",
        "AMOUNT_LIMIT_MAXIMUM",
        "CURRENCY_INVALID",
        "COUNTRY_INVALID",
    ];
    let failed = [
        "MERCHANT_INVALID",
        "MERCHANT_APP_INVALID",
        "CONTRACT_INVALID",
        "ONBOARD_ERROR",
        "AUTH_FAILED",
        "AUTH_EXPIRED",
        "AUTHENTICATE_FAILED",
        "ORDER_NOT_EXIST",
        "ORDER_CLOSED",
        "REFUND_FAILED",
        "PAYMENT_FAILED",
        "PAYMENT_REJECTED",
        "ISSUER_PAYMENT_REJECTED",
        "ACCOUNT_BLOCKED",
        "PARTICIPANT_INVALID",
        "DECLINED_BY_MERCHANT_BLACKLIST",
        "PAYMENT_METHOD_NOT_EXIST",
    ];
    let later =
        ["TOO_MANY_REQUEST", "REFUND_INSUFFICIENT_BALANCE", "BALANCE_INSUFFICIENT", "PAYMENT_METHOD_SUSPEND"];
    let doubts = [
        "SYSTEM_ERROR",
        "UNEXPECTED_ERROR",
        "REQUEST_TIMEOUT",
        "PAYMENT_PROCESSING",
        "REFUND_NO_INVALID",
        "BRAND_NEW_CODE",
    ];
    let mut rows: Vec<Row> = fix.map(|name| of(name, "correct it", false, Signer::PayerMax)).into();
    rows.extend(failed.map(|name| of(name, "failed", false, Signer::PayerMax)));
    rows.extend(later.map(|name| of(name, "later", true, Signer::PayerMax)));
    // A forged refusal does no harm: the number stays the same.
    rows.extend(
        ["PARAMS_INVALID", "ORDER_NOT_EXIST"].map(|name| of(name, "as above", false, Signer::Nobody)),
    );
    for (name, executed) in doubts.into_iter().flat_map(|name| [(name, false), (name, true)]) {
        let what = format!("`{name}` (in doubt){}", if executed { ", executed" } else { "" });
        rows.push(doubt(&what, name, executed, signed(&code(name))));
    }
    rows
}

/// The number was used by another host, which was quicker.
fn taken_numbers() -> Vec<Row> {
    let taken = |what: &str, amount, settles| Row {
        other: Some(amount),
        settles,
        ..doubt(what, "ORDER_REPEAT", false, Reply::AsItIs)
    };
    vec![
        taken("`ORDER_REPEAT`, the same amount", "2000", Settles::Paid),
        taken("`ORDER_REPEAT`, another amount", "3000", Settles::Alarm),
    ]
}
