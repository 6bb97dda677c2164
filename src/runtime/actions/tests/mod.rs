//! Replies through real sockets and a real journal: what the sandbox executed, what the journal says, and what the
//! operator is told must agree, whatever happens on the way.

mod approval;
mod between;
mod clocks;
mod faults;
mod halting;
mod held_up;
mod marking;
mod matrix;
mod refund_contested;
mod refund_settling;
mod refunds;
mod replies;
pub(in crate::runtime) mod session;
mod settling;
mod table;

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

use between::Between;

use super::*;
use crate::domain::action::State;
use crate::domain::case::Field;
use crate::domain::marking::{Found, Unmarkable};
use crate::domain::record::ActionRecord;
use crate::domain::refund::{Limits, Next};
use crate::domain::reply::{Target, Written};
use crate::gateway::{LegacyGateway, LegacyScheme, LegacySettings, PrivateKey, Settings};
use crate::sandbox::{
    Endpoint, Faults, Keys, LegacyAccount, LegacySign, LogSink, Merchant, Options, Sandbox, SandboxCase,
};
use crate::store::config::Versions;
use crate::store::{NewCase, Observation, SqliteStore, Store as _};

const NOW: OffsetDateTime = datetime!(2026-11-20 04:00:00 UTC);

pub(in crate::runtime) struct Pems {
    pub(in crate::runtime) merchant: String,
    pub(in crate::runtime) merchant_public: String,
    pub(in crate::runtime) gateway: String,
    pub(in crate::runtime) gateway_public: String,
}

/// Making a key is slow; every test of this process uses the same two.
pub(in crate::runtime) static PEMS: LazyLock<Pems> = LazyLock::new(|| {
    let (merchant, gateway) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
    Pems {
        merchant: merchant.to_pem().unwrap().to_string(),
        merchant_public: merchant.public().to_pem().unwrap(),
        gateway: gateway.to_pem().unwrap().to_string(),
        gateway_public: gateway.public().to_pem().unwrap(),
    }
});

/// A gateway, a journal, and what was seen at the moment of each `caseReplay` and `refund`.
pub(in crate::runtime) struct Site {
    pub(in crate::runtime) sandbox: Sandbox,
    between: Between,
    pub(in crate::runtime) bench: Bench,
    /// The states in the journal whenever the sandbox handled a call that changes something, one list per call.
    pub(super) at_call: Arc<Mutex<Vec<Vec<State>>>>,
    seconds: Arc<AtomicI64>,
    dir: TempDir,
}

