//! Clocks that are far apart, but not yet so far that the gateway refuses to speak: what would be refused, or be believed to
//! have been, does not leave.

use pretty_assertions::assert_eq;

use super::*;

#[tokio::test]
async fn a_clock_that_is_nearly_wrong_stops_the_reply_before_it_leaves() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    for (skew, words) in [("-110", "1 min 50 s ahead of"), ("110", "1 min 50 s behind")] {
        site.faults(&format!("skew({skew})@caseSearch"));
        let outcome = reply(&site.bench, single(&seen)).await;
        assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::CLOCK), "{outcome:?}");
        assert!(outcome.msg.contains(words) && outcome.msg.contains("timedatectl"), "{}", outcome.msg);
    }
    assert_eq!(
        (site.at_call.lock().unwrap().len(), site.journal()),
        (0, vec![]),
        "nothing left or was written"
    );
    site.faults("skew(85)@caseSearch");
    assert_eq!(reply(&site.bench, single(&seen)).await.state, State::Accepted);
    site.sound();
}

#[tokio::test]
async fn a_clock_that_is_nearly_wrong_stops_a_refund_before_it_leaves() {
    let site = Site::new().await;
    let seen = site.put_order("O1", "P7", "CASE_CLOSED");
    let order = confirmed(&site.bench, &[seen], "2000").await;
    site.faults("skew(-110)@caseSearch,skew(-110)@refundQuery");
    let outcome = refund(&site.bench, order.clone()).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::CLOCK), "{outcome:?}");
    assert_eq!((site.between.calls(), site.journal()), (0, vec![]));
    site.faults("none");
    assert_eq!(refund(&site.bench, order).await.state, State::Accepted);
}
