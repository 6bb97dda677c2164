//! Marks: set, taken away, and brought back by `z`. A slip on the key that takes all away must not cost what a dozen
//! keys have chosen, and remembering it must cost little on a list of a million.

use std::collections::HashMap;

use crate::domain::ids::CaseId;

use super::action::Action;
use super::model::Model;
use super::relist;
use super::starting::counted;
use super::stock::{self, Stock};
use super::undo::Undo;

/// A set of slots, a bit each from the first word that has one: 125 kB for a million, 8 bytes for one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slots {
    /// The number of the first word.
    first: usize,
    words: Vec<u64>,
}

impl Slots {
    fn only(slot: u32) -> Self {
        Self { first: word(slot), words: vec![bit(slot)] }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many there are.
    fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// All of them, in order.
    fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().zip(self.first..).flat_map(|(word, number)| {
            (0..u64::BITS).filter(|at| *word & (1 << at) != 0).map(move |at| {
                let base = stock::index(number).saturating_mul(u64::BITS);
                base.saturating_add(at)
            })
        })
    }

    /// Takes one out.
    fn remove(&mut self, slot: u32) {
        let place = word(slot).checked_sub(self.first).and_then(|at| self.words.get_mut(at));
        if let Some(word) = place {
            *word &= !bit(slot);
        }
    }

    /// So many bytes are held.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

fn word(slot: u32) -> usize {
    (slot / u64::BITS) as usize
}

fn bit(slot: u32) -> u64 {
    1 << (slot % u64::BITS)
}

impl FromIterator<u32> for Slots {
    fn from_iter<I: IntoIterator<Item = u32>>(slots: I) -> Self {
        let mut words: Vec<u64> = Vec::new();
        for slot in slots {
            let at = word(slot);
            if at >= words.len() {
                words.resize(at + 1, 0);
            }
            if let Some(word) = words.get_mut(at) {
                *word |= bit(slot);
            }
        }
        let first = words.iter().take_while(|word| **word == 0).count();
        let mut words = words.split_off(first);
        words.shrink_to_fit();
        Self { first, words }
    }
}

/// Where the cases of some slots stand in a later reading of the list.
pub(super) struct Moves(HashMap<u32, Option<u32>>);

impl Moves {
    /// Finds those that stand elsewhere, or nowhere any more.
    pub(super) fn of<'s>(sets: impl Iterator<Item = &'s Slots>, before: &Stock, after: &Stock) -> Self {
        let all: Slots = sets.flat_map(Slots::iter).collect();
        let moved = all.iter().filter_map(|slot| {
            let id = before.at(slot).map(|tracked| &tracked.id);
            // Mostly nothing has moved, and nothing has to be looked up.
            let stays = id.is_some() && after.at(slot).map(|tracked| &tracked.id) == id;
            (!stays).then(|| (slot, id.and_then(|id| after.slot_of(id))))
        });
        Self(moved.collect())
    }

    /// The same cases by their slots there.
    pub(super) fn follow(&self, slots: &mut Slots) {
        if !self.0.is_empty() {
            let now = |slot: u32| self.0.get(&slot).copied().unwrap_or(Some(slot));
            *slots = slots.iter().filter_map(now).collect();
        }
    }
}

/// Marks the case under the cursor, or takes its mark away.
pub(super) fn turn(model: &mut Model) {
    let Some(id) = model.desk.cursor.id.clone() else { return };
    let Some(slot) = model.book.stock().slot_of(&id) else { return };
    let shown = usize::from(model.desk.listing.holds(&model.book, &id, &model.lens()));
    let marked = !model.book.is_marked(&id);
    model.book.mark(&id, marked);
    model.undo.push(Undo::Marks { marked, slots: Slots::only(slot) });
    model.desk.marks_shown =
        if marked { model.desk.marks_shown + shown } else { model.desk.marks_shown.saturating_sub(shown) };
}

/// Marks all that is shown.
pub(super) fn set_all(model: &mut Model) {
    let (book, listing) = (&model.book, &model.desk.listing);
    let slots: Slots = listing.slots().map(stock::index).filter(|slot| !book.has_mark(*slot)).collect();
    put(model, true, &slots);
    model.say(format!("{} marked", model.book.marked()));
    remember(model, true, slots);
}

/// Takes every mark away.
pub(super) fn drop_all(model: &mut Model) {
    let slots: Slots = model.book.marked_slots().collect();
    put(model, false, &slots);
    let (gone, undo) = (marks(slots.len()), model.key_of(Action::Undo));
    model.say(format!("{gone} taken away; {undo} brings them back"));
    remember(model, false, slots);
}

fn remember(model: &mut Model, marked: bool, slots: Slots) {
    if !slots.is_empty() {
        model.undo.push(Undo::Marks { marked, slots });
    }
}

fn put(model: &mut Model, marked: bool, slots: &Slots) {
    model.book.mark_slots(marked, slots.iter());
    relist::count_marks(model);
}

fn marks(count: usize) -> String {
    counted(count, "mark")
}

/// A case was answered: it is marked no more, and `z` does not mark it again for another answer. The marks in the table
/// are left to be counted anew.
pub(super) fn answered(model: &mut Model, id: &CaseId) {
    if let Some(slot) = model.book.stock().slot_of(id) {
        model.undo.forget(|slots| slots.remove(slot));
    }
    model.book.mark(id, false);
}

/// Takes a change of marks back, as far as its cases are still on the list; `false` where nothing is left to take back.
pub(super) fn take_back(model: &mut Model, marked: bool, slots: &Slots) -> bool {
    let before = model.book.marked();
    put(model, !marked, slots);
    let changed = model.book.marked().abs_diff(before);
    let only = slots.iter().next().and_then(|slot| model.book.stock().at(slot)).filter(|_| slots.len() == 1);
    let what = only.map_or_else(|| marks(changed), |tracked| format!("mark of {}", tracked.id));
    let now = if marked { "taken away" } else { "back" };
    if changed > 0 {
        model.say(format!("undone: {what} {now}"));
    }
    changed > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_slots_holds_what_was_put_in_and_no_more_room_than_it_needs() {
        let slots: Slots = [200_u32, 63, 64, 1_000_000, 200].into_iter().collect();
        assert_eq!(slots.iter().collect::<Vec<_>>(), [63, 64, 200, 1_000_000]);
        assert_eq!((slots.len(), Slots::only(1_000_000).bytes()), (4, 8));
        assert_eq!(Slots::only(1_000_000), [1_000_000].into_iter().collect());
        let mut few: Slots = [70, 71].into_iter().collect();
        for slot in [3, 70, 9_999, 71] {
            assert!(!few.is_empty());
            few.remove(slot);
        }
        assert!(few.is_empty() && few.iter().next().is_none());
        let million: Slots = (0..1_000_000).collect();
        assert_eq!(million.len(), 1_000_000);
        assert!(million.bytes() <= 125_100, "{}", million.bytes());
    }
}