impl Site {
    pub(in crate::runtime) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let seconds = Arc::new(AtomicI64::new(0));
        let passed = Arc::clone(&seconds);
        let clock: Clock = Arc::new(move || NOW + time::Duration::seconds(passed.load(Ordering::SeqCst)));
        let at_call = Arc::new(Mutex::new(Vec::new()));
        let (noted, database) = (Arc::clone(&at_call), dir.path().join("test.db"));
        let log: LogSink = Arc::new(move |line| {
            // On the legacy interface, questions come the same way; those about a number nobody has used are none of these.
            let asks = line.endpoint == Endpoint::Legacy && line.rule.as_deref() == Some("refundId.known");
            let acts = matches!(line.endpoint, Endpoint::CaseReplay | Endpoint::Refund | Endpoint::Legacy);
            if acts && !asks {
                let journal = SqliteStore::open(&database).unwrap().actions().unwrap();
                noted.lock().unwrap().push(journal.iter().map(|record| record.state).collect());
            }
        });
        let sandbox = Sandbox::start(Options {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            cases: 0,
            seed: 1,
            keys: Keys::from_pem(&PEMS.gateway, &PEMS.merchant_public).unwrap(),
            merchant: Merchant {
                app_id: "app".to_owned(),
                merchant_no: "P01".to_owned(),
                sp_merchant_no: None,
                auth_token: None,
                legacy: Some(LegacyAccount {
                    merchant_id: "SP1".to_owned(),
                    sign: LegacySign::Md5Body,
                    secret: "s3cret".to_owned(),
                }),
            },
            faults: Faults::none(),
            clock: Arc::clone(&clock),
            log,
        })
        .await
        .unwrap();
        let between = Between::start(sandbox.address()).await;
        let database = dir.path().join("test.db");
        let bench = bench(&between, &sandbox, &database, clock);
        Self { sandbox, between, bench, at_call, seconds, dir }
    }

    /// A bench of another process on the same host.
    pub(super) fn second_bench(&self) -> Bench {
        self.bench_on("test.db")
    }

    /// A bench of another host, which shares nothing with this one but the profile.
    pub(super) fn other_host(&self) -> Bench {
        self.bench_on("other.db")
    }

    fn bench_on(&self, database: &str) -> Bench {
        let database = self.dir.path().join(database);
        bench(&self.between, &self.sandbox, &database, Arc::clone(&self.bench.clock))
    }

    /// The process ends, and another one is started.
    pub(super) fn restart(&mut self) {
        self.bench = self.second_bench();
    }

    /// A connection to the database past docket.
    pub(super) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.dir.path().join("test.db")).unwrap()
    }

    pub(super) fn pass(&self, minutes: i64) {
        self.seconds.fetch_add(minutes * 60, Ordering::SeqCst);
    }

    /// Puts a case into the sandbox and on the list.
    pub(super) fn put(&self, id: &str, status: &str, batch: &str) -> Seen {
        let fields = [
            (Field::CaseId, id),
            (Field::BatchId, batch),
            (Field::Status, status),
            (Field::OutTradeNo, id),
            (Field::OutUserId, "u1"),
            (Field::Amount, "5000.00"),
            (Field::Currency, "IDR"),
            (Field::ExpirationDate, "2026-11-25"),
        ];
        self.sandbox.state().put_case(SandboxCase::from_fields(fields));
        let id = CaseId::parse(id).unwrap();
        self.bench.store.lock().unwrap().track(&[NewCase::new(id.clone())], NOW).unwrap();
        Seen { id, case: Case::from_fields(fields.map(|(field, text)| (field, Some(text.to_owned())))) }
    }

    /// Puts a case of an order of 5,000 rupiah into the sandbox and on the list, and looks at it.
    pub(in crate::runtime) fn put_order(&self, id: &str, order: &str, status: &str) -> Seen {
        let fields = [
            (Field::CaseId, id),
            (Field::Status, status),
            (Field::OutTradeNo, order),
            (Field::TradeToken, order),
            (Field::OutUserId, "u1"),
            (Field::Amount, "5000.00"),
            (Field::Currency, "IDR"),
            (Field::OriginTradeAmount, "5000.00"),
            (Field::OriginTradeCurrency, "IDR"),
            (Field::TradeCreateTime, "2026-11-01T07:00:00.000Z"),
        ];
        self.sandbox.state().put_case(SandboxCase::from_fields(fields));
        let id = CaseId::parse(id).unwrap();
        let case = Case::from_fields(fields.map(|(field, text)| (field, Some(text.to_owned()))));
        let seen = Observation { id: id.clone(), at: NOW, outcome: Ok(case.clone()) };
        let mut store = self.bench.store.lock().unwrap();
        store.track(&[NewCase::new(id.clone())], NOW).unwrap();
        store.record(&[seen]).unwrap();
        Seen { id, case }
    }

    /// Stops the next question about a refund half-way.
    pub(in crate::runtime) fn halt_query(
        &self,
    ) -> (tokio::sync::oneshot::Receiver<()>, tokio::sync::oneshot::Sender<()>) {
        self.between.halt_query()
    }

    /// How often the sandbox paid a refund of an order, all numbers together.
    pub(in crate::runtime) fn refunded(&self, order: &str) -> u32 {
        let state = self.sandbox.state();
        state
            .ledger()
            .iter()
            .filter(|refund| refund.out_trade_no == order)
            .map(|refund| refund.executed)
            .sum()
    }

    pub(super) fn faults(&self, spec: &str) {
        self.sandbox.set_faults(Faults::parse(spec).unwrap());
    }

    pub(in crate::runtime) fn journal(&self) -> Vec<ActionRecord> {
        self.bench.store.lock().unwrap().actions().unwrap()
    }

    pub(super) fn executed(&self, id: &str) -> usize {
        self.sandbox.state().replies(id).len()
    }

    /// Waits until the sandbox has taken a reply: docket may have given up waiting before.
    pub(super) async fn wait_for_execution(&self, id: &str) {
        let taken = async {
            while self.executed(id) == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), taken).await.unwrap();
    }

    /// The journal is whole, and nothing that was sent broke a rule. To ask for a number nobody has used is none.
    #[track_caller]
    pub(super) fn sound(&self) {
        assert_eq!(self.bench.store.lock().unwrap().verify_journal().unwrap().broken, None);
        let state = self.sandbox.state();
        let asking = ["outRefundNo.known", "refundId.known"];
        let broken = state.violations().iter().filter(|one| !asking.contains(&one.rule.as_str()));
        assert_eq!(broken.collect::<Vec<_>>(), Vec::<&crate::sandbox::Violation>::new());
    }
}

