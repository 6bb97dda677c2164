//! Sends a refund: looks again at the order's cases and at what PayerMax knows of it, writes it down, sends it once,
//! writes down what came of it.

use crate::app::underway::Phase;
use crate::domain::action::State;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionRecord, Intent, Kind};
use crate::domain::refund::{Earlier, Next, Order, OrderFile, Refund, Road};
use crate::gateway::{Refunds, SignedCall, road_of};
use crate::store::{Held, StoreError};

use super::elsewhere::Walk;
use super::outcome::{Outcome, RefundOutcome, codes};
use super::reply::see;
use super::road::{self, Parcel, TakeDown};
use super::{
    Bench, Freshness, RefundOrder, Stop, approved, clock, disk, elsewhere, id, refund_stop, verdict,
};

/// Sends a confirmed refund and says what came of it. At most one call of `refund` or `refundApply` is made.
///
/// Until the journal has it, dropping the future stops it and nothing is sent. From then on it goes on to its end by
/// itself; [`Bench::finish`] waits for that.
pub async fn refund(bench: &Bench, order: RefundOrder) -> RefundOutcome {
    match bench.unless_halted(Box::pin(ready(bench, order))).await {
        Err(outcome) => *outcome,
        Ok(ready) => Box::pin(carry_out(bench.clone(), ready)).await,
    }
}

/// A refund against which nothing speaks, as far as could be seen.
#[derive(Clone)]
pub(super) struct Ready {
    pub(super) order: RefundOrder,
    pub(super) refunds: Refunds,
    /// The cases as they are now.
    pub(super) fresh: Order,
    /// What PayerMax knows.
    pub(super) elsewhere: Vec<Earlier>,
    /// The action that is sent again.
    pub(super) again: Option<ActionRecord>,
    pub(super) freshness: Freshness,
}

/// Everything that can be found out before something is written down.
pub(super) async fn ready(bench: &Bench, order: RefundOrder) -> Result<Ready, Box<Outcome>> {
    if bench.read_only {
        return Err(Box::new(Outcome::read_only()));
    }
    if let Some(stop) = approved::missing(&bench.setup.limits, &order) {
        return Err(stopped(stop));
    }
    let confirmed_at = (bench.clock)();
    bench.catch_up().await;
    let again = again(bench, &order).await?;
    let road = again.as_ref().map_or(order.refund.road, |record| road_of(&record.intent.data));
    let (Some(refunds), Some(roads)) = (bench.refunds(road), bench.roads(road)) else {
        return Err(no_legacy(bench));
    };
    let number = &order.refund.order;
    let known = order_file(bench, number, &[]).await.map_err(not_stored)?;
    if let Next::Busy(_) = known.next()
        && let Some(stop) = refund_stop::stop(&bench.setup.limits, &order, &known)
    {
        return Err(stopped(stop));
    }
    let cases = cases_of(&order, &known);
    let freshness = Freshness::new(confirmed_at, cases.len());
    let fresh = see(bench, &cases).await?;
    if let Some(stop) = refund_stop::moved(&order, &fresh) {
        return Err(stopped(stop));
    }
    let Walk { found: elsewhere, later } = elsewhere::find(bench, &roads, &known).await?;
    if let Some(own) = later.first() {
        return Err(stopped(Stop {
            code: codes::FOUND_LATER,
            msg: format!("{}; nothing was sent", own.msg),
        }));
    }
    if let Some(stop) = clock::stop(bench) {
        return Err(stopped(stop));
    }
    if let Some(stop) = refund_stop::made_elsewhere(&order, &elsewhere) {
        return Err(stopped(stop));
    }
    let fresh = Order::of(number, fresh.iter().map(|seen| (&seen.id, &seen.case)));
    let ready = Ready { order, refunds, fresh, elsewhere, again, freshness };
    match ready.stop(bench, &actions(bench).await.map_err(not_stored)?) {
        Some(stop) => Err(stopped(stop)),
        None => Ok(ready),
    }
}

