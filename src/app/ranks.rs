//! Lists of slots in order: sorted once, and kept in order by moving only what has changed.

use std::cmp::Ordering;

use crate::domain::order::SortBy;

use super::stock::Stock;

/// Sorts slots. A list that is in order of due date already needs no more than the chosen order put on top of it.
pub(super) fn sorted(stock: &Stock, sort: SortBy, slots: Vec<u32>) -> Vec<u32> {
    // Sixteen bytes beside each other settle almost every comparison; the cases themselves lie all over the memory.
    let mut keyed: Vec<(u128, u32)> = slots
        .into_iter()
        .filter_map(|slot| stock.at(slot).map(|tracked| (sort.hint(tracked), slot)))
        .collect();
    let cases = |one: u32, other: u32| stock.at(one).zip(stock.at(other));
    if sort == SortBy::Due {
        // No two are equal, and this way of sorting needs no more room.
        keyed.sort_unstable_by(|(a, one), (b, other)| {
            let closer =
                || cases(*one, *other).map_or(Ordering::Equal, |(one, other)| sort.compare(one, other));
            a.cmp(b).then_with(closer)
        });
    } else {
        keyed.sort_by(|(a, one), (b, other)| {
            let closer = || {
                cases(*one, *other).map_or(Ordering::Equal, |(one, other)| sort.compare_alone(one, other, *a))
            };
            a.cmp(b).then_with(closer)
        });
    }
    keyed.into_iter().map(|(_, slot)| slot).collect()
}

/// Slots whose cases are no longer what they were.
pub(super) struct Moved {
    slots: Vec<u32>,
    /// One for each slot there is: whether it is among these.
    is: Vec<bool>,
}

impl Moved {
    pub(super) fn of(stock: &Stock, slots: impl Iterator<Item = u32>) -> Self {
        let slots: Vec<u32> = slots.collect();
        let mut is = vec![false; stock.slots()];
        for slot in &slots {
            if let Some(is) = is.get_mut(*slot as usize) {
                *is = true;
            }
        }
        Self { slots, is }
    }

    /// Takes them out of a list in order, and puts back in its place each that still `belongs` there.
    pub(super) fn place(
        &self,
        stock: &Stock,
        sort: SortBy,
        list: &mut Vec<u32>,
        belongs: impl Fn(u32) -> bool,
    ) {
        list.retain(|slot| !self.is.get(*slot as usize).copied().unwrap_or_default());
        let mut coming: Vec<u32> = self.slots.iter().copied().filter(|slot| belongs(*slot)).collect();
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
}
