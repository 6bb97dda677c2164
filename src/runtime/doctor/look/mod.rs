//! Looking: everything here reads from the system, the terminal or the network, and judges nothing.

pub(super) mod files;
pub(super) mod network;
pub(super) mod surroundings;
