//! The line between desks and gateway: a table on which every request lies, and then its answer, until a step of the
//! history says what becomes of it. What changes something is looked at as it leaves: its bytes must be on disk by then.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{self, HeaderMap};
use reqwest::{Request, Response};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::shape::Sabotage;
use crate::domain::fault::Fault;
use crate::gateway::simulated::Network;
use crate::sandbox::counter::{Counter, Sign};

/// The table; every copy is the same one.
#[derive(Clone, Default)]
pub(super) struct Table(Arc<Mutex<Inner>>);

#[derive(Default)]
pub(super) struct Inner {
    pub(super) parcels: Vec<Parcel>,
    /// Everything that ever left and was to change something, oldest first.
    pub(super) mutations: Vec<Mutation>,
    /// What was wrong with one of them.
    pub(super) broken: Option<String>,
    /// Which process sits at each desk, and which store it has.
    pub(super) lives: [(u32, usize); 2],
    /// A connection of nobody's to each store, which sees what is committed and nothing else.
    pub(super) witnesses: Vec<Connection>,
    /// What is wrong on purpose.
    pub(super) sabotage: Sabotage,
    next: u64,
}

/// A call on the table.
pub(super) struct Parcel {
    pub(super) id: u64,
    pub(super) who: usize,
    pub(super) life: u32,
    pub(super) name: String,
    headers: HeaderMap,
    body: Vec<u8>,
    /// Whoever waits for the answer; `None` once it was told something.
    waits: Option<oneshot::Sender<Result<Response, Fault>>>,
    /// The answer, once it was executed.
    ready: Option<http::Response<Vec<u8>>>,
    /// Its place among the mutations.
    pub(super) mutation: Option<usize>,
}

/// Something that left and was to change something.
#[derive(Clone, Debug)]
pub(super) struct Mutation {
    pub(super) who: usize,
    pub(super) life: u32,
    pub(super) store: usize,
    /// The number of a refund.
    pub(super) number: Option<String>,
    /// The order, the case or the batch.
    pub(super) target: String,
    pub(super) data: Vec<u8>,
    /// How often it was executed.
    pub(super) executed: u32,
    /// Whether it was told, in time, that it was refused.
    pub(super) refused: bool,
}

/// What becomes of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Executed, and answered at once.
    Pass,
    /// Executed; the answer lies on the table.
    Execute,
    /// The answer that lies there arrives.
    Arrive,
    /// Never left.
    Unsent,
    /// Lost on the way there; told as a broken line or as no answer in time.
    Lost { timed_out: bool },
    /// Executed, and the answer lost.
    AnswerLost { timed_out: bool },
    /// Nobody waits any more, and the request is still on its way.
    Linger,
    /// Refused with a code, not executed.
    Refused { status: u16, code: &'static str, sign: Sign },
    /// Executed, and an error page came back.
    Page(u16),
    /// Executed, and answered without a signature or with a wrong one.
    Spoilt(Sign),
}

impl Table {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whatever the thread that took the request was doing, this is how the same set of calls always lies there.
    pub(super) fn sort(&self) {
        self.lock().parcels.sort_by(|a, b| a.key().cmp(&b.key()));
    }

    fn take(&self, who: usize, request: &Request) -> oneshot::Receiver<Result<Response, Fault>> {
        let (waits, answer) = oneshot::channel();
        let mut inner = self.lock();
        let name = request.url().path_segments().and_then(|mut path| path.next_back()).unwrap_or_default();
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default().to_vec();
        let life = inner.lives[who].0;
        let mutation = matches!(name, "refund" | "caseReplay").then(|| inner.note(who, &body));
        inner.next += 1;
        let id = inner.next;
        inner.parcels.push(Parcel {
            id,
            who,
            life,
            name: name.to_owned(),
            headers: request.headers().clone(),
            body,
            waits: Some(waits),
            ready: None,
            mutation,
        });
        answer
    }
}

impl Inner {
    /// Takes down what leaves, and whether it may (I4, I5).
    fn note(&mut self, who: usize, body: &[u8]) -> usize {
        let (life, store) = self.lives[who];
        let text = String::from_utf8_lossy(body).into_owned();
        let data =
            text.split_once("\"data\":").map(|(_, data)| data.trim_end_matches('}')).unwrap_or_default();
        let of = |key: &str| {
            let (_, rest) = data.split_once(&format!("\"{key}\":\""))?;
            Some(rest.split('"').next().unwrap_or_default().to_owned())
        };
        let number = of("outRefundNo");
        let target = match &number {
            Some(_) => of("outTradeNo").unwrap_or_default(),
            None => of("caseId").or_else(|| of("batchId")).unwrap_or_default(),
        };
        let durable = self.witnesses[store]
            .prepare_cached("SELECT count(*) FROM attempts WHERE request = ?1 AND ended_at IS NULL")
            .and_then(|mut question| question.query_row([body], |row| row.get::<_, i64>(0)))
            .unwrap_or(0);
        if durable != 1 || self.sabotage == Sabotage::NothingOnDisk {
            self.broken.get_or_insert(format!("I4 {durable} attempt rows before the bytes left: {text}"));
        }
        let new =
            Mutation { who, life, store, number, target, data: data.into(), executed: 0, refused: false };
        if let Some(why) = self.reused(&new) {
            self.broken.get_or_insert(why);
        }
        self.mutations.push(new);
        self.mutations.len() - 1
    }

