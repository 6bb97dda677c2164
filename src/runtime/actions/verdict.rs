//! How the end of an attempt is read: doubt is the rule, and an acceptance or a refusal needs proof.

use crate::domain::action::{self, State};
use crate::domain::fault::Fault;
use crate::domain::ids::CaseId;
use crate::domain::record::Finding;
use crate::domain::refund::Fate;
use crate::domain::reply::Target;
use crate::domain::return_code::APPLY_SUCCESS;
use crate::domain::{refund, shown};
use crate::gateway::{RefundAnswer, ReplyAnswer};

/// What an attempt proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What is told: accepted, refused or unknown.
    pub(super) state: State,
    /// Where the attempt leaves the action in the journal. It is what is told, except for a refund whose end came with the
    /// answer: that is settled, although it is told as accepted, or as refused when it failed and no money moved.
    pub(super) written: State,
    pub(super) finding: Finding,
    pub(super) refund_trade_no: Option<String>,
    pub(super) fault: Option<Fault>,
}

impl Verdict {
    fn new(state: State, finding: Finding) -> Self {
        Self { state, written: state, finding, refund_trade_no: None, fault: None }
    }

    /// An attempt without a believed answer.
    fn of_fault(fault: Fault) -> Self {
        let state = action::verdict(&fault);
        let finding =
            Finding { code: Some(fault.code()), msg: Some(fault.to_string()), ..Finding::default() };
        Self { fault: Some(fault), ..Self::new(state, finding) }
    }
}

/// Reads the end of an attempt at a refund. Taken is not paid.
pub(super) fn of_refund(end: Result<RefundAnswer, Fault>) -> Verdict {
    let RefundAnswer { refund_trade_no, status, result_msg } = match end {
        Ok(answer) => answer,
        Err(fault) => return Verdict::of_fault(fault),
    };
    let fate = Fate::of_status(&status);
    let (state, written, code, msg) = match fate {
        Some(Fate::Failed) => {
            let why = result_msg
                .map(|why| format!(" ({})", shown::line(&shown::clipped(&why, WHY_MAX))))
                .unwrap_or_default();
            let msg = format!("PayerMax took the refund and it failed{why}; no money moved");
            (State::Refused, State::Settled, refund::REFUND_FAILED, msg)
        }
        Some(Fate::Paid) => (State::Accepted, State::Settled, APPLY_SUCCESS, Fate::Paid.words().to_owned()),
        Some(fate) => (State::Accepted, State::Accepted, APPLY_SUCCESS, fate.words().to_owned()),
        None => {
            let msg = "PayerMax took the refund and gives it a status that docket does not know".to_owned();
            (State::Unknown, State::Unknown, APPLY_SUCCESS, msg)
        }
    };
    let finding =
        Finding { code: Some(code.to_owned()), msg: Some(msg), status: Some(status), ..Finding::default() };
    Verdict { written, refund_trade_no, ..Verdict::new(state, finding) }
}

/// How much of a received reason a sentence repeats, in characters.
const WHY_MAX: usize = 200;

/// Reads the end of an attempt at a reply. `asking` are the tracked cases that waited for it.
pub(super) fn of_reply(target: &Target, asking: &[CaseId], end: Result<ReplyAnswer, Fault>) -> Verdict {
    match end {
        Ok(answer) => judge_answer(target, asking, answer),
        Err(fault) => Verdict::of_fault(fault),
    }
}

/// A case in neither list, or in both, is in doubt, and one such case puts the whole action in doubt: settling it is
/// then worth a look at every case.
fn judge_answer(target: &Target, asking: &[CaseId], answer: ReplyAnswer) -> Verdict {
    let ReplyAnswer { success_case_ids: taken, fail_case_ids: failed } = answer;
    let within = |list: &[String], id: &CaseId| list.iter().any(|one| one == id.as_str());
    let doubtful = asking.iter().filter(|id| within(&taken, id) == within(&failed, id)).count();
    let (state, msg) = match (doubtful, taken.len(), failed.len()) {
        (0, 0, 0) => (State::Unknown, "the answer names no case".to_owned()),
        (0, 0, 1) => (State::Refused, "PayerMax did not take the reply for the case".to_owned()),
        (0, 0, many) => (State::Refused, format!("PayerMax took the reply for none of {many} cases")),
        (0, 1, 0) if matches!(target, Target::Case(_)) => (State::Accepted, "Success.".to_owned()),
        (0, many, 0) => (State::Accepted, format!("taken for {many} cases")),
        (0, some, rest) => (State::Accepted, format!("taken for {some} cases, not for {rest}")),
        (1, ..) => (State::Unknown, "the answer does not say what became of one case".to_owned()),
        (many, ..) => (State::Unknown, format!("the answer does not say what became of {many} cases")),
    };
    let finding = Finding {
        code: Some(APPLY_SUCCESS.to_owned()),
        msg: Some(msg),
        status: None,
        success_case_ids: taken,
        fail_case_ids: failed,
    };
    Verdict::new(state, finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn ids(names: &[&str]) -> Vec<CaseId> {
        names.iter().map(|name| CaseId::parse(name).unwrap()).collect()
    }

    fn state(asking: &[&str], taken: &[&str], failed: &[&str]) -> State {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let answer = ReplyAnswer { success_case_ids: texts(taken), fail_case_ids: texts(failed) };
        of_reply(&Target::Batch("P1".into()), &ids(asking), Ok(answer)).state
    }

    #[test]
    fn only_what_the_answer_names_is_known() {
        assert_eq!(state(&["O1"], &["O1"], &[]), State::Accepted);
        assert_eq!(state(&["O1"], &[], &["O1"]), State::Refused);
        assert_eq!(state(&["O1"], &[], &[]), State::Unknown, "null lists");
        assert_eq!(state(&["O1"], &["O2"], &[]), State::Unknown, "another case");
        assert_eq!(state(&["O1"], &["O1"], &["O1"]), State::Unknown, "both");
        assert_eq!(state(&["O1", "O2"], &["O1", "O7"], &["O2"]), State::Accepted, "a mixed batch");
        assert_eq!(state(&["O1", "O2"], &["O7"], &["O1", "O2"]), State::Accepted, "some were taken");
        assert_eq!(state(&["O1", "O2"], &["O1"], &[]), State::Unknown);
        assert_eq!(state(&["O1", "O2"], &[], &["O1", "O2"]), State::Refused);
    }

    fn refund(status: &str) -> Verdict {
        let why = Some("no account\u{202e}".to_owned());
        of_refund(Ok(RefundAnswer { refund_trade_no: None, status: status.into(), result_msg: why }))
    }

    #[test]
    fn taken_is_not_paid_and_an_unknown_word_is_nothing() {
        let read = |status| {
            let verdict = refund(status);
            (verdict.state, verdict.written)
        };
        assert_eq!(read("REFUND_PENDING"), (State::Accepted, State::Accepted));
        assert_eq!(read("REFUND_SUCCESS"), (State::Accepted, State::Settled));
        assert_eq!(read("REFUND_FAILED"), (State::Refused, State::Settled));
        for word in ["REFUND_PAUSED", "", "refund_success", "3"] {
            assert_eq!(read(word), (State::Unknown, State::Unknown), "{word}");
        }
        assert_eq!(refund("REFUND_PENDING").finding.msg.as_deref(), Some("accepted, not yet paid"));
        let failed = refund("REFUND_FAILED").finding;
        assert_eq!(failed.code.as_deref(), Some("REFUND_FAILED"));
        assert!(failed.msg.is_some_and(|msg| msg.contains("no account<U+202E>")));
    }
}
