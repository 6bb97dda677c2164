//! What histories have in common on one thread: a folder, a gateway, and the way to it. Each history finds all of it as new.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rusqlite::{Connection as Sqlite, OpenFlags};
use tempfile::TempDir;
use time::OffsetDateTime;

use super::network::{Line, Table};
use super::{order, toy};
use crate::gateway::simulated::Shared;
use crate::gateway::{Clock, Gateway, PrivateKey, PublicKey, Settings, Signer};
use crate::runtime::actions::tests::PEMS;
use crate::runtime::connection::Connection;
use crate::runtime::session::{Place, Session};
use crate::sandbox::counter::Counter;
use crate::sandbox::{Keys, Merchant};
use crate::store::SqliteStore;

/// A secret that travels with every call and may stand nowhere.
pub(super) const TOKEN: &str = "canary-3f9a61c07e-token";

/// Pieces of every secret.
pub(super) fn secrets() -> [&'static str; 2] {
    [TOKEN, PEMS.merchant.lines().nth(5).unwrap()]
}

/// The clocks: that of the gateway, in milliseconds since the beginning, and how far each host is from it.
#[derive(Clone, Default)]
pub(super) struct Clocks(Arc<[AtomicI64; 3]>);

impl Clocks {
    pub(super) fn pass(&self, milliseconds: i64) {
        self.0[2].fetch_add(milliseconds, Ordering::SeqCst);
    }

    pub(super) fn jump(&self, who: usize, milliseconds: i64) {
        self.0[who].store(milliseconds, Ordering::SeqCst);
    }

    pub(super) fn of_gateway(&self) -> Clock {
        let all = Arc::clone(&self.0);
        Arc::new(move || at(all[2].load(Ordering::SeqCst)))
    }

    pub(super) fn of(&self, who: usize) -> Clock {
        let all = Arc::clone(&self.0);
        Arc::new(move || at(all[2].load(Ordering::SeqCst) + all[who].load(Ordering::SeqCst)))
    }

    fn reset(&self) {
        self.0.iter().for_each(|one| one.store(0, Ordering::SeqCst));
    }
}

fn at(milliseconds: i64) -> OffsetDateTime {
    order::NOW + time::Duration::milliseconds(milliseconds)
}

/// A gateway with keys of one kind, and the client of each desk.
struct Site {
    counter: Counter,
    gateways: [Gateway; 2],
}

/// Everything a thread needs for one history after the other.
pub(super) struct World {
    pub(super) clocks: Clocks,
    pub(super) table: Table,
    pub(super) connection: Connection,
    sites: [Site; 2],
    real: bool,
    folder: TempDir,
}

/// A list as it is when a history begins.
static TEMPLATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let mut store = SqliteStore::open(&path).unwrap();
    order::on_the_list(&mut store);
    drop(store);
    std::fs::read(path).unwrap()
});

impl World {
    pub(super) fn new() -> Self {
        let folder = folder();
        let (clocks, table) = (Clocks::default(), Table::default());
        let sites = [false, true].map(|real| site(real, &clocks, &table));
        let connection = connection(folder.path(), clocks.of(0));
        Self { clocks, table, connection, sites, real: false, folder }
    }

    /// Forgets the history before; `stores` lists, with the keys of everyday if `real`.
    pub(super) fn start_over(&mut self, stores: usize, real: bool) {
        self.real = real;
        self.clocks.reset();
        *self.table.lock() = super::network::Inner::default();
        self.counter().start_over(order::at_the_gateway());
        for index in 0..2 {
            for ending in ["", "-wal", "-shm", ".tail"] {
                _ = std::fs::remove_file(self.folder.path().join(format!("{index}.db{ending}")));
            }
        }
        for index in 0..stores {
            std::fs::write(self.path(index), &*TEMPLATE).unwrap();
            let witness =
                Sqlite::open_with_flags(self.path(index), OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
            witness.busy_timeout(Duration::from_secs(1)).unwrap();
            self.table.lock().witnesses.push(witness);
        }
    }

    pub(super) fn counter(&self) -> &Counter {
        &self.sites[usize::from(self.real)].counter
    }

    pub(super) fn gateway(&self, who: usize) -> Gateway {
        self.sites[usize::from(self.real)].gateways[who].clone()
    }

    pub(super) fn path(&self, store: usize) -> PathBuf {
        self.folder.path().join(format!("{store}.db"))
    }
}

/// In memory where the system has such a place: what is proven here is not the disk.
fn folder() -> TempDir {
    let shared = Path::new("/dev/shm");
    let made = tempfile::Builder::new().prefix("docket-histories-").tempdir_in(shared);
    made.or_else(|_| tempfile::tempdir()).unwrap()
}

fn site(real: bool, clocks: &Clocks, table: &Table) -> Site {
    let public = if real { &PEMS.merchant_public } else { toy::public_pem() };
    let keys = Keys::from_pem(&PEMS.gateway, public).unwrap();
    let merchant = Merchant {
        app_id: "app".to_owned(),
        merchant_no: "P01".to_owned(),
        sp_merchant_no: None,
        auth_token: Some(TOKEN.to_owned()),
        legacy: None,
    };
    let quick = if real { None } else { Some(toy::sign as fn(&[u8]) -> Vec<u8>) };
    let counter = Counter::new(&keys, merchant, clocks.of_gateway(), quick).unwrap();
    Site { counter, gateways: [0, 1].map(|who| gateway(real, who, clocks, table)) }
}

fn gateway(real: bool, who: usize, clocks: &Clocks, table: &Table) -> Gateway {
    let settings = Settings {
        base_url: "http://127.0.0.1:9/aggregate-pay/api/gateway".to_owned(),
        app_id: "app".into(),
        merchant_no: "P01".into(),
        sp_merchant_no: None,
        auth_token: Some(TOKEN.into()),
        auth_header: crate::gateway::client::AUTH_HEADER.into(),
        case_search_version: "1.5".into(),
        connect_timeout: Duration::from_secs(5),
        timeout: HOUR,
        network: crate::gateway::Network::default(),
    };
    let (own, theirs): (Signer, PublicKey) = if real {
        let theirs = PublicKey::parse(&PEMS.gateway_public).unwrap();
        (PrivateKey::parse(&PEMS.merchant).unwrap().into(), theirs)
    } else {
        (Signer::elsewhere(toy::Holder, toy::public()), toy::public())
    };
    let line: Shared = Arc::new(Line { who, table: table.clone() });
    Gateway::simulated(settings, own, theirs, clocks.of(who), &line).unwrap()
}

/// No call ends by itself here: the history says when somebody has waited for long enough.
const HOUR: Duration = Duration::from_secs(1_000_000);

/// A connection whose session nobody asks for anything but its being there.
fn connection(folder: &Path, clock: Clock) -> Connection {
    let config = folder.join("config.toml");
    std::fs::write(
        &config,
        "[profiles.sandbox]\nenvironment = \"custom\"\nbase_url = \"http://127.0.0.1:9\"\napp_id = \"app\"\n\
         merchant_no = \"P01\"\nprivate_key_file = \"own.pem\"\ngateway_public_key_file = \"their.pem\"\n",
    )
    .unwrap();
    let place = Place { config: Some(config), data_dir: Some(folder.into()), ..Place::default() };
    Connection::new(Session::open(&place, clock).unwrap())
}

/// A list as nobody's process reads it.
pub(super) fn look_at(path: &Path) -> SqliteStore {
    SqliteStore::open(path).unwrap()
}
