//! The places on the line to the gateway. Signing and checking take a processor and not the line, so a call has its place
//! only while its question and its answer travel; the next question is signed by then.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::effort::Effort;
use super::pace::Pace;

/// The line of one run.
pub(super) struct Line {
    places: Arc<Semaphore>,
    pace: Pace,
    effort: Arc<Effort>,
}

/// A place on the line, until it is dropped.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Line {
    /// A line with so many places, at least one.
    pub(super) fn new(places: usize, pace: Pace, effort: Arc<Effort>) -> Self {
        Self { places: Arc::new(Semaphore::new(places.max(1))), pace, effort }
    }

    /// How fast the run may ask.
    pub(super) const fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Waits for a place; `None` when asking has no point any more. A call that is ready to go when everybody is told to
    /// slow down waits like all others, and takes its turn anew.
    pub(super) async fn place(&self) -> Option<Place> {
        loop {
            let permit = Arc::clone(&self.places).acquire_owned().await.ok()?;
            if self.effort.is_over() {
                return None;
            }
            if self.pace.held_until().is_none() {
                return Some(Place { _permit: permit });
            }
            drop(permit);
            self.pace.turn().await;
        }
    }
}
