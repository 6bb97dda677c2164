//! docket: a keyboard-driven dispute console for finance operators who work over SSH.
//!
//! ARCHITECTURE.md draws the house. In short: events go into a pure core ([`app`]), the core answers with
//! effects, the runtime carries them out, and the outcomes come back as events.

pub mod app;
pub mod cli;
pub mod domain;
pub mod gateway;
#[cfg(any(test, fuzzing))]
pub mod probes;
pub mod runtime;
pub mod sandbox;
pub mod store;
pub mod ui;
