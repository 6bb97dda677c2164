//! The cases in memory with what is worked out from each of them once: which views it belongs to, how old it is, its
//! place in order of due date, its part in the counts. One more change costs one more case, however many there are.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use hashbrown::HashTable;
use time::OffsetDateTime;

use crate::domain::deadline::Calendar;
use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;
use crate::domain::stage::Stage;
use crate::domain::tally::{Standing, Tally};
use crate::domain::tracked::{self, Tracked};
use crate::domain::view::View;

use super::ranks::{self, Touched};
use super::signs::{Board, Signs};

/// All tracked cases, by id and by slot. A slot stays its case's own until everything is read anew.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    cases: Vec<Option<Tracked>>,
    slots: HashTable<u32>,
    hashing: RandomState,
    /// What is known of each at a glance, marks too.
    board: Board,
    /// When an open case was fetched, in nanoseconds since 1970; of all others, the latest there is.
    ages: Vec<i64>,
    /// The least of them; `None` where that has to be looked for again.
    oldest: Option<i64>,
    /// Every slot in each order, as far as they have been asked for; by due date always.
    orders: [Option<Vec<u32>>; SortBy::ALL.len()],
    tally: Tally,
    /// What has changed since [`Stock::settle`], with the case as it was before.
    touched: Touched,
}

/// Equal when they hold the same cases in the same slots; the rest follows from those.
impl PartialEq for Stock {
    fn eq(&self, other: &Self) -> bool {
        self.cases == other.cases
    }
}

impl Eq for Stock {}

impl Stock {
    /// Works everything out for a list that was read. Takes a moment for a long one; nothing here needs the desk.
    pub fn of(cases: Vec<Tracked>) -> Self {
        let mut stock = Self { tally: Tally::of(&cases), ..Self::default() };
        stock.slots.reserve(cases.len(), |_| 0);
        stock.board = Board::of(cases.iter().map(Signs::of));
        stock.ages = cases.iter().map(age).collect();
        stock.cases = cases.into_iter().map(Some).collect();
        let Self { cases, slots, hashing, .. } = &mut stock;
        for (slot, tracked) in (0_u32..).zip(cases.iter()) {
            let hash_of = |slot: &u32| hash(hashing, cases, *slot);
            if let Some(tracked) = tracked {
                slots.insert_unique(hashing.hash_one(tracked.id.as_str()), slot, hash_of);
            }
        }
        stock.keep_order(SortBy::Due, ranks::sorted_by_due(&stock));
        stock.oldest = stock.ages.iter().copied().min();
        stock
    }

    /// Works out every order, for a list so long that a key for another one would be felt.
    #[must_use]
    pub fn in_every_order(mut self) -> Self {
        for sort in SortBy::ALL {
            self.sort(sort);
        }
        self
    }

    /// Works an order out, unless that has been done.
    pub fn sort(&mut self, sort: SortBy) {
        if self.order(sort).is_none() {
            let sorted = ranks::sorted(self, sort, self.by_due());
            self.keep_order(sort, sorted);
        }
    }

    /// A case by id.
    pub fn get(&self, id: &CaseId) -> Option<&Tracked> {
        self.slot_of(id).and_then(|slot| self.at(slot))
    }

    /// The slot of a case.
    pub fn slot_of(&self, id: &CaseId) -> Option<u32> {
        let is = |slot: &u32| self.at(*slot).is_some_and(|tracked| tracked.id == *id);
        self.slots.find(self.hashing.hash_one(id.as_str()), is).copied()
    }

    /// A case by slot.
    pub fn at(&self, slot: u32) -> Option<&Tracked> {
        self.cases.get(slot as usize).and_then(Option::as_ref)
    }

