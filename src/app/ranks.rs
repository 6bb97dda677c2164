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

/// Sorts slots that are in order of due date already.
pub(super) fn sorted(stock: &Stock, sort: SortBy, by_due: &[u32]) -> Vec<u32> {
    // Sixteen bytes beside each other settle almost every comparison; the cases themselves lie all over the memory.
    let mut keyed: Vec<(u128, u32)> = (0_u32..)
        .zip(by_due)
        .filter_map(|(place, slot)| stock.at(*slot).map(|tracked| (sort.hint(tracked), place)))
        .collect();
    let slot = |place: u32| by_due.get(place as usize).copied().unwrap_or(u32::MAX);
    // No two places are equal, and this way of sorting needs no more room.
    keyed.sort_unstable_by(|(a, one), (b, other)| {
        let closer = || {
            let cases = stock.at(slot(*one)).zip(stock.at(slot(*other)));
            cases.map_or(Ordering::Equal, |(one, other)| sort.compare_alone(one, other, *a))
        };
        a.cmp(b).then_with(closer).then_with(|| one.cmp(other))
    });
    keyed.into_iter().map(|(_, place)| slot(place)).collect()
}

/// Sorts every slot by due date.
pub(super) fn sorted_by_due(stock: &Stock) -> Vec<u32> {
    let slots = 0..index(stock.slots());
    let mut keyed: Vec<(u128, u32)> =
        slots.filter_map(|slot| stock.at(slot).map(|tracked| (SortBy::Due.hint(tracked), slot))).collect();
    keyed.sort_unstable_by(|(a, one), (b, other)| {
        let closer = || {
            let cases = stock.at(*one).zip(stock.at(*other));
            cases.map_or(Ordering::Equal, |(one, other)| SortBy::Due.compare(one, other))
        };
        a.cmp(b).then_with(closer)
    });
    keyed.into_iter().map(|(_, slot)| slot).collect()
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
