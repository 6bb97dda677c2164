//! A process that was stopped between the confirmation and the journal: nothing leaves hours later.

use super::*;

#[tokio::test]
async fn a_refund_that_was_held_up_after_its_confirmation_is_not_sent() {
    let site = Site::new().await;
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let order = confirmed(&site.bench, &seen, "5000").await;
    let (arrived, go) = site.between.halt_query();
    let stopped = async {
        arrived.await.unwrap();
        site.pass(125);
        go.send(()).unwrap();
    };
    let (outcome, ()) = tokio::join!(refund(&site.bench, order), stopped);
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::HELD_UP), "{outcome:?}");
    assert!(outcome.msg.contains("2 h 5 min ago"), "{}", outcome.msg);
    assert_eq!((site.refunded(ORDER), site.journal().len()), (0, 0));
    // Confirmed anew it goes out.
    let order = confirmed(&site.bench, &seen, "5000").await;
    assert_eq!(refund(&site.bench, order).await.state, State::Accepted);
    site.sound();
}

#[tokio::test]
async fn a_refund_that_was_held_up_before_the_journal_is_not_sent_either() {
    let site = Site::new().await;
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let order = confirmed(&site.bench, &seen, "5000").await;
    let ready = super::super::refund::ready(&site.bench, order).await.unwrap();
    site.pass(2);
    let outcome = super::super::refund::carry_out(site.bench.clone(), ready).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::HELD_UP), "{outcome:?}");
    assert_eq!((site.refunded(ORDER), site.journal().len()), (0, 0));
}

#[tokio::test]
async fn a_reply_that_was_held_up_after_its_confirmation_is_not_sent() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    for (minutes, sent) in [(2, false), (0, true)] {
        let looked_at = (site.bench.clock)();
        let ready = super::super::reply::Ready {
            asking: vec![seen.id.clone()],
            batch: None,
            looked_at,
            freshness: Freshness::new(looked_at, 1),
            although: false,
        };
        site.pass(minutes);
        let outcome = super::super::reply::carry_out(site.bench.clone(), single(&seen).reply, ready).await;
        let expected = if sent { State::Accepted } else { State::Refused };
        assert_eq!((outcome.state, outcome.code == codes::HELD_UP), (expected, !sent), "{outcome:?}");
        assert_eq!((site.executed("O1"), site.journal().len()), (usize::from(sent), usize::from(sent)));
    }
}
