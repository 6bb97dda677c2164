//! Where the program meets the world: clock, signals, tasks, files of a run, and the terminal.
//!
//! Everything else is told the time and handed its answers; only here is anything started or waited for.

pub mod actions;
pub mod apart;
pub mod approvals;
mod beside;
mod bundle;
pub mod calls;
mod clipboard;
mod connection;
pub mod desk;
pub mod doctor;
mod editor;
mod ending;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod hostile;
mod input;
mod job;
mod keeper;
pub mod link_check;
mod locale;
pub mod log;
mod operator;
mod outlook;
mod paint;
#[cfg(debug_assertions)]
mod provoke;
pub mod refresh;
mod refresher;
mod replier;
mod screen;
pub mod seclusion;
pub mod session;
pub mod sheet;
mod signals;
mod signer;
#[cfg(test)]
mod simulated;
pub mod start;
pub mod terminal;
mod watch;
mod watchdog;
