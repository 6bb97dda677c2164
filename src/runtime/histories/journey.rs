//! What an operator is about to do, and the next keys on the way there, read off the screen as it is: journeys go astray
//! when something else comes up, and are given up after a while.

use fastrand::Rng;

use crate::app::action::Tab;
use crate::app::key::{Code, Key};
use crate::app::listing::Line;
use crate::app::model::Model;
use crate::app::overlay::{Overlay, Purpose};
use crate::app::refunding::{self, Elsewhere, RefundForm};
use crate::app::replying::{self, ReplyForm, Step};
use crate::app::undo::Undo;
use crate::domain::action::State;
use crate::domain::ids::CaseId;
use crate::domain::record::ActionRecord;
use crate::domain::view::View;

use super::order;

/// What the operator wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// Answer a case.
    Reply(CaseId),
    /// Answer the two cases of the batch together.
    Both,
    /// Answer the batch of a case.
    Batch(CaseId),
    /// Begin an answer and leave it.
    Draft(CaseId),
    /// Discard a draft, and mostly bring it back.
    Discard,
    /// Refund the order of a case.
    Refund(CaseId),
    /// Ask how things ended.
    Settle,
    /// Ask again and again until it is known.
    Clear(u8),
    /// Say what the portal shows.
    Mark,
    /// Write a note, then take it back.
    Note(CaseId),
    /// Take a case off the list and bring it back.
    Untrack(CaseId),
    /// Fetch what is shown.
    Refresh,
    /// Put a case on the list.
    Add,
    /// Look at this and that.
    Wander,
}

/// The next thing an operator does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// Keys in one go.
    Keys(Vec<Key>),
    /// A paste.
    Paste(String),
    /// Waits for what is under way.
    Wait,
    /// Goes for a coffee, in minutes.
    Minutes(i64),
    /// The goal is reached or given up.
    Over,
}

/// A goal on its way.
#[derive(Clone, Debug)]
pub(super) struct Journey {
    pub(super) goal: Goal,
    /// Steps left before it is given up.
    patience: u8,
    /// How far one without a form is.
    stage: u8,
}

fn keys(names: &str) -> Move {
    Move::Keys(names.split(' ').map(|name| name.parse().unwrap()).collect())
}

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(Key::char).collect()
}

impl Journey {
    /// A new one, of those that bring something about.
    pub(super) fn any(rng: &mut Rng) -> Self {
        let case = |ids: &[&str], rng: &mut Rng| CaseId::parse(ids[rng.usize(0..ids.len())]).unwrap();
        let goal = match rng.u8(0..100) {
            0..30 => Goal::Refund(case(&["C2", "C3", "C4", "C3", "C1"], rng)),
            30..48 => Goal::Reply(case(&["C1", "C5", "C6", "C7", "C8"], rng)),
            48..54 => Goal::Both,
            54..60 => Goal::Batch(case(&["C5", "C6"], rng)),
            60..67 => Goal::Draft(case(&["C1", "C5", "C7"], rng)),
            67..73 => Goal::Settle,
            73..82 => Goal::Clear(0),
            82..88 => Goal::Mark,
            88..92 => Goal::Note(case(&["C1", "C3", "C5"], rng)),
            92..94 => Goal::Untrack(case(&["C3", "C7", "C8"], rng)),
            94 => Goal::Refresh,
            95 => Goal::Add,
            96..98 => Goal::Discard,
            _ => Goal::Wander,
        };
        Self { goal, patience: 24, stage: 0 }
    }

    /// What comes next.
    pub(super) fn next(
        &mut self,
        model: &Model,
        truth: &dyn Fn(&ActionRecord) -> bool,
        rng: &mut Rng,
    ) -> Move {
        let Some(left) = self.patience.checked_sub(1) else { return Move::Over };
        self.patience = left;
        match (&self.goal, &model.overlay) {
            (_, Overlay::Reply(form)) => self.reply(model, form, rng),
            (_, Overlay::Refund(form)) => self.refund(model, form, rng),
            (_, Overlay::Prompt(prompt)) => self.prompt(model, &prompt.purpose, truth, rng),
            (_, Overlay::None | Overlay::CasePage(_)) => self.on_the_desk(model, rng),
            _ => keys("Esc"),
        }
    }

    fn over(&mut self) {
        self.patience = 0;
    }

