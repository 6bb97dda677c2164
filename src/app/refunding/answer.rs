//! What comes back: the end of a refund, and what PayerMax knows of others.

use crate::domain::action::State;
use crate::domain::refund::{Earlier, Fate};

use super::{Answer, Elsewhere, RefundForm, Step, open, send, write};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::underway::Subject;

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
    model.under_way.end(&Subject::Refund(order.to_owned()));
    let state = answer.state;
    model.visit.refunded(order, state);
    if state != State::Refused {
        model.undo.note_sent(format!("the refund of order {order}"));
    }
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
            format!("{words} ({code}): do not refund order {order} again; {settle} asks how it ended")
        }
        _ => format!("the refund of order {order}: {words} ({code})"),
    }
}

/// Keys behind the answer: back to the case, or, where nothing was executed, back to what was written. An outcome that
/// nobody knows is closed by Esc alone.
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
    let unknown = matches!(answer.fate(), Fate::Open(_));
    match (key.ctrl, key.code) {
        // An Enter that is still held down must not take away what is said nowhere louder.
        (false, Code::Enter | Code::Char('q')) | (true, Code::Char('c')) if unknown => {
            model.warn("nobody knows whether it was refunded; Esc closes this page");
            write::put_back(model, form)
        }
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
            return send::look_again(
                model,
                form,
                "PayerMax knows another refund of this order; look at it first",
            );
        }
    }
    write::put_back(model, form)
}
