//! What must hold after a kill, whatever it hit: the journal against what the sandbox really did, and the list against
//! what was written on it.

use docket::domain::action::State;
use docket::domain::case::Field;
use docket::domain::ids::CaseId;
use docket::domain::record::{ActionRecord, Kind as ActionKind};
use docket::sandbox::RefundStatus;
use docket::store::Store as _;
use time::OffsetDateTime;

use super::victim::{Victim, is_reply_to};

/// The states in which something may be that the gateway executed.
pub(super) fn may_be_executed(record: &ActionRecord) -> bool {
    matches!(record.state, State::Unknown | State::Accepted | State::Settled)
}

impl Victim<'_> {
    /// Finds out what a killed process left, as the next process does.
    pub(super) fn recover(&self) {
        self.host.store().recover(OffsetDateTime::now_utc()).unwrap();
    }

    /// Holds the journal of an order against the sandbox's ledger; the refunds of the order that it knows.
    pub(super) fn check_order(&self, order: &str) -> Vec<ActionRecord> {
        let mut records = self.host.actions();
        records.retain(|record| record.intent.order.as_deref() == Some(order));
        let ledger = self.host.refunded(order);
        for refund in &ledger {
            assert_eq!(refund.executed, 1, "{refund:?}");
            let known: Vec<&ActionRecord> = records
                .iter()
                .filter(|one| one.intent.out_refund_no.as_deref() == Some(&refund.out_refund_no))
                .filter(|one| may_be_executed(one))
                .collect();
            let [known] = known[..] else { panic!("{refund:?} is not known once: {records:?}") };
            assert_eq!(known.intent.amount.as_deref(), Some(refund.amount_text.as_str()));
        }
        assert!(ledger.len() <= records.len(), "{ledger:?} for {records:?}");
        records
    }

    /// Holds the journal of a case against the replies that the sandbox took; the replies that it knows.
    pub(super) fn check_case(&self, id: &str) -> Vec<ActionRecord> {
        let mut records = self.host.actions();
        records.retain(|record| is_reply_to(record, id));
        let taken = self.host.replied(id);
        assert!(taken.len() <= 1, "{id} was answered {} times: {taken:?}", taken.len());
        for reply in &taken {
            let known =
                records.iter().filter(|one| says(one, &reply.content) && may_be_executed(one)).count();
            assert_eq!(known, 1, "{reply:?} is not known once: {records:?}");
        }
        records
    }

    /// Whether the sandbox executed it, by the sandbox's own account.
    pub(super) fn was_executed(&self, record: &ActionRecord) -> bool {
        let intent = &record.intent;
        if intent.kind == ActionKind::Refund {
            let number = intent.out_refund_no.as_deref().unwrap();
            let state = self.host.bench.sandbox().state();
            return state.ledger().get(number).is_some_and(|refund| refund.status != RefundStatus::Failed);
        }
        let id = intent.case_id.as_ref().unwrap();
        self.host.replied(id.as_str()).iter().any(|reply| says(record, &reply.content))
    }

    /// Where a kill fell, by the newest of these records.
    pub(super) fn fell(&self, records: &[ActionRecord], is_new: bool) -> &'static str {
        match records.last().filter(|_| is_new) {
            None => "before the journal",
            Some(last) if last.state == State::Unknown && self.was_executed(last) => "unknown and executed",
            Some(last) => last.state.word(),
        }
    }

    /// Every case is on the list, has its note, and a fee that the gateway had.
    pub(super) fn check_list(&self) {
        let (store, ids) = (self.host.store(), self.host.ids());
        assert!(self.notes.keys().all(|id| ids.contains(id)), "a case has left the list");
        for (id, note) in &self.notes {
            let found = store.find(&CaseId::parse(id).unwrap()).unwrap().unwrap();
            assert_eq!(&found.local.note, note, "the note of {id}");
            let fee = found.case.unwrap().text(Field::Fee).to_owned();
            let newest = self.fees.get(id).copied().unwrap_or(0);
            assert!(number_of(&fee) <= newest, "{id} has the fee {fee}, the gateway {newest}");
        }
    }
}

/// Whether a text is part of what was to be sent.
pub(super) fn says(record: &ActionRecord, text: &str) -> bool {
    String::from_utf8_lossy(&record.intent.data).contains(text)
}

/// The whole units of a fee.
pub(super) fn number_of(fee: &str) -> u32 {
    fee.split('.').next().unwrap().parse().unwrap()
}
