//! What the core asks for about refunds comes back as events, through the real road.

use std::sync::Arc;
use std::time::Duration;

use pretty_assertions::assert_eq;
use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver, channel};

use super::*;
use crate::app::refunding::Confirmed;
use crate::app::underway::Phase;
use crate::domain::call::What;
use crate::domain::marking::Found;
use crate::runtime::actions::tests::session::session;
use crate::runtime::actions::tests::{ORDER, Site, confirmed};

/// A replier of a profile, and what it says.
async fn desk(key: bool) -> (Site, Replier, Receiver<Event>, Backlog, TempDir) {
    desk_with(key, |_| String::new()).await
}

/// The same, with more in its config.
async fn desk_with(
    key: bool,
    more: impl Fn(&std::path::Path) -> String,
) -> (Site, Replier, Receiver<Event>, Backlog, TempDir) {
    let (site, folder) = (Site::new().await, tempfile::tempdir().unwrap());
    let session = session(&site, folder.path(), &more(folder.path()));
    if !key {
        std::fs::remove_file(folder.path().join("own.pem")).unwrap();
    }
    let (events, said) = channel(8);
    let backlog = Backlog::default();
    let store = Arc::clone(&site.bench.store);
    let replier = Replier::new(Connection::new(session), events, store, backlog.clone());
    (site, replier, said, backlog, folder)
}

async fn next(said: &mut Receiver<Event>) -> Event {
    tokio::time::timeout(Duration::from_secs(20), said.recv()).await.unwrap().unwrap()
}

/// The next thing that is said, whatever was waited for meanwhile.
async fn one(said: &mut Receiver<Event>) -> Event {
    loop {
        let event = next(said).await;
        if !matches!(event, Event::Reached(..)) {
            return event;
        }
    }
}

/// What the form would send.
async fn filled_in(site: &Site) -> Confirmed {
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let order = confirmed(&site.bench, &seen, "2000").await;
    Confirmed {
        refund: order.refund,
        case: seen[0].id.clone(),
        seen: seen.map(|seen| (seen.id, seen.case)).into(),
        elsewhere: order.elsewhere,
        slot: order.slot,
        although_open: false,
        again: None,
    }
}

