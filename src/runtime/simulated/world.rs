//! The world around the processes: the gateway, the line, the hosts' folders, and the time.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::time::Instant;

use super::files;
use super::line::{Endpoint, Line};
use super::process::{Life, Process};
use super::store::Watched;
use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::gateway::{Clock, Gateway, KeyHolder, PublicKey, Settings, Signer, SignerError};
use crate::runtime::actions::Seen;
use crate::runtime::actions::tests::{PEMS, bench_of};
use crate::runtime::refresh::SharedStore;
use crate::sandbox::{Faults, Indoors, Keys, Merchant, Options, SandboxCase};

/// When every world begins.
pub(in crate::runtime) const NOW: OffsetDateTime = datetime!(2026-11-20 04:00:00 UTC);

/// What no output may hold, beside the keys: the token of the provider's account.
pub(in crate::runtime) const TOKEN: &str = "CANARY-token-7f3a9c1e5b";

/// How the threads are called that sign and write for a world.
pub(in crate::runtime) const THREAD: &str = "world";

/// Runs a test in a world's own time.
pub(in crate::runtime) fn virtually<T>(test: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.thread_name(THREAD).enable_time().start_paused(true).build().unwrap();
    let done = runtime.block_on(test);
    runtime.shutdown_background();
    done
}

/// Everything that is not a docket.
pub(in crate::runtime) struct World {
    pub(in crate::runtime) gateway: Indoors,
    pub(in crate::runtime) line: Arc<Line>,
    clock: Clock,
    folder: TempDir,
    folders: AtomicUsize,
}

impl World {
    /// A world with an empty gateway. To be called in [`virtually`].
    pub(in crate::runtime) fn new() -> Self {
        let began = Instant::now();
        let clock: Clock = Arc::new(move || NOW + (Instant::now() - began));
        let gateway = Indoors::new(Options {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            cases: 0,
            seed: 1,
            keys: Keys::from_pem(&PEMS.gateway, &PEMS.merchant_public).unwrap(),
            merchant: Merchant {
                app_id: "app".to_owned(),
                merchant_no: "P01".to_owned(),
                sp_merchant_no: Some("SP1".to_owned()),
                auth_token: Some(TOKEN.to_owned()),
                legacy: None,
            },
            faults: Faults::none(),
            clock: Arc::clone(&clock),
            log: crate::sandbox::log::silent(),
        })
        .unwrap();
        let line = Arc::new(Line::new(gateway.clone(), Arc::clone(&clock)));
        Self { gateway, line, clock, folder: files::folder(), folders: AtomicUsize::new(0) }
    }

    /// What time it is.
    pub(in crate::runtime) fn now(&self) -> OffsetDateTime {
        (self.clock)()
    }

    /// Lets minutes go by.
    pub(in crate::runtime) async fn pass(&self, minutes: u64) {
        tokio::time::sleep(Duration::from_secs(minutes * 60)).await;
    }

    /// A process on a host: on its database if there is one, else on a new one.
    pub(in crate::runtime) fn start(&self, host: &str) -> Process {
        let folder = self.folder.path().join(host);
        if !folder.exists() {
            files::make(&folder);
        }
        self.open(folder).unwrap()
    }

    /// The next process, on the files that a killed one has left.
    pub(in crate::runtime) fn restart(&self, dead: &Process) -> Process {
        self.try_restart(dead).unwrap()
    }

    /// The same, where the files may be such that it cannot.
    pub(in crate::runtime) fn try_restart(
        &self,
        dead: &Process,
    ) -> Result<Process, crate::store::StoreError> {
        assert!(dead.life.is_dead(), "its files are in use");
        self.open(dead.life.grave.clone())
    }

    fn open(&self, folder: PathBuf) -> Result<Process, crate::store::StoreError> {
        let number = self.folders.fetch_add(1, Ordering::SeqCst);
        let database = folder.join(files::DATABASE);
        let life = Life::new(folder, self.folder.path().join(format!("grave-{number}")));
        let store: SharedStore = Arc::new(Mutex::new(Watched::open(&database, &life)?));
        let gateway = self.client(&life);
        let no_legacy = Err("the profile has no legacy interface".to_owned());
        Ok(Process { bench: bench_of(gateway, no_legacy, store, Arc::clone(&self.clock)), life })
    }

