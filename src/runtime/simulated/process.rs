//! One docket: its bench, its database, and its death.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::files;
use super::store::{Hook, Moment};
use crate::runtime::actions::{Bench, Seen};
use crate::store::{NewCase, Observation, SqliteStore, StoreError};

/// A process.
pub(in crate::runtime) struct Process {
    pub(in crate::runtime) bench: Bench,
    pub(in crate::runtime) life: Arc<Life>,
}

/// Whether a process lives, and where its files are.
pub(in crate::runtime) struct Life {
    /// Where it works.
    pub(in crate::runtime) folder: PathBuf,
    /// Where its files are copied to when it dies.
    pub(in crate::runtime) grave: PathBuf,
    dead: AtomicBool,
    died: Notify,
    pub(super) hook: Mutex<Option<Hook>>,
    pub(super) store: Mutex<Option<SqliteStore>>,
}

impl Life {
    pub(super) fn new(folder: PathBuf, grave: PathBuf) -> Arc<Self> {
        let (dead, died) = (AtomicBool::new(false), Notify::new());
        Arc::new(Self { folder, grave, dead, died, hook: Mutex::default(), store: Mutex::default() })
    }

    /// `kill -9`, now: the files are kept as they are, and nothing that the process does from here on is seen by anybody.
    pub(in crate::runtime) fn kill(&self) {
        if !self.is_dead() {
            files::copy(&self.folder, &self.grave);
            self.dead.store(true, Ordering::SeqCst);
            self.died.notify_one();
        }
    }

    /// The database it works on.
    pub(in crate::runtime) fn database(&self) -> PathBuf {
        self.folder.join(files::DATABASE)
    }

    pub(in crate::runtime) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Comes back only to the living.
    pub(super) async fn unless_dead(&self) {
        if self.is_dead() {
            std::future::pending::<()>().await;
        }
    }
}

impl Process {
    /// Waits for an outcome; `None` when the process died before.
    pub(in crate::runtime) async fn until_killed<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.life.died.notified() => None,
            outcome = work => if self.life.is_dead() { None } else { Some(outcome) },
        }
    }

    /// From now on, `hook` is asked before and after every operation of the store: it may fail it, and it may kill.
    pub(in crate::runtime) fn on_store(
        &self,
        hook: impl FnMut(&'static str, Moment, &Life) -> Option<StoreError> + Send + 'static,
    ) {
        *self.life.hook.lock().unwrap() = Some(Box::new(hook));
    }

    /// The store is sound again.
    pub(in crate::runtime) fn mend_store(&self) {
        *self.life.hook.lock().unwrap() = None;
    }

    /// Puts cases on the list as the operator sees them.
    pub(in crate::runtime) fn knows(&self, seen: &[Seen]) {
        let at = (self.bench.clock)();
        let entries: Vec<_> = seen.iter().map(|seen| NewCase::new(seen.id.clone())).collect();
        let looks =
            seen.iter().map(|seen| Observation { id: seen.id.clone(), at, outcome: Ok(seen.case.clone()) });
        let mut store = self.bench.store.lock().unwrap();
        store.track(&entries, at).unwrap();
        store.record(&looks.collect::<Vec<_>>()).unwrap();
    }
}