impl Ready {
    /// What speaks against it, given the journal.
    fn stop(&self, bench: &Bench, journal: &[ActionRecord]) -> Option<Stop> {
        let (now, zone) = ((bench.clock)(), bench.setup.zone);
        let file = OrderFile::new(self.fresh.clone(), journal, &self.elsewhere, now, zone);
        let limits = &bench.setup.limits;
        self.freshness
            .stop(now)
            .or_else(|| refund_stop::stop(limits, &self.order, &file))
            .or_else(|| approved::stop(limits, &self.order, &self.number(bench), now))
    }

    /// Its number.
    fn number(&self, bench: &Bench) -> String {
        let own = self.again.as_ref().and_then(|record| record.intent.out_refund_no.clone());
        own.unwrap_or_else(|| bench.number(&self.order.refund.order, self.order.slot))
    }
}

/// The action to send again, if that was asked for. Its contents go out as they are, so that what the operator confirmed
/// must be the same.
async fn again(bench: &Bench, order: &RefundOrder) -> Result<Option<ActionRecord>, Box<Outcome>> {
    let Some(id) = order.again.clone() else { return Ok(None) };
    let wanted = id.clone();
    let record = disk::work(&bench.store, move |store| store.action(&wanted)).await.map_err(not_stored)?;
    let same = |record: &ActionRecord| {
        let (intent, refund) = (&record.intent, &order.refund);
        record.state == State::NotReceived
            && intent.kind == Kind::Refund
            && intent.order.as_deref() == Some(refund.order.as_str())
            && intent.amount.as_deref() == Some(refund.amount.wire().as_str())
            && intent.currency.as_deref() == Some(refund.amount.currency())
    };
    match record.filter(same) {
        Some(record) => Ok(Some(record)),
        None => Err(stopped(refund_stop::not_again(&id))),
    }
}

