//! The desk's end of the road on which replies and refunds travel: what the core asks for goes to [`super::actions`],
//! and what comes of it comes back as an event. What is under way is never stopped by leaving the desk.

mod refunds;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::sync::mpsc::Sender;
use tokio::sync::{Mutex, OnceCell};

use crate::app::event::Event;
use crate::app::replying::Answer;
use crate::app::underway::Subject;
use crate::domain::action::State;
use crate::domain::case::Case;
use crate::domain::ids::CaseId;
use crate::domain::reply::Reply;
use crate::gateway::reply_data;

use super::actions::{self, Bench, ReplyOrder, ReplyOutcome, Seen, SettleReport, Tells};
use super::connection::Connection;
use super::keeper::Backlog;
use super::link_check::{self, Reach};
use super::refresh::SharedStore;

/// Sends replies and refunds and asks how they ended. Clones share the bench, and so the count of what is under way.
#[derive(Clone)]
pub(super) struct Replier {
    connection: Connection,
    bench: Arc<OnceCell<Bench>>,
    store: SharedStore,
    events: Sender<Event>,
    /// Whose turn it is to ask how actions ended: two at once would ask everything twice.
    settling: Arc<Mutex<()>>,
    /// What is under way counts as work that no way out may cut short.
    backlog: Backlog,
}

impl Replier {
    /// Nothing is read and nothing is sent yet.
    pub(super) fn new(
        connection: Connection,
        events: Sender<Event>,
        store: SharedStore,
        backlog: Backlog,
    ) -> Self {
        Self { connection, bench: Arc::default(), store, events, settling: Arc::default(), backlog }
    }

    /// One whose bench is there already.
    #[cfg(test)]
    pub(super) fn with_bench(connection: Connection, events: Sender<Event>, bench: Bench) -> Self {
        let store = Arc::clone(&bench.store);
        let replier = Self::new(connection, events, store, Backlog::default());
        Self { bench: Arc::new(OnceCell::new_with(Some(bench))), ..replier }
    }

    /// Sends one confirmed reply.
    pub(super) fn send(&self, reply: Reply, seen: Vec<(CaseId, Case)>, although: bool) {
        let target = reply.target.clone();
        let seen = seen.into_iter().map(|(id, case)| Seen { id, case }).collect();
        let under_way = self.backlog.begin(format!("reply to {target}"));
        self.run(move |replier| async move {
            let answer = match replier.bench().await {
                Ok(bench) => {
                    let bench = bench.telling(replier.tells(Subject::Reply(target.clone())));
                    answer(actions::reply(&bench, ReplyOrder { reply, seen, although }).await)
                }
                Err(why) => not_connected(why),
            };
            under_way.ended(answer.state);
            vec![Event::Replied(target, answer)]
        });
    }

    /// Writes the exact bodies of replies.
    pub(super) fn preview(&self, replies: Vec<Reply>) {
        self.run(move |replier| async move {
            match replier.bodies(&replies).await {
                Ok(bodies) => vec![Event::Previewed(bodies)],
                Err(why) => vec![Event::Failed(why)],
            }
        });
    }

    async fn bodies(&self, replies: &[Reply]) -> Result<Vec<String>, String> {
        let bench = self.bench().await?;
        let body = |reply: &Reply| {
            let body = bench.gateway.preview(bench.version.word(), &reply_data(reply));
            body.map(|body| String::from_utf8_lossy(&body).into_owned()).map_err(|fault| fault.to_string())
        };
        replies.iter().map(body).collect()
    }

    /// Asks whether evidence addresses answer.
    pub(super) fn check_links(&self, urls: Vec<String>) {
        self.run(move |replier| async move {
            let calls = replier.connection.session().calls();
            let found = link_check::check(&urls, Reach::Public, calls).await;
            let links = urls.into_iter().zip(found).map(|(url, found)| (url, found.to_string())).collect();
            vec![Event::LinksChecked(links)]
        });
    }

