//! Keys and other secrets in the hands of the real program: who may sign, how a passphrase is asked for, and that nothing
//! secret comes out anywhere.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fall over")]

mod canaries;
mod passphrase;
mod pty;
#[path = "../cli/ran.rs"]
mod ran;
mod signers;
mod world;
