//! The invariants of reliability.md section 7, by name. I7 (the terminal) is proven under a terminal.

use std::fmt;

/// What must hold in every cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Invariant {
    I1,
    I2,
    I3,
    I4,
    I5,
    I6,
    I8,
    /// One clear sentence of what happened.
    Sentence,
    /// The state that the rules demand.
    State,
    NoPanic,
    NoHang,
}

impl Invariant {
    const fn words(self) -> &'static str {
        match self {
            Self::I1 => "I1 more than one execution of one decision",
            Self::I2 => "I2 shown as accepted, and the gateway has nothing",
            Self::I3 => "I3 an action disappeared",
            Self::I4 => "I4 mutation byte without durable attempt row",
            Self::I5 => "I5 number reused with other data bytes",
            Self::I6 => "I6 draft lost",
            Self::I8 => "I8 secret in an output",
            Self::Sentence => "no clear sentence",
            Self::State => "wrong state",
            Self::NoPanic => "panic",
            Self::NoHang => "hang",
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// What was found broken in a cell.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) invariant: Invariant,
    pub(super) how: String,
}
