//! Confirming and sending: the amount is typed, the seconds pass, and one refund leaves, once.

use time::Duration;

use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;

use super::{Confirmed, RefundForm, Step, asking, needs_approval, open, why_not, write};
use crate::app::effect::Effect;
use crate::app::field::TextField;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::reading::{self, Reading};
use crate::app::underway::Subject;

/// How the sentences begin that say why nothing left. They must not stand on a page from which something does.
const NOT_YET: &str = "cannot be sent yet";
const NOT_SENT: &str = "nothing was sent";
const STOPPED: &str = "stopped; nothing was sent";
const NO_PASTE: &str = "a paste confirms nothing: type it; nothing was sent";

/// How long the word that a second has passed may take. After a longer one the process was stopped or the host slept,
/// and who is there now is not who confirmed.
const SECOND_MAX: Duration = Duration::seconds(3);

/// Goes to the confirm page, or says what stands in the way.
pub(super) fn open_confirm(model: &mut Model, mut form: Box<RefundForm>) -> Vec<Effect> {
    open::lock(model, &mut form);
    if let Some(why) = why_not(model, &form) {
        model.warn(format!("{NOT_YET}: {why}"));
        open::start(model, &mut form);
    } else {
        dismiss(model);
        show_confirm(model, &mut form);
    }
    write::put_back(model, form)
}

/// Takes such a sentence away, with the next key at the latest; what others have said stays.
pub(super) fn dismiss(model: &mut Model) {
    let ours =
        |text: &str| [NOT_YET, NOT_SENT, STOPPED, NO_PASTE].iter().any(|begin| text.starts_with(begin));
    if model.notice.as_ref().is_some_and(|notice| ours(&notice.text)) {
        model.notice = None;
    }
    model.standing.drop_if(ours);
}

/// A paste on the confirm page.
pub(super) fn refuse_paste(model: &mut Model) {
    model.warn(NO_PASTE);
}

/// Opens the confirm page, with nothing typed. What the cases say now is what the operator agrees to.
pub(super) fn show_confirm(model: &Model, form: &mut RefundForm) {
    form.seen = cases_of(model, &form.order);
    form.seen_slot = form.slot(model);
    form.step = Step::Confirm { typed: TextField::default(), page: Reading::default() };
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
    if let Some(why) = against(model, &form) {
        return look_again(model, form, &why);
    }
    let Step::Confirm { typed, page } = &form.step else { return write::put_back(model, form) };
    let is_read = page.is_over();
    let amount = form.amount_typed(model).ok();
    if !amount.as_ref().is_some_and(|amount| amount.is_confirmed_by(typed.value())) {
        let asked = amount.map(|amount| amount.confirmation()).unwrap_or_default();
        model.warn(format!("{NOT_SENT}; type {asked} to send"));
        return write::put_back(model, form);
    }
    if !is_read {
        model.warn(reading::UNREAD);
        return write::put_back(model, form);
    }
    dismiss(model);
    match model.session.refunds.pause_s {
        0 => send(model, form),
        // Nothing leaves that a pause could stop.
        _ if needs_approval(model, &form).is_some() => send(model, form),
        left => {
            model.refunds.tickets += 1;
            let ticket = model.refunds.tickets;
            form.step = Step::Pausing { left, ticket, since: model.scene.now };
            model.overlay = Overlay::Refund(form);
            vec![Effect::WaitASecond(ticket)]
        }
    }
}

/// Everything there is against a send at this moment.
fn against(model: &Model, form: &RefundForm) -> Option<String> {
    why_not(model, form).or_else(|| moved(model, form))
}

/// What is not as it was when the confirm page was opened: a case of the order, or its refunds.
fn moved(model: &Model, form: &RefundForm) -> Option<String> {
    let now = cases_of(model, &form.order);
    let differs =
        |(id, case): &&(CaseId, Case)| !form.seen.iter().any(|(seen, was)| seen == id && was == case);
    match now.iter().find(differs) {
        Some((id, _)) => Some(format!("case {id} of this order has moved; look at it again")),
        None if now.len() < form.seen.len() => Some("a case of this order has left the list".into()),
        None if form.slot(model) != form.seen_slot => {
            Some("another refund of this order has been made meanwhile; look at it first".into())
        }
        None => None,
    }
}

/// Nothing goes out as things stand: back to where the operator can see why. A moved case is stopped at anew.
pub(super) fn look_again(model: &mut Model, mut form: Box<RefundForm>, why: &str) -> Vec<Effect> {
    model.warn(format!("{NOT_SENT}: {why}"));
    if moved(model, &form).is_some() {
        form.although_open = false;
    }
    open::start(model, &mut form);
    write::put_back(model, form)
}

/// Any key in the pause stops it.
pub(super) fn stop_pause(model: &mut Model, mut form: Box<RefundForm>) -> Vec<Effect> {
    model.warn(STOPPED);
    open::start(model, &mut form);
    write::put_back(model, form)
}

/// Whether a confirmed refund waits for its seconds.
pub(in crate::app) fn is_pausing(model: &Model) -> bool {
    matches!(&model.overlay, Overlay::Refund(form) if matches!(form.step, Step::Pausing { .. }))
}

/// The end or a stop comes from outside: a pause does not end in a send.
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
    let now = model.scene.now;
    match &mut form.step {
        Step::Pausing { ticket, since, .. }
            // A clock that was set back cannot tell how long it took.
            if *ticket == of && !(Duration::ZERO..=SECOND_MAX).contains(&(now - *since)) =>
        {
            return stop_pause(model, form);
        }
        Step::Pausing { left, ticket, since } if *ticket == of => {
            *left = left.saturating_sub(1);
            *since = now;
            if *left > 0 {
                model.overlay = Overlay::Refund(form);
                return vec![Effect::WaitASecond(of)];
            }
        }
        _ => return write::put_back(model, form),
    }
    match against(model, &form) {
        Some(why) => look_again(model, form, &why),
        None => send(model, form),
    }
}

/// The one place that lets a refund out, or, above the limit of one person, asks for it.
fn send(model: &mut Model, mut form: Box<RefundForm>) -> Vec<Effect> {
    let Ok(refund) = form.refund(model) else { return write::put_back(model, form) };
    let alone = needs_approval(model, &form).is_none();
    if alone && !model.refunds.under_way.insert(form.order.clone()) {
        return write::put_back(model, form);
    }
    // Should it be refused while the operator is elsewhere, the words are still there.
    open::keep_words(model, &form);
    let confirmed = Confirmed {
        refund,
        case: form.case.clone(),
        seen: form.seen.clone(),
        elsewhere: form.others().to_vec(),
        // Of a refund sent again the journal knows the number.
        slot: form.seen_slot.unwrap_or_default(),
        although_open: form.although_open,
        again: form.again.clone(),
    };
    if !alone {
        return asking::ask(model, form, confirmed);
    }
    form.step = Step::Sending;
    model.under_way.begin(Subject::Refund(form.order.clone()), model.scene.now);
    model.overlay = Overlay::Refund(form);
    vec![Effect::SendRefund(Box::new(confirmed))]
}
