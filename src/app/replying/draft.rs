//! Keeping what is typed: every change of a form is asked to be stored, and the store writes the newest at each pause.
//! What is discarded is what was looked at: words that another docket has written meanwhile are nobody's to throw away.

use crate::domain::record::{ActionRecord, Draft, Kind};
use crate::domain::reply::Target;

use super::{ReplyForm, open};
use crate::app::action::{Action, Tab};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::undo::Undo;
use crate::app::{relist, targets};

/// Keeps the form's words as a draft, in the book at once and on disk soon; an emptied form keeps none.
pub(in crate::app) fn drafted(model: &mut Model, form: &ReplyForm) -> Vec<Effect> {
    let written = form.written();
    let old =
        model.book.drafts().iter().find(|draft| draft.targets == form.targets).map(|draft| &draft.written);
    if old.map_or_else(|| is_empty(&written), |old| *old == written) {
        return Vec::new();
    }
    if is_empty(&written) {
        return forget_draft(model, &form.targets);
    }
    let draft = Draft { targets: form.targets.clone(), written, changed_at: model.scene.now };
    model.book.keep_draft(draft.clone());
    point_at(model, &form.targets);
    vec![Effect::SaveDraft(draft)]
}

pub(super) fn is_empty(written: &crate::domain::reply::Written) -> bool {
    written.content.trim().is_empty() && written.files.is_empty()
}

/// Drops the draft of these targets: it was sent, or emptied.
pub(in crate::app) fn forget_draft(model: &mut Model, targets: &[Target]) -> Vec<Effect> {
    if model.book.drop_draft(targets) { vec![Effect::DeleteDraft(targets.to_vec())] } else { Vec::new() }
}

/// Why the draft under the cursor cannot be discarded: none is there, or what became of its reply is not known, and then
/// it may have to be sent again.
pub(in crate::app) fn not_to_discard(model: &Model) -> Option<String> {
    let Some(draft) = targets::draft(model) else {
        return Some("there is no draft under the cursor".to_owned());
    };
    let is_of = |record: &ActionRecord, target: &Target| match target {
        Target::Case(id) => record.intent.case_id.as_ref() == Some(id),
        Target::Batch(batch) => record.intent.batch_id.as_ref() == Some(batch),
    };
    let mut open =
        model.book.journal().iter().filter(|one| one.state.is_open() && one.intent.kind != Kind::Refund);
    let of_draft = |one: &ActionRecord| {
        draft.targets.iter().find(|target| is_of(one, target)).map(|target| (target, one.state))
    };
    let (target, state) = open.find_map(of_draft)?;
    let settle = model.key_of(Action::Settle);
    Some(format!("a reply to {target} is {state}, and its draft stays until that is settled; {settle} asks"))
}

/// Discards the draft under the cursor.
pub(in crate::app) fn discard(model: &mut Model) -> Vec<Effect> {
    let Some(draft) = targets::draft(model).cloned() else { return Vec::new() };
    model.book.drop_draft(&draft.targets);
    model.undo.push(Undo::Discarded(draft.clone()));
    relist::relist(model);
    let (whose, undo) = (open::named(model, &draft.targets), model.key_of(Action::Undo));
    model.say(format!("draft discarded, {undo} brings it back: {whose}"));
    // Read behind what is written here: drafts that were asked for before still have it.
    vec![Effect::DiscardDraft(draft), Effect::LoadRecords]
}

/// Brings a discarded draft back, unless there is another one for the same by now: that one stays, and the discarded one
/// is not forgotten.
pub(in crate::app) fn bring_back(model: &mut Model, draft: Draft) -> Vec<Effect> {
    if !model.book.restore_draft(draft.clone()) {
        return not_restored(model, draft);
    }
    point_at(model, &draft.targets);
    let whose = open::named(model, &draft.targets);
    model.say(format!("undone: draft for {whose} is back"));
    vec![Effect::RestoreDraft(draft), Effect::LoadRecords]
}

/// Another docket has written on a draft that was discarded here: its words stay, and are shown.
pub(in crate::app) fn not_discarded(model: &mut Model, draft: Draft) -> Vec<Effect> {
    let whose = open::named(model, &draft.targets);
    model.undo.retract(&Undo::Discarded(draft));
    model.warn(format!("not discarded: the draft was written on elsewhere since you saw it: {whose}"));
    vec![Effect::LoadRecords]
}

/// There is a newer draft in the place of a discarded one.
pub(in crate::app) fn not_restored(model: &mut Model, draft: Draft) -> Vec<Effect> {
    let (whose, undo) = (open::named(model, &draft.targets), model.key_of(Action::Undo));
    model.undo.put_last(Undo::Discarded(draft));
    model.warn(format!(
        "not undone: a newer draft is there; once it is sent or emptied, {undo} can bring the old one back: {whose}"
    ));
    vec![Effect::LoadRecords]
}

/// Puts the cursor of the drafts on the one for these targets, wherever it stands now.
pub(in crate::app) fn point_at(model: &mut Model, targets: &[Target]) {
    if model.desk.tab == Tab::Drafts {
        relist::relist(model);
        if let Some(line) = model.book.drafts().iter().position(|draft| draft.targets == targets) {
            relist::put_cursor(model, line);
        }
    }
}
