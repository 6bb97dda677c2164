//! What an operator may write down by hand, and what not.

use pretty_assertions::assert_eq;

use super::between::{Deed, Reply};
use super::*;

/// A refund and a reply of unknown outcome, which never arrived.
async fn in_doubt() -> (Site, ActionId, ActionId) {
    let site = Site::new().await;
    let seen = site.put_order("O1", ORDER, "CASE_CLOSED");
    let asked = site.put("O2", "DISPUTE_INQUIRY", "");
    site.between.set(Some(Deed { executed: false, reply: Reply::Close }));
    let refunded = refund(&site.bench, confirmed(&site.bench, &[seen], "2000").await).await;
    site.faults("drop-before@caseReplay");
    let replied = reply(&site.bench, single(&asked)).await;
    assert_eq!((refunded.state, replied.state), (State::Unknown, State::Unknown));
    site.between.set(None);
    site.faults("none");
    (site, refunded.action_id.unwrap(), replied.action_id.unwrap())
}

fn record(site: &Site, id: &ActionId) -> ActionRecord {
    site.bench.store.lock().unwrap().action(id).unwrap().unwrap()
}

#[tokio::test]
async fn what_the_portal_shows_is_written_down_with_a_name() {
    let (site, refund, reply) = in_doubt().await;
    for (id, status, msg) in [
        (&refund, Some("REFUND_SUCCESS"), "ana found it paid in the merchant portal"),
        (&reply, None, "ana found it received in the merchant portal"),
    ] {
        let settled = mark(&site.bench, id, Found::Executed).await.unwrap();
        assert_eq!((settled.from, settled.to), (State::Unknown, State::Settled));
        let record = record(&site, id);
        assert_eq!((record.state, record.finding.status.as_deref()), (State::Settled, status));
        assert_eq!(
            (record.finding.code.as_deref(), record.finding.msg.as_deref()),
            (Some(codes::BY_OPERATOR), Some(msg))
        );
        assert_eq!(record.settled_at, Some((site.bench.clock)()));
    }
    site.sound();
}

#[tokio::test]
async fn what_may_still_arrive_is_not_marked_as_missing() {
    let (site, refund, reply) = in_doubt().await;
    for id in [&refund, &reply] {
        let early = mark(&site.bench, id, Found::NotExecuted).await.unwrap_err();
        assert!(early.to_string().ends_with("it can be marked in 5 minutes"), "{early}");
        assert_eq!(record(&site, id).state, State::Unknown);
    }
    site.pass(5);
    for id in [&refund, &reply] {
        assert_eq!(mark(&site.bench, id, Found::NotExecuted).await.unwrap().to, State::NotReceived);
    }
    let order = confirmed(&site.bench, &[site.put_order("O1", ORDER, "CASE_CLOSED")], "2000").await;
    assert_eq!(order.again, Some(refund), "the same one may go out again");
}

#[tokio::test]
async fn what_is_known_is_not_marked() {
    let site = Site::new().await;
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let id = refund(&site.bench, confirmed(&site.bench, &seen, "2000").await).await.action_id.unwrap();
    site.pass(10);
    let denied = mark(&site.bench, &id, Found::NotExecuted).await.unwrap_err();
    assert!(matches!(denied, MarkError::Unmarkable(Unmarkable::Accepted(_))), "{denied}");
    // That it is paid may be said of one that PayerMax has taken and says nothing more of.
    assert_eq!(mark(&site.bench, &id, Found::Executed).await.unwrap().to, State::Settled);
    for found in [Found::Executed, Found::NotExecuted, Found::Failed] {
        let denied = mark(&site.bench, &id, found).await.unwrap_err();
        assert!(matches!(denied, MarkError::Unmarkable(Unmarkable::Known(_, State::Settled))), "{denied}");
    }
    let missing = mark(&site.bench, &ActionId("A-0".into()), Found::Executed).await.unwrap_err();
    assert!(matches!(missing, MarkError::NoSuchAction(_)), "{missing}");
    for error in [denied, missing] {
        assert!(!error.to_string().ends_with('.') && !error.hint().is_empty());
    }
}

#[tokio::test]
async fn what_a_dead_process_was_sending_can_be_marked() {
    let (mut site, ..) = in_doubt().await;
    let seen = site.put_order("O3", "T3", "CASE_CLOSED");
    let ready = super::super::refund::ready(&site.bench, confirmed(&site.bench, &[seen], "1").await).await;
    let ready = ready.unwrap_or_else(|outcome| panic!("{outcome:?}"));
    let (intent, signed) = super::super::refund::prepare(&site.bench, &ready, "N").await.unwrap();
    let take_down = super::super::refund::take_down(&site.bench, &ready, intent.clone(), &signed);
    super::super::road::begin(&site.bench, take_down).await.unwrap();
    let sending = mark(&site.second_bench(), &intent.id, Found::Executed).await.unwrap_err();
    assert!(matches!(sending, MarkError::Unmarkable(Unmarkable::Known(_, State::Sending))), "{sending}");
    site.restart();
    assert_eq!(mark(&site.bench, &intent.id, Found::Executed).await.unwrap().to, State::Settled);
}

#[tokio::test]
async fn an_accepted_refund_that_failed_frees_its_order_by_the_operators_word() {
    let site = Site::new().await;
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let id = refund(&site.bench, confirmed(&site.bench, &seen, "5000").await).await.action_id.unwrap();
    assert_eq!(mark(&site.bench, &id, Found::Failed).await.unwrap().to, State::Settled);
    let record = record(&site, &id);
    assert_eq!(
        (record.finding.code.as_deref(), record.finding.status.as_deref(), record.finding.msg.as_deref()),
        (Some(codes::BY_OPERATOR), Some("REFUND_FAILED"), Some("ana found it failed in the merchant portal"))
    );
    let next = confirmed(&site.bench, &seen, "5000").await;
    assert_eq!((next.slot, next.again), (2, None), "its money is with the merchant");
    site.sound();
}
