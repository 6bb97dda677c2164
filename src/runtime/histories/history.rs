//! One history: a seed, and from it step after step.

use std::collections::VecDeque;
use std::time::Duration;

use fastrand::Rng;

use super::coverage::Coverage;
use super::desk::{Desk, OPERATORS};
use super::facts::{Facts, Leave};
use super::invariants;
use super::journey::{Journey, Move};
use super::shape::{Sabotage, Shape};
use super::world::World;
use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::key::{Code, Key};
use crate::app::overlay::Overlay;
use crate::app::{reading, refunding};
use crate::domain::action::State;
use crate::runtime::keeper::Order;

/// How many steps are told when something breaks.
const TAIL: usize = 30;
/// Rounds in which outcomes lead to effects and these to outcomes, within one step.
pub(super) const ROUNDS: usize = 40;

/// A history under way.
pub(super) struct History<'w> {
    pub(super) world: &'w mut World,
    pub(super) shape: Shape,
    pub(super) rng: Rng,
    pub(super) desks: [Option<Desk>; 2],
    pub(super) facts: Facts,
    pub(super) cover: Coverage,
    pub(super) tail: VecDeque<String>,
    pub(super) step: usize,
    lives: u32,
    journeys: [Option<Journey>; 2],
    killed: [bool; 2],
}

/// What an operator does in one step, at most.
const MOVES: usize = 3;

pub(super) type Step = Result<(), String>;

impl<'w> History<'w> {
    pub(super) fn new(world: &'w mut World, shape: Shape) -> Self {
        world.start_over(if shape.two_hosts { 2 } else { 1 }, shape.thorough);
        world.table.lock().sabotage = shape.sabotage;
        Self {
            world,
            shape,
            rng: Rng::with_seed(shape.seed),
            desks: [None, None],
            facts: Facts::default(),
            cover: Coverage::default(),
            tail: VecDeque::new(),
            step: 0,
            lives: 0,
            journeys: [None, None],
            killed: [false; 2],
        }
    }

    /// All of it, and what must hold afterwards.
    pub(super) fn play(&mut self) -> Step {
        for who in 0..2 {
            self.open(who)?;
        }
        while self.step < self.shape.steps {
            self.step += 1;
            self.cover.count("steps");
            self.world.clocks.pass(self.rng.i64(20..900));
            self.one()?;
            self.deliver()?;
            if self.step.is_multiple_of(40) {
                let who = self.rng.usize(0..2);
                self.picture(who)?;
            }
            invariants::after_a_step(self.world)?;
        }
        self.end()
    }

    pub(super) fn tell(&mut self, words: impl AsRef<str>) {
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(format!("{:>4} {}", self.step, words.as_ref()));
    }

