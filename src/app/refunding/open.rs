//! Opening and leaving the form. What was typed stays in memory, by order, until docket is closed: an amount from last
//! week on a fresh form would be an invitation to pay it again.

use crate::domain::case::Field;
use crate::domain::ids::CaseId;
use crate::domain::money;
use crate::domain::record::ActionId;
use crate::domain::refund::{Next, Order, Road};
use crate::domain::stage::Stage;

use super::facts::{file_of, occupied};
use super::{Elsewhere, Focus, Kept, LegacyUse, RefundForm, Step, unlock, write};
use crate::app::action::{Action, Place};
use crate::app::effect::Effect;
use crate::app::field::TextField;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{CasePage, Overlay};
use crate::app::{keys, relist, targets};

/// Why no refund can be begun here, when that is so.
pub(in crate::app) fn off(model: &Model) -> Option<String> {
    let Some(id) = targets::page(model) else {
        let open = model.key_of(Action::Open);
        return Some(format!("a refund starts from the page of one case; {open} opens it"));
    };
    if let Some(reason) = &model.session.read_only {
        return Some(format!("read-only: {reason}"));
    }
    if let Some(locked) = unlock::locked(model) {
        return Some(locked);
    }
    let refresh = model.key_of(Action::RefreshShown);
    if model.book.get(id).is_none_or(|tracked| tracked.case.is_none()) {
        return Some(format!("{id} was never fetched; {refresh} asks the gateway"));
    }
    let Some(order) = order_of(model, id) else {
        return Some(format!("{id} names no order (outTradeNo); {refresh} asks the gateway again"));
    };
    let file = file_of(model, &order, &[]);
    occupied(model, &file).or_else(|| {
        let nothing = file.left().is_some_and(|left| left.is_zero());
        nothing.then(|| {
            let (paid, refunded) = (file.order.paid.unwrap_or_default(), file.refunded());
            let currency = file.order.currency.as_deref().unwrap_or_default();
            let (paid, refunded) = (money::shown(paid), money::shown(refunded));
            format!("nothing is left of this order: {refunded} of {paid} {currency} refunded")
        })
    })
}

/// The order of a case, as the case spells it.
fn order_of(model: &Model, id: &CaseId) -> Option<String> {
    let order = model.book.get(id)?.case.as_ref()?.text(Field::OutTradeNo);
    (!order.trim().is_empty()).then(|| order.to_owned())
}

/// Opens the form for the order of the case on the page.
pub(in crate::app) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(case) = targets::page(model).cloned() else { return Vec::new() };
    let Some(order) = order_of(model, &case) else { return Vec::new() };
    let next = file_of(model, &order, &[]).next();
    let back = Box::new(std::mem::take(&mut model.overlay));
    let mut form = Box::new(blank(model, case, order.clone(), back));
    match next {
        Next::Again(id) => again(model, &mut form, id),
        Next::Slot(_) | Next::Busy(_) | Next::Exhausted => restore(model, &mut form),
    }
    lock(model, &mut form);
    if form.is_locked() {
        form.focus = form.fields(model).into_iter().find(|field| *field != Focus::Amount).unwrap_or_default();
    }
    start(model, &mut form);
    model.overlay = Overlay::Refund(form);
    vec![Effect::LookAtRefunds(order)]
}

fn blank(model: &Model, case: CaseId, order: String, back: Box<Overlay>) -> RefundForm {
    let always = model.session.refunds.legacy == LegacyUse::Always;
    RefundForm {
        case,
        order,
        amount: TextField::default(),
        reason: None,
        comment: TextField::default(),
        notify_url: TextField::default(),
        road: if always { Road::Legacy } else { Road::Current },
        email: TextField::default(),
        focus: Focus::Amount,
        step: Step::Write,
        elsewhere: Elsewhere::Asking,
        seen: Vec::new(),
        seen_slot: None,
        although_open: false,
        again: None,
        back,
    }
}

/// The refund that was never received, as the journal has it: its contents are fixed.
fn again(model: &Model, form: &mut RefundForm, id: ActionId) {
    let record = model.book.journal().iter().find(|record| record.intent.id == id);
    let amount = record.and_then(|record| money::parse_received(record.intent.amount.as_deref()?));
    form.amount = TextField::new(amount.map(money::plain).unwrap_or_default());
    form.road = Road::Current;
    form.again = Some(id);
}

/// What was typed for this order before comes back, and is said to.
fn restore(model: &mut Model, form: &mut RefundForm) {
    let Some(kept) = model.refunds.kept.get(&form.order).cloned() else { return };
    if model.session.refunds.legacy == LegacyUse::Offered {
        form.road = kept.road;
    }
    form.amount = TextField::new(kept.amount);
    form.reason = kept.reason;
    form.comment = TextField::new(kept.comment);
    form.notify_url = TextField::new(kept.notify_url);
    form.email = TextField::new(kept.email);
    model.say("what you typed for this order is back");
}

