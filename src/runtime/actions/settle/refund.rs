//! How refunds are settled: by their number, which PayerMax knows or does not. What it knows is held against what was
//! sent. That it knows nothing counts only when it is signed, when no copy of the request can still be under way, and
//! when it stays so.

use time::{Duration, OffsetDateTime};

use super::looks;
use super::{Settled, entry, keeping, resolve};
use crate::domain::action::State;
use crate::domain::fault::{Fault, Signature};
use crate::domain::marking::QUIET;
use crate::domain::record::{ActionRecord, Finding, MISMATCH};
use crate::domain::refund::{Fate, Road};
use crate::domain::return_code::{APPLY_SUCCESS, ORDER_REPEAT};
use crate::domain::shown;
use crate::gateway::{RefundFound, is_not_found, read_with_retries, road_of};
use crate::runtime::actions::likeness::{Likeness, compare};
use crate::runtime::actions::{Bench, disk, later};
use crate::store::StoreError;

/// So many times PayerMax must say that it does not know a number …
const LOOKS_MIN: u32 = 3;
/// … each so long after the one before, and the first so long after the sending, before a refund counts as not received.
const APART: Duration = QUIET;

/// Asks for one refund.
pub(super) async fn settle(bench: &Bench, record: &ActionRecord) -> Result<Settled, StoreError> {
    let stays = |msg: String, fault| entry(record, record.state, record.finding.status.clone(), msg, fault);
    let road = road_of(&record.intent.data);
    let Some(refunds) = bench.refunds(road) else { return Ok(stays(bench.setup.no_legacy(), None)) };
    let refunds = refunds.of_order(record.intent.order.clone().unwrap_or_default());
    let number = record.intent.out_refund_no.clone().unwrap_or_default();
    let began = (bench.clock)();
    match read_with_retries(&bench.retry, || refunds.query(&number)).await {
        Ok(answer) => found(bench, record, &answer.value).await,
        Err(fault) if is_not_found(&fault) => not_found(bench, record, &fault, began).await,
        Err(fault) if road == Road::Legacy && matches!(fault, Fault::Refused { .. }) => {
            let msg = format!(
                "the legacy interface does not tell whether it knows this refund: {fault}; mark it by hand"
            );
            Ok(stays(msg, Some(fault)))
        }
        Err(fault) => Ok(stays(fault.to_string(), Some(fault))),
    }
}

/// Asks once more for a refund that was given up as not received. `None` when there is nothing new.
pub(super) async fn turned_up(bench: &Bench, record: &ActionRecord) -> Result<Option<Settled>, StoreError> {
    let Some(refunds) = bench.refunds(road_of(&record.intent.data)) else { return Ok(None) };
    let refunds = refunds.of_order(record.intent.order.clone().unwrap_or_default());
    let number = record.intent.out_refund_no.clone().unwrap_or_default();
    // What cannot be asked is as it was.
    let Ok(answer) = read_with_retries(&bench.retry, || refunds.query(&number)).await else {
        return Ok(None);
    };
    let msg = match compare(&record.intent, &answer.value) {
        Likeness::Ours => return later::correct(bench, record, &answer.value).await,
        Likeness::Unclear => {
            "PayerMax has a refund under this number and does not say how much; look at the merchant portal"
                .to_owned()
        }
        Likeness::Other(why) => format!("PayerMax has another refund under this number: {why}"),
    };
    let stays = entry(record, record.state, Some(answer.value.status), msg, None);
    Ok(Some(Settled { is_alarm: true, ..stays }))
}