    /// Why a number may not be used again like this.
    fn reused(&self, new: &Mutation) -> Option<String> {
        let before: Vec<&Mutation> = self
            .mutations
            .iter()
            .filter(|old| old.number.is_some() && old.number == new.number && old.store == new.store)
            .collect();
        let same = before.iter().all(|old| old.data == new.data);
        let none = before.iter().all(|old| old.executed == 0) && before.last().is_some_and(|old| old.refused);
        (!same && !none).then(|| {
            let text = |data: &[u8]| String::from_utf8_lossy(data).into_owned();
            let old: Vec<String> = before.iter().map(|old| text(&old.data)).collect();
            format!("I5 number reused with other data: {} after {old:?}", text(&new.data))
        })
    }
}

impl Parcel {
    fn key(&self) -> (usize, u32, &str, &[u8], u64) {
        let data = self.body.windows(7).position(|window| window == b"\"data\":").unwrap_or(0);
        (self.who, self.life, &self.name, self.body.get(data..).unwrap_or_default(), self.id)
    }

    /// Whether somebody waits for it still.
    pub(super) fn is_awaited(&self) -> bool {
        self.waits.as_ref().is_some_and(|waits| !waits.is_closed())
    }

    /// Whether it was executed, and its answer is on its way.
    pub(super) fn is_ready(&self) -> bool {
        self.ready.is_some()
    }

    fn tell(&mut self, what: Result<Response, Fault>) {
        if let Some(waits) = self.waits.take() {
            // Nobody waits at a desk that was killed.
            _ = waits.send(what);
        }
    }
}

impl Table {
    /// Lets something become of a parcel, and says whose it is. Executed is what the ledger says it was.
    pub(super) fn turn(&self, id: u64, turn: Turn, counter: &Counter) -> Option<usize> {
        let mut inner = self.lock();
        let at = inner.parcels.iter().position(|parcel| parcel.id == id)?;
        let mut parcel = inner.parcels.remove(at);
        let who = parcel.who;
        let lost = |timed_out| {
            if timed_out { Fault::TimedOut } else { Fault::Dropped("the line broke".to_owned()) }
        };
        match turn {
            Turn::Pass => {
                let answer = inner.execute(&parcel, counter, Sign::Right);
                parcel.tell(Ok(answer.into()));
            }
            Turn::Spoilt(sign) => {
                let answer = inner.execute(&parcel, counter, sign);
                parcel.tell(Ok(answer.into()));
            }
            Turn::Execute => {
                parcel.ready = Some(inner.execute(&parcel, counter, Sign::Right));
                inner.parcels.push(parcel);
            }
            Turn::Arrive => {
                if let Some(answer) = parcel.ready.take() {
                    parcel.tell(Ok(answer.into()));
                }
            }
            Turn::Unsent => {
                inner.told_refused(&parcel);
                parcel.tell(Err(Fault::Unsent("connection refused".to_owned())));
            }
            Turn::Lost { timed_out } => parcel.tell(Err(lost(timed_out))),
            Turn::AnswerLost { timed_out } => {
                inner.execute(&parcel, counter, Sign::Right);
                parcel.tell(Err(lost(timed_out)));
            }
            Turn::Linger => {
                parcel.tell(Err(Fault::TimedOut));
                inner.parcels.push(parcel);
            }
            Turn::Refused { status, code, sign } => {
                if code != "SYSTEM_ERROR" {
                    inner.told_refused(&parcel);
                }
                parcel.tell(Ok(counter.refuse(status, code, sign).into()));
            }
            Turn::Page(status) => {
                inner.execute(&parcel, counter, Sign::Right);
                let page = http::Response::builder().status(status).body("<html>gateway</html>");
                parcel.tell(Ok(page.unwrap_or_default().into()));
            }
        }
        Some(who)
    }
}

impl Inner {
    /// Hands a call to the gateway and counts what it did.
    fn execute(&mut self, parcel: &Parcel, counter: &Counter, sign: Sign) -> http::Response<Vec<u8>> {
        let before = parcel.mutation.map(|at| done(&self.mutations[at], counter));
        let answer = counter.serve(&parcel.name, &parcel.headers, &parcel.body, sign);
        match self.sabotage {
            Sabotage::Twice if parcel.name == "caseReplay" => counter.again(),
            Sabotage::Lies if parcel.mutation.is_some() => counter.forget(),
            _ => {}
        }
        if let (Some(at), Some(before)) = (parcel.mutation, before) {
            let after = done(&self.mutations[at], counter);
            self.mutations[at].executed += u32::try_from(after.saturating_sub(before)).unwrap_or_default();
            let text = String::from_utf8_lossy(answer.body()).into_owned();
            self.mutations[at].refused = after == before && !text.contains("ORDER_REPEAT");
        }
        answer
    }

    fn told_refused(&mut self, parcel: &Parcel) {
        if let Some(at) = parcel.mutation {
            self.mutations[at].refused = true;
        }
    }
}

/// How often the gateway has done what a mutation asks for, whoever asked.
fn done(mutation: &Mutation, counter: &Counter) -> usize {
    let state = counter.state();
    match &mutation.number {
        Some(number) => state.ledger().get(number).map_or(0, |refund| refund.executed as usize),
        None if state.case(&mutation.target).is_some() => state.replies(&mutation.target).len(),
        None => state.batch(&mutation.target).iter().map(|id| state.replies(id).len()).sum(),
    }
}

/// One desk's end of the table.
pub(super) struct Line {
    pub(super) who: usize,
    pub(super) table: Table,
}

impl Network for Line {
    fn carry(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Fault>> + Send + '_>> {
        let answer = self.table.take(self.who, &request);
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(Fault::Dropped("left lying".to_owned()))) })
    }
}
