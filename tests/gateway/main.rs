//! The real client against the sandbox, over a socket: two programs that share no rule and no line of crypto.

#![expect(
    clippy::unwrap_used,
    reason = "clippy allows unwrap only inside #[test] bodies, not in their helpers"
)]

mod cases;
mod legacy;
mod refunds;
mod replies;
mod support;
