//! Opening the form: for the cases an action is about, for a batch, or where a draft was left.

use crate::domain::case::{Field, Verdict};
use crate::domain::ids::CaseId;
use crate::domain::record::Draft;
use crate::domain::reply::{Target, Written};
use crate::domain::stage::Stage;
use crate::domain::tracked::Tracked;

use super::{Focus, ReplyForm, Step};
use crate::app::effect::Effect;
use crate::app::field::TextField;
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::{starting, targets};

/// Opens the form for the case on the page, the marked ones, or the one under the cursor. Of several, those that wait for
/// no reply are left out: nothing would be sent for them. Among the drafts, the one under the cursor is opened.
pub(in crate::app) fn open(model: &mut Model) -> Vec<Effect> {
    if let Some(draft) = targets::draft(model) {
        let targets = draft.targets.clone();
        return open_for(model, targets);
    }
    let all = targets::cases(model);
    let count = all.len();
    let cases = if count > 1 { all.into_iter().filter(|id| waits(model, id)).collect() } else { all };
    let out = count - cases.len();
    if cases.is_empty() {
        model.warn(format!("none of the {count} marked cases waits for a reply"));
        return Vec::new();
    }
    let effects = open_for(model, cases.into_iter().map(Target::Case).collect());
    if out > 0 {
        model.say(format!("{out} of {count} marked cases wait for no reply and are left out"));
    }
    effects
}

/// Whether a case waits for a reply, as far as is known.
pub(super) fn waits(model: &Model, id: &CaseId) -> bool {
    model.book.get(id).is_some_and(|tracked| tracked.case.is_none() || tracked.stage() == Stage::Due)
}

/// Opens the form for the whole batch of the case that is looked at.
pub(in crate::app) fn open_batch(model: &mut Model) -> Vec<Effect> {
    let batch = batch_of(model).map(Target::Batch);
    open_for(model, batch.into_iter().collect())
}

/// The batch of the case on the page, of all that are marked, or of the one under the cursor; `None` when they are of no
/// batch, or not all of one.
pub(in crate::app) fn batch_of(model: &Model) -> Option<String> {
    shared_batch(targets::each(model))
}

/// The batch to which all of these belong. It looks no further than the first that does not.
fn shared_batch<'m>(mut cases: impl Iterator<Item = &'m Tracked>) -> Option<String> {
    let of = |tracked: &'m Tracked| tracked.case.as_ref().map(|case| case.text(Field::BatchId).trim());
    let batch = cases.next().and_then(of).filter(|batch| !batch.is_empty())?;
    cases.all(|tracked| of(tracked) == Some(batch)).then(|| batch.to_owned())
}

/// The other way to answer the same cases: several of one batch can be answered by one reply to the batch, which names one
/// user, and those of a batch that wait for a reply one by one.
fn other_way(model: &Model, targets: &[Target]) -> Vec<Target> {
    match targets {
        [Target::Case(_)] => return Vec::new(),
        [batch @ Target::Batch(_)] => {
            let waiting = super::tracked_in(model, batch).into_iter().filter(|id| waits(model, id));
            let waiting: Vec<_> = waiting.cloned().map(Target::Case).collect();
            return if waiting.len() > 1 { waiting } else { Vec::new() };
        }
        _ => {}
    }
    let tracked = targets.iter().filter_map(|target| match target {
        Target::Case(id) => model.book.get(id),
        Target::Batch(_) => None,
    });
    let is_of_one_user = |batch: &Target| {
        super::case_of(model, batch).is_some_and(|case| !case.text(Field::OutUserId).trim().is_empty())
    };
    shared_batch(tracked).map(Target::Batch).filter(is_of_one_user).into_iter().collect()
}

