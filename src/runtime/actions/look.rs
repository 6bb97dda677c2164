//! A fresh look at the cases of a reply, just before it is sent: someone may have answered elsewhere, and the list on
//! disk is as old as its last refresh.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::domain::fault::{Fault, Skew};
use crate::domain::ids::CaseId;
use crate::gateway::{Answer, read_with_retries};
use crate::runtime::refresh::Fetched;
use crate::store::StoreError;

use super::{Bench, disk};

/// Cases that are asked for at the same time; a batch may have many.
const AT_ONCE: usize = 8;

/// Asks for cases, stores what is said so that every desk sees it, and returns it in the order asked. A call that only
/// reads is made again while its fault may pass.
///
/// # Errors
/// [`StoreError`] when the answers cannot be stored.
pub(super) async fn look(bench: &Bench, ids: &[CaseId]) -> Result<Vec<Fetched>, StoreError> {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    // Dropping the set on the way out ends the calls under way; they only read.
    let mut asking = JoinSet::new();
    for (index, id) in ids.iter().cloned().enumerate() {
        let (bench, turns) = (bench.clone(), Arc::clone(&turns));
        asking.spawn(async move {
            // Nobody closes it, so a turn always comes.
            let _turn = turns.acquire_owned().await;
            (index, ask(&bench, id).await)
        });
    }
    let mut fetched = Vec::with_capacity(ids.len());
    while let Some(Ok(one)) = asking.join_next().await {
        fetched.push(one);
    }
    fetched.sort_by_key(|(index, _)| *index);
    let fetched: Vec<Fetched> = fetched.into_iter().map(|(_, one)| one).collect();
    let observations: Vec<_> = fetched.iter().map(Fetched::observation).collect();
    disk::work(&bench.store, move |store| store.record(&observations)).await?;
    Ok(fetched)
}

async fn ask(bench: &Bench, id: CaseId) -> Fetched {
    let answer = read_with_retries(&bench.retry, || bench.gateway.case_search(&id)).await;
    let skew: Option<Skew> = match &answer {
        Ok(Answer { skew, .. }) | Err(Fault::Refused { skew, .. }) => *skew,
        Err(_) => None,
    };
    Fetched { id, at: (bench.clock)(), outcome: answer.map(|answer| answer.value), skew }
}
