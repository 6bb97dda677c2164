//! Looks a set-up over from the config to the gateway and back to the terminal, and has a word of advice for each thing
//! that is not as it should be. What is seen (`look`) is kept apart from what is thought of it (`judge`).
//!
//! It goes on after whatever it finds, changes nothing (no file is made, mended or migrated), and never repeats a secret.

mod check;
mod judge;
mod look;
mod steps;

use crate::gateway::Clock;

use super::session::Place;

pub use check::{Area, Check, Grade};
use steps::{keys, list, network, set_up, surroundings};

/// Looks at everything, and tells each finding as soon as it is made.
pub async fn examine(place: &Place, clock: Clock, mut tell: impl FnMut(Check)) {
    let ground = set_up::look_over(place, clock, &mut tell);
    let case = list::look_over(&ground, &mut tell);
    let keys = keys::look_over(&ground, &mut tell);
    network::look_over(&ground, &keys, case, &mut tell).await;
    surroundings::look_over(&mut tell).await;
}
