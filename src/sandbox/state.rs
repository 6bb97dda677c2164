//! What the sandbox remembers: cases, replies, refunds, and every rule that was broken.
//!
//! It is public for tests: they put cases in, move them, and look at what really happened behind an answer.

use std::collections::HashMap;

use super::{Endpoint, SandboxCase, answer::Refusal, ledger::Ledger};
use crate::domain::case::Field;

/// The most broken rules that are kept; a desk left running against the sandbox must not eat the memory.
const VIOLATIONS_MAX: usize = 10_000;

/// A rule that a call broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The call.
    pub endpoint: Endpoint,
    /// The rule, such as `caseId.max-length`.
    pub rule: String,
    /// The return code that was answered.
    pub code: String,
}

/// A reply that was taken for one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The batch it was sent for; `None` for a reply to the one case.
    pub batch_id: Option<String>,
    /// The interface version, `1.4` or `1.5`.
    pub version: String,
    /// The text.
    pub content: String,
    /// The evidence addresses.
    pub files: Vec<String>,
}

/// Everything the sandbox remembers.
#[derive(Default)]
pub struct State {
    cases: HashMap<String, SandboxCase>,
    by_order: HashMap<String, String>,
    by_token: HashMap<String, String>,
    by_batch: HashMap<String, Vec<String>>,
    pub(super) replies: HashMap<String, Vec<Reply>>,
    pub(super) ledger: Ledger,
    violations: Vec<Violation>,
    still: bool,
}

impl State {
    /// The state at the start, with these cases.
    pub(super) fn with_cases(cases: impl IntoIterator<Item = SandboxCase>) -> Self {
        let mut state = Self::default();
        for case in cases {
            state.put_case(case);
        }
        state
    }

    /// A case by its id.
    pub fn case(&self, id: &str) -> Option<&SandboxCase> {
        self.cases.get(id)
    }

    /// Adds a case, or replaces the one with its id.
    pub fn put_case(&mut self, case: SandboxCase) {
        let id = case.text(Field::CaseId).to_owned();
        if let Some(old) = self.cases.get(&id)
            && let Some(ids) = self.by_batch.get_mut(old.text(Field::BatchId))
        {
            ids.retain(|other| *other != id);
        }
        self.by_order.insert(case.text(Field::OutTradeNo).to_owned(), id.clone());
        self.by_token.insert(case.text(Field::TradeToken).to_owned(), id.clone());
        if !case.text(Field::BatchId).is_empty() {
            self.by_batch.entry(case.text(Field::BatchId).to_owned()).or_default().push(id.clone());
        }
        self.cases.insert(id, case);
    }

    /// Moves a case to another status; an unknown id is passed over.
    pub fn set_status(&mut self, id: &str, status: &str) {
        if let Some(case) = self.cases.get_mut(id) {
            case.set(Field::Status, Some(status.to_owned()));
        }
    }

    /// Lets nothing happen to cases by itself from now on: repeated searches answer the same.
    pub fn hold_still(&mut self) {
        self.still = true;
    }

    /// Lets cases move again; what was to happen in the meantime happens at the next search.
    pub fn let_live(&mut self) {
        self.still = false;
    }

    /// Counts a search and answers the case as it is now.
    pub(super) fn ask(&mut self, id: &str) -> Option<&SandboxCase> {
        let still = self.still;
        let case = self.cases.get_mut(id)?;
        case.ask(still);
        Some(case)
    }

    /// The case through which an order is known, by merchant order number.
    pub(super) fn order(&self, out_trade_no: &str) -> Option<&SandboxCase> {
        let case = self.cases.get(self.by_order.get(out_trade_no)?)?;
        Some(case).filter(|case| case.text(Field::OutTradeNo) == out_trade_no)
    }

    /// The case through which an order is known, by trade token.
    pub(super) fn order_of_token(&self, token: &str) -> Option<&SandboxCase> {
        let case = self.cases.get(self.by_token.get(token)?)?;
        Some(case).filter(|case| case.text(Field::TradeToken) == token)
    }

    /// The ids of a batch in the order in which they were added; empty for an unknown batch.
    pub fn batch(&self, batch_id: &str) -> &[String] {
        self.by_batch.get(batch_id).map_or(&[], Vec::as_slice)
    }

    /// The replies taken for a case, oldest first.
    pub fn replies(&self, case_id: &str) -> &[Reply] {
        self.replies.get(case_id).map_or(&[], Vec::as_slice)
    }

    /// The refunds that were executed.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The same, to decide how the next refunds end.
    pub fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// The rules that calls broke, oldest first, at most ten thousand.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Forgets the broken rules.
    pub fn forget_violations(&mut self) {
        self.violations.clear();
    }

    pub(super) fn note(&mut self, endpoint: Endpoint, refusal: &Refusal, code: &str) {
        if self.violations.len() < VIOLATIONS_MAX {
            let (rule, code) = (refusal.rule.clone(), code.to_owned());
            self.violations.push(Violation { endpoint, rule, code });
        }
    }
}
