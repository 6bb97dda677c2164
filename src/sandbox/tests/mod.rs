//! The sandbox seen from outside: over a socket, with requests signed by another library than its own.

mod basics;
mod cases;
mod envelope;
mod faults;
mod legacy;
mod refund;
mod reply;
mod support;
