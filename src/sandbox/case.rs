//! A case as the sandbox keeps it: the sixteen texts of a `caseSearch` answer, and what will happen to it.

use std::collections::VecDeque;

use crate::domain::case::Field;

/// Something that happens to a case once it has been asked for so many times: the issuer decides, a date moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Happens just before this many-th `caseSearch` is answered, counted from 1.
    pub ask: u32,
    /// Happens only to a case in this status; otherwise it is passed over.
    pub from: String,
    /// The new values.
    pub set: Vec<(Field, Option<String>)>,
}

/// One case of the sandbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SandboxCase {
    values: [Option<String>; 16],
    life: VecDeque<Step>,
    asked: u32,
}

impl SandboxCase {
    /// A case from its fields; the ones left out are null.
    pub fn from_fields<V: Into<String>>(fields: impl IntoIterator<Item = (Field, V)>) -> Self {
        let mut case = Self::default();
        for (field, value) in fields {
            case.set(field, Some(value.into()));
        }
        case
    }

    /// The value of a field; `None` is answered as null.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.values.get(field as usize).and_then(Option::as_deref)
    }

    /// The value of a field, an empty text where there is none.
    pub fn text(&self, field: Field) -> &str {
        self.get(field).unwrap_or_default()
    }

    /// Replaces one value.
    pub fn set(&mut self, field: Field, value: Option<String>) {
        if let Some(slot) = self.values.get_mut(field as usize) {
            *slot = value;
        }
    }

    /// The same case with one more thing that will happen to it; steps come in the order of their asks.
    #[must_use]
    pub fn with_step(mut self, step: Step) -> Self {
        self.life.push_back(step);
        self
    }

    /// What is still to happen to it.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.life.iter()
    }

    /// How often `caseSearch` asked for it.
    pub fn asked(&self) -> u32 {
        self.asked
    }

    /// Counts one `caseSearch` and lets happen what was to happen by then.
    pub(super) fn ask(&mut self, still: bool) {
        self.asked += 1;
        while !still && self.life.front().is_some_and(|step| step.ask <= self.asked) {
            let Some(step) = self.life.pop_front() else { return };
            if self.text(Field::Status) == step.from {
                for (field, value) in step.set {
                    self.set(field, value);
                }
            }
        }
    }
}
