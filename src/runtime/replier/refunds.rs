//! The refund half of it, and what the operator finds out by hand.

use std::time::Duration;

use super::Replier;
use crate::app::event::Event;
use crate::app::refunding::{Answer, Asked, Confirmed};
use crate::app::underway::Subject;
use crate::domain::action::State;
use crate::domain::marking::Found;
use crate::domain::record::ActionId;
use crate::domain::refund::Refund;
use crate::domain::shown;
use crate::runtime::actions::{self, RefundOutcome};
use crate::runtime::approvals::{RequestError, Tray};

/// What the core calls a second.
const SECOND: Duration = Duration::from_secs(1);

impl Replier {
    /// Asks which refunds of an order other hosts have made.
    pub(in super::super) fn look_at_refunds(&self, order: String) {
        self.run(move |replier| async move {
            let found = match replier.bench().await {
                Ok(bench) => actions::refunds_elsewhere(&bench, &order).await.map_err(|outcome| outcome.msg),
                Err(why) => Err(why),
            };
            vec![Event::RefundsSeen(order, found)]
        });
    }

    /// Writes the exact body of a refund.
    pub(in super::super) fn preview_refund(&self, refund: Refund, slot: u8) {
        self.run(move |replier| async move {
            let body = match replier.bench().await {
                Ok(bench) => actions::preview_refund(&bench, &refund, slot).await,
                Err(why) => Err(why),
            };
            let text = |body: Vec<u8>| String::from_utf8_lossy(&body).into_owned();
            vec![body.map_or_else(Event::Failed, |body| Event::RefundPreviewed(text(body)))]
        });
    }

    /// Says in a second that it has passed.
    pub(in super::super) fn wait_a_second(&self, ticket: u32) {
        self.run(move |_| async move {
            tokio::time::sleep(SECOND).await;
            vec![Event::SecondPassed(ticket)]
        });
    }

    /// Sends one confirmed refund.
    pub(in super::super) fn send_refund(&self, confirmed: Confirmed) {
        let order = confirmed.refund.order.clone();
        let under_way = self.backlog.begin(format!("refund of order {}", shown::line(&order)));
        self.run(move |replier| async move {
            let answer = match replier.bench().await {
                Ok(bench) => {
                    let bench = bench.telling(replier.tells(Subject::Refund(order.clone())));
                    answer(actions::refund(&bench, confirmed.into()).await)
                }
                Err(why) => not_connected(why),
            };
            under_way.ended(answer.state);
            vec![Event::Refunded(order, answer)]
        });
    }

    /// Asks another person to send a refund. Nothing goes to PayerMax.
    pub(in super::super) fn ask_for_refund(&self, confirmed: Confirmed) {
        let order = confirmed.refund.order.clone();
        self.backlog.add();
        self.run(move |replier| async move {
            let connection = replier.connection.clone();
            let told = |error: RequestError| format!("{error}; {}", error.hint());
            let asked = tokio::task::spawn_blocking(move || {
                let session = connection.session();
                let waiting = Tray::of(session)?.ask_for(confirmed.into(), session.now())?;
                Ok(Asked { number: waiting.request.number.clone(), code: waiting.code() })
            });
            let lost = || Err("the request could not be written".to_owned());
            let asked = asked.await.map_or_else(|_| lost(), |asked| asked.map_err(told));
            replier.backlog.done();
            vec![Event::RefundAsked(order, asked)]
        });
    }

    /// Writes down what the operator found out about an action.
    pub(in super::super) fn resolve(&self, id: ActionId, found: Found) {
        self.backlog.add();
        self.run(move |replier| async move {
            let marked = match replier.bench().await {
                Ok(bench) => actions::mark(&bench, &id, found)
                    .await
                    .map(|settled| format!("{} is {} now: {}", settled.id.0, settled.to, settled.msg))
                    .map_err(|error| format!("{error}; {}", error.hint())),
                Err(why) => Err(why),
            };
            replier.backlog.done();
            vec![marked.map_or_else(Event::Failed, |told| Event::Settled { told, alarm: false })]
        });
    }
}

/// An outcome in the core's words.
fn answer(outcome: RefundOutcome) -> Answer {
    let unrecorded = outcome.unrecorded.map(|why| format!("; not written down: {why}")).unwrap_or_default();
    Answer {
        state: outcome.state,
        number: outcome.out_refund_no,
        code: outcome.code,
        msg: format!("{}{unrecorded}", outcome.msg),
        status: outcome.status,
        may_pass: outcome.retry_may_help,
    }
}

/// Without keys nothing was sent; once they are in place it may be.
fn not_connected(why: String) -> Answer {
    Answer {
        state: State::Refused,
        number: None,
        code: "NOT_SIGNED".to_owned(),
        msg: why,
        status: None,
        may_pass: true,
    }
}