    /// Every case, in slot order.
    pub fn iter(&self) -> impl Iterator<Item = &Tracked> {
        self.cases.iter().flatten()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// One more than the highest slot.
    pub(super) fn slots(&self) -> usize {
        self.cases.len()
    }

    /// Puts a newer version of a case in, or a new one behind all others.
    pub fn put(&mut self, tracked: Tracked) {
        let slot = self.slot_of(&tracked.id).unwrap_or_else(|| self.slot_for(&tracked.id));
        self.replace(slot, Some(tracked));
    }

    fn slot_for(&mut self, id: &CaseId) -> u32 {
        let slot = index(self.cases.len());
        self.cases.push(None);
        self.board.push(Signs::default());
        self.ages.push(i64::MAX);
        let Self { cases, slots, hashing, .. } = self;
        slots.insert_unique(hashing.hash_one(id.as_str()), slot, |slot| hash(hashing, cases, *slot));
        slot
    }

    /// Changes a case where it stands; its id must stay what it is.
    pub fn edit<T>(&mut self, id: &CaseId, change: impl FnOnce(&mut Tracked) -> T) -> Option<T> {
        let slot = self.slot_of(id)?;
        let mut tracked = self.at(slot)?.clone();
        let outcome = change(&mut tracked);
        self.replace(slot, Some(tracked));
        Some(outcome)
    }

    /// Takes a case out; its slot stays empty.
    pub fn take(&mut self, id: &CaseId) {
        let Some(slot) = self.slot_of(id) else { return };
        if let Ok(entry) = self.slots.find_entry(self.hashing.hash_one(id.as_str()), |found| *found == slot) {
            entry.remove();
        }
        self.replace(slot, None);
    }

    fn replace(&mut self, slot: u32, after: Option<Tracked>) {
        let at = slot as usize;
        if let Some(tracked) = &after {
            self.tally.add(&Standing::of(tracked));
        }
        let mark = self.board.get(slot).only(Signs::MARKED);
        self.board.set(slot, after.as_ref().map_or(Signs::default(), |tracked| Signs::of(tracked).and(mark)));
        if let Some(age_of) = self.ages.get_mut(at) {
            let new = after.as_ref().map_or(i64::MAX, age);
            let old = std::mem::replace(age_of, new);
            self.oldest =
                self.oldest.filter(|oldest| new <= *oldest || old > *oldest).map(|oldest| oldest.min(new));
        }
        let before = self.cases.get_mut(at).and_then(|place| std::mem::replace(place, after));
        if let Some(tracked) = &before {
            self.tally.remove(&Standing::of(tracked));
        }
        self.touched.entry(slot).or_insert(before);
    }

    /// The counts.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Whether the case in a slot belongs to a view today.
    pub fn holds(&self, slot: u32, view: View, calendar: &Calendar) -> bool {
        // Which day it is matters to few cases, and only those are looked at.
        let depends = view == View::Due && self.board.get(slot).has(Signs::PUT_OFF);
        let sleeps = depends && self.at(slot).is_some_and(|tracked| tracked.is_asleep(calendar));
        self.awaits(slot, view) && !sleeps
    }

    /// Whether it does, or will once it is awake.
    pub fn awaits(&self, slot: u32, view: View) -> bool {
        self.board.get(slot).has(Signs::in_view(view))
    }

    /// What is known of every case at a glance.
    pub(super) fn board(&self) -> &Board {
        &self.board
    }

    /// Marks a case, or takes its mark away.
    pub(super) fn mark(&mut self, slot: u32, marked: bool) {
        if self.at(slot).is_some() {
            let bare = self.board.get(slot).without(Signs::MARKED);
            self.board.set(slot, if marked { bare.and(Signs::MARKED) } else { bare });
        }
    }

    /// The same with many.
    pub(super) fn mark_each(&mut self, marked: bool, slots: impl Iterator<Item = u32>) {
        self.board.put(Signs::MARKED, marked, slots);
    }

    /// Marks what is marked in an earlier reading of the list, as far as it is still there.
    pub(super) fn keep_marks(&mut self, before: &Self) {
        if before.board.count(Signs::MARKED) == 0 {
            return;
        }
        let marked = before.board.bearing(Signs::MARKED).filter_map(|slot| {
            let id = &before.at(slot)?.id;
            // Mostly nothing has moved, and nothing has to be looked up.
            let stays = self.at(slot).is_some_and(|own| own.id == *id);
            if stays { Some(slot) } else { self.slot_of(id) }
        });
        let marked: Vec<u32> = marked.collect();
        self.mark_each(true, marked.into_iter());
    }

    /// How old the list is; see [`tracked::as_of`].
    pub fn as_of(&self) -> Option<OffsetDateTime> {
        match self.oldest.or_else(|| self.ages.iter().copied().min()).filter(|age| *age < i64::MAX) {
            Some(oldest) => OffsetDateTime::from_unix_timestamp_nanos(oldest.into()).ok(),
            None => tracked::as_of(self.iter()),
        }
    }

    /// Every slot in order of due date, as of the last `Stock::settle`.
    pub fn by_due(&self) -> &[u32] {
        self.order(SortBy::Due).unwrap_or_default()
    }

    /// Every slot in an order, as of the last `Stock::settle`; `None` before [`Stock::sort`].
    pub fn order(&self, sort: SortBy) -> Option<&[u32]> {
        self.orders.get(sort as usize).and_then(Option::as_deref)
    }

    fn keep_order(&mut self, sort: SortBy, order: Vec<u32>) {
        if let Some(place) = self.orders.get_mut(sort as usize) {
            *place = Some(order);
        }
    }

    /// Puts what has changed in its place in every order, and tells what that was.
    pub(super) fn settle(&mut self) -> Touched {
        let touched = std::mem::take(&mut self.touched);
        if !touched.is_empty() {
            self.oldest = self.oldest.or_else(|| self.ages.iter().copied().min());
            let mut orders = std::mem::take(&mut self.orders);
            for (sort, order) in SortBy::ALL.into_iter().zip(&mut orders) {
                if let Some(order) = order {
                    ranks::follow(self, sort, order, &touched, |slot| self.at(slot).is_some());
                }
            }
            self.orders = orders;
        }
        touched
    }
}

fn hash(hashing: &RandomState, cases: &[Option<Tracked>], slot: u32) -> u64 {
    let id = cases.get(slot as usize).and_then(Option::as_ref).map(|tracked| tracked.id.as_str());
    hashing.hash_one(id.unwrap_or_default())
}

fn age(tracked: &Tracked) -> i64 {
    let open = tracked.refreshed_at.filter(|_| tracked.stage() != Stage::Closed);
    let nanos = |at: OffsetDateTime| i64::try_from(at.unix_timestamp_nanos()).unwrap_or(i64::MAX - 1);
    open.map_or(i64::MAX, nanos)
}

/// A place in a list as a slot; no list has four thousand million cases.
pub(super) fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
