//! What is to be known of every case at a glance: its views, whether it is marked, and what an action on it would meet. How
//! many cases bear which signs is counted along, so that a key costs the same with one case marked and with a million.

use std::collections::BTreeMap;

use crate::domain::stage::Stage;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

/// The signs of one case, a bit each: the views in the order of [`View::ALL`], and those below. A slot without a case has
/// none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Signs(u16);

impl Signs {
    /// The operator has marked it.
    pub(super) const MARKED: Self = Self(1 << 15);
    /// It was never fetched.
    pub(super) const BARE: Self = Self(1 << 14);
    /// It is no case to leave uncontested, and nobody has decided that either.
    pub(super) const NOT_TO_GIVE_UP: Self = Self(1 << 13);

    /// It was put off, and may sleep.
    pub(super) const PUT_OFF: Self = Self(1 << 12);

    /// What a case shows by itself; marks are the operator's.
    pub(super) fn of(tracked: &Tracked) -> Self {
        let views = View::ALL.into_iter().filter(|view| view.awaits(tracked)).map(Self::in_view);
        let bare = tracked.case.is_none().then_some(Self::BARE);
        let may_give_up = tracked.stage() == Stage::Due || tracked.local.wont_contest.is_some();
        let contested = (!may_give_up).then_some(Self::NOT_TO_GIVE_UP);
        let put_off = tracked.wakes_on().is_some().then_some(Self::PUT_OFF);
        views.chain(bare).chain(contested).chain(put_off).fold(Self::default(), Self::and)
    }

    /// That it belongs to a view, or will once it is awake.
    pub(super) fn in_view(view: View) -> Self {
        Self(1 << View::ALL.iter().position(|own| *own == view).unwrap_or_default())
    }

    /// Both together.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All but those.
    #[must_use]
    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those of these signs that are there.
    #[must_use]
    pub(super) fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of these are there.
    pub(super) fn has(self, all: Self) -> bool {
        self.only(all) == all
    }
}

/// The signs by slot, and how many cases bear the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Board {
    signs: Vec<Signs>,
    counts: BTreeMap<Signs, usize>,
}

impl Board {
    /// A slot for each of these.
    pub(super) fn of(all: impl ExactSizeIterator<Item = Signs>) -> Self {
        let mut board = Self { signs: all.collect(), ..Self::default() };
        board.count_anew();
        board
    }

    /// Gives the cases in these slots a sign, or takes it from them: soon done for any number.
    pub(super) fn put(&mut self, sign: Signs, is_on: bool, slots: impl Iterator<Item = u32>) {
        for slot in slots {
            if let Some(signs) = self.signs.get_mut(slot as usize).filter(|signs| **signs != Signs::default())
            {
                *signs = if is_on { signs.and(sign) } else { signs.without(sign) };
            }
        }
        self.count_anew();
    }

    fn count_anew(&mut self) {
        let mut counts = vec![0_usize; usize::from(u16::MAX) + 1];
        for signs in &self.signs {
            if let Some(count) = counts.get_mut(usize::from(signs.0)) {
                *count += 1;
            }
        }
        let signs = (0..=u16::MAX).map(Signs);
        self.counts = signs.zip(counts).filter(|(_, count)| *count > 0).collect();
    }

    /// One more slot.
    pub(super) fn push(&mut self, signs: Signs) {
        self.signs.push(signs);
        *self.counts.entry(signs).or_default() += 1;
    }

    /// The signs of a slot.
    pub(super) fn get(&self, slot: u32) -> Signs {
        self.signs.get(slot as usize).copied().unwrap_or_default()
    }

    /// Replaces the signs of a slot.
    pub(super) fn set(&mut self, slot: u32, signs: Signs) {
        let Some(place) = self.signs.get_mut(slot as usize) else { return };
        let before = std::mem::replace(place, signs);
        if before == signs {
            return;
        }
        if let Some(count) = self.counts.get_mut(&before) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&before);
            }
        }
        *self.counts.entry(signs).or_default() += 1;
    }

    /// How many cases bear all of these signs.
    pub(super) fn count(&self, all: Signs) -> usize {
        self.counts.iter().filter(|(signs, _)| signs.has(all)).map(|(_, count)| count).sum()
    }

    /// The slots with all of these signs, in order.
    pub(super) fn bearing(&self, all: Signs) -> impl Iterator<Item = u32> + '_ {
        // Most of the time there are none, and nothing has to be looked through for that.
        let signs = if self.count(all) == 0 { &[] } else { self.signs.as_slice() };
        (0_u32..).zip(signs).filter(move |(_, signs)| signs.has(all)).map(|(slot, _)| slot)
    }
}