    fn client(&self, life: &Arc<Life>) -> Gateway {
        let settings = Settings {
            base_url: Indoors::base_url(),
            app_id: "app".into(),
            merchant_no: "P01".into(),
            sp_merchant_no: Some("SP1".into()),
            auth_token: Some(TOKEN.into()),
            auth_header: crate::gateway::client::AUTH_HEADER.into(),
            case_search_version: "1.5".into(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            network: crate::gateway::Network::default(),
        };
        let public = |pem: &str| PublicKey::parse(pem).unwrap();
        let signer = Signer::elsewhere(Quick, public(&PEMS.merchant_public));
        let network: crate::gateway::simulated::Shared =
            Arc::new(Endpoint { line: Arc::clone(&self.line), life: Arc::clone(life) });
        let theirs = public(&PEMS.gateway_public);
        Gateway::simulated(settings, signer, theirs, Arc::clone(&self.clock), &network).unwrap()
    }

    /// Puts a case into the sandbox, of a batch where one is named.
    pub(in crate::runtime) fn put(&self, id: &str, batch: &str) -> Seen {
        self.put_fields(
            id,
            &[
                (Field::BatchId, batch),
                (Field::Status, "DISPUTE_INQUIRY"),
                (Field::OutTradeNo, id),
                (Field::Amount, "5000.00"),
                (Field::Currency, "IDR"),
                (Field::ExpirationDate, "2026-11-25"),
            ],
        )
    }

    /// Puts the closed case of an order of 5,000 rupiah into the sandbox.
    pub(in crate::runtime) fn put_order(&self, id: &str, order: &str) -> Seen {
        self.put_fields(
            id,
            &[
                (Field::Status, "CASE_CLOSED"),
                (Field::OutTradeNo, order),
                (Field::TradeToken, order),
                (Field::Amount, "5000.00"),
                (Field::Currency, "IDR"),
                (Field::OriginTradeAmount, "5000.00"),
                (Field::OriginTradeCurrency, "IDR"),
                (Field::TradeCreateTime, "2026-11-01T07:00:00.000Z"),
            ],
        )
    }

    fn put_fields(&self, id: &str, fields: &[(Field, &str)]) -> Seen {
        let mut all = vec![(Field::CaseId, id), (Field::OutUserId, "u1")];
        all.extend_from_slice(fields);
        self.gateway.state().put_case(SandboxCase::from_fields(all.clone()));
        let case = Case::from_fields(all.iter().map(|(field, text)| (*field, Some((*text).to_owned()))));
        Seen { id: CaseId::parse(id).unwrap(), case }
    }

    /// How often the sandbox has paid refunds of an order, all numbers together.
    pub(in crate::runtime) fn refunded(&self, order: &str) -> u32 {
        let state = self.gateway.state();
        let paid = state.ledger().iter().filter(|refund| refund.out_trade_no == order);
        paid.map(|refund| refund.executed).sum()
    }

    /// How many replies the sandbox has taken for a case.
    pub(in crate::runtime) fn replies(&self, case: &str) -> usize {
        self.gateway.state().replies(case).len()
    }
}

/// Signs as the key of the profile would, and faster: `ring` needs a third of the time, and a world signs a lot.
struct Quick;

static MERCHANT: LazyLock<RsaKeyPair> = LazyLock::new(|| {
    let keys = Keys::from_pem(&PEMS.merchant, &PEMS.merchant_public).unwrap();
    RsaKeyPair::from_pkcs8(&keys.gateway_private_der).unwrap()
});

impl KeyHolder for Quick {
    fn name(&self) -> String {
        "the test".to_owned()
    }

    fn sign(&self, body: &[u8]) -> Result<Vec<u8>, SignerError> {
        let mut signature = vec![0; MERCHANT.public().modulus_len()];
        MERCHANT.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), body, &mut signature).unwrap();
        Ok(signature)
    }
}
