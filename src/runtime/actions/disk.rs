//! The journal from a thread that may wait for the disk: the event loop never does, and an action goes on only once its
//! lines are on disk.

use std::path::PathBuf;
use std::sync::PoisonError;
use std::time::Duration;

use crate::runtime::refresh::SharedStore;
use crate::store::{Store, StoreError};

/// Waits between the tries to write down what came of an action. The disk may be full for a moment, and the answer
/// exists nowhere else.
const WAITS: [Duration; 4] =
    [Duration::from_millis(50), Duration::from_millis(250), Duration::from_secs(1), Duration::from_secs(3)];

/// Does something with the store and brings the result back.
pub(super) async fn work<T: Send + 'static>(
    store: &SharedStore,
    work: impl FnOnce(&mut dyn Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let store = std::sync::Arc::clone(store);
    let work = move || {
        // A panic elsewhere while it was locked cannot have left the store half-written: it is transactional.
        work(&mut *store.lock().unwrap_or_else(PoisonError::into_inner))
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(stopping()))
}

/// The same, again and again for a few seconds, for what must not be lost.
pub(super) async fn insist<T: Send + 'static>(
    store: &SharedStore,
    job: impl Fn(&mut dyn Store) -> Result<T, StoreError> + Clone + Send + 'static,
) -> Result<T, StoreError> {
    for wait in WAITS {
        match work(store, job.clone()).await {
            // Somebody else has moved the action on; asking again does not change that.
            Err(
                error @ (StoreError::Barred { .. }
                | StoreError::Occupied { .. }
                | StoreError::NoSuchAction { .. }),
            ) => return Err(error),
            Err(error) => tracing::warn!(code = %error, "the journal could not be written; trying again"),
            done => return done,
        }
        tokio::time::sleep(wait).await;
    }
    work(store, job).await
}

/// The thread is only ever lost when the process ends.
fn stopping() -> StoreError {
    StoreError::Other { path: PathBuf::from("the journal"), detail: "docket is stopping".to_owned() }
}
