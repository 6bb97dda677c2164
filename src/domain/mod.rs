//! What a dispute is, in the operator's words: pure values and rules, no clock, no file, no network.
//!
//! Everything here can be tested with plain values. "Now" always comes in as an argument
//! ([`deadline::Calendar`]), so the same inputs give the same screen on every machine.

pub mod action;
pub mod call;
pub mod case;
pub mod change;
pub mod column;
pub mod currency;
pub mod deadline;
pub mod evidence;
pub mod fault;
pub mod filter;
pub mod ids;
pub mod local;
pub mod marking;
pub mod money;
pub mod order;
pub mod proxy;
pub mod record;
pub mod refund;
pub mod reply;
pub mod return_code;
pub mod seldom;
pub mod shown;
pub mod snooze;
pub mod stage;
pub mod stats;
pub mod tally;
pub mod tracked;
pub mod view;
