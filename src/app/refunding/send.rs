//! Confirming and sending: the amount is typed, the seconds pass, and one refund leaves, once.

use crate::domain::action::State;
use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::domain::refund::{Earlier, Fate};

use super::{Answer, Confirmed, Elsewhere, RefundForm, Step, open, why_not, write};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::field::TextField;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::Overlay;

/// Goes to the confirm page, or says what stands in the way.
pub(super) fn open_confirm(model: &mut Model, mut form: Box<RefundForm>) -> Vec<Effect> {
    open::lock(model, &mut form);
    match why_not(model, &form) {
        Some(why) => {
            model.warn(format!("cannot be sent yet: {why}"));
            open::start(model, &mut form);
        }
        None => show_confirm(model, &mut form),
    }
    write::put_back(model, form)
}

/// Opens the confirm page, with nothing typed. What the cases say now is what the operator agrees to.
pub(super) fn show_confirm(model: &Model, form: &mut RefundForm) {
    form.seen = cases_of(model, &form.order);
    form.step = Step::Confirm { typed: TextField::default(), scroll: 0 };
}

fn cases_of(model: &Model, order: &str) -> Vec<(CaseId, Case)> {
    let cases = model.book.iter().filter_map(|tracked| Some((&tracked.id, tracked.case.as_ref()?)));
    let of_order = cases.filter(|(_, case)| case.text(Field::OutTradeNo) == order);
    of_order.map(|(id, case)| (id.clone(), case.clone())).collect()
}

/// Keys on the confirm page. Enter counts only behind the amount and the currency.
pub(super) fn confirm(model: &mut Model, mut form: Box<RefundForm>, key: Key) -> Vec<Effect> {
    let Step::Confirm { typed, .. } = &mut form.step else { return write::put_back(model, form) };
    match (key.ctrl, key.code) {
        (false, Code::Esc) | (true, Code::Char('c')) if form.again.is_some() => {
            return open::close(model, form);
        }
        (false, Code::Esc) | (true, Code::Char('c')) => form.step = Step::Write,
        (false, Code::Enter) => return enter(model, form),
        (false, Code::Up | Code::Down | Code::PageUp | Code::PageDown) => {
            write::scroll(model, &mut form, key);
        }
        _ => _ = typed.press(key),
    }
    write::put_back(model, form)
}

fn enter(model: &mut Model, mut form: Box<RefundForm>) -> Vec<Effect> {
    if let Some(why) = moved(model, &form).or_else(|| why_not(model, &form)) {
        return look_again(model, form, &why);
    }
    let Step::Confirm { typed, .. } = &form.step else { return write::put_back(model, form) };
    let amount = form.amount_typed(model).ok();
    if !amount.as_ref().is_some_and(|amount| amount.is_confirmed_by(typed.value())) {
        let asked = amount.map(|amount| amount.confirmation()).unwrap_or_default();
        model.warn(format!("nothing was sent; type {asked} to send"));
        return write::put_back(model, form);
    }
    match model.session.refunds.pause_s {
        0 => send(model, form),
        left => {
            model.refunds.tickets += 1;
            let ticket = model.refunds.tickets;
            form.step = Step::Pausing { left, ticket };
            model.overlay = Overlay::Refund(form);
            vec![Effect::WaitASecond(ticket)]
        }
    }
}

/// A case of the order that is not as it was when the confirm page was opened.
fn moved(model: &Model, form: &RefundForm) -> Option<String> {
    let now = cases_of(model, &form.order);
    let differs =
        |(id, case): &&(CaseId, Case)| !form.seen.iter().any(|(seen, was)| seen == id && was == case);
    match now.iter().find(differs) {
        Some((id, _)) => Some(format!("case {id} of this order has moved; look at it again")),
        None if now.len() < form.seen.len() => Some("a case of this order has left the list".into()),
        None => None,
    }
}

/// Nothing goes out as things stand: back to where the operator can see why. A moved case is stopped at anew.
fn look_again(model: &mut Model, mut form: Box<RefundForm>, why: &str) -> Vec<Effect> {
    model.warn(format!("nothing was sent: {why}"));
    if moved(model, &form).is_some() {
        form.although_open = false;
    }
    open::start(model, &mut form);
    write::put_back(model, form)
}

/// Any key in the pause stops it.
pub(super) fn stop_pause(model: &mut Model, mut form: Box<RefundForm>) -> Vec<Effect> {
    model.warn("stopped; nothing was sent");
    open::start(model, &mut form);
    write::put_back(model, form)
}

/// The end comes from outside: a pause does not end in a send.
pub(in crate::app) fn interrupted(model: &mut Model, form: Box<RefundForm>) {
    if matches!(form.step, Step::Pausing { .. }) {
        stop_pause(model, form);
    } else {
        model.overlay = Overlay::Refund(form);
    }
}

/// A second of the pause has passed. With the last one the refund leaves, unless something has come in the way.
pub(in crate::app) fn second_passed(model: &mut Model, of: u32) -> Vec<Effect> {
    let form = match std::mem::take(&mut model.overlay) {
        Overlay::Refund(form) => form,
        other => {
            model.overlay = other;
            return Vec::new();
        }
    };
    pass(model, form, of)
}

