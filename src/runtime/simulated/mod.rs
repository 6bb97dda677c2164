//! A world in one thread and in virtual time, for tests of everything that may go wrong between docket, its disk and
//! PayerMax: the sandbox without sockets, a line on which every fault can be had, processes that can be killed at any
//! step, and stores that fail when told to. The client, the road of actions and the database are the real ones.
//!
//! ```text
//! virtually(async {
//!     let world = World::new();
//!     let seen = world.put_order("O1", ORDER);           // in the sandbox
//!     let desk = world.start("a");                       // a process; "a" names its host, and so its database
//!     desk.knows(&seen);
//!     world.line.strike(Deed { fault: NetFault::NoAnswer, executed: true });   // the next mutation
//!     desk.on_store(|op, moment, _| ...);                // a store that fails, or kills, at an operation
//!     world.line.watch(|phase, call, life| ...);         // sees, and may kill, at every step of every call
//!     let outcome = desk.until_killed(refund(&desk.bench, order)).await;       // None: it died
//!     let desk = world.restart(&desk);                   // on the disk as it was at that moment
//!     world.pass(5).await;                               // minutes; nobody waits
//! })
//! ```
//!
//! To kill a process is to copy its files as they are at that moment, to let no byte of it out any more, and to fail
//! each of its further store calls: whatever its tasks still do happens in files that nobody opens again. The next
//! process works on the copy, in which the lock of the dead one is held by nobody.
//!
//! Time moves when every task waits; work on blocking threads (signatures, the store) holds it still. Each world wants
//! a runtime of its own, see [`virtually`].

mod answers;
mod faults;
mod files;
mod line;
mod process;
mod store;
#[cfg(test)]
mod tests;
mod world;

pub(in crate::runtime) use faults::{Deed, NetFault};
pub(in crate::runtime) use line::{Call, Phase};
pub(in crate::runtime) use process::{Life, Process};
pub(in crate::runtime) use store::Moment;
pub(in crate::runtime) use world::{NOW, THREAD, TOKEN, World, virtually};
