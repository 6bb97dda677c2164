//! Judging: from what was seen to one line of advice. Nothing here looks at anything itself, so that every judgement
//! can be tested, also those about disasters.

pub(super) mod files;
pub(super) mod gateway;
pub(super) mod keys;
pub(super) mod list;
pub(super) mod screen;

#[cfg(test)]
mod tests;
