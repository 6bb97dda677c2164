//! The cases in memory: a copy of what the store has, and a little ahead of it while a change is written.

use std::collections::HashSet;

use time::OffsetDateTime;

use crate::domain::action::State;
use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;
use crate::domain::record::{ActionRecord, Draft, Kind};
use crate::domain::reply::Target;
use crate::domain::tally::Tally;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::ranks::Touched;
use super::signs::Signs;
use super::stock::Stock;

/// All tracked cases, reachable by id and by slot. A slot is its case's own until the list is read anew.
#[derive(Clone, Debug, Default)]
pub struct Book {
    stock: Stock,
    /// How often the list was read anew.
    edition: u64,
    /// How often a case that is here has moved.
    moves: usize,
    /// Taken out here, and not yet known to be out of the store.
    gone: HashSet<CaseId>,
    reading: Reading,
    /// `None` until they were read once.
    drafts: Option<Vec<Draft>>,
    journal: Vec<ActionRecord>,
}

/// How much of the list is here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reading {
    /// The store has not answered yet.
    #[default]
    Nothing,
    /// The most urgent cases, of so many.
    First(usize),
    /// All of it.
    All,
}

impl Book {
    /// Replaces everything by what the store has; its word on the whole list is the last one.
    pub fn replace(&mut self, mut stock: Stock) {
        self.gone.clear();
        let newest = |stock: &Stock| stock.iter().filter_map(newest_move).max();
        let has_moved = self.is_loaded() && newest(&stock) > newest(&self.stock);
        self.moves += usize::from(has_moved);
        stock.keep_marks(&self.stock);
        self.stock = stock;
        self.edition += 1;
        self.reading = Reading::All;
    }

    /// Takes in the most urgent cases of a list of so many; the others are still being read. Where there are no others
    /// the list is whole, and what is taken out of it later is not missing.
    pub(super) fn begin(&mut self, first: Vec<Tracked>, on_list: usize) {
        self.replace(Stock::of(first));
        if self.stock.len() < on_list {
            self.reading = Reading::First(on_list);
        }
    }

    /// Puts newer versions of some cases in; unknown ones are added. Those just taken out stay out: these rows were
    /// read before the store heard of it.
    pub fn upsert(&mut self, rows: Vec<Tracked>) {
        for tracked in rows {
            if !self.gone.contains(&tracked.id) {
                let has_moved =
                    self.get(&tracked.id).is_some_and(|known| newest_move(&tracked) > newest_move(known));
                self.moves += usize::from(has_moved);
                self.stock.put(tracked);
            }
        }
    }

    /// How often a case on the list was seen to move, one that nobody has looked at since it moved before, too. A list that
    /// is read anew counts once.
    pub const fn moves(&self) -> usize {
        self.moves
    }

    /// Takes cases out, until [`Book::expect`] or [`Book::replace`] brings them back.
    pub fn remove(&mut self, ids: &[CaseId]) {
        self.gone.extend(ids.iter().cloned());
        for id in ids {
            self.stock.take(id);
        }
    }

    /// Takes out what the store does not have any more.
    pub fn leave(&mut self, ids: &[CaseId]) {
        for id in ids {
            self.gone.remove(id);
            self.stock.take(id);
        }
    }

    /// These are about to be put on the list, and their rows are welcome.
    pub fn expect(&mut self, ids: &[CaseId]) {
        for id in ids {
            self.gone.remove(id);
        }
    }

    /// A case by id.
    pub fn get(&self, id: &CaseId) -> Option<&Tracked> {
        self.stock.get(id)
    }

    /// Changes a case; `None` when there is none of this id.
    pub fn edit<T>(&mut self, id: &CaseId, change: impl FnOnce(&mut Tracked) -> T) -> Option<T> {
        self.stock.edit(id, change)
    }

    /// A case by slot.
    pub fn at(&self, slot: usize) -> Option<&Tracked> {
        self.stock.at(super::stock::index(slot))
    }

    /// Every case, in slot order.
    pub fn iter(&self) -> impl Iterator<Item = &Tracked> {
        self.stock.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.stock.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.stock.is_empty() && self.missing() == 0
    }

    /// The cases with what is worked out from them.
    pub(super) fn stock(&self) -> &Stock {
        &self.stock
    }

    /// The counts of the cases that are here.
    pub fn tally(&self) -> &Tally {
        self.stock.tally()
    }

    /// How old the list is; see [`crate::domain::tracked::as_of`].
    pub fn as_of(&self) -> Option<OffsetDateTime> {
        self.stock.as_of()
    }

    /// Whether the case in a slot has changes nobody has looked at.
    pub(super) fn has_unseen(&self, slot: usize) -> bool {
        self.stock.awaits(super::stock::index(slot), View::Changed)
    }

    /// Marks a case, or takes its mark away. A mark belongs to its case, wherever that stands in whatever is read later.
    pub fn mark(&mut self, id: &CaseId, marked: bool) {
        if let Some(slot) = self.stock.slot_of(id) {
            self.stock.mark(slot, marked);
        }
    }

