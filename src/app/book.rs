//! The cases in memory: a copy of what the store has, and a little ahead of it while a change is written.

use std::collections::{HashMap, HashSet};

use crate::domain::action::State;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionRecord, Draft};
use crate::domain::reply::Target;
use crate::domain::tracked::Tracked;

/// All tracked cases, reachable by id and by slot. A slot is valid until the list grows or shrinks.
#[derive(Clone, Debug, Default)]
pub struct Book {
    cases: Vec<Tracked>,
    slots: HashMap<CaseId, usize>,
    /// Taken out here, and not yet known to be out of the store.
    gone: HashSet<CaseId>,
    loaded: bool,
    drafts: Vec<Draft>,
    journal: Vec<ActionRecord>,
}

impl Book {
    /// Replaces everything by what the store has; its word on the whole list is the last one.
    pub fn replace(&mut self, cases: Vec<Tracked>) {
        self.gone.clear();
        self.put(cases);
    }

    fn put(&mut self, cases: Vec<Tracked>) {
        self.slots = cases.iter().enumerate().map(|(slot, tracked)| (tracked.id.clone(), slot)).collect();
        self.cases = cases;
        self.loaded = true;
    }

    /// Puts newer versions of some cases in; unknown ones are added. Those just taken out stay out: these rows were
    /// read before the store heard of it.
    pub fn upsert(&mut self, rows: Vec<Tracked>) {
        for tracked in rows {
            if self.gone.contains(&tracked.id) {
                continue;
            }
            if let Some(place) = self.get_mut(&tracked.id) {
                *place = tracked;
            } else {
                self.slots.insert(tracked.id.clone(), self.cases.len());
                self.cases.push(tracked);
            }
        }
    }

    /// Takes cases out, until [`Book::expect`] or [`Book::replace`] brings them back.
    pub fn remove(&mut self, ids: &[CaseId]) {
        self.gone.extend(ids.iter().cloned());
        let mut cases = std::mem::take(&mut self.cases);
        cases.retain(|tracked| !self.gone.contains(&tracked.id));
        self.put(cases);
    }

    /// These are about to be put on the list, and their rows are welcome.
    pub fn expect(&mut self, ids: &[CaseId]) {
        for id in ids {
            self.gone.remove(id);
        }
    }

    /// A case by id.
    pub fn get(&self, id: &CaseId) -> Option<&Tracked> {
        self.slots.get(id).and_then(|&slot| self.cases.get(slot))
    }

    /// A case by id, to change it.
    pub fn get_mut(&mut self, id: &CaseId) -> Option<&mut Tracked> {
        let slot = *self.slots.get(id)?;
        self.cases.get_mut(slot)
    }

    /// A case by slot.
    pub fn at(&self, slot: usize) -> Option<&Tracked> {
        self.cases.get(slot)
    }

    /// Every case, in slot order.
    pub fn iter(&self) -> impl Iterator<Item = &Tracked> {
        self.cases.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// Replies begun and not sent, newest first.
    pub fn drafts(&self) -> &[Draft] {
        &self.drafts
    }

    /// Replaces the drafts by what the store has.
    pub fn replace_drafts(&mut self, mut drafts: Vec<Draft>) {
        drafts.sort_by(|a, b| b.changed_at.cmp(&a.changed_at).then_with(|| a.targets.cmp(&b.targets)));
        self.drafts = drafts;
    }

    /// Puts a draft in, in place of the older one for the same targets.
    pub fn keep_draft(&mut self, draft: Draft) {
        self.drop_draft(&draft.targets);
        self.drafts.insert(0, draft);
    }

    /// Takes the draft for these targets out; `false` when there is none.
    pub fn drop_draft(&mut self, targets: &[Target]) -> bool {
        let before = self.drafts.len();
        self.drafts.retain(|draft| draft.targets != targets);
        self.drafts.len() < before
    }

    /// Every reply and refund ever attempted, newest first.
    pub fn journal(&self) -> &[ActionRecord] {
        &self.journal
    }

    /// Replaces the journal by what the store has.
    pub fn replace_journal(&mut self, mut journal: Vec<ActionRecord>) {
        journal.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.intent.id.cmp(&b.intent.id)));
        self.journal = journal;
    }

    /// The state of an action that stands in the way of another reply to this target: one under way or unknown, and
    /// one that was accepted and that PayerMax has not shown yet, or the case would be answered twice.
    pub fn open_action(&self, target: &Target) -> Option<State> {
        let of_target = |record: &&ActionRecord| match target {
            Target::Case(id) => record.intent.case_id.as_ref() == Some(id),
            Target::Batch(batch) => record.intent.batch_id.as_ref() == Some(batch),
        };
        self.journal
            .iter()
            .filter(of_target)
            .map(|record| record.state)
            .find(|state| state.is_open() || *state == State::Accepted)
    }

    /// Whether the store has answered at all.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }
}
