//! What an outsider knows of a history: what the operators decided, what the keepers wrote, what the journals have shown.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::{refunding, replying};
use crate::domain::action::State;
use crate::domain::record::ActionId;
use crate::domain::reply::{Target, Written};
use crate::runtime::keeper::Order;

/// Everything of one history.
#[derive(Default)]
pub(super) struct Facts {
    /// What was confirmed, oldest first.
    pub(super) decisions: Vec<Decision>,
    /// The drafts of each list, as the keepers last wrote them.
    pub(super) drafts: [BTreeMap<Vec<Target>, Written>; 2],
    /// The actions each journal has shown.
    pub(super) journal: [BTreeMap<ActionId, State>; 2],
    /// What was typed behind the last Enter on the confirm page of a refund, for each desk.
    pub(super) armed: [Option<String>; 2],
    /// Cases that the issuer has moved by itself.
    pub(super) moved: BTreeSet<String>,
}

/// Something that an operator confirmed.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub(super) who: usize,
    pub(super) life: u32,
    /// The order, the case or the batch.
    pub(super) target: String,
    pub(super) is_refund: bool,
    /// How much had left before it.
    pub(super) after: usize,
}

/// What an event may lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// Nothing is sent.
    Nothing,
    /// A reply.
    Reply,
    /// A refund of what was typed.
    Refund(String),
}

/// The name of a target at the gateway.
pub(super) fn name(target: &Target) -> String {
    match target {
        Target::Case(id) => id.as_str().to_owned(),
        Target::Batch(batch) => batch.clone(),
    }
}

impl Facts {
    /// Takes down what a keeper has written of drafts.
    pub(super) fn note(&mut self, store: usize, order: Order) {
        match order {
            Order::SaveDraft(draft) => _ = self.drafts[store].insert(draft.targets, draft.written),
            Order::DeleteDraft(mut gone) => {
                gone.sort();
                self.drafts[store].retain(|kept, _| {
                    let mut kept = kept.clone();
                    kept.sort();
                    kept != gone
                });
            }
            // Only what stands there word by word is discarded, and nothing is written over by what comes back.
            Order::DiscardDraft(seen) => {
                self.drafts[store].retain(|kept, written| *kept != seen.targets || *written != seen.written);
            }
            Order::RestoreDraft(draft) => {
                _ = self.drafts[store].entry(draft.targets).or_insert(draft.written);
            }
            _ => {}
        }
    }

    /// What the operator has agreed to by what is about to happen, judged without the code that judges it in the core.
    pub(super) fn leave(&mut self, who: usize, model: &Model, event: &Event) -> Leave {
        match (event, &model.overlay) {
            (Event::Key(key), Overlay::Reply(form)) => reply_leave(model, form, *key),
            (Event::Replied(..), Overlay::Reply(form)) => match &form.step {
                replying::Step::Sending(sending) if sending.rows.len() > 1 => Leave::Reply,
                _ => Leave::Nothing,
            },
            (Event::Key(key), Overlay::Refund(form)) => {
                self.armed[who] = match &form.step {
                    refunding::Step::Confirm { typed, .. } if *key == Key::plain(Code::Enter) => {
                        Some(typed.value().to_owned())
                    }
                    _ => None,
                };
                self.armed[who].clone().map_or(Leave::Nothing, Leave::Refund)
            }
            (Event::SecondPassed(_), Overlay::Refund(form)) => match (&form.step, self.armed[who].clone()) {
                (refunding::Step::Pausing { .. }, Some(typed)) => Leave::Refund(typed),
                _ => Leave::Nothing,
            },
            _ => Leave::Nothing,
        }
    }

    /// Takes a send down as a decision, or says why it is none.
    pub(super) fn decide(
        &mut self,
        at: (usize, u32),
        effect: &Effect,
        leave: &Leave,
        sent: usize,
    ) -> Result<(), String> {
        let (target, is_refund, agreed) = match effect {
            Effect::SendReply { reply, .. } => (name(&reply.target), false, *leave == Leave::Reply),
            Effect::SendRefund(confirmed) => {
                let amount = &confirmed.refund.amount;
                let agreed =
                    matches!(leave, Leave::Refund(typed) if says(typed, amount.value(), amount.currency()));
                (confirmed.refund.order.clone(), true, agreed)
            }
            _ => return Ok(()),
        };
        if !agreed {
            return Err(format!("U1 a send that nobody confirmed: {effect:?} after {leave:?}"));
        }
        self.decisions.push(Decision { who: at.0, life: at.1, target, is_refund, after: sent });
        Ok(())
    }
}

fn reply_leave(model: &Model, form: &replying::ReplyForm, key: Key) -> Leave {
    let agreed = match (&form.step, form.targets.as_slice()) {
        (replying::Step::Confirm { .. }, [Target::Case(_)]) => key == Key::char('y'),
        (replying::Step::Confirm { typed, .. }, targets) => {
            let tracked: usize = targets.iter().map(|target| replying::tracked_in(model, target).len()).sum();
            key == Key::plain(Code::Enter) && typed.value() == tracked.to_string()
        }
        (replying::Step::Sending(sending), _) => sending.is_over() && key == Key::char('f'),
        _ => false,
    };
    if agreed { Leave::Reply } else { Leave::Nothing }
}

/// Whether a text names this amount in this currency.
fn says(typed: &str, value: Decimal, currency: &str) -> bool {
    let (digits, rest): (String, String) =
        typed.trim().chars().partition(|c| c.is_ascii_digit() || *c == '.');
    rest.trim() == currency && digits.parse() == Ok(value)
}
