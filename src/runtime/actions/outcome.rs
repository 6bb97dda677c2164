//! What came of an action, in the words of whoever asked for it. One shape for replies and refunds, as in the journal:
//! what an action has none of stays empty.

use crate::domain::action::{self, State};
use crate::domain::fault::Fault;
use crate::domain::record::ActionId;
use crate::store::StoreError;

use super::Stop;
use super::verdict::Verdict;

/// docket's own words for why nothing was sent; the gateway's codes and [`Fault::code`] are the others.
pub mod codes {
    /// Nothing may be sent: `--read-only`, or the policy.
    pub const READ_ONLY: &str = "READ_ONLY";
    /// A case is no longer what the operator saw, or a refund was made that was not on the screen.
    pub const MOVED: &str = "MOVED";
    /// The status asks for no reply.
    pub const NOT_ASKED: &str = "NOT_ASKED";
    /// A case belongs to another user than the reply names.
    pub const OTHER_USER: &str = "OTHER_USER";
    /// An id is longer than the call takes.
    pub const TOO_LONG: &str = "TOO_LONG";
    /// Another action of the same case, batch or order is under way or unknown.
    pub const OCCUPIED: &str = "OCCUPIED";
    /// More than a minute has passed since the confirmation: docket was stopped, or the machine slept.
    pub const HELD_UP: &str = "HELD_UP";
    /// The journal could not be written, so nothing was sent.
    pub const NOT_STORED: &str = "NOT_STORED";
    /// The policy forbids the refund.
    pub const POLICY: &str = "POLICY";
    /// The refund is above the limit of one person alone, and nobody else has approved it.
    pub const APPROVAL_NEEDED: &str = "APPROVAL_NEEDED";
    /// What was approved is not this refund, or not any more.
    pub const NOT_APPROVED: &str = "NOT_APPROVED";
    /// The refund is more than what is left of its order, or what is left cannot be told.
    pub const OVER: &str = "OVER";
    /// The refund breaks another rule known here.
    pub const RULE: &str = "RULE";
    /// A case of the order is open, and nobody has said that the refund is to go out all the same.
    pub const OPEN_CASE: &str = "OPEN_CASE";
    /// An earlier refund of the order was never received; only that one may go out, with its own contents.
    pub const SEND_AGAIN: &str = "SEND_AGAIN";
    /// Every number of the order is used up, or more were used elsewhere than docket asks about.
    pub const EXHAUSTED: &str = "EXHAUSTED";
    /// An operator has said what the merchant portal shows; in the journal alone.
    pub const BY_OPERATOR: &str = "BY_OPERATOR";
    /// PayerMax has a refund of ours that was taken for refused or not received; nothing else was sent.
    pub use crate::domain::record::FOUND_LATER;
    /// PayerMax has another refund under the number of ours; in the journal alone.
    pub use crate::domain::record::MISMATCH;
    /// The operator stopped it before the journal had it; nothing was sent.
    pub const HALTED: &str = "STOPPED";
    /// This host's clock is too far from the gateway's.
    pub const CLOCK: &str = "CLOCK";
    /// The profile has no usable legacy interface.
    pub const NO_LEGACY: &str = "NO_LEGACY";
}

/// What came of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its name in the journal; `None` when it never got there, and then nothing was sent.
    pub action_id: Option<ActionId>,
    /// `accepted`, `refused` or `unknown`.
    pub state: State,
    /// The gateway's code, [`Fault::code`], or one of [`codes`].
    pub code: String,
    /// One sentence, or the gateway's message as received; shown through [`crate::domain::shown`].
    pub msg: String,
    /// Cases that took a reply, also ones that are not tracked here.
    pub success_case_ids: Vec<String>,
    /// Cases that did not.
    pub fail_case_ids: Vec<String>,
    /// The number of a refund; `None` when it never got one.
    pub out_refund_no: Option<String>,
    /// PayerMax's own number of a refund, when it gave one.
    pub refund_trade_no: Option<String>,
    /// The status of a refund as received, such as `REFUND_PENDING`.
    pub status: Option<String>,
    /// What went wrong on the line, where that is the reason.
    pub fault: Option<Fault>,
    /// Whether the same action may go through later: nothing was executed, and the reason can pass by itself.
    pub retry_may_help: bool,
    /// Why the journal could not take the outcome down; it reads as unknown there after a restart.
    pub unrecorded: Option<String>,
}

/// What came of a reply.
pub type ReplyOutcome = Outcome;
/// What came of a refund.
pub type RefundOutcome = Outcome;

impl Outcome {
    fn refused(code: &str, msg: String) -> Self {
        Self {
            action_id: None,
            state: State::Refused,
            code: code.to_owned(),
            msg,
            success_case_ids: Vec::new(),
            fail_case_ids: Vec::new(),
            out_refund_no: None,
            refund_trade_no: None,
            status: None,
            fault: None,
            retry_may_help: false,
            unrecorded: None,
        }
    }

    /// Nothing may be sent here at all.
    pub fn read_only() -> Self {
        Self::refused(codes::READ_ONLY, "nothing may be sent here: the profile is read-only".to_owned())
    }

    /// Stopped here; nothing was sent.
    pub fn stopped(stop: Stop) -> Self {
        Self::refused(stop.code, stop.msg)
    }

    /// The journal could not be read or written; nothing was sent.
    pub(super) fn not_stored(error: &StoreError) -> Self {
        Self::refused(codes::NOT_STORED, format!("{error}; {}", error.hint()))
    }

    /// The system has no random numbers to name it by; nothing was sent.
    pub(super) fn nameless() -> Self {
        Self::refused(codes::NOT_STORED, "the system gives no random numbers".to_owned())
    }

    /// Something could not be looked at, or the request not be signed; nothing was sent.
    pub(super) fn unasked(fault: &Fault, msg: String) -> Self {
        let retry_may_help = fault.may_pass();
        Self { fault: Some(fault.clone()), retry_may_help, ..Self::refused(&fault.code(), msg) }
    }

    /// The process is ending while the answer is awaited.
    pub(super) fn lost() -> Self {
        let msg = "docket stopped before the answer came".to_owned();
        Self { state: State::Unknown, ..Self::refused("STOPPED", msg) }
    }

    /// What an attempt came to.
    pub(super) fn of_attempt(id: ActionId, verdict: Verdict) -> Self {
        let Verdict { state, finding, refund_trade_no, fault, .. } = verdict;
        Self {
            action_id: Some(id),
            state,
            code: finding.code.unwrap_or_default(),
            msg: finding.msg.unwrap_or_default(),
            success_case_ids: finding.success_case_ids,
            fail_case_ids: finding.fail_case_ids,
            out_refund_no: None,
            refund_trade_no,
            status: finding.status,
            retry_may_help: state == State::Refused && fault.as_ref().is_some_and(action::may_pass),
            fault,
            unrecorded: None,
        }
    }
}
