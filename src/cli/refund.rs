//! Refunds an order from the command line.

mod page;
mod scope;
