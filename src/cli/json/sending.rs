//! The documents of `reply`, `refund`, `settle` and `journal`.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::domain::action::State;
use crate::domain::record::ActionRecord;
use crate::runtime::actions::{RefundOutcome, ReplyOutcome, SettleReport, Settled};
use crate::store::JournalCheck;

use super::instant;

/// What `reply --json` prints. `request` and `sign` are there for a dry run alone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ReplyJson<'a> {
    action_id: Option<&'a str>,
    state: &'static str,
    code: Option<&'a str>,
    msg: Option<&'a str>,
    success_case_ids: &'a [String],
    fail_case_ids: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign: Option<&'static str>,
}

impl<'a> ReplyJson<'a> {
    pub(in super::super) fn of(outcome: &'a ReplyOutcome) -> Self {
        Self {
            action_id: outcome.action_id.as_ref().map(|id| id.0.as_str()),
            state: outcome.state.word(),
            code: Some(&outcome.code),
            msg: Some(&outcome.msg),
            success_case_ids: &outcome.success_case_ids,
            fail_case_ids: &outcome.fail_case_ids,
            request: None,
            sign: None,
        }
    }

    /// A request as it would leave now, already safe to print.
    pub(in super::super) fn dry_run(body: &'a str) -> Self {
        Self {
            action_id: None,
            state: "dry-run",
            code: None,
            msg: None,
            success_case_ids: &[],
            fail_case_ids: &[],
            request: serde_json::from_str(body).ok(),
            sign: Some("<hidden>"),
        }
    }
}

/// What `refund --json` prints. `request` and `sign` are there for a dry run alone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct RefundJson<'a> {
    action_id: Option<&'a str>,
    out_refund_no: Option<&'a str>,
    state: &'static str,
    code: Option<&'a str>,
    msg: Option<&'a str>,
    refund_trade_no: Option<&'a str>,
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign: Option<&'static str>,
}

impl<'a> RefundJson<'a> {
    pub(in super::super) fn of(outcome: &'a RefundOutcome) -> Self {
        Self {
            action_id: outcome.action_id.as_ref().map(|id| id.0.as_str()),
            out_refund_no: outcome.out_refund_no.as_deref(),
            state: outcome.state.word(),
            code: Some(&outcome.code),
            msg: Some(&outcome.msg),
            refund_trade_no: outcome.refund_trade_no.as_deref(),
            status: outcome.status.as_deref(),
            request: None,
            sign: None,
        }
    }

    /// A request as it would leave now under this number, already safe to print.
    pub(in super::super) fn dry_run(number: &'a str, body: &'a str) -> Self {
        Self {
            action_id: None,
            out_refund_no: Some(number),
            state: "dry-run",
            code: None,
            msg: None,
            refund_trade_no: None,
            status: None,
            request: serde_json::from_str(body).ok(),
            sign: Some("<hidden>"),
        }
    }
}

/// One action as `journal --json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ActionJson<'a> {
    action_id: &'a str,
    kind: &'static str,
    case_id: Option<&'a str>,
    batch_id: Option<&'a str>,
    out_refund_no: Option<&'a str>,
    order: Option<&'a str>,
    amount: Option<&'a str>,
    currency: Option<&'a str>,
    state: &'static str,
    status: Option<&'a str>,
    code: Option<&'a str>,
    msg: Option<&'a str>,
    operator: &'a str,
    created_at: String,
    sent_at: Option<String>,
    settled_at: Option<String>,
}

impl<'a> ActionJson<'a> {
    pub(in super::super) fn new(record: &'a ActionRecord) -> Self {
        let ActionRecord { intent, state, finding, created_at, sent_at, settled_at, answered_at: _ } = record;
        Self {
            action_id: &intent.id.0,
            kind: intent.kind.word(),
            case_id: intent.case_id.as_ref().map(crate::domain::ids::CaseId::as_str),
            batch_id: intent.batch_id.as_deref(),
            out_refund_no: intent.out_refund_no.as_deref(),
            order: intent.order.as_deref(),
            amount: intent.amount.as_deref(),
            currency: intent.currency.as_deref(),
            state: state.word(),
            status: finding.status.as_deref(),
            code: finding.code.as_deref(),
            msg: finding.msg.as_deref(),
            operator: &intent.operator,
            created_at: instant(*created_at),
            sent_at: sent_at.map(instant),
            settled_at: settled_at.map(instant),
        }
    }

