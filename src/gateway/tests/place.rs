//! Questions that wait for a place on the line: signed before, sent fresh, and gone when nobody wants them any more.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use pretty_assertions::assert_eq;

use super::exchange::{asked, page};
use super::stub::{NOW, Stub, settings, signed};
use super::{GATEWAY_KEY, merchant_key, merchant_public};
use crate::gateway::Gateway;

/// A client whose clock shows so many seconds past [`NOW`].
fn client(stub: &Stub, seconds: &Arc<AtomicI64>) -> Gateway {
    let seconds = Arc::clone(seconds);
    let clock = Arc::new(move || NOW + time::Duration::seconds(seconds.load(Ordering::SeqCst)));
    let settings = settings(&format!("http://{}", stub.address));
    Gateway::new(settings, merchant_key(), GATEWAY_KEY.public(), clock).unwrap()
}

#[tokio::test]
async fn a_question_that_waited_for_long_is_signed_anew() {
    for (waited, stamp) in [
        (0, "2026-11-20T08:00:00.500Z"),
        (60, "2026-11-20T08:00:00.500Z"),
        (61, "2026-11-20T08:01:01.500Z"),
        (-1, "2026-11-20T07:59:59.500Z"),
    ] {
        let (stub, seconds) = (Stub::start(signed(page())), Arc::new(AtomicI64::new(0)));
        let gateway = client(&stub, &seconds);
        let place = async {
            seconds.store(waited, Ordering::SeqCst);
            Some(())
        };
        assert!(gateway.case_search_in(&asked(), place).await.unwrap().is_some());
        let seen = stub.requests().remove(0);
        let body = String::from_utf8(seen.body.clone()).unwrap();
        assert!(body.contains(&format!(r#""requestTime":"{stamp}""#)), "{waited} s: {body}");
        assert!(merchant_public().verify(&seen.body, seen.header("sign").unwrap()), "{waited} s");
    }
}

#[tokio::test]
async fn without_a_place_nothing_is_sent() {
    let stub = Stub::start(signed(page()));
    let gateway = client(&stub, &Arc::default());
    assert_eq!(gateway.case_search_in::<()>(&asked(), async { None }).await, Ok(None));
    assert_eq!((stub.requests().len(), stub.connections()), (0, 0));
}

/// Tells when it is given back.
struct Place(Arc<Mutex<Vec<&'static str>>>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lock().unwrap().push("given back");
    }
}

#[tokio::test]
async fn a_place_is_taken_once_the_question_is_signed_and_given_back_whatever_comes() {
    for answer in [page(), "no answer"] {
        let stub = Stub::start(signed(answer));
        let told: Arc<Mutex<Vec<&'static str>>> = Arc::default();
        let place = async {
            assert!(stub.requests().is_empty());
            Arc::clone(&told).lock().unwrap().push("taken");
            Some(Place(Arc::clone(&told)))
        };
        let outcome = client(&stub, &Arc::default()).case_search_in(&asked(), place).await;
        assert_eq!(outcome.is_ok(), answer == page());
        assert_eq!(*told.lock().unwrap(), ["taken", "given back"]);
    }
}
