//! Every row of reliability.md 1.4 and 1.5 for a refund: what is told, what the journal says, whether the order may be
//! refunded again, and what settling makes of it. Whatever happens, the sandbox pays at most once.

mod kills;
mod rows;

use pretty_assertions::assert_eq;

use super::between::{Deed, Reply};
use super::*;
use crate::sandbox::RefundEnding;
use rows::{Row, Settles};

/// The same for every row, so that the sandbox's end of it can be compared.
const AMOUNT: &str = "2000";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_end_of_a_refund_has_its_verdict_and_money_moves_at_most_once() {
    for row in rows::answers() {
        plays(&row).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_return_code_has_its_verdict_and_money_moves_at_most_once() {
    for row in rows::codes() {
        plays(&row).await;
    }
}

#[test]
fn the_table_is_the_one_in_print() {
    let mut text = String::from(
        "| what happens | executed | told, code | journal | same order again | settling makes of it |\n\
         |---|---|---|---|---|---|\n",
    );
    for row in rows::answers().iter().chain(&rows::codes()) {
        text.push_str(&row.print());
    }
    text.push_str(&kills::print());
    let print = include_str!("../../../../ARCHITECTURE.md");
    assert!(print.contains(&text), "ARCHITECTURE.md has to say this:\n{text}");
}

async fn plays(row: &Row) {
    let what = &row.what;
    let mut site = Site::new().await;
    if row.deed.reply == Reply::Silence {
        site.bench.gateway = site.bench.gateway.clone().with_reply_limit(Duration::from_millis(300));
    }
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    if row.code == "REFUND_FAILED" && row.journal == State::Settled {
        site.sandbox.state().ledger_mut().end_next(RefundEnding::FailsAtOnce);
    }
    let order = confirmed(&site.bench, &seen, AMOUNT).await;
    let other = match row.other {
        Some(amount) => Some(confirmed(&site.other_host(), &seen, amount).await),
        None => None,
    };
    let outcome = play(&site, row, order, other).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (row.told, row.code), "{what}: {outcome:?}");
    assert_eq!(outcome.retry_may_help, row.retry, "{what}");
    let record = site.journal().pop().unwrap();
    assert_eq!((record.state, site.journal().len()), (row.journal, 1), "{what}");
    assert_eq!(record.finding.code.as_deref(), Some(row.code), "{what}");
    let at_call = site.at_call.lock().unwrap().clone();
    for states in &at_call {
        assert_eq!(states, &[State::Sending], "{what}: on disk before it left");
    }
    // The sandbox may still be at it when docket has stopped waiting.
    let seen_at_call = !at_call.is_empty() || !row.deed.executed || row.deed.reply == Reply::Silence;
    assert!(seen_at_call, "{what}: nobody looked at the journal");
    let attempts = site.bench.store.lock().unwrap().attempts(&record.intent.id).unwrap();
    assert_eq!(attempts.len(), 1, "{what}: sent once");
    site.between.set(None);
    site.between.open().await;
    let paid = u32::from(row.deed.executed || row.other.is_some());
    assert_eq!(site.refunded(ORDER), paid, "{what}");
    site.sandbox.state().ledger_mut().end_next(RefundEnding::Paid);
    if row.settles == Settles::Ended {
        // In the sandbox, a refund ends when it is asked for the second time.
        let refunds = site.bench.refunds(Road::Current).unwrap();
        for _ in 0..2 {
            refunds.query(outcome.out_refund_no.as_ref().unwrap()).await.unwrap();
        }
    }

    again(&site, row, &seen).await;
    settles(&site, row).await;
    assert!(site.refunded(ORDER) <= paid + u32::from(row.is_free()), "{what}");
    assert_eq!(site.bench.store.lock().unwrap().verify_journal().unwrap().broken, None, "{what}");
}

/// Sends the refund through what happens.
async fn play(site: &Site, row: &Row, order: RefundOrder, other: Option<RefundOrder>) -> RefundOutcome {
    let Some(other) = other else {
        site.between.set(Some(row.deed.clone()));
        return refund(&site.bench, order).await;
    };
    // The other host is quicker, after this one has looked.
    let (arrived, go) = site.between.halt_before();
    let between = async {
        arrived.await.unwrap();
        assert_eq!(refund(&site.other_host(), other).await.state, State::Accepted, "{}", row.what);
        go.send(()).unwrap();
    };
    let (outcome, ()) = tokio::join!(refund(&site.bench, order), between);
    outcome
}

/// Whether another refund of the order may go out now: under the same number where this one was refused, and under the
/// next where it failed.
async fn again(site: &Site, row: &Row, seen: &[Seen]) {
    let calls = site.between.calls();
    let order = confirmed(&site.bench, seen, "1000").await;
    let slot = order.slot;
    let outcome = refund(&site.bench, order).await;
    if row.is_free() {
        assert_eq!(outcome.state, State::Accepted, "{}: {outcome:?}", row.what);
        assert_eq!(slot, if row.journal == State::Settled { 2 } else { 1 }, "{}", row.what);
        assert_eq!(site.between.calls(), calls + 1);
    } else {
        assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::OCCUPIED), "{}", row.what);
        assert_eq!(site.between.calls(), calls, "{}: nothing was sent", row.what);
    }
}

/// What the first action becomes while time goes by.
async fn settles(site: &Site, row: &Row) {
    let what = &row.what;
    let mut alarms = 0;
    let mut seen = Vec::new();
    for _ in 0..4 {
        alarms += settle(&site.bench).await.unwrap().alarms();
        let state = site.journal()[0].state;
        if seen.last() != Some(&state) {
            seen.push(state);
        }
        site.pass(5);
    }
    assert_eq!(
        (seen.as_slice(), alarms > 0),
        (row.settles.states(), row.settles == Settles::Alarm),
        "{what}"
    );
}
