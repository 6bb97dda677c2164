//! The real binary against a real sandbox, as a person, cron and a script use it.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fall over")]

mod bench;
mod doctor;
mod export;
mod handover;
mod init;
mod interrupted;
mod notices;
mod offline;
mod online;
mod pages;
mod refund;
mod reply;
mod sandbox;