fn bench(between: &Between, sandbox: &Sandbox, database: &Path, clock: Clock) -> Bench {
    let settings = Settings {
        base_url: between.base_url(),
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
    let keys = || {
        let theirs = crate::gateway::PublicKey::parse(&PEMS.gateway_public).unwrap();
        (PrivateKey::parse(&PEMS.merchant).unwrap(), theirs)
    };
    let legacy = LegacySettings {
        url: sandbox.legacy_url(),
        merchant_id: "SP1".to_owned(),
        sign: LegacyScheme::Md5Body("s3cret".into()),
        connect_timeout: settings.connect_timeout,
        timeout: settings.timeout,
        network: settings.network.clone(),
    };
    let ((own, theirs), (own_again, theirs_again)) = (keys(), keys());
    let legacy = LegacyGateway::new(legacy, own_again, theirs_again, Arc::clone(&clock)).unwrap();
    let store: SharedStore = Arc::new(Mutex::new(SqliteStore::open(database).unwrap()));
    let gateway = Gateway::new(settings, own, theirs, Arc::clone(&clock)).unwrap();
    bench_of(gateway, Ok(legacy), store, clock)
}

/// A bench of its parts, which asks again at once.
pub(in crate::runtime) fn bench_of(
    gateway: Gateway,
    legacy: Result<LegacyGateway, String>,
    store: SharedStore,
    clock: Clock,
) -> Bench {
    Bench {
        gateway,
        store,
        clock,
        operator: "ana".into(),
        version: Version::V15,
        read_only: false,
        retry: RetryPolicy {
            base: Duration::ZERO,
            cap: Duration::ZERO,
            tries: 3,
            longest_wait: Duration::ZERO,
        },
        tells: None,
        setup: Setup {
            environment: "custom".to_owned(),
            app_id: "app".to_owned(),
            merchant_no: "P01".to_owned(),
            versions: Versions::default(),
            legacy,
            always_legacy: false,
            limits: Limits::default(),
            zone: UtcOffset::UTC,
        },
        sends: TaskTracker::new(),
        flight: Flight::default(),
    }
}

pub(super) fn order(seen: &[Seen], target: Target) -> ReplyOrder {
    let written = Written {
        content: "delivered, see the receipt".into(),
        files: vec!["https://ev.example/O1.PDF".into()],
    };
    let reply = written.for_case(target, &seen[0].case, Version::V15).unwrap();
    ReplyOrder { reply, seen: seen.to_vec(), although: false }
}

/// A reply to the one case.
pub(super) fn single(seen: &Seen) -> ReplyOrder {
    order(std::slice::from_ref(seen), Target::Case(seen.id.clone()))
}

/// An order number as merchants have them: digits, and more of them than a number holds.
pub(in crate::runtime) const ORDER: &str = "202611200000000000000017";

/// A refund of an order as the operator would confirm it who sees what this host knows now.
pub(in crate::runtime) async fn confirmed(bench: &Bench, seen: &[Seen], amount: &str) -> RefundOrder {
    let number = seen[0].case.text(Field::OutTradeNo);
    let elsewhere = refunds_elsewhere(bench, number).await.unwrap();
    let file = order_file(bench, number, &elsewhere).await.unwrap();
    let written = crate::domain::refund::Written {
        amount: amount.into(),
        currency: Some("IDR".into()),
        comment: "requested by customer".into(),
        ..Default::default()
    };
    let (slot, again) = match file.next() {
        Next::Slot(slot) => (slot, None),
        Next::Again(id) => (0, Some(id)),
        Next::Busy(_) | Next::Exhausted => (1, None),
    };
    RefundOrder {
        refund: written.for_order(&file).unwrap(),
        case: Some(seen[0].id.clone()),
        seen: seen.to_vec(),
        elsewhere,
        slot,
        although_open: false,
        again,
        approved: None,
    }
}
