//! The stretch of the road that every action travels: onto the disk, out, once, and the answer onto the disk. What goes
//! before it and what an answer means is each kind's own.

use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::app::underway::Phase;
use crate::domain::fault::Fault;
use crate::domain::record::{ActionId, Intent};
use crate::gateway::{Exchange, Sent};
use crate::store::{Held, Store, StoreError, StoredExchange};

use super::flight::End;
use super::outcome::{Outcome, codes};
use super::verdict::Verdict;
use super::{Bench, Stop, disk, stop};

/// What still speaks against an action, asked while the journal is held: nobody else can begin in between, and whoever was
/// quicker is in it.
pub(super) type Against = Box<dyn Fn(&dyn Held) -> Result<Option<Stop>, StoreError> + Send>;

/// What must be on disk before the first byte leaves.
pub(super) struct TakeDown {
    pub(super) intent: Intent,
    /// The request, byte for byte.
    pub(super) request: Vec<u8>,
    pub(super) against: Against,
}

/// An action that is about to leave.
pub(super) struct Parcel<S, J> {
    pub(super) take_down: TakeDown,
    /// The one send.
    pub(super) send: S,
    /// What its end proves.
    pub(super) judge: J,
}

/// [`carry_out`] on a task of its own, which goes on to its end whoever drops this.
pub(super) async fn spawn<T, S, J>(bench: Bench, parcel: Parcel<S, J>) -> Outcome
where
    S: Future<Output = Sent<T>> + Send + 'static,
    J: FnOnce(Result<T, Fault>) -> Verdict + Send + 'static,
    T: Send + 'static,
{
    let sends = bench.sends.clone();
    let sending = sends.spawn(async move { carry_out(&bench, parcel).await });
    sending.await.unwrap_or_else(|_| Outcome::lost())
}

/// Writes an action down, sends it once, and writes down what came of it.
async fn carry_out<T, S, J>(bench: &Bench, parcel: Parcel<S, J>) -> Outcome
where
    S: Future<Output = Sent<T>>,
    J: FnOnce(Result<T, Fault>) -> Verdict,
{
    let Parcel { take_down, send, judge } = parcel;
    let (id, kind) = (take_down.intent.id.clone(), take_down.intent.kind);
    let _under_way = bench.flight.begins(id.clone());
    bench.reached(Phase::Sending);
    let attempt = match begin(bench, take_down).await {
        Ok(attempt) => attempt,
        Err(outcome) => return *outcome,
    };
    tracing::info!(action = id.0, kind = kind.word(), attempt, "sent");
    bench.reached(Phase::Answer);
    let sent = send.await;
    let verdict = judge(sent.outcome);
    tracing::info!(action = id.0, state = %verdict.state, code = verdict.finding.code, "answered");
    let unrecorded = conclude(bench, &id, attempt, &verdict, sent.exchange).await;
    Outcome { unrecorded, ..Outcome::of_attempt(id, verdict) }
}

/// Puts the action and its attempt on disk; the number of the attempt.
pub(super) async fn begin(bench: &Bench, take_down: TakeDown) -> Result<u32, Box<Outcome>> {
    let (at, halt) = ((bench.clock)(), bench.flight.halt.clone());
    let refusal = match disk::work(&bench.store, move |store| take_down.on(store, at, &halt)).await {
        Ok(Ok(attempt)) => return Ok(attempt),
        Ok(Err(stop)) => Outcome::stopped(stop),
        Err(error @ StoreError::Occupied { .. }) => {
            Outcome::stopped(Stop { code: codes::OCCUPIED, msg: error.to_string() })
        }
        Err(error) => Outcome::not_stored(&error),
    };
    Err(Box::new(refusal))
}

impl TakeDown {
    /// Takes the action down with its first or next attempt, all at once, and returns the attempt's number; or says why it
    /// is not to go out after all.
    fn on(
        &self,
        store: &mut dyn Store,
        at: OffsetDateTime,
        halt: &CancellationToken,
    ) -> Result<Result<u32, Stop>, StoreError> {
        let mut why = None;
        let begun = store.intend_and_begin(&self.intent, &self.request, at, &mut |held| {
            why = match (self.against)(held)? {
                // The last moment: whoever stops it from here on stops what is on its way already.
                None if halt.is_cancelled() => Some(stop::halted()),
                why => why,
            };
            Ok(why.is_none())
        })?;
        match (begun, why) {
            (Some(attempt), _) => Ok(Ok(attempt)),
            (None, Some(stop)) => Ok(Err(stop)),
            (None, None) => {
                Ok(Err(Stop { code: codes::NOT_STORED, msg: "nothing was taken down".to_owned() }))
            }
        }
    }
}

/// Writes down what came of the attempt; why not, when the journal does not take it.
async fn conclude(
    bench: &Bench,
    id: &ActionId,
    attempt: u32,
    verdict: &Verdict,
    exchange: Exchange,
) -> Option<String> {
    let Exchange { answer, http_status, signature, .. } = exchange;
    let stored = StoredExchange { answer, http_status, signature };
    let (state, finding, at) = (verdict.written, verdict.finding.clone(), (bench.clock)());
    let end = End { id: id.clone(), attempt, state, finding, exchange: stored, at };
    let writing = end.clone();
    if let Err(error) = disk::insist(&bench.store, move |store| writing.write(store)).await {
        tracing::error!(code = %error, "what came of an action could not be written down");
        bench.flight.keep(end);
        return Some(format!("{error}; {}", error.hint()));
    }
    None
}