/// Fills the amount of a legacy refund in: it is the whole order, and nothing else goes out.
pub(super) fn lock(model: &Model, form: &mut RefundForm) {
    if form.road == Road::Legacy {
        let paid = form.file(model).order.paid.map(money::plain).unwrap_or_default();
        if form.amount.value() != paid {
            form.amount = TextField::new(paid);
        }
    }
}

/// Opens the first page: the stop page of an order under dispute, else the one that is written on, or, for a refund that
/// is sent again, the one that is confirmed.
pub(super) fn start(model: &Model, form: &mut RefundForm) {
    if form.file(model).order.may_pay_twice() && !form.although_open {
        form.step = Step::Stopped;
    } else if form.again.is_some() {
        super::send::show_confirm(model, form);
    } else {
        form.step = Step::Write;
    }
}

/// Keys on the stop page: what else can be done with the case, and going on where the policy leaves that to the operator.
pub(super) fn stopped(model: &mut Model, mut form: Box<RefundForm>, key: Key) -> Vec<Effect> {
    match (key.ctrl, key.code) {
        (false, Code::Esc | Code::Char('q')) | (true, Code::Char('c')) => return close(model, form),
        (false, Code::Char('c')) => {
            go_on(model, &mut form);
            return write::put_back(model, form);
        }
        _ => {}
    }
    // The same keys as on the page of the case.
    let action = model.session.keymap.action(key, Place::CasePage);
    let Some(action) = action.filter(|a| matches!(a, Action::Reply | Action::Note | Action::WontContest))
    else {
        return write::put_back(model, form);
    };
    let disputed = form.file(model).order;
    if !instead(&disputed).contains(&action) {
        let stage = disputed.deciding_case().map_or(Stage::Closed, |case| case.stage);
        model.warn(stage.next_step());
        return write::put_back(model, form);
    }
    close(model, form);
    // To reply, or not to, is about the case that is open, not about a closed one of the same order.
    if let (Action::Reply | Action::WontContest, Overlay::CasePage(page)) = (action, &mut model.overlay)
        && let Some(case) = disputed.deciding_case()
        && !disputed.open_cases().any(|open| open.id == page.id && open.stage == case.stage)
    {
        *page = CasePage { id: case.id.clone(), scroll: 0 };
    }
    keys::act(model, action)
}

/// What can be done instead of a refund, by the case of the order that decides it.
pub fn instead(order: &Order) -> &'static [Action] {
    match order.deciding_case().map(|case| case.stage) {
        Some(Stage::Due) => &[Action::Reply, Action::Note, Action::WontContest],
        Some(Stage::Unknown) => &[Action::Reply, Action::Note],
        Some(Stage::Waiting | Stage::Closed) | None => &[Action::Note],
    }
}

/// Goes on although a case of the order is open, unless the policy forbids it.
fn go_on(model: &mut Model, form: &mut RefundForm) {
    if let Some(rule) = model.session.refunds.limits.forbid_order(&form.file(model)) {
        model.warn(rule.to_string());
    } else {
        form.although_open = true;
        start(model, form);
    }
}

/// Leaves the page that is written on; what was typed stays.
pub(super) fn leave(model: &mut Model, form: Box<RefundForm>) -> Vec<Effect> {
    if keep_words(model, &form) {
        let refund = model.key_of(Action::Refund);
        model.say(format!(
            "nothing was sent; what you typed is kept until docket is closed, {refund} goes on"
        ));
    }
    close(model, form)
}

/// Goes back to where the form was opened.
pub(super) fn close(model: &mut Model, form: Box<RefundForm>) -> Vec<Effect> {
    model.overlay = *form.back;
    relist::close_orphans(model);
    Vec::new()
}

/// Keeps what was typed for its order; `false` when there is nothing to keep.
pub(super) fn keep_words(model: &mut Model, form: &RefundForm) -> bool {
    if form.again.is_some() {
        return false;
    }
    let text = |field: &TextField| field.value().trim().to_owned();
    let kept = Kept {
        // A locked amount is not the operator's.
        amount: if form.is_locked() { String::new() } else { text(&form.amount) },
        reason: form.reason,
        comment: text(&form.comment),
        notify_url: text(&form.notify_url),
        road: form.road,
        email: text(&form.email),
    };
    if kept == (Kept { road: kept.road, ..Kept::default() }) {
        model.refunds.kept.remove(&form.order);
        return false;
    }
    model.refunds.kept.insert(form.order.clone(), kept);
    true
}
