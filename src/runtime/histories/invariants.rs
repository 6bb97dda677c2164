//! What must hold, by name (reliability.md section 7): I1 to I6 and I8, and three more: U1, nothing is sent that nobody
//! confirmed; O1, no order gives back more than was paid; S1, nothing on the screen can steer the terminal. I4 and I5 are
//! held against what leaves, on the table itself.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::desk::Desk;
use super::facts::{Decision, Facts, name};
use super::network::Mutation;
use super::order;
use super::world::{World, look_at, secrets};
use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::key::Key;
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::replying::Step;
use crate::app::undo::Undo;
use crate::domain::action::State;
use crate::domain::record::{ActionRecord, Draft, Kind};
use crate::domain::reply::{Target, Written};
use crate::domain::shown::is_hostile;
use crate::runtime::actions::codes;
use crate::sandbox::RefundStatus;
use crate::store::Store as _;
use crate::ui;

/// What is said of an action must be so (I2), and whatever the journal has shown stays there (I3).
pub(super) fn told(facts: &mut Facts, world: &World, desk: &Desk, event: &Event) -> Result<(), String> {
    match event {
        Event::Replied(target, answer) => {
            let mut done = is_answered(world, target);
            if matches!(target, Target::Batch(_)) {
                done |=
                    answer.success_case_ids.iter().any(|id| !world.counter().state().replies(id).is_empty());
            }
            truthful(facts, world, desk, (&name(target), false), answer.state, done)
        }
        Event::Refunded(order, answer) => {
            let number = answer.number.clone().unwrap_or_default();
            let done = world.counter().state().ledger().get(&number).is_some();
            truthful(facts, world, desk, (order, true), answer.state, done)
        }
        Event::Journal(journal) => shown(facts, world, desk.store, journal),
        _ => Ok(()),
    }
}

fn is_answered(world: &World, target: &Target) -> bool {
    let state = world.counter().state();
    match target {
        Target::Case(id) => !state.replies(id.as_str()).is_empty(),
        Target::Batch(batch) => state.batch(batch).iter().any(|id| !state.replies(id).is_empty()),
    }
}

