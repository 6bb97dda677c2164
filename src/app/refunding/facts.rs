//! What a form amounts to with what is known of its order: asked by the pages that are drawn, and again before a send.

use crate::domain::action::State;
use crate::domain::refund::{
    Against, Amount, Earlier, Fate, Forbidden, Meant, Next, Order, OrderFile, Problem, Refund, Road, Turn,
    Written,
};

use super::{Answer, Elsewhere, Focus, LegacyUse, RefundForm, Step, unlock};
use crate::app::action::Action;
use crate::app::field::TextField;
use crate::app::model::Model;

impl RefundForm {
    /// What is written so far, the reason at the head of the comment.
    pub fn written(&self, model: &Model) -> Written {
        Written {
            amount: self.amount.value().to_owned(),
            currency: None,
            comment: self.comment_sent(model),
            notify_url: self.notify_url.value().to_owned(),
            road: self.road,
            email: self.email.value().to_owned(),
            trade_token: None,
        }
    }

    /// The comment as it goes out: the reason, the words, or `reason: words`.
    pub fn comment_sent(&self, model: &Model) -> String {
        let reason = self.reason.and_then(|at| model.session.refunds.reasons.get(at));
        match (reason, self.comment.value().trim()) {
            (Some(reason), "") => reason.clone(),
            (Some(reason), words) => format!("{reason}: {words}"),
            (None, words) => words.to_owned(),
        }
    }

    /// Everything known of the order's money: its tracked cases, the journal, and what was found elsewhere.
    pub fn file(&self, model: &Model) -> OrderFile {
        file_of(model, &self.order, self.others())
    }

    /// The refunds that other hosts made, as far as PayerMax has said.
    pub fn others(&self) -> &[Earlier] {
        match &self.elsewhere {
            Elsewhere::Known(others) => others,
            Elsewhere::Asking | Elsewhere::NotAsked(_) => &[],
        }
    }

    /// The refund as it is written.
    ///
    /// # Errors
    /// Every [`Problem`], in the order of the form.
    pub fn refund(&self, model: &Model) -> Result<Refund, Vec<Problem>> {
        self.written(model).for_order(&self.file(model))
    }

    /// What is wrong with what is written.
    pub fn problems(&self, model: &Model) -> Vec<Problem> {
        self.refund(model).err().unwrap_or_default()
    }

    /// The amount as typed, held against the order.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn amount_typed(&self, model: &Model) -> Result<Amount, Problem> {
        self.written(model).amount_for(&self.file(model))
    }

    /// The ordinal the refund goes out under; `None` when there is none, or when an earlier one is sent again.
    pub fn slot(&self, model: &Model) -> Option<u8> {
        match self.file(model).next() {
            Next::Slot(slot) => Some(slot),
            Next::Busy(_) | Next::Again(_) | Next::Exhausted => None,
        }
    }

    /// Whether the amount is fixed: a legacy refund gives back the whole order, and one sent again stays as it was.
    pub fn is_locked(&self) -> bool {
        self.road == Road::Legacy || self.again.is_some()
    }

    /// The fields of this form, in their order.
    pub fn fields(&self, model: &Model) -> Vec<Focus> {
        let settings = &model.session.refunds;
        let here = |focus: &Focus| match focus {
            Focus::Amount | Focus::Comment | Focus::NotifyUrl => true,
            Focus::Reason => !settings.reasons.is_empty(),
            Focus::Road => settings.legacy == LegacyUse::Offered,
            Focus::Email => self.road == Road::Legacy,
        };
        [Focus::Amount, Focus::Reason, Focus::Comment, Focus::NotifyUrl, Focus::Road, Focus::Email]
            .into_iter()
            .filter(here)
            .collect()
    }

    /// The text field the cursor is in; `None` on a choice.
    pub fn field(&self) -> Option<&TextField> {
        match self.focus {
            Focus::Amount => Some(&self.amount),
            Focus::Comment => Some(&self.comment),
            Focus::NotifyUrl => Some(&self.notify_url),
            Focus::Email => Some(&self.email),
            Focus::Reason | Focus::Road => None,
        }
    }

    /// How far the open page is scrolled; `None` where nothing scrolls.
    pub fn scroll(&self) -> Option<usize> {
        match &self.step {
            Step::Preview { scroll, .. } => Some(*scroll),
            Step::Confirm { page, .. } => Some(page.scroll()),
            Step::Stopped
            | Step::Write
            | Step::Pausing { .. }
            | Step::Sending
            | Step::Done(_)
            | Step::Asked(_) => None,
        }
    }

    /// Scrolls the open page, where one scrolls.
    pub(in crate::app) fn scroll_to(&mut self, line: usize) {
        match &mut self.step {
            Step::Preview { scroll, .. } => *scroll = line,
            Step::Confirm { page, .. } => page.scroll_to(line),
            _ => {}
        }
    }
}