    /// Asks how unknown actions ended.
    pub(super) fn settle(&self) {
        self.run(move |replier| async move {
            let _turn = replier.settling.lock().await;
            let settled = match replier.bench().await {
                Ok(bench) => actions::settle(&bench).await,
                Err(why) => {
                    tracing::warn!(code = why, "nobody can be asked how actions ended");
                    return vec![Event::NotSettled(why)];
                }
            };
            if settled.as_ref().is_ok_and(|report| report.unknown() == 0) {
                replier.backlog.settled();
            }
            vec![match settled {
                Ok(report) => Event::Settled { told: told(&report), alarm: report.alarms() > 0 },
                Err(error) => Event::Failed(format!("{error}; {}", error.hint())),
            }]
        });
    }

    /// Whether a reply or refund is being sent or written down.
    pub(super) fn is_sending(&self) -> bool {
        self.backlog.is_sending() || self.bench.get().is_some_and(|bench| bench.under_way() > 0)
    }

    async fn bench(&self) -> Result<Bench, String> {
        let make = || async {
            let gateway = self.connection.gateway().await?;
            let (connection, store) = (self.connection.clone(), Arc::clone(&self.store));
            let halt = self.backlog.halt();
            // It may read the secret of a legacy interface.
            let made = tokio::task::spawn_blocking(move || {
                Bench::new(connection.session(), gateway, store).halted_by(halt)
            });
            made.await.map_err(|_| "the keys could not be read".to_owned())
        };
        let bench = self.bench.get_or_try_init(make);
        // An agent that does not answer keeps nobody at the desk.
        match self.backlog.halt().run_until_cancelled(bench).await {
            Some(bench) => bench.cloned(),
            None => Err("stopped; nothing was sent".to_owned()),
        }
    }

    /// Passes on what an action waits for. It never waits itself: the answer comes in any case.
    fn tells(&self, subject: Subject) -> Tells {
        let events = self.events.clone();
        Arc::new(move |phase| _ = events.try_send(Event::Reached(subject.clone(), phase)))
    }

    /// Does something beside the loop and hands its events over.
    fn run<F, Fut>(&self, work: F)
    where
        F: FnOnce(Self) -> Fut + Send + 'static,
        Fut: Future<Output = Vec<Event>> + Send,
    {
        let replier = self.clone();
        tokio::spawn(async move {
            let events = replier.events.clone();
            for event in work(replier).await {
                // Closed only when the desk is left.
                _ = events.send(event).await;
            }
        });
    }
}

/// An outcome in the core's words.
fn answer(outcome: ReplyOutcome) -> Answer {
    let unrecorded = outcome.unrecorded.map(|why| format!("; not written down: {why}")).unwrap_or_default();
    Answer {
        state: outcome.state,
        code: outcome.code,
        msg: format!("{}{unrecorded}", outcome.msg),
        success_case_ids: outcome.success_case_ids,
        fail_case_ids: outcome.fail_case_ids,
        may_pass: outcome.retry_may_help,
    }
}

/// Without keys nothing was sent; once they are in place it may be.
fn not_connected(why: String) -> Answer {
    let none = Vec::new;
    Answer {
        state: State::Refused,
        code: "NOT_SIGNED".to_owned(),
        msg: why,
        success_case_ids: none(),
        fail_case_ids: none(),
        may_pass: true,
    }
}

fn told(report: &SettleReport) -> String {
    let now = |state: State| report.entries.iter().filter(|entry| entry.to == state).count();
    let parts = [
        (now(State::Settled), "settled"),
        (now(State::NotReceived), "not received"),
        (now(State::Accepted), "accepted, end not known yet"),
        (report.unknown(), "still unknown"),
        (report.failed(), "could not be asked about"),
        (report.alarms(), "contradicted by PayerMax: see the journal"),
    ];
    let told = parts.into_iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told.map(|(count, what)| format!("{count} {what}")).collect();
    if told.is_empty() { "nothing to settle".to_owned() } else { told.join(" · ") }
}
