//! What all cells share: a gateway that takes its time with replies, its keys, and homes made for it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use docket::domain::action::State as ActionState;
use docket::domain::case::{Case, Field};
use docket::domain::ids::CaseId;
use docket::domain::record::{ActionId, ActionRecord, Finding, Intent, Kind};
use docket::gateway::PrivateKey;
use docket::sandbox::{Endpoint, Faults, Keys, LogSink, Merchant, Options, Sandbox, SandboxCase};
use docket::store::{NewCase, Observation, SqliteStore, Store as _, StoredExchange};
use time::OffsetDateTime;

use crate::pty::{Home, bare_home};

/// How long the gateway takes to answer a reply that it has taken: long enough for a fault in between.
pub(super) const ANSWERS_AFTER: Duration = Duration::from_secs(5);

/// The gateway and the keys of both sides.
pub(super) struct World {
    sandbox: Sandbox,
    runtime: tokio::runtime::Runtime,
    replies: Arc<Mutex<usize>>,
    own_key: String,
    their_key: String,
}

impl World {
    pub(super) fn new() -> Self {
        let (own, theirs) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
        let replies = Arc::<Mutex<usize>>::default();
        let count = Arc::clone(&replies);
        let log: LogSink = Arc::new(move |line| {
            *count.lock().unwrap() += usize::from(line.endpoint == Endpoint::CaseReplay);
        });
        let merchant = Merchant {
            app_id: "app".to_owned(),
            merchant_no: "P01".to_owned(),
            sp_merchant_no: None,
            auth_token: None,
            legacy: None,
        };
        let ms = ANSWERS_AFTER.as_millis();
        let latency = format!("latency({ms})@caseReplay,latency({ms})@refund");
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            cases: 0,
            seed: 1,
            keys: Keys::from_pem(&theirs.to_pem().unwrap(), &own.public().to_pem().unwrap()).unwrap(),
            merchant,
            faults: Faults::parse(&latency).unwrap(),
            clock: Arc::new(OffsetDateTime::now_utc),
            log,
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        let own_key = own.to_pem().unwrap().to_string();
        Self { sandbox, runtime, replies, own_key, their_key: theirs.public().to_pem().unwrap() }
    }

    /// A home with three cases that nobody else has, where a confirmed refund waits for so many seconds.
    pub(super) fn host(&self, cell: usize, pause_s: u8) -> Host<'_> {
        let home = bare_home();
        let config = format!(
            "default_profile = \"test\"\n[profiles.test]\nenvironment = \"custom\"\nbase_url = \"{}\"\n\
             app_id = \"app\"\nmerchant_no = \"P01\"\nprivate_key_file = \"own.pem\"\n\
             gateway_public_key_file = \"payermax.pem\"\n[desk]\nmouse = true\ntitle = true\n\
             [refunds]\npause_s = {pause_s}\n",
            self.sandbox.base_url()
        );
        for (name, text) in
            [("config.toml", &config), ("own.pem", &self.own_key), ("payermax.pem", &self.their_key)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::write(home.path(name), text).unwrap();
            std::fs::set_permissions(home.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let name = |what: &str| format!("C{cell}-{what}");
        let host =
            Host { world: self, home, case: name("due"), doubtful: name("doubt"), closed: name("closed") };
        host.fill();
        host
    }

    /// Calls of `caseReplay` so far, whatever they asked for and however they ended.
    pub(super) fn replies(&self) -> usize {
        *self.replies.lock().unwrap()
    }

    /// Ends the gateway.
    pub(super) fn end(self) {
        self.runtime.block_on(self.sandbox.stop());
    }
}

/// One operator's home.
pub(super) struct Host<'w> {
    world: &'w World,
    pub(super) home: Home,
    /// A case that waits for a reply.
    pub(super) case: String,
    /// A case with a reply of unknown outcome.
    pub(super) doubtful: String,
    /// A closed case, of whose order nothing was refunded.
    pub(super) closed: String,
}

impl Host<'_> {
    fn fill(&self) {
        let now = OffsetDateTime::now_utc();
        let mut store = self.store();
        let asks = "DISPUTE_INQUIRY";
        for (id, days, status) in
            [(&self.case, 1, asks), (&self.doubtful, 3, asks), (&self.closed, 4, "CASE_CLOSED")]
        {
            let fields = fields(id, status, now.date() + time::Duration::days(days));
            self.world.sandbox.state().put_case(SandboxCase::from_fields(fields.clone()));
            let case = Case::from_fields(fields.map(|(field, text)| (field, Some(text))));
            let id = CaseId::parse(id).unwrap();
            store.track(&[NewCase::new(id.clone())], now).unwrap();
            store.record(&[Observation { at: now, outcome: Ok(case), id }]).unwrap();
        }
        let id = ActionId(DOUBTFUL.to_owned());
        let intent = Intent {
            id: id.clone(),
            kind: Kind::Reply,
            case_id: Some(CaseId::parse(&self.doubtful).unwrap()),
            batch_id: None,
            order: None,
            out_refund_no: None,
            amount: None,
            currency: None,
            data: b"{}".to_vec(),
            operator: "ana".to_owned(),
        };
        store.intend(&intent, now).unwrap();
        let attempt = store.begin(&id, b"{}", now).unwrap();
        let (unknown, nothing) = (ActionState::Unknown, Finding::default());
        store.conclude(&id, attempt, unknown, &nothing, &StoredExchange::default(), now).unwrap();
    }

    /// The list as it is on disk.
    pub(super) fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.home.database()).unwrap()
    }

    /// The actions on a case.
    pub(super) fn actions(&self, id: &str) -> Vec<ActionRecord> {
        self.store().actions_of(&CaseId::parse(id).unwrap()).unwrap()
    }

    /// The one action that was confirmed on the desk.
    pub(super) fn sent(&self) -> ActionRecord {
        let mut actions = self.store().actions().unwrap();
        actions.retain(|action| action.intent.id.0 != DOUBTFUL);
        assert_eq!(actions.len(), 1, "{actions:?}");
        actions.remove(0)
    }

    /// The replies that the gateway took for a case.
    pub(super) fn taken(&self, id: &str) -> usize {
        self.world.sandbox.state().replies(id).len()
    }

    /// How often a refund of the closed case's order was executed.
    pub(super) fn refunded(&self) -> u32 {
        let (state, order) = (self.world.sandbox.state(), format!("P{}", self.closed));
        state
            .ledger()
            .iter()
            .filter(|refund| refund.out_trade_no == order)
            .map(|refund| refund.executed)
            .sum()
    }

    /// The refunds in the journal.
    pub(super) fn refunds(&self) -> usize {
        self.store().actions().unwrap().iter().filter(|action| action.intent.kind == Kind::Refund).count()
    }
}

/// The reply of unknown outcome.
const DOUBTFUL: &str = "A-00000000000000000000000001";

fn fields(id: &str, status: &str, due: time::Date) -> [(Field, String); 9] {
    [
        (Field::CaseId, id.to_owned()),
        (Field::Status, status.to_owned()),
        (Field::OutTradeNo, format!("P{id}")),
        (Field::OutUserId, "u1".to_owned()),
        (Field::Amount, "5000.00".to_owned()),
        (Field::Currency, "IDR".to_owned()),
        (Field::OriginTradeAmount, "5000.00".to_owned()),
        (Field::OriginTradeCurrency, "IDR".to_owned()),
        (Field::ExpirationDate, due.to_string()),
    ]
}