    fn one(&mut self) -> Step {
        let who = usize::from(self.rng.u8(0..10) < 4);
        if self.desks[who].is_none() {
            return self.open(who);
        }
        match self.rng.u8(0..100) {
            0..2 => {
                self.kill(who);
                Ok(())
            }
            2 => self.leave(who),
            3..6 => self.any_key(who),
            6..9 => self.junk(who),
            9..11 => {
                self.gateway_moves();
                Ok(())
            }
            11 => {
                self.clock_jumps(who);
                Ok(())
            }
            12..14 => self.minutes(who, 1),
            14..60 if self.has_parcels() => {
                self.line();
                Ok(())
            }
            _ => {
                // Fingers are quicker than the line.
                for _ in 0..MOVES {
                    self.go(who)?;
                    if self.has_parcels() || self.journeys[who].is_none() {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    pub(super) fn open(&mut self, who: usize) -> Step {
        self.lives += 1;
        let store = if self.shape.two_hosts { who } else { 0 };
        let was_killed = std::mem::take(&mut self.killed[who]);
        let (desk, wanted) = Desk::open(self.world, who, store, self.lives, self.shape.pause_s);
        self.desks[who] = Some(desk);
        self.tell(format!("{} opens a desk on list {store}", OPERATORS[who]));
        for effect in wanted {
            self.carry_out(who, effect, &Leave::Nothing)?;
        }
        self.keep(who);
        self.drain(who, true)?;
        if let Some(desk) = &self.desks[who] {
            let back = invariants::drafts_are_back(&self.facts, desk)?;
            if was_killed {
                self.cover.more("drafts back after a kill", back);
            }
        }
        Ok(())
    }

    /// kill -9: whatever the process was at, it is at no more.
    fn kill(&mut self, who: usize) {
        if let Some(desk) = self.desks[who].take() {
            self.cover.count("kills");
            if desk.is_sending() {
                self.cover.count("kills while sending");
            }
            self.tell(format!("kill -9 of {}'s desk", OPERATORS[who]));
            self.journeys[who] = None;
            self.killed[who] = true;
        }
    }

    /// Leaves in good order: what was ordered is done, what is under way is waited for.
    fn leave(&mut self, who: usize) -> Step {
        self.tell(format!("{} leaves", OPERATORS[who]));
        for _ in 0..ROUNDS {
            self.pass_all(who);
            self.keep(who);
            self.drain(who, true)?;
            if self.desks[who].as_ref().is_none_or(|desk| !desk.is_sending() && desk.orders.is_empty()) {
                break;
            }
        }
        self.desks[who] = None;
        self.journeys[who] = None;
        Ok(())
    }

    /// The operator goes on with what they are at, or begins something.
    fn go(&mut self, who: usize) -> Step {
        let rng = &mut self.rng;
        let journey = self.journeys[who].get_or_insert_with(|| Journey::any(rng));
        let Some(desk) = &self.desks[who] else { return Ok(()) };
        let world = &*self.world;
        let next = journey.next(&desk.model, &|record| invariants::truth(world, record), rng);
        match next {
            Move::Keys(keys) => self.keys(who, &keys),
            Move::Paste(text) => {
                self.tell(format!("{} pastes {text:?}", OPERATORS[who]));
                self.take(who, Event::Paste(text))
            }
            Move::Wait if self.has_parcels() => {
                self.line();
                Ok(())
            }
            Move::Wait => {
                self.tell("a second passes");
                self.world.clocks.pass(1_000);
                for desk in self.desks.iter_mut().flatten() {
                    desk.pass(Duration::from_secs(1));
                }
                Ok(())
            }
            Move::Minutes(minutes) => self.minutes(who, minutes),
            Move::Over => {
                self.journeys[who] = None;
                Ok(())
            }
        }
    }

    pub(super) fn keys(&mut self, who: usize, keys: &[Key]) -> Step {
        let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
        self.tell(format!("{} presses {}", OPERATORS[who], names.join(" ")));
        // A hand looks at the page of a refund before it types there, and needs a moment for each key.
        let watched = self.desks[who].as_ref().is_some_and(|desk| confirms_refund(&desk.model.overlay));
        self.world.clocks.pass(if watched { 450 } else { 0 });
        self.read(who)?;
        for key in keys {
            self.world.clocks.pass(30);
            self.take(who, Event::Key(*key))?;
        }
        Ok(())
    }

    /// Reads a page that confirms to its end, as an operator must before anything leaves.
    fn read(&mut self, who: usize) -> Step {
        let unread = |desk: &Desk| reading::of(&desk.model.overlay).is_some_and(|page| !page.is_over());
        for _ in 0..9 {
            if !self.desks[who].as_ref().is_some_and(unread) {
                break;
            }
            self.picture(who)?;
            if self.desks[who].as_ref().is_some_and(unread) {
                self.world.clocks.pass(30);
                self.take(who, Event::Key(Key::plain(Code::PageDown)))?;
            }
        }
        Ok(())
    }

    /// Gives an event to a desk and carries out what comes of it.
    pub(super) fn take(&mut self, who: usize, event: Event) -> Step {
        let Some(desk) = &mut self.desks[who] else { return Ok(()) };
        let mut leave = self.facts.leave(who, &desk.model, &event);
        if self.shape.sabotage == Sabotage::Unconfirmed {
            leave = Leave::Nothing;
        }
        let before = invariants::words(&desk.model);
        let discarded = invariants::discarded(&desk.model, &event);
        let effects = desk.update(event);
        invariants::kept(before.as_ref(), &desk.model, &effects)?;
        if let Some(draft) = &discarded {
            self.cover.count("drafts brought back");
            invariants::is_back(draft, &desk.model, &effects)?;
        }
        for effect in effects {
            self.carry_out(who, effect, &leave)?;
        }
        Ok(())
    }

    fn carry_out(&mut self, who: usize, effect: Effect, leave: &Leave) -> Step {
        let Some(desk) = &mut self.desks[who] else { return Ok(()) };
        match &effect {
            Effect::SendRefund(_) => self.cover.count("refunds confirmed"),
            Effect::SendReply { .. } => self.cover.count("replies confirmed"),
            Effect::DiscardDraft(_) => self.cover.count("drafts discarded"),
            _ => {}
        }
        let sent = self.world.table.lock().mutations.len();
        self.facts.decide((who, desk.life), &effect, leave, sent)?;
        let quiet = matches!(
            effect,
            Effect::SaveDraft(_)
                | Effect::LoadHistory(_)
                | Effect::LoadRecords
                | Effect::Redraw
                | Effect::Copy(_)
        );
        if desk.carry_out(effect) {
            return self.leave(who);
        }
        if !quiet {
            desk.go_on();
            self.world.table.sort();
        }
        Ok(())
    }

    /// The keeper works, and what it wrote of drafts is noted.
    fn keep(&mut self, who: usize) {
        let Some(desk) = &mut self.desks[who] else { return };
        let store = desk.store;
        if self.shape.sabotage == Sabotage::DropsDrafts {
            for order in desk.orders.iter().cloned() {
                self.facts.note(store, order);
            }
            desk.orders.retain(|order| !matches!(order, Order::SaveDraft(_)));
        }
        for order in desk.keep() {
            self.facts.note(store, order);
        }
    }

    /// What came back is taken, mostly at once and sometimes later.
    fn deliver(&mut self) -> Step {
        for who in 0..2 {
            if self.rng.u8(0..10) > 0 {
                self.keep(who);
            }
            self.drain(who, false)?;
        }
        Ok(())
    }

    pub(super) fn drain(&mut self, who: usize, all: bool) -> Step {
        for _ in 0..ROUNDS {
            if !all && self.rng.u8(0..20) == 0 {
                return Ok(());
            }
            let Some(desk) = &mut self.desks[who] else { return Ok(()) };
            let Some(event) = desk.inbox.pop_front() else {
                if desk.orders.is_empty() || !all && self.rng.u8(0..10) == 0 {
                    return Ok(());
                }
                self.keep(who);
                continue;
            };
            self.hear(who, event)?;
        }
        Ok(())
    }

    fn hear(&mut self, who: usize, event: Event) -> Step {
        let Some(desk) = &self.desks[who] else { return Ok(()) };
        invariants::told(&mut self.facts, self.world, desk, &event)?;
        self.note(who, &event);
        // A line that stutters says the same thing twice.
        let twice = self.rng.u8(0..40) == 0 && !matches!(event, Event::SecondPassed(_) | Event::Edited(_));
        if twice {
            self.cover.count("events doubled");
            self.take(who, event.clone())?;
        }
        self.take(who, event)
    }

    fn note(&mut self, who: usize, event: &Event) {
        let (what, state) = match event {
            Event::Replied(target, answer) => {
                (format!("the reply to {target}: {}", answer.code), answer.state)
            }
            Event::Refunded(order, answer) => {
                (format!("the refund of {order}: {}", answer.code), answer.state)
            }
            Event::Settled { told, .. } => return self.tell(format!("{} hears: {told}", OPERATORS[who])),
            _ => return,
        };
        self.cover.count(match state {
            State::Accepted => "told accepted",
            State::Refused => "told refused",
            _ => "told unknown",
        });
        if what.contains("ORDER_REPEAT") {
            self.cover.count("numbers met twice");
        }
        self.tell(format!("{} hears of {what}, {state}", OPERATORS[who]));
    }

    /// Looks at what one of the desks shows.
    pub(super) fn picture(&mut self, who: usize) -> Step {
        let Some(desk) = &self.desks[who] else { return Ok(()) };
        self.cover.count("frames");
        match invariants::picture(desk)? {
            Some(end) => self.take(who, Event::PageEnd(end)),
            None => Ok(()),
        }
    }
}

/// Whether the page of a refund waits for what is to be typed.
fn confirms_refund(overlay: &Overlay) -> bool {
    matches!(overlay, Overlay::Refund(form) if matches!(form.step, refunding::Step::Confirm { .. }))
}
