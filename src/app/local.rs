//! The operator's own words on cases, what is on the list, and taking such changes back.

use crate::domain::ids::CaseId;
use crate::domain::tracked::Local;

use super::action::Action;
use super::effect::Effect;
use super::model::Model;
use super::overlay::Purpose;
use super::starting::counted;
use super::undo::Undo;
use super::{forms, relist, targets};

/// Changes the words on some cases, remembers what they were, and stores the new ones.
pub(super) fn change(
    model: &mut Model,
    what: &'static str,
    ids: &[CaseId],
    edit: impl Fn(&mut Local),
) -> Vec<Effect> {
    let mut before = Vec::new();
    for id in ids {
        if let Some(tracked) = model.book.get_mut(id) {
            let old = tracked.local.clone();
            edit(&mut tracked.local);
            if tracked.local != old {
                before.push((id.clone(), old));
            }
        }
    }
    if before.is_empty() {
        return Vec::new();
    }
    let effects = save(model, before.iter().map(|(id, _)| id));
    let count = counted(before.len(), "case");
    model.undo.push(Undo::Local { what, before });
    relist::relist(model);
    model.say(format!("{what} of {count} saved; {} takes it back", model.key_of(Action::Undo)));
    effects
}

fn save<'a>(model: &Model, ids: impl Iterator<Item = &'a CaseId>) -> Vec<Effect> {
    ids.filter_map(|id| model.book.get(id))
        .map(|t| Effect::SaveLocal(t.id.clone(), t.local.clone()))
        .collect()
}

/// Asks for the reason, or takes the decision back where it was made for all of the cases.
pub(super) fn wont_contest(model: &mut Model) -> Vec<Effect> {
    let ids = targets::cases(model);
    let decided = |id: &CaseId| model.book.get(id).is_some_and(|t| t.local.wont_contest.is_some());
    if ids.iter().all(decided) {
        return change(model, "decision", &ids, |local| local.wont_contest = None);
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
        let unseen = model.book.get_mut(&id).map(|tracked| std::mem::take(&mut tracked.unseen));
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

/// Takes the newest local change back.
pub(super) fn undo(model: &mut Model) -> Vec<Effect> {
    let Some(change) = model.undo.pop() else { return Vec::new() };
    let (said, effects) = match change {
        Undo::Local { what, before } => (format!("{what} as before"), restore(model, before)),
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

fn restore(model: &mut Model, before: Vec<(CaseId, Local)>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (id, local) in before {
        if let Some(tracked) = model.book.get_mut(&id) {
            tracked.local.clone_from(&local);
            effects.push(Effect::SaveLocal(id, local));
        }
    }
    effects
}
