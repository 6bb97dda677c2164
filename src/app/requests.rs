//! Refunds that others have asked for and that this person could let out: the desk says how many there are, and by which
//! command. It looks when it opens and after each refresh; nothing is approved here.

use super::effect::Effect;
use super::model::{Model, Tone};

/// So many wait now. A number that rose is said; the header keeps it.
pub(super) fn waiting(model: &mut Model, count: usize) -> Vec<Effect> {
    let before = std::mem::replace(&mut model.requests, count);
    if count > before {
        say_besides(model, &sentence(count));
    }
    Vec::new()
}

/// Whether nothing was said but how many wait.
pub(super) fn nothing_else_said(model: &Model) -> bool {
    model.notice.as_ref().is_none_or(|notice| model.requests > 0 && notice.text == sentence(model.requests))
}

/// Says something good to know behind what was said before. Where that was more than good to know, it stays alone.
pub(super) fn say_besides(model: &mut Model, text: &str) {
    match &mut model.notice {
        None => model.say(text),
        Some(notice) if notice.tone == Tone::Info => {
            notice.text.push_str(" · ");
            notice.text.push_str(text);
        }
        Some(_) => {}
    }
}

fn sentence(count: usize) -> String {
    if count == 1 {
        "1 refund waits for approval: docket approve".to_owned()
    } else {
        format!("{count} refunds wait for approval: docket approve")
    }
}
