//! Writing a refund: the fields, the choices, and the ways to the preview and the confirm page.

use crate::domain::money;
use crate::domain::refund::{Amount, Road};

use super::{Focus, RefundForm, Step, answer, asking, open, send};
use crate::app::effect::Effect;
use crate::app::field::TextField;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::Overlay;

/// Takes a key while the form is open.
pub(in crate::app) fn press(model: &mut Model, form: Box<RefundForm>, key: Key) -> Vec<Effect> {
    match form.step {
        Step::Stopped => open::stopped(model, form, key),
        Step::Write => write(model, form, key),
        Step::Preview { .. } => preview(model, form, key),
        Step::Confirm { .. } => send::confirm(model, form, key),
        Step::Pausing { .. } => send::stop_pause(model, form),
        Step::Sending => answer::wait(model, form, key),
        Step::Done(_) => answer::done(model, form, key),
        Step::Asked(_) => asking::press(model, form, key),
    }
}

fn write(model: &mut Model, mut form: Box<RefundForm>, key: Key) -> Vec<Effect> {
    send::dismiss(model);
    match (key.ctrl, key.code) {
        (false, Code::Esc) | (true, Code::Char('c')) => return open::leave(model, form),
        (true, Code::Char('e')) => {
            let text = form.comment.value().to_owned();
            model.overlay = Overlay::Refund(form);
            return vec![Effect::Edit(text)];
        }
        (true, Code::Char('p')) => return open_preview(model, form),
        (true, Code::Char('x')) => return send::open_confirm(model, form),
        (false, Code::Tab | Code::Enter) => step_field(model, &mut form, true),
        (false, Code::BackTab) => step_field(model, &mut form, false),
        _ if form.focus == Focus::Reason => choose_reason(model, &mut form, key),
        (false, Code::Down) => step_field(model, &mut form, true),
        (false, Code::Up) => step_field(model, &mut form, false),
        _ => type_key(model, &mut form, key),
    }
    put_back(model, form)
}

/// Puts the form back on the screen.
pub(super) fn put_back(model: &mut Model, form: Box<RefundForm>) -> Vec<Effect> {
    model.overlay = Overlay::Refund(form);
    Vec::new()
}

/// Moves to the next field, or to the one before; from the last to the first.
fn step_field(model: &Model, form: &mut RefundForm, on: bool) {
    let fields = form.fields(model);
    let at = fields.iter().position(|field| *field == form.focus).unwrap_or(0);
    let to = if on { at + 1 } else { at + fields.len().saturating_sub(1) };
    form.focus = fields.get(to % fields.len().max(1)).copied().unwrap_or_default();
}

fn type_key(model: &mut Model, form: &mut RefundForm, key: Key) {
    match form.focus {
        Focus::Amount if form.is_locked() => model.say(LOCKED),
        Focus::Amount if key == Key::char('=') => fill_amount(model, form),
        Focus::Amount => _ = form.amount.press(key),
        Focus::Comment => _ = form.comment.press(key),
        Focus::NotifyUrl => _ = form.notify_url.press(key),
        Focus::Email => _ = form.email.press(key),
        Focus::Road => choose_road(model, form, key),
        Focus::Reason => {}
    }
}

/// What is said of an amount that cannot be changed.
const LOCKED: &str = "a legacy refund gives back the whole order; its amount cannot be changed";

/// `=` fills in what is left. Where nobody knows that, nothing is filled in.
fn fill_amount(model: &mut Model, form: &mut RefundForm) {
    let file = form.file(model);
    let currency = file.order.currency.as_deref().unwrap_or_default();
    match file.left().and_then(|left| Amount::of(left, currency)) {
        Some(amount) => form.amount = TextField::new(money::plain(amount.value())),
        None => model.warn("what is left of this order is not known as an amount that can go out; type it"),
    }
}

/// Digits and arrows choose a reason, Space and Backspace take it back.
fn choose_reason(model: &mut Model, form: &mut RefundForm, key: Key) {
    let count = model.session.refunds.reasons.len();
    let Some(last) = count.checked_sub(1) else { return };
    form.reason = match (key.ctrl, key.code) {
        (false, Code::Down | Code::Right) => Some(form.reason.map_or(0, |at| (at + 1).min(last))),
        (false, Code::Up | Code::Left) => Some(form.reason.map_or(last, |at| at.saturating_sub(1))),
        (false, Code::Char(' ') | Code::Backspace | Code::Delete) => None,
        (false, Code::Char(c)) => match c.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1)) {
            Some(at) if at <= last => Some(at),
            _ => {
                model.say(format!("1 to {count} choose a reason; Tab goes on to the comment"));
                form.reason
            }
        },
        _ => form.reason,
    };
}

