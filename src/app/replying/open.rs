//! Opening the form: for the cases an action is about, for a batch, or where a draft was left.

use crate::domain::case::{Field, Verdict};
use crate::domain::ids::CaseId;
use crate::domain::record::Draft;
use crate::domain::reply::{Target, Written};
use crate::domain::stage::Stage;

use super::{Focus, ReplyForm, Step};
use crate::app::effect::Effect;
use crate::app::field::TextField;
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::{starting, targets};

/// Opens the form for the case on the page, the marked ones, or the one under the cursor. Of several, those that wait for
/// no reply are left out: nothing would be sent for them.
pub(in crate::app) fn open(model: &mut Model) -> Vec<Effect> {
    let all = targets::cases(model);
    let count = all.len();
    let waits = |id: &CaseId| model.book.get(id).is_some_and(|t| t.case.is_none() || t.stage() == Stage::Due);
    let cases = if count > 1 { all.into_iter().filter(waits).collect() } else { all };
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

/// Opens the form for the whole batch of the case that is looked at.
pub(in crate::app) fn open_batch(model: &mut Model) -> Vec<Effect> {
    let batch = batch_of(model).map(Target::Batch);
    open_for(model, batch.into_iter().collect())
}

/// The batch of the case that is looked at, when it belongs to one.
pub(in crate::app) fn batch_of(model: &Model) -> Option<String> {
    let case = targets::one(model)?.case.as_ref()?;
    let batch = case.text(Field::BatchId).trim();
    (!batch.is_empty()).then(|| batch.to_owned())
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
    let draft = draft_for(model, &targets).cloned();
    if let Some(draft) = &draft {
        let when = model.scene.calendar.date_of(draft.changed_at);
        model.say(format!("your draft of {when} is back"));
    }
    let written = draft.map(|draft| draft.written).unwrap_or_default();
    let back = Box::new(std::mem::take(&mut model.overlay));
    model.overlay = Overlay::Reply(Box::new(form(targets, &written, back)));
    Vec::new()
}

/// A draft for exactly these targets; of one among several, its own words are not taken for all.
fn draft_for<'m>(model: &'m Model, targets: &[Target]) -> Option<&'m Draft> {
    model.book.drafts().iter().find(|draft| draft.targets == targets)
}

fn form(targets: Vec<Target>, written: &Written, back: Box<Overlay>) -> ReplyForm {
    let mut files: Vec<TextField> = written.files.iter().map(TextField::new).collect();
    files.push(TextField::default());
    let content = TextField::new(&written.content);
    ReplyForm { targets, content, files, focus: Focus::Content, step: Step::Write, back }
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