/// PayerMax knows the number.
async fn found(bench: &Bench, record: &ActionRecord, found: &RefundFound) -> Result<Settled, StoreError> {
    let status = Some(found.status.clone());
    match compare(&record.intent, found) {
        Likeness::Other(why) => return mismatch(bench, record, status, &why).await,
        // Somebody has used this number, and it need not have been us.
        Likeness::Unclear if is_contested(record) => {
            let msg = "PayerMax has a refund under this number and does not say how much, so that it cannot be told \
                       from another host's; compare it in the merchant portal";
            let stays = entry(record, record.state, status, msg.to_owned(), None);
            return Ok(Settled { is_alarm: true, ..stays });
        }
        Likeness::Ours | Likeness::Unclear => {}
    }
    let Some(fate) = Fate::of_status(&found.status) else {
        let msg = "PayerMax has it, in a status that docket does not know".to_owned();
        return Ok(entry(record, record.state, status, msg, None));
    };
    let (to, msg) = match (fate, &found.result_msg) {
        (Fate::Pending, _) => (State::Accepted, fate.words().to_owned()),
        (Fate::Failed, Some(why)) => (State::Settled, format!("{} ({})", fate.words(), shown::line(why))),
        _ => (State::Settled, fate.words().to_owned()),
    };
    if to != record.state {
        let finding =
            Finding { code: Some(APPLY_SUCCESS.to_owned()), status: status.clone(), ..keeping(record, &msg) };
        resolve(bench, record, to, finding).await?;
    }
    Ok(entry(record, to, status, msg, None))
}

/// PayerMax has another refund under our number. Nothing is known of ours by that, so it stays where it is; that it was
/// seen is kept in the journal.
async fn mismatch(
    bench: &Bench,
    record: &ActionRecord,
    status: Option<String>,
    why: &str,
) -> Result<Settled, StoreError> {
    let msg = format!("PayerMax has another refund under this number: {why}");
    let finding = Finding { code: Some(MISMATCH.to_owned()), ..keeping(record, &msg) };
    if finding != record.finding {
        resolve(bench, record, record.state, finding).await?;
    }
    Ok(Settled { is_alarm: true, ..entry(record, record.state, status, msg, None) })
}

/// Whether PayerMax has said that the number was used before.
fn is_contested(record: &ActionRecord) -> bool {
    matches!(record.finding.code.as_deref(), Some(ORDER_REPEAT | MISMATCH))
}

/// PayerMax says that it does not know the number.
async fn not_found(
    bench: &Bench,
    record: &ActionRecord,
    fault: &Fault,
    began: OffsetDateTime,
) -> Result<Settled, StoreError> {
    let status = record.finding.status.clone();
    let stays = |msg: String| entry(record, record.state, status.clone(), msg, None);
    if !matches!(fault, Fault::Refused { signature: Signature::Valid, .. }) {
        return Ok(stays(
            "PayerMax's answer that it does not know this refund is not signed, so it does not count"
                .to_owned(),
        ));
    }
    if record.state == State::Accepted {
        let msg = "PayerMax took this refund and now does not know it; ask PayerMax".to_owned();
        return Ok(Settled { is_alarm: true, ..stays(msg) });
    }
    let (looks, next) = count(bench, record, began).await?;
    if looks < LOOKS_MIN {
        let msg = format!(
            "PayerMax does not know it ({looks} of {LOOKS_MIN} looks); the next one counts in {}",
            minutes(next)
        );
        return Ok(stays(msg));
    }
    let msg = format!("not received: PayerMax does not know it in {LOOKS_MIN} looks");
    let finding = Finding { code: Some(fault.code()), ..keeping(record, &msg) };
    resolve(bench, record, State::NotReceived, finding).await?;
    Ok(entry(record, State::NotReceived, status, msg, None))
}

/// Counts a look, and says when the next one counts. A newer attempt begins from nothing.
async fn count(
    bench: &Bench,
    record: &ActionRecord,
    began: OffsetDateTime,
) -> Result<(u32, Duration), StoreError> {
    let id = record.intent.id.clone();
    let attempts = disk::work(&bench.store, move |store| store.attempts(&id)).await?;
    // There may be a newer one than when it was asked.
    let sent = attempts.last().map_or(record.created_at, |newest| newest.started_at);
    let due = move |before: Option<looks::Looks>| before.map_or(sent, |looks| looks.last) + APART;
    let key = format!("absent {} {}", record.intent.id.0, attempts.len());
    let looks = looks::count(bench, key, began, move |before, began| began >= due(before)).await?;
    let now: OffsetDateTime = (bench.clock)();
    let next = due((looks.count > 0).then_some(looks)) - now;
    Ok((looks.count, next.max(Duration::ZERO)))
}

/// A wait in words, rounded up to whole minutes.
fn minutes(wait: Duration) -> String {
    match (wait + Duration::seconds(59)).whole_minutes().max(1) {
        1 => "1 minute".to_owned(),
        many => format!("{many} minutes"),
    }
}