/// The cases to look at: all tracked ones of the order, and whatever else was on the screen.
fn cases_of(order: &RefundOrder, known: &OrderFile) -> Vec<CaseId> {
    let mut ids: Vec<CaseId> = known.order.cases.iter().map(|case| case.id.clone()).collect();
    let shown = order.seen.iter().map(|seen| &seen.id).chain(&order.case);
    for id in shown {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    ids
}

/// What is known of an order's money on this host: its tracked cases, the journal, and what was found elsewhere.
///
/// # Errors
/// [`StoreError`] when the list or the journal cannot be read.
pub async fn order_file(
    bench: &Bench,
    order_number: &str,
    elsewhere: &[Earlier],
) -> Result<OrderFile, StoreError> {
    let wanted = order_number.to_owned();
    let (cases, journal) =
        disk::work(&bench.store, move |store| Ok((store.cases_of_order(&wanted)?, store.actions()?))).await?;
    let order = Order::of(order_number, cases.iter().map(|(id, case)| (id, case)));
    Ok(OrderFile::new(order, &journal, elsewhere, (bench.clock)(), bench.setup.zone))
}

/// The refunds of an order that PayerMax knows and this host's journal does not.
///
/// # Errors
/// The refusal that a refund of the order comes to, when PayerMax cannot be asked.
pub async fn refunds_elsewhere(
    bench: &Bench,
    order_number: &str,
) -> Result<Vec<Earlier>, Box<RefundOutcome>> {
    refunds_elsewhere_by(bench, order_number, bench.usual_road()).await
}

/// The same for a refund that takes another interface. Both are asked where the profile has both; it is an error when this
/// one is not there.
///
/// # Errors
/// As [`refunds_elsewhere`].
pub async fn refunds_elsewhere_by(
    bench: &Bench,
    order_number: &str,
    road: Road,
) -> Result<Vec<Earlier>, Box<RefundOutcome>> {
    let Some(roads) = bench.roads(road) else { return Err(no_legacy(bench)) };
    let known = order_file(bench, order_number, &[]).await.map_err(not_stored)?;
    Ok(elsewhere::find(bench, &roads, &known).await?.found)
}

/// The exact body of a refund under an ordinal, to be shown; nothing is signed or sent. One that would be sent again is
/// shown with its own contents.
///
/// # Errors
/// One sentence.
pub async fn preview(bench: &Bench, refund: &Refund, slot: u8) -> Result<Vec<u8>, String> {
    let number = bench.number(&refund.order, slot);
    let journal = actions(bench).await.map_err(|error| format!("{error}; {}", error.hint()))?;
    let again = journal.into_iter().find(|record| {
        record.state == State::NotReceived && record.intent.out_refund_no.as_ref() == Some(&number)
    });
    let road = again.as_ref().map_or(refund.road, |record| road_of(&record.intent.data));
    let refunds = bench.refunds(road).ok_or_else(|| bench.setup.no_legacy())?;
    let data = again.map_or_else(|| refunds.data(refund, &number), |record| record.intent.data);
    refunds.preview(&data).map_err(|fault| fault.to_string())
}

/// From the signature, which may take its time and can be stopped, to the journal's last line, which nothing stops. The
/// bytes on disk are the bytes that leave.
pub(super) async fn carry_out(bench: Bench, ready: Ready) -> RefundOutcome {
    let number = ready.number(&bench);
    let outcome = match bench.unless_halted(Box::pin(prepare(&bench, &ready, &number))).await {
        Err(outcome) => *outcome,
        Ok((intent, signed)) => {
            let take_down = take_down(&bench, &ready, intent, &signed);
            let (refunds, own) = (ready.refunds.clone(), number.clone());
            let parcel = Parcel {
                take_down,
                send: async move { refunds.send(signed, &own).await },
                judge: verdict::of_refund,
            };
            Box::pin(road::spawn(bench, parcel)).await
        }
    };
    Outcome { out_refund_no: Some(number), ..outcome }
}

/// What goes into the journal, and the signed request around the same bytes.
pub(super) async fn prepare(
    bench: &Bench,
    ready: &Ready,
    number: &str,
) -> Result<(Intent, SignedCall), Box<Outcome>> {
    let intent = match &ready.again {
        Some(record) => record.intent.clone(),
        None => intent(bench, ready, number).ok_or_else(|| Box::new(Outcome::nameless()))?,
    };
    bench.reached(Phase::Signing);
    let signed = ready.refunds.sign(&intent.data).await;
    let signed = signed.map_err(|fault| Box::new(Outcome::unasked(&fault, fault.to_string())))?;
    Ok((intent, signed))
}

fn intent(bench: &Bench, ready: &Ready, number: &str) -> Option<Intent> {
    let (order, refund) = (&ready.order, &ready.order.refund);
    Some(Intent {
        id: id::new()?,
        kind: Kind::Refund,
        case_id: order.case.clone(),
        batch_id: None,
        order: Some(refund.order.clone()),
        out_refund_no: Some(number.to_owned()),
        amount: Some(refund.amount.wire()),
        currency: Some(refund.amount.currency().to_owned()),
        data: ready.refunds.data(refund, number),
        operator: match &order.approved {
            Some(approval) => format!("{} (asked by {})", bench.operator, approval.asker()),
            None => bench.operator.clone(),
        },
    })
}

/// Takes the refund down if, with the journal held, still nothing speaks against it.
pub(super) fn take_down(bench: &Bench, ready: &Ready, intent: Intent, signed: &SignedCall) -> TakeDown {
    let (bench, ready) = (bench.clone(), ready.clone());
    let against = move |journal: &dyn Held| Ok(ready.stop(&bench, &journal.actions()?));
    TakeDown { intent, request: signed.body().to_vec(), against: Box::new(against) }
}

async fn actions(bench: &Bench) -> Result<Vec<ActionRecord>, StoreError> {
    disk::work(&bench.store, |store| store.actions()).await
}

fn stopped(stop: Stop) -> Box<Outcome> {
    Box::new(Outcome::stopped(stop))
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn not_stored(error: StoreError) -> Box<Outcome> {
    Box::new(Outcome::not_stored(&error))
}

fn no_legacy(bench: &Bench) -> Box<Outcome> {
    stopped(Stop { code: codes::NO_LEGACY, msg: bench.setup.no_legacy() })
}