/// Turns the form to the other way of answering its cases. What is written goes along, unless a draft of that way is kept:
/// then that comes back, and this one stays a draft.
pub(super) fn turn(model: &mut Model, mut form: Box<ReplyForm>) -> Vec<Effect> {
    if form.instead.is_empty() {
        return super::write::keep(model, form);
    }
    let was_empty = super::draft::is_empty(&form.written());
    let ReplyForm { targets, instead, .. } = &mut *form;
    std::mem::swap(targets, instead);
    let what = named(model, targets);
    let before = instead.clone();
    if let Some(draft) = draft_for(model, &form.targets).cloned() {
        (form.content, form.files) = fields(&draft.written);
        form.focus = Focus::Content;
        let other = if was_empty { "" } else { ", and the other one is kept" };
        model.say(format!("now {what}: your draft of it is back{other}"));
        return super::write::keep(model, form);
    }
    model.say(format!("now {what}"));
    // Stored anew before the old one goes.
    let mut effects = super::write::keep(model, form);
    effects.extend(super::draft::forget_draft(model, &before));
    effects
}

/// Opens the form where a draft was left.
pub(in crate::app) fn from_draft(model: &mut Model, index: usize) -> Vec<Effect> {
    let targets = model.book.drafts().get(index).map(|draft| draft.targets.clone());
    open_for(model, targets.unwrap_or_default())
}

fn open_for(model: &mut Model, targets: Vec<Target>) -> Vec<Effect> {
    if targets.is_empty() {
        return Vec::new();
    }
    let (mut instead, mut targets) = (other_way(model, &targets), targets);
    let is_of_batch = matches!(instead.as_slice(), [Target::Batch(_)]);
    if is_of_batch && draft_for(model, &targets).is_none() && draft_for(model, &instead).is_some() {
        // What was written for these cases was written for their batch.
        std::mem::swap(&mut targets, &mut instead);
    }
    let draft = draft_for(model, &targets).cloned();
    if let Some(draft) = &draft {
        let when = model.scene.calendar.date_of(draft.changed_at);
        let whose = if targets.len() < instead.len() { " for the whole batch" } else { "" };
        model.say(format!("your draft of {when}{whose} is back"));
    }
    let written = draft.map(|draft| draft.written).unwrap_or_default();
    let back = Box::new(std::mem::take(&mut model.overlay));
    let (content, files) = fields(&written);
    let form = ReplyForm { targets, instead, content, files, focus: Focus::Content, step: Step::Write, back };
    model.overlay = Overlay::Reply(Box::new(form));
    Vec::new()
}

/// A draft for exactly these targets; of one among several, its own words are not taken for all.
fn draft_for<'m>(model: &'m Model, targets: &[Target]) -> Option<&'m Draft> {
    model.book.drafts().iter().find(|draft| draft.targets == targets)
}

/// The fields for what was written, with an empty one for the next file.
fn fields(written: &Written) -> (TextField, Vec<TextField>) {
    let files = written.files.iter().map(TextField::new).chain([TextField::default()]);
    (TextField::new(&written.content), files.collect())
}

/// Cases of these targets that do not wait for a reply, for the confirm page.
pub(super) fn not_asked<'m>(model: &'m Model, targets: &[Target]) -> Vec<&'m CaseId> {
    let ids = targets.iter().flat_map(|target| super::tracked_in(model, target));
    ids.filter(|id| model.book.get(id).is_some_and(|t| t.stage() != Stage::Due)).collect()
}

/// `this case is closed and won, and takes no reply`; `None` while it may take one.
pub(in crate::app) fn over(model: &Model, id: &CaseId) -> Option<String> {
    let case = model.book.get(id)?.case.as_ref()?;
    let verdict = match case.verdict() {
        Verdict::Won => " and won,",
        Verdict::Lost => " and lost,",
        Verdict::Open => "",
    };
    (case.stage() == Stage::Closed).then(|| format!("this case is closed{verdict} and takes no reply"))
}

/// `1 case`, `3 cases`, `batch P1 (3 tracked)`.
pub(in crate::app) fn named(model: &Model, targets: &[Target]) -> String {
    match targets {
        [Target::Batch(_)] => {
            let batch = targets.first().map(ToString::to_string).unwrap_or_default();
            let tracked = targets.first().map_or(0, |target| super::tracked_in(model, target).len());
            format!("{batch} ({tracked} tracked)")
        }
        [Target::Case(id)] => format!("case {id}"),
        many => starting::counted(many.len(), "case"),
    }
}
