//! What is being sent, and what it waits for at this moment: a person at an agent, the disk, PayerMax. Somebody who has
//! just confirmed a refund must not wonder.

use time::OffsetDateTime;

use crate::domain::reply::Target;

use super::overlay::Overlay;
use super::refunding;
use super::replying;

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A reply.
    Reply(Target),
    /// The refund of an order.
    Refund(String),
}

/// What it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The last look at the case, or at the refunds of the order.
    Looking,
    /// Whoever holds the key.
    Signing,
    /// The journal, which has it before the first byte leaves.
    Sending,
    /// PayerMax.
    Answer,
}

impl Phase {
    /// What is waited for, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Looking => "checking once more before it leaves",
            Self::Signing => "waiting for the signature",
            Self::Sending => "sending",
            Self::Answer => "on its way; waiting for the answer",
        }
    }
}

/// One action on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// Which.
    pub subject: Subject,
    /// What it waits for.
    pub phase: Phase,
    /// Since when (UTC).
    pub since: OffsetDateTime,
}

impl UnderWay {
    /// `waiting for the signature, 12 s`; the seconds from the first whole one on.
    pub fn told(&self, now: OffsetDateTime) -> String {
        match (now - self.since).whole_seconds() {
            ..=0 => self.phase.words().to_owned(),
            seconds => format!("{}, {seconds} s", self.phase.words()),
        }
    }
}

/// Everything on its way, in the order in which it was confirmed.
#[derive(Clone, Debug, Default)]
pub struct AllUnderWay(Vec<UnderWay>);

impl AllUnderWay {
    /// Something was confirmed.
    pub(super) fn begin(&mut self, subject: Subject, now: OffsetDateTime) {
        self.0.push(UnderWay { subject, phase: Phase::Looking, since: now });
    }

    /// It has come further.
    pub(super) fn reached(&mut self, subject: &Subject, phase: Phase, now: OffsetDateTime) {
        if let Some(one) = self.0.iter_mut().find(|one| one.subject == *subject) {
            (one.phase, one.since) = (phase, now);
        }
    }

    /// It has ended.
    pub(super) fn end(&mut self, subject: &Subject) {
        if let Some(at) = self.0.iter().position(|one| one.subject == *subject) {
            self.0.remove(at);
        }
    }

    /// How far one is.
    pub fn of(&self, subject: &Subject) -> Option<&UnderWay> {
        self.0.iter().find(|one| one.subject == *subject)
    }

    /// Whether anything is; time alone changes the screen then.
    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// The oldest that the page on the screen does not show.
    pub fn unseen(&self, overlay: &Overlay) -> Option<&UnderWay> {
        self.0.iter().find(|one| !shows(overlay, &one.subject))
    }
}

/// Whether a page is the one that waits for this.
fn shows(overlay: &Overlay, subject: &Subject) -> bool {
    match (overlay, subject) {
        (Overlay::Refund(form), Subject::Refund(order)) => {
            form.order == *order && matches!(form.step, refunding::Step::Sending)
        }
        (Overlay::Reply(form), Subject::Reply(target)) => match &form.step {
            replying::Step::Sending(sending) => sending
                .rows
                .iter()
                .any(|row| row.reply.target == *target && row.progress == replying::RowProgress::UnderWay),
            _ => false,
        },
        _ => false,
    }
}
