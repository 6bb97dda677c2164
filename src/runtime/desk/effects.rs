//! What the core asks for, carried out: each effect is handed to whoever can do it, and only the two that give the
//! terminal away are waited for.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::runtime::keeper::Order;
use crate::runtime::signals::Notice;
use crate::runtime::{clipboard, editor, job, terminal};

use super::{Desk, LEAVE_WITHIN};

/// How long a signal to this process may take to be heard by the loop.
const ON_ITS_WAY: Duration = Duration::from_millis(300);
const NOT_TAKEN: &str = "the terminal takes no output just now";

impl Desk {
    /// Carries out an effect; `true` when it ends the desk.
    pub(super) async fn carry_out(&mut self, effect: Effect) -> bool {
        match effect {
            Effect::Refresh { ticket, ids } => self.refresher.start(ticket, ids),
            Effect::CancelRefresh => self.refresher.cancel(),
            Effect::Track(ids) => self.keeper.ask(Order::Track(ids)),
            Effect::Untrack(ids) => self.keeper.ask(Order::Untrack(ids)),
            Effect::SaveLocal(changes) => self.keeper.ask(Order::SaveLocal(changes)),
            Effect::MarkSeen(shown, at) => self.keeper.ask(Order::MarkSeen(shown, at)),
            Effect::UnmarkSeen(at) => self.keeper.ask(Order::UnmarkSeen(at)),
            Effect::Reload => self.keeper.ask(Order::Reload),
            Effect::LoadHistory(id) => self.keeper.ask(Order::History(id)),
            Effect::Export(file) => self.keeper.ask(Order::Export(file, self.model.scene.calendar)),
            Effect::Copy(text) => self.copy(text),
            Effect::Edit(text) => self.edit(&text).await,
            Effect::Suspend if self.replier.is_sending() => {
                // A stopped process would miss the answer, and nobody could tell what became of it.
                let why = "a reply or refund is on its way; wait for its answer first";
                self.later(Event::Failed(why.to_owned()));
            }
            Effect::Suspend => self.suspend().await,
            Effect::Redraw => self.screen.forget(),
            Effect::GoOn => self.more = true,
            Effect::SaveDraft(draft) => self.keeper.ask(Order::SaveDraft(draft)),
            Effect::DeleteDraft(targets) => self.keeper.ask(Order::DeleteDraft(targets)),
            Effect::DiscardDraft(draft) => self.keeper.ask(Order::DiscardDraft(draft)),
            Effect::RestoreDraft(draft) => self.keeper.ask(Order::RestoreDraft(draft)),
            Effect::LoadRecords => {
                self.keeper.ask(Order::Drafts);
                self.keeper.ask(Order::Journal);
            }
            Effect::PreviewReplies(replies) => self.replier.preview(replies),
            Effect::CheckLinks(urls) => self.replier.check_links(urls),
            Effect::SendReply { reply, seen, although } => self.replier.send(reply, seen, although),
            Effect::LookAtRefunds(order) => self.replier.look_at_refunds(order),
            Effect::PreviewRefund(refund, slot) => self.replier.preview_refund(*refund, slot),
            Effect::WaitASecond(ticket) => self.replier.wait_a_second(ticket),
            Effect::SendRefund(confirmed) => self.replier.send_refund(*confirmed),
            Effect::AskForRefund(confirmed) => self.replier.ask_for_refund(*confirmed),
            Effect::Resolve { id, found } => self.replier.resolve(id, found),
            Effect::Settle => self.replier.settle(),
            Effect::Quit => return true,
            Effect::GoTo(profile) => {
                self.elsewhere = Some(profile);
                return true;
            }
        }
        false
    }

    fn copy(&mut self, text: String) {
        let event = if !self.around.copies() {
            Event::NotCopied { text, why: "[desk] clipboard is off".to_owned() }
        } else if let Some(bytes) = clipboard::sequence(&text, self.between) {
            self.screen.pass(bytes);
            Event::Copied(text)
        } else {
            let why = format!("it is longer than {} KiB", clipboard::MAX_BYTES / 1024);
            Event::NotCopied { text, why }
        };
        self.later(event);
    }

    /// Gives an outcome of the loop's own to the next round.
    fn later(&mut self, event: Event) {
        self.pending.push_back(event);
    }

    async fn edit(&mut self, text: &str) {
        if !self.hand_over().await {
            return self.later(Event::Edited(Err(NOT_TAKEN.to_owned())));
        }
        let mut editing = std::pin::pin!(editor::edit(text));
        loop {
            tokio::select! {
                edited = &mut editing => {
                    self.pending.push_back(Event::Edited(edited));
                    break;
                }
                Some(notice) = self.notices.recv() => match notice {
                    // The end is not kept waiting; the editor hears the same signal.
                    Notice::End(code) => {
                        self.ended = Some(code);
                        return;
                    }
                    // The editor stops its job, which docket is part of: the shell waits for all of it.
                    Notice::Stop if job::can_be_continued() => job::stop(),
                    // Another program has the terminal, and its size with it.
                    Notice::Stop | Notice::Continued | Notice::Window => {}
                },
            }
        }
        self.take_back().await;
        let resized = self.resized();
        self.pending.push_front(resized);
    }

    /// Stops the process as ctrl-z does everywhere: all of its job, and only if a shell can continue it.
    pub(super) async fn suspend(&mut self) {
        if !self.hand_over().await {
            return self.later(Event::Failed(NOT_TAKEN.to_owned()));
        }
        let continued = job::can_be_continued();
        if continued {
            // The others of the job first. Our own copy of the signal is waited for, or it would count once more later.
            job::stop_all();
            self.hear(Notice::Stop).await;
            if self.ended.is_some() {
                return;
            }
            job::stop();
            // Stopped here, until somebody continues the job.
            self.hear(Notice::Continued).await;
            if self.ended.is_some() {
                return;
            }
        }
        self.take_back().await;
        let resized = self.resized();
        self.later(resized);
        self.later(Event::Resumed);
        if !continued {
            self.later(Event::Failed(
                "docket was not started from a shell that could continue it".to_owned(),
            ));
        }
    }

    /// Waits a moment for a notice that is on its way, passing over everything but the end.
    async fn hear(&mut self, expected: Notice) {
        let deadline = Instant::now() + ON_ITS_WAY;
        while let Ok(Some(notice)) = tokio::time::timeout_at(deadline, self.notices.recv()).await {
            if let Notice::End(code) = notice {
                self.ended = Some(code);
            }
            if notice == expected || self.ended.is_some() {
                return;
            }
        }
    }

    /// Gives the terminal to another program; `false` when it could not be left.
    async fn hand_over(&mut self) -> bool {
        // Or the other program would get it.
        self.answer.hear_out().await;
        self.lent.store(true, Ordering::SeqCst);
        if self.input.pause() && self.screen.leave(LEAVE_WITHIN).await {
            terminal::cooked();
            return true;
        }
        self.take_back().await;
        false
    }

    /// Takes the terminal as it is now, whoever had it.
    pub(super) async fn take_back(&mut self) {
        if let Err(error) = terminal::raw() {
            tracing::warn!(code = %error, "the line could not be set");
        }
        self.screen.enter(LEAVE_WITHIN).await;
        self.lent.store(false, Ordering::SeqCst);
        self.input.resume();
        self.tick.reset();
    }
}
