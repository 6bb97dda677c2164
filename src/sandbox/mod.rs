//! The stand-in gateway: PayerMax's dispute and refund calls on this machine, as strict as their pages.
//!
//! It exists so that the demo, the tests and an operator's first hour need no account and can do no harm, and
//! so that the client meets a judge that shares none of its code: the sandbox has its own reading of JSON, its own
//! rules, and signs through `ring` where the client uses `rsa`. A rule that both got wrong the same way would
//! otherwise never show.
//!
//! A call passes through [`faults`] (told to misbehave), `envelope` (header, signature, clock, merchant),
//! `rules` (one file per endpoint), and leaves signed. What happened is kept in [`State`] and told to a
//! [`LogSink`].

pub mod faults;
pub mod generate;
pub mod log;
pub mod sign;
pub mod state;

mod answer;
mod call;
mod case;
mod currency;
mod endpoint;
mod envelope;
#[cfg(test)]
mod indoors;
mod json;
mod ledger;
mod merchant;
mod misbehave;
mod rules;
mod server;

#[cfg(test)]
pub(crate) mod counter;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use time::OffsetDateTime;

pub use case::{SandboxCase, Step};
pub use endpoint::Endpoint;
pub use faults::{Fault, Faults, Hostile, When};
pub use generate::generate;
#[cfg(test)]
pub(crate) use indoors::Indoors;
pub use ledger::{Refund, RefundEnding, RefundStatus};
pub use log::{LogLine, LogSink};
pub use merchant::{LegacyAccount, LegacySign, Merchant};
pub use server::{Options, Sandbox, StartError};
pub use sign::{KeyError, Keys};
pub use state::{Reply, State, Violation};

/// Where the sandbox gets the time from; a test hands in a fixed or movable one.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;
