//! The desk's pure core: events in, effects out, and a model that a screen can be drawn from.
//!
//! Nothing here knows a terminal, a clock, a file or a network. A test is a list of events and a look at the
//! model and the effects.

pub mod action;
pub mod book;
pub mod calls;
pub mod choosing;
pub mod columns;
pub mod completion;
mod days;
pub mod desk;
pub mod effect;
pub mod event;
pub mod field;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod listing;
pub mod model;
pub mod outlook;
pub mod overlay;
mod ranks;
pub mod reading;
pub mod refreshing;
pub mod refunding;
pub mod snoozing;
pub mod standing;
pub mod stock;
pub mod summary;
pub mod underway;
pub mod undo;
mod unseen;
pub mod widths;

pub mod availability;
mod forms;
mod hand;
mod keys;
mod local;
pub mod marks;
mod mouse;
mod movement;
mod outcomes;
mod palette;
mod perform;
mod plain;
mod relist;
pub mod reloading;
pub mod replying;
mod requests;
pub mod resetting;
mod signs;
mod starting;
pub mod targets;
mod update;
pub mod visit;
mod waiting;
mod wording;

#[cfg(test)]
pub(crate) mod tests;

pub use update::update;