impl Answer {
    /// How the refund stands by this answer. Taken is not paid.
    pub fn fate(&self) -> Fate {
        match self.state {
            State::Accepted | State::Settled => {
                self.status.as_deref().and_then(Fate::of_status).unwrap_or(Fate::Pending)
            }
            State::Refused if self.status.as_deref().and_then(Fate::of_status) == Some(Fate::Failed) => {
                Fate::Failed
            }
            State::Refused | State::Draft => Fate::Refused,
            State::NotReceived => Fate::NotReceived,
            open @ (State::Intended | State::Sending | State::Unknown) => Fate::Open(open),
        }
    }
}

/// Everything known of an order's money.
pub(in crate::app) fn file_of(model: &Model, order: &str, elsewhere: &[Earlier]) -> OrderFile {
    let cases = model.book.iter().filter_map(|tracked| tracked.case.as_ref().map(|case| (&tracked.id, case)));
    let order = Order::of(order, cases);
    OrderFile::new(order, model.book.journal(), elsewhere, model.scene.now, model.session.due_zone)
}

/// What the policy has against the refund as it is written, or against any refund of the order.
pub fn forbidden(model: &Model, form: &RefundForm) -> Option<Forbidden> {
    let (file, limits) = (form.file(model), &model.session.refunds.limits);
    match form.written(model).amount_for(&file) {
        Ok(amount) => limits.forbid(&file, &amount),
        Err(_) => limits.forbid_order(&file),
    }
}

/// Whether the operator may go on although a case of the order is open: the policy asks, it does not block.
pub fn may_go_on(model: &Model, form: &RefundForm) -> bool {
    model.session.refunds.limits.forbid_order(&form.file(model)).is_none()
}

/// What must be typed to send; `None` while the amount cannot go out.
pub fn asked(form: &RefundForm, model: &Model) -> Option<String> {
    form.amount_typed(model).ok().map(|amount| amount.confirmation())
}

/// What keeps the refund from being sent; `None` when all is right.
pub fn why_not(model: &Model, form: &RefundForm) -> Option<String> {
    if let Some(reason) = &model.session.read_only {
        return Some(format!("read-only: {reason}"));
    }
    if let Some(locked) = unlock::locked(model) {
        return Some(locked);
    }
    if form.elsewhere == Elsewhere::Asking {
        return Some("PayerMax is still being asked which refunds of this order it knows".into());
    }
    let file = form.file(model);
    let (written, turn) = (form.written(model), form.again.as_ref().map_or(Turn::Next, Turn::Again));
    let meant = Meant { written: &written, turn, although_open: form.although_open };
    let against = || file.against(&model.session.refunds.limits, meant).map(|against| told(model, &against));
    on_its_way(model, &file).or_else(against)
}

/// Another refund of the order that must end first.
pub(in crate::app) fn occupied(model: &Model, file: &OrderFile) -> Option<String> {
    let against = file.against_turn(Turn::Next);
    let busy = against.filter(|against| matches!(against, Against::Busy(_) | Against::Exhausted));
    on_its_way(model, file).or_else(|| busy.map(|against| told(model, &against)))
}

/// A refund that left this desk, and of which the journal has not been read since.
fn on_its_way(model: &Model, file: &OrderFile) -> Option<String> {
    let (memory, order) = (&model.refunds, &file.order.number);
    (memory.under_way.contains(order) || memory.unread.contains(order))
        .then(|| "a refund of this order is being sent; wait for its answer".into())
}

/// What stands against it, and what can be done about that here.
fn told(model: &Model, against: &Against) -> String {
    match against {
        Against::Busy(_) => format!("{against}; {} asks", model.key_of(Action::Settle)),
        Against::ComesFirst(_) => format!("{against}; leave and open it again"),
        _ => against.to_string(),
    }
}