    /// Marks the cases in these slots, or takes their marks away; a slot without a case stays without a mark.
    pub(super) fn mark_slots(&mut self, marked: bool, slots: impl Iterator<Item = u32>) {
        self.stock.mark_each(marked, slots);
    }

    /// The slots of the marked cases, in order.
    pub(super) fn marked_slots(&self) -> impl Iterator<Item = u32> + '_ {
        self.stock.board().bearing(Signs::MARKED)
    }

    /// Whether the case in a slot is marked.
    pub(super) fn has_mark(&self, slot: u32) -> bool {
        self.stock.board().get(slot).has(Signs::MARKED)
    }

    /// Whether a case is marked.
    pub fn is_marked(&self, id: &CaseId) -> bool {
        self.stock.slot_of(id).is_some_and(|slot| self.has_mark(slot))
    }

    /// How many are marked.
    pub fn marked(&self) -> usize {
        self.stock.board().count(Signs::MARKED)
    }

    /// The marked cases, in slot order.
    pub fn marks(&self) -> impl Iterator<Item = &Tracked> {
        self.marked_with(Signs::default())
    }

    /// The marked cases that bear these signs as well, in slot order.
    pub(super) fn marked_with(&self, signs: Signs) -> impl Iterator<Item = &Tracked> {
        let slots = self.stock.board().bearing(Signs::MARKED.and(signs));
        slots.filter_map(|slot| self.stock.at(slot))
    }

    /// How many of the marked cases bear these signs as well.
    pub(super) fn marked_bearing(&self, signs: Signs) -> usize {
        self.stock.board().count(Signs::MARKED.and(signs))
    }

    /// Which reading of the list this is.
    pub(super) fn edition(&self) -> u64 {
        self.edition
    }

    /// Works an order out, unless that has been done.
    pub(super) fn sort(&mut self, sort: SortBy) {
        self.stock.sort(sort);
    }

    /// What has changed since the last call.
    pub(super) fn settle(&mut self) -> Touched {
        self.stock.settle()
    }

    /// Replies begun and not sent, newest first.
    pub fn drafts(&self) -> &[Draft] {
        self.drafts.as_deref().unwrap_or_default()
    }

    /// Replaces the drafts by what the store has; `true` when it is the first time.
    pub fn replace_drafts(&mut self, mut drafts: Vec<Draft>) -> bool {
        drafts.sort_by(|a, b| b.changed_at.cmp(&a.changed_at).then_with(|| a.targets.cmp(&b.targets)));
        self.drafts.replace(drafts).is_none()
    }

    /// Puts a draft in, in place of the older one for the same targets.
    pub fn keep_draft(&mut self, draft: Draft) {
        self.drop_draft(&draft.targets);
        self.drafts.get_or_insert_default().insert(0, draft);
    }

    /// Puts a discarded draft back where it stood; `false` when there is another one for its targets by now.
    pub fn restore_draft(&mut self, draft: Draft) -> bool {
        let mut drafts = self.drafts.take().unwrap_or_default();
        let other = drafts.iter().find(|own| own.targets == draft.targets);
        let free = other.is_none_or(|other| other.written == draft.written);
        if free {
            drafts.retain(|own| own.targets != draft.targets);
            drafts.push(draft);
        }
        self.replace_drafts(drafts);
        free
    }

    /// Takes the draft for these targets out; `false` when there is none.
    pub fn drop_draft(&mut self, targets: &[Target]) -> bool {
        let Some(drafts) = &mut self.drafts else { return false };
        let before = drafts.len();
        drafts.retain(|draft| draft.targets != targets);
        drafts.len() < before
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

    /// The state of a reply that stands in the way of another one to this target: one under way or unknown, and one that
    /// was accepted and that PayerMax has not shown yet, or the case would be answered twice.
    pub fn open_action(&self, target: &Target) -> Option<State> {
        let of_target = |record: &&ActionRecord| match target {
            Target::Case(id) => record.intent.case_id.as_ref() == Some(id),
            Target::Batch(batch) => record.intent.batch_id.as_ref() == Some(batch),
        };
        self.journal
            .iter()
            .filter(|record| record.intent.kind != Kind::Refund)
            .filter(of_target)
            .map(|record| record.state)
            .find(|state| state.is_open() || *state == State::Accepted)
    }

    /// Whether the store has answered at all.
    pub fn is_loaded(&self) -> bool {
        self.reading != Reading::Nothing
    }

    /// How many cases of the list are still being read. While there are any, nothing may be said or done about the whole
    /// list but what the store has counted.
    pub fn missing(&self) -> usize {
        match self.reading {
            Reading::First(on_list) => on_list.saturating_sub(self.stock.len()),
            Reading::Nothing | Reading::All => 0,
        }
    }
}

/// When a case moved last, of the moves that nobody has looked at.
fn newest_move(tracked: &Tracked) -> Option<OffsetDateTime> {
    tracked.unseen.iter().map(|change| change.at).max()
}