    fn on_the_desk(&mut self, model: &Model, rng: &mut Rng) -> Move {
        self.stage += 1;
        match self.goal.clone() {
            Goal::Reply(id) | Goal::Draft(id) => at(model, &id, false, "r"),
            Goal::Batch(id) => at(model, &id, false, "B"),
            Goal::Refund(id) => at(model, &id, true, "$"),
            Goal::Both => both(model),
            Goal::Settle => {
                self.over();
                keys("s")
            }
            Goal::Clear(times) => self.clear(times),
            Goal::Mark => self.mark(model, rng),
            Goal::Note(_) | Goal::Untrack(_) if self.stage > 6 => {
                self.over();
                keys("z")
            }
            Goal::Discard => self.discard(model, rng),
            Goal::Note(id) => at(model, &id, false, "n"),
            Goal::Untrack(id) => at(model, &id, false, "x"),
            Goal::Refresh => {
                self.over();
                keys(if rng.bool() { "R" } else { "ctrl-r" })
            }
            Goal::Add => keys("a"),
            Goal::Wander => {
                if rng.u8(0..4) == 0 {
                    self.over();
                }
                let names = [
                    "j", "k", "Space", "o", "1", "2", "5", "6", "7", "Tab", "L", "Enter", "Esc", "e", "m",
                    "?",
                ];
                keys(names[rng.usize(0..names.len())])
            }
        }
    }

    /// Three looks, minutes apart, are what clears a doubt.
    fn clear(&mut self, times: u8) -> Move {
        if times >= 8 {
            self.over();
        }
        self.goal = Goal::Clear(times + 1);
        if times.is_multiple_of(2) { Move::Minutes(6) } else { keys("s") }
    }

    fn mark(&mut self, model: &Model, rng: &mut Rng) -> Move {
        if !matches!(model.overlay, Overlay::None) {
            return keys("Esc");
        }
        if model.desk.tab != Tab::Journal {
            return keys("7");
        }
        let open = |line: &Line| match line {
            Line::Action(index) => {
                let record = model.book.journal().get(*index);
                record.is_some_and(|record| matches!(record.state, State::Unknown))
            }
            _ => false,
        };
        let Some(line) = model.desk.listing.lines_from(0).position(|line| open(&line)) else {
            self.over();
            return keys("5");
        };
        if rng.u8(0..3) == 0 {
            return Move::Minutes(6);
        }
        match line.cmp(&model.desk.cursor.line) {
            std::cmp::Ordering::Less => keys("k"),
            std::cmp::Ordering::Greater => keys("j"),
            std::cmp::Ordering::Equal => keys("m"),
        }
    }

    fn discard(&mut self, model: &Model, rng: &mut Rng) -> Move {
        let done = self.stage > 8 || matches!(model.undo.newest(), Some(Undo::Discarded(_)));
        match &model.overlay {
            Overlay::None if done => {
                self.over();
                keys(if rng.u8(0..4) == 0 { "5" } else { "z" })
            }
            Overlay::None if model.desk.tab == Tab::Drafts => keys("x"),
            Overlay::None => keys("6"),
            _ => keys("Esc"),
        }
    }

    fn prompt(
        &mut self,
        model: &Model,
        purpose: &Purpose,
        truth: &dyn Fn(&ActionRecord) -> bool,
        rng: &mut Rng,
    ) -> Move {
        let text = match purpose {
            Purpose::Resolve(id) => {
                self.over();
                let record = model.book.journal().iter().find(|record| record.intent.id == *id);
                let Some(record) = record else { return keys("Esc") };
                let words = crate::domain::marking::Found::of_kind(record.intent.kind);
                // The operator reads the portal, and the portal is right.
                words[usize::from(!truth(record))].0.to_owned()
            }
            Purpose::Note(_) => format!("n{}", rng.u8(..)),
            Purpose::Add => {
                self.over();
                order::UNTRACKED.to_owned()
            }
            _ => return keys("Esc"),
        };
        let end = if rng.u8(0..8) == 0 { Code::Esc } else { Code::Enter };
        let all = typed(&text).into_iter().chain([Key::plain(end)]);
        Move::Keys(all.collect())
    }

    fn reply(&mut self, model: &Model, form: &ReplyForm, rng: &mut Rng) -> Move {
        let drafting = matches!(self.goal, Goal::Draft(_));
        match &form.step {
            Step::Write if form.content.value().is_empty() => match rng.u8(0..4) {
                0 => Move::Paste("delivered on 3 November, {caseId}".to_owned()),
                1 => keys("ctrl-t"),
                _ => Move::Keys(typed(["Hi", "sent", "ok {amount}"][rng.usize(0..3)])),
            },
            Step::Write if drafting && rng.bool() => {
                self.over();
                keys("Esc")
            }
            Step::Write if form.written().files.is_empty() => match form.focus {
                replying::Focus::Content => keys("Tab"),
                replying::Focus::File(_) => Move::Paste("https://ev.example/{caseId}.PDF".to_owned()),
            },
            Step::Write if self.patience < 4 => keys("Esc"),
            Step::Write => match rng.u8(0..12) {
                0 => keys("ctrl-p"),
                1 => Move::Keys(typed("x")),
                _ => keys("ctrl-x"),
            },
            Step::Templates(_) => keys("Enter"),
            Step::Preview(_) => keys(["ctrl-x", "Esc", "ctrl-k", "Tab"][rng.usize(0..4)]),
            Step::Confirm { typed: typing, .. } => {
                confirm(&replying::asked(model, form), typing.value(), rng)
            }
            Step::Sending(sending) if sending.is_over() => {
                let again = sending.retryable().next().is_some() && rng.bool();
                if !again {
                    self.over();
                }
                keys(if again { "f" } else { "Enter" })
            }
            Step::Sending(_) if rng.u8(0..10) == 0 => keys("Esc"),
            Step::Sending(_) => Move::Wait,
        }
    }