#[tokio::test]
async fn a_refund_is_looked_at_previewed_and_sent() {
    let (site, replier, mut said, backlog, _keep) = desk(true).await;
    let confirmed = filled_in(&site).await;
    replier.look_at_refunds(ORDER.to_owned());
    assert_eq!(one(&mut said).await, Event::RefundsSeen(ORDER.to_owned(), Ok(vec![])));
    replier.preview_refund(confirmed.refund.clone(), 1);
    let Event::RefundPreviewed(body) = one(&mut said).await else { panic!("no preview") };
    assert!(
        body.contains(&site.bench.number(ORDER, 1)) && body.contains(r#""refundAmount":2000,"#),
        "{body}"
    );
    assert!(backlog.wait(Duration::ZERO));
    replier.send_refund(confirmed);
    assert!(!backlog.wait(Duration::ZERO), "no way out is taken while it is on its way");
    let Event::Refunded(order, answer) = one(&mut said).await else { panic!("no answer") };
    assert_eq!((order.as_str(), answer.state), (ORDER, State::Accepted));
    assert_eq!(
        (answer.number, answer.status.as_deref()),
        (Some(site.bench.number(ORDER, 1)), Some("REFUND_PENDING"))
    );
    assert!(backlog.wait(Duration::from_secs(20)) && !replier.is_sending());
    for told in ["1 accepted, end not known yet", "1 settled", "nothing to settle"] {
        replier.settle();
        assert_eq!(one(&mut said).await, Event::Settled { told: told.to_owned(), alarm: false });
    }
    assert_eq!(site.refunded(ORDER), 1);
}

#[tokio::test]
async fn what_a_refund_waits_for_is_said_and_every_call_of_it_is_kept() {
    let (site, replier, mut said, _backlog, _keep) = desk(true).await;
    replier.send_refund(filled_in(&site).await);
    let mut phases = Vec::new();
    loop {
        match next(&mut said).await {
            Event::Reached(Subject::Refund(order), phase) if order == ORDER => phases.push(phase),
            Event::Refunded(..) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(phases, [Phase::Signing, Phase::Sending, Phase::Answer]);
    let news = replier.connection.session().calls().take().unwrap();
    let sent: Vec<_> = news.calls.iter().filter(|call| call.heard.what == What::Refund).collect();
    assert_eq!(sent.len(), 1, "{news:?}");
    assert_eq!((sent[0].heard.about.id(), sent[0].heard.outcome.is_ok()), (ORDER, true));
    let looked = news.calls.iter().filter(|call| call.heard.what == What::CaseSearch).count();
    assert!(looked >= 1 && news.all == u64::try_from(news.calls.len()).unwrap(), "{news:?}");
    let record = &site.journal()[0];
    let took = record.took().expect("the journal tells how long it took");
    assert!(took + Duration::from_millis(5) >= sent[0].took, "{took:?} with the disk, {:?}", sent[0].took);
}

#[tokio::test]
async fn what_the_operator_found_is_written_down_or_refused_with_the_reason() {
    let (site, replier, mut said, _backlog, _keep) = desk(true).await;
    replier.send_refund(filled_in(&site).await);
    one(&mut said).await;
    let id = site.journal()[0].intent.id.clone();
    replier.resolve(id.clone(), Found::NotExecuted);
    let Event::Failed(why) = one(&mut said).await else { panic!("marked as not paid") };
    assert!(why.contains("was accepted by PayerMax"), "{why}");
    replier.resolve(id, Found::Executed);
    let Event::Settled { told: what, .. } = one(&mut said).await else { panic!("not marked") };
    assert!(what.contains("is settled now"), "{what}");
    assert_eq!(site.journal()[0].state, State::Settled);
}

#[tokio::test]
async fn without_a_key_nothing_is_sent_and_the_reason_is_told() {
    let (site, replier, mut said, backlog, _keep) = desk(false).await;
    replier.send_refund(filled_in(&site).await);
    let Event::Refunded(_, answer) = one(&mut said).await else { panic!("no answer") };
    assert_eq!((answer.state, answer.code.as_str(), answer.may_pass), (State::Refused, "NOT_SIGNED", true));
    assert!(answer.msg.contains("own.pem"), "{}", answer.msg);
    replier.look_at_refunds(ORDER.to_owned());
    assert!(matches!(one(&mut said).await, Event::RefundsSeen(_, Err(why)) if why.contains("own.pem")));
    replier.settle();
    assert!(matches!(one(&mut said).await, Event::NotSettled(why) if why.contains("own.pem")));
    assert!(backlog.wait(Duration::from_secs(20)));
    assert_eq!((site.journal(), site.refunded(ORDER)), (vec![], 0));
}

#[tokio::test]
async fn above_the_limit_a_request_is_written_and_nothing_is_sent() {
    let policy = |folder: &std::path::Path| {
        format!(
            "[policy]\nrefund_approval_above = {{ IDR = \"1000\" }}\nrefund_requests_dir = \"{}\"\n",
            folder.display()
        )
    };
    let (site, replier, mut said, backlog, folder) = desk_with(true, policy).await;
    let confirmed = filled_in(&site).await;
    replier.send_refund(confirmed.clone());
    let Event::Refunded(_, answer) = one(&mut said).await else { panic!("no answer") };
    assert_eq!(
        (answer.state, answer.code.as_str()),
        (State::Refused, "APPROVAL_NEEDED"),
        "whatever the core thinks"
    );
    replier.ask_for_refund(confirmed.clone());
    let Event::RefundAsked(order, Ok(asked)) = one(&mut said).await else { panic!("not asked") };
    assert_eq!((order.as_str(), asked.number.as_str()), (ORDER, site.bench.number(ORDER, 1).as_str()));
    assert!(folder.path().join(format!("{}.json", asked.number)).exists() && asked.code.len() == 4);
    replier.ask_for_refund(confirmed.clone());
    let Event::RefundAsked(_, Err(why)) = one(&mut said).await else { panic!("asked twice") };
    assert!(why.contains("you have asked for a refund of this order") && why.contains(&asked.code), "{why}");
    let again = Confirmed { again: Some(crate::domain::record::ActionId("A-1".into())), ..confirmed };
    replier.ask_for_refund(again);
    let Event::RefundAsked(_, Err(why)) = one(&mut said).await else { panic!("asked again") };
    assert!(why.contains("another person asks for the same sum"), "{why}");
    assert!(backlog.wait(Duration::from_secs(20)));
    assert_eq!((site.journal(), site.refunded(ORDER)), (vec![], 0));
}

#[tokio::test]
async fn a_second_passes_in_a_second() {
    let (_site, replier, mut said, ..) = desk(true).await;
    let started = std::time::Instant::now();
    replier.wait_a_second(7);
    assert_eq!(one(&mut said).await, Event::SecondPassed(7));
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn one_settle_follows_the_other() {
    let (site, replier, mut said, _backlog, _keep) = desk(true).await;
    replier.send_refund(filled_in(&site).await);
    one(&mut said).await;
    let (arrived, go) = site.halt_query();
    replier.settle();
    arrived.await.unwrap();
    replier.settle();
    let early = tokio::time::timeout(Duration::from_millis(300), said.recv()).await;
    assert!(early.is_err(), "the second waits for the first: {early:?}");
    go.send(()).unwrap();
    for told in ["1 accepted, end not known yet", "1 settled"] {
        assert_eq!(one(&mut said).await, Event::Settled { told: told.to_owned(), alarm: false });
    }
}