    /// The heading of the sheet, in the order of [`ActionJson::cells`].
    pub(in super::super) const HEADING: [&'static str; 16] = [
        "actionId",
        "kind",
        "caseId",
        "batchId",
        "outRefundNo",
        "order",
        "amount",
        "currency",
        "state",
        "status",
        "code",
        "msg",
        "operator",
        "createdAt",
        "sentAt",
        "settledAt",
    ];

    /// The same as texts.
    pub(in super::super) fn cells(&self) -> [&str; 16] {
        [
            self.action_id,
            self.kind,
            self.case_id.unwrap_or_default(),
            self.batch_id.unwrap_or_default(),
            self.out_refund_no.unwrap_or_default(),
            self.order.unwrap_or_default(),
            self.amount.unwrap_or_default(),
            self.currency.unwrap_or_default(),
            self.state,
            self.status.unwrap_or_default(),
            self.code.unwrap_or_default(),
            self.msg.unwrap_or_default(),
            self.operator,
            &self.created_at,
            self.sent_at.as_deref().unwrap_or_default(),
            self.settled_at.as_deref().unwrap_or_default(),
        ]
    }
}

/// What `settle --json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct SettleJson<'a> {
    recovered: usize,
    settled: usize,
    not_received: usize,
    unknown: usize,
    failed: usize,
    actions: Vec<SettledJson<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SettledJson<'a> {
    action_id: &'a str,
    kind: &'static str,
    case_id: Option<&'a str>,
    batch_id: Option<&'a str>,
    out_refund_no: Option<&'a str>,
    order: Option<&'a str>,
    amount: Option<&'a str>,
    currency: Option<&'a str>,
    from: &'static str,
    state: &'static str,
    status: Option<&'a str>,
    msg: &'a str,
    /// Whether PayerMax contradicts the journal.
    alarm: bool,
}

impl<'a> SettleJson<'a> {
    /// `journal` has what the actions are about.
    pub(in super::super) fn new(report: &'a SettleReport, journal: &'a [ActionRecord]) -> Self {
        let ended = |state| report.entries.iter().filter(|entry| entry.to == state).count();
        Self {
            recovered: report.recovered,
            settled: ended(State::Settled),
            not_received: ended(State::NotReceived),
            unknown: report.unknown(),
            failed: report.failed(),
            actions: report.entries.iter().map(|entry| settled(entry, journal)).collect(),
        }
    }
}

fn settled<'a>(entry: &'a Settled, journal: &'a [ActionRecord]) -> SettledJson<'a> {
    let intent = journal.iter().map(|record| &record.intent).find(|intent| intent.id == entry.id);
    SettledJson {
        action_id: &entry.id.0,
        kind: entry.kind.word(),
        case_id: entry.case_id.as_ref().map(crate::domain::ids::CaseId::as_str),
        batch_id: entry.batch_id.as_deref(),
        out_refund_no: entry.out_refund_no.as_deref(),
        order: entry.order.as_deref(),
        amount: intent.and_then(|intent| intent.amount.as_deref()),
        currency: intent.and_then(|intent| intent.currency.as_deref()),
        from: entry.from.word(),
        state: entry.to.word(),
        status: entry.status.as_deref(),
        msg: &entry.msg,
        alarm: entry.is_alarm,
    }
}

/// What `journal --verify --json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct CheckJson<'a> {
    entries: u64,
    whole: bool,
    broken_at: Option<u64>,
    why: Option<&'a str>,
}

impl<'a> CheckJson<'a> {
    pub(in super::super) fn new(check: &'a JournalCheck) -> Self {
        let broken = check.broken.as_ref();
        Self {
            entries: check.entries,
            whole: broken.is_none(),
            broken_at: broken.map(|broken| broken.entry),
            why: broken.map(|broken| broken.why.as_str()),
        }
    }
}
