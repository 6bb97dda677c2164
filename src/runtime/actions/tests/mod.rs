//! Replies through real sockets and a real journal: what the sandbox executed, what the journal says, and what the
//! operator is told must agree, whatever happens on the way.

mod faults;
mod replies;
mod settling;

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

use super::*;
use crate::domain::action::State;
use crate::domain::case::Field;
use crate::domain::record::ActionRecord;
use crate::domain::refund::Limits;
use crate::domain::reply::{Target, Written};
use crate::gateway::{PrivateKey, Settings};
use crate::sandbox::{Endpoint, Faults, Keys, LogSink, Merchant, Options, Sandbox, SandboxCase};
use crate::store::config::Versions;
use crate::store::{NewCase, SqliteStore, Store as _};

const NOW: OffsetDateTime = datetime!(2026-11-20 04:00:00 UTC);

struct Pems {
    merchant: String,
    merchant_public: String,
    gateway: String,
    gateway_public: String,
}

/// Making a key is slow; every test of this process uses the same two.
static PEMS: LazyLock<Pems> = LazyLock::new(|| {
    let (merchant, gateway) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
    Pems {
        merchant: merchant.to_pem().unwrap().to_string(),
        merchant_public: merchant.public().to_pem().unwrap(),
        gateway: gateway.to_pem().unwrap().to_string(),
        gateway_public: gateway.public().to_pem().unwrap(),
    }
});

/// A gateway, a journal, and what was seen at the moment of each `caseReplay`.
pub(super) struct Site {
    pub(super) sandbox: Sandbox,
    pub(super) bench: Bench,
    /// The states in the journal whenever the sandbox handled a `caseReplay`, one list per call.
    pub(super) at_call: Arc<Mutex<Vec<Vec<State>>>>,
    seconds: Arc<AtomicI64>,
    dir: TempDir,
}

impl Site {
    pub(super) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let seconds = Arc::new(AtomicI64::new(0));
        let passed = Arc::clone(&seconds);
        let clock: Clock = Arc::new(move || NOW + time::Duration::seconds(passed.load(Ordering::SeqCst)));
        let at_call = Arc::new(Mutex::new(Vec::new()));
        let (noted, database) = (Arc::clone(&at_call), dir.path().join("test.db"));
        let log: LogSink = Arc::new(move |line| {
            if line.endpoint == Endpoint::CaseReplay {
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
                legacy: None,
            },
            faults: Faults::none(),
            clock: Arc::clone(&clock),
            log,
        })
        .await
        .unwrap();
        let bench = bench(&sandbox, &dir, clock);
        Self { sandbox, bench, at_call, seconds, dir }
    }

    /// A bench of another process on the same host.
    pub(super) fn second_bench(&self) -> Bench {
        bench(&self.sandbox, &self.dir, Arc::clone(&self.bench.clock))
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

    pub(super) fn faults(&self, spec: &str) {
        self.sandbox.set_faults(Faults::parse(spec).unwrap());
    }

    pub(super) fn journal(&self) -> Vec<ActionRecord> {
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

    /// The journal is whole, and no right reply broke a rule.
    #[track_caller]
    pub(super) fn sound(&self) {
        assert_eq!(self.bench.store.lock().unwrap().verify_journal().unwrap().broken, None);
        assert_eq!(self.sandbox.state().violations(), []);
    }
}

fn bench(sandbox: &Sandbox, dir: &TempDir, clock: Clock) -> Bench {
    let settings = Settings {
        base_url: sandbox.base_url(),
        app_id: "app".into(),
        merchant_no: "P01".into(),
        sp_merchant_no: None,
        auth_token: None,
        auth_header: crate::gateway::client::AUTH_HEADER.into(),
        case_search_version: "1.5".into(),
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(20),
    };
    let own = PrivateKey::parse(&PEMS.merchant).unwrap();
    let theirs = crate::gateway::PublicKey::parse(&PEMS.gateway_public).unwrap();
    let store: SharedStore = Arc::new(Mutex::new(SqliteStore::open(&dir.path().join("test.db")).unwrap()));
    Bench {
        gateway: Gateway::new(settings, own, theirs, Arc::clone(&clock)).unwrap(),
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
        setup: Setup {
            environment: "custom".to_owned(),
            app_id: "app".to_owned(),
            merchant_no: "P01".to_owned(),
            versions: Versions::default(),
            legacy: Err("the profile has no legacy interface".to_owned()),
            always_legacy: false,
            limits: Limits::default(),
            zone: UtcOffset::UTC,
        },
        sends: TaskTracker::new(),
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