    fn refund(&mut self, model: &Model, form: &RefundForm, rng: &mut Rng) -> Move {
        match &form.step {
            refunding::Step::Stopped => keys(if rng.u8(0..3) == 0 { "Esc" } else { "c" }),
            refunding::Step::Write if form.elsewhere == Elsewhere::Asking => Move::Wait,
            refunding::Step::Write if form.amount.value().is_empty() => match rng.u8(0..6) {
                0 => keys("="),
                1 => Move::Paste("1500".to_owned()),
                _ => Move::Keys(typed(["1000", "2000", "2500", "4000", "5000", "9000"][rng.usize(0..6)])),
            },
            refunding::Step::Write if self.patience < 4 => keys("Esc"),
            refunding::Step::Write => match rng.u8(0..12) {
                0 => keys("ctrl-p"),
                1 => keys("Tab"),
                2 if form.focus == refunding::Focus::Amount => keys("ctrl-u"),
                _ => keys("ctrl-x"),
            },
            refunding::Step::Preview { .. } => keys(["ctrl-x", "Esc", "Down"][rng.usize(0..3)]),
            refunding::Step::Confirm { typed: typing, .. } => {
                confirm(&refunding::asked(form, model).unwrap_or_default(), typing.value(), rng)
            }
            refunding::Step::Sending if rng.u8(0..12) == 0 => keys("Esc"),
            refunding::Step::Pausing { .. } | refunding::Step::Sending => Move::Wait,
            refunding::Step::Done(answer) => {
                let again = answer.state == State::Refused && rng.bool();
                if !again {
                    self.over();
                }
                keys(if again { "e" } else { "Esc" })
            }
            // The limits of these journeys let one person send everything.
            refunding::Step::Asked(_) => keys("Esc"),
        }
    }
}

/// Types what is asked for, mostly; a hand may slip.
fn confirm(asked: &str, so_far: &str, rng: &mut Rng) -> Move {
    let enter = [Key::plain(Code::Enter)];
    match rng.u8(0..16) {
        0 => return keys("Esc"),
        1 => return keys("Enter"),
        2 => return Move::Paste(asked.to_owned()),
        3 => return Move::Keys(typed("1").into_iter().chain(enter).collect()),
        _ => {}
    }
    if asked == "y" {
        return keys("y");
    }
    match asked.strip_prefix(so_far) {
        Some(rest) => Move::Keys(typed(rest).into_iter().chain(enter).collect()),
        None => keys("ctrl-u"),
    }
}

/// Marks both cases of the batch and answers them.
fn both(model: &Model) -> Move {
    let wanted = ["C5", "C6"].map(|id| CaseId::parse(id).unwrap());
    if model.book.marks().any(|tracked| !wanted.contains(&tracked.id)) {
        return keys("u");
    }
    match wanted.iter().find(|id| !model.book.is_marked(id)) {
        Some(id) => at(model, id, false, "Space"),
        None => on_cases(model).unwrap_or_else(|| keys("r")),
    }
}

/// Back to a tab that shows every case.
fn on_cases(model: &Model) -> Option<Move> {
    match &model.overlay {
        Overlay::None if model.desk.tab == Tab::Cases(View::All) => None,
        Overlay::None => Some(keys("5")),
        _ => Some(keys("Esc")),
    }
}

/// Goes to a case, or to its page, and presses a key there.
fn at(model: &Model, id: &CaseId, page: bool, key: &str) -> Move {
    if let Overlay::CasePage(open) = &model.overlay {
        return keys(if open.id == *id && page { key } else { "Esc" });
    }
    if let Some(back) = on_cases(model) {
        return back;
    }
    if key != "Space" && !page && model.book.marked() > 0 {
        return keys("u");
    }
    let here = model.desk.cursor.line;
    match model.desk.listing.line_of(&model.book, id) {
        None => Move::Over,
        Some(line) if line == here => keys(if page { "Enter" } else { key }),
        Some(line) => {
            let (step, count) = if line > here { ("j", line - here) } else { ("k", here - line) };
            Move::Keys(vec![step.parse().unwrap(); count])
        }
    }
}
