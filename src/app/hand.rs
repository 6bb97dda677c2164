//! Whether keys come from a hand. A bracketed paste says so itself, but that is no boundary: a terminal may not know it,
//! and a text may hold its end mark. So the pages that let something out also look at when keys come.

use std::collections::VecDeque;

use time::{Duration, OffsetDateTime};

use super::effect::Effect;
use super::field::TextField;
use super::key::{Code, Key};
use super::model::Model;
use super::overlay::{Overlay, Purpose};
use super::{refunding, replying};

/// More keys than these at once come from no hand.
const KEYS_MAX: usize = 5;
/// How long "at once" is.
const AT_ONCE: Duration = Duration::milliseconds(20);
/// How long the page that confirms a refund takes no key: what was typed before it stood is not meant for it.
const DEAF: Duration = Duration::milliseconds(400);

/// What is said of keys that came too fast, and of keys that came too soon. Both begin like the other reasons why
/// nothing left.
const PASTED: &str = "nothing was sent: so many keys at once are a paste, and a paste confirms nothing";
const TOO_SOON: &str = "nothing was sent: this page has just opened; look at it, then type";

/// When the last keys came.
#[derive(Clone, Debug, Default)]
pub struct Hand {
    /// The last [`KEYS_MAX`] of them, oldest first (UTC).
    recent: VecDeque<OffsetDateTime>,
    /// Keys still to come of those that were read at once.
    ahead: usize,
    /// Since when the page that confirms a refund is open (UTC).
    opened: Option<OffsetDateTime>,
}

impl Hand {
    /// So many keys were read at once and come next.
    pub(super) fn read_at_once(&mut self, keys: usize) {
        self.ahead = if keys > KEYS_MAX { keys } else { 0 };
    }

    /// Takes note of a key; `true` when it is one of too many.
    fn is_one_of_many(&mut self, now: OffsetDateTime) -> bool {
        let read = self.ahead > 0;
        self.ahead = self.ahead.saturating_sub(1);
        let first = self.recent.front().filter(|_| self.recent.len() == KEYS_MAX).copied();
        self.recent.push_back(now);
        if self.recent.len() > KEYS_MAX {
            self.recent.pop_front();
        }
        // A clock that was set back says nothing.
        read || first.is_some_and(|first| (Duration::ZERO..=AT_ONCE).contains(&(now - first)))
    }

    /// Whether it matters on this page.
    #[cfg(test)]
    pub(crate) fn is_watched(&self, overlay: &Overlay) -> bool {
        let confirms = |form: &replying::ReplyForm| matches!(form.step, replying::Step::Confirm { .. });
        let unlocks = matches!(overlay, Overlay::Prompt(prompt) if prompt.purpose == Purpose::Unlock);
        self.opened.is_some() || unlocks || matches!(overlay, Overlay::Reply(form) if confirms(form))
    }

    fn is_deaf(&self, now: OffsetDateTime) -> bool {
        self.opened.is_some_and(|at| (Duration::ZERO..DEAF).contains(&(now - at)))
    }
}

/// Looks at what an event has opened.
pub(super) fn look(model: &mut Model) {
    let confirming = matches!(&model.overlay, Overlay::Refund(form) if matches!(form.step, refunding::Step::Confirm { .. }));
    model.hand.opened = match model.hand.opened {
        _ if !confirming => None,
        None => Some(model.scene.now),
        since => since,
    };
}

/// Takes note of a key, and takes it away from a page that confirms when no hand can have meant it.
pub(super) fn refused(model: &mut Model, key: Key) -> Option<Vec<Effect>> {
    let now = model.scene.now;
    let many = model.hand.is_one_of_many(now);
    let deaf = model.hand.is_deaf(now);
    // Going back is always right, and what concerns the terminal alone confirms nothing.
    let back = matches!((key.ctrl, key.code), (false, Code::Esc) | (true, Code::Char('c')));
    let leads_away = back || model.session.keymap.of_the_terminal(key).is_some();
    let typed = typed(model)?;
    if leads_away || !(many || deaf) {
        return None;
    }
    *typed = TextField::default();
    model.warn(if many { PASTED } else { TOO_SOON });
    Some(Vec::new())
}

/// What has been typed on the page that confirms, if one is open.
fn typed(model: &mut Model) -> Option<&mut TextField> {
    match &mut model.overlay {
        Overlay::Reply(form) => match &mut form.step {
            replying::Step::Confirm { typed, .. } => Some(typed),
            _ => None,
        },
        Overlay::Refund(form) => match &mut form.step {
            refunding::Step::Confirm { typed, .. } => Some(typed),
            _ => None,
        },
        Overlay::Prompt(prompt) if prompt.purpose == Purpose::Unlock => Some(&mut prompt.field),
        _ => None,
    }
}