/// The two interfaces; the amount of a legacy refund is the whole order, and goes again with it.
fn choose_road(model: &Model, form: &mut RefundForm, key: Key) {
    let road = match (key.ctrl, key.code) {
        (false, Code::Char(' ') | Code::Left | Code::Right) if form.road == Road::Current => Road::Legacy,
        (false, Code::Char(' ' | '1') | Code::Left | Code::Right) => Road::Current,
        (false, Code::Char('2')) => Road::Legacy,
        _ => form.road,
    };
    if road != form.road {
        form.road = road;
        form.amount = TextField::default();
        open::lock(model, form);
    }
}

/// A paste goes into the field as text; it chooses nothing and confirms nothing.
pub(in crate::app) fn paste(model: &mut Model, mut form: Box<RefundForm>, text: &str) -> Vec<Effect> {
    match form.step {
        Step::Write => paste_in(model, &mut form, text),
        Step::Confirm { .. } => send::refuse_paste(model),
        Step::Pausing { .. } => return send::stop_pause(model, form),
        Step::Stopped | Step::Preview { .. } | Step::Sending | Step::Done(_) | Step::Asked(_) => {
            model.say("paste ignored: this page takes typed keys only");
        }
    }
    put_back(model, form)
}

fn paste_in(model: &mut Model, form: &mut RefundForm, text: &str) {
    let fits = match form.focus {
        Focus::Amount if form.is_locked() => return model.say(LOCKED),
        Focus::Amount => form.amount.paste(text, false),
        Focus::Comment => form.comment.paste(text, false),
        Focus::NotifyUrl => form.notify_url.paste(text, false),
        Focus::Email => form.email.paste(text, false),
        Focus::Reason | Focus::Road => return model.say("paste ignored: this is chosen with keys"),
    };
    if !fits {
        model.warn("the paste was too long and has been cut");
    }
}

/// The editor's text takes the place of the comment; line ends become spaces, as in a paste.
pub(in crate::app) fn edited(model: &mut Model, mut form: Box<RefundForm>, text: &str) -> Vec<Effect> {
    if matches!(form.step, Step::Write) {
        form.comment = TextField::default();
        form.comment.paste(text.trim_end(), false);
    } else {
        model.fail("the editor's text was not taken: the comment it was for is not being written");
    }
    put_back(model, form)
}

fn open_preview(model: &mut Model, mut form: Box<RefundForm>) -> Vec<Effect> {
    match (form.refund(model), form.slot(model)) {
        (Ok(refund), Some(slot)) => {
            form.step = Step::Preview { body: None, scroll: 0 };
            model.overlay = Overlay::Refund(form);
            return vec![Effect::PreviewRefund(Box::new(refund), slot)];
        }
        (Err(problems), _) => {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            model.warn(format!("there is nothing to preview yet: {first}"));
        }
        (Ok(_), None) => {
            let why = super::why_not(model, &form).unwrap_or_default();
            model.warn(format!("there is nothing to preview yet: {why}"));
        }
    }
    put_back(model, form)
}

fn preview(model: &mut Model, mut form: Box<RefundForm>, key: Key) -> Vec<Effect> {
    match (key.ctrl, key.code) {
        (false, Code::Esc | Code::Char('q')) | (true, Code::Char('c')) => form.step = Step::Write,
        (true, Code::Char('x')) => return send::open_confirm(model, form),
        (false, Code::Char('j')) => scroll(model, &mut form, Key::plain(Code::Down)),
        (false, Code::Char('k')) => scroll(model, &mut form, Key::plain(Code::Up)),
        _ => scroll(model, &mut form, key),
    }
    put_back(model, form)
}

/// Scrolls the open page. Where it ends is said once it is drawn.
pub(super) fn scroll(model: &Model, form: &mut RefundForm, key: Key) {
    let page = usize::from(model.scene.height.saturating_sub(6)).max(1);
    if let Step::Confirm { page: confirmed, .. } = &mut form.step {
        return confirmed.press(key, page);
    }
    let Step::Preview { scroll, .. } = &mut form.step else { return };
    *scroll = match key.code {
        Code::Down => scroll.saturating_add(1),
        Code::Up => scroll.saturating_sub(1),
        Code::PageDown => scroll.saturating_add(page),
        Code::PageUp => scroll.saturating_sub(page),
        _ => *scroll,
    };
}

/// The exact body for the preview.
pub(in crate::app) fn previewed(model: &mut Model, text: String) -> Vec<Effect> {
    if let Overlay::Refund(form) = &mut model.overlay
        && let Step::Preview { body, .. } = &mut form.step
    {
        *body = Some(text);
    }
    Vec::new()
}
