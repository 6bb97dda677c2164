//! Signers outside this process: agents and commands that work, and every way in which they do not.

mod agent;
mod command;
mod fake;
mod real;
