//! Refunding an order: a form from the case page, a page that says what will happen, and one send that was confirmed by
//! typing the amount.
//!
//! ```text
//! $ ─▶ stopped (open case) ─c─▶ write ─ctrl-x─▶ confirm ─amount typed─▶ pausing ─seconds─▶ sending ─▶ done
//!         └ r n w q               ▲ └ctrl-p─▶ preview    ├─────Esc────▶ write     └─any key─▶ write
//!                                                        └─above the limit of one person─▶ asked
//! ```
//! A send leaves the core only from the end of the pause, once, and never again by itself.

mod answer;
mod asking;
mod facts;
mod open;
mod resolve;
mod send;
mod unlock;
mod watch;
mod write;

pub(super) use answer::{refunded, refunds_seen};
pub(super) use asking::asked as refund_asked;
pub use asking::needs_approval;
pub use facts::{asked, forbidden, may_go_on, why_not};
pub use open::instead;
pub(super) use open::{off, open};
pub use resolve::answers;
pub(super) use resolve::{WRITING, open_resolve, resolve, unmarkable};
pub(super) use send::{interrupted, is_pausing, second_passed};
pub(super) use unlock::{lock, lock_off, open_unlock, unlock, unlock_off};
pub use unlock::{minutes_left, phrase};
pub(super) use watch::{journal_read, tick};
pub(super) use write::{edited, paste, press, previewed};

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::action::State;
use crate::domain::case::Case;
use crate::domain::ids::CaseId;
use crate::domain::record::ActionId;
use crate::domain::refund::{Earlier, Limits, Refund, Road};

use time::OffsetDateTime;

use super::field::TextField;
use super::overlay::Overlay;
use super::reading::Reading;

/// What the config says about refunds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The limits of the policy, with the files they come from.
    pub limits: Limits,
    /// Reasons to choose from; the chosen one begins the comment.
    pub reasons: Vec<String>,
    /// Seconds between the confirmation and the send, in which Esc stops it; 0 for none.
    pub pause_s: u8,
    /// Whether the legacy interface can be taken.
    pub legacy: LegacyUse,
}

/// When refunds take the legacy interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LegacyUse {
    /// Never: the profile has none.
    #[default]
    Never,
    /// When the operator chooses it.
    Offered,
    /// Always.
    Always,
}

/// A refund being written, checked, confirmed or sent.
#[derive(Clone, Debug)]
pub struct RefundForm {
    /// The case it was opened from.
    pub case: CaseId,
    /// Its order (`outTradeNo`).
    pub order: String,
    /// The amount as typed.
    pub amount: TextField,
    /// The chosen reason, by its place in the config's list.
    pub reason: Option<usize>,
    /// Words behind the reason, or instead of it.
    pub comment: TextField,
    /// Where PayerMax is to report the end; empty leaves it to the merchant portal.
    pub notify_url: TextField,
    /// Which interface it takes.
    pub road: Road,
    /// Where the customer is asked for bank details (legacy, Brazil).
    pub email: TextField,
    /// Where the cursor is.
    pub focus: Focus,
    /// Which page is open.
    pub step: Step,
    /// What PayerMax knows of refunds of this order made elsewhere.
    pub elsewhere: Elsewhere,
    /// The cases of the order as they were when the confirm page was opened.
    pub seen: Vec<(CaseId, Case)>,
    /// The ordinal that came next when the confirm page was opened.
    pub seen_slot: Option<u8>,
    /// Whether the operator went on although a case of the order is open.
    pub although_open: bool,
    /// Set when a refund that was never received is sent again: same number, same contents.
    pub again: Option<ActionId>,
    /// What comes back when it closes.
    pub back: Box<Overlay>,
}

/// Where the cursor is in the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// In the amount.
    #[default]
    Amount,
    /// On the list of reasons.
    Reason,
    /// In the comment.
    Comment,
    /// In the notify address.
    NotifyUrl,
    /// On the choice of the interface.
    Road,
    /// In the email address.
    Email,
}

/// The pages of the form.
#[derive(Clone, Debug)]
pub enum Step {
    /// The order is under dispute, or the policy forbids it: nothing is written yet.
    Stopped,
    /// Amount, reason, comment.
    Write,
    /// The exact request body, once it has been written.
    Preview {
        /// The body; `None` until it is there.
        body: Option<String>,
        /// First line shown.
        scroll: usize,
    },
    /// In words what will happen; carries what is typed to confirm it, and how far it has been read.
    Confirm {
        /// What is typed.
        typed: TextField,
        /// How far it has been read.
        page: Reading,
    },
    /// Confirmed; sent when the seconds are over.
    Pausing {
        /// Seconds left.
        left: u8,
        /// Names this pause; a second of an earlier one does not count.
        ticket: u32,
        /// When the second began that passes now (UTC).
        since: OffsetDateTime,
    },
    /// On its way.
    Sending,
    /// What came of it.
    Done(Answer),
    /// One person alone must not send it, so that it is asked for; `None` until the request is on disk.
    Asked(Option<Asked>),
}

/// A request that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The number of its refund, by which it is approved.
    pub number: String,
    /// What asker and approver compare.
    pub code: String,
}

/// What is known of refunds of this order that other hosts made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Elsewhere {
    /// PayerMax is being asked.
    #[default]
    Asking,
    /// Its answer; often none.
    Known(Vec<Earlier>),
    /// It could not be asked, and why; it is asked once more just before the send.
    NotAsked(String),
}

/// A refund that the operator has confirmed, with everything that was on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// What goes out.
    pub refund: Refund,
    /// The case it was opened from.
    pub case: CaseId,
    /// The cases of the order as the operator saw them; when one has moved since, nothing is sent.
    pub seen: Vec<(CaseId, Case)>,
    /// The refunds made elsewhere that were on the screen; when there is another one, nothing is sent.
    pub elsewhere: Vec<Earlier>,
    /// The ordinal that was on the screen; when another one is next by now, nothing is sent. Not looked at for `again`.
    pub slot: u8,
    /// Whether the operator went on although a case of the order is open.
    pub although_open: bool,
    /// The refund to send again, with its own contents.
    pub again: Option<ActionId>,
}

/// What came of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// `accepted`, `refused` or `unknown`.
    pub state: State,
    /// Its number; `None` when it never got one.
    pub number: Option<String>,
    /// PayerMax's code or docket's own.
    pub code: String,
    /// The message.
    pub msg: String,
    /// The status as received, such as `REFUND_PENDING`.
    pub status: Option<String>,
    /// Whether the same refund may be offered again: refused, for a reason that can pass.
    pub may_pass: bool,
}

/// What the desk remembers of refunds while no form is open, until docket is closed.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// What was typed and not sent, by order.
    kept: BTreeMap<String, Kept>,
    /// Orders whose refund is on its way.
    under_way: BTreeSet<String>,
    /// Orders whose refund was taken, or may have been, and whose journal has not been read since.
    unread: BTreeSet<String>,
    /// Pauses begun so far.
    tickets: u32,
    /// The tick before this one (UTC).
    ticked: Option<OffsetDateTime>,
    /// When refunds were unlocked (UTC); `None` while they are locked, or need no unlocking.
    unlocked_at: Option<OffsetDateTime>,
}

/// What was typed into a form that was left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Kept {
    amount: String,
    reason: Option<usize>,
    comment: String,
    notify_url: String,
    road: Road,
    email: String,
}
