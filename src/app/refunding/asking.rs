//! A refund that one person alone must not send: what was confirmed is asked for, and another person sends it.

use super::{Asked, Confirmed, RefundForm, Step, open, send, write};
use crate::app::effect::Effect;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::Overlay;

/// Why the refund as it is written needs a second person, in words; `None` when it needs none.
pub fn needs_approval(model: &Model, form: &RefundForm) -> Option<String> {
    let amount = form.amount_typed(model).ok()?;
    model.session.refunds.limits.approval_words(&amount)
}

/// Asks for what was confirmed. Nothing is under way then: no money has left.
pub(super) fn ask(model: &mut Model, mut form: Box<RefundForm>, confirmed: Confirmed) -> Vec<Effect> {
    form.step = Step::Asked(None);
    model.overlay = Overlay::Refund(form);
    vec![Effect::AskForRefund(Box::new(confirmed))]
}

/// The request waits for a second person, or could not be made.
pub(in crate::app) fn asked(model: &mut Model, order: &str, asked: Result<Asked, String>) -> Vec<Effect> {
    let mut form = match std::mem::take(&mut model.overlay) {
        Overlay::Refund(form) if form.order == order && matches!(form.step, Step::Asked(None)) => form,
        other => {
            model.overlay = other;
            match asked {
                Ok(Asked { number, code }) => model.warn(format!(
                    "the refund of order {order} is asked for, code {code}; another person runs docket approve {number}"
                )),
                Err(why) => model.fail(format!("the refund of order {order} is not asked for: {why}")),
            }
            return Vec::new();
        }
    };
    match asked {
        Ok(asked) => {
            model.refunds.kept.remove(order);
            form.step = Step::Asked(Some(asked));
        }
        Err(why) => return send::look_again(model, form, &why),
    }
    write::put_back(model, form)
}

/// Keys on the page that says it is asked for.
pub(super) fn press(model: &mut Model, form: Box<RefundForm>, key: Key) -> Vec<Effect> {
    match (key.ctrl, key.code) {
        (false, Code::Esc | Code::Enter | Code::Char('q')) | (true, Code::Char('c')) => {
            open::close(model, form)
        }
        _ => write::put_back(model, form),
    }
}
