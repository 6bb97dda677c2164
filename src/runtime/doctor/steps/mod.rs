//! The order of things: what is looked at, which of it needs what was found before, and what is skipped without it.

pub(super) mod keys;
pub(super) mod list;
pub(super) mod network;
pub(super) mod set_up;
pub(super) mod surroundings;