fn pass(model: &mut Model, mut form: Box<RefundForm>, of: u32) -> Vec<Effect> {
    match &mut form.step {
        Step::Pausing { left, ticket } if *ticket == of => {
            *left = left.saturating_sub(1);
            if *left > 0 {
                model.overlay = Overlay::Refund(form);
                return vec![Effect::WaitASecond(of)];
            }
        }
        _ => return write::put_back(model, form),
    }
    match moved(model, &form).or_else(|| why_not(model, &form)) {
        Some(why) => look_again(model, form, &why),
        None => send(model, form),
    }
}

/// The one place that lets a refund out.
fn send(model: &mut Model, mut form: Box<RefundForm>) -> Vec<Effect> {
    let Ok(refund) = form.refund(model) else { return write::put_back(model, form) };
    if !model.refunds.under_way.insert(form.order.clone()) {
        return write::put_back(model, form);
    }
    // Should it be refused while the operator is elsewhere, the words are still there.
    open::keep_words(model, &form);
    let confirmed = Confirmed {
        refund,
        case: form.case.clone(),
        seen: form.seen.clone(),
        elsewhere: form.others().to_vec(),
        // Without one this is a refund that is sent again, or none that can leave.
        slot: form.slot(model).unwrap_or_default(),
        although_open: form.although_open,
        again: form.again.clone(),
    };
    form.step = Step::Sending;
    model.overlay = Overlay::Refund(form);
    vec![Effect::SendRefund(Box::new(confirmed))]
}

/// Keys while the answer is awaited: the page can be left, the refund cannot be taken back.
pub(super) fn wait(model: &mut Model, form: Box<RefundForm>, key: Key) -> Vec<Effect> {
    match (key.ctrl, key.code) {
        (false, Code::Esc | Code::Char('q')) | (true, Code::Char('c')) => {
            model.say("the refund goes on by itself; its answer will be said here");
            open::close(model, form)
        }
        _ => {
            model.say("the answer is awaited; it cannot be stopped any more, Esc leaves the page");
            write::put_back(model, form)
        }
    }
}

/// A refund has ended. The page that waits for it shows how; on any other page it is said.
pub(in crate::app) fn refunded(model: &mut Model, order: &str, answer: Answer) -> Vec<Effect> {
    let awaited = model.refunds.under_way.remove(order);
    let state = answer.state;
    if awaited && state != State::Refused {
        // Whatever becomes of it, these words have been sent.
        model.refunds.kept.remove(order);
        model.refunds.unread.insert(order.to_owned());
    }
    match &mut model.overlay {
        Overlay::Refund(form) if awaited && form.order == order && matches!(form.step, Step::Sending) => {
            form.step = Step::Done(answer);
        }
        _ => model.warn(told(model, order, &answer)),
    }
    let mut effects = vec![Effect::LoadRecords];
    if awaited && state == State::Accepted {
        effects.push(Effect::Settle);
    }
    effects
}

/// How a refund ended, for an operator who looks at something else.
fn told(model: &Model, order: &str, answer: &Answer) -> String {
    let (code, words) = (&answer.code, answer.fate().words());
    match answer.fate() {
        Fate::Open(_) => {
            let settle = model.key_of(Action::Settle);
            format!(
                "the refund of order {order}: {words} ({code}); do not refund it again, {settle} asks how it ended"
            )
        }
        _ => format!("the refund of order {order}: {words} ({code})"),
    }
}

/// Keys behind the answer: back to the case, or, where nothing was executed, back to what was written.
pub(super) fn done(model: &mut Model, mut form: Box<RefundForm>, key: Key) -> Vec<Effect> {
    let Step::Done(answer) = &form.step else { return write::put_back(model, form) };
    let refused = answer.state == State::Refused;
    let write_again = match (key.ctrl, key.code) {
        (false, Code::Char('e')) => refused,
        (false, Code::Esc) => refused && answer.may_pass,
        _ => false,
    };
    if write_again {
        // What made it fail may have changed what there is to know.
        form.elsewhere = Elsewhere::Asking;
        let order = form.order.clone();
        open::start(model, &mut form);
        model.overlay = Overlay::Refund(form);
        return vec![Effect::LookAtRefunds(order)];
    }
    match (key.ctrl, key.code) {
        (false, Code::Esc | Code::Enter | Code::Char('q')) | (true, Code::Char('c')) => {
            open::close(model, form)
        }
        _ => write::put_back(model, form),
    }
}

/// What PayerMax knows of refunds of an order. An answer that changes what the operator is about to confirm takes the
/// page away from under the hand.
pub(in crate::app) fn refunds_seen(
    model: &mut Model,
    order: &str,
    seen: Result<Vec<Earlier>, String>,
) -> Vec<Effect> {
    let mut form = match std::mem::take(&mut model.overlay) {
        Overlay::Refund(form) => form,
        other => {
            model.overlay = other;
            return Vec::new();
        }
    };
    if form.order == order {
        let before = form.others().to_vec();
        match (seen, &form.elsewhere) {
            (Ok(others), _) => form.elsewhere = Elsewhere::Known(others),
            // An answer that is there is worth more than a later question that failed.
            (Err(_), Elsewhere::Known(_)) => {}
            (Err(why), _) => form.elsewhere = Elsewhere::NotAsked(why),
        }
        let confirming = matches!(form.step, Step::Confirm { .. } | Step::Pausing { .. });
        if confirming && before != form.others() {
            return look_again(model, form, "PayerMax knows another refund of this order; look at it first");
        }
    }
    write::put_back(model, form)
}