fn truthful(
    facts: &Facts,
    world: &World,
    desk: &Desk,
    (target, is_refund): (&str, bool),
    state: State,
    done: bool,
) -> Result<(), String> {
    let mine = |decision: &&Decision| {
        (decision.who, decision.life) == (desk.who, desk.life)
            && decision.target == target
            && decision.is_refund == is_refund
    };
    let Some(decision) = facts.decisions.iter().rev().find(mine) else {
        return Err(format!("U1 an answer for {target} that nobody sent"));
    };
    let table = world.table.lock();
    let left: Vec<&Mutation> =
        table.mutations.iter().skip(decision.after).filter(|one| is_of(one, decision)).collect();
    let failed = |one: &&Mutation| {
        let number = one.number.as_deref().unwrap_or_default();
        let state = world.counter().state();
        state.ledger().get(number).is_some_and(|refund| refund.status == RefundStatus::Failed)
    };
    match state {
        State::Accepted if !done => Err(format!("I2 {target} shown accepted, and the gateway has nothing")),
        State::Refused => match left.iter().find(|one| one.executed > 0 && !failed(one)) {
            Some(one) => Err(format!("I2 {target} shown refused, and it was executed: {one:?}")),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn is_of(mutation: &Mutation, decision: &Decision) -> bool {
    (mutation.who, mutation.life) == (decision.who, decision.life)
        && mutation.target == decision.target
        && mutation.number.is_some() == decision.is_refund
}

/// The journal of a list as somebody has read it.
pub(super) fn shown(
    facts: &mut Facts,
    world: &World,
    store: usize,
    journal: &[ActionRecord],
) -> Result<(), String> {
    let now: BTreeMap<_, _> = journal.iter().map(|record| (record.intent.id.clone(), record.state)).collect();
    if let Some((id, state)) = facts.journal[store].iter().find(|(id, _)| !now.contains_key(*id)) {
        return Err(format!("I3 {} was {state} and is gone", id.0));
    }
    for record in journal {
        is_true(facts, world, record)?;
    }
    facts.journal[store] = now;
    Ok(())
}

/// What the journal says was taken is at the gateway.
fn is_true(facts: &Facts, world: &World, record: &ActionRecord) -> Result<(), String> {
    if !matches!(record.state, State::Accepted | State::Settled) {
        return Ok(());
    }
    let intent = &record.intent;
    let done = match (intent.kind, &intent.case_id, &intent.batch_id) {
        (Kind::Refund, ..) => {
            let number = intent.out_refund_no.clone().unwrap_or_default();
            world.counter().state().ledger().get(&number).is_some()
        }
        (Kind::Reply, Some(id), _) => {
            is_answered(world, &Target::Case(id.clone())) || facts.moved.contains(id.as_str())
        }
        (_, _, Some(batch)) => {
            is_answered(world, &Target::Batch(batch.clone()))
                || facts.moved.iter().any(|id| id == "C5" || id == "C6")
        }
        _ => false,
    };
    let by_hand = record.finding.code.as_deref() == Some(codes::BY_OPERATOR);
    if done || by_hand {
        Ok(())
    } else {
        Err(format!("I2 {} is {} and not at the gateway", intent.id.0, record.state))
    }
}

/// Whether the portal would show an action as executed.
pub(super) fn truth(world: &World, record: &ActionRecord) -> bool {
    let intent = &record.intent;
    match (&intent.out_refund_no, &intent.case_id, &intent.batch_id) {
        (Some(number), ..) => world.counter().state().ledger().get(number).is_some(),
        (_, Some(id), _) => is_answered(world, &Target::Case(id.clone())),
        (_, _, Some(batch)) => is_answered(world, &Target::Batch(batch.clone())),
        _ => false,
    }
}

/// After every step: what left was in order.
pub(super) fn after_a_step(world: &World) -> Result<(), String> {
    world.table.lock().broken.take().map_or(Ok(()), Err)
}

/// The words on a form, where one is being written.
pub(super) fn words(model: &Model) -> Option<(Vec<Target>, Written)> {
    match &model.overlay {
        Overlay::Reply(form) if matches!(form.step, Step::Write) => {
            Some((form.targets.clone(), form.written()))
        }
        _ => None,
    }
}

/// Words that a key has changed are asked to be kept with the same key (I6).
pub(super) fn kept(
    before: Option<&(Vec<Target>, Written)>,
    model: &Model,
    effects: &[Effect],
) -> Result<(), String> {
    let now = words(model);
    let (Some((targets, written)), Some(before)) = (&now, before) else { return Ok(()) };
    if before.0 != *targets || before.1 == *written {
        return Ok(());
    }
    let asked = effects.iter().any(|effect| match effect {
        Effect::SaveDraft(draft) => draft.targets == *targets && draft.written == *written,
        Effect::DeleteDraft(gone) => {
            gone == targets && written.content.trim().is_empty() && written.files.is_empty()
        }
        _ => false,
    });
    let known =
        model.book.drafts().iter().any(|draft| draft.targets == *targets && draft.written == *written);
    let nothing = written.content.trim().is_empty() && written.files.is_empty();
    if asked || known || nothing { Ok(()) } else { Err(format!("I6 nobody keeps {written:?}: {effects:?}")) }
}

/// The draft that a key is about to bring back, if it was discarded last.
pub(super) fn discarded(model: &Model, event: &Event) -> Option<Draft> {
    let undoes = *event == Event::Key(Key::char('z')) && matches!(model.overlay, Overlay::None);
    match model.undo.newest() {
        Some(Undo::Discarded(draft)) if undoes && model.undo.sent().is_none() => Some(draft.clone()),
        _ => None,
    }
}

/// What was discarded and taken back is there again, or a newer one is and the old one is kept for later (I6).
pub(super) fn is_back(draft: &Draft, model: &Model, effects: &[Effect]) -> Result<(), String> {
    let now = model.book.drafts().iter().find(|own| own.targets == draft.targets);
    let restored = effects.contains(&Effect::RestoreDraft(draft.clone())) && now == Some(draft);
    let newer = now.is_some_and(|now| now.written != draft.written);
    let kept = newer && model.undo.remembers(&Undo::Discarded(draft.clone()));
    if restored || kept { Ok(()) } else { Err(format!("I6 {draft:?} is not brought back: {effects:?}")) }
}

/// Drafts as a desk that was opened anew has read them (I6).
pub(super) fn drafts_are_back(facts: &Facts, desk: &Desk) -> Result<usize, String> {
    let back = desk.model.book.drafts();
    for (targets, written) in &facts.drafts[desk.store] {
        let found = back.iter().find(|draft| draft.targets == *targets);
        if found.map(|draft| &draft.written) != Some(written) {
            return Err(format!("I6 the draft for {targets:?} was {written:?} and is {found:?}"));
        }
    }
    Ok(facts.drafts[desk.store].len())
}

/// A picture at any size: every cell harmless (S1), no secret in it (I8).
pub(super) fn picture(desk: &Desk) -> Result<Option<usize>, String> {
    let look = ui::Look { theme: ui::Theme::dark(), ascii: false, colour: true, links: false };
    let frame = ui::draw(&desk.model, &look, ratatui::layout::Rect::new(0, 0, desk.size.0, desk.size.1));
    let text: String = frame.buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
    if let Some(c) = text.chars().find(|c| is_hostile(*c)) {
        return Err(format!("S1 U+{:04X} in the picture", u32::from(c)));
    }
    if secrets().iter().any(|secret| text.contains(secret)) {
        return Err("I8 a secret is in the picture".to_owned());
    }
    Ok(frame.page_end)
}

/// At the end: the ledger against the decisions (I1), the orders against what was paid (O1).
pub(super) fn at_the_end(facts: &Facts, world: &World) -> Result<(), String> {
    let table = world.table.lock();
    let state = world.counter().state();
    for refund in state.ledger().iter() {
        if refund.executed != 1 {
            return Err(format!("I1 refund {} executed {} times", refund.out_refund_no, refund.executed));
        }
    }
    for decision in &facts.decisions {
        let of = |one: &&Decision| one.target == decision.target && one.is_refund == decision.is_refund;
        let decided = facts.decisions.iter().filter(of).count();
        let executed: u32 = if decision.is_refund {
            let of_order = state.ledger().iter().filter(|refund| refund.out_trade_no == decision.target);
            of_order.map(|refund| refund.executed).sum()
        } else {
            let left =
                table.mutations.iter().filter(|one| one.number.is_none() && one.target == decision.target);
            left.map(|one| one.executed).sum()
        };
        if executed as usize > decided {
            return Err(format!(
                "I1 {}: decided {decided} times, executed {executed} times",
                decision.target
            ));
        }
        let mine = |one: &&Decision| of(one) && (one.who, one.life) == (decision.who, decision.life);
        let (mine, left) = (
            facts.decisions.iter().filter(mine).count(),
            table.mutations.iter().filter(|one| is_of(one, decision)).count(),
        );
        if left > mine {
            return Err(format!(
                "I1 {}: decided {mine} times at one desk, sent {left} times",
                decision.target
            ));
        }
    }
    match order::ORDERS.iter().find(|order| state.ledger().refunded(order) > Decimal::from(order::PAID)) {
        Some(order) => Err(format!("O1 {} of order {order} given back", state.ledger().refunded(order))),
        None => Ok(()),
    }
}

/// A list once every process is gone: its chain, its actions, and no secret in its bytes.
pub(super) fn on_disk(
    facts: &mut Facts,
    world: &World,
    store: usize,
    search: bool,
) -> Result<Vec<ActionRecord>, String> {
    let path = world.path(store);
    let list = look_at(&path);
    if let Some(broken) = list.verify_journal().unwrap().broken {
        return Err(format!("I3 the journal's chain is broken: {broken:?}"));
    }
    let journal = list.actions().unwrap();
    shown(facts, world, store, &journal)?;
    let drafts = list.drafts().unwrap();
    for (targets, written) in &facts.drafts[store] {
        if !drafts.iter().any(|draft| draft.targets == *targets && draft.written == *written) {
            return Err(format!("I6 the draft for {targets:?} is not on disk"));
        }
    }
    if search {
        for ending in ["", "-wal"] {
            let bytes = std::fs::read(format!("{}{ending}", path.display())).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            if secrets().iter().any(|secret| text.contains(secret)) {
                return Err("I8 a secret is in the database".to_owned());
            }
        }
    }
    Ok(journal)
}
