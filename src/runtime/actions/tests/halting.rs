//! The operator stops an action while somebody outside docket still signs it: nothing may go out seconds later.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use super::super::{Bench, codes, refund, reply};
use super::*;
use crate::gateway::{KeyHolder, Signer, SignerError};

/// Signs each body only once it is let.
struct Slow {
    key: PrivateKey,
    asked: Mutex<Sender<()>>,
    go: Mutex<Receiver<()>>,
}

impl KeyHolder for Slow {
    fn name(&self) -> String {
        "the slow one".to_owned()
    }

    fn sign(&self, body: &[u8]) -> Result<Vec<u8>, SignerError> {
        use base64::Engine as _;
        self.asked.lock().unwrap().send(()).unwrap();
        // Whoever is not let any more signs too: what comes of it is what this is about.
        _ = self.go.lock().unwrap().recv();
        Ok(base64::engine::general_purpose::STANDARD.decode(self.key.sign(body).unwrap()).unwrap())
    }
}

/// The bench of a site with a signer that takes its time, where it says that it was asked, and what lets it go on.
fn slow(site: &Site) -> (Bench, Receiver<()>, Sender<()>) {
    let ((asked, was_asked), (let_go, go)) = (channel(), channel());
    let key = || PrivateKey::parse(&PEMS.merchant).unwrap();
    let holder = Slow { key: key(), asked: Mutex::new(asked), go: Mutex::new(go) };
    let settings = Settings {
        base_url: site.between.base_url(),
        app_id: "app".into(),
        merchant_no: "P01".into(),
        sp_merchant_no: None,
        auth_token: None,
        auth_header: crate::gateway::client::AUTH_HEADER.into(),
        case_search_version: "1.5".into(),
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(20),
        network: crate::gateway::Network::default(),
    };
    let theirs = crate::gateway::PublicKey::parse(&PEMS.gateway_public).unwrap();
    let signer = Signer::elsewhere(holder, key().public());
    let gateway = Gateway::new(settings, signer, theirs, Arc::clone(&site.bench.clock)).unwrap();
    let bench = Bench { gateway, ..site.second_bench() };
    (bench, was_asked, let_go)
}

async fn heard(asked: Receiver<()>) -> Receiver<()> {
    tokio::task::spawn_blocking(move || {
        asked.recv().unwrap();
        asked
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stopped_while_it_is_signed_is_never_sent() {
    let site = Site::new().await;
    let (bench, mut asked, go) = slow(&site);
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    let (at, order) = (bench.clone(), single(&seen));
    let sending = tokio::spawn(async move { reply(&at, order).await });
    // The look at the case is signed too.
    asked = heard(asked).await;
    go.send(()).unwrap();
    asked = heard(asked).await;
    assert_eq!(bench.under_way(), 0, "nothing is on its way before the journal has it");
    bench.halt();
    // It ends although nobody has signed yet.
    let outcome = sending.await.unwrap();
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::HALTED));
    assert_eq!(outcome.msg, "stopped; nothing was sent");
    drop((go, asked));
    assert!(bench.finish(Duration::from_secs(20)).await);
    assert_eq!((site.executed("O1"), site.journal().len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_it_while_it_is_signed_stops_it_too() {
    let site = Site::new().await;
    let (bench, mut asked, go) = slow(&site);
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    let (at, order) = (bench.clone(), single(&seen));
    let sending = tokio::spawn(async move { reply(&at, order).await });
    asked = heard(asked).await;
    go.send(()).unwrap();
    asked = heard(asked).await;
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());
    go.send(()).unwrap();
    assert!(bench.finish(Duration::from_secs(20)).await);
    drop(asked);
    assert_eq!((site.executed("O1"), site.journal().len()), (0, 0));
}

#[tokio::test]
async fn the_journal_is_the_last_gate() {
    let site = Site::new().await;
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let order = confirmed(&site.bench, &seen, "5000").await;
    let ready = super::super::refund::ready(&site.bench, order.clone()).await.unwrap();
    let (intent, signed) = super::super::refund::prepare(&site.bench, &ready, "N").await.unwrap();
    site.bench.halt();
    let take_down = super::super::refund::take_down(&site.bench, &ready, intent, &signed);
    let outcome = super::super::road::begin(&site.bench, take_down).await.unwrap_err();
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::HALTED));
    let outcome = refund(&site.bench, order).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::HALTED));
    assert_eq!((site.journal().len(), site.between.calls()), (0, 0));
}
