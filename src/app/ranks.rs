//! Lists of slots in order: sorted once, and kept in order by moving only what has changed.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::domain::order::SortBy;
use crate::domain::tracked::Tracked;

use super::stock::{Stock, index};

/// What has changed in the book: slots, each with the case as it was before.
pub(super) type Touched = BTreeMap<u32, Option<Tracked>>;

/// So many changes are each looked up where they were and where they go. More are taken out in one walk over the list.
const FEW: usize = if cfg!(test) { 2 } else { 16 };

/// A place or slot with what it is sorted by. The hint lies in quarters, so that a million of these take twenty bytes
/// each and not thirty-two.
struct Keyed {
    hint: [u32; 4],
    of: u32,
}

impl Keyed {
    fn new(hint: u128, of: u32) -> Self {
        let quarter = |shift: u32| u32::try_from(hint >> shift & u128::from(u32::MAX)).unwrap_or_default();
        Self { hint: [96, 64, 32, 0].map(quarter), of }
    }

    fn hint(&self) -> u128 {
        self.hint.iter().fold(0, |hint, quarter| hint << 32 | u128::from(*quarter))
    }
}

/// A block of more bytes than this is asked of the system and given back to it. Smaller ones stay with glibc's allocator
/// once they are freed, and so do all later ones of their size: twenty megabytes that are never used again.
const GIVEN_BACK: usize = 32 << 20;
/// So many are sorted in a block of that size, of which only what is filled takes memory.
const MANY: usize = 50_000;

/// Room for so many, filled.
fn filled(most: usize, with: impl Iterator<Item = Keyed>) -> Vec<Keyed> {
    let room = if most < MANY { most } else { most.max(GIVEN_BACK / size_of::<Keyed>() + 1) };
    let mut keyed = Vec::with_capacity(room);
    keyed.extend(with);
    keyed
}

/// What was sorted, as slots. Not collected out of the other: the list would keep the room that the hints took.
fn slots(keyed: &[Keyed], slot: impl Fn(u32) -> u32) -> Vec<u32> {
    let mut slots = Vec::with_capacity(keyed.len());
    slots.extend(keyed.iter().map(|keyed| slot(keyed.of)));
    slots
}

/// Sorts slots that are in order of due date already.
pub(super) fn sorted(stock: &Stock, sort: SortBy, by_due: &[u32]) -> Vec<u32> {
    // Sixteen bytes beside each other settle almost every comparison; the cases themselves lie all over the memory.
    let hinted = (0_u32..).zip(by_due).filter_map(|(place, slot)| Some((sort.hint(stock.at(*slot)?), place)));
    let mut keyed = filled(by_due.len(), hinted.map(|(hint, place)| Keyed::new(hint, place)));
    let slot = |place: u32| by_due.get(place as usize).copied().unwrap_or(u32::MAX);
    // No two places are equal, and this way of sorting needs no more room.
    keyed.sort_unstable_by(|one, other| {
        let hint = one.hint();
        let closer = || {
            let cases = stock.at(slot(one.of)).zip(stock.at(slot(other.of)));
            cases.map_or(Ordering::Equal, |(one, other)| sort.compare_alone(one, other, hint))
        };
        hint.cmp(&other.hint()).then_with(closer).then_with(|| one.of.cmp(&other.of))
    });
    slots(&keyed, slot)
}

/// Sorts every slot by due date.
pub(super) fn sorted_by_due(stock: &Stock) -> Vec<u32> {
    let hinted = (0..index(stock.slots()))
        .filter_map(|slot| Some(Keyed::new(SortBy::Due.hint(stock.at(slot)?), slot)));
    let mut keyed = filled(stock.slots(), hinted);
    keyed.sort_unstable_by(|one, other| {
        let closer = || {
            let cases = stock.at(one.of).zip(stock.at(other.of));
            cases.map_or(Ordering::Equal, |(one, other)| SortBy::Due.compare(one, other))
        };
        one.hint().cmp(&other.hint()).then_with(closer)
    });
    slots(&keyed, |slot| slot)
}

/// Brings a list in order in line with what has changed: puts each case that `belongs` there in its place, and takes
/// every other one out.
pub(super) fn follow(
    stock: &Stock,
    sort: SortBy,
    list: &mut Vec<u32>,
    touched: &Touched,
    belongs: impl Fn(u32) -> bool,
) {
    if touched.len() <= FEW {
        follow_each(stock, sort, list, touched, belongs);
    } else {
        follow_all(stock, sort, list, touched, belongs);
    }
}

fn follow_each(
    stock: &Stock,
    sort: SortBy,
    list: &mut Vec<u32>,
    touched: &Touched,
    belongs: impl Fn(u32) -> bool,
) {
    for (&slot, before) in touched {
        // In the list, what comes later is still as it was.
        let compare = |own: u32, tracked: &Tracked| {
            let as_listed =
                touched.get(&own).filter(|_| own >= slot).map_or_else(|| stock.at(own), Option::as_ref);
            as_listed.map_or(Ordering::Equal, |own| sort.compare(own, tracked))
        };
        let place =
            |list: &[u32], tracked: &Tracked| list.partition_point(|own| compare(*own, tracked).is_lt());
        let from =
            before.as_ref().map(|before| place(list, before)).filter(|at| list.get(*at) == Some(&slot));
        let to = stock.at(slot).filter(|_| belongs(slot)).map(|after| place(list, after));
        match (from, to) {
            // Only what lies between moves, which is nothing when the order is about something else.
            (Some(from), Some(to)) if from < to => rotate(list, from, to, <[u32]>::rotate_left),
            (Some(from), Some(to)) => rotate(list, to, from + 1, <[u32]>::rotate_right),
            (Some(from), None) => _ = list.remove(from),
            (None, Some(to)) => list.insert(to, slot),
            (None, None) => {}
        }
    }
}

fn rotate(list: &mut [u32], first: usize, end: usize, turn: fn(&mut [u32], usize)) {
    if let Some(between) = list.get_mut(first..end) {
        turn(between, 1);
    }
}

fn follow_all(
    stock: &Stock,
    sort: SortBy,
    list: &mut Vec<u32>,
    touched: &Touched,
    belongs: impl Fn(u32) -> bool,
) {
    let mut is = vec![false; stock.slots()];
    for slot in touched.keys() {
        if let Some(is) = is.get_mut(*slot as usize) {
            *is = true;
        }
    }
    list.retain(|slot| !is.get(*slot as usize).copied().unwrap_or_default());
    let mut coming: Vec<u32> = touched.keys().copied().filter(|slot| belongs(*slot)).collect();
    let compare = |a: u32, b: u32| match (stock.at(a), stock.at(b)) {
        (Some(a), Some(b)) => sort.compare(a, b),
        _ => a.cmp(&b),
    };
    coming.sort_by(|a, b| compare(*a, *b));
    let mut end = list.len();
    list.resize(end + coming.len(), 0);
    // From the end on, so that every slot moves once.
    for (more, slot) in coming.into_iter().enumerate().rev() {
        let place =
            list.get(..end).map_or(0, |before| before.partition_point(|own| compare(*own, slot).is_lt()));
        list.copy_within(place..end, place + more + 1);
        if let Some(free) = list.get_mut(place + more) {
            *free = slot;
        }
        end = place;
    }
}
