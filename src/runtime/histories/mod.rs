//! Seeded random sessions of the pure core and the road of actions together: what scripts and tables think of is tested
//! elsewhere; here is what nobody thought of (reliability.md section 7).
//!
//! A history is a few hundred steps of two operators at two desks, each with a model, a store connection, a keeper and a
//! replier of its own, against one strict gateway with its own ledger. Everything between the key and the request is the
//! program's own code: `app::update`, `Replier`, the actions, the keeper's hand, SQLite on a file. In place of the socket
//! there is a table on which requests and answers lie until a step executes, delivers, loses or spoils one; in place of
//! the clock a number. So a seed is a history, and every run of it is the same.
//!
//! ```text
//! generator ─▶ step ─▶ desk (model · keeper · replier) ─▶ table ─▶ gateway with its ledger
//!                 └──────────── facts: what was decided, sent, executed, told ◀──┘  checked by invariants
//! ```

mod coverage;
mod desk;
mod ending;
mod facts;
mod history;
mod invariants;
mod journey;
mod line;
mod mishaps;
mod network;
mod order;
mod run;
mod shape;
mod toy;
mod world;
