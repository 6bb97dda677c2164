//! The operator's own words on cases, what is on the list, and taking such changes back.

use crate::domain::ids::CaseId;
use crate::domain::tracked::LocalChange;

use super::action::Action;
use super::effect::Effect;
use super::model::Model;
use super::overlay::Purpose;
use super::starting::counted;
use super::undo::{Undo, Written};
use super::{forms, marks, relist, replying, resetting, snoozing, targets};

/// Writes one word on some cases, remembers what was there, and stores it.
pub(super) fn change(model: &mut Model, ids: &[CaseId], change: &LocalChange) -> Vec<Effect> {
    let mut written = Vec::new();
    for id in ids {
        let Some(tracked) = model.book.get(id) else { continue };
        let (before, after) = (tracked.local.same_of(change), change.clone().knowing(tracked));
        if before != after {
            model.book.edit(id, |tracked| tracked.local.apply(after.clone()));
            written.push(Written { id: id.clone(), before, after });
        }
    }
    if written.is_empty() {
        return Vec::new();
    }
    if matches!(change, LocalChange::Snooze(Some(_))) {
        // They are out of sight now, and the next key must not be about them.
        for one in &written {
            model.book.mark(&one.id, false);
        }
    }
    let (what, count) = (change.word(), counted(written.len(), "case"));
    let saved = written.iter().map(|one| (one.id.clone(), one.after.clone())).collect();
    model.undo.push(Undo::Local(written));
    relist::relist(model);
    relist::count_marks(model);
    let undo = model.key_of(Action::Undo);
    model.say(match change {
        LocalChange::Snooze(Some(snooze)) => {
            format!("{count} put off {}; {undo} takes it back", snoozing::foreseen(model, ids, snooze.until))
        }
        LocalChange::Snooze(None) => format!("{count} awake again; {undo} takes it back"),
        _ => format!("{what} of {count} saved; {undo} takes it back"),
    });
    vec![Effect::SaveLocal(saved)]
}

/// Asks for the reason, or takes the decision back where it was made for all of the cases.
pub(super) fn wont_contest(model: &mut Model) -> Vec<Effect> {
    let ids = targets::cases(model);
    let decided = |id: &CaseId| model.book.get(id).is_some_and(|t| t.local.wont_contest.is_some());
    if ids.iter().all(decided) {
        return change(model, &ids, &LocalChange::WontContest(None));
    }
    forms::open(model, Purpose::WontContest(ids));
    Vec::new()
}

/// Takes cases off the list; their words and history stay in the store.
pub(super) fn untrack(model: &mut Model) -> Vec<Effect> {
    let ids = targets::cases(model);
    model.book.remove(&ids);
    model.undo.push(Undo::Untracked(ids.clone()));
    relist::relist(model);
    let undo = model.key_of(Action::Undo);
    model.say(format!("{} off the list; {undo} brings back", counted(ids.len(), "case")));
    vec![Effect::Untrack(ids)]
}

/// Marks the changes that are on the desk as seen. What another process finds meanwhile was not looked at.
pub(super) fn mark_seen(model: &mut Model) -> Vec<Effect> {
    let mut shown = Vec::new();
    for id in targets::unseen(model) {
        let unseen = model.book.edit(&id, |tracked| std::mem::take(&mut tracked.unseen).into_value());
        let newest = unseen.and_then(|unseen| unseen.iter().map(|change| change.at).max());
        shown.extend(newest.map(|at| (id, at)));
    }
    let now = model.scene.now;
    model.undo.push(Undo::Seen(now));
    relist::relist(model);
    let undo = model.key_of(Action::Undo);
    model.say(format!("changes of {} seen; {undo} brings them back", counted(shown.len(), "case")));
    vec![Effect::MarkSeen(shown, now)]
}

/// What is said where nothing can be taken back.
pub(super) const NOTHING: &str = "there is no local change to undo";

/// Takes the newest local change back.
pub(super) fn undo(model: &mut Model) -> Vec<Effect> {
    if let Some(what) = model.undo.take_sent() {
        let undo = model.key_of(Action::Undo);
        model.warn(format!(
            "{what} was sent and cannot be undone; {undo} again undoes the local change before it"
        ));
        return Vec::new();
    }
    let Some(change) = model.undo.pop() else {
        model.warn(NOTHING);
        return Vec::new();
    };
    let (said, effects) = match change {
        // What is as it was already is no answer to the key; what was done before it is.
        Undo::Marks { marked, slots } if !marks::take_back(model, marked, &slots) => return undo(model),
        Undo::Marks { .. } => return Vec::new(),
        Undo::Discarded(draft) => return replying::bring_back(model, draft),
        Undo::Local(written) => return restore(model, written),
        Undo::Reset(before) => return resetting::put_back(model, *before),
        Undo::Untracked(ids) => {
            model.book.expect(&ids);
            (format!("{} back on the list", counted(ids.len(), "case")), vec![Effect::Track(ids)])
        }
        Undo::Tracked(ids) => {
            model.book.remove(&ids);
            (format!("{} off the list again", counted(ids.len(), "case")), vec![Effect::Untrack(ids)])
        }
        Undo::Seen(at) => ("changes unseen again".to_owned(), vec![Effect::UnmarkSeen(at), Effect::Reload]),
    };
    relist::relist(model);
    model.say(format!("undone: {said}"));
    effects
}

/// Puts words back where those written then still stand; what somebody has written since is not ours to take away.
fn restore(model: &mut Model, written: Vec<Written>) -> Vec<Effect> {
    let what = written.first().map_or("note", |one| one.after.word());
    let all = written.len();
    let mut restored = Vec::new();
    for Written { id, before, after } in written {
        if model.book.get(&id).is_some_and(|tracked| tracked.local.same_of(&after) == after) {
            model.book.edit(&id, |tracked| tracked.local.apply(before.clone()));
            restored.push((id, before));
        }
    }
    // The case that was just changed is where the next key belongs.
    if let Some((id, _)) = restored.first() {
        model.desk.cursor.id = Some(id.clone());
    }
    relist::relist(model);
    match (restored.as_slice(), all - restored.len()) {
        ([(id, _)], 0) => model.say(format!("undone: {what} of {id} as before")),
        (_, 0) => model.say(format!("undone: {what} of {} as before", counted(all, "case"))),
        ([], _) => {
            model.warn(format!("not undone: the {what} was changed since, or the case has left the list"));
        }
        (done, kept) => model.warn(format!(
            "undone: {what} of {} as before; {} changed since or off the list",
            counted(done.len(), "case"),
            counted(kept, "case")
        )),
    }
    if restored.is_empty() { Vec::new() } else { vec![Effect::SaveLocal(restored)] }
}
